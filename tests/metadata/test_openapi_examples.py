"""The examples of the contract: each is taken, known and answered."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from app.metadata.dataset import Json
from tests.metadata.builders import Operation, own_fields
from tests.paging import rows_of_all_pages


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
