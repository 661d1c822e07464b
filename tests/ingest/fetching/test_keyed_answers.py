"""OpenRouter asked with a key: what is taken, and what is refused."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.database.session import Database
from tests.ingest.fetching.refusals import fetch_september, refused
from tests.publisher_server import RECORDINGS, Answer, PublisherServer, running_publisher

KEYED = "/api/v1/datasets/rankings-daily"
RECORDED = RECORDINGS / "openrouter"
KEYED_ANSWER = json.loads((RECORDED / "rankings-daily_2026-09.keyed.json").read_text())


@pytest.fixture
def keyed() -> Iterator[PublisherServer]:
    with running_publisher(lambda _path, _headers: None) as publisher:
        publisher.answers[KEYED] = Answer(json.dumps(KEYED_ANSWER).encode())
        yield publisher


def change_answer(publisher: PublisherServer, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(json.dumps(KEYED_ANSWER))
    change(document)
    publisher.answers[KEYED] = Answer(json.dumps(document).encode())


def test_with_a_key_the_days_are_asked_for(catalogue_db: Database, keyed: PublisherServer) -> None:
    result = fetch_september(catalogue_db, keyed, "sk-key", publish=True, reason="a month")
    assert result.outcome == "published"
    assert keyed.asked == [f"{KEYED}?start_date=2026-09-01&end_date=2026-09-30"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda answer: answer.pop("meta"), "it has no “meta”"),
        (lambda answer: answer.pop("data"), "it has no list “data”"),
        (lambda answer: answer["meta"].update(version="v2"), "its version is “v2”, not “v1”"),
        (
            lambda answer: answer["meta"].update(end_date="2026-09-29"),
            "its end date is “2026-09-29”",
        ),
        (lambda answer: answer["meta"].update(as_of="2099-12-31"), "is still to come"),
        (lambda answer: answer["meta"].update(as_of="soon"), "its “as_of” has “soon” for a day"),
        (lambda answer: answer["data"][0].update(rank=1), "row 1 has an unknown field “rank”"),
        (lambda answer: answer["data"][4].pop("date"), "row 5 has no “date”"),
        (lambda answer: answer["data"].insert(1, 7), "row 2 is no object"),
        (lambda answer: answer["data"][0].update(total_tokens=12), "row 1 has “12” for a count"),
        (lambda answer: answer["data"][0].update(date=20260901), "row 1 has “20260901” for a day"),
        (lambda answer: answer["data"].append(answer["data"][-1]), "again"),
        (
            lambda answer: answer.update(
                data=[row for row in answer["data"] if row["date"] < "2026-09-25"]
            ),
            "too old: the newest day is 2026-09-24",
        ),
    ],
)
def test_an_answer_with_a_key_is_held_to_the_same(
    standing_db: Database,
    keyed: PublisherServer,
    change: Callable[[dict[str, Any]], object],
    words: str,
) -> None:
    change_answer(keyed, change)
    assert words in refused(standing_db, keyed, "sk-key")


def test_the_key_stands_in_no_message_and_no_record(
    standing_db: Database, keyed: PublisherServer
) -> None:
    keyed.answers[KEYED] = Answer(status=401)
    words = refused(standing_db, keyed, "sk-secret")
    assert "sk-secret" not in words
    assert "Look at the key" in words


def test_fewer_days_than_what_stands_wait_for_a_person(
    catalogue_db: Database, keyed: PublisherServer
) -> None:
    published = {"publish": True, "reason": "a month"}
    assert fetch_september(catalogue_db, keyed, "sk-key", **published).outcome == "published"
    change_answer(
        keyed,
        lambda answer: answer.update(
            data=[row for row in answer["data"] if row["date"] < "2026-09-28"]
        ),
    )
    result = fetch_september(catalogue_db, keyed, "sk-key", **published)
    assert result.outcome == "waiting"
    fewer = "Look at: 2026-09 of openrouter-rankings has fewer days than what stands."
    assert fewer in result.holds
