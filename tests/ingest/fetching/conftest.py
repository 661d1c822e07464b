"""A database for fetches that are refused."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from app.database.session import Database
from tests.databases import copied, open_database


@pytest.fixture(scope="module")
def standing_db(database_server: URL, catalogue_template: str) -> Iterator[Database]:
    """The bundled catalogue; shared, since nothing that is refused changes it."""
    with copied(database_server, catalogue_template) as url, open_database(url) as db:
        yield db
