"""Figures that one source reports on another stand beside that one's only."""

from decimal import Decimal

from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database
from app.domain.questions.question_parser import parse_question
from app.queries.answers.shares import known_slugs, reported_figures
from tests.builders import publish_stored, store_file
from tests.markup import select_one

GATEWAY = "one-gateway"
HEADER = b"month,origin,openness,share_pct,status,note\n"
GUESSES = b"""\
2026-03,chinese,open,12,estimated,guess from one region
2026-03,us,open,20,reported,said in a talk
"""
MONTHS_OF_2025 = (
    b"2025-02,chinese,open,21,,\n2025-03,chinese,open,25,,\n2025-04,chinese,open,30,,\n"
)


def publish_gateway(db: Database, lines: bytes) -> None:
    """A source that counts tokens too, of other people."""
    cells = {
        "source": GATEWAY,
        "name": "One gateway",
        "publisher": "Acme",
        "metric": "tokens",
        "population": "Its own customers",
    }
    with db.writing() as session:
        edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="")
    publish_stored(db, store_file(db, HEADER + lines, GATEWAY))


def reported_beside(db: Database, source: str) -> list[tuple[str, str, Decimal | None]]:
    with db.reading() as session:
        question = parse_question([("source", source)], known_slugs(session))
        reported = reported_figures(session, question)
    rows = reported.shares if reported else ()
    return [(row.source, f"{row.month:%Y-%m}", row.share_pct) for row in rows if not row.missing]


def drawn(client: TestClient, address: str) -> str:
    """The figure of a page, with all that is drawn, as JSON."""
    return select_one(client.get(address).text, 'script[type="application/json"]').get_text()


STUDY = [
    ("state-of-ai-study", "2024-12", Decimal("1.2")),
    ("state-of-ai-study", "2025-08", Decimal(30)),
]


def test_what_another_source_of_the_same_metric_publishes_does_not_change_a_chart(
    own_client: TestClient, filled_db: Database
) -> None:
    before = drawn(own_client, "/trends")
    assert reported_beside(filled_db, "openrouter-rankings") == STUDY
    publish_gateway(filled_db, GUESSES)
    assert reported_beside(filled_db, "openrouter-rankings") == STUDY
    assert drawn(own_client, "/trends") == before
    assert "guess from one region" not in before


def test_what_is_reported_on_the_main_source_is_not_drawn_beside_another(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_gateway(filled_db, MONTHS_OF_2025)
    assert reported_beside(filled_db, GATEWAY) == []
    figure = drawn(own_client, f"/trends?source={GATEWAY}")
    assert "nearly 30" not in figure
    assert "2024-" not in figure


def test_a_source_that_reports_on_another_is_drawn_there_with_its_name(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_gateway(filled_db, MONTHS_OF_2025)
    cells = {
        "source": "talk",
        "name": "A talk",
        "publisher": "Somebody",
        "metric": "tokens",
        "population": "Its own customers",
        "reports_on": GATEWAY,
    }
    with filled_db.writing() as session:
        edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="")
    line = b"2025-03,chinese,open,26,reported,about a quarter\n"
    publish_stored(filled_db, store_file(filled_db, HEADER + line, "talk"))
    assert reported_beside(filled_db, GATEWAY) == [("talk", "2025-03", Decimal(26))]
    assert reported_beside(filled_db, "openrouter-rankings") == STUDY
    assert "A talk" in drawn(own_client, f"/trends?source={GATEWAY}")
    assert "A talk" not in drawn(own_client, "/trends")
