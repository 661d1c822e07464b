"""The contract: `/openapi.json`, what it says of every operation, and that it changes knowingly."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from app.database.session import Database
from app.domain.parameters import PARAMETERS, Parameter
from app.domain.question_parser import KnownSlugs, parse_question
from app.domain.vocabulary import Openness, Origin, Status
from app.main import create_app
from app.metadata import openapi_document
from app.metadata.dataset import Json
from app.metadata.json_schema import schema_kind
from app.metadata.openapi_document import complete_operation, parameter_schema
from app.metadata.openapi_texts import TAG_TEXTS
from app.web.openapi import install_openapi
from tests import openapi
from tests.paging import rows_of_all_pages

HOW = (
    "\nThe API's contract is not the one in docs/openapi.json.\n"
    "If that is meant: it may only add (see /api#promise). Write it with `make openapi`, commit\n"
    "the file, and tell it in CHANGELOG.md. If it is not meant, undo it.\n"
)
Operation: TypeAlias = tuple[str, str, Json]  # its path, its method and what is said of it


@pytest.fixture(scope="module")
def document() -> Json:
    document: Json = json.loads(openapi.text())
    return document


@pytest.fixture(scope="module")
def operations(document: Json) -> list[Operation]:
    return list(openapi_document.operations(document))


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


def test_every_operation_has_a_name_of_its_own_and_a_summary(operations: list[Operation]) -> None:
    names = [operation["operationId"] for *_, operation in operations]
    assert len(set(names)) == len(names)
    assert [path for path, _, operation in operations if not operation.get("summary")] == []


def test_every_parameter_says_what_it_means(operations: list[Operation]) -> None:
    assert [
        (path, parameter["name"])
        for path, _, operation in operations
        for parameter in operation.get("parameters", ())
        if not parameter.get("description")
    ] == []


def test_every_field_says_what_it_means(document: Json) -> None:
    silent = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, schema_json in schema.get("properties", {}).items()
        if not (
            schema_json.get("description") or referred(document, schema_json).get("description")
        )
    ]
    assert silent == [], "describe them where their models stand"


def referred(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    schemas: dict[str, Json] = document["components"]["schemas"]
    return schemas.get(name, {})


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("ShareRow.share_pct", "percent"),
        ("ObservationRow.share_pct", "percent"),
        ("RevisionRow.change_pp", "percentage points"),
        ("UploadAnswer.size", "bytes"),
    ],
)
def test_a_measure_says_its_unit(document: Json, field: str, unit: str) -> None:
    model, _, name = field.partition(".")
    assert document["components"]["schemas"][model]["properties"][name]["x-unit"] == unit


def own_fields(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Each field where it is declared; what a model inherits is told by the one it is from."""
    by_name = document["components"]["schemas"]
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        for name in model.__annotations__ if model.__module__.startswith("app.") else ():
            alias = model.model_fields[name].serialization_alias or name
            if schema_json := by_name.get(model.__name__, {}).get("properties", {}).get(alias):
                yield model.__name__, alias, schema_json


ALIKE = {
    ("name", "As people read it."),
    ("data", "By slug."),
    ("version", "Of this API: changes are additions only."),
    ("withdrawn_at", "When it was withdrawn, UTC; null: it was not."),
    ("basis", "share: the file gave shares; value: they were computed from its values."),
}
"""What is the same wherever it stands. Two fields of a name seldom are."""


def test_fields_of_one_name_do_not_borrow_their_words(document: Json) -> None:
    meanings: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for model, name, schema_json in own_fields(document):
        if words := schema_json.get("description"):
            meanings[name, words].append(model)
    assert len(meanings) > 100
    borrowed = {key: models for key, models in meanings.items() if len(models) > 1}
    assert borrowed.keys() <= ALIKE, borrowed


def schemas_in(value: object) -> Iterator[Json]:
    """Every schema, parameter and media type of the document that gives an example."""
    if isinstance(value, dict):
        if "examples" in value or "example" in value:
            yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from schemas_in(item)


def test_every_example_is_one_that_its_schema_takes(document: Json) -> None:
    tried = 0
    for schema_json in schemas_in(document):
        schema = schema_json.get("schema", schema_json)
        validator = Draft202012Validator({**schema, "components": document["components"]})
        for example in schema_json.get("examples", [schema_json.get("example")]):
            validator.validate(example)
            tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("model", "field", "words"),
    [
        ("ShareRow", "status", [*Status, "missing"]),
        ("Meta", "by", ["origin", "openness", "developer", "model"]),
        ("Meta", "openness", [*Openness, "all"]),
        ("Meta", "of", ["all", "open"]),
        ("OriginRow", "origin", [*Origin]),
        ("DeveloperRow", "origin", [*Origin]),
        ("ModelRow", "openness", [*Openness]),
        ("ObservationRow", "origin", [*Origin]),
        ("ObservationRow", "openness", [*Openness]),
        ("ObservationRow", "status", [*Status]),
        ("RevisionRow", "act", ["published", "withdrawn"]),
        ("RevisionRow", "effect", ["new", "revised", "removed", "untouched"]),
        ("RevisionRow", "origin", [*Origin]),
        ("RevisionRow", "openness", [*Openness]),
        ("SnapshotRow", "basis", ["share", "value"]),
        ("Change", "kind", ["new", "changed", "unchanged", "removed"]),
        ("NewModel", "openness", [*Openness]),
        (
            "UploadAnswer",
            "state",
            ["unpublished", "published", "superseded", "withdrawn", "discarded"],
        ),
    ],
)
def test_a_closed_list_is_told_as_one(
    document: Json, model: str, field: str, words: list[str]
) -> None:
    schema_json = document["components"]["schemas"][model]["properties"][field]
    form = next(
        (item for item in schema_json.get("anyOf", ()) if item.get("type") != "null"), schema_json
    )
    assert (referred(document, form) or form)["enum"] == words


@pytest.mark.parametrize("name", ["source", "developer", "model"])
def test_slugs_of_examples_are_in_the_catalogue(
    client: TestClient, document: Json, name: str
) -> None:
    by_name = {row[name] for row in rows_of_all_pages(client, f"/api/v1/{name}s")}
    for model, field, schema_json in own_fields(document):
        if field == name and not model.startswith("New"):
            forms = [schema_json, *schema_json.get("anyOf", ())]
            examples = [text for form in forms for text in form.get("examples", ())]
            assert set(examples) <= by_name, model


def test_every_example_of_a_parameter_of_a_read_is_answered(
    client: TestClient, operations: list[Operation]
) -> None:
    for path, method, operation in operations:
        for parameter in operation.get("parameters", ()) if method == "get" else ():
            # A vintage is one of another server.
            if (
                parameter["in"] == "query"
                and "example" in parameter
                and parameter["name"] != "as_of"
            ):
                value = parameter["example"]
                text = ",".join(value) if isinstance(value, list) else str(value)
                response = client.get(path, params={parameter["name"]: text})
                assert response.status_code == 200, response.url


def test_every_refusal_is_declared_as_a_problem_document(operations: list[Operation]) -> None:
    problem = {"$ref": "#/components/schemas/ProblemDetails"}
    for path, method, operation in operations:
        refusals = {
            status: schema_json
            for status, schema_json in operation["responses"].items()
            if status >= "4"
        }
        assert {"500", "503"} <= refusals.keys(), path
        if path.startswith("/api/"):
            assert {"400", "429"} <= refusals.keys(), path
        if method == "post":
            assert {"401", "413", "415", "422"} <= refusals.keys(), path
        for schema_json in refusals.values():
            assert schema_json["content"] == {"application/problem+json": {"schema": problem}}
    assert "HTTPValidationError" not in json.dumps([operation for *_, operation in operations])


def test_every_csv_file_is_declared_as_one_with_its_mark_for_excel(
    operations: list[Operation],
) -> None:
    files = [operation for path, _, operation in operations if path.endswith(".csv")]
    assert files
    for operation in files:
        assert "text/csv" in operation["responses"]["200"]["content"]
        assert "bom" in [parameter["name"] for parameter in operation["parameters"]]


def test_a_parameter_of_the_question_means_the_same_everywhere(operations: list[Operation]) -> None:
    by_name = {item.name: item.meaning for item in PARAMETERS}
    for path, method, operation in operations:
        for parameter in operation.get("parameters", ()) if method == "get" else ():
            if parameter["in"] == "query" and parameter["name"] in by_name:
                assert by_name[parameter["name"]].startswith(parameter["description"]), path


def test_a_list_that_takes_a_part_of_the_question_has_defaults_of_its_own() -> None:
    given: list[Json] = [
        {"name": "source", "in": "query", "schema": {"type": "string"}},
        {"name": "openness", "in": "query", "schema": {"type": "string", "default": "all"}},
        {"name": "top", "in": "query", "schema": {"type": "string"}},
    ]
    complete_operation("/api/v1/planets", "get", {"parameters": given, "responses": {}})
    source, openness, top = given
    assert "Left out" not in source["description"]
    assert openness["schema"]["default"] == "all"
    assert "default" not in top["schema"]


DEFAULTS = {
    item.name: default
    for item in PARAMETERS
    if (default := parameter_schema(item)["schema"].get("default")) is not None
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_default_that_is_told_changes_nothing(client: TestClient, name: str) -> None:
    answers = [
        client.get("/api/v1/shares", params=parameters).json()["data"]
        for parameters in ({}, {name: DEFAULTS[name]})
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda item: item.name)
def test_the_values_that_are_told_are_those_that_are_taken(parameter: Parameter) -> None:
    schema = parameter_schema(parameter)["schema"]
    for word in schema.get("items", schema).get("enum", ()):
        parse_question([(parameter.name, word)], KnownSlugs())
    for number in (schema.get("minimum"), schema.get("maximum")):
        if number is not None:
            parse_question([(parameter.name, str(number))], KnownSlugs())


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


def test_a_month_is_a_month_in_questions_and_answers(document: Json) -> None:
    of_shares = document["paths"]["/api/v1/shares"]["get"]["parameters"]
    asked = [item["schema"] for item in of_shares if item["name"] in ("from", "to")]
    answered = document["components"]["schemas"]["ShareRow"]["properties"]["month"]
    assert [schema_kind(document, schema) for schema in (*asked, answered)] == ["month"] * 3
