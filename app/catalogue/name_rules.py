"""What names must not do: be claimed by two entries, or make a company its own parent."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.entry_types import (
    ALIAS_TYPE,
    COMPANY_TYPE,
    DEVELOPER_TYPE,
    MODEL_TYPE,
    EntryType,
)
from app.csv_io.reader import CsvTable
from app.database.name_tables import Alias, Company
from app.domain.naming.matching import nearest_match
from app.domain.naming.names import NamedType, alias_key

WrittenRows = Mapping[int, Mapping[str, Any]]
"""The rows of a file that were written, as columns of the table by line."""

TYPES: Mapping[str, tuple[NamedType, EntryType]] = {
    kind.name: (named, kind)
    for named, kind in (
        (NamedType.COMPANY, COMPANY_TYPE),
        (NamedType.DEVELOPER, DEVELOPER_TYPE),
        (NamedType.MODEL, MODEL_TYPE),
    )
}


def check_names(session: Session, kind: EntryType, table: CsvTable, rows: WrittenRows) -> None:
    """Add a problem to the table for each written row whose names cannot stand.

    It is to be called when all rows are written, and before the commit: a file may retire an alias
    in one line, and give it to another entry in the line before.
    """
    session.flush()
    if kind is ALIAS_TYPE:
        _check_aliases(session, table, rows)
    elif kind.name in TYPES:
        _check_own_names(session, kind, table, rows)
    if kind is COMPANY_TYPE:
        _check_parents(session, table, rows)


def _check_aliases(session: Session, table: CsvTable, rows: WrittenRows) -> None:
    """Refuse an alias that is a slug, name or alias of another entry of its type."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for named, kind in TYPES.values():
        columns = select(kind.table.slug, kind.table.name)  # type: ignore[union-attr]
        for slug, name in session.execute(columns):
            owners[named, alias_key(slug)].add(slug)
            owners[named, alias_key(name)].add(slug)
    for alias in _living_aliases(session):
        owners[alias.entry_type, alias_key(alias.alias)].add(alias.entry)
    for line, row in rows.items():
        others = owners[row["entry_type"], alias_key(row["alias"])] - {row["entry"]}
        if others and not row.get("retired"):
            expected = (
                f"a name that no other {row['entry_type']} has: it is one of {_listed(others)}."
                " Leave it out here, or retire it there"
            )
            place = (line, table.header.position("alias"), "alias")
            table.problems.add("name_taken", *place, row["alias"], expected)


def _check_own_names(session: Session, kind: EntryType, table: CsvTable, rows: WrittenRows) -> None:
    """Refuse a slug or name that is an alias of another entry of its type."""
    named, _ = TYPES[kind.name]
    owners: dict[str, set[str]] = defaultdict(set)
    for alias in _living_aliases(session):
        if alias.entry_type == named:
            owners[alias_key(alias.alias)].add(alias.entry)
    for line, row in rows.items():
        for column, text in ((kind.columns[0].name, row["slug"]), ("name", row.get("name"))):
            others = owners.get(alias_key(text or ""), set()) - {row["slug"]}
            if others:
                expected = (
                    f"a name that is no alias of another {named}: it is one of {_listed(others)}."
                    " Retire it there first"
                )
                place = (line, table.header.position(column), column)
                table.problems.add("name_taken", *place, str(text), expected)


def _living_aliases(session: Session) -> Iterator[Alias]:
    yield from session.scalars(select(Alias).where(~Alias.retired))


def _listed(slugs: set[str]) -> str:
    return " and ".join(sorted(slugs)[:5])


def _check_parents(session: Session, table: CsvTable, rows: WrittenRows) -> None:
    """Refuse a parent that is no company, or that is the company itself, be it by others."""
    parents: dict[str, str | None] = dict(
        session.execute(select(Company.slug, Company.parent)).all()
    )
    for line, row in rows.items():
        slug, parent = row["slug"], row.get("parent")
        place = (line, table.header.position("parent"), "parent", parent or "")
        if parent is None:
            continue
        if parent not in parents:
            expected = "the slug of a company in this file or the catalogue"
            near = nearest_match(parent, parents.keys() - {slug})
            table.problems.add("unknown_company", *place, expected, near)
        elif slug in (above := _companies_above(slug, parents)):
            way = " → ".join((slug, *above[: above.index(slug) + 1]))
            expected = f"a company that does not belong to {slug} itself ({way}); or nothing"
            table.problems.add("own_parent", *place, expected)


def _companies_above(slug: str, parents: Mapping[str, str | None]) -> list[str]:
    """Return the parent, its parent and so on; a circle ends where it closes."""
    above: list[str] = []
    parent = parents.get(slug)
    while parent is not None and parent not in above:
        above.append(parent)
        parent = parents.get(parent)
    return above
