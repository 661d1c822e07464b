"""Sentences about uploads: what one would change, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from app.domain.calendar import months_between
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS
from app.ingest.month_diff import ChangeKind, SliceChange
from app.ingest.review import Review
from app.ingest.withdrawal_review import WithdrawalReview
from app.queries.uploads import State, UploadRecord
from app.wording.formats import format_day, format_month_span, join_names


def review_title(review: Review) -> str:
    """Return the heading of a review: problems, nothing to change, or sound."""
    count = review.checked.problem_count
    if review.checked.reading.sheets:
        return "The workbook has more than one sheet"
    if review.checked.reading.shape and not review.checked.reading.turned:
        kind = {"origin": "home", "month": "month"}.get(review.checked.reading.shape.wide)
        return f"The file has a column for each {kind}" if kind else "The file is a wide one"
    if count:
        return f"The file has {'one problem' if count == 1 else f'{count:,} problems'}"
    if review.same_as or review.changes_nothing:
        return "Nothing would change"
    return "The file is sound"


def review_finding(review: Review, names: Mapping[str, str]) -> str:
    """Return how many months publishing adds to each source, and how many it revises.

    `names` are the names of sources by slug. The review has at least one month.
    """
    sentences = []
    for source in dict.fromkeys(item.source for item in review.months):
        revised = [item.revises for item in review.months if item.source == source]
        parts = [("adds", "to", revised.count(False)), ("revises", "of", revised.count(True))]
        acts = [f"{verb} {_months(count)} {of}" for verb, of, count in parts if count]
        sentences.append(f"{' and '.join(acts)} {names.get(source, source)}")
    left = f" {_stand(len(review.unchanged))} already as it says." if review.unchanged else ""
    return f"Publishing it {join_names(sentences)}.{left}"


def withdrawal_finding(review: WithdrawalReview, names: Mapping[str, str]) -> str:
    """Return of each source how many months get earlier figures back, and how many are left empty.

    `names` are the names of sources by slug.
    """
    if not review.months:
        return (
            "No figure changes: others have taken the place of all its months. Should they be "
            "withdrawn, its figures would not come back."
        )
    sentences = []
    for source in dict.fromkeys(item.review.source for item in review.months):
        months = [item for item in review.months if item.review.source == source]
        back = sum(item.comes_back is not None for item in months)
        gone = len(months) - back
        parts = []
        if back:
            parts.append(f"{_months(back)} {'gets' if back == 1 else 'get'} earlier figures back")
        if gone:
            parts.append(f"{_months(gone)} {'is' if gone == 1 else 'are'} left without figures")
        sentences.append(f"Of {names.get(source, source)} {' and '.join(parts)}.")
    return " ".join(sentences)


def _stand(count: int) -> str:
    return "One month stands" if count == 1 else f"{count} months stand"


def _months(count: int) -> str:
    return "one month" if count == 1 else f"{count} months"


def format_counts(counts: Mapping[ChangeKind, int]) -> str:
    """Return the kinds of changes that occur, as `3 new, 1 changed`."""
    return (
        ", ".join(f"{counts[kind]:,} {kind}" for kind in ChangeKind if counts[kind]) or "no slices"
    )


def slice_name(change: SliceChange) -> str:
    """Return a slice as `deepseek/deepseek-chat (Chinese, open)` or `Chinese, open`."""
    classes = f"{ORIGIN_LABELS[change.origin]}, {OPENNESS_LABELS[change.openness].lower()}"
    name = change.model or change.developer
    return f"{name} ({classes})" if name else classes


def record_title(upload: UploadRecord) -> str:
    """Return a sentence about what became of an upload that is published or discarded."""
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


def host_of(address: str) -> str:
    """Return the host of an address, by which a reader knows whose it is."""
    return urlsplit(address).hostname or address


def provenance_dates(upload: UploadRecord) -> str:
    """Return the days of a file's provenance as `read on X, the publisher’s of Y`; may be empty."""
    parts = [
        ("read on", upload.retrieved_at),
        ("the publisher’s of", upload.publisher_as_of),
    ]
    return ", ".join(f"{words} {format_day(day)}" for words, day in parts if day)


def months_held_text(months: Sequence[date]) -> str:
    """Return months in order as `August 2025` or `January 2025 to March 2025`.

    Where there are gaps between them their number stands before, as `2 months, `.
    """
    whole = len(list(months_between(months[0], months[-1]))) == len(months)
    return (
        format_month_span(months) if whole else f"{len(months)} months, {format_month_span(months)}"
    )


def format_count(value: Decimal | None) -> str:
    """Return a count with commas between thousands, "" for None."""
    return "" if value is None else f"{value:,f}"
