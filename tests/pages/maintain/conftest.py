"""What the tests of maintainers' pages share."""

import pytest

from app.auth.accounts import add_maintainer
from app.database.session import Database
from tests.builders import ADAS_PASSWORD


@pytest.fixture
def ada(filled_db: Database) -> Database:
    """The bundled figures, and a maintainer with a password."""
    with filled_db.writing() as session:
        add_maintainer(session, "ada", ADAS_PASSWORD)
    return filled_db
