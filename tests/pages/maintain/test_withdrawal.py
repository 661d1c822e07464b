"""`/uploads/{number}/withdraw`: what comes back, drawn, before anything is taken back."""

from fastapi.testclient import TestClient

from app.database.session import Database
from tests.builders import NOVEMBER, publish_file, text_of
from tests.markup import select
from tests.pages.maintain.builders import act

NEU = b"month,origin,openness,developer,model,share_pct\n2024-06,us,open,Neu,Neu One,5\n"
LESS = NOVEMBER.replace(b"62.5", b"60.25")


def withdrawal(client: TestClient, upload_id: int) -> tuple[str, str]:
    """The page's HTML and its text."""
    response = client.get(f"/uploads/{upload_id}/withdraw")
    assert response.status_code == 200
    return response.text, text_of(response)


def test_the_figures_that_come_back_stand_beside_those_of_now_and_are_drawn(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    first = publish_file(filled_db, NOVEMBER)
    second = publish_file(filled_db, LESS, reason="a recount")
    html, shown = withdrawal(maintainer_client, second)
    assert "Of OpenRouter rankings one month gets earlier figures back." in shown
    assert f"figures of upload {first} come back" in shown
    assert "Chinese, open changed 60.25 % 62.50 % +2.3 pp" in shown
    assert select(html, "svg.chinese path.after")
    assert "Nov 2026 60.3 % → 62.5 %" in shown
    assert "Solid: after withdrawing" in shown


def test_a_month_that_is_left_without_figures_is_marked(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    html, shown = withdrawal(maintainer_client, publish_file(filled_db, NOVEMBER))
    assert "one month is left without figures" in shown
    assert select(html, "svg.chinese path.vanished")


def test_names_that_leave_with_the_file_are_listed_and_are_gone_from_the_lists(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = publish_file(filled_db, NEU)
    _, shown = withdrawal(maintainer_client, upload_id)
    assert "Only this file names them: neu; neu-one." in shown
    assert "neu-one" in maintainer_client.get("/api/v1/models?limit=1000").text
    act(maintainer_client, upload_id, "withdraw", reason="wrong")
    assert "neu-one" not in maintainer_client.get("/api/v1/models?limit=1000").text
    assert '/developers/neu"' not in maintainer_client.get("/developers").text
    assert maintainer_client.get("/developers/neu").status_code == 200
    assert maintainer_client.get("/models/neu-one").status_code == 200


def test_of_a_superseded_upload_the_current_one_is_offered_to_be_checked_again(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    first = publish_file(filled_db, NOVEMBER)
    second = publish_file(filled_db, LESS, reason="a recount")
    html, shown = withdrawal(maintainer_client, first)
    assert "No figure changes" in shown
    assert not select(html, "form[action$=reclassify]")
    assert select(html, f"a[href='/uploads/{second}/withdraw']")
