"""Any name of a company, developer or model, and what it means in a question."""

import pytest

from app.domain.errors import BadQuestionError, Problem
from app.domain.naming.names import EntryNames, NameIndex, OtherName
from app.domain.questions.question import Question
from app.domain.questions.question_parser import KnownSlugs, parse_question


def entries(*names: EntryNames) -> dict[str, EntryNames]:
    return {name.slug: name for name in names}


INDEX = NameIndex(
    companies=entries(
        EntryNames("alibaba", "Alibaba", (OtherName("阿里巴巴", "chinese-name"),)),
        EntryNames("moonshot-ai", "Moonshot AI"),
        EntryNames("bare", "Bare Holding"),
    ),
    developers=entries(
        EntryNames("alibaba", "Tongyi Lab", company="alibaba"),
        EntryNames("qwen", "Qwen", (OtherName("通义千问", "chinese-name"),), "alibaba"),
        EntryNames("moonshotai", "Moonshot", (OtherName("Kimi", "other-name"),), "moonshot-ai"),
        EntryNames("twin-one", "Twin"),
        EntryNames("twin-two", "Twin"),
    ),
    models=entries(
        EntryNames("qwen/qwen3", "Qwen3", (OtherName("Qwen/Qwen3-8B", "huggingface-id"),)),
        EntryNames("moonshotai/k2", "Kimi K2"),
    ),
)
KNOWN = KnownSlugs(
    developers=tuple(INDEX.developers),
    models=tuple(INDEX.models),
    companies=(*INDEX.companies, "twin-one", "twin-two"),
    load_names=lambda: INDEX,
)


def asked(**parameters: str) -> Question:
    return parse_question(parameters.items(), KNOWN)


def problem(**parameters: str) -> Problem:
    with pytest.raises(BadQuestionError) as refused:
        asked(**parameters)
    (only,) = refused.value.problems
    return only


@pytest.mark.parametrize(
    ("text", "developers"),
    [
        ("通义千问", ("qwen",)),
        ("QWEN", ("qwen",)),
        ("kimi", ("moonshotai",)),
        ("Moonshot AI", ("moonshotai",)),
        ("阿里巴巴", ("alibaba", "qwen")),
        ("Alibaba", ("alibaba", "qwen")),
        ("tongyi lab", ("alibaba",)),
        ("通义千问,moonshotai", ("qwen", "moonshotai")),
        ("qwen,通义千问", ("qwen",)),
    ],
)
def test_a_developer_is_asked_for_by_any_name_and_a_company_means_all_its_own(
    text: str, developers: tuple[str, ...]
) -> None:
    assert asked(developer=text).developer == developers


def test_a_slug_means_its_developer_even_where_a_company_has_it_too() -> None:
    assert asked(developer="alibaba").developer == ("alibaba",)
    assert asked(developer="alibaba").query_string() == "developer=alibaba"


@pytest.mark.parametrize("text", ["qwen3", "qwen/qwen3-8b", "Qwen / Qwen3"])
def test_a_model_is_asked_for_by_any_name(text: str) -> None:
    assert asked(model=text).model == ("qwen/qwen3",)


def test_a_company_is_asked_for_by_any_name_and_a_developer_without_one_by_its_slug() -> None:
    assert asked(company="阿里巴巴").company == ("alibaba",)
    assert asked(company="twin-one").company == ("twin-one",)


def test_names_are_read_only_where_a_word_is_no_slug() -> None:
    def unread() -> NameIndex:
        raise AssertionError("nothing asked for names")

    known = KnownSlugs(developers=("qwen",), load_names=unread)
    assert parse_question([("developer", "qwen")], known).developer == ("qwen",)


def test_a_name_that_two_share_is_refused_with_their_slugs() -> None:
    told = problem(developer="twin")
    assert (told.code, told.expected) == (
        "ambiguous_name", "a slug, since several have this name: twin-one, twin-two",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "suggestion"),
    [
        ({"developer": "kimmi"}, "moonshotai"),
        ({"developer": "Bare Holding"}, None),
        ({"model": "Moonshot"}, "moonshotai/k2"),
        ({"company": "moonshots ai"}, "moonshot-ai"),
    ],
)
def test_a_suggestion_is_a_slug_of_the_kind_that_was_asked_for(
    parameters: dict[str, str], suggestion: str | None
) -> None:
    (kind,) = parameters
    told = problem(**parameters)
    assert (told.code, told.field, told.suggestion) == ("unknown_value", kind, suggestion)
