"""The terms of a source: what its cells may say, and what they may not say of each other."""

import io
from datetime import timedelta

import pytest

from app.catalogue.editing import import_entries
from app.catalogue.entries import sources_by_slug
from app.catalogue.entry_types import SOURCE_TYPE
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.answer import SourceDefinition
from app.domain.errors import BadFileError
from app.domain.sources.source_terms import Cadence, Statistic, Window
from app.queries.data_version import last_change

HEADER = (
    "source,name,publisher,metric,population,window,statistic,reports_on,cadence,"
    "publishes_after_days"
)


def add(db: Database, *rows: str, reason: str = "checked") -> None:
    file = io.BytesIO("\n".join([HEADER, *rows, ""]).encode())
    with db.writing() as session:
        import_entries(session, SOURCE_TYPE, file, FileLimits(), by="ada", reason=reason)


def sources(db: Database) -> dict[str, SourceDefinition]:
    with db.reading() as session:
        return sources_by_slug(vintage_at(session))


def row(slug: str = "gate", metric: str = "tokens", *, terms: str) -> str:
    return f"{slug},Gate,Lab,{metric},All,{terms}"


def test_a_source_keeps_its_terms(db: Database) -> None:
    add(
        db,
        row(terms="month,sum,,monthly,3"),
        row("study", terms="12 months,mean of days,gate,once,"),
    )
    gate, study = sources(db).values()
    assert (gate.window, gate.statistic, gate.reports_on) == (Window.MONTH, Statistic.SUM, "")
    assert (gate.cadence, gate.publishes_after_days) == (Cadence.MONTHLY, 3)
    assert (study.window, study.statistic) == (Window.TRAILING_12_MONTHS, Statistic.MEAN)
    assert (study.reports_on, study.cadence) == ("gate", Cadence.ONCE)
    assert study.publishes_after_days is None


def test_terms_that_are_not_said_are_those_of_a_plain_monthly_sum(db: Database) -> None:
    add(db, row(terms=",,,,"))
    (gate,) = sources(db).values()
    assert (gate.window, gate.statistic, gate.cadence) == (Window.MONTH, Statistic.SUM, None)


@pytest.mark.parametrize(
    ("terms", "column", "code", "expected"),
    [
        ("fortnight,,,,", "window", "unknown_word", "one of month, week, day"),
        (",median,,,", "statistic", "unknown_word", "one of sum, mean, low, high, point"),
        (",,,often,", "cadence", "unknown_word", "one of once, monthly, quarterly"),
        (",,,monthly,367", "publishes_after_days", "not_days", "from 0 to 366"),
        (",,,monthly,-1", "publishes_after_days", "not_days", "from 0 to 366"),
        (",,,once,3", "publishes_after_days", "contradiction", "nothing: a source that came once"),
        (",,gate,,", "reports_on", "own_subject", "another source"),
        (",,hobb,,", "reports_on", "unknown_source", "in the catalogue or in this file"),
        (",,hub,,", "reports_on", "other_metric", "a source that counts tokens too; hub counts"),
    ],
)
def test_terms_that_contradict_each_other_are_refused_where_they_stand(
    db: Database, terms: str, column: str, code: str, expected: str
) -> None:
    add(db, row("hub", "downloads", terms=",,,,"))
    with pytest.raises(BadFileError) as caught:
        add(db, row(terms=terms))
    (problem,) = caught.value.problems
    assert (problem.field, problem.code, problem.line) == (column, code, 2)
    assert problem.column == HEADER.split(",").index(column) + 1
    assert expected in problem.expected
    assert list(sources(db)) == ["hub"]


def test_a_source_that_is_not_known_gets_the_nearest_as_a_suggestion(db: Database) -> None:
    with pytest.raises(BadFileError) as caught:
        add(db, row(terms=",,,,"), row("study", terms=",,gaet,,"))
    (problem,) = caught.value.problems
    assert problem.suggestion == "gate"


def test_a_past_vintage_keeps_the_terms_it_had(db: Database) -> None:
    add(db, row(terms="month,sum,,monthly,3"))
    with db.reading() as session:
        before = last_change(vintage_at(session))
    assert before
    add(db, row(terms="day,mean,,quarterly,"))
    with db.reading() as session:
        (then,) = sources_by_slug(vintage_at(session, before + timedelta(microseconds=1))).values()
    assert (then.window, then.statistic) == (Window.MONTH, Statistic.SUM)
    assert (then.cadence, then.publishes_after_days) == (Cadence.MONTHLY, 3)


def test_a_source_reports_on_one_that_counts_for_itself(db: Database) -> None:
    add(db, row(terms=",,,,"), row("study", terms=",,gate,,"))
    for slug, subject, beyond in (("press", "study", "gate"), ("gate", "study", "gate")):
        with pytest.raises(BadFileError) as caught:
            add(db, row(slug, terms=f",,{subject},,"))
        (problem,) = caught.value.problems
        assert (problem.field, problem.code) == ("reports_on", "not_a_subject")
        assert f"{subject} reports on {beyond}" in problem.expected


def test_the_metric_of_a_source_that_is_reported_on_stays(db: Database) -> None:
    add(db, row(terms=",,,,"), row("study", terms=",,gate,,"))
    with pytest.raises(BadFileError) as caught:
        add(db, row(metric="downloads", terms=",,,,"))
    (problem,) = caught.value.problems
    assert (problem.field, problem.code, problem.suggestion) == ("metric", "other_metric", "tokens")
    assert "study" in problem.expected


def test_a_source_that_is_reported_on_reports_on_no_other(db: Database) -> None:
    add(db, row(terms=",,,,"), row("study", terms=",,gate,,"), row("third", terms=",,,,"))
    with pytest.raises(BadFileError) as caught:
        add(db, row("gate", terms=",,third,,"))
    (problem,) = caught.value.problems
    assert (problem.field, problem.expected) == ("reports_on", "nothing: study reports on gate")


def test_a_source_may_report_on_one_of_a_later_line(db: Database) -> None:
    add(db, row("aaa", terms=",,zzz,,"), row("zzz", terms=",,,,"))
    assert sources(db)["aaa"].reports_on == "zzz"


def test_a_file_of_some_columns_is_held_against_the_others(db: Database) -> None:
    add(db, row(terms=",,,monthly,0"))
    header = b"source,name,publisher,metric,population,cadence\n"
    file = io.BytesIO(header + b"gate,Gate,Lab,tokens,All,once\n")
    with pytest.raises(BadFileError) as caught, db.writing() as session:
        import_entries(session, SOURCE_TYPE, file, FileLimits(), by="ada", reason="checked")
    (problem,) = caught.value.problems
    assert (problem.field, problem.code) == ("publishes_after_days", "contradiction")
