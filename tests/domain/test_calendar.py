"""Instants as people and programs write them."""

import pytest

from app.domain.calendar import parse_instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23", "2026-11-23T23:59:59.999999+00:00"),
        ("2026-11-23T10:05", "2026-11-23T10:05:59.999999+00:00"),
        ("2026-11-23T1005", "2026-11-23T10:05:59.999999+00:00"),
        ("2026-11-23T10:05:07", "2026-11-23T10:05:07+00:00"),
        ("2026-11-23T100507Z", "2026-11-23T10:05:07+00:00"),
        ("2026-11-23T10:05:07.5+02:00", "2026-11-23T08:05:07.500000+00:00"),
        ("2026-11-23T10:05 02:00", "2026-11-23T08:05:59.999999+00:00"),
    ],
)
def test_a_day_or_a_minute_means_its_end_and_a_second_itself(text: str, instant: str) -> None:
    parsed = parse_instant(text)
    assert parsed
    assert parsed.isoformat() == instant


@pytest.mark.parametrize("text", ["2026-11-23T10", "2026-11-23T10Z", "2026-11-23T10+02:00"])
def test_an_hour_alone_is_no_instant(text: str) -> None:
    assert parse_instant(text) is None
