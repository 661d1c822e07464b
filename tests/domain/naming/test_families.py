"""Versions of one model are told by their slugs."""

import pytest

from app.domain.naming.families import model_family


@pytest.mark.parametrize(
    ("slug", "family"),
    [
        ("deepseek/deepseek-r1-0528", "deepseek/deepseek-r1"),
        ("openai/gpt-4o-2024-11-20", "openai/gpt-4o"),
        ("anthropic/claude-3-5-haiku-20241022", "anthropic/claude-3-5-haiku"),
        ("qwen/qwen3-235b-a22b-07-25", "qwen/qwen3-235b-a22b"),
        ("google/gemini-2.5-flash-preview-09-2025", "google/gemini-2.5-flash"),
        ("stepfun/step-5-preview-20261008", "stepfun/step-5"),
        ("moonshotai/kimi-k2:free", "moonshotai/kimi-k2"),
        ("mistralai/mistral-large-2411", "mistralai/mistral-large"),
        ("qwen/qwen3-8b", "qwen/qwen3-8b"),
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("meta-llama/llama-3.1-405b", "meta-llama/llama-3.1-405b"),
        ("meta-llama/llama-4-9999", "meta-llama/llama-4-9999"),
    ],
)
def test_a_date_a_stage_and_a_variant_are_no_part_of_the_family(slug: str, family: str) -> None:
    assert model_family(slug) == family
    assert model_family(family) == family
