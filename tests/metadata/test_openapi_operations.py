"""What the contract says of every operation: names, parameters, refusals and files."""

import json

import pytest
from fastapi.testclient import TestClient

from app.domain.questions.parameters import PARAMETERS, Parameter
from app.domain.questions.question_parser import KnownSlugs, parse_question
from app.metadata.dataset import Json
from app.metadata.openapi_document import complete_operation, parameter_schema
from tests.metadata.builders import Operation


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
