"""How the figures came to be what they are: publishings, withdrawals, and what each changed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app import vintages
from app.models import Observation, Snapshot, Source, Upload
from app.words import Openness, Origin, Status, least_settled


class Kind(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Effect(StrEnum):
    """What an act did to a month. `untouched`: what was withdrawn did not stand any more."""

    NEW = "new"
    REVISED = "revised"
    REMOVED = "removed"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class Sum:
    """What the lines of an origin and openness added up to before and after, in percent.

    None where no line spoke of them. `estimated`: what stands after was reported, not recomputed;
    `note` is what its publisher said of it, where its lines agree.
    """

    origin: Origin
    openness: Openness
    old: Decimal | None
    new: Decimal | None
    estimated: bool = False
    note: str = ""

    @property
    def points(self) -> Decimal | None:
        """The change in percentage points; None where one side is missing, which is not zero."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one source's month: the uploads whose figures stood before and after.

    Each status is that of the least settled line; None where nothing stood.
    """

    source: str
    month: date
    effect: Effect
    before: int | None
    after: int | None
    old_status: Status | None
    new_status: Status | None
    sums: tuple[Sum, ...]

    @property
    def moved(self) -> tuple[Sum, ...]:
        return tuple(item for item in self.sums if item.old != item.new)

    @property
    def settled(self) -> bool:
        """It changed how settled the month is."""
        return None not in (self.old_status, self.new_status) and self.old_status != self.new_status


@dataclass(frozen=True, slots=True)
class Act:
    """One publishing or withdrawal of an upload, and its changes by source and month."""

    kind: Kind
    at: datetime
    by: str
    reason: str
    upload_id: int
    filename: str
    sha256: str
    changes: tuple[Change, ...]

    def having(self, *effects: Effect) -> list[Change]:
        return [change for change in self.changes if change.effect in effects]

    @property
    def revises(self) -> bool:
        """It changed figures that had been published."""
        return bool(self.having(Effect.REVISED, Effect.REMOVED))


Key = tuple[str, date]
Totals = Mapping[tuple[Origin, Openness], Decimal]


@dataclass(frozen=True, slots=True)
class _Held:
    """What the lines of a snapshot come to, and the notes of what is estimated."""

    status: Status
    totals: Totals
    reported: Mapping[tuple[Origin, Openness], str]


NOTHING: Final = _Held(Status.FINAL, {}, {})


def acts(
    session: Session,
    as_of: datetime | None = None,
    sources: Collection[str] = (),
    limit: int | None = None,
) -> list[Act]:
    """The publishings and withdrawals by then, the latest first; of these sources or of all."""
    until = as_of or vintages.END_OF_TIME
    uploads = _uploads(session, until, sources, limit)
    histories = _histories(session, [upload.id for upload in uploads], sources)
    everything = [item.id for history in histories.values() for item in history]
    held = _held(session, everything)
    found = [
        _act(kind, at, upload, histories, held)
        for upload in uploads
        for kind, at in _moments(upload)
        if at <= until
    ]
    return sorted(found, key=lambda act: act.at, reverse=True)[:limit]


def _uploads(
    session: Session, until: datetime, sources: Collection[str], limit: int | None
) -> Sequence[Upload]:
    """As many uploads as acts are wanted: none of the latest acts can be of another."""
    wanted = (
        select(Upload)
        .where(Upload.published_at <= until)
        .order_by(vintages.changed_at(until).desc())
        .limit(limit)
    )
    if sources:
        about = select(Snapshot.upload_id).join(Source).where(Source.slug.in_(sources))
        wanted = wanted.where(Upload.id.in_(about))
    return session.scalars(wanted).all()


def _moments(upload: Upload) -> Iterator[tuple[Kind, datetime]]:
    if upload.published_at:
        yield Kind.PUBLISHED, upload.published_at
    if upload.withdrawn_at:
        yield Kind.WITHDRAWN, upload.withdrawn_at


# --- what stood before and after -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Snapshot:
    id: int
    upload_id: int
    published_at: datetime | None
    withdrawn_at: datetime | None


def _histories(
    session: Session, upload_ids: Collection[int], sources: Collection[str]
) -> Mapping[Key, list[_Snapshot]]:
    """Every published snapshot of the months that these uploads speak of."""
    about = select(Snapshot.source_id, Snapshot.month).where(Snapshot.upload_id.in_(upload_ids))
    wanted = (
        select(
            Source.slug,
            Snapshot.month,
            Snapshot.id,
            Upload.id,
            Upload.published_at,
            Upload.withdrawn_at,
        )
        .select_from(Snapshot)
        .join(Source, Source.id == Snapshot.source_id)
        .join(Upload, Upload.id == Snapshot.upload_id)
        .where(tuple_(Snapshot.source_id, Snapshot.month).in_(about))
        .where(Upload.published_at.is_not(None))
        .order_by(Source.slug.collate("C"), Snapshot.month)
    )
    if sources:
        wanted = wanted.where(Source.slug.in_(sources))
    found: dict[Key, list[_Snapshot]] = defaultdict(list)
    for slug, month, number, upload_id, published_at, withdrawn_at in session.execute(wanted):
        found[slug, month].append(_Snapshot(number, upload_id, published_at, withdrawn_at))
    return found


def _held(session: Session, snapshot_ids: Collection[int]) -> Mapping[int, _Held]:
    found = session.execute(
        select(
            Observation.snapshot_id,
            Observation.origin,
            Observation.openness,
            func.sum(Observation.share_pct),
            func.bool_or(Observation.status == Status.ESTIMATED),
            func.bool_or(Observation.status == Status.PROVISIONAL),
            func.min(Observation.note),
            func.max(Observation.note),
        )
        .where(Observation.snapshot_id.in_(snapshot_ids))
        .group_by(Observation.snapshot_id, Observation.origin, Observation.openness)
    )
    totals: dict[int, dict[tuple[Origin, Openness], Decimal]] = defaultdict(dict)
    reported: dict[int, dict[tuple[Origin, Openness], str]] = defaultdict(dict)
    provisional = set()
    for snapshot_id, origin, openness, share_pct, guessed, unsettled, note, other in found:
        about = Origin(origin), Openness(openness)
        totals[snapshot_id][about] = share_pct
        if guessed:
            reported[snapshot_id][about] = note if note == other else ""
        if unsettled:
            provisional.add(snapshot_id)
    return {
        number: _Held(
            least_settled(bool(reported[number]), number in provisional), sums, reported[number]
        )
        for number, sums in totals.items()
    }


def _act(
    kind: Kind,
    at: datetime,
    upload: Upload,
    histories: Mapping[Key, Sequence[_Snapshot]],
    held: Mapping[int, _Held],
) -> Act:
    published = kind is Kind.PUBLISHED
    changes = tuple(
        _change(key, at, history, held)
        for key, history in histories.items()
        if any(item.upload_id == upload.id for item in history)
    )
    return Act(
        kind=kind,
        at=at,
        by=(upload.published_by if published else upload.withdrawn_by) or "",
        reason=upload.reason if published else upload.withdrawn_reason,
        upload_id=upload.id,
        filename=upload.filename,
        sha256=upload.sha256.hex(),
        changes=changes,
    )


def _change(
    key: Key, at: datetime, history: Sequence[_Snapshot], held: Mapping[int, _Held]
) -> Change:
    before, after = (_standing(history, at, just_before=choice) for choice in (True, False))
    old, new = (held.get(item.id) if item else None for item in (before, after))
    return Change(
        source=key[0],
        month=key[1],
        effect=_effect(before, after),
        before=before.upload_id if before else None,
        after=after.upload_id if after else None,
        old_status=old.status if old else None,
        new_status=new.status if new else None,
        sums=tuple(_sums(old or NOTHING, new or NOTHING)),
    )


def _standing(history: Sequence[_Snapshot], at: datetime, *, just_before: bool) -> _Snapshot | None:
    """What stands at an instant: once what happens then has happened or, `just_before`, not yet."""

    def done(moment: datetime | None) -> bool:
        return moment is not None and (moment < at if just_before else moment <= at)

    standing = [item for item in history if done(item.published_at) and not done(item.withdrawn_at)]
    return max(standing, key=lambda item: item.published_at or at, default=None)


def _effect(before: _Snapshot | None, after: _Snapshot | None) -> Effect:
    if before == after:
        return Effect.UNTOUCHED
    if before is None:
        return Effect.NEW
    return Effect.REMOVED if after is None else Effect.REVISED


def _sums(old: _Held, new: _Held) -> Iterator[Sum]:
    """In the order of the closed lists, open models first."""
    for openness in Openness:
        for origin in Origin:
            key = origin, openness
            if key in old.totals or key in new.totals:
                shares = old.totals.get(key), new.totals.get(key)
                note = new.reported.get(key, "")
                yield Sum(origin, openness, *shares, key in new.reported, note)
