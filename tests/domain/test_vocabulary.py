"""What a country's name suggests as an origin, and the status of a sum."""

import pytest

from app.domain.vocabulary import Origin, Status, least_settled, origin_of_country


@pytest.mark.parametrize(
    ("country", "origin"),
    [
        ("Hong Kong", Origin.CHINESE),
        ("HK", Origin.CHINESE),
        ("Taiwan", Origin.OTHER),
        ("Germany", Origin.EUROPEAN),
        ("Atlantis", None),
    ],
)
def test_a_country_suggests_the_origin_under_which_its_developers_count(
    country: str, origin: Origin | None
) -> None:
    assert origin_of_country(country) == origin


@pytest.mark.parametrize(
    ("statuses", "of_sum"),
    [
        ([], "final"),
        (["final", "final"], "final"),
        (["reported", "final"], "reported"),
        (["reported", "provisional", "final"], "provisional"),
        (["estimated", "provisional", "reported"], "estimated"),
    ],
)
def test_a_sum_is_as_unsettled_as_its_least_settled_line(statuses: list[str], of_sum: str) -> None:
    assert least_settled(map(Status, statuses)) == of_sum
