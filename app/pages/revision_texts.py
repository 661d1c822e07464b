"""Sentences about publishings and withdrawals."""

from collections.abc import Iterator, Mapping
from datetime import date

from app.domain.revision import Effect, RevisedShare, Revision, RevisionKind
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Openness
from app.pages.upload_texts import months_held_text
from app.wording.formats import NO_BREAK_SPACE, join_names

TITLE_REASON = 120  # characters of a reason that a title has room for


def revised_share_name(item: RevisedShare) -> str:
    """Return origin and openness of a revised share, as `Chinese, open`."""
    # "Chinese, unknown" would leave open which of both is not known.
    openness = OPENNESS_LABELS[item.openness].lower()
    openness_text = f"openness {openness}" if item.openness is Openness.UNKNOWN else openness
    return f"{ORIGIN_LABELS[item.origin]}, {openness_text}"


def revision_text(act: Revision) -> str:
    """Return what an act did, as `September 2026 revised`.

    Months that it published for the first time are named beside those that it revised.
    """
    if act.kind is RevisionKind.WITHDRAWN:
        return join_names(_withdrawn(act))
    sentences = [
        f"{_months(act, effect)} {verb}"
        for effect, verb in ((Effect.NEW, "published"), (Effect.REVISED, "revised"))
        if act.having(effect)
    ]
    return join_names(sentences) if sentences else "nothing changed"


def _withdrawn(act: Revision) -> Iterator[str]:
    """The months that have no figures any more, and those that an earlier upload has again."""
    # A withdrawn month counts as revised where an earlier upload becomes current again.
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
    """Return what changed and why, as `OpenRouter rankings: September 2026 revised: a recount`.

    `names` are the names of sources by slug.
    """
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
