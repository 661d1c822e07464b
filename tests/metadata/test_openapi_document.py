"""The contract, `/openapi.json`: that it changes knowingly, and what it says of itself."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from app.database.session import Database
from app.main import create_app
from app.metadata.dataset import Json
from app.metadata.openapi_texts import TAG_TEXTS
from app.web.openapi import install_openapi
from tests import openapi

HOW = (
    "\nThe API's contract is not the one in docs/openapi.json.\n"
    "If that is meant: it may only add (see /api#promise). Write it with `make openapi`, commit\n"
    "the file, and tell it in CHANGELOG.md. If it is not meant, undo it.\n"
)


def test_the_contract_is_the_one_that_was_written_down() -> None:
    assert openapi.PATH.read_text(encoding="utf-8") == openapi.text(), HOW


def test_it_is_what_the_server_answers_with(client: TestClient, document: Json) -> None:
    assert client.get("/openapi.json").json() == document


def test_it_names_licence_contact_and_the_page_for_people_and_no_server(document: Json) -> None:
    info = document["info"]
    assert info["license"]["identifier"] == "Apache-2.0"
    assert info["contact"]
    assert "each source keeps its own licence" in info["description"]
    assert document["externalDocs"]["url"] == "/api"
    assert "servers" not in document


def test_every_tag_is_described(document: Json) -> None:
    assert {tag["name"] for tag in document["tags"]} <= TAG_TEXTS.keys()


def test_a_new_operation_is_completed_without_a_word_about_it() -> None:
    app = FastAPI()

    def read_planets(name: str) -> dict[str, str]:
        """The planets of a star.

        Nearest first.
        """
        return {name: ""}

    app.router.routes.append(APIRoute("/api/v1/planets", read_planets, methods=["GET"]))
    install_openapi(app)
    operation = app.openapi()["paths"]["/api/v1/planets"]["get"]
    assert operation["summary"] == "The planets of a star."
    assert operation["description"] == "Nearest first."
    assert {"400", "422", "429", "500", "503"} <= operation["responses"].keys()


def test_the_document_is_made_once(document: Json) -> None:
    app = create_app(Database("postgresql+psycopg://nobody@localhost/nothing"))
    assert app.openapi() is app.openapi()
