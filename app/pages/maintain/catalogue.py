"""`/catalogue`: what the catalogue holds, as lists and forms for maintainers."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.auth.accounts import MaintainerIdentity
from app.catalogue.audit_list import read_edits
from app.catalogue.editing import edit_entry, lock_catalogue
from app.catalogue.entry_types import (
    ALIAS_TYPE,
    ENTRY_TYPES,
    EVENT_TYPE,
    EntryType,
    read_entries,
)
from app.catalogue.proposals import read_open_proposals
from app.database.session import Database
from app.domain.errors import BadFileError, BadInputError, ConflictError, NotFoundError, UserError
from app.pages.forms import (
    FormState,
    SentForm,
    form_texts,
    problems_by_field,
    reason_field,
    to_one_line,
)
from app.pages.maintain.entry_fields import ENTRY_FIELDS
from app.pages.templates import render_page
from app.web.dependencies import ReadSession, SignedInMaintainer, database_of
from app.web.route_policy import RouteKind, policy

router = APIRouter()

ENTRIES_SHOWN_MAX: Final = 200  # entries of a list, and changes of the overview
KINDS: Final = {kind.name: kind for kind in ENTRY_TYPES}
FOUND_BY: Final = {EVENT_TYPE.name: "title", ALIAS_TYPE.name: "alias"}
"""The column by which an entry that was written is found, where it is not the first."""


def parse_entry_type(kind: str) -> EntryType:
    """Return the part of the catalogue that a path names. Raises NotFoundError."""
    if kind not in KINDS:
        raise NotFoundError("The catalogue has no such part", f"It has {', '.join(KINDS)}.")
    return KINDS[kind]


def parse_entry_id(number: str) -> int:
    """Return the id that a path names. Raises NotFoundError for what cannot be one."""
    # Not `int` in the signature: a number too large for PostgreSQL's bigint would be answered as a
    # fault of ours.
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError("There is no such entry in the catalogue")
    return int(number)


EntryTypeOfPath = Annotated[EntryType, Depends(parse_entry_type)]
EntryId = Annotated[int, Depends(parse_entry_id)]


@router.get("/catalogue")
@policy(RouteKind.PAGE)
def overview(
    request: Request, maintainer: SignedInMaintainer, session: ReadSession
) -> HTMLResponse:
    counts = {name: sum(1 for _ in read_entries(session, KINDS[name])) for name in KINDS}
    changes = read_edits(session, ENTRIES_SHOWN_MAX)
    context = {
        "maintainer": maintainer,
        "counts": counts,
        "changes": changes,
        "proposed": len(read_open_proposals(session)),
        "shown": ENTRIES_SHOWN_MAX,
    }
    return render_page(request, "maintain/catalogue.html", context)


@router.get("/catalogue/{kind}")
@policy(RouteKind.PAGE)
def entries(
    request: Request,
    maintainer: SignedInMaintainer,
    kind: EntryTypeOfPath,
    session: ReadSession,
    find: str = "",
) -> HTMLResponse:
    # Searched here and not in SQL: only `read_entries` writes days, origins and developers as the
    # texts that people look for, and the entries are a few hundred.
    searched = find.casefold().strip()
    matching = [
        (number, cells)
        for number, cells in read_entries(session, kind)
        # By spaces, as the list of changes writes a key of several cells.
        if searched in " ".join(cells.values()).casefold()
    ]
    context: dict[str, object] = {
        "maintainer": maintainer,
        "kind": kind.name,
        "fields": ENTRY_FIELDS[kind.name],
        "find": find,
        "entries": matching[:ENTRIES_SHOWN_MAX],
        "count": len(matching),
    }
    return render_page(request, "maintain/catalogue_entries.html", context)


@router.get("/catalogue/{kind}/new")
@policy(RouteKind.PAGE)
def new(request: Request, maintainer: SignedInMaintainer, kind: EntryTypeOfPath) -> HTMLResponse:
    return render_page(
        request, "maintain/catalogue_entry.html", _written(maintainer, kind, FormState())
    )


@router.get("/catalogue/{kind}/{number}")
@policy(RouteKind.PAGE)
def entry(
    request: Request,
    maintainer: SignedInMaintainer,
    kind: EntryTypeOfPath,
    number: EntryId,
    session: ReadSession,
) -> HTMLResponse:
    cells = _cells(session, kind, number)
    form = FormState({**cells, "seen": _seen(cells)})
    return render_page(request, "maintain/catalogue_entry.html", _written(maintainer, kind, form))


@dataclass(frozen=True, slots=True)
class CatalogueForm:
    """An entry as a maintainer wrote it into a form; a dependency of the routes that write."""

    request: Request
    maintainer: SignedInMaintainer
    kind: EntryTypeOfPath
    db: Annotated[Database, Depends(database_of)]
    form: SentForm

    def done(self, number: int | None = None) -> Response:
        """Add the entry or, with its `number`, correct it; lead to the list that shows it.

        Where that is refused, return the form again with what is wrong.
        """
        typed = form_texts(self.form)
        names = [field.name for field in ENTRY_FIELDS[self.kind.name]]
        cells = {name: to_one_line(typed.get(name, "")) for name in names}
        try:
            with self.db.writing() as session:
                # The comparison holds only under the lock: another correction could come between
                # it and the writing. Adding is safe without; `edit_entry` refuses a taken slug.
                if number is not None:
                    lock_catalogue(session)
                    _expect(typed.get("seen", ""), _cells(session, self.kind, number))
                by, reason = self.maintainer.signature, reason_field(typed)
                edit_entry(session, self.kind, cells, by=by, reason=reason, entry_id=number)
        # Caught outside of the transaction, so that nothing of it is left when the form is drawn.
        except (BadFileError, BadInputError, ConflictError) as refused:
            return self._refused(typed, refused)
        query = urlencode({"find": cells[FOUND_BY.get(self.kind.name, names[0])].strip()})
        return RedirectResponse(f"/catalogue/{self.kind.name}?{query}", 303)

    def _refused(self, typed: Mapping[str, str], refused: UserError) -> HTMLResponse:
        form = FormState(typed, problems_by_field(refused.problems))
        alert = "" if form.problems else f"{refused.title}. {refused.detail}".strip()
        status = 409 if isinstance(refused, ConflictError) else 422
        context = _written(self.maintainer, self.kind, form) | {"alert": alert}
        return render_page(self.request, "maintain/catalogue_entry.html", context, status)


WrittenForm = Annotated[CatalogueForm, Depends()]


@router.post("/catalogue/{kind}")
@policy(RouteKind.PAGE, maintainers_write=True)
def add(written: WrittenForm) -> Response:
    return written.done()


@router.post("/catalogue/{kind}/{number}")
@policy(RouteKind.PAGE, maintainers_write=True)
def correct(written: WrittenForm, number: EntryId) -> Response:
    return written.done(number)


def _written(maintainer: MaintainerIdentity, kind: EntryType, form: FormState) -> dict[str, object]:
    """The context of the page with the form of an entry."""
    return {
        "maintainer": maintainer,
        "kind": kind.name,
        "fields": ENTRY_FIELDS[kind.name],
        "form": form,
        "required": {column.name for column in kind.columns if column.filled},
        "fixed": [] if kind.renamable else [item.name for item in kind.columns[: len(kind.key)]],
        "alert": "",
    }


def _cells(session: Session, kind: EntryType, number: int) -> dict[str, str]:
    """The texts of an entry by column. Raises NotFoundError."""
    for entry_id, cells in read_entries(session, kind):
        if entry_id == number:
            return cells
    raise NotFoundError(f"There is no entry {number} among the {kind.name}")


def _seen(cells: Mapping[str, str]) -> str:
    """A digest of an entry as it was looked at, which its form sends back."""
    return sha256("\n".join(cells.values()).encode()).hexdigest()[:16]


def _expect(seen: str, cells: Mapping[str, str]) -> None:
    """Raise ConflictError where the entry was changed since the form was opened."""
    if seen != _seen(cells):
        detail = "Somebody corrected it meanwhile. Open it again to see how it stands."
        raise ConflictError("This entry is not what you looked at any more", detail)
