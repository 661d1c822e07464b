"""What a country's name suggests as an origin."""

import pytest

from app.domain.vocabulary import Origin, origin_of_country


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
