"""What an upload would change, in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.domain.calendar import months_between
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS
from app.ingest.month_diff import ChangeKind, SliceChange
from app.ingest.review import Review
from app.queries.uploads import State, UploadRecord
from app.wording.formats import format_month_span, join_names


def review_title(review: Review) -> str:
    count = review.checked.problem_count
    if count:
        return f"The file has {'one problem' if count == 1 else f'{count:,} problems'}"
    if review.same_as or review.changes_nothing:
        return "Nothing would change"
    return "The file is sound"


def review_finding(review: Review, names: Mapping[str, str]) -> str:
    """What publishing adds to each source, and what of it it revises."""
    sentences = []
    for source in dict.fromkeys(item.source for item in review.months):
        revised = [item.revises for item in review.months if item.source == source]
        parts = [("adds", "to", revised.count(False)), ("revises", "of", revised.count(True))]
        acts = [f"{verb} {_months(count)} {of}" for verb, of, count in parts if count]
        sentences.append(f"{' and '.join(acts)} {names.get(source, source)}")
    left = f" {_stand(len(review.standing))} already as it says." if review.standing else ""
    return f"Publishing it {join_names(sentences)}.{left}"


def _stand(count: int) -> str:
    return "One month stands" if count == 1 else f"{count} months stand"


def _months(count: int) -> str:
    return "one month" if count == 1 else f"{count} months"


def format_counts(counts: Mapping[ChangeKind, int]) -> str:
    """`3 new, 1 changed`."""
    return (
        ", ".join(f"{counts[kind]:,} {kind}" for kind in ChangeKind if counts[kind]) or "no slices"
    )


def slice_name(change: SliceChange) -> str:
    """`deepseek/deepseek-chat (Chinese, open)`, `Chinese, open`."""
    classes = f"{ORIGIN_LABELS[change.origin]}, {OPENNESS_LABELS[change.openness].lower()}"
    name = change.model or change.developer
    return f"{name} ({classes})" if name else classes


def record_title(upload: UploadRecord) -> str:
    """What became of an upload, as a sentence."""
    match upload.state:
        case State.WITHDRAWN:
            return "Withdrawn: these figures do not stand any more"
        case State.DISCARDED:
            return "Discarded before it was published"
        case State.SUPERSEDED:
            return "Superseded: later uploads give all its months anew"
    standing = sum(month.current for month in upload.months)
    if standing == len(upload.months):
        return "Published: these figures stand"
    return f"Published: {standing} of its {len(upload.months)} months stand"


def months_held_text(months: Sequence[date]) -> str:
    """`August 2025`, `January to March 2025` and, with gaps, how many of them."""
    whole = len(list(months_between(months[0], months[-1]))) == len(months)
    return (
        format_month_span(months) if whole else f"{len(months)} months, {format_month_span(months)}"
    )


def column_letter(position: int) -> str:
    """As spreadsheets name columns: 1 is A, 27 is AA."""
    letters = ""
    while position:
        position, index = divmod(position - 1, 26)
        letters = chr(ord("A") + index) + letters
    return letters


def format_count(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,f}"
