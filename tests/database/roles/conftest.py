"""A role that serves, its database and its application."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from app.database.roles import prepare_role
from app.database.session import Database
from app.main import create_app
from tests.databases import open_database


@pytest.fixture
def serving_role(filled_db: Database) -> Iterator[str]:
    """A role as `modelshare migrate --app-role` makes it."""
    name = f"serving_{uuid4().hex[:8]}"
    prepare_role(filled_db, name, None)
    yield name
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")


@pytest.fixture
def serving_url(filled_database_url: str, serving_role: str) -> str:
    url = make_url(filled_database_url).set(username=serving_role)
    return url.render_as_string(hide_password=False)


@pytest.fixture
def serving_db(serving_url: str) -> Iterator[Database]:
    with open_database(serving_url) as db:
        yield db


@pytest.fixture
def serving_client(serving_url: str) -> Iterator[TestClient]:
    with TestClient(create_app(Database(serving_url)), follow_redirects=False) as client:
        yield client
