"""What the site says of itself to machines: llms.txt, datapackage.json, dataset.jsonld."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import update

from app.describing import licence_address
from app.models import Source
from app.question import PARAMETERS
from tests.test_intake import keep, publish
from tests.test_uploads import HOSTILE, OCTOBER

ADDRESSES = ["/llms.txt", "/datapackage.json", "/dataset.jsonld"]


def package(client):
    return client.get("/datapackage.json").json()


def dataset(client):
    return client.get("/dataset.jsonld").json()


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_site_may_read_it(client, address):
    assert client.get(address).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_stands_before_the_first_upload(empty_client, address):
    response = empty_client.get(address)
    assert response.status_code == 200
    assert "None" not in response.text


# --- datapackage.json


def test_the_columns_of_every_file_are_those_the_package_tells(client):
    resources = package(client)["resources"]
    assert "shares" in [resource["name"] for resource in resources]
    for resource in resources:
        header = next(csv.reader(io.StringIO(client.get(resource["path"]).text)))
        assert header == [field["name"] for field in resource["schema"]["fields"]], resource["name"]


def test_every_column_has_a_type_and_a_meaning_and_shares_their_unit(client):
    for resource in package(client)["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert all(field["type"] != "any" and field["description"] for field in fields.values())
        if month := fields.get("month"):
            assert (month["type"], month["example"]) == ("yearmonth", "2025-08")
        if share := fields.get("share_pct"):
            assert (share["type"], share["unit"]) == ("number", "percent")


def test_its_rows_fit_its_types(client):
    (shares,) = [item for item in package(client)["resources"] if item["name"] == "shares"]
    rows = list(csv.DictReader(io.StringIO(client.get(shares["path"]).text)))
    assert all(re.fullmatch(r"\d{4}-\d{2}", row["month"]) for row in rows)
    figures = [row["share_pct"] for row in rows]
    missing = shares["schema"]["missingValues"]
    assert all(0 <= float(figure) <= 100 for figure in figures if figure not in missing)
    assert any(figure in missing for figure in figures)


def test_every_source_has_its_own_licence_or_none(client):
    by_slug = {source["slug"]: source for source in package(client)["sources"]}
    (licence,) = by_slug["openrouter-rankings"]["licenses"]
    assert licence == {
        "title": "CC BY 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert "licenses" not in by_slug["state-of-ai-study"]
    assert "{as_of}" not in json.dumps(list(by_slug.values()))


def test_what_is_published_is_told(own_client, filled_db):
    before = package(own_client)
    publish(filled_db, keep(filled_db, OCTOBER, source="openrouter-rankings"))
    after = package(own_client)
    months = {source["slug"]: source["to"] for source in after["sources"]}
    assert months["openrouter-rankings"] == "2026-10"
    assert after["version"] > before["version"]
    assert dataset(own_client)["temporalCoverage"] == "2024-12/2026-10"
    assert "2025-01 to 2026-10" in own_client.get("/llms.txt").text


# --- dataset.jsonld


def test_the_dataset_tells_what_search_engines_ask_for(client):
    told = dataset(client)
    assert (told["@context"], told["@type"]) == ("https://schema.org/", "Dataset")
    assert 50 <= len(told["description"]) <= 5000
    assert told["temporalCoverage"] == "2024-12/2026-09"
    assert told["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert told["dateModified"].endswith("Z")
    assert {item["unitText"] for item in told["variableMeasured"]} == {"percent"}
    rankings = {item["name"]: item for item in told["isBasedOn"]}["OpenRouter rankings"]
    assert rankings["creator"]["name"] == "OpenRouter"
    assert rankings["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_every_download_it_names_is_there_and_of_that_kind(client):
    for download in dataset(client)["distribution"]:
        response = client.get(download["contentUrl"])
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(download["encodingFormat"])


def inside(html: str) -> str:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return found[1] if found else ""


def test_the_overview_holds_it_and_every_page_names_it(client):
    assert json.loads(inside(client.get("/").text)) == dataset(client)
    for address in ("/", "/methods", "/api"):
        assert 'type="application/ld+json" href="/dataset.jsonld"' in client.get(address).text


def test_an_overview_of_another_question_does_not(client):
    assert inside(client.get("/?from=2026-01").text) == ""


def test_no_name_can_end_the_element_it_stands_in(own_client, filled_db):
    name = HOSTILE[0]
    with filled_db.writing() as session:
        session.execute(update(Source).values(name=name))
    html = own_client.get("/").text
    assert name in {item["name"] for item in json.loads(inside(html))["isBasedOn"]}
    assert "<script>alert(1)" not in html


@pytest.mark.browser
def test_the_policy_lets_it_stand_in_the_page(page):
    page.goto("/")  # `watched` fails on any word in the console
    text = page.locator('script[type="application/ld+json"]').text_content()
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
def test_creative_commons_licences_are_told_by_address(licence, address):
    assert licence_address(licence) == address


# --- llms.txt


def test_it_tells_grammar_addresses_and_the_rule_of_citing(client):
    text = client.get("/llms.txt").text
    assert text.startswith("# Open Model Share\n\n> ")
    assert all(f"- `{item.name}`: {item.meaning}" in text for item in PARAMETERS)
    assert "[/api/v1/shares.csv](http://testserver/docs#read-shares-csv)" in text
    assert "as_of" in text
    assert "&#" not in text  # plain text, nothing escaped


def test_every_address_it_links_to_is_there(client):
    text = client.get("/llms.txt").text
    for address in set(re.findall(r"\]\((http://testserver/[^)#]*)", text)):
        assert client.get(address).status_code == 200, address
