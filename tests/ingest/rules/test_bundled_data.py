"""The bundled files: clean, written back the same, and true to the founding figures."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.domain.calendar import format_month
from app.domain.snapshot import SnapshotFacts
from app.domain.vocabulary import Openness, Origin
from app.ingest.rules.file_rules import check_lines
from app.ingest.rules.upload_format import write_snapshot_file
from app.paths import PACKAGE

DATA = PACKAGE / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def catalogue() -> CatalogueIndex:
    return CatalogueIndex(
        {row["source"]: row["name"] for row in rows_of("sources.csv")},
        {
            row["developer"]: KnownDeveloper(row["developer"], row["name"], Origin(row["origin"]))
            for row in rows_of("developers.csv")
        },
        {
            row["model"]: KnownModel(
                row["model"], row["name"], row["developer"], Openness(row["openness"])
            )
            for row in rows_of("models.csv")
        },
    )


@pytest.mark.parametrize("path", sorted((DATA / "snapshots").glob("*.csv")), ids=lambda p: p.stem)
def test_the_bundled_snapshots_are_clean_and_are_written_back_the_same(
    path: Path, catalogue: CatalogueIndex
) -> None:
    with path.open("rb") as file:
        result = check_lines(file, catalogue)
        assert not result.problem_count, result.problems
        assert {notice.code for notice in result.notices} <= {"below_100"}
        assert not result.new_developers + result.new_models
        written = io.StringIO()
        write_snapshot_file(
            result.lines(),
            written,
            {key: SnapshotFacts(m.basis, m.days) for key, m in result.months.items()},
        )
        again = check_lines(io.BytesIO(written.getvalue().encode()), catalogue)
        assert list(again.lines()) == list(result.lines())
        assert again.months == result.months


def test_the_bundled_data_gives_the_figures_of_the_founding_story(
    catalogue: CatalogueIndex,
) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with (DATA / "snapshots/openrouter-rankings.csv").open("rb") as file:
        for line in check_lines(file, catalogue).lines():
            group = line.origin if line.openness is Openness.OPEN else line.openness
            sums[format_month(line.month), group] += line.share_pct
    assert {key: round(sums[key], 2) for key in sums if key in STORY} == STORY


STORY = {
    ("2025-01", "chinese"): Decimal("5.99"),
    ("2025-08", "chinese"): Decimal("28.77"),
    ("2025-08", "us"): Decimal("3.59"),
    ("2025-08", "european"): Decimal("3.34"),
    ("2025-08", "closed"): Decimal("56.25"),
    ("2025-09", "chinese"): Decimal("15.97"),
    ("2026-07", "chinese"): Decimal("61.03"),
    ("2026-09", "chinese"): Decimal("58.09"),
    ("2026-09", "us"): Decimal("6.06"),
    ("2026-10", "chinese"): Decimal("52.31"),
}
