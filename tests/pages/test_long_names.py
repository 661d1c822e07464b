"""Names as long as they may be, without a place to break: on no page do they run out of it."""

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.browser import WatchedPages
from tests.builders import publish_file
from tests.looking import links, too_wide, unfold
from tests.markup import links_named, select, text_of

DEVELOPER = "Wm" * 100
MODEL = "Mw" * 100
FILE = (
    "month,origin,openness,developer,model,share_pct\n"
    f"2026-10,us,open,{DEVELOPER},{MODEL},60\n"
    f"2026-10,chinese,open,{DEVELOPER[:-2]},{MODEL[:-2]},30\n"
).encode()
# Elements whose words stick out of their own box, and out of every box that scrolls.
STICKING_OUT = """
() => [
  ...document.querySelectorAll('main :is(h1, h2, p, li, dt, dd, th, td, summary)')
].filter((part) =>
  part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 2 &&
  getComputedStyle(part).overflowX === 'visible' && !part.closest('svg, .unseen, share-chart') &&
  getComputedStyle(part).display !== 'inline'
).map((part) => `${part.tagName}.${part.className} ${part.textContent.trim().slice(0, 40)}`)
"""


@pytest.fixture
def addresses(own_client: TestClient, filled_db: Database) -> list[str]:
    upload = publish_file(filled_db, FILE, reason="R" * 200)
    named = [
        link for link in links(own_client, "/trends?by=model&from=2026-10") if "/models/" in link
    ]
    makers = [link for link in links(own_client, named[0]) if "/developers/" in link]
    return [
        *("/", "/trends?by=developer&from=2026-10", "/trends?by=model&from=2026-09"),
        *("/trends?by=model&view=table", "/trends?by=model&view=stack", "/embed/trends?by=model"),
        *("/developers", named[0], makers[0], "/sources/openrouter-rankings", "/uploads"),
        *(
            f"/uploads/{upload}",
            f"/uploads/{upload}/lines?source=openrouter-rankings&month=2026-10",
        ),
    ]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_no_name_runs_out_of_its_page_or_of_its_cell(
    watched: WatchedPages, own_server: str, addresses: list[str], width: int
) -> None:
    page = watched.open(own_server, viewport={"width": width, "height": 900})
    overflowing = {address: ["the page"] for address in too_wide(page, addresses)}
    for address in addresses:
        page.goto(address)
        unfold(page)
        if out := page.evaluate(STICKING_OUT):
            overflowing[address] = overflowing.get(address, []) + out
    assert not overflowing, "\n".join(
        f"{at[:40]}: {what}" for at, item in overflowing.items() for what in item
    )


def test_a_picture_shortens_a_name_and_the_table_has_it_whole(
    own_client: TestClient, addresses: list[str]
) -> None:
    page = own_client.get("/trends?by=model&from=2026-10").text
    picture = select(page, "svg.picture.wide")[0]
    assert MODEL not in [text_of(part) for part in picture.select(":not(svg > title)")]
    assert "…" in picture.get_text()
    assert links_named(page, MODEL)
