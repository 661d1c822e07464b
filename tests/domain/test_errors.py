"""What a problem says of itself."""

import pytest

from app.domain.errors import Problem


@pytest.mark.parametrize(
    ("found", "suggestion", "sentence"),
    [
        ("mars", "mistral", "Found “mars”; expected a known name. Did you mean “mistral”?"),
        ("mars", None, "Found “mars”; expected a known name."),
        ("", "mistral", "Expected a known name. Did you mean “mistral”?"),
        ("", None, "Expected a known name."),
    ],
)
def test_a_problem_says_what_was_found_what_is_expected_and_what_may_be_meant(
    found: str, suggestion: str | None, sentence: str
) -> None:
    problem = Problem("unknown_value", 3, 2, "developer", found, "a known name", suggestion)
    assert problem.sentence() == sentence
