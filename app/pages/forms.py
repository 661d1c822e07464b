"""Forms that write: what was sent, what was typed into them, and what is wrong with it."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from app.domain.errors import Problem
from app.domain.text import checked_reason


def form_dependency(most: int) -> object:
    """Return a dependency that reads a form: fields of at most `most` bytes, one file at most."""

    async def sent(request: Request) -> AsyncIterator[FormData]:
        async with request.form(max_files=1, max_fields=50, max_part_size=most) as form:
            yield form

    return Depends(sent)


SentForm = Annotated[FormData, form_dependency(64 * 1024)]


@dataclass(frozen=True, slots=True)
class FormState:
    """The texts typed into a form, and a sentence for each field that needs another look."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "")


def form_texts(form: FormData) -> dict[str, str]:
    """Return the fields of a form by name, of repeated ones the last, without its files."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def to_one_line(text: str) -> str:
    """Return a text with its line breaks as spaces: a cell of the catalogue is one line."""
    # Browsers send a line break of a textarea as CR LF; programs send any of three.
    return " ".join(re.split(r"\r\n?|\n", text))


def problems_by_field(problems: Iterable[Problem]) -> dict[str, str]:
    """Return the sentence that stands below each field, by its name; "" is the whole form."""
    return {problem.field or "": problem.sentence() for problem in problems}


def reason_field(typed: Mapping[str, str]) -> str:
    """Return why something is changed, trimmed. Raises BadInputError for what is no text."""
    return checked_reason(typed.get("reason", ""))
