"""Series of a source before and after a file is published."""

from decimal import Decimal

from app.database.session import Database
from app.domain.vocabulary import Origin
from tests.builders import publish_stored, store_file
from tests.ingest.builders import HEADER, months_file, review_file


def test_a_series_runs_over_all_months_of_the_source_before_and_after(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11"), "gateway"))
    (series,) = review_file(gateway, months_file("12.5", None, "13", first=2), "gateway").series
    assert [f"{month:%m}" for month in series.months] == ["01", "02", "03", "04"]
    assert series.before == (Decimal(10), Decimal(11), None, None)
    assert series.after == (Decimal(10), Decimal("12.5"), None, Decimal(13))
    assert (series.group, series.title) == (Origin.CHINESE, "Chinese open models")


def test_a_source_that_says_nothing_of_openness_is_shown_with_all_its_models(
    gateway: Database,
) -> None:
    text = HEADER + "2025-01,us,unknown,,60\n2025-01,chinese,unknown,,20\n"
    reviewed = review_file(gateway, text.encode(), "gateway").series
    assert [(item.group, item.title, item.after) for item in reviewed] == [
        (Origin.CHINESE, "Chinese models", (Decimal(20),)),
        (Origin.US, "US models", (Decimal(60),)),
    ]


def test_what_is_closed_and_what_is_not_known_are_shown_beside_the_open_shares(
    gateway: Database,
) -> None:
    old = HEADER + "2025-01,us,open,,10\n2025-01,us,closed,,60\n2025-01,us,unknown,,5\n"
    publish_stored(gateway, store_file(gateway, old.encode(), "gateway"))
    reviewed = review_file(gateway, (HEADER + "2025-01,us,open,,11\n").encode(), "gateway").series
    assert [(item.title, item.before, item.after) for item in reviewed] == [
        ("US open models", (Decimal(10),), (Decimal(11),)),
        ("Closed models", (Decimal(60),), (None,)),
        ("Openness unknown or not broken down", (Decimal(30),), (Decimal(89),)),
    ]
