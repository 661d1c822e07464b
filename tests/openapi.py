"""The contract as a file: `python -m tests.openapi` writes docs/openapi.json anew."""

import json

from app.database.session import Database
from app.main import create_app
from app.paths import PROJECT

PATH = PROJECT / "docs" / "openapi.json"


def text() -> str:
    """The application's document as the file has it. No database is asked."""
    db = Database("postgresql+psycopg://nobody@localhost/nothing")
    document = create_app(db).openapi()
    db.close()
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8", newline="\n")
