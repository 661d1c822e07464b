"""Uploads withdrawn and discarded: when, with which reason, and in which version."""

import pytest

from app.database.session import Database
from app.domain.errors import BadInputError, ConflictError
from app.ingest.withdraw import discard_upload, withdraw_upload
from app.queries.uploads import State, read_upload_record
from tests.builders import month_file, publish_stored, store_file
from tests.ingest.builders import record, review_of


def test_withdrawing_is_refused_once_its_months_were_revised(filled_db: Database) -> None:
    first = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, first)
    version = record(filled_db, first).version
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    with (
        pytest.raises(ConflictError, match="not what you looked at"),
        filled_db.writing() as session,
    ):
        withdraw_upload(session, first, by="ada", reason="wrong", expected=version)
    with filled_db.writing() as session:
        now = read_upload_record(session, first).version
        withdraw_upload(session, first, by="ada", reason="wrong", expected=now)
    assert record(filled_db, first).state is State.WITHDRAWN


@pytest.mark.parametrize("reason", ["", " \n ", "\x00", "x" * 2_001, "a\u202eb"])
def test_a_withdrawal_needs_a_reason_that_others_can_read(filled_db: Database, reason: str) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, upload_id)
    with pytest.raises(BadInputError) as caught, filled_db.writing() as session:
        withdraw_upload(session, upload_id, by="ada", reason=reason)
    assert [problem.field for problem in caught.value.problems] == ["reason"]


def test_a_discarded_upload_can_no_longer_be_published_or_discarded(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = review_of(filled_db, upload_id).version
    with filled_db.writing() as session:
        discard_upload(session, upload_id, by="ada", expected=version)
    reviewed = record(filled_db, upload_id)
    assert (reviewed.state, reviewed.discarded_by) == (State.DISCARDED, "ada")
    with pytest.raises(ConflictError, match="discarded by ada"):
        publish_stored(filled_db, upload_id)
    with pytest.raises(ConflictError, match="discarded"), filled_db.writing() as session:
        discard_upload(session, upload_id, by="ada")


def test_a_published_upload_cannot_be_discarded(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = record(filled_db, upload_id).version
    publish_stored(filled_db, upload_id)
    for expected in (None, version):
        with pytest.raises(ConflictError, match="published"), filled_db.writing() as session:
            discard_upload(session, upload_id, by="ada", expected=expected)


def test_discarding_refuses_a_version_that_names_another_state(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    other = record(filled_db, store_file(filled_db, month_file("31"))).version
    with (
        pytest.raises(ConflictError, match="not what you looked at"),
        filled_db.writing() as session,
    ):
        discard_upload(session, upload_id, by="ada", expected=other)
