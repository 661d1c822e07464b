"""The token of a cited number: written and read back, and refused where it is another text."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import NotFoundError
from app.domain.number_reference import NumberReference, parse_token, refer_to_number
from app.domain.questions.question import Question
from app.domain.vocabulary import Status
from tests.answers import VINTAGE, answer

SLUGS = st.from_regex(r"[a-z0-9][a-z0-9._:/-]{0,30}", fullmatch=True)
REFERENCES = st.builds(
    NumberReference,
    source=SLUGS,
    month=st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(lambda day: day.replace(day=1)),
    group=st.one_of(SLUGS, st.sampled_from(["_rest", "_unnamed", "_open"])),
    left_out=st.booleans(),
    vintage=st.integers(0, 4 * 10**15).map(lambda n: VINTAGE + timedelta(microseconds=n)),
    share_pct=st.decimals(0, 100, places=4),
    parameters=st.lists(
        st.tuples(st.sampled_from(["by", "of", "developer"]), SLUGS), max_size=2
    ).map(tuple),
)


@given(REFERENCES)
def test_a_token_is_read_back_as_the_reference_it_was_made_of(reference: NumberReference) -> None:
    assert parse_token(reference.token) == reference


@given(REFERENCES)
def test_a_token_stands_in_a_path_as_it_is(reference: NumberReference) -> None:
    # RFC 3986: what a path may hold unescaped.
    assert quote(reference.token, safe="/:@!$&'()*+,;=~%") == reference.token


@pytest.mark.parametrize(
    "token",
    [
        "", "x", "2026-09", "2026-09~chinese~s~1~", "2026-13~chinese~s~1~5", "2026-09~~s~1~5",
        "2026-09~chinese~~1~5", "2026-09~chinese~s~é~5", "2026-09~chinese~s~1~NaN",
        "2026-09~chinese~s~1~1E9", "2026-09~chinese~s~1~-5", "2026-09~chinese~s~zzzzzzzzzzzzzzz~5",
        "2026-09~chinese~s~1~5~by", "2026-09~chinese~s~1~5~by=model~x", "~" * 9_000,
        "2026-09~chinese~s~1~5~" + "a=b&" * 1_000,
    ],
)  # fmt: skip
def test_a_text_that_is_no_token_is_refused_with_what_to_do(token: str) -> None:
    with pytest.raises(NotFoundError, match="names no number") as refused:
        parse_token(token)
    assert "Copy it whole" in refused.value.detail
    assert len(refused.value.title) < 200


def test_a_number_has_one_token_however_the_question_is_looked_at() -> None:
    shares = answer({"chinese": ["28.76543"]})
    (row,) = shares.shares
    asked = [
        Question(),
        Question(source=("gateway",), as_of=VINTAGE, from_=row.month, to=row.month),
        Question(events="all", bounds="off", top=3),
    ]
    tokens = {
        reference.token
        for question in asked
        if (reference := refer_to_number(VINTAGE, question, row, left_out=False))
    }
    assert len(tokens) == 1
    assert tokens.pop().startswith("2025-01~chinese~gateway~")


def test_the_months_that_rank_developers_are_part_of_a_token() -> None:
    (row,) = answer({"chinese": ["28"]}).shares
    question = Question(by="developer", from_=row.month)
    reference = refer_to_number(VINTAGE, question, row, left_out=False)
    assert reference
    assert reference.parameters == (("by", "developer"), ("from", "2025-01"))


def test_a_reported_number_keeps_its_digits_and_a_missing_one_has_no_reference() -> None:
    (row,) = answer({"chinese": ["30"]}).shares
    reported = replace(row, status=Status.REPORTED)
    reference = refer_to_number(VINTAGE, Question(), reported, left_out=False)
    assert reference
    assert reference.share_pct == Decimal(30)
    assert reference.token.endswith("~30")
    (missing,) = answer({"chinese": [None]}).shares
    assert refer_to_number(VINTAGE, Question(), missing, left_out=False) is None
    assert refer_to_number(None, Question(), reported, left_out=False) is None
