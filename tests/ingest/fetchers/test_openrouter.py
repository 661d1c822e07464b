"""What OpenRouter is asked for, and what days of its answers become months."""

import csv
import hashlib
import io
import json
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.domain.errors import PublisherError
from app.domain.snapshot import DaysCovered
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.fetchers.fetcher import Period
from app.ingest.fetchers.months import FetchedMonth, sum_months
from app.ingest.fetchers.openrouter import CSV_FIELDS, EXPORTS, OpenRouter, fold_variant
from app.ingest.fetchers.upload_file import variants_text, write_upload_file

ORIGIN = "https://openrouter.ai"
DAY = timedelta(days=1)
READ_AT = datetime(2027, 1, 15, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
CATALOGUE = CatalogueIndex(
    sources={"openrouter-rankings": "OpenRouter rankings"},
    developers={"qwen": KnownDeveloper("qwen", "Qwen", Origin.CHINESE)},
    models={"qwen/one": KnownModel("qwen/one", "One", "qwen", Openness.OPEN)},
)


class ExportsServer:
    """OpenRouter without a key: an export for each of some dates, of rows that a test gives.

    `tokens` gives what a model had on a day, in the export of a date.
    """

    has_key = False

    def __init__(self, dates: Collection[date], newest: date | None = None) -> None:
        self.dates = frozenset(dates)
        self.newest = newest or max(dates)
        self.asked: list[str] = []

    def tokens(self, day: date, export: date) -> dict[str, int]:
        del export
        return {"qwen/one": day.day, "qwen/one:free": 1, "new-lab/two": 10, "other": 100}

    def ask(self, path: str, params: dict[str, str] | None = None) -> PublisherAnswer:
        del params
        answer = self.ask_if_there(path)
        assert answer is not None
        return answer

    def ask_if_there(self, path: str) -> PublisherAnswer | None:
        self.asked.append(path.removeprefix(f"{EXPORTS}/").removeprefix("rankings-daily/"))
        name = path.rpartition("/")[2]
        if name == "index.json":
            return self.answer(path, self.index())
        day = date.fromisoformat(name.partition(".")[0])
        if day not in self.dates:
            return None
        content = self.export(day)
        return self.answer(path, content if name.endswith(".csv") else self.manifest(day, content))

    def answer(self, path: str, content: bytes) -> PublisherAnswer:
        return PublisherAnswer(f"{ORIGIN}{path}", READ_AT, content)

    def index(self) -> bytes:
        dataset = {"id": "rankings-daily", "latest_snapshot_date": f"{self.newest}"}
        document = {"license": {"name": "CC BY 4.0"}, "datasets": [dataset], "attribution": "Them"}
        return json.dumps(document).encode()

    def manifest(self, day: date, content: bytes) -> bytes:
        file = {
            "url": f"{ORIGIN}{EXPORTS}/rankings-daily/{day}.csv",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        document = {
            "dataset": "rankings-daily",
            "schema_version": "v1",
            "snapshot_date": f"{day}",
            "license": {"name": "CC BY 4.0"},
            "files": {"csv": file},
        }
        return json.dumps(document).encode()

    def export(self, export: date) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(CSV_FIELDS)
        for back in range(30, 0, -1):
            day = export - DAY * back
            rows = self.tokens(day, export).items()
            writer.writerows((day, name, "", value, "") for name, value in rows)
        return out.getvalue().encode()


def months_of(
    server: ExportsServer,
    first: date | None,
    last: date,
    today: date = date(2026, 11, 30),
    *,
    stale_ok: bool = False,
) -> list[FetchedMonth]:
    fetcher, period = OpenRouter(), Period(first, last, today)
    reading = fetcher.read(fetcher.collect(server, period, CATALOGUE), CATALOGUE)
    return sum_months(fetcher, reading, period, stale_ok=stale_ok)


def days_of(month: FetchedMonth) -> DaysCovered:
    assert month.covered is not None
    return month.covered


def exports_asked(server: ExportsServer) -> list[str]:
    return [name for name in server.asked if name.endswith(".csv")]


def test_a_month_of_thirty_days_is_one_export() -> None:
    server = ExportsServer({date(2026, 10, 1), date(2026, 10, 2)})
    (month,) = months_of(server, date(2026, 9, 1), date(2026, 9, 1))
    assert exports_asked(server) == ["2026-10-01.csv"]
    assert (days_of(month).days, days_of(month).whole, month.status) == (30, True, Status.FINAL)


def test_a_month_of_thirty_one_days_is_put_together_from_two() -> None:
    server = ExportsServer({OCTOBER + DAY * count for count in range(40)})
    (month,) = months_of(server, OCTOBER, OCTOBER)
    assert exports_asked(server) == ["2026-11-01.csv", "2026-10-31.csv"]
    assert (days_of(month).first_day, days_of(month).last_day) == (OCTOBER, date(2026, 10, 31))
    assert days_of(month).whole


def test_of_a_day_that_two_exports_have_the_newer_counts() -> None:
    class Restated(ExportsServer):
        def tokens(self, day: date, export: date) -> dict[str, int]:
            del day
            return {"other": 1000 if export == date(2026, 10, 31) else 1}

    server = Restated({date(2026, 10, 31), date(2026, 11, 1)})
    (month,) = months_of(server, OCTOBER, OCTOBER)
    # The first of October is in the older export alone; the thirty days after it are in both.
    assert list(month.totals.values()) == [Decimal(1000 + 30)]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("2026-11-01", ["2026-11-02.csv", "2026-10-31.csv"]),
        ("2026-10-31", ["2026-11-01.csv", "2026-10-30.csv"]),
    ],
)
def test_where_an_export_is_not_there_its_neighbour_is_taken(
    missing: str, expected: list[str]
) -> None:
    dates = {OCTOBER + DAY * count for count in range(40)} - {date.fromisoformat(missing)}
    server = ExportsServer(dates)
    (month,) = months_of(server, OCTOBER, OCTOBER)
    assert exports_asked(server) == expected
    assert days_of(month).whole


def test_several_months_ask_for_no_export_twice() -> None:
    server = ExportsServer({date(2026, 8, 31) + DAY * count for count in range(95)})
    months = months_of(server, date(2026, 9, 1), date(2026, 11, 1))
    assert [(month.month.month, month.status) for month in months] == [
        (9, Status.FINAL),
        (10, Status.FINAL),
        (11, Status.PROVISIONAL),
    ]
    asked = exports_asked(server)
    assert len(asked) == len(set(asked)) == 4


def test_days_add_up_and_variants_count_with_their_model() -> None:
    server = ExportsServer({date(2026, 10, 1)})
    (month,) = months_of(server, date(2026, 9, 1), date(2026, 9, 1))
    totals = {cells.model or "other": int(total) for cells, total in month.totals.items()}
    assert totals == {"qwen/one": sum(range(1, 31)) + 30, "new-lab/two": 300, "other": 3000}


def test_the_file_leaves_to_the_catalogue_what_it_knows_and_guesses_nothing() -> None:
    server = ExportsServer({date(2026, 10, 1)})
    fetcher, period = OpenRouter(), Period(date(2026, 9, 1), date(2026, 9, 1), date(2026, 11, 30))
    reading = fetcher.read(fetcher.collect(server, period, CATALOGUE), CATALOGUE)
    file = write_upload_file(fetcher, sum_months(fetcher, reading, period)).decode()
    assert file.splitlines() == [
        "month,source,origin,openness,developer,model,value,status,first_day,last_day,days,note",
        "2026-09,openrouter-rankings,unknown,unknown,,,3000,final,,,,",
        "2026-09,openrouter-rankings,,,,qwen/one,495,final,,,,",
        "2026-09,openrouter-rankings,unknown,,new-lab,new-lab/two,300,final,,,,",
    ]
    assert (
        variants_text(reading) == "Counted with the model that they are variants of: qwen/one:free"
    )


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 10, 1), Status.PROVISIONAL),
        (date(2026, 10, 2), Status.PROVISIONAL),
        (date(2026, 10, 3), Status.FINAL),
    ],
)
def test_a_month_is_final_from_the_third_day_after_its_end(today: date, status: Status) -> None:
    server = ExportsServer({date(2026, 10, 1)})
    (month,) = months_of(server, date(2026, 9, 1), date(2026, 9, 1), today)
    assert month.status is status


def test_a_month_that_runs_is_provisional_with_its_days() -> None:
    server = ExportsServer({date(2026, 10, 10)})
    (month,) = months_of(server, OCTOBER, OCTOBER, date(2026, 10, 10))
    assert month.status is Status.PROVISIONAL
    assert month.covered == (OCTOBER, date(2026, 10, 9), 9)


@pytest.mark.parametrize(("days_behind", "stale"), [(3, False), (4, True)])
def test_figures_that_are_more_than_three_days_behind_are_too_old(
    days_behind: int, stale: bool
) -> None:
    today = date(2026, 10, 20)
    server = ExportsServer({today - DAY * days_behind})
    if not stale:
        assert months_of(server, OCTOBER, OCTOBER, today)
        return
    with pytest.raises(PublisherError, match="are too old: the newest day is 2026-10-15"):
        months_of(server, OCTOBER, OCTOBER, today)
    (month,) = months_of(server, OCTOBER, OCTOBER, today, stale_ok=True)
    assert month.status is Status.PROVISIONAL


def test_a_month_that_is_whole_is_never_too_old() -> None:
    server = ExportsServer({date(2026, 10, 1)})
    (month,) = months_of(server, date(2026, 9, 1), date(2026, 9, 1), date(2036, 1, 1))
    assert month.status is Status.FINAL


def test_a_month_of_which_there_is_nothing_is_too_old() -> None:
    server = ExportsServer({date(2026, 10, 1)})
    with pytest.raises(PublisherError, match="2026-10 are too old: there is no day at all"):
        months_of(server, OCTOBER, OCTOBER)
    assert months_of(server, OCTOBER, OCTOBER, stale_ok=True) == []


def test_on_the_first_day_of_a_month_nothing_of_it_is_expected() -> None:
    server = ExportsServer({date(2026, 10, 1)})
    assert len(months_of(server, None, OCTOBER, OCTOBER)) == 1


def test_months_before_the_exports_need_a_key() -> None:
    server = ExportsServer({date(2026, 10, 1)})
    with pytest.raises(PublisherError) as error:
        months_of(server, date(2026, 8, 1), OCTOBER)
    assert "OPENROUTER_API_KEY" in error.value.detail
    assert server.asked == []


@pytest.mark.parametrize(
    ("name", "model"),
    [("a/b", "a/b"), ("a/b:free", "a/b"), ("a/b:free:beta", "a/b"), ("other", "other")],
)
def test_a_variant_is_its_model(name: str, model: str) -> None:
    assert fold_variant(name) == model
