"""Published files checked again with today's catalogue."""

import io
from datetime import date
from decimal import Decimal

import pytest

from app.database.session import Database
from app.domain.errors import ConflictError
from app.domain.sources.provenance import Provenance
from app.domain.vocabulary import Openness, Origin
from app.ingest.stored_files import store_upload
from app.ingest.withdraw import reclassify_upload
from app.queries.uploads import read_upload_records
from tests.builders import LIMITS, SOURCE, month_file, publish_stored, store_file
from tests.ingest.builders import HEADER, correct, kinds, publish_as, record, review_file, review_of

JANUARY = date(2026, 1, 1)


def reclassify(db: Database, upload_id: int) -> int | None:
    with db.writing() as session:
        return reclassify_upload(session, upload_id, by="bob", limits=LIMITS)


def poolside_file() -> bytes:
    rows = (
        "2026-01,us,open,poolside,3\n2026-01,chinese,open,qwen,30\n2026-02,us,open,meta-llama,9\n"
    )
    return (HEADER + rows).encode()


def test_published_figures_keep_their_classification_until_they_are_checked_again(
    filled_db: Database,
) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    correct(filled_db, "poolside", origin="european")
    again = reclassify(filled_db, first)
    assert again is not None
    reviewed = review_of(filled_db, again)
    (month,) = reviewed.months  # the other month stays as it is
    assert month.month == JANUARY
    assert (month.before[Origin.US], month.after[Origin.US]) == (Decimal(3), None)
    assert (month.before[Origin.EUROPEAN], month.after[Origin.EUROPEAN]) == (None, Decimal(3))
    assert reviewed.needs_reason
    publish_as(filled_db, again, reviewed.version, "poolside has moved")
    old, new = record(filled_db, first), record(filled_db, again)
    assert (new.sha256, new.reclassified, new.received_by) == (old.sha256, True, "bob")
    assert [month.superseded_by for month in old.months] == [again, None]
    assert [month.month for month in new.months] == [JANUARY]


def test_where_todays_catalogue_changes_nothing_nothing_is_kept(filled_db: Database) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    assert reclassify(filled_db, first) is None
    with filled_db.reading() as session:
        assert read_upload_records(session, everyone=True)[0].id == first


def test_checking_again_leaves_months_alone_that_were_revised_since(filled_db: Database) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    correct(filled_db, "poolside", origin="european")
    assert reclassify(filled_db, first) is None


def test_only_a_published_upload_is_checked_again(filled_db: Database) -> None:
    with pytest.raises(ConflictError):
        reclassify(filled_db, store_file(filled_db, poolside_file()))


def test_the_first_bytes_again_are_news_after_they_were_reclassified(filled_db: Database) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    correct(filled_db, "poolside", origin="european")
    again = reclassify(filled_db, first)
    assert again is not None
    publish_as(filled_db, again, review_of(filled_db, again).version)
    reviewed = review_file(filled_db, poolside_file())
    assert reviewed.same_as is None
    assert [kinds(month) for month in reviewed.months] == [{"new": 1, "unchanged": 1, "removed": 1}]
    assert len(reviewed.unchanged) == 1
    assert reviewed.checked.months[SOURCE, JANUARY].lines == 2


def test_a_file_that_is_checked_again_comes_from_where_it_came_from(filled_db: Database) -> None:
    given = Provenance("https://arxiv.org/abs/2512.03073", date(2026, 10, 10), date(2026, 10, 9))
    with filled_db.writing() as session:
        first = store_upload(
            session,
            io.BytesIO(poolside_file()),
            filename="figures.csv",
            by="ada",
            source=SOURCE,
            openness=Openness.OPEN,
            provenance=given,
        )
    publish_stored(filled_db, first)
    correct(filled_db, "poolside", origin="european")
    again = reclassify(filled_db, first)
    assert again is not None
    read = record(filled_db, again)
    assert Provenance(read.origin_url, read.retrieved_at, read.publisher_as_of) == given
