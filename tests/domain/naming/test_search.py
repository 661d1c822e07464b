"""Search among names: the best first, in any script, with slips of typing."""

import pytest

from app.domain.naming.names import OtherName
from app.domain.naming.search import HitType, Searchable, search_names

ENTRIES = (
    Searchable(HitType.COMPANY, "alibaba", "Alibaba", (OtherName("阿里巴巴", "chinese-name"),)),
    Searchable(HitType.DEVELOPER, "alibaba", "Alibaba (Tongyi Lab)"),
    Searchable(HitType.DEVELOPER, "qwen", "Alibaba Qwen", (OtherName("通义千问", "chinese-name"),)),
    Searchable(HitType.SOURCE, "openrouter-rankings", "OpenRouter rankings"),
    Searchable(HitType.MODEL, "qwen/qwen3-8b", "Qwen3 8B", (OtherName("Qwen/Qwen3-8B", "hub"),)),
    Searchable(HitType.MODEL, "moonshotai/kimi-k2-thinking", "Kimi K2 Thinking"),
)


def found(text: str, limit: int = 10, **more: tuple[str, ...]) -> list[tuple[str, str]]:
    hits = search_names(ENTRIES, text, limit, **more)
    return [(hit.entry.type.value, hit.entry.slug) for hit in hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Alibaba", ("company", "alibaba")),
        ("QWEN", ("developer", "qwen")),
        ("tongyi", ("developer", "alibaba")),
        ("阿里", ("company", "alibaba")),
        ("千问", ("developer", "qwen")),
        ("kimi thinking", ("model", "moonshotai/kimi-k2-thinking")),
        ("rankings", ("source", "openrouter-rankings")),
        ("Qwen/Qwen3-8B", ("model", "qwen/qwen3-8b")),
        ("qwen3 8b", ("model", "qwen/qwen3-8b")),
        ("kimi k2 thinkin", ("model", "moonshotai/kimi-k2-thinking")),
        ("opnrouter rankings", ("source", "openrouter-rankings")),
    ],
)
def test_the_entry_that_is_meant_comes_first(text: str, first: tuple[str, str]) -> None:
    assert found(text)[0] == first


def test_a_whole_name_goes_before_its_beginning_and_both_before_a_part() -> None:
    assert found("alibaba") == [
        ("company", "alibaba"),
        ("developer", "alibaba"),
        ("developer", "qwen"),
    ]


def test_a_hit_says_by_which_name_it_was_found() -> None:
    (hit,) = search_names(ENTRIES, "通义", 10)
    assert hit.match == OtherName("通义千问", "chinese-name")


def test_only_the_types_asked_for_are_found_and_no_more_than_the_limit() -> None:
    assert found("qwen", types=("model",)) == [("model", "qwen/qwen3-8b")]
    assert found("a", limit=2) == found("a")[:2]


@pytest.mark.parametrize("text", ["", " ", "--", "zzzzzzzz", "x" * 100])
def test_what_nobody_is_called_finds_nothing(text: str) -> None:
    assert found(text) == []
