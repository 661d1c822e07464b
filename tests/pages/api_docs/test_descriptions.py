"""What the site says of itself to machines: llms.txt, datapackage.json, dataset.jsonld."""

import json
import re

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from sqlalchemy import update

from app.database.session import Database
from app.database.tables import Source
from app.domain.questions.parameters import PARAMETERS
from app.domain.site import Site
from app.main import create_app
from app.metadata.dataset import Json, licence_address
from tests.builders import HOSTILE_NAMES, NOVEMBER, SITE, publish_stored, store_file
from tests.markup import attributes, select
from tests.pages.api_docs.builders import package, read_json
from tests.rewriting import rewriting

ADDRESSES = ["/llms.txt", "/datapackage.json", "/dataset.jsonld"]


def dataset(client: TestClient) -> Json:
    return read_json(client, "/dataset.jsonld")


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_site_may_read_it(client: TestClient, address: str) -> None:
    assert client.get(address).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_it_does_not_know_is_refused(client: TestClient, address: str) -> None:
    response = client.get(f"{address}?as_off=2026-01-01")
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0]["suggestion"] == "as_of"
    assert client.get(f"{address}?by=origin").status_code == 400


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_holds_it_is_told_so(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert response.headers["cache-control"].startswith("public, max-age=60")
    again = client.get(address, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ADDRESSES)
def test_at_a_vintage_it_says_what_it_said_then(
    own_client: TestClient, filled_db: Database, address: str
) -> None:
    then = package(own_client)["version"]
    before = own_client.get(f"{address}?as_of={then}").text
    publish_stored(filled_db, store_file(filled_db, NOVEMBER, source="openrouter-rankings"))
    assert own_client.get(f"{address}?as_of={then}").text == before
    assert own_client.get(address).text != before


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_stands_before_the_first_upload(empty_client: TestClient, address: str) -> None:
    response = empty_client.get(address)
    assert response.status_code == 200
    assert "None" not in response.text


# --- licences and what is published


def test_every_source_has_its_own_licence_or_none(client: TestClient) -> None:
    described = package(client)
    assert "licenses" not in described
    licensed = {item["name"]: item.get("licenses") for item in described["resources"]}
    assert licensed.pop("shares")[0]["title"] == "CC BY 4.0"
    assert set(licensed.values()) == {None}
    assert "license" not in dataset(client)
    assert "There is no licence of the whole:" in client.get("/llms.txt").text
    by_slug = {source["slug"]: source for source in described["sources"]}
    (licence,) = by_slug["openrouter-rankings"]["licenses"]
    assert licence == {
        "title": "CC BY 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert "licenses" not in by_slug["state-of-ai-study"]
    assert "{as_of}" not in json.dumps(list(by_slug.values()))


def test_a_licence_of_all_sources_is_that_of_the_whole(
    own_client: TestClient, filled_db: Database
) -> None:
    with rewriting(filled_db) as session:
        session.execute(update(Source).values(licence="CC BY 4.0"))
    (licence,) = package(own_client)["licenses"]
    assert licence["title"] == "CC BY 4.0"
    assert dataset(own_client)["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "All have the same licence:" in own_client.get("/llms.txt").text


def test_what_is_published_is_told(own_client: TestClient, filled_db: Database) -> None:
    before = package(own_client)
    publish_stored(filled_db, store_file(filled_db, NOVEMBER, source="openrouter-rankings"))
    after = package(own_client)
    months = {source["slug"]: source["to"] for source in after["sources"]}
    assert months["openrouter-rankings"] == "2026-11"
    assert after["version"] > before["version"]
    assert dataset(own_client)["temporalCoverage"] == "2024-12/2026-11"
    assert "2025-01 to 2026-11" in own_client.get("/llms.txt").text


# --- dataset.jsonld


def test_the_dataset_tells_what_search_engines_ask_for(client: TestClient) -> None:
    described = dataset(client)
    assert (described["@context"], described["@type"]) == ("https://schema.org/", "Dataset")
    assert 50 <= len(described["description"]) <= 5000
    assert described["temporalCoverage"] == "2024-12/2026-10"
    assert described["dateModified"].endswith("Z")
    measured, *bounds = described["variableMeasured"]
    assert [item["name"] for item in bounds] == ["low_pct", "high_pct"]
    assert (measured["name"], measured["unitText"]) == ("share_pct", "percent")
    assert "never zero" in measured["description"]  # the meaning it has among the shares
    rankings = {item["name"]: item for item in described["isBasedOn"]}["OpenRouter rankings"]
    assert rankings["creator"]["name"] == "OpenRouter"
    assert rankings["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_every_download_it_names_is_there_and_of_that_kind(client: TestClient) -> None:
    for download in dataset(client)["distribution"]:
        response = client.get(download["contentUrl"])
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(download["encodingFormat"])


def inside(html: str) -> str:
    return "".join(part.get_text() for part in select(html, 'script[type="application/ld+json"]'))


def test_the_overview_holds_it_and_every_page_names_it(client: TestClient) -> None:
    assert json.loads(inside(client.get("/").text)) == dataset(client)
    for address in ("/", "/methods", "/api"):
        html = client.get(address).text
        assert attributes(html, 'link[type="application/ld+json"]', "href") == ["/dataset.jsonld"]


def test_an_overview_of_another_question_does_not(client: TestClient) -> None:
    assert inside(client.get("/?from=2026-01").text) == ""


def test_no_name_can_end_the_element_it_stands_in(
    own_client: TestClient, filled_db: Database
) -> None:
    name = HOSTILE_NAMES[0]
    with rewriting(filled_db) as session:
        session.execute(update(Source).values(name=name))
    html = own_client.get("/").text
    assert name in {item["name"] for item in json.loads(inside(html))["isBasedOn"]}
    assert "<script>alert(1)" not in html


@pytest.mark.browser
def test_the_policy_lets_it_stand_in_the_page(page: Page) -> None:
    page.goto("/")  # `watched` fails on any word in the console
    text = page.locator('script[type="application/ld+json"]').text_content()
    assert text
    assert json.loads(text)["@type"] == "Dataset"


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("CC BY-NC 3.0 for the tables", "https://creativecommons.org/licenses/by-nc/3.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("All rights reserved", ""),
        ("", ""),
    ],
)
def test_creative_commons_licences_are_told_by_address(licence: str, address: str) -> None:
    assert licence_address(licence) == address


# --- llms.txt


def test_it_tells_grammar_addresses_and_the_rule_of_citing(client: TestClient) -> None:
    text = client.get("/llms.txt").text
    assert text.startswith("# Open Model Share\n\n> ")
    assert all(f"- `{item.name}`: {item.meaning}" in text for item in PARAMETERS)
    assert "[/api/v1/shares.csv](http://testserver/docs#read-shares-csv)" in text
    assert "as_of" in text
    assert "&#" not in text  # plain text, nothing escaped
    assert "/api/v1/shares.csv?source=openrouter-rankings&by=origin" in text


def test_every_address_it_links_to_is_there(client: TestClient) -> None:
    text = client.get("/llms.txt").text
    for address in set(re.findall(r"\]\((http://testserver/[^)#]*)", text)):
        assert client.get(address).status_code == 200, address


# --- who says so


def test_the_data_set_names_its_publisher_contact_and_licence(named_client: TestClient) -> None:
    described = dataset(named_client)
    assert described["name"].startswith(f"{SITE.name}: shares of")
    creator = described["creator"]
    assert (creator["name"], creator["url"]) == (SITE.publisher, SITE.imprint_url)
    assert creator["contactPoint"]["email"] == SITE.contact
    assert described["publisher"] == {"@id": creator["@id"]}
    assert described["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "Open Model Share" not in json.dumps(described)


def test_the_package_names_its_publisher_and_the_licence_of_what_is_compiled(
    named_client: TestClient,
) -> None:
    described = package(named_client)
    assert described["title"].startswith(f"{SITE.name}: shares of")
    assert described["contributors"] == [
        {
            "title": SITE.publisher,
            "path": SITE.imprint_url,
            "email": SITE.contact,
            "roles": ["publisher"],
        }
    ]
    assert described["licenses"] == [
        {
            "name": "CC-BY-4.0",
            "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "CC-BY-4.0, of the charts and compiled figures",
        }
    ]
    # What a source has licensed stays so.
    rankings = {item["slug"]: item for item in described["sources"]}["openrouter-rankings"]
    assert rankings["licenses"][0]["title"] == "CC BY 4.0"


def test_without_settings_no_publisher_is_claimed(client: TestClient) -> None:
    described = dataset(client)
    assert described["creditText"] == "A private copy of Open Model Share"
    assert not {"creator", "publisher", "license"} & set(described)
    assert not {"contributors", "licenses"} & set(package(client))
    text = client.get("/llms.txt").text
    assert "This is a private copy of Open Model Share: its figures are computed by whoever" in text
    assert "Corrections go to" not in text


def test_a_licence_in_words_leads_to_the_page_that_says_it(read_only_database_url: str) -> None:
    site = Site("Example", contact="https://shares.example/fix", licence="All <rights> reserved")
    with TestClient(create_app(Database(read_only_database_url), site=site)) as client:
        page = "http://testserver/about#licences"
        assert dataset(client)["license"] == page
        (own,) = package(client)["licenses"]
        assert (own["path"], "name" in own) == (page, False)
        creator = dataset(client)["creator"]
        assert (creator["name"], creator["contactPoint"]["url"]) == ("Example", site.contact)
        # The name of a site is no publisher.
        assert "publisher" not in dataset(client)
        assert package(client)["contributors"][0]["roles"] == ["creator"]
        assert "All <rights> reserved" not in inside(client.get("/").text)
        info = client.get("/openapi.json").json()["info"]
        assert "compiled figures: All \\<rights\\> reserved." in info["description"]
        assert info["contact"] == {"name": "Example", "url": site.contact}


def test_llms_txt_and_the_contract_say_who_runs_the_site(named_client: TestClient) -> None:
    text = named_client.get("/llms.txt").text
    assert text.startswith(f"# {SITE.name}\n")
    assert f"computed by {SITE.name} ({SITE.publisher})." in text
    assert f"Corrections go to {SITE.contact}." in text
    assert "http://testserver/about" in text
    info = named_client.get("/openapi.json").json()["info"]
    assert info["title"] == SITE.name
    assert info["contact"] == {"name": SITE.publisher, "email": SITE.contact}
