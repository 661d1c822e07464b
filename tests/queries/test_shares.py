"""The reads, on the bundled figures and on a few made for the purpose."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from urllib.parse import parse_qsl

import pytest

from app.catalogue.editing import edit_entry, import_entries
from app.catalogue.entry_types import (
    DEVELOPER_TYPE,
    EVENT_TYPE,
    MODEL_TYPE,
    SOURCE_TYPE,
    EntryType,
    read_entries,
)
from app.catalogue.history import read_chart_events
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.answer import REST_GROUP, UNNAMED_GROUP, Answer, ChartEvent
from app.domain.calendar import format_instant
from app.domain.errors import NoFiguresError
from app.domain.question_parser import parse_question
from app.queries.shares import answer_question, known_slugs, reported_figures
from app.queries.spans import main_source
from tests.builders import month_file, publish_stored, store_file


def ask(db: Database, query: str = "") -> Answer:
    with db.reading() as session:
        question = parse_question(parse_qsl(query), known_slugs(session))
        return answer_question(session, question)


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
        "chinese": Decimal("28.65"),
        "us": Decimal("3.74"),
        "european": Decimal("3.35"),
        "other": None,
    }
    assert complement(answer, "2025-08")["closed"] == Decimal("56.63")
    assert shares(answer, "2025-09")["chinese"] == Decimal("16.22")
    assert shares(answer, "2026-07")["chinese"] == Decimal("60.76")


def test_a_partly_covered_month_is_provisional_and_says_why(bundled_db: Database) -> None:
    june = [row for row in ask(bundled_db).shares if row.month == date(2025, 6, 1)]
    assert {row.status for row in june if not row.missing} == {"provisional"}
    assert june[0].note == "23 of 30 days covered"


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
    assert august["chinese"] == Decimal("80.16")
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
    assert shares(answer, "2025-08") == {"european": Decimal("3.35")}
    assert complement(answer, "2025-08")["_open"] == Decimal("32.40")


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


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("source=vercel-ai-gateway", "does not say which models are open"),
        ("to=2024-01", "covers 2025-01 to 2026-09"),
        ("as_of=2024-01-01", "Nothing had been published by 2024-01-01"),
        ("developer=openai&origin=chinese", "Loosen one of them"),
        ("source=state-of-ai-study&by=openness", "names some open models only"),
        ("source=state-of-ai-study&of=open", "names some open models only"),
        ("source=huggingface-spring-2026&of=open", "names some open models only"),
        ("source=huggingface-spring-2026&openness=all", "names some open models only"),
        ("source=huggingface-study-2025&openness=closed", "counts no closed models"),
    ],
)
def test_a_question_without_an_answer_is_told_why(
    bundled_db: Database, query: str, words: str
) -> None:
    with pytest.raises(NoFiguresError) as caught:
        ask(bundled_db, query)
    assert words in caught.value.detail


def test_before_the_first_upload_there_are_no_figures_yet(db: Database) -> None:
    with pytest.raises(NoFiguresError, match="There are no figures yet"):
        ask(db)


def test_estimated_figures_of_the_same_metric_are_reported_beside_the_main_source(
    bundled_db: Database,
) -> None:
    with bundled_db.reading() as session:
        reported = reported_figures(session, parse_question([], known_slugs(session)))
    assert reported is not None
    assert [(f"{row.month:%Y-%m}", row.share_pct) for row in reported.shares] == [
        ("2024-12", Decimal("1.2")),
        ("2025-08", Decimal(30)),
    ]
    assert "late 2024" in reported.shares[0].note


@pytest.mark.parametrize("query", ["of=open", "by=openness", "openness=all", "by=developer"])
def test_nothing_is_reported_beside_a_question_that_the_reports_do_not_answer(
    bundled_db: Database, query: str
) -> None:
    with bundled_db.reading() as session:
        question = parse_question(parse_qsl(query), known_slugs(session))
        assert reported_figures(session, question) is None


def test_an_earlier_vintage_keeps_the_names_and_definitions_it_had(filled_db: Database) -> None:
    before = ask(filled_db, "by=developer&top=3")
    assert before.vintage is not None
    pinned = f"by=developer&top=3&as_of={before.vintage:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert ask(filled_db, pinned) == before
    corrections = {
        SOURCE_TYPE: "source,name,publisher,metric,population\n"
        "openrouter-rankings,OR lists,OpenRouter,tokens,Something else\n",
        DEVELOPER_TYPE: "developer,name,origin\ndeepseek,DeepSeek AI,other\n",
    }
    for name in ("first", "second"):
        for kind, text in corrections.items():
            file = BytesIO(text.replace("OR lists", name).replace("DeepSeek AI", name).encode())
            with filled_db.writing() as session:
                import_entries(session, kind, file, FileLimits(), by="ada", reason=name)
    after = ask(filled_db, "by=developer&top=3")
    assert after.sources[0].name == "second"
    assert "second" in {group.label for group in after.groups}
    assert ask(filled_db, pinned) == before


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


def correct(db: Database, kind: EntryType, text: str) -> None:
    with db.writing() as session:
        import_entries(
            session, kind, BytesIO(text.encode()), FileLimits(), by="ada", reason="known now"
        )


def test_an_earlier_vintage_counts_by_the_bases_known_then(filled_db: Database) -> None:
    query = "developer=qwen&home=base&from=2025-08&to=2025-08"
    before = ask(filled_db, query)
    assert before.vintage is not None
    assert [group.key for group in before.groups] == ["chinese"]
    used = ask(filled_db, "by=model&developer=qwen&from=2025-08&to=2025-08").groups[0].key
    row = f"{used},{used},qwen,open,meta-llama\n"
    correct(filled_db, MODEL_TYPE, "model,name,developer,openness,base_developer\n" + row)
    assert {group.key for group in ask(filled_db, query).groups} == {"chinese", "us"}
    assert ask(filled_db, f"{query}&as_of={format_instant(before.vintage)}") == before


def test_an_earlier_vintage_has_the_events_known_then_as_they_read(filled_db: Database) -> None:
    def events(as_of: datetime | None = None) -> list[ChartEvent]:
        with filled_db.reading() as session:
            return read_chart_events(vintage_at(session, as_of))

    before, then = events(), ask(filled_db).vintage
    correct(filled_db, EVENT_TYPE, "date,title\n2026-10-01,Something new\n")
    with filled_db.writing() as session:
        number, cells = next(iter(read_entries(session, EVENT_TYPE)))
        for title in ("Another title", "A third title"):
            changed = cells | {"title": title}
            edit_entry(session, EVENT_TYPE, changed, by="ada", reason="x", entry_id=number)
    after = events()
    assert {event.title for event in after} - {event.title for event in before} == {
        "Something new",
        "A third title",
    }
    assert events(then) == before


def test_where_only_closed_models_pass_the_filters_that_is_said(bundled_db: Database) -> None:
    with pytest.raises(NoFiguresError, match="Nothing matches") as refused:
        ask(bundled_db, "developer=anthropic&by=developer")
    assert "closed models only. Ask for all: openness=all." in refused.value.detail


def test_what_was_asked_without_a_source_stays_whatever_is_published_later(db: Database) -> None:
    for slug in ("aaa", "openrouter-rankings"):
        cells = {"source": slug, "name": slug, "publisher": "P", "metric": "m", "population": "P"}
        with db.writing() as session:
            edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="new")
    first = publish_stored(db, store_file(db, month_file("30"), "aaa")).published_at
    publish_stored(db, store_file(db, month_file("31"), "openrouter-rankings"))
    with db.reading() as session:
        assert main_source(vintage_at(session, first)) == "aaa"
        assert main_source(vintage_at(session)) == "openrouter-rankings"
