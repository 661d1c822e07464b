"""What a publisher should not answer: an error in words, a line in the record, nothing stored."""

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.database.session import Database
from tests.ingest.fetching.refusals import refused
from tests.publisher_server import RECORDINGS, Answer, PublisherServer

EXPORTS = "/api/v1/datasets/exports"
INDEX = f"{EXPORTS}/index.json"
EXPORT = f"{EXPORTS}/rankings-daily/2026-10-01.csv"
MANIFEST = f"{EXPORTS}/rankings-daily/2026-10-01.manifest.json"
KEYED = "/api/v1/datasets/rankings-daily"
RECORDED = RECORDINGS / "openrouter"
FIRST_ROW = "2026-09-01,z-ai/glm-5.3-flash-20260826,1,1872948241668,0.115652722750533\r\n"
SEPTEMBER = date(2026, 9, 1)

Spoil = Callable[[PublisherServer], None]


def recording(path: str) -> bytes:
    return (RECORDED / path.removeprefix("/api/v1/datasets/")).read_bytes()


def answering(path: str, body: bytes = b"", status: int = 200, **more: Any) -> Spoil:
    def spoil(publisher: PublisherServer) -> None:
        publisher.answers[path] = Answer(body, status, **more)

    return spoil


def export(content: bytes) -> Spoil:
    """The September export with other bytes, and a manifest that is right of them."""

    def spoil(publisher: PublisherServer) -> None:
        manifest = json.loads(recording(MANIFEST))
        manifest["files"]["csv"]["sha256"] = hashlib.sha256(content).hexdigest()
        publisher.answers[EXPORT] = Answer(content)
        publisher.answers[MANIFEST] = Answer(json.dumps(manifest).encode())

    return spoil


def first_row(replacement: str) -> Spoil:
    return export(recording(EXPORT).replace(FIRST_ROW.encode(), replacement.encode()))


def changed(path: str, change: Callable[[dict[str, Any]], object]) -> Spoil:
    document = json.loads(recording(path))
    change(document)
    return answering(path, json.dumps(document).encode())


def without_days(content: bytes, *days: str) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.decode().startswith(days))


BAD: list[tuple[str, Spoil, str]] = [
    ("401", answering(INDEX, status=401), "refuses to answer us (401)"),
    (
        "429 with a long wait",
        answering(INDEX, status=429, headers={"Retry-After": "3600"}),
        "come again in 3600 seconds (429)",
    ),
    (
        "429 for ever",
        answering(INDEX, status=429, headers={"Retry-After": "0"}),
        "answers with status 429",
    ),
    ("500", answering(INDEX, status=500), "answers with status 500"),
    ("418", answering(INDEX, status=418), "answers with status 418"),
    ("404", answering(INDEX, status=404), "has nothing at"),
    (
        "redirect elsewhere",
        answering(INDEX, status=302, headers={"Location": "http://127.0.0.1:9/index.json"}),
        "leads to another place: http://127.0.0.1:9/index.json",
    ),
    (
        "redirect in a circle",
        answering(INDEX, status=302, headers={"Location": INDEX}),
        "leads in a circle",
    ),
    ("slow drip", answering(INDEX, b"{" * 100, drip_s=0.05), "did not end within 0.5 seconds"),
    ("silence", answering(INDEX, b"{}" * 100, drip_s=2), "does not answer in time"),
    ("HTML", answering(INDEX, b"<!doctype html><title>Soon</title>"), "it begins “<!doctype html>"),
    ("a JSON list", answering(INDEX, b"[]"), "it is no JSON object"),
    ("broken JSON", answering(INDEX, recording(INDEX)[:700]), "it is no JSON, or broken off"),
    ("deep JSON", answering(INDEX, b"[" * 100_000), "it is no JSON, or broken off"),
    (
        "datasets that are none",
        changed(INDEX, lambda index: index.update(datasets=5)),
        "no dataset",
    ),
    (
        "a date that cannot be counted from",
        changed(
            INDEX, lambda index: index["datasets"][-1].update(latest_snapshot_date="0001-01-01")
        ),
        "has “0001-01-01” for a day",
    ),
    (
        "a redirect to no address",
        answering(INDEX, status=302, headers={"Location": "http://[::1"}),
        "leads to what is no address",
    ),
    (
        "a file at no address",
        changed(MANIFEST, lambda manifest: manifest["files"]["csv"].update(url="https://[::1")),
        "its file is elsewhere",
    ),
    (
        "a file of another scheme",
        changed(
            MANIFEST,
            lambda manifest: manifest["files"]["csv"].update(
                url=f"javascript://openrouter.ai{EXPORT}?%0aalert(1)"
            ),
        ),
        "its file is elsewhere",
    ),
    ("no dataset", changed(INDEX, lambda index: index["datasets"].clear()), "names no dataset"),
    ("no date", changed(INDEX, lambda index: index["datasets"][-1].clear()), "names no dataset"),
    (
        "another licence in the index",
        changed(INDEX, lambda index: index["license"].update(name="All rights reserved")),
        "its licence is “All rights reserved”, not CC BY 4.0",
    ),
    (
        "another licence in the manifest",
        changed(MANIFEST, lambda manifest: manifest.update(license=None)),
        "its licence is “None”, not CC BY 4.0",
    ),
    (
        "index and manifest of two dates",
        changed(MANIFEST, lambda manifest: manifest.update(snapshot_date="2026-09-30")),
        "its snapshot date is “2026-09-30”, not “2026-10-01”",
    ),
    (
        "another version",
        changed(MANIFEST, lambda manifest: manifest.update(schema_version="v2")),
        "its schema version is “v2”",
    ),
    (
        "a file elsewhere",
        changed(
            MANIFEST, lambda manifest: manifest["files"]["csv"].update(url="https://evil.example/x")
        ),
        "its file is elsewhere: https://evil.example/x",
    ),
    (
        "no file",
        changed(MANIFEST, lambda manifest: manifest["files"].clear()),
        "it names no CSV file",
    ),
    (
        "wrong sha256",
        answering(EXPORT, recording(EXPORT).replace(b"1872948241668", b"1872948241669")),
        "its SHA-256 is not that of its manifest",
    ),
    ("truncated CSV", answering(EXPORT, recording(EXPORT)[:60_000]), "its SHA-256 is not that"),
    ("truncated CSV that is its own", export(recording(EXPORT)[:-4]), "it is broken off"),
    ("no UTF-8", export(recording(EXPORT) + b"\xff\n"), "is no UTF-8"),
    (
        "a field more",
        export(recording(EXPORT).replace(b"date,", b"region,date,", 1)),
        "the header has an unknown field “region”",
    ),
    (
        "a field less",
        export(recording(EXPORT).replace(b"total_tokens,", b"", 1)),
        "the header has no “total_tokens”",
    ),
    ("a cell more", first_row(FIRST_ROW.rstrip() + ",1\r\n"), "row 1 has not 5 cells"),
    ("a cell less", first_row("2026-09-01,z-ai/glm,1,18\r\n"), "row 1 has not 5 cells"),
    (
        "a day twice",
        first_row(FIRST_ROW * 2),
        "row 2 has z-ai/glm-5.3-flash-20260826 on 2026-09-01",
    ),
    (
        "a hole in the window",
        export(without_days(recording(EXPORT), "2026-09-12", "2026-09-13")),
        "it has no rows of 2026-09-12, a hole in its days",
    ),
    (
        "fewer days than it should have",
        export(without_days(recording(EXPORT), "2026-09-30")),
        "it has no rows of 2026-09-30",
    ),
    (
        "a day outside",
        first_row(FIRST_ROW.replace("2026-09-01", "2026-10-01")),
        "row 1 is of 2026-10-01, which was not asked for",
    ),
    ("no day", first_row(FIRST_ROW.replace("2026-09-01", "01/09/26")), "has “01/09/26” for a day"),
    (
        "a count with a comma",
        first_row(FIRST_ROW.replace("1872948241668", '"1,872,948,241,668"')),
        "row 1 has “1,872,948,241,668” for a count",
    ),
    (
        "2^63",
        first_row(FIRST_ROW.replace("1872948241668", str(2**63))),
        "has “9223372036854775808” for a count",
    ),
    ("a negative", first_row(FIRST_ROW.replace("1872948241668", "-5")), "has “-5” for a count"),
    ("a fraction", first_row(FIRST_ROW.replace("1872948241668", "1e12")), "has “1e12” for a count"),
    ("nothing", first_row(FIRST_ROW.replace("1872948241668", "")), "has “” for a count"),
    (
        "markup",
        first_row(FIRST_ROW.replace("z-ai/glm-5.3-flash-20260826", "<script>alert(1)</script>")),
        "has “<script>alert(1)</script>” for a model",
    ),
    ("a huge answer", answering(INDEX, b" " * (2**20 + 1)), "is larger than 1 MiB"),
    (
        "a huge answer, packed",
        answering(
            INDEX, gzip.compress(b" " * (300 * 2**20), 1), headers={"Content-Encoding": "gzip"}
        ),
        "is larger than 1 MiB",
    ),
    (
        "what is no gzip",
        answering(INDEX, b"plain", headers={"Content-Encoding": "gzip"}),
        "cannot be reached",
    ),
]


@pytest.mark.parametrize(
    ("spoil", "words"), [item[1:] for item in BAD], ids=[item[0] for item in BAD]
)
def test_it_is_refused_in_words_and_nothing_is_stored(
    standing_db: Database, openrouter: PublisherServer, spoil: Spoil, words: str
) -> None:
    spoil(openrouter)
    assert words in refused(standing_db, openrouter)


def test_a_server_that_is_not_there_is_told(standing_db: Database) -> None:
    gone = PublisherServer("http://127.0.0.1:9")
    assert "The publisher cannot be reached" in refused(standing_db, gone)
