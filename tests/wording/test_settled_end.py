"""The finding ends on the last settled month; the month that runs is told as what it is."""

import pytest

from app.domain.answer import Answer
from app.domain.questions.question import Question
from app.domain.site import Site
from app.wording.citations import cite_answer
from app.wording.findings import (
    composition_sentence,
    headline_finding,
    open_month_sentence,
    small_print_text,
)
from app.wording.formats import NO_BREAK_SPACE
from tests.answers import answer

ORIGINS = Question()
SITE = Site(address="https://share.example")
SETTLED = answer(
    {"chinese": ["6", "58"], "us": ["10", "6"]},
    rest={"closed": ["70", "24"], "unknown": [None, "12"]},
)
RUNNING = answer(
    {"chinese": ["6", "58", "52"], "us": ["10", "6", "7"]},
    rest={"closed": ["70", "24", "20"], "unknown": [None, "12", "21"]},
    statuses={2: "provisional"},
)
OPEN_ONLY = answer(
    {"chinese": ["6", "58"]},
    rest={"closed": ["70", "24"]},
    statuses={0: "provisional", 1: "provisional"},
)


def spaced(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")


def cited(shares: Answer) -> str:
    citation = cite_answer(shares, ORIGINS, SITE)
    assert citation
    return spaced(citation.sentence)


@pytest.mark.parametrize("shares", [SETTLED, RUNNING], ids=["all settled", "one month runs"])
def test_headline_citation_and_composition_are_of_the_last_settled_month(shares: Answer) -> None:
    assert spaced(headline_finding(shares, ORIGINS)) == (
        "Chinese open models rose from 6.0 % of all tokens counted by Acme in January 2025"
        " to 58.0 % in February 2025"
    )
    assert cited(shares).startswith(
        "Chinese open models: 58.00 % of all tokens (public traffic) in February 2025. "
    )
    assert spaced(composition_sentence(shares, ORIGINS)) == (
        "In February 2025 open models together: 64.0 %, closed 24.0 %, unknown 12.0 %"
    )


def test_the_month_after_it_is_a_sentence_with_its_status() -> None:
    sentence = "o far in March 2025, provisional: Chinese open models 52.0 %"
    assert spaced(open_month_sentence(RUNNING, ORIGINS)) == f"S{sentence}"
    assert f"Gateway; s{sentence}; as known on" in spaced(small_print_text(RUNNING, ORIGINS))


@pytest.mark.parametrize("shares", [SETTLED, OPEN_ONLY], ids=["all settled", "nothing settled"])
def test_where_no_month_comes_after_the_finding_s_nothing_is_said_of_one(shares: Answer) -> None:
    assert open_month_sentence(shares, ORIGINS) == ""
    assert "so far" not in small_print_text(shares, ORIGINS)


def test_where_nothing_is_settled_the_latest_month_is_told_and_called_provisional() -> None:
    assert spaced(headline_finding(OPEN_ONLY, ORIGINS)).endswith("to 58.0 % in February 2025")
    small_print = spaced(small_print_text(OPEN_ONLY, ORIGINS))
    assert "January 2025 provisional and February 2025 provisional" in small_print
    assert cited(OPEN_ONLY).startswith("Chinese open models: 58.00 % (provisional) of all tokens")
    composition = spaced(composition_sentence(OPEN_ONLY, ORIGINS))
    assert composition == "In February 2025 open models together: 58.0 %, closed 24.0 %"


def test_a_reported_month_is_settled_and_an_estimated_one_is_not() -> None:
    shares = answer({"us": ["5", "6", "7"]}, statuses={1: "reported", 2: "estimated"})
    assert spaced(headline_finding(shares, ORIGINS)).endswith("to 6 % in February 2025")
    assert spaced(open_month_sentence(shares, ORIGINS)) == (
        "So far in March 2025, estimated: US open models 7 %"
    )


def test_who_leads_only_in_the_month_that_runs_leads_no_headline() -> None:
    shares = answer({"chinese": ["60", "10"], "us": ["5", "70"]}, statuses={1: "provisional"})
    assert headline_finding(shares, ORIGINS).startswith("Chinese open models: 60.0")
    assert open_month_sentence(shares, ORIGINS).startswith("So far")
    assert "Chinese open models 10.0" in open_month_sentence(shares, ORIGINS)


def test_a_running_month_without_the_leader_is_not_told_of_another() -> None:
    shares = answer({"chinese": ["60", None], "us": ["5", "70"]}, statuses={1: "provisional"})
    assert open_month_sentence(shares, ORIGINS) == ""
