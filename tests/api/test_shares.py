"""`GET /api/v1/shares`, as JSON and as CSV."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from app.domain.rounding import round_half_up
from tests.builders import month_file, publish_stored, store_file

ADDRESS = "/api/v1/shares"


def get(client: TestClient, query: str = "") -> dict[str, Any]:
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def rows_of(client: TestClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{ADDRESS}.csv?{query}")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


def test_a_row_says_source_month_group_share_and_status(client: TestClient) -> None:
    answer = get(client, "from=2025-08&to=2025-08&origin=chinese")
    assert answer["data"] == [
        {
            "source": "openrouter-rankings",
            "month": "2025-08",
            "group": "chinese",
            "label": "Chinese",
            "share_pct": 28.7738,
            "status": "final",
            "note": "",
            "metric": "tokens",
            "openness": "open",
            "of": "all",
            "as_of": answer["meta"]["as_of"],
            "window": "month",
            "statistic": "sum",
            "low_pct": 28.7738,
            "high_pct": 36.8119,
            "cite": answer["data"][0]["cite"],
        }
    ]


def test_a_row_carries_what_the_source_notes_of_its_month(client: TestClient) -> None:
    (row,) = get(client, "from=2026-10&origin=chinese")["data"]
    assert (row["status"], row["note"]) == ("provisional", "9 of 31 days covered")


def test_a_saved_row_says_what_is_counted_of_what_and_as_of_when(client: TestClient) -> None:
    row = rows_of(client, "of=open&source=openrouter-rankings")[0]
    assert [row[name] for name in ("metric", "openness", "of")] == ["tokens", "open", "open"]
    assert row["as_of"] == get(client)["meta"]["as_of"]


@pytest.mark.parametrize("query", ["", "by=developer&top=3", "origin=us", "openness=all"])
def test_data_and_complement_add_up_to_one_hundred(client: TestClient, query: str) -> None:
    answer = get(client, f"from=2025-08&to=2025-08&{query}")
    rows = answer["data"] + answer["complement"]
    assert sum(row["share_pct"] or 0 for row in rows) == pytest.approx(100, abs=0.001)


@pytest.mark.parametrize(
    "query",
    [
        "by=origin&from=2026-02&to=2026-02",
        "by=model&top=50&from=2026-04&to=2026-04",
        "by=developer&openness=all&top=50&from=2025-08&to=2025-08",
    ],
)
def test_every_share_is_the_sum_of_its_observations_rounded_once(
    client: TestClient, query: str
) -> None:
    answer = get(client, f"{query}&source=openrouter-rankings")
    by, openness, month = (answer["meta"][name] for name in ("by", "openness", "from"))
    query = f"source=openrouter-rankings&openness={openness}&from={month}&to={month}"
    lines = client.get(f"/api/v1/observations.csv?{query}")
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in csv.DictReader(io.StringIO(lines.text)):
        sums[line[by]] += Decimal(line["share_pct"])
    shares = {row["group"]: row["share_pct"] for row in answer["data"] if row["group"] in sums}
    assert shares
    assert shares == {group: float(round_half_up(sums[group], 4)) for group in shares}


def test_another_source_with_more_months_does_not_change_the_subject(
    own_client: TestClient, filled_db: Database
) -> None:
    months = [f"20{year}-{month:02}" for year in range(20, 26) for month in range(1, 13)]
    more = "".join(f"{month},chinese,2\n" for month in months)
    publish_stored(filled_db, store_file(filled_db, month_file("2", more=more)), reason="more")
    answer = get(own_client)
    assert {row["source"] for row in answer["data"]} == {"openrouter-rankings"}
    for name in ("self", "csv", "page", "pinned"):
        assert "source=openrouter-rankings" in answer["links"][name]


def test_a_source_that_cannot_answer_beside_one_that_can_is_explained(client: TestClient) -> None:
    both = "source=state-of-ai-study,openrouter-rankings&of=open&from=2024-11"
    (note,) = get(client, both)["meta"]["notes"]
    assert "State of AI study names some open models only" in note
    assert "No figure of 2024-12, 2025-08." in note
    alone = "source=vercel-ai-gateway,openrouter-rankings&from=2026-04&to=2026-04"
    definition = get(client, alone)["meta"]["definition"]
    assert "Vercel AI Gateway index (all tokens; no figure for this question)" in definition


def test_a_missing_share_is_null_and_empty_never_zero(client: TestClient) -> None:
    query = "from=2025-05&to=2025-06"  # no model of another origin is among those named in June
    rows = [row for row in get(client, query)["data"] if row["group"] == "other"]
    assert [(row["share_pct"], row["status"]) for row in rows] == [
        (0.0099, "final"),
        (None, "missing"),
    ]
    cells = [row["share_pct"] for row in rows_of(client, query) if row["group"] == "other"]
    assert cells == ["0.0099", ""]


def test_an_answer_carries_its_definition_and_citation(client: TestClient) -> None:
    meta = get(client)["meta"]
    assert (meta["version"], meta["unit"], meta["from"], meta["to"]) == (
        "v1", "percent", "2025-01", "2026-10",
    )  # fmt: skip
    assert (meta["by"], meta["openness"], meta["of"]) == ("origin", "open", "all")
    assert "OpenRouter rankings" in meta["definition"]
    (source,) = meta["sources"]
    assert source["licence"] == "CC BY 4.0"
    assert "{as_of}" not in source["citation"]
    assert "openrouter.ai/rankings" in source["citation"]


def test_its_links_lead_to_the_same_question(client: TestClient) -> None:
    links = get(client, "by=developer&top=3")["links"]
    for name in ("self", "csv", "page", "pinned"):
        assert "by=developer&" in links[name]
        assert client.get(links[name]).status_code == 200, name
    assert "as_of=" in links["pinned"]


def test_csv_and_json_hold_the_same_rows(client: TestClient) -> None:
    query = "by=model&openness=all&top=5"
    texts = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in get(client, query)["data"]
    ]
    rows = rows_of(client, query)
    numbers = ("share_pct", "low_pct", "high_pct")
    assert [
        row | {name: row[name].rstrip("0").rstrip(".") for name in numbers} for row in rows
    ] == [row | {name: row[name].removesuffix(".0") for name in numbers} for row in texts]


@pytest.mark.parametrize(
    "query",
    ["", "of=open", "by=developer&top=3", "by=openness&openness=all", "origin=us&home=base"],
)
def test_a_share_lies_between_its_bounds_and_a_missing_one_has_none(
    client: TestClient, query: str
) -> None:
    answer = get(client, query)
    for row in answer["data"] + answer["complement"]:
        share, low, high = row["share_pct"], row["low_pct"], row["high_pct"]
        if share is None:
            assert (low, high) == (None, None)
        else:
            assert 0 <= low <= share <= high <= 100


def test_what_came_to_a_csv_later_stands_behind_what_was_there(client: TestClient) -> None:
    # Programs that count columns find the earlier ones where they were.
    for address in (f"{ADDRESS}.csv", "/trends.csv"):
        header, row, *_ = csv.reader(io.StringIO(client.get(address).text))
        assert header[-4:] == ["statistic", "low_pct", "high_pct", "cite"]
        assert Decimal(row[-3]) == Decimal(row[4]) <= Decimal(row[-2])
        assert row[-1].startswith("http://testserver/cite/2025-01~chinese~openrouter-rankings~")


def test_what_might_belong_of_open_usage_may_lower_a_share_too(client: TestClient) -> None:
    (row,) = get(client, "from=2026-08&to=2026-08&of=open&origin=chinese")["data"]
    assert row["low_pct"] < row["share_pct"] < row["high_pct"]


def test_whether_a_band_is_drawn_changes_no_figure(client: TestClient) -> None:
    assert get(client, "bounds=off")["data"] == get(client)["data"]


def test_csv_has_no_byte_order_mark_unless_it_is_asked_for(client: TestClient) -> None:
    assert client.get(f"{ADDRESS}.csv").content.startswith(b"source,month,")
    assert client.get(f"{ADDRESS}.csv?bom=1").content.startswith(b"\xef\xbb\xbfsource,")


def test_a_pinned_answer_stays_the_same_whatever_is_published_later(
    filled_db: Database, own_client: TestClient
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    source = "source=huggingface-study-2025"
    before = get(own_client, source)
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    shares = [row["share_pct"] for row in get(own_client, source)["data"]]
    assert 31 in shares
    assert 30 not in shares
    pinned = own_client.get(before["links"]["pinned"]).json()
    assert pinned["data"] == before["data"]
    assert pinned["meta"] == before["meta"]


@pytest.mark.parametrize(
    ("query", "code", "suggestion"),
    [
        ("opennes=open", "unknown_parameter", "openness"),
        ("by=origins", "unknown_value", "origin"),
        ("by=origin&by=model", "repeated_parameter", None),
        ("source=openrouter", "unknown_value", None),
        ("top=-1", "not_a_number", None),
        ("from=%00", "not_a_month", None),
        ("developer=%F0%9F%92%A9", "unknown_value", None),
        ("developer=" + "x" * 10_000, "unknown_value", None),
    ],
)
def test_a_bad_parameter_is_a_400_that_names_it_and_the_nearest(
    client: TestClient, query: str, code: str, suggestion: str | None
) -> None:
    for address in (ADDRESS, f"{ADDRESS}.csv"):
        response = client.get(f"{address}?{query}")
        assert response.status_code == 400
        assert response.headers["content-type"] == "application/problem+json"
        body = response.json()
        assert {"type", "title", "status", "detail", "errors"} <= body.keys()
        assert body["errors"][0]["code"] == code
        assert body["errors"][0]["suggestion"] == suggestion or suggestion is None
        assert len(response.content) < 2_000


def test_a_byte_order_mark_is_for_csv_and_asked_for_in_one_way(client: TestClient) -> None:
    for address, code in (
        (f"{ADDRESS}?bom=1", "unknown_parameter"),
        (f"{ADDRESS}.csv?bom=2", "unknown_value"),
        (f"{ADDRESS}.csv?bom=1&bom=1", "repeated_parameter"),
    ):
        response = client.get(address)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)


def test_a_question_nothing_answers_is_a_404_that_says_why(client: TestClient) -> None:
    response = client.get(f"{ADDRESS}?source=vercel-ai-gateway")
    assert response.status_code == 404
    assert "does not say which models are open" in response.json()["detail"]


def test_before_the_first_upload_it_says_so(empty_client: TestClient) -> None:
    response = empty_client.get(ADDRESS)
    assert response.status_code == 404
    assert response.json()["title"] == "There are no figures yet"


def test_a_sum_a_little_over_100_that_a_source_rounded_is_told_as_it_is(
    filled_db: Database, own_client: TestClient
) -> None:
    content = b"month,origin,share_pct\n2026-01,us,60\n2026-01,chinese,40.4\n"
    publish_stored(filled_db, store_file(filled_db, content))
    answer = get(own_client, "source=huggingface-study-2025&by=developer")
    assert 100.4 in [row["share_pct"] for row in answer["data"]]


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-2", "@x"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless_in_csv(
    filled_db: Database, own_client: TestClient, name: str
) -> None:
    content = f"month,origin,openness,developer,share_pct\n2026-01,us,open,{name} lab,0.5\n"
    publish_stored(filled_db, store_file(filled_db, content.encode()))
    query = "source=huggingface-study-2025&by=developer"
    labels = {row["label"] for row in rows_of(own_client, query)}
    assert f"'{name} lab" in labels
    assert f"{name} lab" in {row["label"] for row in get(own_client, query)["data"]}


def test_reported_shares_have_the_digits_that_were_given_and_no_others(client: TestClient) -> None:
    rows = [row for row in rows_of(client, "source=state-of-ai-study") if row["share_pct"]]
    assert [(row["month"], row["share_pct"], row["status"]) for row in rows] == [
        ("2024-12", "1.2", "reported"),
        ("2025-08", "30", "reported"),
    ]
    assert {(row["window"], row["statistic"]) for row in rows} == {("week", "point")}
    shares = [row["share_pct"] for row in get(client, "source=state-of-ai-study")["data"]]
    assert [share for share in shares if share] == [1.2, 30]
