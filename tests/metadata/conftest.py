"""The API's contract, read once by each file of its tests."""

import json

import pytest

from app.metadata import openapi_document
from app.metadata.dataset import Json
from tests import openapi
from tests.metadata.builders import Operation


@pytest.fixture(scope="module")
def document() -> Json:
    document: Json = json.loads(openapi.text())
    return document


@pytest.fixture(scope="module")
def operations(document: Json) -> list[Operation]:
    return list(openapi_document.operations(document))
