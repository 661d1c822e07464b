"""Companies: what their developers come to together, as they belonged to them then."""

import io
from datetime import UTC, datetime
from decimal import Decimal

from app.catalogue.editing import import_entries
from app.catalogue.entry_types import COMPANY_TYPE, DEVELOPER_TYPE, EntryType
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.domain.answer import Answer
from app.domain.calendar import parse_month
from app.domain.questions.question import Question
from app.queries.answers.shares import answer_question
from tests.builders import publish_stored, store_file

MONTH = parse_month("2026-01")
ROWS = """month,origin,openness,developer,share_pct
2026-01,chinese,open,qwen,20
2026-01,chinese,open,alibaba,1.5
2026-01,chinese,closed,qwen,5
2026-01,chinese,open,deepseek,30
2026-01,unknown,open,stealth,3
2026-01,us,open,,10
"""


def answered(db: Database, question: Question) -> Answer:
    with db.reading() as session:
        asked = question.having(source=("huggingface-study-2025",), from_=MONTH, to=MONTH)
        return answer_question(session, asked)


def shares(answer: Answer) -> dict[str, Decimal | None]:
    return {row.group: row.share_pct for row in answer.shares}


def test_the_developers_of_a_company_are_counted_together(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS.encode()))
    answer = answered(filled_db, Question(by="company"))
    assert shares(answer) == {
        "deepseek": 30, "alibaba": Decimal("21.5"), "stealth": 3, "_unnamed": 10,
    }  # fmt: skip
    labels = {group.key: (group.label, group.origin) for group in answer.groups}
    assert labels["alibaba"] == ("Alibaba", "chinese")
    assert labels["stealth"][1] == "unknown"


def test_the_rest_beyond_the_top_is_called_companies(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS.encode()))
    answer = answered(filled_db, Question(by="company", top=1))
    assert [group.label for group in answer.groups] == [
        "DeepSeek", "Other companies", "Not broken down",
    ]  # fmt: skip


def test_a_company_is_filtered_for_with_those_below_it(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS.encode()))
    company = Question(by="developer", company=("alibaba",))
    assert shares(answered(filled_db, company)) == {"qwen": 20, "alibaba": Decimal("1.5")}
    change(filled_db, COMPANY_TYPE, "company,name,parent\ndeepseek,DeepSeek,alibaba\n")
    together = shares(answered(filled_db, company.having(by="company")))
    assert together == {"deepseek": 30, "alibaba": Decimal("21.5")}


def test_the_bounds_of_a_company_add_what_might_be_its_own(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS.encode()))
    (row,) = answered(filled_db, Question(by="company", company=("alibaba",))).shares
    # What might be its own: 3 of an anonymous model, 10 of no developer, 30.5 that no line names.
    assert [row.low_pct, row.high_pct] == [Decimal("21.5"), Decimal(65)]


def test_a_vintage_counts_by_the_companies_of_its_time(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS.encode()))
    then = datetime.now(UTC)
    moved = "developer,name,origin,company\nqwen,Qwen,chinese,deepseek\nalibaba,Tongyi,chinese,\n"
    change(filled_db, DEVELOPER_TYPE, moved)
    now = shares(answered(filled_db, Question(by="company")))
    assert [now["deepseek"], now["alibaba"]] == [50, Decimal("1.5")]
    pinned = shares(answered(filled_db, Question(by="company", as_of=then)))
    assert [pinned["deepseek"], pinned["alibaba"]] == [30, Decimal("21.5")]
    kept = answered(filled_db, Question(by="company", company=("alibaba",), as_of=then))
    assert shares(kept) == {"alibaba": Decimal("21.5")}


def test_a_developer_with_the_slug_of_a_larger_company_says_so(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS.encode()))
    answer = answered(filled_db, Question(developer=("alibaba",)))
    (note,) = answer.notes
    developers = "Alibaba (Tongyi Lab) and Alibaba Qwen"
    assert note == f"Alibaba is also a company with the developers {developers}: company=alibaba."
    for asked in (("alibaba", "qwen"), ("qwen",), ("deepseek",)):
        assert not answered(filled_db, Question(developer=asked)).notes


def change(db: Database, kind: EntryType, rows: str) -> None:
    with db.writing() as session:
        file = io.BytesIO(rows.encode())
        limits = FileLimits()
        import_entries(session, kind, file, limits, by="ada", reason="read up")
