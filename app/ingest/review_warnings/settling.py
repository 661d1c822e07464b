"""Months that are called final though they are not over, or not whole."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from app.database.tables import Upload
from app.domain.calendar import days_in, last_day_of
from app.domain.snapshot import SnapshotKey
from app.domain.vocabulary import Status
from app.ingest.month_profile import MonthProfile
from app.ingest.rules.checked import Notice, format_snapshot_key

SETTLING_DAYS: Final = 3
"""Days after its end on which a month is restated still, as was measured at OpenRouter."""


def unfinished_warnings(
    months: Mapping[SnapshotKey, MonthProfile], upload: Upload, today: date
) -> Iterator[Notice]:
    """Yield a notice for each month that is called final before all of it can be known."""
    for key, profile in sorted(months.items()):
        if profile.status is Status.FINAL and (why := _why(key[1], profile, upload, today)):
            text = f"{format_snapshot_key(key)} is called final, and {why}; "
            yield Notice("unfinished_month", None, text + "say provisional if it may still change")


def _why(month: date, profile: MonthProfile, upload: Upload, today: date) -> str:
    end, days = last_day_of(month), profile.days
    if days is not None and (days.last_day < end or days.first_day > month):
        span = f"{days.first_day} to {days.last_day}"
        return f"covers {days.days} of {days_in(month)} days, {span}"
    # The publisher's own date goes before the day it was read there.
    for day, what in (
        (upload.publisher_as_of, "its figures are the publisher’s of"),
        (upload.retrieved_at, "it was read at the publisher on"),
    ):
        if day is not None:
            return f"{what} {day}, before {end} was over" if day <= end else ""
    ago = (today - end).days
    if ago <= SETTLING_DAYS:
        since = "today" if not ago else f"{ago} day{'' if ago == 1 else 's'} ago"
        settled = end + timedelta(days=SETTLING_DAYS)
        return f"ended on {end}, {since}: publishers restate it until about {settled}"
    return ""
