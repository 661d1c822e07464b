"""What the tests of decisions on a file share: files, reviews, records and corrections."""

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE, read_entries
from app.database.session import Database
from app.ingest.month_diff import MonthReview
from app.ingest.publish import publish_upload
from app.ingest.review import Review, review_upload
from app.queries.uploads import UploadRecord, read_upload_record
from tests.builders import LIMITS, SOURCE, store_file

HEADER = "month,origin,openness,developer,share_pct\n"


def review_of(db: Database, upload_id: int) -> Review:
    with db.reading() as session:
        return review_upload(session, upload_id)


def review_file(db: Database, content: bytes, source: str = SOURCE) -> Review:
    return review_of(db, store_file(db, content, source))


def kinds(month: MonthReview) -> dict[str, int]:
    return {kind.value: count for kind, count in month.counts.items() if count}


def record(db: Database, upload_id: int) -> UploadRecord:
    with db.reading() as session:
        return read_upload_record(session, upload_id)


def months_file(*shares: str | None, first: int = 1) -> bytes:
    """A Chinese open share for each month of 2025 from `first`; None leaves the month out."""
    rows = [f"2025-{month:02},chinese,{text}\n" for month, text in enumerate(shares, first) if text]
    return ("month,origin,share_pct\n" + "".join(rows)).encode()


def publish_as(db: Database, upload_id: int, version: str, reason: str = "a recount") -> None:
    with db.writing() as session:
        publish_upload(session, upload_id, by="ada", reason=reason, limits=LIMITS, expected=version)


def correct(db: Database, slug: str, **texts: str) -> None:
    with db.writing() as session:
        reviewed = read_entries(session, DEVELOPER_TYPE)
        number, cells = next(item for item in reviewed if item[1]["developer"] == slug)
        edit_entry(
            session, DEVELOPER_TYPE, cells | texts, by="ada", reason="moved", entry_id=number
        )
