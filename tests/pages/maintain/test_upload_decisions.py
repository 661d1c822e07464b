"""`/uploads/{id}`: publishing, withdrawing, discarding and checking again."""

import pytest
from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE, read_entries
from app.database.session import Database
from tests.builders import NOVEMBER, REVISED, publish_file, store_upload_of, text_of
from tests.markup import attributes, select_one
from tests.pages.maintain.builders import act, page


def test_publishing_shows_the_record_that_anyone_may_see(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, NOVEMBER, filename="november.csv")
    response = act(maintainer_client, upload_id, "publish")
    assert (response.status_code, response.headers["location"]) == (303, f"/uploads/{upload_id}")
    maintainer_client.cookies.clear()
    shown = page(maintainer_client, upload_id)
    assert "Published: these figures stand" in shown
    assert "november.csv" in shown
    assert "by ada" in shown
    assert "November 2026 OpenRouter rankings 2 92.50 % current" in shown
    assert "Withdraw" not in shown


def test_a_revision_without_a_reason_stays_and_says_so(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, REVISED)
    response = act(maintainer_client, upload_id, "publish", reason="  ")
    assert response.status_code == 409
    assert "A reason is needed to revise published figures" in text_of(response)
    assert act(maintainer_client, upload_id, "publish", reason="misread").status_code == 303
    assert "Reason misread" in page(maintainer_client, upload_id)


def test_a_reason_that_no_text_may_hold_is_said_at_its_field(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, REVISED)
    response = act(maintainer_client, upload_id, "publish", reason="a\0b")
    assert response.status_code == 422
    assert select_one(response.text, "#reason-problem")


def test_publishing_what_has_moved_on_since_is_refused_and_shown_anew(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, NOVEMBER)
    html = maintainer_client.get(f"/uploads/{upload_id}").text
    (seen,) = attributes(html, 'form[action$="/publish"] > input[name="version"]', "value")
    publish_file(filled_db, NOVEMBER.replace(b"62.5", b"61"))
    sent = {"version": seen, "reason": "x"}
    response = maintainer_client.post(f"/uploads/{upload_id}/publish", data=sent)
    assert response.status_code == 409
    shown = text_of(response)
    assert "not what you looked at any more" in shown
    assert "Nov 2026 61.0 % → 62.5 %" in shown
    assert seen not in response.text


@pytest.mark.parametrize("what", ["publish", "withdraw", "discard"])
def test_a_form_that_does_not_say_what_was_looked_at_does_nothing(
    maintainer_client: TestClient, filled_db: Database, what: str
) -> None:
    upload_id = (
        publish_file(filled_db, NOVEMBER)
        if what == "withdraw"
        else store_upload_of(filled_db, NOVEMBER)
    )
    sent = {"reason": "because"}
    response = maintainer_client.post(f"/uploads/{upload_id}/{what}", data=sent)
    assert response.status_code == 409


def test_withdrawing_takes_a_reason_and_tells_it(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = publish_file(filled_db, NOVEMBER)
    refused = act(maintainer_client, upload_id, "withdraw", reason="")
    assert refused.status_code == 422
    assert select_one(refused.text, "#reason-problem")
    done = act(maintainer_client, upload_id, "withdraw", reason="a wrong file")
    assert done.status_code == 303
    shown = page(maintainer_client, upload_id)
    assert "Withdrawn: these figures do not stand any more" in shown
    assert "by ada: a wrong file" in shown


def test_a_superseded_upload_names_its_successor(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    first = publish_file(filled_db, NOVEMBER)
    second = publish_file(filled_db, NOVEMBER.replace(b"62.5", b"61"))
    shown = page(maintainer_client, first)
    assert "Superseded: later uploads give all its months anew" in shown
    assert f"superseded by upload {second}" in shown


def test_figures_can_be_seen_as_they_were_before_and_after(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    html = maintainer_client.get(f"/uploads/{publish_file(filled_db, REVISED)}").text
    before, after = attributes(html, 'a[href^="/trends?"][href*="as_of="]', "href")
    then, now = (text_of(maintainer_client.get(link)) for link in (before, after))
    assert "Sep 2026 58.09 %" in then
    assert "Sep 2026 50.00 %" in now


def test_discarding_closes_an_upload_for_good(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, NOVEMBER)
    assert act(maintainer_client, upload_id, "discard").status_code == 303
    assert "Discarded before it was published" in page(maintainer_client, upload_id)
    sent = {"version": "x"}
    assert maintainer_client.post(f"/uploads/{upload_id}/publish", data=sent).status_code == 409


def test_checking_again_says_where_nothing_would_change(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    response = act(maintainer_client, publish_file(filled_db, NOVEMBER), "reclassify")
    assert response.status_code == 409
    assert "Nothing would change" in text_of(response)


def test_checking_again_shows_what_todays_catalogue_changes(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    with filled_db.writing() as session:
        entries = read_entries(session, DEVELOPER_TYPE)
        number, cells = next(item for item in entries if item[1]["developer"] == "poolside")
        cells |= {"origin": "european", "country": "FR"}
        edit_entry(session, DEVELOPER_TYPE, cells, by="ada", reason="moved", entry_id=number)
    response = act(maintainer_client, 3, "reclassify")
    assert response.status_code == 303
    shown = page(maintainer_client, int(response.headers["location"].rpartition("/")[2]))
    assert "Publishing it revises" in shown
    assert "European open models" in shown
