"""`/uploads/current.csv`: what is given out can be sent again."""

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from app.ingest.review import Review, review_upload
from tests.builders import publish_file, store_upload_of

SOURCES = (
    "openrouter-rankings",
    "state-of-ai-study",
    "huggingface-study-2025",
    "vercel-gateway-spend",
)
GUARDED = (
    b"month,origin,openness,share_pct,value,note\n"
    b"2024-06,chinese,open,30,3,=SUM(A1)\n2024-06,us,open,20,2,'quoted'\n"
)


def review_of(db: Database, content: bytes, source: str | None = None) -> Review:
    upload_id = store_upload_of(db, content, source=source)
    with db.reading() as session:
        return review_upload(session, upload_id)


@pytest.mark.parametrize("source", SOURCES)
def test_current_figures_sent_again_would_change_nothing(
    maintainer_client: TestClient, filled_db: Database, source: str
) -> None:
    response = maintainer_client.get(f"/uploads/current.csv?source={source}")
    assert response.headers["content-type"].startswith("text/csv")
    assert (
        f'filename="open-model-share_{source}_upload-format.csv"'
        in (response.headers["content-disposition"])
    )
    reviewed = review_of(filled_db, response.content)
    assert reviewed.changes_nothing
    assert len(reviewed.unchanged) > 0


def test_observations_csv_sent_again_is_accepted_and_says_what_it_passes_over(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    response = maintainer_client.get("/api/v1/observations.csv?source=openrouter-rankings")
    reviewed = review_of(filled_db, response.content)
    assert reviewed.checked.problem_count == 0
    notices = {notice.code: notice.text for notice in reviewed.warnings}
    assert "its columns upload and line" in notices["own_file"]
    # The file has no column for days: of months that are not whole the review says so.
    assert {f"{item.month:%Y-%m}" for item in reviewed.months} == {"2025-06", "2025-07", "2026-10"}
    assert "covers 9 of 31 days now; the file says of no days" in notices["lost_days"]


def test_notes_that_a_spreadsheet_would_run_come_back_as_they_were(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, GUARDED)
    for address in ("/api/v1/observations.csv?from=2024-06&to=2024-06", "/uploads/current.csv?"):
        response = maintainer_client.get(f"{address}&source=openrouter-rankings")
        reviewed = review_of(filled_db, response.content)
        assert "2024-06" not in {f"{item.month:%Y-%m}" for item in reviewed.months}


def test_one_changed_number_is_the_only_change(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, GUARDED)
    content = maintainer_client.get("/uploads/current.csv?source=openrouter-rankings").content
    (month,) = review_of(filled_db, content.replace(b'"30","3"', b'"30.02","3"')).months
    assert (f"{month.month:%Y-%m}", month.moved) == ("2024-06", 1)


def test_it_is_for_maintainers_and_of_a_known_source(
    client: TestClient, maintainer_client: TestClient
) -> None:
    address = "/uploads/current.csv?source=openrouter-rankings"
    assert "/sign-in" in client.get(address, follow_redirects=False).headers.get("location", "")
    assert maintainer_client.get("/uploads/current.csv?source=openruter").status_code == 404
    assert address in maintainer_client.get("/uploads/new").text
