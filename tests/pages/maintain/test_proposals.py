"""`/catalogue/proposals`: maintainers confirm or dismiss what publishers say of models."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import Tag
from fastapi.testclient import TestClient
from httpx2 import Response
from playwright.sync_api import expect

from app.catalogue.audit_list import CatalogueEdit, read_edits
from app.catalogue.proposals import store_proposals
from app.database.session import Database
from app.domain.proposal import ModelProposal
from tests.browser import WatchedPages, open_signed_in
from tests.builders import HOSTILE_NAMES, store_upload_of, text_of
from tests.markup import parse, select, select_one, words_of

PATH = "/catalogue/proposals"
OX = "stealth/ox-alpha"
WEIGHTS = "weights at https://huggingface.co/zai-org/GLM-9"
LIST = "https://openrouter.ai/api/v1/models"


def propose(db: Database, *proposals: ModelProposal) -> None:
    with db.writing() as session:
        store_proposals(session, proposals)


def ox(name: str = "Ox Alpha", **cells: str) -> ModelProposal:
    all_cells = {"name": name, "release_month": "2026-08"} | cells
    before = {"name": "ox-alpha", "release_month": ""} | dict.fromkeys(cells, "")
    return ModelProposal(OX, all_cells, before, dict.fromkeys(all_cells, "its page"), LIST)


def new(model: str = "z-ai/glm-9") -> ModelProposal:
    cells = {"name": "GLM 9", "openness": "open"}
    return ModelProposal(model, cells, {}, dict.fromkeys(cells, WEIGHTS), LIST)


def section(client: TestClient, model: str) -> Tag:
    (found,) = (
        item
        for item in select(client.get(PATH).text, "section.proposal")
        if model in words_of(item)
    )
    return found


def decide(client: TestClient, form: Tag, what: str, *cells: str) -> Response:
    """Send the form of a proposal as a browser does, with these cells ticked."""
    (version,) = (str(field["value"]) for field in form.select('input[name="version"]'))
    address = {
        "confirm": [str(item["action"]) for item in form.select("form")],
        "dismiss": [str(item["formaction"]) for item in form.select("button[formaction]")],
    }
    return client.post(address[what][0], data={"version": version, "cell": list(cells)})


def last_edit(db: Database) -> CatalogueEdit:
    with db.reading() as session:
        return read_edits(session, 1)[0]


def test_what_is_ticked_is_confirmed_and_stands_in_the_list_of_changes(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox())
    form = section(maintainer_client, OX)
    assert [str(box["value"]) for box in form.select("input[checked]")] == ["name", "release_month"]
    assert "Name ox-alpha → Ox Alpha its page" in words_of(form)
    response = decide(maintainer_client, form, "confirm", "name")
    assert (response.status_code, response.headers["location"]) == (303, PATH)
    edit = last_edit(filled_db)
    assert (edit.by, edit.key, edit.before, edit.after) == (
        "ada",
        OX,
        {"name": "ox-alpha"},
        {"name": "Ox Alpha"},
    )
    assert edit.reason == "proposed and confirmed: its page"
    shown = text_of(maintainer_client.get(PATH))
    assert "Nothing is proposed." in shown
    assert "confirmed: Name ada" in shown
    assert f"{OX} models name: ox-alpha → Ox Alpha" in text_of(maintainer_client.get("/catalogue"))


def test_what_is_dismissed_changes_nothing(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox())
    before = last_edit(filled_db)
    response = decide(maintainer_client, section(maintainer_client, OX), "dismiss", "name")
    assert response.status_code == 303
    assert last_edit(filled_db) == before
    assert f"{OX} dismissed ada" in text_of(maintainer_client.get(PATH))


def test_a_new_model_is_added_with_its_developer(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, new())
    assert "1 waiting" in text_of(maintainer_client.get("/catalogue"))
    form = section(maintainer_client, "z-ai/glm-9")
    assert "Developer z-ai the slug begins with “z-ai”" in words_of(form)
    assert [str(link["href"]) for link in form.select("li a")] == [
        "https://huggingface.co/zai-org/GLM-9"
    ] * 2
    assert decide(maintainer_client, form, "confirm", "name", "openness").status_code == 303
    assert "GLM 9" in text_of(maintainer_client.get("/models/z-ai/glm-9"))
    assert (last_edit(filled_db).before, last_edit(filled_db).after["openness"]) == (None, "open")


def test_the_review_of_a_file_with_new_models_leads_to_what_is_proposed(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    line = "2026-11,chinese,open,z-ai,z-ai/glm-9,10,provisional"
    file = f"month,origin,openness,developer,model,share_pct,status\n{line}\n"
    number = store_upload_of(filled_db, file.encode())
    links = select(maintainer_client.get(f"/uploads/{number}").text, f'main a[href="{PATH}"]')
    assert [words_of(link) for link in links] == ["What publishers say of new models"]


def test_without_its_developer_a_model_cannot_be_confirmed_and_the_page_says_why(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, new("newlab/one"))
    form = section(maintainer_client, "newlab/one")
    assert "The catalogue knows no developer “newlab”." in words_of(form)
    assert form.select("button[disabled]")
    response = decide(maintainer_client, form, "confirm", "name")
    assert response.status_code == 409
    assert "knows no developer “newlab”" in text_of(response)
    developer = {"developer": "newlab", "name": "New Lab", "origin": "us", "reason": "its site"}
    maintainer_client.post("/catalogue/developers", data=developer)
    form = section(maintainer_client, "newlab/one")
    assert decide(maintainer_client, form, "confirm", "name").status_code == 303


def test_nothing_ticked_is_refused_in_words(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox())
    response = decide(maintainer_client, section(maintainer_client, OX), "confirm")
    assert response.status_code == 422
    assert "Choose a cell, or dismiss the proposal." in text_of(response)


def test_a_cell_that_cannot_be_stored_is_refused_in_words(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox(release_month="2999-01"))
    response = decide(
        maintainer_client, section(maintainer_client, OX), "confirm", "name", "release_month"
    )
    assert response.status_code == 422
    assert "Found “2999-01”; expected a month not after" in text_of(response)


def test_what_was_decided_or_changed_meanwhile_is_told(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox())
    looked_at = section(maintainer_client, OX)
    propose(filled_db, ox(openness="open"))
    late = decide(maintainer_client, looked_at, "confirm", "name")
    assert late.status_code == 409
    assert "not what you looked at any more" in text_of(late)
    now = section(maintainer_client, OX)
    decide(maintainer_client, now, "dismiss")
    again = decide(maintainer_client, now, "confirm", "name")
    assert again.status_code == 409
    assert "This was dismissed already by ada" in text_of(again)


def test_of_two_maintainers_at_once_one_is_told_of_the_other(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox())
    form = section(maintainer_client, OX)

    def confirm(_: int) -> int:
        return decide(maintainer_client, form, "confirm", "name").status_code

    with ThreadPoolExecutor(4) as maintainers:
        assert sorted(maintainers.map(confirm, range(4))) == [303, 409, 409, 409]


@pytest.mark.parametrize("number", ["0", "x", "9" * 40])
def test_a_proposal_that_is_not_there_is_not_found(
    maintainer_client: TestClient, number: str
) -> None:
    for what in ("confirm", "dismiss"):
        assert maintainer_client.post(f"{PATH}/{number}/{what}").status_code == 404
    assert maintainer_client.get(f"{PATH}?page=2").status_code == 400


def test_proposals_are_for_maintainers(own_client: TestClient, filled_db: Database) -> None:
    propose(filled_db, ox())
    assert own_client.get(PATH).headers["location"].startswith("/sign-in?next=%2Fcatalogue")
    assert own_client.post(f"{PATH}/1/confirm", data={"cell": "name"}).status_code in {303, 403}
    assert last_edit(filled_db).reason != "proposed and confirmed: its page"


def test_another_site_cannot_decide_in_a_maintainers_name(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, ox())
    form = section(maintainer_client, OX)
    maintainer_client.headers["sec-fetch-site"] = "cross-site"
    assert decide(maintainer_client, form, "confirm", "name").status_code == 403


def test_many_are_shown_a_page_at_a_time(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    propose(filled_db, *(new(f"z-ai/glm-x{number:03}") for number in range(60)))
    html = maintainer_client.get(PATH).text
    assert len(select(html, "section.proposal")) == 50
    assert "60 wait, models of unknown openness first; the first 50 are shown." in words_of(
        select_one(html, "main")
    )


def test_hostile_texts_come_out_harmless(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    for name in HOSTILE_NAMES:
        item = ModelProposal(
            OX, {"name": name}, {"name": "ox-alpha"}, {"name": f"called {name}"}, LIST
        )
        propose(filled_db, item)
        html = maintainer_client.get(PATH).text
        assert "<script>alert" not in html
        assert name in parse(html).get_text()
        form = section(maintainer_client, OX)
        assert decide(maintainer_client, form, "dismiss").status_code == 303


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_proposal_is_decided_in_the_browser_and_axe_finds_nothing(
    watched: WatchedPages, own_server: str, ada: Database, scheme: str
) -> None:
    propose(ada, ox(), new(), new("newlab/one"))
    page = open_signed_in(watched, own_server, "/uploads/received", color_scheme=scheme)
    page.get_by_role("link", name="Proposals").click()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert Axe().run(page).violations_count == 0, width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    form = page.get_by_role("form", name=OX)
    form.get_by_label("Released").uncheck()
    form.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("form", name=OX)).to_have_count(0)
    page.get_by_role("button", name="Dismiss what is proposed for newlab/one").click()
    decided = page.get_by_role("region", name="Decided proposals")
    expect(decided).to_contain_text("confirmed: Name")
    expect(decided).to_contain_text("dismissed")
    assert last_edit(ada).after == {"name": "Ox Alpha"}
