"""Every fetcher is offered by the command, and its sources are bundled as it makes them."""

import csv

import pytest

from app.cli.fetch import PublisherName
from app.ingest.fetchers.fetcher import Fetcher
from app.ingest.fetchers.registry import FETCHERS
from app.paths import DATA


def test_the_command_offers_every_fetcher_and_all() -> None:
    assert [name.value for name in PublisherName] == [*FETCHERS, "all"]


@pytest.mark.parametrize("fetcher", FETCHERS.values(), ids=FETCHERS)
def test_its_sources_are_bundled_with_its_window_and_statistic(fetcher: Fetcher) -> None:
    with (DATA / "sources.csv").open(newline="") as file:
        rows = {row["source"]: row for row in csv.DictReader(file)}
    for source in fetcher.sources:
        row = rows[source]
        assert (row["window"], row["statistic"]) == (fetcher.window, fetcher.statistic)
        assert row["cadence"] == "monthly"
