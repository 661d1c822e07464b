"""Names that only a withdrawn file brought."""

from datetime import datetime

from app.catalogue.entries import developers_by_slug, models_by_slug
from app.catalogue.name_index import load_searchables
from app.catalogue.withdrawn_names import names_leaving_with
from app.database.session import Database
from app.database.tables import Upload
from app.database.vintages import vintage_at
from app.ingest.withdraw import withdraw_upload
from app.queries.answers.shares import read_known_slugs
from tests.builders import publish_stored, store_file
from tests.ingest.builders import correct

NEU = b"month,origin,openness,developer,model,share_pct\n2026-01,us,open,Neu,Neu One,5\n"
NEU_AGAIN = NEU.replace(b"2026-01", b"2026-02")


def published(db: Database, content: bytes) -> int:
    upload_id = store_file(db, content)
    publish_stored(db, upload_id, reason="a recount")
    return upload_id


def withdraw(db: Database, upload_id: int) -> datetime:
    with db.writing() as session:
        return withdraw_upload(session, upload_id, by="ada", reason="wrong")


def listed(db: Database, as_of: datetime | None = None) -> tuple[bool, bool]:
    """Whether the developer and the model are in the lists of a vintage."""
    with db.reading() as session:
        vintage = vintage_at(session, as_of)
        return "neu" in developers_by_slug(vintage), "neu-one" in models_by_slug(vintage)


def test_they_leave_lists_search_and_suggestions(filled_db: Database) -> None:
    upload_id = published(filled_db, NEU)
    assert listed(filled_db) == (True, True)
    withdraw(filled_db, upload_id)
    assert listed(filled_db) == (False, False)
    with filled_db.reading() as session:
        assert not {"neu", "neu-one"} & {item.slug for item in load_searchables(session)}
        slugs = read_known_slugs(session)
        assert "neu" not in slugs.developers
        assert "neu-one" not in slugs.models


def test_they_stay_at_the_vintages_before(filled_db: Database) -> None:
    upload_id = published(filled_db, NEU)
    with filled_db.reading() as session:
        before = session.get_one(Upload, upload_id).published_at
    withdraw(filled_db, upload_id)
    assert listed(filled_db, before) == (True, True)


def test_they_stay_where_another_file_names_them_and_come_back_with_one(
    filled_db: Database,
) -> None:
    first, second = published(filled_db, NEU), published(filled_db, NEU_AGAIN)
    withdraw(filled_db, first)
    assert listed(filled_db) == (True, True)
    withdraw(filled_db, second)
    assert listed(filled_db) == (False, False)
    published(filled_db, NEU)
    assert listed(filled_db) == (True, True)


def test_an_entry_that_a_maintainer_corrected_stays(filled_db: Database) -> None:
    upload_id = published(filled_db, NEU)
    correct(filled_db, "neu", country="US")
    withdraw(filled_db, upload_id)
    assert listed(filled_db) == (True, False)


def test_a_developer_stays_as_long_as_one_of_its_models_does(filled_db: Database) -> None:
    first = published(filled_db, NEU.replace(b",Neu One,", b",,"))
    second = published(filled_db, NEU_AGAIN)
    with filled_db.reading() as session:
        assert names_leaving_with(session, second).models == {"neu-one"}
        assert names_leaving_with(session, second).developers == frozenset()
    withdraw(filled_db, second)
    assert listed(filled_db) == (True, False)
    with filled_db.reading() as session:
        assert names_leaving_with(session, first).developers == {"neu"}


def test_names_of_the_catalogue_stay_though_no_file_names_them(filled_db: Database) -> None:
    with filled_db.reading() as session:
        before = set(models_by_slug(vintage_at(session)))
    withdraw(filled_db, 1)
    with filled_db.reading() as session:
        assert set(models_by_slug(vintage_at(session))) == before
