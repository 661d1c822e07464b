"""What the tests of signing in share."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.builders import add_ada
from tests.pages.maintain.sign_in.visitors import browsing


@pytest.fixture
def ada(db: Database) -> Database:
    """A database whose only maintainer is ada."""
    add_ada(db)
    return db


@pytest.fixture
def site(application: FastAPI, empty_database_url: str, ada: Database) -> Iterator[TestClient]:
    """A browser that has just opened the site of ada, over http."""
    with browsing(application, empty_database_url) as site:
        yield site
