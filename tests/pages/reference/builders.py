"""What several tests of reference pages read and change."""

from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import EntryType, read_entries
from app.database.session import Database
from app.ingest.withdraw import withdraw_upload
from tests.builders import REVISED, publish_file
from tests.markup import attributes, select_one

MAIN = "/sources/openrouter-rankings"
SINGLE = "/sources/huggingface-study-2025"
BEFORE = "as_of=2020-01-01"


def record(db: Database) -> tuple[int, int]:
    """A revision of September, and one that was withdrawn; their uploads."""
    standing = publish_file(db, REVISED, reason="a recount")
    gone = publish_file(db, REVISED.replace(b"50", b"55"), reason="one more")
    with db.writing() as session:
        withdraw_upload(session, gone, by="grace", reason="left out a week")
    return standing, gone


TNG = "/developers/tngtech"
CHIMERA = "/models/tngtech/deepseek-r1t2-chimera"


def names(client: TestClient, address: str) -> list[str]:
    addresses = attributes(client.get(address).text, '.who > a[href^="/developers/"]', "href")
    return [item.removeprefix("/developers/").partition("?")[0] for item in addresses]


def headline(client: TestClient, address: str) -> str:
    heading = select_one(client.get(address).text, "h1:has(> small)")
    text: str = next(heading.strings)
    return text.replace("\N{NO-BREAK SPACE}", " ").strip()


def correct(db: Database, kind: EntryType, slug: str, **cells: str) -> None:
    with db.writing() as session:
        column = kind.columns[0].name
        number, stored_cells = next(
            item for item in read_entries(session, kind) if item[1][column] == slug
        )
        edit_entry(session, kind, stored_cells | cells, by="ada", reason="why", entry_id=number)
