"""The notice of months whose lines do not add up to 100."""

from collections.abc import Mapping

from app.domain.snapshot import SnapshotKey
from app.ingest.rules.checked import Notice, format_snapshot_key
from app.ingest.rules.totals import MonthTotals


def remainder_notice(incomplete: Mapping[SnapshotKey, MonthTotals]) -> Notice | None:
    """Return one notice of these months, that of the widest remainder by name; None without any."""
    if not incomplete:
        return None
    key, widest = max(incomplete.items(), key=lambda item: item[1].remainder)
    name, total, rest = format_snapshot_key(key), f"{widest.covered:f}", f"{widest.remainder:f}"
    if len(incomplete) == 1:
        text = f"The lines of {name} add up to {total}; "
        text += f"the remaining {rest} % will be shown as unknown"
    else:
        text = f"The lines of {len(incomplete):,} months add up to less than 100, "
        text += f"furthest from it those of {name}: to {total}; "
        text += f"the remaining {rest} %, and what remains of the others, will be shown as unknown"
    if any(totals.largest_share <= 1 for totals in incomplete.values()):
        these = "these" if len(incomplete) == 1 else "any of these"
        text += f". If {these} are fractions, multiply them by 100"
    return Notice("below_100", widest.first_line, text)
