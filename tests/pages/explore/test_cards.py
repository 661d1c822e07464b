"""The cards of the overview: each a share of one settled month, and what came since."""

from datetime import date
from decimal import Decimal

from app.domain.answer import Answer
from app.domain.calendar import add_months
from app.domain.questions.question import Question
from app.domain.site import Site
from app.pages.explore.cards import Card, overview_cards
from tests.answers import JANUARY, answer

FEBRUARY, MARCH = add_months(JANUARY, 1), add_months(JANUARY, 2)


def cards(shares: Answer) -> dict[str, Card]:
    made = overview_cards(shares, Question(), Site(address="https://share.example"))
    return {card.title: card for card in made}


def so_far(card: Card) -> tuple[date, Decimal | None, str] | None:
    row = card.so_far
    return (row.month, row.share_pct, row.status) if row else None


def test_a_card_ends_on_the_last_settled_month_and_tells_the_running_one_beside() -> None:
    shares = answer(
        {"chinese": ["6", "58", "52"]},
        rest={"closed": ["70", "24", "20"], "unknown": ["24", "18", "28"]},
        statuses={2: "provisional"},
    )
    made = cards(shares)
    chinese, closed = made["Chinese open models"], made["Closed models"]
    assert (chinese.course.last.month, chinese.course.last.share_pct) == (FEBRUARY, Decimal(58))
    assert so_far(chinese) == (MARCH, Decimal(52), "provisional")
    assert (closed.course.last.month, so_far(closed)) == (
        FEBRUARY,
        (MARCH, Decimal(20), "provisional"),
    )
    # The share beside is of the card's month, not of the one that runs.
    assert closed.beside
    assert (closed.beside.month, closed.beside.share_pct) == (FEBRUARY, Decimal(18))
    for card in made.values():
        assert card.citation
        assert "February\N{NO-BREAK SPACE}2025" in card.citation.title
        assert "provisional" not in card.citation.title


def test_where_every_month_is_settled_nothing_is_so_far() -> None:
    made = cards(answer({"chinese": ["6", "58"]}, rest={"closed": ["70", "24"]}))
    assert {so_far(card) for card in made.values()} == {None}


def test_where_no_month_is_settled_the_card_is_of_the_latest_and_says_its_status() -> None:
    (card,) = cards(
        answer({"us": ["5", "6"]}, statuses={0: "provisional", 1: "provisional"})
    ).values()
    assert (card.course.last.month, card.course.last.status) == (FEBRUARY, "provisional")
    assert so_far(card) is None
    assert card.citation
    assert "(provisional)" in card.citation.title


def test_the_change_over_a_year_is_that_of_the_settled_month() -> None:
    figures: list[str | None] = ["10", "20", *["1"] * 10, "40", "90"]
    (card,) = cards(answer({"us": figures}, statuses={13: "provisional"})).values()
    assert card.year == 30


def test_each_card_says_the_month_it_is_of_where_groups_end_apart() -> None:
    made = cards(answer({"chinese": ["6", "58"], "us": ["10", None]}))
    months = {title: card.course.last.month for title, card in made.items()}
    assert months == {"Chinese open models": FEBRUARY, "US open models": JANUARY}
    titles = {title: card.citation.title for title, card in made.items() if card.citation}
    assert "in February" in titles["Chinese open models"]
    assert "in January" in titles["US open models"]
