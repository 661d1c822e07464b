"""Workbooks in the upload form: the sheet is asked for, and the cells bear its names."""

from datetime import date

from fastapi.testclient import TestClient

from app.database.session import Database
from tests.builders import store_upload_of, text_of
from tests.markup import attributes
from tests.pages.maintain.builders import act, page
from tests.workbook_files import Cell, xlsx

HEADER: list[Cell] = ["month", "origin", "openness", "share_pct"]
ROWS: list[list[Cell]] = [HEADER, [date(2026, 1, 1), "chinese", "open", 29.7]]


def test_a_sheet_is_chosen_read_and_published(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = xlsx({"Notes": [["Read me"]], "Figures": ROWS})
    upload_id = store_upload_of(filled_db, content, filename="january.xlsx")
    html = maintainer_client.get(f"/uploads/{upload_id}").text
    assert attributes(html, 'input[name="sheet"]', "value") == ["Notes", "Figures"]
    assert "It begins with: month · origin · openness · share_pct" in page(
        maintainer_client, upload_id
    )
    response = act(maintainer_client, upload_id, "table", sheet="Figures")
    assert response.status_code == 303
    chosen = int(response.headers["location"].rpartition("/")[2])
    assert "Discarded before it was published" in page(maintainer_client, upload_id)
    shown = page(maintainer_client, chosen)
    assert "The file is sound" in shown
    assert "Sheet Figures, with the values of its formulas" in shown
    assert act(maintainer_client, chosen, "publish", reason="recounted").status_code == 303
    assert "29.70 %" in page(maintainer_client, chosen)
    # What is published is read from the same sheet again.
    again = act(maintainer_client, chosen, "reclassify")
    assert "Nothing would change" in text_of(again)


def test_the_problems_stand_at_the_cells_of_the_sheet(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = xlsx({"Figures": [*ROWS, [date(2026, 1, 1), "us", "open", "many"]]})
    upload_id = store_upload_of(filled_db, content, filename="january.xlsx")
    assert "D3 share_pct many" in page(maintainer_client, upload_id)


def test_a_choice_about_what_was_decided_meanwhile_is_refused(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = xlsx({"Notes": [["Read me"]], "Figures": ROWS})
    upload_id = store_upload_of(filled_db, content)
    sent = {"version": "another", "sheet": "Figures"}
    response = maintainer_client.post(f"/uploads/{upload_id}/table", data=sent)
    assert response.status_code == 409
