"""Where a file comes from, said beside it on the command line or in `uploads.csv`."""

from datetime import date
from pathlib import Path

import pytest

from app.database.session import Database
from app.domain.sources.provenance import Provenance
from app.queries.uploads import UploadRecord, read_upload_records
from tests.builders import SOURCE, month_file
from tests.programs import modelshare

URL = "https://arxiv.org/abs/2512.03073"
GIVEN = ("--origin-url", URL, "--retrieved-at", "2026-10-10", "--publisher-as-of", "2026-10-09")
READ = Provenance(URL, date(2026, 10, 10), date(2026, 10, 9))


def latest(db: Database) -> UploadRecord:
    with db.reading() as session:
        return read_upload_records(session, everyone=True)[0]


def provenance_of(record: UploadRecord) -> Provenance:
    return Provenance(record.origin_url, record.retrieved_at, record.publisher_as_of)


def test_it_is_said_beside_the_file(
    filled_database_url: str, filled_db: Database, tmp_path: Path
) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(month_file("30"))
    done = modelshare(filled_database_url, "import", path, "--source", SOURCE, *GIVEN)
    assert done.returncode == 0, done.stderr
    assert provenance_of(latest(filled_db)) == READ


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--retrieved-at", "9999-01-01"), "retrieved_at cannot be taken"),
        (("--publisher-as-of", "yesterday"), "expected a day as YYYY-MM-DD"),
        (("--origin-url", "arxiv.org"), "an address that begins with https://"),
    ],
)
def test_what_cannot_be_is_one_clear_message(
    filled_database_url: str,
    filled_db: Database,
    tmp_path: Path,
    arguments: tuple[str, str],
    words: str,
) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(month_file("30"))
    before = latest(filled_db).id
    done = modelshare(filled_database_url, "import", path, "--source", SOURCE, *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert latest(filled_db).id == before


def export_with_uploads(url: str, directory: Path, lines: str) -> Path:
    out = directory / "out"
    assert modelshare(url, "export", out).returncode == 0
    (out / "uploads.csv").write_text(f"file,origin_url,retrieved_at,publisher_as_of\n{lines}")
    return out


def test_it_is_exported_beside_the_snapshots_and_imported_with_them(
    filled_database_url: str, empty_database_url: str, db: Database, tmp_path: Path
) -> None:
    line = f"{SOURCE}.csv,{URL},2026-10-10,2026-10-09\n"
    out = export_with_uploads(filled_database_url, tmp_path, line)
    assert modelshare(empty_database_url, "import", out).returncode == 0
    with db.reading() as session:
        records = {item.filename: item for item in read_upload_records(session, everyone=True)}
    assert provenance_of(records[f"{SOURCE}.csv"]) == READ
    assert not provenance_of(records["openrouter-rankings.csv"])
    assert modelshare(empty_database_url, "export", tmp_path / "again").returncode == 0
    again = (tmp_path / "again" / "uploads.csv").read_text().splitlines()
    assert line.strip() in again
    assert "openrouter-rankings.csv,,," in again


def test_what_the_command_line_says_goes_before_the_list(
    filled_database_url: str, filled_db: Database, tmp_path: Path
) -> None:
    snapshots = tmp_path / "snapshots"
    snapshots.mkdir()
    (snapshots / "figures.csv").write_bytes(month_file("30"))
    (tmp_path / "uploads.csv").write_text("file,retrieved_at\nfigures.csv,2026-01-01\n")
    choice = ("--source", SOURCE)
    done = modelshare(filled_database_url, "import", snapshots / "figures.csv", *choice, *GIVEN)
    assert done.returncode == 0, done.stderr
    assert provenance_of(latest(filled_db)) == READ


def test_a_list_that_cannot_be_read_stops_everything_and_its_lines_are_named(
    filled_database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    out = export_with_uploads(filled_database_url, tmp_path, "nothing.csv,,,\n")
    done = modelshare(empty_database_url, "import", out)
    assert done.returncode == 1
    expected = "expected the name of a file in the folder snapshots"
    assert f"uploads.csv:2:1 (file): Found “nothing.csv”; {expected}." in done.stderr
    assert "added" not in done.stderr
