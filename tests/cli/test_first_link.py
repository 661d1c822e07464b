"""The link that a first start prints, and when it prints none."""

import re
import signal
import time
from pathlib import Path

from app.auth.accounts import MaintainerIdentity, set_password
from app.auth.sessions import find_session, sign_in_by_link
from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.database.schema_version import schema_revisions
from app.database.session import Database
from tests.auth.builders import count
from tests.builders import PASSWORD
from tests.databases import open_database
from tests.programs import Program


def read_on(program: Program, words: str) -> str:
    while words not in program.output:
        line = program.terminal.readline()
        assert line, program.output
        program.output += line
    return program.output.splitlines()[-1]


def said_at_start(program: Program) -> str:
    """All it says when it has had a moment to say more than where it is."""
    try:
        program.address()
        time.sleep(0.2)
    finally:
        program.stop(signal.SIGTERM)
    return program.output


def test_every_start_prints_a_link_that_signs_in_until_there_is_a_password(tmp_path: Path) -> None:
    serve = ("serve", "--port", "0", "--empty", "--data-dir", tmp_path / "var")
    first = Program(*serve)
    try:
        line = read_on(first, "sign-in?link=")
    finally:
        first.stop(signal.SIGTERM)
    assert re.fullmatch(r"To upload, .* http://127\.0\.0\.1:\d+/sign-in\?link=[\w-]{43}", line)
    second = Program(*serve)
    try:
        again = read_on(second, "sign-in?link=")
    finally:
        second.stop(signal.SIGTERM)
    with run_embedded_postgres(tmp_path / "var") as url, open_database(url) as db:
        for link in (line.partition("link=")[2], again.partition("link=")[2]):
            assert find_session(db, sign_in_by_link(db, link)) == MaintainerIdentity("admin")
        with db.writing() as session:
            set_password(session, "admin", PASSWORD)
    assert "link" not in said_at_start(Program(*serve))
    wait_until_stopped(tmp_path / "var")


def test_with_a_database_url_no_maintainer_is_made(empty_database_url: str, db: Database) -> None:
    program = Program("serve", "--port", "0", DATABASE_URL=empty_database_url)
    assert "link" not in said_at_start(program)
    assert count(db, "maintainer") == 0
    assert schema_revisions(db)[0]
