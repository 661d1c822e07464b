"""Every documented operation, asked with whatever its contract allows, and with what it does not.

Whatever is sent, the answer is one that the contract declares: its status, its kind, its fields.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import URL

from app.auth.accounts import add_maintainer, create_token
from tests import openapi
from tests.databases import copied, open_database, serve_database

schema = schemathesis.openapi.from_dict(json.loads(openapi.text()))
schema.config.generation.modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True)
class Served:
    address: str
    token: str
    session: requests.Session


@pytest.fixture(scope="module")
def served(database_server: URL, filled_template: str) -> Iterator[Served]:
    """A server on a database of its own, and a maintainer's token."""
    with copied(database_server, filled_template) as url:
        with open_database(url) as db, db.writing() as session:
            add_maintainer(session, "ada")
            token = create_token(session, "ada", "schemathesis")
        with serve_database(url) as address, requests.Session() as session:
            yield Served(address, token, session)


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_declared_one(case: schemathesis.Case[Any], served: Served) -> None:
    case.call_and_validate(
        base_url=served.address,
        session=served.session,
        headers={"Authorization": f"Bearer {served.token}"},
        checks=CHECKED,
    )
