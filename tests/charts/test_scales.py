"""The fitting of names into little room."""

import pytest

from app.charts.scales import shorten_name, shorten_names_apart

NAME = "deepseek-v4-flash"


@pytest.mark.parametrize("limit", range(1, len(NAME) + 1))
def test_a_shortened_name_is_never_longer_than_its_limit(limit: int) -> None:
    assert len(shorten_name(NAME, limit)) <= limit
    assert all(len(name) <= limit for name in shorten_names_apart([NAME, f"{NAME[:-1]}t"], limit))
