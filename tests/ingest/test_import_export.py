"""What is exported is imported the same."""

import csv
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.database.session import Database
from app.database.tables import Upload
from app.domain.errors import BadFileError, ConflictError, NotFoundError
from app.domain.sources.provenance import UNKNOWN_PROVENANCE
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest import import_export
from app.ingest.import_export import (
    ImportOptions,
    export_files,
    import_bundled_data,
    import_file,
    is_empty,
    list_files,
    read_provenances,
)
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.check_process import IN_PROCESS_MAX_BYTES
from app.paths import DATA
from tests.builders import all_figures

ADA = ImportOptions("ada")
STUDY = CheckOptions(source="huggingface-study-2025")


def import_all(db: Database, directory: Path) -> None:
    provenances = read_provenances(directory / "uploads.csv")
    for path in list_files([directory]):
        import_file(db, path, replace(ADA, provenance=provenances.get(path, UNKNOWN_PROVENANCE)))


def test_the_bundled_figures_come_back_the_same(
    filled_db: Database, db: Database, tmp_path: Path
) -> None:
    export_files(filled_db, tmp_path)
    import_all(db, tmp_path)
    assert all_figures(db) == all_figures(filled_db)


def test_of_two_that_fill_an_empty_database_at_once_one_does(db: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(import_bundled_data, [db, db])) == [False, True]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Upload)) == 8


def test_filling_that_is_broken_off_leaves_the_database_empty(
    db: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "snapshots" / "vercel-ai-gateway.csv").write_text("month\nnever\n")
    monkeypatch.setattr(import_export, "DATA", tmp_path / "data")
    with pytest.raises(BadFileError):
        import_bundled_data(db)
    assert is_empty(db)


def test_exporting_what_was_imported_writes_the_same_files(
    filled_db: Database, db: Database, tmp_path: Path
) -> None:
    first = export_files(filled_db, tmp_path / "first")
    import_all(db, tmp_path / "first")
    second = export_files(db, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_sources_whose_slugs_look_alike_are_exported_to_files_of_their_own(
    filled_db: Database, db: Database, tmp_path: Path
) -> None:
    slugs = ("lab/one", "lab_one", "lab:one")
    path = tmp_path / "sources.csv"
    rows = "".join(f"{slug},{slug},Lab,tokens,all\n" for slug in slugs)
    path.write_text(f"source,name,publisher,metric,population\n{rows}")
    import_file(filled_db, path, ADA)
    for slug in slugs:
        figure = tmp_path / "figure.csv"
        figure.write_text(f"month,source,origin,share_pct\n2026-01,{slug},us,30.5\n")
        import_file(filled_db, figure, ADA)
    written = export_files(filled_db, tmp_path / "out")
    assert len(written) == len(set(written))
    import_all(db, tmp_path / "out")
    assert all_figures(db) == all_figures(filled_db)


def test_the_catalogue_can_be_corrected_by_its_own_files(
    filled_db: Database, tmp_path: Path
) -> None:
    export_files(filled_db, tmp_path)
    developers = tmp_path / "developers.csv"
    developers.write_text(developers.read_text().replace("\nzyphra,", "\nzyphra,", 1))
    unchanged = import_file(filled_db, developers, ADA).changes
    assert unchanged is not None
    assert (unchanged.added, unchanged.changed) == (0, 0)
    lines = (
        developers.read_text().replace(",DeepSeek,", ",DeepSeek AI,")
        + "newlab,New Lab,FR,european,,,,\n"
    )
    developers.write_text(lines)
    choices = ImportOptions("ada", reason="its own spelling")
    changes = import_file(filled_db, developers, choices).changes
    assert changes is not None
    assert (changes.added, changes.changed) == (1, 1)


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        ("model,name,developer,openness\nm/1,One,nobody,open\n", 2, "unknown_developer"),
        ("developer,name,origin\na,A,us\na,A,us\n", 3, "entry_twice"),
        ("developer,name,origin\na,A,martian\n", 2, "unknown_word"),
        ("date,title\n2025-02-30,Never\n", 2, "not_a_day"),
    ],
)
def test_a_catalogue_file_with_a_problem_is_refused_whole(
    filled_db: Database, tmp_path: Path, content: str, line: int, code: str
) -> None:
    before = all_figures(filled_db)
    path = tmp_path / "catalogue.csv"
    path.write_text(content)
    with pytest.raises(BadFileError) as caught:
        import_file(filled_db, path, ADA)
    assert [(problem.line, problem.code) for problem in caught.value.problems] == [(line, code)]
    assert all_figures(filled_db) == before


def test_checking_stores_nothing(filled_db: Database, tmp_path: Path) -> None:
    before = all_figures(filled_db)
    path = tmp_path / "new.csv"
    path.write_text("month,origin,share_pct\n2026-01,chinese,30\n")
    choices = ImportOptions("ada", check_only=True, reading=STUDY)
    imported = import_file(filled_db, path, choices)
    assert imported.checked is not None
    assert imported.published is None
    assert all_figures(filled_db) == before


def test_a_check_warns_of_what_a_review_warns_of(filled_db: Database, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("month,origin,openness,share_pct\n2026-09,chinese,open,58\n")
    options = ImportOptions("ada", check_only=True, reading=CheckOptions("openrouter-rankings"))
    imported = import_file(filled_db, path, options)
    assert {"lost_group", "less_detail", "fewer_lines", "revises"} <= {
        notice.code for notice in imported.warnings
    }


def test_an_import_takes_as_long_as_it_needs_also_where_it_brings_new_names(
    filled_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out_of_time(command: list[str], **_: object) -> None:
        raise subprocess.TimeoutExpired(command, 0)

    monkeypatch.setattr(subprocess, "run", run_out_of_time)
    path = tmp_path / "new.csv"
    rows = [f"2026-01,closed,openai,a new model {n},0.01" for n in range(2_000)]
    path.write_text("\n".join(["month,openness,developer,model,share_pct", *rows]))
    assert path.stat().st_size > IN_PROCESS_MAX_BYTES
    choices = ImportOptions("ada", reading=STUDY)
    for options in (replace(choices, check_only=True), choices):
        imported = import_file(filled_db, path, options)
        assert imported.checked is not None
        assert len(imported.checked.new_models) == 2_000


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no file"):
        list_files([tmp_path / "nothing.csv"])
    with pytest.raises(NotFoundError, match="nothing to import"):
        list_files([tmp_path])


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\ufffd"),
    min_size=1,
    max_size=20,
)
shares = st.decimals(min_value=0, max_value=7, places=6)
lines = st.lists(
    st.tuples(
        st.sampled_from(Origin),
        st.sampled_from(Openness),
        names,
        shares,
        st.sampled_from(Status),
        st.text("aé漢'\"=;,\n ", max_size=20),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: "".join(filter(str.isalnum, line[2])).casefold(),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=lines)
def test_whatever_is_published_is_exported_and_read_back_the_same(
    filled_db: Database, tmp_path: Path, lines: list[tuple[object, ...]]
) -> None:
    path = tmp_path / "first.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["month", "origin", "openness", "developer", "share", "status", "note"])
        writer.writerows(["2026-01", *line[:2], f"lab {line[2]}", *line[3:]] for line in lines)
    choices = ImportOptions("ada", reason="another try", reading=STUDY)
    try:
        import_file(filled_db, path, choices)
    except (BadFileError, ConflictError):
        reject()  # names that are one developer, or shares that look like fractions
    before = all_figures(filled_db)
    export_files(filled_db, tmp_path / "out")
    exported = tmp_path / "out" / "snapshots" / "huggingface-study-2025.csv"
    import_file(filled_db, exported, choices)
    assert set(before) == set(all_figures(filled_db))
