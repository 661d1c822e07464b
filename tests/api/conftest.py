"""The application as a maintainer's program asks it."""

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.api.builders import bearer


@pytest.fixture
def api(filled_db: Database, own_client: TestClient) -> TestClient:
    """The application, asked with the token of a maintainer."""
    own_client.headers.update(bearer(filled_db))
    return own_client
