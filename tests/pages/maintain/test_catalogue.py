"""`/catalogue`: maintainers add and correct entries, each with a reason in the list of changes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from httpx2 import Response
from playwright.sync_api import expect

from app.catalogue.audit_list import CatalogueEdit, read_edits
from app.catalogue.entry_types import DEVELOPER_TYPE, read_entries
from app.database.session import Database
from tests.browser import WatchedPages, open_signed_in
from tests.builders import HOSTILE_NAMES, text_of
from tests.markup import attributes, parse, select, select_one

NEW = {"developer": "newlab", "name": "New Lab", "origin": "european", "country": "FR"}


def address_of(client: TestClient, kind: str, find: str) -> str:
    html = client.get(f"/catalogue/{kind}", params={"find": find}).text
    return attributes(html, f'tbody th > a[href^="/catalogue/{kind}/"]', "href")[0]


def typed(client: TestClient, address: str) -> dict[str, str]:
    """What stands in the fields of an entry's form."""
    html = client.get(address).text
    inputs, areas, choices = (
        select(html, f"form.writing {name}") for name in ("input", "textarea", "select")
    )
    return (
        {str(field["name"]): str(field["value"]) for field in inputs}
        | {str(area["name"]): area.get_text().removeprefix("\n") for area in areas}
        | {
            str(choice["name"]): str(choice.select("option[selected]")[0]["value"])
            for choice in choices
        }
    )


def correct(client: TestClient, address: str, **changes: str) -> Response:
    return client.post(address, data=typed(client, address) | changes)


def change(db: Database) -> CatalogueEdit:
    with db.reading() as session:
        return read_edits(session)[0]


def test_an_entry_is_added_and_found(maintainer_client: TestClient, filled_db: Database) -> None:
    response = maintainer_client.post("/catalogue/developers", data=NEW | {"reason": "its website"})
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/catalogue/developers?find=newlab",
    )
    assert "New Lab FR european" in text_of(maintainer_client.get(response.headers["location"]))
    assert (change(filled_db).by, change(filled_db).reason) == ("ada", "its website")


@pytest.mark.parametrize(
    ("kind", "find", "changed"),
    [
        ("sources", "vercel", ("population", "Gateway traffic")),
        ("developers", "poolside", ("origin", "european")),
        ("models", "deepseek/deepseek-r1", ("base_developer", "qwen")),
        ("companies", "alibaba", ("parent", "ant-group")),
        ("developers", "poolside", ("company", "amd")),
        ("models", "deepseek/deepseek-r1", ("hugging_face_id", "deepseek-ai/R1")),
        ("aliases", "通义千问", ("retired", "yes")),
        ("events", "Kimi K2", ("headline", "yes")),
    ],
)
def test_every_kind_of_entry_is_corrected_in_the_form_it_stands_in(
    maintainer_client: TestClient,
    filled_db: Database,
    kind: str,
    find: str,
    changed: tuple[str, str],
) -> None:
    field, text = changed
    address = address_of(maintainer_client, kind, find)
    response = correct(maintainer_client, address, reason="looked it up", **{field: text})
    assert response.status_code == 303
    assert change(filled_db).after == {field: text}
    assert typed(maintainer_client, address)[field] == text
    shown = text_of(maintainer_client.get("/catalogue"))
    assert f"{field}: " in shown
    assert f"→ {text} looked it up ada" in shown


def test_a_correction_without_a_reason_keeps_what_was_typed(maintainer_client: TestClient) -> None:
    address = address_of(maintainer_client, "developers", "poolside")
    response = correct(maintainer_client, address, origin="european", reason="")
    assert response.status_code == 409
    assert "A reason is needed" in text_of(response)
    assert attributes(response.text, "option[selected]", "value") == ["european"]


def test_a_field_at_fault_says_so_and_nothing_is_stored(maintainer_client: TestClient) -> None:
    wrong = NEW | {"country": "France", "origin": "nowhere", "homepage": "nowhere", "name": ""}
    response = maintainer_client.post("/catalogue/developers", data=wrong)
    assert response.status_code == 422
    for field in ("country", "homepage", "name"):
        assert select_one(response.text, f"#{field}-problem")
    assert select_one(response.text, "input#country")["value"] == "France"
    assert "0 found" in text_of(maintainer_client.get("/catalogue/developers?find=newlab"))


def test_of_an_empty_form_every_needed_field_is_marked(maintainer_client: TestClient) -> None:
    response = maintainer_client.post("/catalogue/events", data={"date": "", "title": ""})
    assert response.status_code == 422
    for field in ("date", "title"):
        assert select_one(response.text, f"#{field}-problem")


def test_an_entry_corrected_meanwhile_is_not_written_over(maintainer_client: TestClient) -> None:
    address = address_of(maintainer_client, "developers", "poolside")
    before = typed(maintainer_client, address)
    correct(maintainer_client, address, country="FR", reason="moved")
    late = maintainer_client.post(address, data=before | {"note": "late", "reason": "late"})
    assert late.status_code == 409
    assert "not what you looked at any more" in text_of(late)
    assert typed(maintainer_client, address)["country"] == "FR"


def test_of_two_corrections_at_once_one_is_told_of_the_other(maintainer_client: TestClient) -> None:
    address = address_of(maintainer_client, "developers", "poolside")
    before = typed(maintainer_client, address)

    def correct_late(number: int) -> int:
        data = before | {"note": f"note {number}", "reason": "a race"}
        return maintainer_client.post(address, data=data).status_code

    with ThreadPoolExecutor(6) as writers:
        assert sorted(writers.map(correct_late, range(6))) == [303, *[409] * 5]


def test_a_taken_short_name_is_refused(maintainer_client: TestClient) -> None:
    response = maintainer_client.post("/catalogue/developers", data=NEW | {"developer": "openai"})
    assert response.status_code == 409
    assert "already" in text_of(response)


@pytest.mark.parametrize("text", ["\0", "\u202e", "a\0b", "x" * 5_000])
def test_no_text_is_a_fault_of_ours(maintainer_client: TestClient, text: str) -> None:
    for field in (*NEW, "reason"):
        data = NEW | {"reason": "seen"} | {field: text}
        assert maintainer_client.post("/catalogue/developers", data=data).status_code == 422
    assert maintainer_client.get("/catalogue/models", params={"find": text}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue/nothing",
        "/catalogue/models/x",
        f"/catalogue/models/{'9' * 40}",
        "/catalogue/models/0",
    ],
)
def test_what_is_not_there_is_not_found(maintainer_client: TestClient, path: str) -> None:
    address = f"/catalogue/{path}"
    assert maintainer_client.get(address).status_code == 404
    assert maintainer_client.post(address, data={"reason": "x"}).status_code == 404


def test_the_catalogue_is_for_maintainers(own_client: TestClient) -> None:
    for path in ("/catalogue", "/catalogue/models", "/catalogue/models/1", "/catalogue/models/new"):
        assert own_client.get(path).headers["location"].startswith("/sign-in?next=%2Fcatalogue")
    assert own_client.post("/catalogue/models", data=NEW).status_code in {303, 403}


def test_hostile_texts_come_out_harmless(maintainer_client: TestClient) -> None:
    for number, name in enumerate(HOSTILE_NAMES):
        data = NEW | {"developer": f"lab-{number}", "name": name, "note": name, "reason": name}
        assert maintainer_client.post("/catalogue/developers", data=data).status_code == 303
    for path in ("/catalogue", "/catalogue/developers?find=lab-"):
        html = maintainer_client.get(path).text
        assert "<script>alert" not in html
        assert "49" not in parse(html).stripped_strings
        for name in HOSTILE_NAMES:
            assert name in parse(html).get_text()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_developer_is_corrected_in_the_browser_and_axe_finds_nothing(
    watched: WatchedPages,
    own_server: str,
    ada: Database,
    scheme: str,
) -> None:
    page = open_signed_in(watched, own_server, "/uploads/received", color_scheme=scheme)
    page.get_by_role("link", name="Catalogue").click()
    visited = [page.url]
    page.locator("#main").get_by_role("link", name="Developers").click()
    page.get_by_label("Find").fill("poolside")
    page.get_by_role("button", name="Find").click()
    visited.append(page.url)
    page.get_by_role("link", name="poolside").click()
    visited += [page.url, "/catalogue/models/new"]
    page.get_by_label("Origin").select_option("European")
    page.get_by_label("Why").fill("It moved to Paris")
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("row").filter(has_text="poolside")).to_contain_text("european")
    for address in visited:
        page.goto(address)
        assert Axe().run(page).violations_count == 0, address
    with ada.reading() as session:
        cells = dict(read_entries(session, DEVELOPER_TYPE))
    assert any(item["origin"] == "european" for item in cells.values())
