"""The request of `POST /api/v1/uploads`: a file and what goes with it, as a body or a form."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, BinaryIO, Final, cast

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app.csv_io.schema import TABLE_WORDS, TableChoices
from app.domain.errors import BadInputError, BadQuestionError, Problem, excerpt
from app.domain.naming.matching import nearest_match
from app.domain.sources.provenance import Provenance
from app.domain.vocabulary import Openness
from app.ingest.rules.provenance import read_provenance

# A larger file goes to the disk; how large it may be is `max_body_size` of the route.
SPOOL_MAX_BYTES: Final = 1 << 20
FIELD_LIMIT: Final = 1 << 16  # bytes of a form field that is no file


@dataclass(frozen=True, slots=True)
class SentChoices:
    """What is sent with a file. `source` and `openness` are for lines that leave theirs out.

    The names of the fields are those of the parameters and of the form's fields; an empty text is
    none. Three are the texts of a Provenance; The last five are
    TableChoices.
    """

    mode: str = "check"
    source: str = ""
    openness: str = Openness.OPEN
    reason: str = ""
    filename: str = ""
    origin_url: str = ""
    retrieved_at: str = ""
    publisher_as_of: str = ""
    sheet: str = ""
    wide: str = ""
    figures: str = ""
    names: str = ""
    leave_out: str = ""

    @property
    def choices(self) -> TableChoices:
        return TableChoices.of_texts(asdict(self))

    @property
    def provenance(self) -> Provenance:
        return read_provenance(asdict(self))


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "mode": ("check", "publish"),
    "openness": tuple(Openness),
    **TABLE_WORDS,
}
FILE_TYPES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
)
"""The types a file may be sent as; what it is, its first bytes say."""
WRONG_TYPE: Final = (
    "Send the file as text/csv (a workbook as its own type), or as file in multipart/form-data"
)
CHOICE_NAMES: Final = tuple(item.name for item in fields(SentChoices))


def parse_choices(items: list[tuple[str, str]]) -> SentChoices:
    """Return the choices of query parameters and form fields taken together.

    Raise BadQuestionError with every problem, such as a name given in both.
    """
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for name, text in items:
        if name not in CHOICE_NAMES:
            problems.append(_problem("unknown_parameter", name, name, CHOICE_NAMES))
        elif name in values:
            problem = _problem("repeated_parameter", name, text, ())
            problems.append(replace(problem, expected="the parameter once"))
        elif name in CHOICES and text and text not in CHOICES[name]:
            problems.append(_problem("unknown_value", name, text, CHOICES[name]))
        if text:  # a native form sends every empty field
            values[name] = text
    try:
        read_provenance(values)
    except BadInputError as bad:
        problems += bad.problems
    _refuse(problems)
    return SentChoices(**values)


def _problem(code: str, name: str, found: str, allowed: tuple[str, ...]) -> Problem:
    # Name and value are shown as excerpts: both come from outside, and may be of any length.
    expected, near = "one of " + ", ".join(allowed), nearest_match(found, allowed)
    return Problem(code, None, None, excerpt(name), excerpt(found), expected, near)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        first = problems[0]
        title = f"The parameter “{first.field}” cannot be taken"
        raise BadQuestionError(title, first.sentence(), problems)


@asynccontextmanager
async def read_upload_body(request: Request) -> AsyncIterator[tuple[BinaryIO, SentChoices]]:
    """Yield the file and what was sent with it; the file is closed when the context ends.

    The file may stand at its end: whoever reads it begins with `seek(0)`. Raise BadQuestionError
    for the parameters, BadInputError for a form without a file, HTTPException 415 for another kind
    of body.
    """
    query_pairs = request.query_params.multi_items()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in FILE_TYPES:
        # Before the body: parameters that are wrong are refused before a file is received.
        sent = parse_choices(query_pairs)
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_MAX_BYTES) as file:
            async for portion in request.stream():
                file.write(portion)
            yield cast(BinaryIO, file), sent
    elif kind == "multipart/form-data":
        # max_part_size is of fields only. The file is limited by the route's max_body_size.
        parts = {"max_files": 1, "max_fields": 20, "max_part_size": FIELD_LIMIT}
        async with request.form(**parts) as form:
            yield _of_form(form, query_pairs)
    else:
        title = f"{WRONG_TYPE}; with curl: "
        raise HTTPException(415, title + "--data-binary @file.csv -H 'Content-Type: text/csv'")


def _of_form(form: FormData, query_pairs: list[tuple[str, str]]) -> tuple[BinaryIO, SentChoices]:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        field_names = ", ".join(form) or "nothing"
        problem = Problem(
            "no_file", None, None, "file", excerpt(field_names), "a file named “file”"
        )
        raise BadInputError("The form has no file", "Send one file named “file”.", [problem])
    # A second file under another name is not among them, and `max_files` has refused it already.
    texts = [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
    sent = parse_choices([*query_pairs, *texts])
    # The name that was chosen goes before the one that the client gave the part.
    return file.file, replace(sent, filename=sent.filename or file.filename or "")


# The body is read by hand, so FastAPI does not know it: what follows tells the contract of it. The
# keys are CHOICE_NAMES.
MEANINGS: Final = {
    "mode": "check (the default) stores nothing; publish stores all or nothing.",
    "source": "Slug of the source, for lines that leave it out; needed where the file has none.",
    "openness": "For lines that leave it out and name no known model. Default: open.",
    "reason": "Why published figures are revised.",
    "filename": "The file's name, for the record.",
    "origin_url": "The publisher's address of these figures, http or https.",
    "retrieved_at": "The day they were read there, YYYY-MM-DD; not in the future.",
    "publisher_as_of": "The publisher's own date of them, YYYY-MM-DD; not after the reading.",
    "sheet": "The sheet of a workbook; needed where more than one is filled.",
    "wide": "What each column holds one of, in a file with a column for each; needs figures.",
    "figures": "What the columns of a wide file hold.",
    "names": "What the column holds that names the rows of a wide file and has another name.",
    "leave_out": "yes: titles, notes, totals and a column that counts the rows are left out.",
}


def _schema(name: str) -> dict[str, Any]:
    return {"type": "string"} | ({"enum": list(CHOICES[name])} if name in CHOICES else {})


EXAMPLE_FILE: Final = """\
month,source,origin,share_pct
2026-10,openrouter-rankings,chinese,41.3
2026-10,openrouter-rankings,us,6.2
"""
REQUEST_BODY_SCHEMA: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": meaning,
            "schema": _schema(name),
        }
        | ({"example": "check"} if name == "mode" else {})
        for name, meaning in MEANINGS.items()
    ],
    "requestBody": {
        "required": True,
        "content": {
            FILE_TYPES[0]: {
                "schema": {"type": "string", "format": "binary"},
                "example": EXAMPLE_FILE,
            },
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILE_TYPES[1:]},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "The CSV file or workbook.",
                        }
                    }
                    | {
                        name: _schema(name) | {"description": f"As the parameter `{name}`."}
                        for name in CHOICE_NAMES
                    },
                }
            },
        },
    },
}
