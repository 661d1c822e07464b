"""What several tests build: files, uploads, maintainers, and what is stored of them."""

import io
from datetime import datetime
from functools import cache

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select, text

from app.auth.accounts import add_maintainer, lock_maintainer
from app.auth.passwords import hash_password
from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import ENTRY_TYPES, SOURCE_TYPE
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.tables import Developer, Model, Observation, Snapshot, Upload
from app.domain.questions.question import Question
from app.domain.site import Site
from app.domain.vocabulary import Openness
from app.ingest.import_export import BUNDLED_OPTIONS, import_file
from app.ingest.publish import PublishResult, publish_upload
from app.ingest.stored_files import store_upload
from app.paths import DATA
from app.queries.answers.shares import answer_question
from tests.markup import parse, words_of

PASSWORD = "correct horse battery"


def add_ada(db: Database) -> None:
    with db.writing() as session:
        add_maintainer(session, "ada")
        lock_maintainer(session, "ada").password_hash = stored_password()


@cache
def stored_password() -> str:
    """Computed once: it takes a quarter of a second."""
    return hash_password(PASSWORD)


def all_figures(db: Database) -> list[tuple[object, ...]]:
    """Every observation without its line, and the catalogue."""
    statements = (
        """SELECT source.slug, month, basis, o.origin, o.openness, d.slug, m.slug, share_pct, value,
        status, o.note FROM observation o JOIN snapshot s ON s.id = snapshot_id
        JOIN source ON source.id = s.source_id
        LEFT JOIN developer d ON d.id = o.developer_id
        LEFT JOIN model m ON m.id = model_id""",
        """SELECT slug, name, publisher, metric, population, url, licence, citation, method,
        "window", statistic, reports_on, cadence, publishes_after_days FROM source""",
        "SELECT slug, name, country, parent, note FROM company",
        """SELECT slug, name, country, origin, homepage, huggingface_org, note, company
        FROM developer""",
        "SELECT entry_type, entry, alias, kind, retired FROM alias",
        """SELECT m.slug, m.name, d.slug, openness, release_month, b.slug, m.note, base_model,
        hugging_face_id FROM model m
        JOIN developer d ON d.id = developer_id
        LEFT JOIN developer b ON b.id = base_developer_id""",
        "SELECT date, title, description, url, headline FROM event",
    )
    with db.engine.connect() as connection:
        rows = [tuple(row) for each in statements for row in connection.execute(text(each))]
    return sorted(rows, key=str)


UNREACHABLE_URL = "postgresql+psycopg://nobody@/none?host=/nonexistent"

SOURCE = "huggingface-study-2025"
LIMITS = FileLimits()


def month_file(share: str, month: str = "2026-01", more: str = "") -> bytes:
    return f"month,origin,share_pct\n{month},chinese,{share}\n{more}".encode()


def store_file(db: Database, content: bytes, source: str | None = SOURCE) -> int:
    with db.writing() as session:
        return store_upload(
            session,
            io.BytesIO(content),
            filename="figures.csv",
            by="ada",
            source=source,
            openness=Openness.OPEN,
        )


def publish_stored(db: Database, upload_id: int, reason: str = "") -> PublishResult:
    with db.writing() as session:
        return publish_upload(session, upload_id, by="ada", reason=reason, limits=LIMITS)


def stored_share(db: Database, month: str = "2026-01", as_of: datetime | None = None) -> str | None:
    """The Chinese open share of the month, as text."""
    question = Question(source=(SOURCE,), as_of=as_of)
    with db.reading() as session:
        rows = answer_question(session, question).series(SOURCE, "chinese")
    share = {f"{row.month:%Y-%m}": row.share_pct for row in rows}.get(month)
    return None if share is None else f"{share.normalize():f}"


def row_counts(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Upload, Snapshot, Observation, Developer, Model)
        }


ADAS_PASSWORD = "correct horse battery staple"

# The month after the bundled ones. Where it is not over yet, nothing of it may be final.
NOVEMBER = (
    b"month,origin,openness,share_pct,status\n"
    b"2026-11,chinese,open,62.5,provisional\n2026-11,us,closed,30,provisional\n"
)
REVISED = b"month,origin,openness,share_pct\n2026-09,chinese,open,50\n2026-09,us,open,6.34\n"
HOSTILE_NAMES = (
    "</script><script>alert(1)</script>",
    "=cmd()",
    "{{7*7}}",
    "a\u2028b",
    "\u05d0\u05d1",
)


def store_upload_of(
    db: Database,
    content: bytes,
    by: str = "ada",
    filename: str = "file.csv",
    source: str | None = "openrouter-rankings",
) -> int:
    with db.writing() as session:
        return store_upload(
            session,
            io.BytesIO(content),
            filename=filename,
            by=by,
            source=source,
            openness=Openness.OPEN,
        )


def add_source(db: Database, slug: str, **terms: str) -> None:
    """Add a source that counts tokens; `terms` are further cells of it, by column."""
    cells = {
        "source": slug, "name": slug.title(), "publisher": "A", "metric": "tokens",
        "population": "All",
    }  # fmt: skip
    with db.writing() as session:
        edit_entry(session, SOURCE_TYPE, cells | terms, by="ada", reason="")


def publish_file(
    db: Database,
    content: bytes,
    reason: str = "corrected at the source",
    source: str | None = "openrouter-rankings",
) -> int:
    upload_id = store_upload_of(db, content, source=source)
    with db.writing() as session:
        publish_upload(session, upload_id, by="ada", reason=reason, limits=FileLimits())
    return upload_id


def database_of(client: TestClient) -> Database:
    """The database that the application behind a client asks."""
    assert isinstance(client.app, FastAPI)
    db = client.app.state.db
    assert isinstance(db, Database)
    return db


def text_of(response: Response) -> str:
    """The words of a page: no tags, spaces as spaces."""
    return words_of(parse(response.text))


SITE = Site(
    name="iShares & <Söhne>",
    publisher="Example {Institute} 100 %",
    contact="fix@shares.example",
    imprint_url="https://shares.example/imprint?a=1&b=2",
    licence="CC-BY-4.0",
)
"""A site whose maintainer has said who runs it, in texts that every format must escape."""


def import_bundled_catalogue(db: Database) -> None:
    """Import the bundled catalogue without any figures."""
    for kind in ENTRY_TYPES:
        import_file(db, DATA / f"{kind.name}.csv", BUNDLED_OPTIONS)
