"""What Vercel should not answer: an error in words, a line in the record, nothing stored."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.database.session import Database
from app.ingest.fetchers.vercel import Vercel
from tests.ingest.fetching.refusals import Today, refused_words
from tests.publisher_server import Answer, PublisherServer
from tests.recorded_publishers import VERCEL_ANSWER

EXPORT = "/api/ai/leaderboard-export"
AUGUST = date(2026, 8, 1)
FOURTH = Today(Vercel(), date(2026, 8, 4), AUGUST)

Change = Callable[[dict[str, Any]], object]


def serve(publisher: PublisherServer, change: Change) -> None:
    document = json.loads(json.dumps(VERCEL_ANSWER))
    change(document)
    publisher.answers[EXPORT] = Answer(json.dumps(document).encode())


def in_first_row(**cells: object) -> Change:
    return lambda document: document["rows"][0].update(cells)


def without(**cells: str) -> Change:
    """An answer without the rows that have these cells."""

    def change(document: dict[str, Any]) -> None:
        document["rows"] = [
            row for row in document["rows"] if any(row[key] != cells[key] for key in cells)
        ]

    return change


BAD: list[tuple[str, Change, str]] = [
    (
        "another licence",
        lambda document: document.update(license="CC-BY-NC-4.0"),
        "its licence is “CC-BY-NC-4.0”, not CC-BY-4.0",
    ),
    ("no licence", lambda document: document.pop("license"), "the answer has no “license”"),
    (
        "another beginning",
        lambda document: document.update({"from": "2026-07-31"}),
        "its from is “2026-07-31”, not “2026-08-01”",
    ),
    (
        "another end",
        lambda document: document.update(to="2026-08-02"),
        "its to is “2026-08-02”, not “2026-08-03”",
    ),
    (
        "another data set",
        lambda document: document.update(dataset="models"),
        "its dataset is “models”, not “labs”",
    ),
    (
        "another modality",
        lambda document: document.update(modality="image"),
        "its modality is “image”, not “text”",
    ),
    (
        "an unknown field",
        lambda document: document.update(region="eu"),
        "the answer has an unknown field “region”",
    ),
    ("no rows", lambda document: document.update(rows=None), "it has no list “rows”"),
    ("a row that is none", lambda document: document["rows"].insert(1, 7), "row 2 is no object"),
    ("an unknown field of a row", in_first_row(region="eu"), "row 1 has an unknown field “region”"),
    (
        "a field less",
        lambda document: document["rows"][3].pop("metric"),
        "row 4 has no “metric”",
    ),
    ("a share as text", in_first_row(share_percent="42.5103"), "row 1 has “42.5103” for a share"),
    ("a negative share", in_first_row(share_percent=-0.5), "row 1 has “-0.5” for a share"),
    ("a share above 100", in_first_row(share_percent=100.01), "row 1 has “100.01” for a share"),
    ("no share", in_first_row(share_percent=None), "row 1 has “None” for a share"),
    ("a yes for a share", in_first_row(share_percent=True), "row 1 has “True” for a share"),
    ("NaN", in_first_row(share_percent=float("nan")), "row 1 has “nan” for a share"),
    ("infinity", in_first_row(share_percent=float("inf")), "row 1 has “inf” for a share"),
    (
        "a sum that is not 100",
        in_first_row(share_percent=42.6),
        "its shares of requests on 2026-08-01 add up to 100.",
    ),
    (
        "markup",
        in_first_row(name="<script>alert(1)</script>"),
        "row 1 has “<script>alert(1)</script>” for a lab",
    ),
    ("no name", in_first_row(name=None), "row 1 has “None” for a lab"),
    ("a metric of its own", in_first_row(metric="images"), "has the unknown metric “images”"),
    ("a metric that is a list", in_first_row(metric=["spend"]), "has the unknown metric"),
    ("another group", in_first_row(group="model"), "row 1 has “model” for a group, not “lab”"),
    ("an image", in_first_row(modality="image"), "row 1 has “image” for a modality, not “text”"),
    ("no day", in_first_row(date="1 August"), "row 1 has “1 August” for a day"),
    ("a day outside", in_first_row(date="2026-07-31"), "is of 2026-07-31, which was not asked for"),
    (
        "a row twice",
        lambda document: document["rows"].append(document["rows"][0]),
        "row 235 has openai on 2026-08-01 again",
    ),
    ("a hole", without(date="2026-08-02"), "it has no rows of 2026-08-02, a hole in its days"),
    (
        "a hole in one metric",
        without(date="2026-08-03", metric="spend"),
        "it has no rows of 2026-08-03, a hole in its days",
    ),
    ("a metric less", without(metric="tokens"), "it has no rows of 2026-08-01, a hole in its days"),
]


@pytest.mark.parametrize(
    ("change", "words"), [item[1:] for item in BAD], ids=[item[0] for item in BAD]
)
def test_it_is_refused_in_words_and_nothing_is_stored(
    catalogue_db: Database, vercel: PublisherServer, change: Change, words: str
) -> None:
    serve(vercel, change)
    assert words in refused_words(catalogue_db, vercel, FOURTH)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!doctype html><title>Soon</title>", "it begins “<!doctype html>"),
        (json.dumps(VERCEL_ANSWER).encode()[:9000], "it is no JSON, or broken off"),
        (b"[]", "it is no JSON object"),
        (
            json.dumps(VERCEL_ANSWER).replace("42.5103", "1e400", 1).encode(),
            "row 1 has “1E+400” for a share",
        ),
        (
            json.dumps(VERCEL_ANSWER).replace("42.5103", "1e99999999999999999999", 1).encode(),
            "it is no JSON, or broken off",
        ),
    ],
    ids=["HTML", "broken off", "a list", "1e400", "an exponent of twenty digits"],
)
def test_what_is_no_such_json_is_refused(
    catalogue_db: Database, vercel: PublisherServer, content: bytes, words: str
) -> None:
    vercel.answers[EXPORT] = Answer(content)
    assert words in refused_words(catalogue_db, vercel, FOURTH)


def test_days_that_are_missing_at_the_end_are_too_old(
    catalogue_db: Database, vercel: PublisherServer
) -> None:
    later = Today(Vercel(), date(2026, 8, 20), AUGUST)
    serve(vercel, lambda document: document.update(to="2026-08-19"))
    words = refused_words(catalogue_db, vercel, later)
    assert "Vercel’s figures of 2026-08 are too old: the newest day is 2026-08-03" in words


def test_what_was_before_its_first_day_is_not_asked_for(
    catalogue_db: Database, vercel: PublisherServer
) -> None:
    words = refused_words(catalogue_db, vercel, Today(Vercel(), date(2026, 8, 4), date(2025, 9, 1)))
    assert "Vercel gives nothing before 2025-10. Ask with --from 2025-10." in words
    assert not vercel.asked
