"""Next figures and quarterly sources, from what is published."""

from datetime import date

from app.catalogue.history import read_sources
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.questions.question import Question
from app.domain.sources.cadence import NextFigures
from app.queries.answers.shares import answer_question
from app.queries.data_version import last_change
from app.queries.schedule import read_next_figures
from tests.builders import add_source, publish_file

FILE = "month,source,origin,openness,share_pct,status,first_day,last_day,days\n"


def next_of(db: Database, slug: str) -> NextFigures | None:
    with db.reading() as session:
        vintage = vintage_at(session)
        (source,) = [item for item in read_sources(vintage) if item.slug == slug]
        return read_next_figures(vintage, source)


def test_a_settled_month_is_followed_by_the_next_and_an_open_one_by_itself(db: Database) -> None:
    add_source(db, "acme", cadence="monthly", publishes_after_days="3")
    assert next_of(db, "acme") is None
    publish_file(db, f"{FILE}2026-08,acme,us,open,40,final,,,\n".encode(), source=None)
    assert next_of(db, "acme") == NextFigures(date(2026, 9, 1), date(2026, 10, 3))
    partly = "2026-09,acme,us,open,40,provisional,2026-09-01,2026-09-09,9\n"
    publish_file(db, f"{FILE}{partly}".encode(), source=None)
    assert next_of(db, "acme") == NextFigures(date(2026, 9, 1), date(2026, 10, 3), final_only=True)


def test_a_past_vintage_expects_nothing(db: Database) -> None:
    add_source(db, "acme", cadence="monthly", publishes_after_days="3")
    publish_file(db, f"{FILE}2026-08,acme,us,open,40,final,,,\n".encode(), source=None)
    with db.reading() as session:
        vintage = vintage_at(session, last_change(vintage_at(session)))
        (source,) = read_sources(vintage)
        assert read_next_figures(vintage, source) is None


def months_answered(db: Database) -> list[tuple[int, str]]:
    with db.reading() as session:
        answer = answer_question(session, Question())
    return [(row.month.month, row.status) for row in answer.shares]


def test_a_quarterly_source_has_no_missing_months_between_its_quarters(db: Database) -> None:
    add_source(db, "acme", cadence="quarterly")
    lines = "".join(f"2025-{month:02},acme,us,open,40,final,,,\n" for month in (3, 6, 12))
    publish_file(db, f"{FILE}{lines}".encode(), source=None)
    assert months_answered(db) == [(3, "final"), (6, "final"), (9, "missing"), (12, "final")]


def test_a_monthly_source_misses_each_month_between_its_figures(db: Database) -> None:
    add_source(db, "acme", cadence="monthly")
    lines = "".join(f"2025-{month:02},acme,us,open,40,final,,,\n" for month in (3, 6))
    publish_file(db, f"{FILE}{lines}".encode(), source=None)
    assert [status for _, status in months_answered(db)] == ["final", "missing", "missing", "final"]
