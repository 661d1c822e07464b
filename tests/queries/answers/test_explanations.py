"""Why a question has no answer, in words that help."""

import pytest

from app.database.session import Database
from app.domain.errors import NoFiguresError
from tests.queries.builders import ask


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("source=vercel-ai-gateway", "does not say which models are open"),
        ("to=2024-01", "covers 2025-01 to 2026-10"),
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


def test_where_only_closed_models_pass_the_filters_that_is_said(bundled_db: Database) -> None:
    with pytest.raises(NoFiguresError, match="Nothing matches") as refused:
        ask(bundled_db, "developer=anthropic&by=developer")
    assert "closed models only. Ask for all: openness=all." in refused.value.detail
