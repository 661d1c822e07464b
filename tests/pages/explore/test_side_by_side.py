"""Sources side by side: each in its last settled figures, and never a month for a longer time."""

import itertools

from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database
from tests.builders import month_file, publish_stored, store_file
from tests.looking import words
from tests.markup import select, select_one, words_of
from tests.pages.explore.builders import html_of

WINDOWS = ("month", "week", "day", "trailing-30-days", "trailing-12-months")
SAME = "the same month"


def add_source(
    db: Database, window: str, share: str, slug: str = "", month: str = "2026-03"
) -> None:
    """A source of that window, called after it, with a figure of one month."""
    slug = slug or f"a-{window}"
    cells = {
        "source": slug,
        "name": f"Of a {window}",
        "publisher": "Acme",
        "metric": "tokens",
        "population": "All",
        "window": window,
    }
    with db.writing() as session:
        edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="")
    publish_stored(db, store_file(db, month_file(share, month), slug))


def comparisons(html: str) -> dict[str, str]:
    """The words of each source's row and of the one below, where the main source is set beside."""
    rows = select(html, 'section[aria-labelledby="beside"] tbody tr')
    pairs = itertools.pairwise(rows)
    return {
        words_of(row): words_of(below)
        for row, below in pairs
        if "again" in below.get_attribute_list("class")
    }


def test_beside_each_other_stand_the_twelve_with_the_newest_months(
    own_client: TestClient, filled_db: Database
) -> None:
    beside = 'section[aria-labelledby="beside"] '
    before = len(select(html_of(own_client), f"{beside}tbody tr:not(.again)"))
    for number in range(12 - before + 2):
        add_source(filled_db, "month", f"1{number}", slug=f"lab-{number:02}", month="2026-10")
    page = html_of(own_client)
    rows = [words_of(row) for row in select(page, f"{beside}tbody tr:not(.again)")]
    assert len(rows) == 12
    assert sum("Oct 2026" in row for row in rows) > 12 - before
    more = words_of(select_one(page, f"{beside}p:has(> a[href='/sources'])"))
    assert more == "3 more sources have figures: all sources."


def test_only_figures_of_a_month_are_compared_with_the_same_month(
    own_client: TestClient, filled_db: Database
) -> None:
    for number, window in enumerate(WINDOWS):
        add_source(filled_db, window, f"1{number}")
    compared = comparisons(html_of(own_client))
    below = {
        window: next(text for row, text in compared.items() if row.startswith(f"Of a {window} "))
        for window in WINDOWS
    }
    assert [window for window, text in below.items() if SAME in text] == ["month"]
    for window in WINDOWS[1:]:
        assert "its last month alone, Mar 2026 31.28 %" in below[window]


def test_unlike_windows_are_never_called_the_same_month(client: TestClient) -> None:
    compared = comparisons(html_of(client))
    assert len(compared) >= 5
    for row, text in compared.items():
        assert (SAME in text) == ("12 months to" not in row)
    charts = str(select_one(html_of(client), 'section[aria-labelledby="beside"] figure'))
    assert SAME not in charts
    assert "in the twelve months to March 2026" in charts


def test_a_source_without_settled_figures_stands_with_its_latest_and_says_so(
    client: TestClient,
) -> None:
    (row,) = [row for row in comparisons(html_of(client)) if row.startswith("Vercel AI Gateway, t")]
    assert "Aug 2026 53.16 % provisional" in row
    assert "Each is shown in its last final figures, or its latest where none are final" in words(
        client, "/"
    )
