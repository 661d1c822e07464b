"""`/datapackage.json`: what it says of the files, held against the files."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from app.metadata.dataset import Json
from tests.pages.api_docs.builders import package

Value = str | int | Decimal | date


Row = dict[str, Value | None]


Tables = dict[str, list[Row]]


def test_the_columns_of_every_file_are_those_the_package_tells(client: TestClient) -> None:
    resources = package(client)["resources"]
    assert "shares" in [resource["name"] for resource in resources]
    for resource in resources:
        header = next(csv.reader(io.StringIO(client.get(resource["path"]).text)))
        assert header == [field["name"] for field in resource["schema"]["fields"]], resource["name"]


def test_every_column_has_a_type_and_a_meaning_and_shares_their_unit(client: TestClient) -> None:
    for resource in package(client)["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert all(field["type"] != "any" and field["description"] for field in fields.values())
        if month := fields.get("month"):
            assert (month["type"], month["example"]) == ("yearmonth", "2025-08")
        if share := fields.get("share_pct"):
            assert (share["type"], share["unit"]) == ("number", "percent")


def cells_of(client: TestClient, resource: Json) -> list[Row]:
    """The rows of a file as its schema reads them; raises ValueError for what it does not take."""
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    text = client.get(resource["path"]).text
    return [
        {name: read_cell(fields[name], cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]


READERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "number": Decimal,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "yearmonth": lambda cell: datetime.strptime(cell, "%Y-%m").replace(tzinfo=UTC),
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def read_cell(field: Json, cell: str) -> Value | None:
    constraints = field.get("constraints", {})
    if cell == "":
        assert not constraints.get("required"), field
        return None
    value = READERS[field["type"]](cell)
    assert value in constraints.get("enum", [value]), (field, cell)
    assert re.fullmatch(constraints.get("pattern", ".*"), cell, re.DOTALL), (field, cell)
    assert constraints.get("minimum", value) <= value <= constraints.get("maximum", value)
    return value


@pytest.fixture(scope="module")
def tables(client: TestClient) -> Tables:
    return {item["name"]: cells_of(client, item) for item in package(client)["resources"]}


def test_the_rows_of_every_file_fit_its_schema(tables: Tables) -> None:
    assert all(tables.values())
    assert any(row["share_pct"] is None for row in tables["shares"])


def test_a_primary_key_names_one_row(client: TestClient, tables: Tables) -> None:
    keyed = 0
    for resource in package(client)["resources"]:
        if key := resource["schema"].get("primaryKey"):
            rows = [tuple(row[name] for name in key) for row in tables[resource["name"]]]
            assert len(set(rows)) == len(rows), resource["name"]
            keyed += 1
    assert keyed == len(tables) - 1  # of revisions no columns always name a row


def test_a_foreign_key_leads_to_a_row(client: TestClient, tables: Tables) -> None:
    followed = 0
    for resource in package(client)["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            ((name,), reference) = key["fields"], key["reference"]
            (column,) = reference["fields"]
            there = {row[column] for row in tables[reference["resource"]]}
            here = {row[name] for row in tables[resource["name"]]} - {None}
            assert here <= there, (resource["name"], name)
            followed += 1
    assert followed >= 10


def test_months_days_and_instants_have_their_types(client: TestClient) -> None:
    types = {
        (resource["name"], field["name"]): field["type"]
        for resource in package(client)["resources"]
        for field in resource["schema"]["fields"]
    }
    assert types["sources", "first_month"] == types["models", "release_month"] == "yearmonth"
    assert types["events", "date"] == "date"
    assert types["revisions", "at"] == types["snapshots", "withdrawn_at"] == "datetime"


def test_its_files_are_those_of_the_vintage_it_says(client: TestClient) -> None:
    described = package(client)
    for resource in described["resources"]:
        assert f"as_of={described['version']}" in resource["path"]
        assert ("source=openrouter-rankings" in resource["path"]) == (resource["name"] == "shares")
