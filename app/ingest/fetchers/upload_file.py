"""The upload file that is made of a publisher's months, and what of them it does not show."""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.domain.calendar import format_month
from app.domain.sources.source_terms import Statistic
from app.ingest.fetchers.fetcher import Fetcher, Reading
from app.ingest.fetchers.months import FetchedMonth
from app.ingest.fetchers.rows import RowCells

_BEFORE: Final = ("month", "source", "origin", "openness", "developer", "model")
_AFTER: Final = ("status", "first_day", "last_day", "days", "note")
_NO_DAYS: Final = ("", "", "")
VARIANTS_SHOWN: Final = 12


def write_upload_file(fetcher: Fetcher, months: Sequence[FetchedMonth]) -> bytes:
    """Return months in the upload format, the largest line of each first.

    Cells that the catalogue fills are blank, so that the file says of a name what the catalogue
    says on the day it is published.
    """
    figure = "share_pct" if fetcher.statistic is Statistic.MEAN else "value"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_BEFORE, figure, *_AFTER))
    for month in months:
        covered = _NO_DAYS if month.covered is None or month.covered.whole else month.covered
        for cells, total in sorted(month.totals.items(), key=_largest_first):
            writer.writerow(
                (
                    format_month(month.month),
                    cells.source,
                    cells.origin,
                    cells.openness,
                    cells.developer,
                    cells.model,
                    f"{total:f}",
                    month.status,
                    *covered,
                    cells.note,
                )
            )
    return out.getvalue().encode()


def _largest_first(item: tuple[RowCells, Decimal]) -> tuple[Decimal, str, str]:
    cells, total = item
    return -total, cells.developer, cells.model


def variants_text(reading: Reading) -> str:
    """Return in words which names are counted with another one, "" where none is.

    Each is named as the publisher does, such as `x/y:free`.
    """
    names: dict[RowCells, set[str]] = defaultdict(set)
    for answer in reading.answers:
        for row in answer.rows:
            if row.cells.model and row.name != row.cells.model:
                names[row.cells].add(row.name)
    folded = sorted(name for variants in names.values() for name in variants)
    if not folded:
        return ""
    shown = ", ".join(folded[:VARIANTS_SHOWN])
    more = f" and {len(folded) - VARIANTS_SHOWN} more" if len(folded) > VARIANTS_SHOWN else ""
    return f"Counted with the model that they are variants of: {shown}{more}"
