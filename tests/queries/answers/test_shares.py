"""Shares and what they leave out, on the bundled figures."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from app.database.session import Database
from app.domain.answer import REST_GROUP, UNNAMED_GROUP, Answer
from app.domain.questions.question_parser import parse_question
from app.domain.snapshot import DaysCovered
from app.queries.answers.shares import known_slugs, reported_figures
from tests.queries.builders import ask


def shares(answer: Answer, month: str) -> dict[str, Decimal | None]:
    """Group to share, to two decimals."""
    return {
        row.group: row.share_pct and round(row.share_pct, 2)
        for row in answer.shares
        if f"{row.month:%Y-%m}" == month
    }


def complement(answer: Answer, month: str) -> dict[str, Decimal]:
    return {
        row.group: round(row.share_pct, 2)
        for row in answer.complement
        if f"{row.month:%Y-%m}" == month and row.share_pct is not None
    }


def test_the_founding_figures_stand(bundled_db: Database) -> None:
    answer = ask(bundled_db)
    assert [source.slug for source in answer.sources] == ["openrouter-rankings"]
    assert shares(answer, "2025-08") == {
        "chinese": Decimal("28.77"),
        "us": Decimal("3.59"),
        "european": Decimal("3.34"),
        "other": None,
    }
    assert complement(answer, "2025-08")["closed"] == Decimal("56.25")
    chinese = {
        "2025-01": Decimal("5.99"),
        "2025-09": Decimal("15.97"),
        "2026-07": Decimal("61.03"),
        "2026-09": Decimal("58.09"),
        "2026-10": Decimal("52.31"),
    }
    assert {month: shares(answer, month)["chinese"] for month in chinese} == chinese
    assert shares(answer, "2026-09")["us"] == Decimal("6.06")


def test_what_no_one_s_home_is_known_of_stays_unknown(bundled_db: Database) -> None:
    answer = ask(bundled_db, "openness=all")
    unknown = {month: shares(answer, month)["unknown"] for month in ("2026-09", "2026-10")}
    assert unknown == {"2026-09": Decimal("11.41"), "2026-10": Decimal("19.45")}


def test_a_month_that_runs_is_provisional_and_says_why(bundled_db: Database) -> None:
    october = [row for row in ask(bundled_db).shares if row.month == date(2026, 10, 1)]
    assert {row.status for row in october if not row.missing} == {"provisional"}
    assert october[0].days == DaysCovered(date(2026, 10, 1), date(2026, 10, 9), 9)


def test_a_month_with_a_day_that_was_never_published_is_final_and_says_how_many(
    bundled_db: Database,
) -> None:
    rows = [row for row in ask(bundled_db, "from=2025-06&to=2025-07").shares if not row.missing]
    assert {(row.month.month, row.status, row.days) for row in rows} == {
        (6, "final", DaysCovered(date(2025, 6, 1), date(2025, 6, 30), 29)),
        (7, "final", DaysCovered(date(2025, 7, 1), date(2025, 7, 31), 30)),
    }


def test_a_group_without_lines_in_a_month_is_missing_and_never_zero(bundled_db: Database) -> None:
    other = [row for row in ask(bundled_db).series("openrouter-rankings", "other") if row.missing]
    assert other
    assert {row.share_pct for row in other} == {None}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "openness=all",
        "openness=closed&by=developer",
        "by=openness&openness=all",
        "by=developer&top=3",
        "by=model&openness=all&top=50",
        "origin=chinese,us&by=developer",
        "developer=deepseek&by=model",
        "source=huggingface-study-2025",
        "source=vercel-ai-gateway&openness=all&by=developer",
        "source=openrouter-rankings,huggingface-study-2025&openness=all",
    ],
)
def test_a_question_and_what_it_leaves_out_are_the_whole_of_every_month(
    bundled_db: Database, query: str
) -> None:
    answer = ask(bundled_db, query)
    for source in answer.sources:
        for month in answer.months:
            rows = [
                row
                for row in (*answer.shares, *answer.complement)
                if (row.source, row.month) == (source.slug, month) and not row.missing
            ]
            whole = sum(row.share_pct or 0 for row in rows)
            assert not rows or whole == pytest.approx(100, abs=1e-4)


def test_shares_of_the_open_models_alone_add_up_to_all_of_them(bundled_db: Database) -> None:
    august = shares(ask(bundled_db, "of=open"), "2025-08")
    assert august["chinese"] == Decimal("80.58")
    assert sum(share for share in august.values() if share) == Decimal("100.00")


def test_the_largest_developers_are_named_and_the_rest_is_one_group(bundled_db: Database) -> None:
    answer = ask(bundled_db, "by=developer&top=2&from=2026-07&to=2026-07")
    *named, rest = answer.groups
    assert rest.key == REST_GROUP
    assert [group.origin for group in named] == ["chinese", "chinese"]
    every = ask(bundled_db, "by=developer&top=50&from=2026-07&to=2026-07")
    july = shares(every, "2026-07")
    assert [group.key for group in named] == list(july)[:2]


def test_a_filter_moves_other_open_models_to_the_remainder(bundled_db: Database) -> None:
    answer = ask(bundled_db, "origin=european&from=2025-08&to=2025-08")
    assert shares(answer, "2025-08") == {"european": Decimal("3.34")}
    assert complement(answer, "2025-08")["_open"] == Decimal("32.37")


def test_what_a_source_does_not_break_down_is_unknown(bundled_db: Database) -> None:
    study = ask(bundled_db, "source=huggingface-study-2025")
    assert complement(study, "2025-08") == {"unknown": Decimal("43.30")}
    gateway = ask(bundled_db, "source=vercel-ai-gateway&openness=all&by=developer")
    assert shares(gateway, "2026-04")[UNNAMED_GROUP] == Decimal("13.00")


def test_of_several_sources_one_that_cannot_answer_is_missing_and_adds_nothing(
    bundled_db: Database,
) -> None:
    answer = ask(bundled_db, "source=openrouter-rankings,state-of-ai-study&of=open")
    study = [row.share_pct for row in answer.series("state-of-ai-study", "chinese")]
    assert set(study) == {None}


def test_several_sources_stay_apart(bundled_db: Database) -> None:
    answer = ask(bundled_db, "source=openrouter-rankings,huggingface-study-2025&from=2025-08")
    assert {row.source for row in answer.shares} == {
        "openrouter-rankings",
        "huggingface-study-2025",
    }
    september = [
        row
        for row in answer.series("huggingface-study-2025", "chinese")
        if row.month == date(2025, 9, 1)
    ]
    assert [row.status for row in september] == ["missing"]


def test_figures_reported_on_the_main_source_stand_beside_it(
    bundled_db: Database,
) -> None:
    with bundled_db.reading() as session:
        reported = reported_figures(session, parse_question([], known_slugs(session)))
    assert reported is not None
    assert [(f"{row.month:%Y-%m}", row.share_pct) for row in reported.shares] == [
        ("2024-12", Decimal("1.2")),
        ("2025-08", Decimal(30)),
    ]
    assert {row.status for row in reported.shares} == {"reported"}
    assert "late 2024" in reported.shares[0].note
    (study,) = reported.sources
    assert (study.slug, study.reports_on) == ("state-of-ai-study", "openrouter-rankings")


@pytest.mark.parametrize("query", ["of=open", "by=openness", "openness=all", "by=developer"])
def test_nothing_is_reported_beside_a_question_that_the_reports_do_not_answer(
    bundled_db: Database, query: str
) -> None:
    with bundled_db.reading() as session:
        question = parse_question(parse_qsl(query), known_slugs(session))
        assert reported_figures(session, question) is None


def test_counted_by_base_a_european_product_on_a_chinese_base_is_chinese(
    bundled_db: Database,
) -> None:
    by_developer = ask(bundled_db, "developer=tngtech&from=2025-07&to=2025-07")
    by_base = ask(bundled_db, "developer=tngtech&from=2025-07&to=2025-07&home=base")
    (european,) = (row.share_pct for row in by_developer.shares)
    assert [(row.group, row.share_pct) for row in by_base.shares] == [("chinese", european)]
    assert european


def test_counted_by_base_the_whole_stays_the_same(bundled_db: Database) -> None:
    sums = [
        sum(row.share_pct or 0 for row in (*shares_answer.shares, *shares_answer.complement))
        for shares_answer in (ask(bundled_db), ask(bundled_db, "home=base"))
    ]
    assert sums[0] == sums[1]


def test_a_filter_by_home_means_the_home_that_is_counted(bundled_db: Database) -> None:
    named = ask(bundled_db, "by=model&origin=chinese&home=base&developer=tngtech&top=50")
    assert "tngtech/deepseek-r1t2-chimera" in {group.key for group in named.groups}
