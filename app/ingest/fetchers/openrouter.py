"""OpenRouter: tokens of the fifty largest models of each day, by dated exports or with a key.

Without a key: an index names the newest export, a manifest tells the date and digest of each. An
export has the thirty days before the day it is named for, so a month of 31 days needs two. With a
key any days since 2025 can be asked for. Both have a row for each variant of a model, such as
`:free`, and one named `other` for all below the fifty largest.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from app.catalogue.index import CatalogueIndex
from app.domain.calendar import add_months, last_day_of, months_between
from app.domain.errors import PublisherError, excerpt
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.sources.source_terms import Statistic, Window
from app.ingest.fetchers.fetcher import AnswerRows, Period, Publisher, Reading
from app.ingest.fetchers.rows import (
    PublisherRow,
    RowCells,
    bad_answer,
    check_days,
    check_value,
    csv_rows,
    json_rows,
    read_count,
    read_day,
    read_json,
)

SOURCE: Final = "openrouter-rankings"
EXPORTS: Final = "/api/v1/datasets/exports"
KEYED: Final = "/api/v1/datasets/rankings-daily"
DATASET: Final = "rankings-daily"
LICENCE: Final = "CC BY 4.0"
HOST: Final = "openrouter.ai"
FIRST_KEYED_DAY: Final = date(2025, 1, 1)
FIRST_EXPORT_DAY: Final = date(2026, 8, 20)
"""The first day of the first export, which is that of 2026-09-19."""
EXPORT_DAYS: Final = 30
KEYED_DAYS_MAX: Final = 366
"""Days that one question with a key may span."""
SPARE_EXPORTS: Final = 3
"""How many exports are looked for where the best one is not there."""
NEVER_PUBLISHED: Final = frozenset({date(2025, 6, 15), date(2025, 7, 15)})
CSV_FIELDS: Final = ("date", "model_permaslug", "rank", "total_tokens", "share_of_daily_tokens")
JSON_FIELDS: Final = ("date", "model_permaslug", "total_tokens")
REMAINDER: Final = "other"
ATTRIBUTION_MAX: Final = 500
"""Characters of what the publisher wants to be said of it."""
_NAME: Final = re.compile(r"[a-z0-9~][a-z0-9._~-]*/[a-z0-9][a-z0-9._~-]*(:[a-z0-9._-]+)?", re.ASCII)
_DAY: Final = timedelta(days=1)


class OpenRouter:
    """OpenRouter’s daily rankings, summed to months."""

    name = "openrouter"
    title = "OpenRouter"
    sources: tuple[str, ...] = (SOURCE,)
    window = Window.MONTH
    statistic = Statistic.SUM
    never_published: Collection[date] = NEVER_PUBLISHED

    def first_month(
        self,
        publisher: Publisher,
        today: date,  # noqa: ARG002 - what was published once can be had on every day
    ) -> date:
        """Return the first month that can be had whole."""
        if publisher.has_key:
            return FIRST_KEYED_DAY
        return add_months(FIRST_EXPORT_DAY.replace(day=1), 1)

    def collect(
        self,
        publisher: Publisher,
        period: Period,
        catalogue: CatalogueIndex,  # noqa: ARG002 - every model that was used is named, known or not
    ) -> list[PublisherAnswer]:
        earliest = self.first_month(publisher, period.today)
        first = period.first or earliest
        if first < earliest:
            with_key = "" if publisher.has_key else " Earlier ones need OPENROUTER_API_KEY."
            title = f"OpenRouter gives no whole month before {earliest:%Y-%m}"
            raise PublisherError(title, f"Ask with --from {earliest:%Y-%m}.{with_key}")
        ask = _ask_with_key if publisher.has_key else _ask_exports
        return ask(publisher, first, period)

    def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
        reader = _AnswerReader(catalogue)
        for answer in answers:
            reader.add(answer)
        return reader.reading()


def fold_variant(name: str) -> str:
    """Return the model of which a name is a variant: `x/y:free` is used as `x/y` is."""
    return name.partition(":")[0]


# --- what is asked


def _ask_with_key(publisher: Publisher, first: date, period: Period) -> list[PublisherAnswer]:
    last = min(last_day_of(period.last), period.today - _DAY)
    answers = []
    while first <= last:
        until = min(last, first + timedelta(days=KEYED_DAYS_MAX - 1))
        span = {"start_date": f"{first}", "end_date": f"{until}"}
        answers.append(publisher.ask(KEYED, span))
        first = until + _DAY
    return answers


def _ask_exports(publisher: Publisher, first: date, period: Period) -> list[PublisherAnswer]:
    index = publisher.ask(f"{EXPORTS}/index.json")
    exports = _Exports(publisher, index, _newest_export(index))
    for month in months_between(first, period.last):
        exports.ask_month(month)
    return exports.answers


def _newest_export(index: PublisherAnswer) -> date:
    document = read_json(index)
    _check_licence(index, document)
    datasets = document.get("datasets")
    for dataset in datasets if isinstance(datasets, list) else ():
        if isinstance(dataset, dict) and dataset.get("id") == DATASET:
            return read_day(index, dataset.get("latest_snapshot_date"), DATASET)
    raise bad_answer(index, f"it names no dataset {DATASET}")


class _Exports:
    """Asks for the exports that months need: `answers` are all of them, each manifest first."""

    def __init__(self, publisher: Publisher, index: PublisherAnswer, newest: date) -> None:
        self.publisher = publisher
        self.newest = newest
        self.answers = [index]
        self.dates: set[date] = set()

    def ask_month(self, month: date) -> None:
        """Ask for what holds the month’s days, as far as there are any yet."""
        end = min(last_day_of(month), self.newest - _DAY)
        if end < month:
            return
        # The day after the last has the most of it, those after that its end, the last its start.
        later = [end + _DAY * ahead for ahead in range(1, SPARE_EXPORTS + 1)]
        last = self._ask_first([*later, *(end - _DAY * back for back in range(SPARE_EXPORTS))])
        if last and last - _DAY * EXPORT_DAYS > month:
            # What begins with the month, or up to two days before it, and meets the other.
            start = month + _DAY * EXPORT_DAYS
            self._ask_first([start - _DAY * early for early in range(SPARE_EXPORTS)])

    def _ask_first(self, dates: Iterable[date]) -> date | None:
        """Ask for the first of these exports that there is, and return its date."""
        for day in dates:
            if day in self.dates:
                return day
            address = f"{EXPORTS}/{DATASET}/{day}.manifest.json"
            manifest = self.publisher.ask_if_there(address) if day <= self.newest else None
            if manifest:
                described = _read_manifest(manifest)
                export = self.publisher.ask(_path_of_file(manifest, described))
                _check_digest(export, described)
                self.answers += [manifest, export]
                self.dates.add(day)
                return day
        return None


def _read_manifest(manifest: PublisherAnswer) -> dict[str, Any]:
    document = read_json(manifest)
    check_value(manifest, document, "dataset", DATASET)
    check_value(manifest, document, "schema_version", "v1")
    check_value(manifest, document, "snapshot_date", manifest.name.partition(".")[0])
    _check_licence(manifest, document)
    return document


def _file_entry(manifest: PublisherAnswer, document: Mapping[str, Any]) -> Mapping[str, Any]:
    files = document.get("files")
    entry = files.get("csv") if isinstance(files, dict) else None
    if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
        raise bad_answer(manifest, "it names no CSV file")
    return entry


def _path_of_file(manifest: PublisherAnswer, document: Mapping[str, Any]) -> str:
    """Return the path of a manifest’s file, which must be of the export that it describes."""
    url = _file_entry(manifest, document)["url"]
    expected = f"{EXPORTS}/{DATASET}/{document['snapshot_date']}.csv"
    asked = urlsplit(manifest.url)
    # Word for word: whatever else an address can hold is not followed, nor cited.
    if url not in {f"https://{HOST}{expected}", f"{asked.scheme}://{asked.netloc}{expected}"}:
        raise bad_answer(manifest, f"its file is elsewhere: {excerpt(url)}")
    return expected


def _check_digest(answer: PublisherAnswer, document: Mapping[str, Any]) -> None:
    if answer.sha256.hex() != document["files"]["csv"].get("sha256"):
        what = "its SHA-256 is not that of its manifest; it was changed or broken off on the way"
        raise bad_answer(answer, what)


def _check_licence(answer: PublisherAnswer, document: Mapping[str, Any]) -> None:
    licence = document.get("license")
    name = licence.get("name") if isinstance(licence, dict) else None
    if name != LICENCE:
        raise bad_answer(answer, f"its licence is “{excerpt(str(name), 60)}”, not {LICENCE}")


# --- what the answers say


class _AnswerReader:
    def __init__(self, catalogue: CatalogueIndex) -> None:
        self.catalogue = catalogue
        self.read: list[AnswerRows] = []
        self.manifests: dict[str, dict[str, Any]] = {}
        self.attribution = ""
        self.origin_url = ""

    def add(self, answer: PublisherAnswer) -> None:
        path = urlsplit(answer.url).path
        if path.endswith("/index.json"):
            attribution = str(read_json(answer).get("attribution", ""))
            self.attribution = excerpt(attribution, ATTRIBUTION_MAX)
        elif path.endswith(".manifest.json"):
            document = _read_manifest(answer)
            self.manifests[document["snapshot_date"]] = document
        elif path.endswith(".csv"):
            self._add_export(answer)
        else:
            self._add_keyed(answer)

    def reading(self) -> Reading:
        ordered = sorted(self.read, key=lambda item: item.as_of or date.min)
        licence = LICENCE if self.manifests else ""
        return Reading(ordered, self.origin_url, licence, self.attribution)

    def _add_export(self, answer: PublisherAnswer) -> None:
        named = answer.name.removesuffix(".csv")
        document = self.manifests[named]
        _check_digest(answer, document)
        as_of = read_day(answer, named, "its name")
        if as_of > answer.received_at.date():
            raise bad_answer(answer, f"its day, {as_of}, is still to come")
        rows = [self._row(answer, *row) for row in csv_rows(answer, CSV_FIELDS)]
        span = as_of - EXPORT_DAYS * _DAY, as_of - _DAY
        check_days(answer, rows, span, whole=True, never_published=NEVER_PUBLISHED)
        self.origin_url = document["files"]["csv"]["url"]
        self.read.append(AnswerRows(answer, as_of, rows))

    def _add_keyed(self, answer: PublisherAnswer) -> None:
        document = read_json(answer)
        meta = document.get("meta")
        if not isinstance(meta, dict):
            raise bad_answer(answer, "it has no “meta”")
        check_value(answer, meta, "version", "v1")
        span = parse_qs(urlsplit(answer.url).query)
        for key in ("start_date", "end_date"):
            check_value(answer, meta, key, span[key][0])
        as_of = read_day(answer, str(meta.get("as_of"))[:10], "its “as_of”")
        if as_of > answer.received_at.date():
            raise bad_answer(answer, f"its “as_of”, {as_of}, is still to come")
        rows = [self._row(answer, *row) for row in json_rows(answer, document, "data", JSON_FIELDS)]
        asked = date.fromisoformat(span["start_date"][0]), date.fromisoformat(span["end_date"][0])
        check_days(answer, rows, asked, whole=False, never_published=NEVER_PUBLISHED)
        self.origin_url = answer.url
        self.read.append(AnswerRows(answer, as_of, rows))

    def _row(self, answer: PublisherAnswer, number: int, row: Mapping[str, Any]) -> PublisherRow:
        where = f"row {number}"
        name = row["model_permaslug"]
        if not isinstance(name, str) or not (name == REMAINDER or _NAME.fullmatch(name)):
            raise bad_answer(answer, f"{where} has “{excerpt(str(name), 60)}” for a model")
        day = read_day(answer, row["date"], where)
        value = read_count(answer, row["total_tokens"], where)
        return PublisherRow(number, day, name, self._cells(name), value)

    def _cells(self, name: str) -> RowCells:
        if name == REMAINDER:
            return RowCells(SOURCE, origin="unknown", openness="unknown")
        model = fold_variant(name)
        if self.catalogue.model(model):
            # The catalogue says the rest, also what it learns before the file is published.
            return RowCells(SOURCE, model=model)
        maker = model.partition("/")[0]
        origin = "" if self.catalogue.developer(maker) else "unknown"
        return RowCells(SOURCE, developer=maker, model=model, origin=origin)
