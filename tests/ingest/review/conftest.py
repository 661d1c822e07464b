"""A source whose months the tests of reviews choose themselves."""

import pytest

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database


@pytest.fixture
def gateway(filled_db: Database) -> Database:
    """Beside the bundled figures a source without any."""
    texts = {
        "source": "gateway", "name": "Gateway", "publisher": "Acme", "metric": "tokens",
        "population": "Public traffic",
    }  # fmt: skip
    with filled_db.writing() as session:
        edit_entry(session, SOURCE_TYPE, texts, by="ada", reason="new")
    return filled_db
