"""When the next figures of a source are expected, and since when they are late, in words."""

from datetime import date

from app.domain.answer import SourceDefinition
from app.domain.sources.cadence import NextFigures
from app.wording.formats import format_day
from app.wording.periods import period_name


def schedule_text(source: SourceDefinition, coming: NextFigures | None, today: date) -> str:
    """Return when the next figures come, as `October 2026, expected by 3 November 2026`.

    Late ones say since when; where none are known to come, that is said.
    """
    if coming is None:
        return "None announced"
    month = ("final figures of " if coming.final_only else "") + period_name(source, coming.month)
    late = coming.late_since(today)
    if late is None:
        return f"{month}, expected by {format_day(coming.due)}"
    count = coming.late_months(today)
    others = f"; {count} months are outstanding" if count > 1 else ""
    return f"{month}, expected by {format_day(coming.due)}, late since {format_day(late)}{others}"
