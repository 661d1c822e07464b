"""The Hub on loopback: pages are followed, what is no list is refused, nothing is read twice."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.database.fetch_tables import StoredAnswer
from app.database.session import Database
from app.ingest.fetchers.huggingface import HuggingFace
from app.ingest.fetching.stored_answers import load_answers
from app.ingest.withdraw import discard_upload
from tests.ingest.fetching.refusals import Today, fetch_on, refused_words
from tests.publisher_server import Answer, PublisherServer, Responder, running_publisher
from tests.recorded_publishers import DEEPSEEK_MODELS, HUB_LISTS, answer_lists

TODAY = datetime.now(UTC).date()
NOW = Today(HuggingFace(), TODAY)
MID_MONTH = Today(HuggingFace(), date(2026, 11, 30))
LISTS = "/api/models"


def one_list(**cells: object) -> Answer:
    """A list of deepseek-ai whose first model has other cells; None leaves a cell out."""
    first = DEEPSEEK_MODELS[0] | cells
    kept = {key: value for key, value in first.items() if value is not None}
    return Answer(json.dumps([kept, *DEEPSEEK_MODELS[1:]]).encode())


def of_deepseek(answer: Answer | Responder) -> Responder:
    """Have the Hub answer this for deepseek-ai alone."""
    lists = answer_lists()

    def respond(path: str, headers: dict[str, str]) -> Answer | None:
        if "author=deepseek-ai" not in path:
            return lists(path, headers)
        return answer if isinstance(answer, Answer) else answer(path, headers)

    return respond


def leading_to(target: str) -> Answer:
    rows = json.dumps(DEEPSEEK_MODELS).encode()
    return Answer(rows, headers={"Link": f'<{target}>; rel="next"'})


@pytest.fixture
def paged_hub() -> Iterator[PublisherServer]:
    """The Hub with four models on a page."""
    with running_publisher(answer_lists(page=4)) as publisher:
        yield publisher


def test_pages_are_followed_and_kept_as_they_came(
    catalogue_db: Database, paged_hub: PublisherServer
) -> None:
    result = fetch_on(catalogue_db, paged_hub, MID_MONTH)
    assert result.upload_id is not None
    with catalogue_db.reading() as session:
        answers = load_answers(session, result.upload_id)
    pages = [item for item in answers if "author=deepseek-ai" in item.url]
    assert [len(json.loads(item.content)) for item in pages] == [4, 4, 3]
    assert pages[0].url == f"{paged_hub.address}{LISTS}?author=deepseek-ai&expand=downloads"
    assert pages[1].url.endswith("&cursor=4")
    assert 'rel="next"' in pages[0].headers["link"]


def test_every_organisation_is_asked_for_by_our_own_client(
    catalogue_db: Database, hub: PublisherServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch_on(catalogue_db, hub, MID_MONTH, check=True)
    assert len(hub.asked) == len(set(hub.asked)) == 96
    assert all(agent.startswith("OpenModelShare/") for agent in hub.agents)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (one_list(downloads=-5), "row 1 has “-5” for its downloads"),
        (one_list(downloads="11349614"), "row 1 has “11349614” for its downloads"),
        (one_list(downloads=None), "row 1 has nothing for its downloads"),
        (one_list(downloads=1.5), "row 1 has “1.5” for its downloads"),
        (one_list(downloads=True), "row 1 has “True” for its downloads"),
        (one_list(downloads=2**63), "row 1 has “9223372036854775808” for its downloads"),
        (
            one_list(id="deepseek-ai/<b>r1</b>"),
            "row 1 has “deepseek-ai/<b>r1</b>” for a model",
        ),
        (one_list(id=None), "row 1 has “None” for a model"),
        (one_list(id="someone/R1"), "row 1 is someone/R1, not of deepseek-ai"),
        (one_list(id=DEEPSEEK_MODELS[1]["id"]), "row 2 has deepseek-ai/DeepSeek-OCR-2 again"),
        (Answer(b"<!doctype html>"), "it is no JSON, or broken off; it begins “<!doctype html>”"),
        (Answer(json.dumps(DEEPSEEK_MODELS).encode()[:900]), "it is no JSON, or broken off"),
        (Answer(b'{"error":"soon"}'), "it is no JSON list"),
        (Answer(b"[7]"), "row 1 is no object"),
        (Answer(status=401), "refuses to answer us (401)"),
        (Answer(status=500), "answers with status 500"),
        (leading_to("https://evil.example/api/models?author=deepseek-ai"), "page is elsewhere"),
        (leading_to("https://huggingface.co/login?author=deepseek-ai"), "page is elsewhere"),
        (leading_to("https://huggingface.co/api/models?author=Qwen"), "is of another list"),
        (leading_to("https://huggingface.co:x/api/models"), "has no address that can be asked"),
    ],
)
def test_what_is_no_list_is_refused(
    catalogue_db: Database, hub: PublisherServer, answer: Answer, words: str
) -> None:
    hub.answers[LISTS] = of_deepseek(answer)
    assert words in refused_words(catalogue_db, hub, MID_MONTH)


def test_a_list_that_leads_in_a_circle_is_refused(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    first = f"https://huggingface.co{LISTS}?author=deepseek-ai&expand=downloads"
    hub.answers[LISTS] = of_deepseek(leading_to(first))
    words = refused_words(catalogue_db, hub, MID_MONTH)
    assert "its next page is one that was there before" in words


def test_a_list_without_an_end_is_refused(catalogue_db: Database, hub: PublisherServer) -> None:
    pages: list[str] = []

    def endless(path: str, _: dict[str, str]) -> Answer:
        pages.append(path)
        rows = [{"id": f"deepseek-ai/model-{len(pages)}", "downloads": 1}]
        target = f"https://huggingface.co{LISTS}?author=deepseek-ai&cursor={len(pages)}"
        return Answer(json.dumps(rows).encode(), headers={"Link": f'<{target}>; rel="next"'})

    hub.answers[LISTS] = of_deepseek(endless)
    words = refused_words(catalogue_db, hub, MID_MONTH)
    assert "The Hub’s list of deepseek-ai has no end" in words
    assert len(pages) == 100


def test_a_page_that_is_gone_is_an_error_and_no_shorter_list(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    def gone(path: str, _: dict[str, str]) -> Answer | None:
        target = f"https://huggingface.co{LISTS}?author=deepseek-ai&cursor=4"
        return None if "cursor" in path else leading_to(target)

    hub.answers[LISTS] = of_deepseek(gone)
    assert "The publisher has nothing at" in refused_words(catalogue_db, hub, MID_MONTH)


def test_an_organisation_that_is_not_there_counts_nothing_and_is_named(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    def no_deepseek(_path: str, _headers: dict[str, str]) -> Answer | None:
        return None

    hub.answers[LISTS] = of_deepseek(no_deepseek)
    result = fetch_on(catalogue_db, hub, MID_MONTH)
    assert "2026-11 of huggingface-downloads, provisional, as of" in result.message
    assert "1 line." in result.message
    assert "counted as nothing: 01-ai, " in result.message


@pytest.mark.parametrize("first", [date(2026, 10, 1), date(2026, 12, 1)])
def test_downloads_of_another_month_cannot_be_read(
    catalogue_db: Database, hub: PublisherServer, first: date
) -> None:
    today = Today(HuggingFace(), date(2026, 11, 30), first)
    words = refused_words(catalogue_db, hub, today)
    assert "Downloads can only be read for now" in words
    assert "Today they stand under 2026-11." in words
    assert not hub.asked


def test_what_was_read_on_the_first_days_of_a_month_is_final_for_the_one_before(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    result = fetch_on(catalogue_db, hub, Today(HuggingFace(), date(2026, 11, 2)), publish=True)
    assert "2026-10 of huggingface-downloads, final" in result.message


# --- read once


def test_what_stands_provisional_is_not_read_again_until_it_is_final(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    middle, end = (Today(HuggingFace(), date(2026, 10, day)) for day in (12, 31))
    assert fetch_on(catalogue_db, hub, middle, publish=True).outcome == "published"
    hub.asked.clear()
    again = fetch_on(catalogue_db, hub, end, publish=True)
    assert (again.outcome, hub.asked) == ("unchanged", [])
    assert "2026-10 stands already, provisional; it is read again when it is final." in (
        again.message
    )
    hub.answers[LISTS] = answer_lists(
        HUB_LISTS | {"Qwen": [{"id": "Qwen/a", "downloads": 70_000_000}]}
    )
    final = Today(HuggingFace(), date(2026, 11, 1))
    result = fetch_on(catalogue_db, hub, final, publish=True)
    assert result.outcome == "published", result.message
    hub.asked.clear()
    again = fetch_on(catalogue_db, hub, Today(HuggingFace(), date(2026, 11, 3)), publish=True)
    assert (again.outcome, hub.asked) == ("unchanged", [])
    assert "2026-10 stands already, final." in again.message


def test_where_its_month_is_asked_for_it_is_read_again(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    fetch_on(catalogue_db, hub, MID_MONTH, publish=True)
    hub.asked.clear()
    named = Today(HuggingFace(), date(2026, 11, 30), date(2026, 11, 1))
    again = fetch_on(catalogue_db, hub, named, publish=True)
    assert len(hub.asked) == 96
    assert "Nothing has changed: 2026-11 stands as Hugging Face says." in again.message


@pytest.mark.parametrize(
    ("discarded", "outcome", "words"),
    [
        (False, "waiting", "and waits as upload 1."),
        (True, "unchanged", "was discarded as upload 1"),
    ],
)
def test_what_waits_or_was_discarded_is_not_read_again(
    catalogue_db: Database, hub: PublisherServer, discarded: bool, outcome: str, words: str
) -> None:
    fetch_on(catalogue_db, hub, NOW)
    if discarded:
        with catalogue_db.writing() as session:
            discard_upload(session, 1, by="ada")
    hub.asked.clear()
    again = fetch_on(catalogue_db, hub, NOW)
    assert (again.outcome, hub.asked) == (outcome, [])
    assert words in again.message


def test_what_waits_of_another_month_does_not_keep_from_reading(
    catalogue_db: Database, hub: PublisherServer
) -> None:
    fetch_on(catalogue_db, hub, NOW)
    hub.asked.clear()
    fetch_on(catalogue_db, hub, Today(HuggingFace(), date(2026, 6, 20)))
    assert hub.asked


def stored_licences(db: Database) -> set[Any]:
    with db.reading() as session:
        return set(session.scalars(select(StoredAnswer.licence)))


def test_the_hub_names_no_licence(catalogue_db: Database, hub: PublisherServer) -> None:
    fetch_on(catalogue_db, hub, NOW)
    assert stored_licences(catalogue_db) == {""}
