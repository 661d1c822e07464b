"""`/trends` after figures were withdrawn."""

from fastapi.testclient import TestClient

from app.database.session import Database
from app.ingest.withdraw import withdraw_upload
from tests.pages.explore.builders import ways


def withdraw_everything(db: Database) -> None:
    with db.writing() as session:
        for number in range(1, 9):
            withdraw_upload(session, number, by="ada", reason="Counted wrongly")


def test_after_everything_was_withdrawn_the_figures_before_can_be_seen(
    own_client: TestClient, filled_db: Database
) -> None:
    withdraw_everything(filled_db)
    response = own_client.get("/trends")
    assert response.status_code == 404
    assert "What had been published was withdrawn on" in response.text
    way = ways(response.text)["The figures before they were withdrawn"]
    before = own_client.get(way)
    assert before.status_code == 200
    assert own_client.get("/embed/trends").status_code == 404


def test_a_source_whose_figures_were_withdrawn_is_told_apart_from_one_without_any(
    own_client: TestClient, filled_db: Database
) -> None:
    withdraw_everything(filled_db)
    page = own_client.get("/trends?source=vercel-ai-gateway&openness=all").text
    assert "Vercel AI Gateway index: no figures" in page
    assert "was withdrawn on" in page
