"""What the contract says of every field: its meaning, its unit and its words."""

from collections import defaultdict

import pytest

from app.domain.vocabulary import Openness, Origin, Status
from app.metadata.dataset import Json
from app.metadata.json_schema import schema_kind
from tests.metadata.builders import own_fields


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


ALIKE = {
    ("name", "As people read it."),
    ("data", "By slug."),
    ("version", "Of this API: changes are additions only."),
    ("withdrawn_at", "When it was withdrawn, UTC; null: it was not."),
    ("origin_url", "The publisher's address that the figures were read at; may be empty."),
    ("retrieved_at", "The day they were read there; null: not known."),
    ("publisher_as_of", "The publisher's own date of the figures; null: not known."),
    ("window", "The stretch of time a figure is about; it ends with its month."),
    ("statistic", "What a figure is of its window."),
    ("reports_on", "Slug of the source that its figures are about; empty: its own count."),
    ("cadence", "How often it publishes; null: not known."),
    ("publishes_after_days", "Days from the end of a month to its figures; null: not known."),
    ("first_day", "The first day it covers; null: the month's own."),
    ("last_day", "The last day it covers; null: the month's own."),
    ("days", "How many days it covers; null: all of the month."),
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


@pytest.mark.parametrize(
    ("model", "field", "words"),
    [
        ("ShareRow", "status", [*Status, "missing"]),
        ("Meta", "by", ["origin", "openness", "company", "developer", "model"]),
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


def test_a_month_is_a_month_in_questions_and_answers(document: Json) -> None:
    of_shares = document["paths"]["/api/v1/shares"]["get"]["parameters"]
    of_question = [item["schema"] for item in of_shares if item["name"] in ("from", "to")]
    of_answer = document["components"]["schemas"]["ShareRow"]["properties"]["month"]
    assert [schema_kind(document, schema) for schema in (*of_question, of_answer)] == ["month"] * 3
