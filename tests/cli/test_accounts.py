"""`modelshare maintainer` and `modelshare token`, as commands of their own."""

import os
import pty
import re
import signal
import sys
from pathlib import Path

import pytest

from app.auth.accounts import MaintainerIdentity, maintainer_of_token
from app.auth.sessions import find_session, sign_in_by_link
from app.cli.accounts import NO_ADDRESS_HINT
from app.database.embedded.server import wait_until_stopped
from app.database.session import Database
from tests.auth.builders import count, outcome, sign_in
from tests.builders import PASSWORD, add_ada
from tests.programs import Program, modelshare


@pytest.fixture
def ada(db: Database) -> Database:
    """A database whose only maintainer is ada."""
    add_ada(db)
    return db


def test_a_maintainer_is_added_by_command_and_can_sign_in(
    empty_database_url: str, db: Database
) -> None:
    command = ("maintainer", "add", "ada", "--password-stdin")
    done = modelshare(empty_database_url, *command, typed=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout) == (0, "")
    assert outcome(db) == "in"
    listed = modelshare(empty_database_url, "maintainer", "list").stdout.splitlines()
    assert [line.split() for line in listed][1][::2] == ["ada", "active"]


def test_without_a_terminal_the_password_must_come_from_standard_input(
    empty_database_url: str, db: Database
) -> None:
    done = modelshare(empty_database_url, "maintainer", "add", "ada")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "There is no terminal to ask for the password.",
        "Pass it in with --password-stdin, or ask for a link with --link.",
    ]
    again = modelshare(empty_database_url, "maintainer", "password", "ada")
    assert "modelshare maintainer link ada" in again.stderr
    assert count(db, "maintainer") == 0


def test_a_terminal_is_asked_twice_and_shows_nothing(empty_database_url: str, db: Database) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.environ["DATABASE_URL"] = empty_database_url
        os.execv(sys.executable, [sys.executable, "-m", "app.cli.main", "maintainer", "add", "ada"])
    shown = b""
    for prompt in (b"Password: ", b"Once more: "):
        while not shown.endswith(prompt):
            shown += os.read(terminal, 100)
        os.write(terminal, PASSWORD.encode() + b"\n")
    while b"Added ada." not in shown:
        shown += os.read(terminal, 100)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert PASSWORD.encode() not in shown
    assert outcome(db) == "in"


def test_a_password_that_is_not_utf8_is_refused(empty_database_url: str) -> None:
    command = ("maintainer", "add", "ada", "--password-stdin")
    done = modelshare(empty_database_url, *command, typed=b"\xff" * 20)
    assert done.returncode == 1
    assert done.stderr == "The password on standard input is not UTF-8.\n"


def test_passwords_and_disabling_by_command(empty_database_url: str, ada: Database) -> None:
    secret = sign_in(ada)
    command = ("maintainer", "password", "ada", "--password-stdin")
    assert modelshare(empty_database_url, *command, typed="another long password").returncode == 0
    assert find_session(ada, secret) is None
    assert modelshare(empty_database_url, "maintainer", "disable", "ada").returncode == 0
    assert "disabled 2" in modelshare(empty_database_url, "maintainer", "list").stdout
    assert modelshare(empty_database_url, "maintainer", "enable", "ada").returncode == 0
    assert outcome(ada, password="another long password") == "in"


def test_a_token_is_printed_alone_and_once(empty_database_url: str, ada: Database) -> None:
    made = modelshare(empty_database_url, "token", "create", "ada", "ci")
    token = made.stdout.removesuffix("\n")
    assert maintainer_of_token(ada, token) == MaintainerIdentity("ada", "ci")
    assert token not in made.stderr
    listed = modelshare(empty_database_url, "token", "list")
    assert "ada   ci" in listed.stdout
    assert token not in listed.stdout
    again = modelshare(empty_database_url, "token", "create", "ada", "ci")
    assert (again.returncode, again.stdout) == (1, "")
    assert modelshare(empty_database_url, "token", "revoke", "ada", "ci").returncode == 0
    assert maintainer_of_token(ada, token) is None


def test_a_link_is_printed_whole_where_the_site_is_named(
    empty_database_url: str, ada: Database
) -> None:
    site = "https://shares.example/"
    done = modelshare(empty_database_url, "maintainer", "link", "ada", "--base-url", site)
    link = re.fullmatch(r"https://shares\.example/sign-in\?link=([\w-]{43})\n", done.stdout)
    assert link
    assert sign_in_by_link(ada, link[1])


def test_where_no_site_is_known_the_path_of_the_link_is_printed(
    empty_database_url: str, ada: Database
) -> None:
    done = modelshare(empty_database_url, "maintainer", "link", "ada")
    link = re.fullmatch(r"/sign-in\?link=([\w-]{43})\n", done.stdout)
    assert link
    assert sign_in_by_link(ada, link[1])
    assert done.stderr == f"{NO_ADDRESS_HINT}\n"


def test_a_maintainer_can_be_added_with_a_link_in_place_of_a_password(
    empty_database_url: str, db: Database
) -> None:
    command = ("maintainer", "add", "grace", "--link", "--base-url", "https://shares.example")
    done = modelshare(empty_database_url, *command)
    site, _, secret = done.stdout.strip().partition("/sign-in?link=")
    assert site == "https://shares.example"
    assert sign_in_by_link(db, secret)


def test_links_lead_to_the_server_that_runs_on_the_data_directory(tmp_path: Path) -> None:
    where = ("--data-dir", tmp_path / "var")
    server = Program("serve", "--port", "0", "--empty", *where)
    try:
        address = server.address()
        for command in (("link", "admin"), ("add", "ada", "--link")):
            program = Program("maintainer", *command, *where)
            program.finish()
            assert f"{address}/sign-in?link=" in program.output
    finally:
        server.stop(signal.SIGKILL)
    program = Program("maintainer", "link", "admin", *where)
    program.finish()
    assert "http://127" not in program.output
    assert NO_ADDRESS_HINT in program.output
    wait_until_stopped(tmp_path / "var")


@pytest.mark.parametrize(
    "arguments",
    [
        ("maintainer", "password", "nobody", "--password-stdin"),
        ("maintainer", "disable", "nobody"),
        ("maintainer", "link", "nobody"),
        ("token", "revoke", "nobody", "ci"),
    ],
)
def test_an_unknown_maintainer_is_one_clear_message(
    empty_database_url: str, arguments: tuple[str, ...]
) -> None:
    done = modelshare(empty_database_url, *arguments, typed=PASSWORD)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "There is no maintainer “nobody”.",
        "`modelshare maintainer list` names them.",
    ]
