"""Catalogue files, read by the same engine."""

from datetime import date

import pytest

from app.csv_io.cell_parsers import parse_country, parse_day, parse_slug, parse_url, parse_yes
from app.csv_io.schema import ColumnRule
from tests.csv_io.builders import codes, read

CATALOGUE = (
    ColumnRule("model", parse_slug, required=True, filled=True),
    ColumnRule("country", parse_country),
    ColumnRule("url", parse_url, blank=""),
    ColumnRule("date", parse_day),
    ColumnRule("headline", parse_yes, blank=False),
)


def test_the_same_engine_reads_catalogue_files() -> None:
    text = "model,country,url,date,headline\nQwen/Qwen3-0.6B,CN,https://qwen.ai/,2025-01-20,yes\nx,,,,\n"
    table, rows = read(text, columns=CATALOGUE)
    assert not table.problems.count
    assert list(rows[0].values()) == [
        "qwen/qwen3-0.6b",
        "CN",
        "https://qwen.ai/",
        date(2025, 1, 20),
        True,
    ]
    assert list(rows[1].values()) == ["x", None, "", None, False]


def test_what_a_catalogue_file_gets_wrong_is_placed_like_in_any_other() -> None:
    text = "model,country,url,date,headline\nDeep Seek!,cn,javascript:1,20.1.2025,maybe\n"
    table, _ = read(text, columns=CATALOGUE)
    assert [(p.column, p.code, p.suggestion) for p in table.problems.first] == [
        (1, "not_a_slug", "deep-seek"),
        (2, "not_a_country", "CN"),
        (3, "not_an_address", None),
        (4, "not_a_day", "2025-01-20"),
        (5, "unknown_word", None),
    ]


@pytest.mark.parametrize("cell", ["2025-02-30", "2025-W01-1", "20250120", "2025-1-2"])
def test_a_day_is_a_date_of_the_calendar(cell: str) -> None:
    table, _ = read(f"model,date\nx,{cell}\n", columns=CATALOGUE)
    assert codes(table) == ["not_a_day"]
