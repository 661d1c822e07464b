"""Where a file comes from, as programs say it and are told it."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.api.builders import ADDRESS, fields, published, send
from tests.builders import SOURCE, month_file, row_counts

GIVEN = {
    "origin_url": "https://arxiv.org/abs/2512.03073",
    "retrieved_at": "2026-10-10",
    "publisher_as_of": "2026-10-09",
}
UNKNOWN = {"origin_url": "", "retrieved_at": None, "publisher_as_of": None}
TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))


def test_it_stands_in_the_record_the_snapshots_and_the_sources_of_an_answer(
    api: TestClient,
) -> None:
    record = published(api, month_file("30"), **GIVEN)
    assert record | GIVEN == record
    asked_again = api.get(f"{ADDRESS}/{record['id']}").json()
    assert asked_again | GIVEN == asked_again
    query = {"source": SOURCE, "from": "2026-01", "to": "2026-01"}
    (snapshot,) = api.get("/api/v1/snapshots", params=query).json()["data"]
    assert snapshot | GIVEN == snapshot
    header, row = api.get("/api/v1/snapshots.csv", params=query).text.splitlines()
    assert header.endswith(f",{','.join(GIVEN)}")
    assert row.endswith(f",{','.join(GIVEN.values())}")
    (source,) = api.get("/api/v1/shares", params=query).json()["meta"]["sources"]
    assert source | GIVEN == source


def test_it_may_be_left_out(api: TestClient) -> None:
    record = published(api, month_file("30"))
    assert record | UNKNOWN == record


def test_it_may_be_sent_as_fields_of_a_form(api: TestClient) -> None:
    sent = {"mode": "publish", "source": SOURCE} | GIVEN
    response = api.post(ADDRESS, data=sent, files={"file": ("a.csv", month_file("30"))})
    assert response.status_code == 201
    assert response.json() | GIVEN == response.json()


@pytest.mark.parametrize("mode", ["check", "publish"])
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"retrieved_at": TOMORROW}, "retrieved_at"),
        ({"publisher_as_of": TOMORROW}, "publisher_as_of"),
        ({"retrieved_at": "2026-10-01", "publisher_as_of": "2026-10-02"}, "publisher_as_of"),
        ({"origin_url": "arxiv.org/abs/2512.03073"}, "origin_url"),
        ({"origin_url": "javascript:alert(1)"}, "origin_url"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_stored(
    api: TestClient, filled_db: Database, mode: str, given: dict[str, str], field: str
) -> None:
    before = row_counts(filled_db)
    response = send(api, month_file("30"), mode=mode, **given)
    assert response.status_code == 400
    assert list(fields(response)) == [field]
    assert row_counts(filled_db) == before


def test_a_source_has_the_origin_of_its_latest_month(api: TestClient) -> None:
    latest = GIVEN | {"origin_url": "https://arxiv.org/abs/2512.03073v2"}
    published(api, month_file("31", "2026-03"), **latest)
    published(api, month_file("30"), **GIVEN)
    (source,) = api.get("/api/v1/shares", params={"source": SOURCE}).json()["meta"]["sources"]
    assert source | latest == source
