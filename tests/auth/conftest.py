"""A database with one maintainer."""

import pytest

from app.database.session import Database
from tests.builders import add_ada


@pytest.fixture
def ada(db: Database) -> Database:
    """A database whose only maintainer is ada."""
    add_ada(db)
    return db
