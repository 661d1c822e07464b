"""Any lines that files could bring, published past the reading of files, and any questions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, aliased

from app.database.session import Database
from app.database.tables import Developer, Model, Observation, Snapshot, Source, Upload
from app.domain.questions.question import Question
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.sums import write_sums

MONTHS = (date(2019, 1, 1), date(2019, 2, 1))
SOURCES = ("huggingface-study-2025", "openrouter-rankings")
DEVELOPERS = ("alibaba", "deepseek", "nex-agi", "nousresearch", "qwen")
# Few words, and some more often than others, so that lines come to be summed with others.
ORIGINS = (Origin.CHINESE, Origin.CHINESE, Origin.US, Origin.UNKNOWN)
OPENNESSES = (Openness.OPEN, Openness.OPEN, Openness.CLOSED, Openness.UNKNOWN)
STATUSES = (Status.FINAL, Status.FINAL, Status.PROVISIONAL, Status.REPORTED)


class CatalogueModel(NamedTuple):
    """A model of the catalogue, its developer, and the origin of its base's developer, if any."""

    id: int
    slug: str
    developer_id: int
    developer: str
    base_origin: str | None


class Catalogue(NamedTuple):
    """What lines may name: developers with their ids and companies, and models."""

    developers: dict[str, int]
    companies: dict[str, str]
    models: Sequence[CatalogueModel]


class RandomLine(NamedTuple):
    source: str
    month: date
    origin: str
    openness: str
    developer: str | None
    model: CatalogueModel | None
    share_pct: Decimal
    status: str
    note: str


def read_catalogue(session: Session) -> Catalogue:
    """Return five developers, two of them of one company, and their models; some have a base."""
    developers = session.execute(
        select(Developer.slug, Developer.id, Developer.company).where(
            Developer.slug.in_(DEVELOPERS)
        )
    ).all()
    base = aliased(Developer)
    models = session.execute(
        select(Model.id, Model.slug, Developer.id, Developer.slug, base.origin)
        .join(Developer, Developer.id == Model.developer_id)
        .outerjoin(base, base.id == Model.base_developer_id)
        .where(Developer.slug.in_(DEVELOPERS))
        .order_by(base.origin.nulls_last(), Model.id)
        .limit(9)
    )
    return Catalogue(
        {row.slug: row.id for row in developers},
        {row.slug: row.company or row.slug for row in developers},
        [CatalogueModel(*row) for row in models],
    )


def lines_of(catalogue: Catalogue) -> st.SearchStrategy[list[RandomLine]]:
    """Lines of which no two of a source's month are the same slice or of the same model."""
    name = st.one_of(
        st.just((None, None)),
        st.tuples(st.sampled_from(sorted(catalogue.developers)), st.none()),
        st.sampled_from([(model.developer, model) for model in catalogue.models]),
    )
    line = st.builds(
        _line,
        name,
        source=st.sampled_from(SOURCES),
        month=st.sampled_from(MONTHS),
        origin=st.sampled_from([word.value for word in ORIGINS]),
        openness=st.sampled_from([word.value for word in OPENNESSES]),
        share_pct=st.decimals(0, 3, places=4)
        | st.sampled_from([Decimal("0.0000000001"), Decimal("1.10")]),
        status=st.sampled_from([word.value for word in STATUSES]),
        note=st.sampled_from(["", "a note"]),
    )
    return st.lists(line, min_size=25, max_size=60, unique_by=(_slice, _model))


def _line(name: tuple[str | None, CatalogueModel | None], **cells: Any) -> RandomLine:
    developer, model = name
    return RandomLine(developer=developer, model=model, **cells)


def _slice(line: RandomLine) -> tuple[object, ...]:
    return line[:6]


def _model(line: RandomLine) -> tuple[object, ...]:
    # Lines without a model are apart by the slice alone.
    return (*line[:2], line.model.slug) if line.model else line[:5]


def questions(catalogue: Catalogue) -> st.SearchStrategy[Question]:
    def some(words: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.just(()) | st.lists(
            st.sampled_from(words), unique=True, min_size=1, max_size=2
        ).map(tuple)

    return st.builds(
        Question,
        by=st.sampled_from(["origin", "openness", "company", "developer", "model"]),
        openness=st.sampled_from([*(word.value for word in Openness), "all"]),
        origin=some([word.value for word in Origin]),
        company=some(sorted(set(catalogue.companies.values()))),
        developer=some(sorted(catalogue.developers)),
        model=some([model.slug for model in catalogue.models]),
        top=st.integers(1, 4),
        home=st.sampled_from(["developer", "base"]),
    )


@contextmanager
def published(db: Database, catalogue: Catalogue, lines: Sequence[RandomLine]) -> Iterator[Session]:
    """A session that sees the lines as current figures; at its end they are gone again."""
    with Session(db.engine) as session:
        upload = Upload(
            filename="any.csv", sha256=sha256().digest(), size=0, content=b"", openness="open"
        )
        upload.received_by = "ada"
        session.add(upload)
        session.flush()
        sources = dict(session.execute(select(Source.slug, Source.id)).all())
        snapshots = {
            key: Snapshot(
                upload_id=upload.id, source_id=sources[key[0]], month=key[1], basis="share"
            )
            for key in {(line.source, line.month) for line in lines}
        }
        session.add_all(snapshots.values())
        session.flush()
        rows = [
            {
                "snapshot_id": snapshots[line.source, line.month].id,
                "line": number,
                "origin": line.origin,
                "openness": line.openness,
                "developer_id": catalogue.developers[line.developer] if line.developer else None,
                "model_id": line.model.id if line.model else None,
                "share_pct": line.share_pct,
                "status": line.status,
                "note": line.note,
            }
            for number, line in enumerate(lines, 2)
        ]
        session.execute(insert(Observation), rows)
        write_sums(session, upload.id)
        session.execute(
            update(Upload)
            .where(Upload.id == upload.id)
            .values(published_at=func.clock_timestamp(), published_by="ada")
        )
        yield session
        session.rollback()
