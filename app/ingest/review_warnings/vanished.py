"""What a file no longer says: groups, names, detail and lines that are gone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Openness, Origin
from app.ingest.month_profile import Group, group_title
from app.ingest.review_warnings.baselines import ComparedMonth
from app.ingest.rules.checked import Notice

LOST_GROUP_PERCENT: Final = Decimal("0.05")
"""From which share on a group is missed: smaller ones come and go with a single model."""
LOST_DEVELOPER_PERCENT: Final = Decimal(1)
"""From which share on a developer is missed, in percent of all usage."""
LOST_MODEL_PERCENT: Final = Decimal(5)
"""The same of a model, which come and go: many a month's fifth model is gone in the next."""
LOST_DETAIL_POINTS: Final = Decimal(20)
"""By how many points the part that stands with names must fall to be told."""
FEWER_LINES_MIN: Final = 4
"""Of fewer lines before, what is gone is told by its name."""
NAMES_LISTED_MAX: Final = 5


def vanished_warnings(months: Sequence[ComparedMonth]) -> Iterator[Notice]:
    """Yield a notice for each kind of thing that a month says less of than what stands."""
    for month in months:
        lost = lost_groups(month.before.groups, month.after.groups)
        yield from _groups(month, lost)
        yield from _names(month, lost)
        yield from _detail(month)
        yield from _lines(month)


def lost_groups(before: Mapping[Group, Decimal], after: Mapping[Group, Decimal]) -> list[Group]:
    """Return the groups that have a noticeable share before and no line after."""
    return [
        group
        for group, share in before.items()
        if share >= LOST_GROUP_PERCENT and group not in after
    ]


def _groups(month: ComparedMonth, lost: Collection[Group]) -> Iterator[Notice]:
    told: set[Group] = set()
    for title, members in _whole_kinds(month, lost):
        share = sum((month.before.groups[group] for group in members), Decimal(0))
        yield _lost_group(month, title, share)
        told.update(members)
    for group in lost:
        if group not in told:
            yield _lost_group(month, group_title(group), month.before.groups[group])


def _lost_group(month: ComparedMonth, title: str, share: Decimal) -> Notice:
    text = f"{title} {month.were} {share:.2f} % in {month.old_name}; {month.new_name} has no line"
    return Notice("lost_group", None, f"{text} of them")


def _whole_kinds(
    month: ComparedMonth, lost: Collection[Group]
) -> Iterator[tuple[str, list[Group]]]:
    """Yield an openness, then an origin, of which several groups stood and none is left."""
    told: set[Group] = set()
    for openness in Openness:
        members = [group for group in lost if group[1] is openness]
        left = any(group[1] is openness for group in month.after.groups)
        if len(members) > 1 and not left:
            told.update(members)
            is_known = openness is not Openness.UNKNOWN
            yield (
                (
                    f"{OPENNESS_LABELS[openness]} models"
                    if is_known
                    else "Models of unknown openness"
                ),
                members,
            )
    for origin in Origin:
        members = [group for group in lost if group[0] is origin and group not in told]
        left = any(group[0] is origin for group in month.after.groups)
        if len(members) > 1 and not left:
            is_known = origin is not Origin.UNKNOWN
            yield (
                (f"{ORIGIN_LABELS[origin]} models" if is_known else "Models of unknown origin"),
                members,
            )


def _names(month: ComparedMonth, lost: Collection[Group]) -> Iterator[Notice]:
    before, after = month.before, month.after
    gone: set[str] = set()
    for kind, old, new, least in (
        ("developers", before.developers, after.developers, LOST_DEVELOPER_PERCENT),
        ("models", before.models, after.models, LOST_MODEL_PERCENT),
    ):
        missing = {
            name: share
            for name, share in old.items()
            if name not in new and share >= least and not before.homes[name] <= set(lost)
        }
        # A model of a developer that is told already, and detail that is gone whole, are no news.
        missing = {name: share for name, share in missing.items() if not gone & _owner(name)}
        gone |= missing.keys()
        if new and missing:
            yield _lost_names(month, kind, missing)


def _owner(model: str) -> set[str]:
    return {model.partition("/")[0]}


def _lost_names(month: ComparedMonth, kind: str, missing: Mapping[str, Decimal]) -> Notice:
    largest = sorted(missing, key=lambda name: (-missing[name], name))
    listed = ", ".join(f"{name} {missing[name]:.2f} %" for name in largest[:NAMES_LISTED_MAX])
    more = len(largest) - NAMES_LISTED_MAX
    others = f" and {more} more" if more > 0 else ""
    together = sum(missing.values(), Decimal(0))
    total = f", together {together:.2f} %" if len(largest) > 1 else ""
    text = f"{month.new_name[0].upper()}{month.new_name[1:]} has no line of these {kind}, which"
    verb = "have a share now" if month.revises else f"had a share in {month.old_name}"
    about = f" of {month.old_name}" if month.revises else ""
    return Notice(f"lost_{kind}", None, f"{text} {verb}{about}: {listed}{others}{total}")


def _detail(month: ComparedMonth) -> Iterator[Notice]:
    before, after = month.before, month.after
    names = "names" if month.revises else "named"
    for kind, lines_before, lines_after in (
        ("model", before.model_lines, after.model_lines),
        ("developer", before.developer_lines, after.developer_lines),
    ):
        if lines_before and not lines_after:
            now = " now" if month.revises else ""
            text = f"{month.old_name} {names} {_count(lines_before)} by {kind}{now}"
            yield Notice("less_detail", None, f"{text}; {month.new_name} none")
            return
    for kind, old, new in (
        ("models", before.model_percent, after.model_percent),
        ("developers", before.developer_percent, after.developer_percent),
    ):
        if old - new > LOST_DETAIL_POINTS:
            text = f"{month.old_name} {names} the {kind} of {old:.1f} % of all usage"
            yield Notice("less_detail", None, f"{text}, {month.new_name} of {new:.1f} %")
            return


def _lines(month: ComparedMonth) -> Iterator[Notice]:
    before, after = month.before.lines, month.after.lines
    if before >= FEWER_LINES_MIN and after * 2 < before:
        has = "has" if month.revises else "had"
        text = f"{month.old_name} {has} {_count(before)}, {month.new_name} has {after:,}"
        yield Notice("fewer_lines", None, text)


def _count(lines: int) -> str:
    return "one line" if lines == 1 else f"{lines:,} lines"
