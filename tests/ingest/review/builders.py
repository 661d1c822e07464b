"""Files of one month in the forms that reviews are tried on, and the warnings of a review."""

from collections.abc import Sequence

from app.database.session import Database
from app.ingest.review import Review
from app.ingest.rules.checked import Notice
from tests.builders import publish_stored, store_file
from tests.ingest.builders import review_file

GATEWAY = "gateway"


def warned(reviewed: Review, code: str) -> Sequence[Notice]:
    return [warning for warning in reviewed.warnings if warning.code == code]


def file_of(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def shares(month: str, *rows: str) -> bytes:
    """Rows are origin, openness, developer, model and share."""
    header = "month,origin,openness,developer,model,share_pct"
    return file_of(header, *(f"{month},{row}" for row in rows))


def values(month: str, *rows: str) -> bytes:
    """Rows are developers of the catalogue and values."""
    return file_of("month,developer,value", *(f"{month},{row}" for row in rows))


def publish_file(db: Database, content: bytes) -> None:
    publish_stored(db, store_file(db, content, GATEWAY), reason="a recount")


def texts_after(db: Database, published: bytes, content: bytes, code: str) -> list[str]:
    """Return the warnings of one kind that `content` gets once `published` is current."""
    publish_file(db, published)
    return [notice.text for notice in warned(review_file(db, content, GATEWAY), code)]
