"""Sources, developers, models and events: looked up, created, and read from CSV."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cells, csv_reader
from app.csv_reader import Column, Limits, Row
from app.errors import BadFile, NotFound
from app.known import Known, KnownDeveloper, KnownModel
from app.models import Developer, Event, Model, Source
from app.months import month_key
from app.resolver import NewDeveloper, NewModel
from app.words import Openness, Origin, nearest

LONG: Final = 2_000  # characters of a definition


def words(name: str, *, filled: bool = False) -> Column:
    return Column(name, cells.text, required=filled, filled=filled, blank="", limit=LONG)


def slug(name: str, *, filled: bool = True) -> Column:
    return Column(name, cells.slug, required=filled, filled=filled)


def filled(name: str, parse: cells.Parser) -> Column:
    return Column(name, parse, required=True, filled=True)


def url(name: str) -> Column:
    return Column(name, cells.url, blank="", limit=LONG)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of catalogue entry: its file's columns, the first of which names the entry."""

    name: str
    table: type[Source | Developer | Model | Event]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("slug",)


SOURCES: Final = Kind(
    "sources",
    Source,
    (
        slug("source"),
        words("name", filled=True),
        words("publisher", filled=True),
        words("metric", filled=True),
        words("population", filled=True),
        url("url"),
        words("licence"),
        words("citation"),
        words("method"),
    ),
)
DEVELOPERS: Final = Kind(
    "developers",
    Developer,
    (
        slug("developer"),
        words("name", filled=True),
        Column("country", cells.country),
        filled("origin", cells.origin),
        url("homepage"),
        words("huggingface_org"),
        words("note"),
    ),
)
MODELS: Final = Kind(
    "models",
    Model,
    (
        slug("model"),
        words("name", filled=True),
        slug("developer"),
        filled("openness", cells.openness),
        Column("release_month", cells.month),
        slug("base_developer", filled=False),
        words("note"),
    ),
)
EVENTS: Final = Kind(
    "events",
    Event,
    (
        filled("date", cells.day),
        words("title", filled=True),
        words("description"),
        url("url"),
        Column("headline", cells.yes, blank=False),
    ),
    key=("date", "title"),
)
# In the order in which one may name another.
KINDS: Final = (SOURCES, DEVELOPERS, MODELS, EVENTS)


def known(session: Session) -> Known:
    """The catalogue as files are checked against it."""
    developers = session.execute(select(Developer.slug, Developer.name, Developer.origin))
    models = session.execute(
        select(Model.slug, Model.name, Developer.slug, Model.openness).join(
            Developer, Developer.id == Model.developer_id
        )
    )
    sources = session.execute(select(Source.slug, Source.name))
    return Known(
        sources=dict(sources.all()),
        developers={row[0]: KnownDeveloper(row[0], row[1], Origin(row[2])) for row in developers},
        models={row[0]: KnownModel(row[0], row[1], row[2], Openness(row[3])) for row in models},
    )


def ids(session: Session, table: type[Source | Developer | Model]) -> dict[str, int]:
    """Slug to id of every entry."""
    return dict(session.execute(select(table.slug, table.id)).all())


def source_id(session: Session, slug: str) -> int:
    """Raises NotFound, naming the nearest source there is."""
    known_ids = ids(session, Source)
    if slug not in known_ids:
        near = nearest(slug, known_ids)
        hint = (
            f"Did you mean “{near}”?" if near else f"Known sources: {', '.join(sorted(known_ids))}."
        )
        raise NotFound(f"There is no source “{slug}”", hint)
    return known_ids[slug]


def create(
    session: Session, developers: Iterable[NewDeveloper], models: Iterable[NewModel]
) -> None:
    """What a file names and the catalogue does not know."""
    session.add_all(
        Developer(slug=new.slug, name=new.name, origin=new.origin) for new in developers
    )
    session.flush()
    developer_ids = ids(session, Developer)
    session.add_all(
        Model(
            slug=new.slug,
            name=new.name,
            developer_id=developer_ids[new.developer],
            openness=new.openness,
        )
        for new in models
    )
    session.flush()


@dataclass(slots=True)
class Changes:
    """What reading a catalogue file did."""

    kind: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def kind_of(file: BinaryIO) -> Kind | None:
    """The kind of catalogue file this is by its header; None for a snapshot file, or no CSV."""
    for kind in KINDS:
        table = csv_reader.open_table(file, kind.columns)
        if not table.problems.count:
            return kind
    return None


def read(session: Session, kind: Kind, file: BinaryIO, limits: Limits) -> Changes:
    """Adds and corrects entries, all of them or none. Raises BadFile with every problem."""
    table = csv_reader.open_table(file, kind.columns, limits)
    entry = _entry(session, kind, table)
    found = {_key(kind, row): row for row in session.scalars(select(kind.table))}
    changes = Changes(kind.name)
    seen: dict[tuple[Any, ...], int] = {}
    for row in table:
        values = entry(row)
        key = tuple(values[name] for name in kind.key)
        first = seen.setdefault(key, row.line)
        if first != row.line:
            table.problems.add(
                "entry_twice", row.line, 1, kind.columns[0].name, str(key[-1]),
                f"each entry once; it stands on line {first} already",
            )  # fmt: skip
            continue
        _put(session, kind, found.get(key), values, changes)
    if table.problems.count:
        raise BadFile("The catalogue file has problems", "", table.problems.first)
    session.flush()
    return changes


def _key(kind: Kind, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in kind.key)


def _put(
    session: Session, kind: Kind, row: Any, values: Mapping[str, Any], changes: Changes
) -> None:
    if row is None:
        session.add(kind.table(**values))
        changes.added += 1
        return
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    changes.changed += bool(differing)
    changes.unchanged += not differing


Entry = Callable[[Row], Mapping[str, Any]]


def _entry(session: Session, kind: Kind, table: csv_reader.Table) -> Entry:
    """How a row of the file becomes the columns of the table."""
    names = [column.name for column in kind.columns]
    developers = ids(session, Developer)

    def developer_id(row: Row, name: str, slug: str | None) -> int | None:
        if slug and slug not in developers:
            column = names.index(name) + 1
            known_one = "the slug of a developer in the catalogue"
            table.problems.add(
                "unknown_developer", row.line, column, name, slug, known_one,
                lambda: nearest(slug, developers),
            )  # fmt: skip
        return developers.get(slug) if slug else None

    def entry(row: Row) -> Mapping[str, Any]:
        values = dict(zip(names, row.values, strict=True))
        if kind is not EVENTS:
            values["slug"] = values.pop(names[0])
        if kind is MODELS:
            for name in ("developer", "base_developer"):
                values[f"{name}_id"] = developer_id(row, name, values.pop(name))
        return values

    return entry


def rows(session: Session, kind: Kind) -> Iterator[list[str]]:
    """Every entry as the cells of its file, so that `read` finds nothing to change."""
    slugs = {number: slug for slug, number in ids(session, Developer).items()}
    order = [getattr(kind.table, name) for name in kind.key]
    for row in session.scalars(select(kind.table).order_by(*order)):
        values = vars(row)
        own = {kind.columns[0].name: values.get("slug")} if kind is not EVENTS else {}
        if isinstance(row, Model):
            own["developer"] = slugs[row.developer_id]
            own["base_developer"] = slugs.get(row.base_developer_id or 0, "")
        yield [_cell(column, (values | own)[column.name]) for column in kind.columns]


def _cell(column: Column, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return month_key(value) if column.parse is cells.month else str(value)
