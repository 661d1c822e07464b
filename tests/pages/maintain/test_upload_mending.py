"""One press applies the suggestions of a kind to a copy; the original stays as it came."""

import re

from fastapi.testclient import TestClient

from app.database.session import Database
from tests.builders import SOURCE, row_counts, store_upload_of, text_of
from tests.markup import parse
from tests.pages.maintain.builders import page

MONTHS = "Date;origin;tokens\r\n" + "Mrz 25;us;5\r\nMrz 25;chinese;5\r\n" + "Apr 25;us;1\r\n" * 1


def pressed(client: TestClient, upload_id: int, words: str) -> str:
    """The address that the button with these words leads to."""
    html = parse(client.get(f"/uploads/{upload_id}").text)
    (button,) = [item for item in html.select("form button") if words in item.get_text()]
    form = button.find_parent("form")
    assert form is not None
    fields = {str(item["name"]): str(item["value"]) for item in form.select("input")}
    if button.get("name"):
        fields[str(button["name"])] = str(button["value"])
    query = "&".join(f"{name}={value}".replace(" ", "+") for name, value in fields.items())
    return f"{form['action']}?{query}"


def kept(client: TestClient, address: str) -> int:
    """The upload of the copy that the page at `address` shows, once its button is pressed."""
    form = parse(client.get(address).text).select_one(".decide form")
    assert form is not None
    fields = {str(item["name"]): str(item["value"]) for item in form.select("input")}
    response = client.post(str(form["action"]), data=fields, follow_redirects=False)
    assert response.status_code == 303, response.text
    return int(response.headers["location"].rpartition("/")[2])


def test_one_press_shows_the_copy_and_a_second_has_it_checked(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, MONTHS.encode(), source=SOURCE)
    shown = page(maintainer_client, upload_id)
    assert "3 problems of one kind" in shown
    assert "2-4 A Date Mrz 25 and the like a month as YYYY-MM" in shown
    assert "a spreadsheet turned it into a date" in shown
    before = row_counts(filled_db)
    address = pressed(maintainer_client, upload_id, "Apply to all 3")
    preview = text_of(maintainer_client.get(address))
    assert "3 cells would be mended in a copy of file.csv, upload" in preview
    assert "2 Mrz 25;us;5 2025-03;us;5" in preview
    assert row_counts(filled_db) == before
    copy_id = kept(maintainer_client, address)
    copy = page(maintainer_client, copy_id)
    assert "The file is sound" in copy
    assert f"file mended from upload {upload_id}.csv" in copy
    content = maintainer_client.get(f"/uploads/{copy_id}/file").text
    assert content == MONTHS.replace("Mrz 25", "2025-03").replace("Apr 25", "2025-04")
    assert maintainer_client.get(f"/uploads/{upload_id}/file").text == MONTHS


def test_of_two_readings_the_maintainer_says_which(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = b"month,origin,share_pct\n01/09/2025,us,5\n01/10/2025,us,5\n"
    upload_id = store_upload_of(filled_db, content, source=SOURCE)
    shown = page(maintainer_client, upload_id)
    assert "2025-09 or 2025-01" in shown
    address = pressed(maintainer_client, upload_id, "Read as 2025-09, all 2 so")
    copy_id = kept(maintainer_client, address)
    assert maintainer_client.get(f"/uploads/{copy_id}/file").content == (
        b"month,origin,share_pct\n2025-09,us,5\n2025-10,us,5\n"
    )


def test_where_there_is_nothing_to_apply_that_is_said(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, MONTHS.encode(), source=SOURCE)
    rest = "/mend?code=not_a_month&column=2"
    assert "There is nothing to apply" in page(maintainer_client, upload_id, rest, 409)
    assert "Which kind" in page(maintainer_client, upload_id, "/mend?code=x&column=-1", 400)
    assert "Which kind" in page(maintainer_client, upload_id, "/mend", 400)
    page(maintainer_client, 10**17, rest, 404)
    page(maintainer_client, 1, rest, 409)


def test_a_copy_that_was_not_shown_is_not_kept(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, MONTHS.encode(), source=SOURCE)
    address = pressed(maintainer_client, upload_id, "Apply to all 3")
    html = maintainer_client.get(address).text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', html))
    before = row_counts(filled_db)
    response = maintainer_client.post(
        f"/uploads/{upload_id}/mend", data=fields | {"digest": "0" * 64}, follow_redirects=False
    )
    assert response.status_code == 409
    assert row_counts(filled_db) == before


def test_only_maintainers_mend(own_client: TestClient, filled_db: Database) -> None:
    upload_id = store_upload_of(filled_db, MONTHS.encode(), source=SOURCE)
    address = f"/uploads/{upload_id}/mend?code=not_a_month&column=1"
    response = own_client.get(address, follow_redirects=False)
    assert (response.status_code, "sign-in" in response.headers["location"]) == (303, True)
