"""Workbooks on the command line: `modelshare import figures.xlsx --sheet Figures`."""

from datetime import date
from pathlib import Path

from tests.builders import SOURCE
from tests.programs import modelshare
from tests.workbook_files import Cell, ods

HEADER: list[Cell] = ["month", "origin", "openness", "share_pct"]
ROWS: list[list[Cell]] = [HEADER, [date(2026, 1, 1), "chinese", "open", 29.7]]


def test_a_sheet_is_asked_for_and_its_cells_are_named(
    filled_database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "january.ods"
    bad: list[list[Cell]] = [HEADER, [date(2026, 1, 1), "us", "open", "many"]]
    path.write_bytes(ods({"Figures": ROWS, "Draft": bad}))
    chosen = ("import", path, "--source", SOURCE)
    asked = modelshare(filled_database_url, *chosen)
    assert asked.returncode == 1
    assert "“Figures”, “Draft”" in asked.stderr
    assert "--sheet" in asked.stderr
    refused = modelshare(filled_database_url, *chosen, "--sheet", "Draft")
    assert "january.ods:D2 (share_pct): Found “many”" in refused.stderr
    done = modelshare(filled_database_url, *chosen, "--sheet", "Figures")
    assert done.returncode == 0, done.stderr
    assert "published" in done.stdout + done.stderr


def test_a_wide_file_is_turned_with_wide(filled_database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "homes.csv"
    path.write_text("Shares of tokens\nDate,Chinese,US\n2026-01,29.72,12.31\n")
    chosen = ("import", path, "--source", SOURCE, "--reason", "recounted")
    refused = modelshare(filled_database_url, *chosen)
    assert refused.returncode == 1
    assert "--wide origin --figures share_pct" in refused.stderr
    wide = ("--wide", "origin", "--figures", "share_pct")
    assert "--leave-out" in modelshare(filled_database_url, *chosen, *wide).stderr
    done = modelshare(filled_database_url, *chosen, *wide, "--leave-out")
    assert done.returncode == 0, done.stderr
