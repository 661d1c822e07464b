"""Figures that are far from the usual: one line of nearly all, odd sums, another unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Final

from app.domain.calendar import days_in, format_month
from app.domain.snapshot import SnapshotKey
from app.ingest.month_profile import HEAVY_LINE_PERCENT, MonthProfile
from app.ingest.review_warnings.baselines import ComparedMonth
from app.ingest.rules.checked import Notice, format_snapshot_key

USUAL_MONTHS: Final = 3
"""The months nearest to one whose figures are its usual ones."""
UNUSUAL_FACTOR: Final = 3
"""By which factor a day may count more or less than on a usual day."""
UNUSUAL_POINTS: Final = Decimal(10)
"""Points by which a sum of shares may differ from the usual one."""
UNUSUAL_SPREAD: Final = 4
"""How many times as far from the usual sum as others of it are."""
OTHER_UNIT_FACTOR: Final = 100
"""From which factor on a sum is in another unit, not in other times."""
UNIT_NAMES: Final = {1: "thousand", 2: "million", 3: "billion", 4: "trillion"}
NOTICEABLE_PERCENT: Final = Decimal(1)
HEAVY_LISTED_MAX: Final = 3

ValueSums = Mapping[SnapshotKey, Decimal]
"""The sum of a month's values a day, by source and month; months without values are left out."""


def heavy_line_warnings(
    months: Mapping[SnapshotKey, MonthProfile], compared: Sequence[ComparedMonth]
) -> Iterator[Notice]:
    """Yield a notice for each month in which a line is of more than 40 percent, and was not before.

    `months` are those of the file, `compared` those of them that are held against others.
    """
    before = {month.key: month for month in compared}
    for key, profile in sorted(months.items()):
        known = {line.name for line in before[key].before.heavy} if key in before else set()
        heavy = [line for line in profile.heavy if line.name not in known]
        if not heavy:
            continue
        listed = ", ".join(
            f"{line.name} {line.share_pct:.2f} %{_before(line.name, before.get(key))}"
            for line in heavy[:HEAVY_LISTED_MAX]
        )
        text = f"One line of {format_snapshot_key(key)} is more than {HEAVY_LINE_PERCENT} % of all"
        yield Notice("heavy_line", heavy[0].line, f"{text} usage: {listed}", len(heavy))


def _before(name: str, month: ComparedMonth | None) -> str:
    share = month.before.share_named(name) if month is not None else None
    if month is None or share is None:
        return ""
    when = "now" if month.revises else f"in {format_month(month.month_before)}"
    return f" ({share:.2f} % {when})"


def sum_warnings(
    months: Mapping[SnapshotKey, MonthProfile],
    published_values: ValueSums,
    published_shares: Mapping[SnapshotKey, Decimal],
) -> Iterator[Notice]:
    """Yield a notice for each month whose sum is far from that of the months around it.

    The published sums are of current figures of the file's sources: values a day, and percent.
    """
    values = {key: total for key, month in months.items() if (total := values_a_day(key, month))}
    shares = {key: month.share_sum for key, month in months.items()}
    for key, profile in sorted(months.items()):
        usual = _usual(key, published_values, values)
        if key in values and usual:
            yield from _odd_values(key, profile, values[key], Decimal(median(usual)))
        elif usual := _usual(key, published_shares, shares):
            yield from _odd_shares(key, profile, usual)


def values_a_day(key: SnapshotKey, month: MonthProfile) -> Decimal | None:
    """Return the sum of a month's values a day that it covers; None where a line has no value."""
    days = month.days.days if month.days else days_in(key[1])
    return None if month.value_sum is None else month.value_sum / days


def _usual(
    key: SnapshotKey, published: Mapping[SnapshotKey, Decimal], own: Mapping[SnapshotKey, Decimal]
) -> list[Decimal]:
    """Return the sums of the nearest published months; without any, of the file's other ones."""
    # A whole history in another unit would be its own usual.
    for known in (published, {other: total for other, total in own.items() if other != key}):
        if near := nearest_months(key, known):
            return [known[other] for other in near[:USUAL_MONTHS]]
    return []


def nearest_months(key: SnapshotKey, known: Iterable[SnapshotKey]) -> list[SnapshotKey]:
    """Return the months of the same source, the nearest to `key` first."""
    source, month = key
    of_source = [other for other in known if other[0] == source]
    return sorted(of_source, key=lambda other: abs((other[1] - month).days))


def _odd_values(
    key: SnapshotKey, profile: MonthProfile, a_day: Decimal, usual: Decimal
) -> Iterator[Notice]:
    if not usual or not a_day:
        return
    factor = a_day / usual
    if 1 / Decimal(UNUSUAL_FACTOR) <= factor <= UNUSUAL_FACTOR:
        return
    text = f"The values of {format_snapshot_key(key)} add up to {profile.value_sum:,f}: a day "
    text += f"counts {_factor(factor)} times the usual {usual:,.0f} of the months around it"
    if 1 / Decimal(OTHER_UNIT_FACTOR) < factor < OTHER_UNIT_FACTOR:
        if Decimal(25) <= 1 / factor <= Decimal(36):
            text += "; that is about what one day of a month has"
        yield Notice("unusual_sum", None, text)
        return
    power = round(abs(factor.log10()) / 3)
    unit = UNIT_NAMES.get(int(power))
    if unit:
        text += f"; they may be in another unit, by a {unit}"
    yield Notice("other_unit", None, text)


def _odd_shares(
    key: SnapshotKey, profile: MonthProfile, usual: Sequence[Decimal]
) -> Iterator[Notice]:
    middle = Decimal(median(usual))
    spread = Decimal(median(abs(total - middle) for total in usual))
    away = abs(profile.share_sum - middle)
    text = f"The lines of {format_snapshot_key(key)} add up to {profile.share_sum:.2f} %, "
    text += f"usually to {middle:.2f} %"
    looks_like_fractions = 50 * profile.share_sum < middle and profile.largest_share <= 1
    if looks_like_fractions:
        text += "; these look like fractions: percent are a hundred times as much"
        yield Notice("other_unit", None, text)
    elif away > UNUSUAL_POINTS and away > UNUSUAL_SPREAD * spread:
        yield Notice("unusual_sum", None, text)


def line_unit_warnings(compared: Sequence[ComparedMonth]) -> Iterator[Notice]:
    """Yield a notice for each month in which a name's value is a thousand times another.

    Only of names that are one percent of all usage on either side: small ones do grow so.
    """
    for month in compared:
        odd = [
            f"{name} from {old:,f} to {month.after.values[name]:,f}"
            for name, old in month.before.values.items()
            if _is_thousandfold(month, name, old)
        ]
        # Where all of them are, the unit of the whole month is told.
        if odd and 2 * len(odd) <= len(month.after.values):
            listed = "; ".join(odd[:HEAVY_LISTED_MAX])
            more = len(odd) - HEAVY_LISTED_MAX
            others = f"; and {more} more" if more > 0 else ""
            text = f"Values of {format_snapshot_key(month.key)} are about a thousand times more or"
            text += f" less than in {month.old_name}, as in another unit: {listed}{others}"
            yield Notice("other_unit", None, text)


def _is_thousandfold(month: ComparedMonth, name: str, old: Decimal) -> bool:
    new = month.after.values.get(name)
    if not old or not new:
        return False
    shares = (month.before.share_named(name), month.after.share_named(name))
    noticeable = any(share is not None and share >= NOTICEABLE_PERCENT for share in shares)
    ratio = max(new / old, old / new)
    return noticeable and 500 <= ratio <= 2_000


def _factor(factor: Decimal) -> str:
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.2}" if factor >= 1 else f"{factor:.2g}"
