"""The version of the data, by which answers are told apart."""

from sqlalchemy import URL

from app.database.session import Database
from app.queries.data_version import data_version
from tests.builders import month_file, publish_stored, store_file
from tests.databases import copied, open_database


def version(db: Database) -> str:
    with db.reading() as session:
        return data_version(session)


def test_every_publication_is_another_version_and_reading_is_none(filled_db: Database) -> None:
    before = version(filled_db)
    upload = store_file(filled_db, month_file("41"))
    assert version(filled_db) == before
    publish_stored(filled_db, upload, reason="new")
    assert version(filled_db) != before


def test_of_two_copies_with_as_many_changes_each_has_a_version_of_its_own(
    filled_db: Database, database_server: URL, filled_template: str
) -> None:
    # As a replica and the primary that was lost before its last change had come over.
    with copied(database_server, filled_template) as url, open_database(url) as other_db:
        assert version(filled_db) == version(other_db)
        for db, share in ((filled_db, "41"), (other_db, "42")):
            publish_stored(db, store_file(db, month_file(share)), reason="new")
        assert version(filled_db) != version(other_db)
