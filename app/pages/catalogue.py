"""`/catalogue`: sources, developers, models and events, added and corrected by maintainers."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.auth.accounts import MaintainerIdentity
from app.catalogue.editing import edit_entry, lock_catalogue, read_edits
from app.catalogue.entry_types import ENTRY_TYPES, EVENT_TYPE, MODEL_TYPE, EntryType, read_entries
from app.catalogue.lookup import ids_by_slug
from app.database.session import Database
from app.database.tables import Developer
from app.domain.errors import BadFileError, BadInputError, ConflictError, NotFoundError, UserError
from app.pages.entry_fields import FIELDS
from app.pages.forms import Form, Sent, by_field, one_line, reason_of, texts
from app.pages.shell import render
from app.web.dependencies import ReadSession, SignedInMaintainer, database_of

router = APIRouter()

SHOWN: Final = 200
KINDS: Final = {kind.name: kind for kind in ENTRY_TYPES}


def kind_of(kind: str) -> EntryType:
    if kind not in KINDS:
        raise NotFoundError("The catalogue has no such part", f"It has {', '.join(KINDS)}.")
    return KINDS[kind]


def entry_id_of(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError("There is no such entry in the catalogue")
    return int(number)


OfKind = Annotated[EntryType, Depends(kind_of)]
EntryId = Annotated[int, Depends(entry_id_of)]


@router.get("/catalogue")
def overview(
    request: Request, maintainer: SignedInMaintainer, session: ReadSession
) -> HTMLResponse:
    counts = {name: sum(1 for _ in read_entries(session, KINDS[name])) for name in KINDS}
    changes = read_edits(session, SHOWN)
    context = {"maintainer": maintainer, "counts": counts, "changes": changes, "shown": SHOWN}
    return render(request, "catalogue/overview.html", context)


@router.get("/catalogue/{kind}")
def entries(
    request: Request,
    maintainer: SignedInMaintainer,
    kind: OfKind,
    session: ReadSession,
    find: str = "",
) -> HTMLResponse:
    wanted = find.casefold().strip()
    found = [
        (number, cells)
        for number, cells in read_entries(session, kind)
        if wanted in "\n".join(cells.values()).casefold()
    ]
    context: dict[str, object] = {
        "maintainer": maintainer,
        "kind": kind.name,
        "fields": FIELDS[kind.name],
        "find": find,
        "entries": found[:SHOWN],
        "count": len(found),
    }
    return render(request, "catalogue/entries.html", context)


@router.get("/catalogue/{kind}/new")
def new(
    request: Request, maintainer: SignedInMaintainer, kind: OfKind, session: ReadSession
) -> HTMLResponse:
    return render(request, "catalogue/entry.html", _written(session, maintainer, kind, Form()))


@router.get("/catalogue/{kind}/{number}")
def entry(
    request: Request,
    maintainer: SignedInMaintainer,
    kind: OfKind,
    number: EntryId,
    session: ReadSession,
) -> HTMLResponse:
    cells = _cells(session, kind, number)
    form = Form({**cells, "seen": _seen(cells)})
    return render(request, "catalogue/entry.html", _written(session, maintainer, kind, form))


@dataclass(frozen=True, slots=True)
class Writing:
    """An entry as a maintainer wrote it into a form."""

    request: Request
    maintainer: SignedInMaintainer
    kind: OfKind
    db: Annotated[Database, Depends(database_of)]
    form: Sent

    def done(self, number: int | None = None) -> Response:
        """Adds the entry or, with its `number`, corrects it; else shows the form again."""
        typed = texts(self.form)
        names = [field.name for field in FIELDS[self.kind.name]]
        cells = {name: one_line(typed.get(name, "")) for name in names}
        try:
            with self.db.writing() as session:
                if number is not None:
                    lock_catalogue(session)
                    _expect(typed.get("seen", ""), _cells(session, self.kind, number))
                by, reason = self.maintainer.signature, reason_of(typed)
                edit_entry(session, self.kind, cells, by=by, reason=reason, entry_id=number)
        except (BadFileError, BadInputError, ConflictError) as refused:
            return self._refused(typed, refused)
        found = urlencode({"find": cells[names[self.kind is EVENT_TYPE]].strip()})
        return RedirectResponse(f"/catalogue/{self.kind.name}?{found}", 303)

    def _refused(self, typed: Mapping[str, str], refused: UserError) -> HTMLResponse:
        form = Form(typed, by_field(refused.problems))
        alert = "" if form.problems else f"{refused.title}. {refused.detail}".strip()
        status = 409 if isinstance(refused, ConflictError) else 422
        with self.db.reading() as session:
            context = _written(session, self.maintainer, self.kind, form) | {"alert": alert}
            return render(self.request, "catalogue/entry.html", context, status)


Written = Annotated[Writing, Depends()]


@router.post("/catalogue/{kind}")
def add(written: Written) -> Response:
    return written.done()


@router.post("/catalogue/{kind}/{number}")
def correct(written: Written, number: EntryId) -> Response:
    return written.done(number)


def _written(
    session: Session, maintainer: MaintainerIdentity, kind: EntryType, form: Form
) -> dict[str, object]:
    return {
        "maintainer": maintainer,
        "kind": kind.name,
        "fields": FIELDS[kind.name],
        "form": form,
        "required": {column.name for column in kind.columns if column.filled},
        "developers": sorted(ids_by_slug(session, Developer)) if kind is MODEL_TYPE else [],
        "alert": "",
    }


def _cells(session: Session, kind: EntryType, number: int) -> dict[str, str]:
    """Raises NotFoundError."""
    for found, cells in read_entries(session, kind):
        if found == number:
            return cells
    raise NotFoundError(f"There is no entry {number} among the {kind.name}")


def _seen(cells: Mapping[str, str]) -> str:
    """Names an entry as it was looked at."""
    return sha256("\n".join(cells.values()).encode()).hexdigest()[:16]


def _expect(seen: str, cells: Mapping[str, str]) -> None:
    if seen != _seen(cells):
        detail = "Somebody corrected it meanwhile. Open it again to see how it stands."
        raise ConflictError("This entry is not what you looked at any more", detail)
