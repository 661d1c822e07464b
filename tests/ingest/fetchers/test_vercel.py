"""What Vercel's answers are read as: labs to developers, labels by lab, days to means."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.catalogue.index import CatalogueIndex
from app.domain.vocabulary import Openness, Status
from app.ingest.fetchers.fetcher import Period, Reading
from app.ingest.fetchers.months import FetchedMonth, sum_months
from app.ingest.fetchers.upload_file import write_upload_file
from app.ingest.fetchers.vercel import Vercel, read_lab_labels
from tests.ingest.fetchers.builders import answer, bundled_developers, rows_of
from tests.recorded_publishers import VERCEL_ANSWER

AUGUST = date(2026, 8, 1)
URL = (
    "https://vercel.com/api/ai/leaderboard-export?dataset=labs&modality=text"
    "&from=2026-08-01&to=2026-08-03&format=json"
)
SOURCES = ("vercel-gateway-tokens", "vercel-gateway-spend", "vercel-gateway-requests")


def read(
    document: dict[str, Any] = VERCEL_ANSWER, catalogue: CatalogueIndex | None = None
) -> Reading:
    content = json.dumps(document).encode()
    return Vercel().read([answer(URL, content)], catalogue or bundled_developers())


def months(reading: Reading, today: date = date(2026, 8, 4)) -> dict[str, FetchedMonth]:
    fetched = sum_months(Vercel(), reading, Period(AUGUST, AUGUST, today))
    return {month.source: month for month in fetched}


def renamed(old: str, new: str) -> dict[str, Any]:
    rows = [row | {"name": new} if row["name"] == old else row for row in VERCEL_ANSWER["rows"]]
    return VERCEL_ANSWER | {"rows": rows}


def test_one_answer_is_three_sources_of_the_same_days() -> None:
    fetched = months(read())
    assert tuple(fetched) == SOURCES
    for month in fetched.values():
        assert month.covered == (date(2026, 8, 1), date(2026, 8, 3), 3)
        assert month.status is Status.PROVISIONAL
        assert sum(month.totals.values()) == pytest.approx(Decimal(100), abs=Decimal("0.01"))


def test_a_month_is_the_mean_of_its_days() -> None:
    recorded = [
        Decimal(str(row["share_percent"]))
        for row in VERCEL_ANSWER["rows"]
        if (row["name"], row["metric"]) == ("deepseek", "tokens")
    ]
    totals = months(read())["vercel-gateway-tokens"].totals
    (share,) = (value for cells, value in totals.items() if cells.developer == "deepseek")
    assert len(recorded) == 3
    assert share == round(sum(recorded) / 3, 4)


@pytest.mark.parametrize("source", SOURCES)
def test_labs_have_the_labels_of_the_bundled_figures(source: str) -> None:
    bundled = {
        (row["developer"], row["openness"], row["note"])
        for row in rows_of(f"snapshots/{source}.csv")
    }
    fetched = {
        (cells.developer, cells.openness, cells.note) for cells in months(read())[source].totals
    }
    assert len(fetched) > 15
    assert fetched <= bundled


@pytest.mark.parametrize("source", SOURCES)
def test_the_catalogue_gives_the_origins_of_the_bundled_figures(source: str) -> None:
    catalogue = bundled_developers().developers
    bundled = {row["developer"]: row["origin"] for row in rows_of(f"snapshots/{source}.csv")}
    for cells in months(read())[source].totals:
        developer = catalogue.get(cells.developer)
        origin = developer.origin if developer else cells.origin
        assert origin == bundled[cells.developer]


def test_every_lab_of_the_bundled_figures_is_a_developer_by_its_alias() -> None:
    catalogue = bundled_developers()
    unknown = {lab for lab in read_lab_labels() if not catalogue.developer(lab)}
    assert unknown == {"interfaze", "inference-net"}
    assert catalogue.developer("spacexai") == catalogue.developer("xai")


def test_the_table_of_labs_has_openness_in_our_words_with_a_reason() -> None:
    rows = rows_of("vercel_labs.csv")
    assert {row["openness"] for row in rows} <= set(Openness)
    assert all(row["why"] for row in rows)
    assert len({row["lab"] for row in rows}) == len(rows)


def test_a_lab_that_the_table_has_not_is_of_unknown_openness() -> None:
    totals = months(read(renamed("deepseek", "upstage")))["vercel-gateway-tokens"].totals
    (cells,) = (cells for cells in totals if cells.developer == "upstage")
    assert (cells.openness, cells.origin, cells.note) == ("unknown", "", "")


def test_labs_that_the_catalogue_has_not_are_one_line_that_names_them() -> None:
    document = renamed("deepseek", "newlab")
    document["rows"] = [
        row | {"name": "alab"} if row["name"] == "stepfun" else row for row in document["rows"]
    ]
    for month in months(read(document)).values():
        (cells,) = (cells for cells in month.totals if not cells.developer)
        assert (cells.origin, cells.openness) == ("unknown", "unknown")
        assert cells.note.startswith("labs alab, ")
        assert "newlab" in cells.note


def test_two_labs_of_one_developer_are_one_line() -> None:
    document = renamed("deepseek", "xai")
    document["rows"] = [
        row | {"name": "spacexai"} if row["name"] == "stepfun" else row for row in document["rows"]
    ]
    totals = months(read(document))["vercel-gateway-tokens"].totals
    assert [cells.developer for cells in totals].count("x-ai") == 1


def test_labs_without_a_share_are_no_lines() -> None:
    for month in months(read()).values():
        assert all(month.totals.values())
    totals = months(read())["vercel-gateway-tokens"].totals
    assert "inception" not in {cells.developer for cells in totals}


def test_the_file_has_shares_and_leaves_origins_to_the_catalogue() -> None:
    fetched = sum_months(Vercel(), read(), Period(AUGUST, AUGUST, date(2026, 8, 4)))
    header, first, *_ = write_upload_file(Vercel(), fetched).decode().splitlines()
    assert header == (
        "month,source,origin,openness,developer,model,share_pct,status,first_day,last_day,days,note"
    )
    assert first.startswith("2026-08,vercel-gateway-tokens,,open,deepseek,,")
    assert first.endswith(",provisional,2026-08-01,2026-08-03,3,")


def test_licence_and_address_come_from_the_answer() -> None:
    reading = read()
    assert reading.licence == "CC-BY-4.0"
    assert reading.origin_url == (
        "https://vercel.com/api/ai/leaderboard-export?dataset=labs&modality=text"
    )
    assert reading.as_of is None
