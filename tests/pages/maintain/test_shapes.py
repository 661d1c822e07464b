"""Files of another shape in the form: shown turned, confirmed, checked again and published."""

from fastapi.testclient import TestClient

from app.database.session import Database
from tests.builders import store_upload_of
from tests.markup import attributes, select_one
from tests.pages.maintain.builders import act, page

WIDE = b'"Date","Chinese","US","European"\n2026-01,29.72,12.31,2.05\n'
INDEXED = b",month,origin,openness,share_pct\n0,2026-01,chinese,open,29.7\n"


def test_a_wide_file_is_turned_as_the_maintainer_confirms(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, WIDE, filename="homes.csv")
    shown = page(maintainer_client, upload_id)
    assert "One column each: Chinese, US, European" in shown
    assert "2026-01 US 12.31" in shown
    html = maintainer_client.get(f"/uploads/{upload_id}").text
    assert attributes(html, 'input[name="wide"][checked]', "value") == ["origin"]
    # Whether the figures are percent nobody but the maintainer knows.
    assert not attributes(html, 'input[name="figures"][checked]', "value")
    response = act(maintainer_client, upload_id, "table", wide="origin", figures="share_pct")
    turned = int(response.headers["location"].rpartition("/")[2])
    shown = page(maintainer_client, turned)
    assert "The file is sound" in shown
    assert "Turned each of the columns Chinese, US, European holds one home" in shown
    assert act(maintainer_client, turned, "publish", reason="recounted").status_code == 303
    assert "44.08 %" in page(maintainer_client, turned)
    assert maintainer_client.get(f"/uploads/{turned}/file").content == WIDE


def test_a_column_that_counts_the_rows_is_left_out_with_one_press(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, INDEXED, filename="pandas.csv")
    shown = page(maintainer_client, upload_id)
    assert "a column without a name that only counts the rows" in shown
    assert "index=False" in shown
    html = maintainer_client.get(f"/uploads/{upload_id}").text
    assert select_one(html, f'form[action="/uploads/{upload_id}/table"] [name="leave_out"]')
    response = act(maintainer_client, upload_id, "table", leave_out="yes")
    again = int(response.headers["location"].rpartition("/")[2])
    shown = page(maintainer_client, again)
    assert "The file is sound" in shown
    assert "Left out a column without a name that only counts the rows" in shown


def test_what_was_chosen_before_is_kept_with_what_is_chosen_next(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, WIDE + b"Total,1,2,3\n", filename="homes.csv")
    response = act(maintainer_client, upload_id, "table", wide="origin", figures="share_pct")
    turned = int(response.headers["location"].rpartition("/")[2])
    html = maintainer_client.get(f"/uploads/{turned}").text
    form = f'form[action="/uploads/{turned}/table"]'
    assert attributes(html, f'{form} input[name="wide"]', "value") == ["origin"]
    assert attributes(html, f'{form} input[name="figures"]', "value") == ["share_pct"]
