"""`modelshare import`, `export` and `migrate`, as commands of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.database.session import Database
from tests.builders import all_figures
from tests.programs import modelshare

SOURCE = "huggingface-study-2025"
NAMES = {"LOGNAME", "USER", "LNAME", "USERNAME"}


@pytest.fixture
def figures_csv(tmp_path: Path) -> Path:
    path = tmp_path / "figures.csv"
    path.write_text("month,origin,share_pct\n2026-01,chinese,30\n2026-01,us,60\n")
    return path


def test_a_sound_file_is_published_and_named(filled_database_url: str, figures_csv: Path) -> None:
    done = modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    assert done.returncode == 0, done.stderr
    assert "figures.csv: published as upload 9: 2 lines for 1 month." in done.stderr
    assert "add up to 90" in done.stderr


def test_a_file_may_come_by_standard_input(filled_database_url: str, figures_csv: Path) -> None:
    text = figures_csv.read_text()
    done = modelshare(filled_database_url, "import", "-", "--source", SOURCE, typed=text)
    assert done.returncode == 0, done.stderr
    assert "standard-input.csv: published as upload 9" in done.stderr
    events = "date,title\n2026-01-01,A new year\n"
    done = modelshare(filled_database_url, "catalogue", "import", "-", typed=events)
    assert done.returncode == 0, done.stderr
    refused = modelshare(filled_database_url, "import", "-", "--source", SOURCE, typed="month\nx\n")
    assert refused.returncode == 1
    assert "standard-input.csv" in refused.stderr


@pytest.mark.parametrize("name", ["figures[b].csv", "[red]figures.csv", "[fd00__1].csv"])
def test_a_name_in_brackets_is_printed_as_it_is(
    filled_database_url: str, tmp_path: Path, name: str
) -> None:
    missing = modelshare(filled_database_url, "import", tmp_path / name, "--source", SOURCE)
    assert name in missing.stderr
    (tmp_path / name).write_text("month,origin,share_pct\n2026-01,chinese,30\n")
    checked = modelshare(
        filled_database_url, "import", tmp_path / name, "--source", SOURCE, "--check"
    )
    assert f"{name}: sound: 1 line for 1 month." in checked.stderr
    blocked = modelshare(filled_database_url, "export", tmp_path / name)
    assert f"{name}/snapshots: Not a directory." in blocked.stderr


def test_a_file_with_errors_is_refused_whole_with_every_line_and_column(
    filled_database_url: str, filled_db: Database, figures_csv: Path
) -> None:
    figures_csv.write_text(
        "month,origin,share_pct\n2026-01,chinese,30\n2026-13,us,20\n2026-01,mars,-1\n"
    )
    before = all_figures(filled_db)
    done = modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    assert done.returncode == 1
    for words in (
        "figures.csv:3:1 (month): Found “2026-13”; expected",
        "figures.csv:4:2 (origin): Found “mars”; expected one of chinese,",
        "figures.csv:4:3 (share_pct): Found “-1”; expected",
        "The file has 3 problems.",
        "Nothing of it was stored.",
    ):
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert all_figures(filled_db) == before


def test_a_mistake_of_many_lines_is_one_entry_with_its_texts_and_lines(
    filled_database_url: str, figures_csv: Path
) -> None:
    rows = "2026-01,marz,1\n" * 200 + "2026-01,venus,1\n" + "2026-13,us,1\n"
    figures_csv.write_text("Period,origin,share_pct\n" + rows)
    done = modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    assert "figures.csv:2:2 (origin): Found “marz”; expected one of chinese," in done.stderr
    assert "201 of them, in lines 2-202:" in done.stderr
    assert "2: 2026-01,marz,1 (200 times)" in done.stderr
    assert "202: 2026-01,venus,1" in done.stderr
    assert "figures.csv:203:1 (Period): Found “2026-13”" in done.stderr
    assert len(done.stderr.splitlines()) < 15


def test_the_same_file_again_is_nothing_to_do(filled_database_url: str, figures_csv: Path) -> None:
    modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    again = modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    assert again.returncode == 0
    assert "nothing to do: the same bytes are current already as upload 9" in again.stderr


def test_revising_asks_for_a_reason(filled_database_url: str, figures_csv: Path) -> None:
    command = ("import", figures_csv, "--source", SOURCE)
    modelshare(filled_database_url, *command)
    figures_csv.write_text(figures_csv.read_text().replace("30", "31"))
    refused = modelshare(filled_database_url, *command)
    assert refused.returncode == 1
    assert f"Published already: {SOURCE} 2026-01." in refused.stderr
    assert modelshare(filled_database_url, *command, "--reason", "a recount").returncode == 0


def test_checking_stores_nothing(
    filled_database_url: str, filled_db: Database, figures_csv: Path
) -> None:
    before = all_figures(filled_db)
    done = modelshare(filled_database_url, "import", "--check", figures_csv, "--source", SOURCE)
    assert done.returncode == 0
    assert "Nothing was stored." in done.stderr
    assert all_figures(filled_db) == before


def test_what_is_exported_is_imported_into_an_empty_database(
    filled_database_url: str,
    filled_db: Database,
    empty_database_url: str,
    db: Database,
    tmp_path: Path,
) -> None:
    assert modelshare(filled_database_url, "export", tmp_path / "out").returncode == 0
    assert modelshare(empty_database_url, "import", tmp_path / "out").returncode == 0
    assert all_figures(db) == all_figures(filled_db)


def test_new_names_are_announced_so_that_a_misspelt_one_shows(
    filled_database_url: str, figures_csv: Path
) -> None:
    figures_csv.write_text(
        "month,origin,openness,developer,share_pct\n2026-01,chinese,open,DeepSeak,30\n"
    )
    done = modelshare(
        filled_database_url, "import", "--check", figures_csv, "--source", "Vercel AI Gateway index"
    )
    assert "figures.csv:2: new developer deepseak: DeepSeak, chinese." in done.stderr
    assert "did you mean “DeepSeek”?" in done.stderr


def test_checking_names_the_published_months_that_a_file_revises(
    filled_database_url: str, figures_csv: Path
) -> None:
    modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    figures_csv.write_text(figures_csv.read_text().replace("30", "31"))
    done = modelshare(filled_database_url, "import", "--check", figures_csv, "--source", SOURCE)
    assert f"revises what is published: {SOURCE} 2026-01." in done.stderr


def test_an_empty_database_asks_for_the_catalogue_first(
    empty_database_url: str, figures_csv: Path
) -> None:
    done = modelshare(empty_database_url, "import", figures_csv, "--source", SOURCE)
    assert done.returncode == 1
    assert "There is no source yet." in done.stderr
    assert "app/data" in done.stderr


def test_the_catalogue_is_corrected_with_a_reason_that_its_history_keeps(
    filled_database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text("developer,name,origin\npoolside,Poolside,european\n")
    refused = modelshare(filled_database_url, "catalogue", "import", path)
    assert refused.returncode == 1
    assert "A reason is needed" in refused.stderr
    reason = ("--reason", "moved to Paris")
    assert modelshare(filled_database_url, "catalogue", "import", path, *reason).returncode == 0
    history = modelshare(filled_database_url, "catalogue", "history").stdout
    assert "developers poolside: moved to Paris (origin: us -> european)" in history


def test_the_history_is_as_long_as_asked_for_and_shows_nothing_hidden(
    filled_database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "developers.csv"
    path.write_text('developer,name,origin,note\nlab,"Lab, :x:",us,a\u2028b\n')
    assert modelshare(filled_database_url, "catalogue", "import", path).returncode == 0
    assert len(modelshare(filled_database_url, "catalogue", "history").stdout.splitlines()) == 50
    history = modelshare(filled_database_url, "catalogue", "history", "--limit", "1").stdout
    assert history.endswith(
        'developers lab: added (name: "Lab, :x:", note: a\\u2028b, origin: us, developer: lab)\n'
    )


@pytest.mark.parametrize(
    "reason", ["a\x07b", b"\xff".decode("utf-8", "surrogateescape"), "x" * 3000]
)
def test_a_reason_that_is_no_text_is_one_clear_message(
    filled_database_url: str, tmp_path: Path, reason: str
) -> None:
    path = tmp_path / "developers.csv"
    path.write_text("developer,name,origin\nlab,Lab,us\n")
    done = modelshare(filled_database_url, "catalogue", "import", path, "--reason", reason)
    assert done.returncode == 1
    assert "The reason cannot be read." in done.stderr
    assert "Traceback" not in done.stderr


def test_names_with_colons_are_no_pictures(filled_database_url: str, figures_csv: Path) -> None:
    figures_csv.write_text("month,origin,developer,share_pct\n2026-01,us,:x: Lab,30\n,,,\n")
    done = modelshare(filled_database_url, "import", "--check", figures_csv, "--source", SOURCE)
    assert ": :x: Lab, us." in done.stderr


def test_a_blank_cell_is_called_blank(filled_database_url: str, figures_csv: Path) -> None:
    figures_csv.write_text("month,origin,share_pct\n2026-01,,30\n")
    done = modelshare(filled_database_url, "import", figures_csv, "--source", SOURCE)
    assert "(origin): Expected" in done.stderr


def test_figures_are_no_catalogue_file(filled_database_url: str, figures_csv: Path) -> None:
    refused = modelshare(filled_database_url, "catalogue", "import", figures_csv)
    assert refused.returncode == 1
    assert "is no catalogue file" in refused.stderr


def test_exporting_from_a_place_without_a_database_makes_none(tmp_path: Path) -> None:
    done = modelshare("", "export", tmp_path / "out", "--data-dir", tmp_path / "nothing")
    assert done.returncode == 1
    assert "There is no database in" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_exporting_to_where_nothing_can_be_written_is_one_clear_line(
    filled_database_url: str, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = modelshare(filled_database_url, "export", blocked / "out")
    assert done.returncode == 1
    assert "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrating_says_where_the_schema_stands(blank_database_url: str) -> None:
    first, second = (modelshare(blank_database_url, "migrate") for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stderr == second.stderr != ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "nowhere.csv"), "There is no file nowhere.csv."),
        (("import", "app/data/sources.csv", "--openness", "ajar"), "ajar"),
        (("imprt",), "imprt"),
    ],
)
def test_a_mistyped_command_is_one_clear_message(
    empty_database_url: str, arguments: tuple[str, ...], words: str
) -> None:
    done = modelshare(empty_database_url, *arguments)
    assert done.returncode in {1, 2}
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "mysql://x/y",
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql://h:abc/z",
        "postgresql://x:secret@[::1/z",
    ],
)
def test_a_database_that_cannot_be_used_is_one_clear_message(url: str) -> None:
    done = modelshare(url, "migrate")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [("maintainer", "disable", "\udcff"), ("maintainer", "link", "\udcff"),
     ("token", "create", "\udcff", "job"), ("token", "revoke", "\udcff", "job")],
)  # fmt: skip
def test_a_name_that_is_no_text_is_nobodys(filled_database_url: str, command: tuple[str]) -> None:
    done = modelshare(filled_database_url, *command)
    assert done.returncode == 1
    assert "There is no maintainer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["nope.invalid", "a..b"])
def test_a_host_that_is_none_is_said_in_words(filled_database_url: str, host: str) -> None:
    done = modelshare(filled_database_url, "serve", "--host", host)
    assert done.returncode == 1
    assert f"Cannot listen on {host}:" in done.stderr
    assert "Choose another with --host or HOST." in done.stderr
    assert "Unknown error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_user_without_a_name_is_noted_by_number() -> None:
    alone = {name: text for name, text in os.environ.items() if name not in NAMES}
    program = "from app.cli.imports import operator_name; print(operator_name())"
    number = ["unshare", "--user", "--map-user=54321", sys.executable, "-c", program]
    done = subprocess.run(number, env=alone, capture_output=True, text=True, check=False)
    assert done.stdout == "user 54321 (command line)\n", done.stderr


def test_it_tells_its_version(empty_database_url: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", modelshare(empty_database_url, "--version").stdout)
