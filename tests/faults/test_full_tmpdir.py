"""A temporary folder that is full: what is sent is refused in words, and reading goes on.

As root: the folder is a file system of 1 MB. Elsewhere it is skipped, loudly.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.auth.accounts import add_maintainer, create_token
from app.auth.sessions import create_link, sign_in_by_link
from app.database.session import Database
from tests.builders import row_counts
from tests.faults.builders import small_disk
from tests.faults.service import Service
from tests.markup import words_for_people

pytestmark = pytest.mark.faults

LARGE = b"month,origin,share_pct,note\n" + b"2020-01,us,50,a note\n" * 200_000
TITLE = "There is no room left for temporary files on the server"


@pytest.fixture
def served(filled_database_url: str, tmp_path: Path) -> Iterator[Service]:
    place = tmp_path / "small"
    with small_disk(place, "1m"):
        running = Service(
            filled_database_url, tmp_path / "log", WEB_CONCURRENCY="1", TMPDIR=str(place)
        )
        try:
            yield running
        finally:
            running.stop()


def test_a_file_for_which_there_is_no_room_is_507_in_words(
    served: Service, filled_db: Database
) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        token = create_token(session, "ada", "faults")
        link = create_link(session, "ada").partition("=")[2]
    cookie = {"Cookie": f"session={sign_in_by_link(filled_db, link)}"}
    bearer = {"Authorization": f"Bearer {token}"}
    before = row_counts(filled_db)
    form = {"file": ("large.csv", LARGE, "text/csv")}
    ours = {"Sec-Fetch-Site": "same-origin"}
    csv = {"Content-Type": "text/csv"}
    api = "/api/v1/uploads?source=huggingface-study-2025"
    with httpx2.Client(base_url=served.address, timeout=60, verify=False) as client:
        answers = [
            client.post(api, headers=bearer | csv, content=LARGE),
            client.post(api, headers=bearer, files=form),
            client.post("/uploads", headers=cookie | ours, files=form),
        ]
        for answer in answers:
            assert answer.status_code == 507, answer.text
            shown = words_for_people(answer.headers["content-type"], answer.text)
            assert TITLE in shown
            assert "Nothing was stored" in shown
        for path in ("/", "/trends.png", "/api/v1/shares", "/readyz"):
            assert client.get(path).status_code == 200
        small = b"month,origin,share_pct\n2020-01,us,50\n"
        assert client.post(api, headers=bearer | csv, content=small).status_code == 200
    assert row_counts(filled_db) == before
    assert [line for line in served.lines() if line["level"] == "error"] == []
