"""Publishings and withdrawals in words."""

from collections.abc import Iterator, Mapping
from datetime import date

from app.domain.revision import Effect, RevisedShare, Revision, RevisionKind
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Openness
from app.pages.upload_texts import months_held_text
from app.wording.formats import NO_BREAK_SPACE, join_names

TITLE_REASON = 120


def revised_share_name(item: RevisedShare) -> str:
    """`Chinese, open`."""
    openness = OPENNESS_LABELS[item.openness].lower()
    openness_text = f"openness {openness}" if item.openness is Openness.UNKNOWN else openness
    return f"{ORIGIN_LABELS[item.origin]}, {openness_text}"


def revision_text(act: Revision) -> str:
    """`September 2026 revised`; first publications beside a revision are told too."""
    if act.kind is RevisionKind.WITHDRAWN:
        return join_names(_withdrawn(act))
    sentences = [
        f"{_months(act, effect)} {verb}"
        for effect, verb in ((Effect.NEW, "published"), (Effect.REVISED, "revised"))
        if act.having(effect)
    ]
    return join_names(sentences) if sentences else "nothing changed"


def _withdrawn(act: Revision) -> Iterator[str]:
    """What is gone, and whose figures are back instead."""
    if act.having(Effect.REMOVED):
        yield f"{_months(act, Effect.REMOVED)} withdrawn"
    if revised := act.having(Effect.REVISED):
        back = sorted({change.after for change in revised if change.after})
        uploads = join_names(f"upload{NO_BREAK_SPACE}{number}" for number in back)
        yield f"{_months(act, Effect.REVISED)} withdrawn, back to the figures of {uploads}"
    if act.having(Effect.UNTOUCHED):
        yield f"{_months(act, Effect.UNTOUCHED)} withdrawn, which did not stand any more"


def _months(act: Revision, *effects: Effect) -> str:
    months: list[date] = sorted({change.month for change in act.having(*effects)})
    return months_held_text(months)


def revision_title(act: Revision, names: Mapping[str, str]) -> str:
    """What changed and why, in a line: `OpenRouter rankings: September 2026 revised: a recount`."""
    sources = dict.fromkeys(change.source for change in act.changes)
    parts = [
        f"{names.get(source, source)}: {revision_text(_only(act, source))}" for source in sources
    ]
    return ": ".join(part for part in ("; ".join(parts), _brief(act.reason)) if part)


def _only(act: Revision, source: str) -> Revision:
    changes = tuple(change for change in act.changes if change.source == source)
    return Revision(
        act.kind, act.at, act.by, act.reason, act.upload_id, act.filename, act.sha256, changes
    )


def _brief(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= TITLE_REASON else line[: TITLE_REASON - 1] + "…"
