"""Vercel: shares of tokens, spend and requests by lab, of each day on its AI Gateway.

One answer has the three metrics, which are three sources; it has shares alone, so that a month is
the mean of its days. Which of a lab's models were used it does not say: openness is that of the
lab, by the table app/data/vercel_labs.csv.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from app.catalogue.index import CatalogueIndex
from app.domain.calendar import last_day_of, months_between
from app.domain.errors import PublisherError, excerpt
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.sources.source_terms import Statistic, Window
from app.ingest.fetchers.fetcher import AnswerRows, Period, Publisher, Reading
from app.ingest.fetchers.rows import (
    PublisherRow,
    RowCells,
    bad_answer,
    check_days,
    check_fields,
    check_value,
    json_rows,
    read_day,
    read_json,
    read_share,
)
from app.paths import DATA

EXPORT: Final = "/api/ai/leaderboard-export"
FIRST_DAY: Final = date(2025, 10, 1)
LICENCE: Final = "CC-BY-4.0"
SOURCES: Final = {metric: f"vercel-gateway-{metric}" for metric in ("tokens", "spend", "requests")}
"""The source of each metric of an answer."""
QUESTION: Final = {"dataset": "labs", "modality": "text"}
FIELDS: Final = (
    *("dataset", "modality", "from", "to", "earliest_available_date"),
    *("license", "license_url", "rows"),
)
ROW_FIELDS: Final = ("date", "group", "name", "metric", "modality", "share_percent")
SUM_TOLERANCE: Final = Decimal("0.05")
"""How far the rounded shares of a day and metric may be from 100 together."""
LABS_NAMED: Final = 10
"""How many labs that the catalogue does not know a note names: it has a limit of its own."""
LABS_FILE: Final = DATA / "vercel_labs.csv"
_LAB: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
_DAY: Final = timedelta(days=1)


class Vercel:
    """Vercel’s AI Gateway by lab, a month the mean of its days."""

    name = "vercel"
    title = "Vercel"
    sources: tuple[str, ...] = tuple(SOURCES.values())
    window = Window.MONTH
    statistic = Statistic.MEAN
    never_published: Collection[date] = ()

    def first_month(
        self,
        publisher: Publisher,  # noqa: ARG002 - it asks everybody the same, without a key
        today: date,  # noqa: ARG002 - what was published once can be had on every day
    ) -> date:
        return FIRST_DAY

    def collect(
        self,
        publisher: Publisher,
        period: Period,
        catalogue: CatalogueIndex,  # noqa: ARG002 - every lab is in the answer, known or not
    ) -> list[PublisherAnswer]:
        first = period.first or FIRST_DAY
        if first < FIRST_DAY:
            title = f"Vercel gives nothing before {FIRST_DAY:%Y-%m}"
            raise PublisherError(title, f"Ask with --from {FIRST_DAY:%Y-%m}.")
        answers = []
        for month in months_between(first, period.last):
            last = min(last_day_of(month), period.today - _DAY)
            if last >= month:
                span = {"from": f"{month}", "to": f"{last}"}
                answers.append(publisher.ask(EXPORT, QUESTION | span | {"format": "json"}))
        return answers

    def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
        read = [AnswerRows(item, None, _read_rows(item, catalogue)) for item in answers]
        url = _address(read[-1].answer) if read else ""
        return Reading(read, url, LICENCE if read else "")


@dataclass(frozen=True, slots=True)
class LabLabel:
    """What the table of labs says of one; `note` goes beside its figures."""

    openness: str
    note: str = ""


@cache
def read_lab_labels() -> Mapping[str, LabLabel]:
    """Return the label of each lab of the table that comes with the software, by its name."""
    with LABS_FILE.open(encoding="utf-8", newline="") as file:
        return {row["lab"]: LabLabel(row["openness"], row["note"]) for row in csv.DictReader(file)}


@dataclass(frozen=True, slots=True)
class _LabShare:
    """One row of an answer before it is known what else its month has."""

    number: int
    day: date
    lab: str
    metric: str
    share: Decimal


def _read_rows(answer: PublisherAnswer, catalogue: CatalogueIndex) -> list[PublisherRow]:
    document = read_json(answer)
    check_fields(answer, document, FIELDS, "the answer")
    span = parse_qs(urlsplit(answer.url).query)
    for key in ("dataset", "modality", "from", "to"):
        check_value(answer, document, key, span[key][0])
    if document["license"] != LICENCE:
        named = excerpt(str(document["license"]), 60)
        raise bad_answer(answer, f"its licence is “{named}”, not {LICENCE}")
    shares = [
        _read_share(answer, number, row)
        for number, row in json_rows(answer, document, "rows", ROW_FIELDS)
    ]
    unknown = _unknown_labs(shares, catalogue)
    rows = [
        PublisherRow(
            item.number,
            item.day,
            item.lab,
            _cells(item, unknown[item.metric], catalogue),
            item.share,
        )
        for item in shares
    ]
    asked = date.fromisoformat(span["from"][0]), date.fromisoformat(span["to"][0])
    _check_days_of_metrics(answer, rows, asked)
    _check_sums(answer, shares)
    # A lab whose share is nothing counts nowhere; its days are there by the other labs.
    return [row for row in rows if row.value]


def _read_share(answer: PublisherAnswer, number: int, row: Mapping[str, Any]) -> _LabShare:
    where = f"row {number}"
    lab, metric = row["name"], row["metric"]
    if not isinstance(lab, str) or not _LAB.fullmatch(lab):
        raise bad_answer(answer, f"{where} has “{excerpt(str(lab), 60)}” for a lab")
    if not isinstance(metric, str) or metric not in SOURCES:
        raise bad_answer(answer, f"{where} has the unknown metric “{excerpt(str(metric), 40)}”")
    for key, expected in (("group", "lab"), ("modality", QUESTION["modality"])):
        if row[key] != expected:
            shown = excerpt(str(row[key]), 40)
            raise bad_answer(answer, f"{where} has “{shown}” for a {key}, not “{expected}”")
    day = read_day(answer, row["date"], where)
    return _LabShare(number, day, lab, metric, read_share(answer, row["share_percent"], where))


def _check_sums(answer: PublisherAnswer, shares: Iterable[_LabShare]) -> None:
    sums: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for item in shares:
        sums[item.day, item.metric] += item.share
    for (day, metric), total in sums.items():
        if abs(total - 100) > SUM_TOLERANCE:
            what = f"its shares of {metric} on {day} add up to {total.normalize():f}, not to 100"
            raise bad_answer(answer, what)


def _check_days_of_metrics(
    answer: PublisherAnswer, rows: list[PublisherRow], asked: tuple[date, date]
) -> None:
    """Raise PublisherError unless each metric has the same days, without a hole, and once each."""
    if not rows:
        # The first day of a month may not be published yet.
        return
    first, last = asked
    newest = max(row.day for row in rows)
    for source in SOURCES.values():
        of_source = [row for row in rows if row.cells.source == source]
        check_days(answer, of_source, (first, min(newest, last)), whole=True)


def _unknown_labs(
    shares: Iterable[_LabShare], catalogue: CatalogueIndex
) -> Mapping[str, tuple[str, ...]]:
    """Return the labs of each metric that have a share and are not in the catalogue, sorted."""
    labs: dict[str, set[str]] = defaultdict(set)
    for item in shares:
        if item.share and not catalogue.developer(item.lab):
            labs[item.metric].add(item.lab)
    return defaultdict(tuple, {metric: tuple(sorted(names)) for metric, names in labs.items()})


def _cells(item: _LabShare, unknown: tuple[str, ...], catalogue: CatalogueIndex) -> RowCells:
    source = SOURCES[item.metric]
    developer = catalogue.developer(item.lab)
    if developer is None:
        return RowCells(source, origin="unknown", openness="unknown", note=_note(unknown))
    label = read_lab_labels().get(item.lab, LabLabel("unknown"))
    # By the slug, since two labs may be one developer: xAI has had two names.
    return RowCells(source, developer.slug, openness=label.openness, note=label.note)


def _note(labs: tuple[str, ...]) -> str:
    """Return a note that names the labs of a line, such as `labs a, b`."""
    more = f" and {len(labs) - LABS_NAMED} more" if len(labs) > LABS_NAMED else ""
    return f"lab{'' if len(labs) == 1 else 's'} {', '.join(labs[:LABS_NAMED])}{more}"


def _address(answer: PublisherAnswer) -> str:
    """Return the address of the export without the days that were asked for."""
    place = answer.url.partition("?")[0]
    return f"{place}?" + "&".join(f"{key}={value}" for key, value in QUESTION.items())
