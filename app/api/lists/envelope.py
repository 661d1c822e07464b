"""The envelope of a list's rows: its vintage, its addresses, and the cut into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.api.lists.cursors import CursorKey
from app.api.lists.fields import Instant
from app.api.lists.query import ListQuery
from app.domain.errors import BadQuestionError, Problem
from app.domain.questions.question_parser import bad_question


class RowModel(BaseModel):
    """One row, from an object with the same names."""

    model_config = ConfigDict(from_attributes=True)


class ListMeta(BaseModel):
    """What a list is, and as of when."""

    version: str = Field(default="v1", description="Of this API: changes are additions only.")
    as_of: Instant | None = Field(
        description="The vintage: when figures or catalogue last changed, UTC. null: not yet."
    )
    rows: int = Field(ge=0, description="The rows of this page.", examples=[100])


class ListLinks(BaseModel):
    """Absolute addresses."""

    self: str = Field(description="This page, its parameters in canonical order.")
    csv: str = Field(description="The same rows as CSV.")
    page: str = Field(description="What a person would read of it.")
    pinned: str = Field(description="The same list for ever, whatever is published later.")
    next: str | None = Field(description="The next page of the same vintage; null on the last.")


class ListEnvelope(BaseModel):
    """A page of a list."""

    # Each list narrows it to its own rows, and says in their description how they are sorted.
    data: list[Any]
    meta: ListMeta
    links: ListLinks


RowType = TypeVar("RowType", bound=RowModel)


@dataclass(frozen=True, slots=True)
class ListPage(Generic[RowType]):
    """The rows of one page; `after` is the place of the last, None if nothing follows."""

    rows: Sequence[RowType]
    after: CursorKey | None = None


def make_page(rows: Sequence[RowType], list_query: ListQuery) -> ListPage[RowType]:
    """Return the page of a list whose rows have all been read. Raise BadQuestionError.

    The place of a row is its number: all pages show one vintage, whose rows do not change.
    """
    start = 0
    match list_query.after:
        case None:
            pass
        case (int(start),):
            pass
        case _:
            raise bad_cursor_error()
    end = len(rows) if list_query.limit is None else start + list_query.limit
    return ListPage(rows[start:end], (end,) if end < len(rows) else None)


def bad_cursor_error() -> BadQuestionError:
    """Return the error for a sound cursor whose place no row of this list can have."""
    expected = "what links.next says, unchanged"
    return bad_question([Problem("not_a_cursor", None, None, "cursor", "", expected)])
