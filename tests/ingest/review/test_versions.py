"""Publishing what was looked at, and nothing else."""

import pytest

from app.database.session import Database
from app.domain.errors import ConflictError
from tests.builders import month_file, publish_stored, store_file, stored_share
from tests.ingest.builders import correct, publish_as, review_of


def test_publishing_as_reviewed_is_refused_once_others_published_that_month(
    filled_db: Database,
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = review_of(filled_db, upload_id).version
    publish_stored(filled_db, store_file(filled_db, month_file("31")))
    with pytest.raises(ConflictError, match="not what you looked at"):
        publish_as(filled_db, upload_id, version)
    assert stored_share(filled_db) == "31"
    publish_as(filled_db, upload_id, review_of(filled_db, upload_id).version)
    assert stored_share(filled_db) == "30"


def test_publishing_as_reviewed_is_not_hindered_by_what_happens_elsewhere(
    filled_db: Database,
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = review_of(filled_db, upload_id).version
    publish_stored(filled_db, store_file(filled_db, month_file("31", month="2026-02")))
    publish_as(filled_db, upload_id, version)


def test_publishing_as_reviewed_is_refused_once_the_catalogue_says_otherwise(
    filled_db: Database,
) -> None:
    upload_id = store_file(filled_db, b"month,developer,share_pct\n2026-01,poolside,3\n")
    version = review_of(filled_db, upload_id).version
    correct(filled_db, "poolside", origin="european")
    with pytest.raises(ConflictError, match="not what you looked at"):
        publish_as(filled_db, upload_id, version)
