"""Whatever a command is given, it says in words what is wrong: never a traceback."""

import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from app.catalogue.entry_types import ENTRY_TYPES
from tests.programs import MODELSHARE_PROGRAM, modelshare

NO_TEXT = os.fsdecode(b"\xff")


def said(url: str, *arguments: str | Path) -> str:
    """What a command that cannot do what it is asked says."""
    done = modelshare(url, *arguments)
    assert done.returncode in {1, 2}, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    return done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slug,name,country,origin\nlab,Lab,FR,european\n", "header of developers: developer,name"),
        ("slug,name,developer,openness\nm,M,deepseek,open\n", "header of models: model,name"),
        ("slug,name,publisher,metric\ns,S,P,t\n", "header of sources: source,name"),
        ("title,description\nA,B\n", "header of events: date,title"),
        ("developer,name\nlab,Lab\n", "(origin): Found “no such column”"),
        ("developer,developer,name,origin\nlab,lab,Lab,us\n", "one column for developer"),
        ("developer,name,origin,colour\nlab,Lab,us,red\n", "expected only these columns"),
        ("developer,name,origin\nlab\n", "expected 3 cells"),
        ("developer,name,origin\nlab,Lab,us\nlab,Lab,us\n", "stands on line 2 already"),
        ("developer,name,origin\n", "at least one line below the header"),
        ('developer,name,origin\nlab,"Lab,us\n', "a closing quote"),
        ("model,name,developer,openness\nm,M,nobody,open\n", "the slug of a developer"),
        ("date,title\n9999-99-99,A\n", "a day as YYYY-MM-DD"),
        (b"developer,name,origin\nlab,Lab\xe9,us\n", "not_utf8"),
        (b"developer,name,origin\nlab,L\0ab,us\n", "U+0000"),
    ],
)
def test_a_catalogue_file_that_does_not_fit_is_refused_with_what_is_expected(
    filled_database_url: str, tmp_path: Path, text: str | bytes, words: str
) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    message = said(filled_database_url, "catalogue", "import", path)
    assert ("UTF-8" if words == "not_utf8" else words) in message


@pytest.mark.parametrize(
    "content", [b"", b"\n\n\n", bytes(range(256)) * 20, b"PK\x03\x04" + bytes(999), b"a,b\n1,2\n"]
)
def test_what_is_no_catalogue_file_is_told_the_headers_of_one(
    empty_database_url: str, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(content)
    message = said(empty_database_url, "catalogue", "import", path)
    for kind in ENTRY_TYPES:
        assert f"{kind.name}: {kind.header}" in message
    said(empty_database_url, "import", path)


def test_a_hundred_megabytes_are_refused_at_once(filled_database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(b"developer,name,origin\n" + b"lab,Lab,us\n" * 1000)
        file.truncate(100 << 20)
    assert "at most 10 MiB" in said(filled_database_url, "catalogue", "import", path)


def test_directories_and_files_that_are_none_are_said_so(
    filled_database_url: str, tmp_path: Path
) -> None:
    strange = tmp_path / "strange"
    (strange / "snapshots" / "a.csv").mkdir(parents=True)
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path, strange, tmp_path / "loop", tmp_path / "none", "/dev/null", NO_TEXT):
        said(filled_database_url, "catalogue", "import", path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("catalogue", "history", "--limit", "0"),
        ("catalogue", "history", "--limit", "9" * 30),
        ("export", "/dev/null"),
        ("export", "/proc/none"),
        ("maintainer", "add", "--link", ""),
        ("maintainer", "add", "--link", "a\nb"),
        ("maintainer", "add", "--link", NO_TEXT),
        ("maintainer", "add", "ada", "--password-stdin"),
        ("maintainer", "link", "nobody"),
        ("token", "create", "nobody", "job"),
        ("token", "revoke", "nobody", ""),
        ("serve", "--port", "99999"),
        ("serve", "--port", "-1"),
        ("serve", "--workers", "0"),
        ("serve", "--host", NO_TEXT),
        ("migrate", "--app-role", ""),
        ("migrate", "--app-role", "public"),
        ("migrate", "--app-role", "pg_monitor"),
        ("migrate", "--app-role", "a" * 64),
        ("migrate", "--app-role", 'a"b'),
        ("migrate", "--app-role", NO_TEXT),
    ],
)
def test_an_argument_that_makes_no_sense_is_one_clear_message(
    empty_database_url: str, arguments: tuple[str, ...]
) -> None:
    assert ".." not in said(empty_database_url, *arguments)


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "APP_PASSWORD", "DATABASE_URL"])
def test_a_secret_that_is_no_text_is_one_clear_message(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"a-secret-\xff")
    monkeypatch.setenv(f"{name}_FILE", str(path))
    for command in (("migrate", "--app-role", "x"), ("maintainer", "list")):
        message = said("" if name == "DATABASE_URL" else empty_database_url, *command)
        assert f"{name}_FILE is not usable" in message
        assert "a-secret" not in message


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "APP_PASSWORD"])
def test_a_variable_that_is_no_text_is_one_clear_message(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"a-secret-{NO_TEXT}")
    message = said(empty_database_url, "migrate", "--app-role", "x")
    assert f"{name} is not usable" in message
    assert "a-secret" not in message


@pytest.mark.parametrize("command", [["export"], ["import"], ["catalogue", "import"]])
def test_an_empty_path_is_refused_and_is_not_the_current_directory(
    tmp_path: Path, command: list[str]
) -> None:
    done = subprocess.run(
        [MODELSHARE_PROGRAM, *command, ""],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "the path is empty" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ["import", "-"],
        ["catalogue", "import", "-"],
        ["maintainer", "add", "ada", "--password-stdin"],
    ],
)
def test_a_closed_standard_input_is_told_in_a_sentence(
    empty_database_url: str, command: list[str]
) -> None:
    words = " ".join(map(shlex.quote, [str(MODELSHARE_PROGRAM), *command]))
    done = subprocess.run(
        ["sh", "-c", f"{words} <&-"],
        env=os.environ | {"DATABASE_URL": empty_database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Standard input is closed.\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_read_from_standard_input_is_put_away_when_it_is_ended(
    tmp_path: Path, number: signal.Signals
) -> None:
    program = subprocess.Popen(
        [MODELSHARE_PROGRAM, "import", "-"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not list(tmp_path.glob("modelshare-*/standard-input.csv")):
        time.sleep(0.05)
    program.send_signal(number)
    assert program.wait(60) == 128 + number
    program.communicate()
    assert list(tmp_path.iterdir()) == []
