"""`/about`, and what the foot of every page says: who runs the site, and how to reach them."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from app.database.session import Database
from app.domain.site import CONTACT_MAX, NAME_MAX, PUBLISHER_MAX, SOFTWARE, Site
from app.main import create_app
from app.paths import PROJECT
from tests.browser import WatchedPages
from tests.builders import SITE
from tests.databases import serve_database
from tests.looking import faults, lost_anchors, too_wide, words
from tests.markup import attributes, links_named, select_one, texts, words_of

PAGES = (
    "/", "/trends", "/trends?by=model", "/sources", "/sources/openrouter-rankings", "/developers",
    "/developers/deepseek", "/models/openai/gpt-oss-120b", "/methods", "/methods/bundled-data",
    "/api", "/docs", "/uploads", "/uploads/3", "/sign-in", "/about",
)  # fmt: skip
REFUSED = {"/nowhere": 404, "/trends?by=x": 400, "/about?by=origin": 400}


@pytest.fixture(scope="module")
def published(read_only_database_url: str) -> Iterator[TestClient]:
    """A site with a publisher, and neither a name nor a contact."""
    site = Site(publisher="Example Institute")
    with TestClient(create_app(Database(read_only_database_url), site=site)) as client:
        yield client


def foot(client: TestClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return str(select_one(response.text, "footer.site"))


# --- without settings


def test_a_first_run_says_that_it_is_a_private_copy_of_nobody_named(client: TestClient) -> None:
    shown = words(client, "/about")
    assert (
        "This is a private copy of Open Model Share, the open-source software. Its figures are"
        " computed by whoever runs it; no publisher or contact is given."
    ) in shown
    assert "No licence is given." in shown
    assert "Publisher" not in texts(client.get("/about").text, "dt")
    assert "mailto:" not in client.get("/about").text


def test_a_first_run_says_so_at_the_foot_of_every_page_and_takes_no_corrections(
    client: TestClient,
) -> None:
    for address in PAGES[:-1]:
        said = foot(client, address)
        assert "This is a private copy of Open Model Share; no publisher is named." in " ".join(
            texts(said, "p")
        )
        assert "Report an error" not in said
        assert "Imprint" not in said


# --- with settings


def test_it_says_who_runs_the_site_and_how_to_reach_them(named_client: TestClient) -> None:
    html = named_client.get("/about").text
    assert texts(html, "head > title") == [f"About · {SITE.name}"]
    facts = dict(zip(texts(html, ".facts dt"), texts(html, ".facts dd"), strict=True))
    assert facts == {
        "Publisher": SITE.publisher,
        "Contact": SITE.contact,
        "Imprint": SITE.imprint_url,
    }
    assert links_named(html, SITE.contact) == [f"mailto:{SITE.contact}"]
    assert set(links_named(html, SITE.imprint_url)) == {SITE.imprint_url}
    assert links_named(html, "CC-BY-4.0") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert SOFTWARE not in html
    assert "private copy" not in html


def test_the_licence_of_the_site_and_those_of_its_sources_stand_apart(
    named_client: TestClient,
) -> None:
    shown = words(named_client, "/about")
    assert "OpenRouter rankings OpenRouter CC BY 4.0" in shown
    assert "Charts and compiled figures CC-BY-4.0. That is about what this site draws" in shown
    assert "Code Apache-2.0." in shown


def test_a_publisher_without_a_contact_is_named_and_promises_none(published: TestClient) -> None:
    shown = words(published, "/about")
    assert "Publisher Example Institute" in shown
    assert "The publisher gives no contact here." in shown
    assert "private copy" not in shown
    assert "Published by Example Institute." in " ".join(texts(foot(published, "/"), "p"))


def test_a_name_without_a_publisher_claims_none(read_only_database_url: str) -> None:
    site = Site("Example Shares", contact="https://shares.example/fix")
    with TestClient(create_app(Database(read_only_database_url), site=site)) as client:
        assert "computed by whoever runs this site; no publisher is given." in words(
            client, "/about"
        )
        assert "ublish" not in texts(foot(client, "/"), "p")[0]
        report = links_named(client.get("/methods").text, "Report an error on this page")
        assert report == [site.contact]


def test_before_the_first_source_it_stands(empty_client: TestClient) -> None:
    assert "There is no source so far." in words(empty_client, "/about")


def test_links_inside_it_lead_to_anchors_there_are(named_client: TestClient) -> None:
    assert lost_anchors(named_client, "/about") == []
    anchors = attributes(named_client.get("/methods").text, "[id]", "id")
    assert {"corrections", "cite"} <= set(anchors)


# --- every page


@pytest.mark.parametrize("address", PAGES)
def test_every_page_leads_to_it_and_bears_the_name_of_the_site(
    named_client: TestClient, address: str
) -> None:
    html = named_client.get(address).text
    assert links_named(html, "About") == ["/about"]
    assert links_named(html, "Imprint") == [SITE.imprint_url]
    assert texts(html, "head > title")[0].endswith(f" · {SITE.name}")
    assert texts(html, ".brand") == [SITE.name]
    assert "<Söhne>" not in html
    # The page about the site says who publishes it, and its foot does not say it again.
    assert texts(html, "footer.site")[0].count(SITE.publisher) == int(address != "/about")
    assert words_of(select_one(html, "header.site")).count(SITE.name) == 1


@pytest.mark.parametrize(("address", "status"), REFUSED.items())
def test_a_refusal_leads_to_it_too(named_client: TestClient, address: str, status: int) -> None:
    assert links_named(foot(named_client, address, status), "About") == ["/about"]


@pytest.mark.parametrize(
    ("address", "what"),
    [
        *[("/", "in these numbers"), ("/trends?by=model&top=3", "in these numbers")],
        *[("/developers/deepseek", "in these numbers"), ("/methods", "on this page")],
    ],
)
def test_an_error_is_reported_by_a_mail_that_names_the_page(
    named_client: TestClient, address: str, what: str
) -> None:
    html = named_client.get(address).text
    (link,) = links_named(html, f"Report an error {what}")
    parts = urlsplit(link)
    assert (parts.scheme, parts.path) == ("mailto", SITE.contact)
    fields = parse_qs(parts.query)
    (title,) = texts(html, "head > title")
    page_title = title.removesuffix(f" · {SITE.name}")
    assert " ".join(fields["subject"][0].split()) == f"Error: {page_title}"
    assert fields["body"] == [f"http://testserver{address}"]


@pytest.mark.parametrize("query", ["link=s3cret", "link=s3cret&by=origin"])
def test_no_mail_takes_the_secret_of_a_sign_in_along(named_client: TestClient, query: str) -> None:
    html = named_client.get(f"/sign-in?{query}").text
    assert "s3cret" not in "".join(attributes(html, "a[href]", "href"))


def test_what_is_shown_beside_a_link_and_on_a_picture_names_the_site(
    client: TestClient, named_client: TestClient
) -> None:
    credit = f"{SITE.name} ({SITE.publisher})"
    for each, name in ((named_client, credit), (client, f"A private copy of {SOFTWARE}")):
        preview = attributes(each.get("/").text, 'meta[property="og:site_name"]', "content")
        assert preview == [name]
        assert texts(each.get("/trends.svg").text, "text")[-1] == name
    pngs = {each.get("/trends.png").content for each in (client, named_client)}
    assert len(pngs) == 2


def test_the_name_of_the_software_stands_in_one_place() -> None:
    # Docstrings and comments may name it; what is shown may not.
    code = re.compile(r'"""(?:.|\n)*?"""|#.*')
    named = [
        path.relative_to(PROJECT).as_posix()
        for folder, kinds in (("app", "*.py"), ("templates", "*.*"), ("static/scripts", "*.js"))
        for path in sorted((PROJECT / folder).rglob(kinds))
        if SOFTWARE in code.sub("", path.read_text())
    ]
    assert named == ["app/domain/site.py"]


# --- in the browser

WIDEST = Site(
    "N" * NAME_MAX,
    "Publisher" * (PUBLISHER_MAX // 9),
    f"{'c' * (CONTACT_MAX - 12)}@site.example"[-CONTACT_MAX:],
    f"https://site.example/{'i' * 300}",
    "CC-BY-4.0",
)
SHOWN = ["/about", "/sources"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    watched: WatchedPages, read_only_database_url: str, scheme: str, width: int
) -> None:
    for site in (Site(), WIDEST):
        with serve_database(read_only_database_url, site) as address:
            page = watched.open(
                address,
                color_scheme=scheme,
                viewport={"width": width, "height": 900},
                bypass_csp=True,
            )
            assert faults(page, SHOWN) == []
            assert too_wide(page, SHOWN) == []


@pytest.mark.browser
def test_the_keyboard_leads_from_the_foot_of_a_page_to_who_runs_it(page: Page) -> None:
    page.goto("/methods")
    about = page.get_by_role("contentinfo").get_by_role("link", name="About")
    about.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("About Open Model Share")
