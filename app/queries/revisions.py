"""Revisions: every publishing and withdrawal, and what each changed in the months it is about."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.database.sum_tables import OriginSum
from app.database.tables import Snapshot, Source, Upload
from app.database.vintages import END_OF_TIME, is_of_snapshots, last_change_at
from app.domain.revision import Effect, MonthRevision, RevisedShare, Revision, RevisionKind
from app.domain.vocabulary import NOT_RECOMPUTED, Openness, Origin, Status, least_settled
from app.queries.statuses import shared_note, status_of_sum, unsettledness

_MonthKey = tuple[str, date]
_SharesByGroup = Mapping[tuple[Origin, Openness], Decimal]


@dataclass(frozen=True, slots=True)
class _SnapshotShares:
    """The sums of a snapshot by origin and openness, in percent.

    `reported` holds a note for each sum that is not recomputed, empty where notes differ.
    """

    status: Status
    totals: _SharesByGroup
    reported: Mapping[tuple[Origin, Openness], str]


NOTHING: Final = _SnapshotShares(Status.FINAL, {}, {})


def read_revisions(
    session: Session,
    as_of: datetime | None = None,
    sources: Collection[str] = (),
    limit: int | None = None,
) -> list[Revision]:
    """Return the publishings and withdrawals at or before `as_of`, the latest first.

    `sources` are slugs; empty is all. `limit` counts revisions, of which one upload makes up to
    two. Nothing of this is stored: it is computed from the moments of the uploads.
    """
    until = as_of or END_OF_TIME
    uploads = _uploads(session, until, sources, limit)
    histories = _histories(session, [upload.id for upload in uploads], sources)
    everything = [item.id for history in histories.values() for item in history]
    held = _snapshot_shares(session, everything)
    revisions = [
        _revision(kind, at, upload, histories, held)
        for upload in uploads
        for kind, at in _moments(upload)
        if at <= until
    ]
    return sorted(revisions, key=lambda act: act.at, reverse=True)[:limit]


def _uploads(
    session: Session, until: datetime, sources: Collection[str], limit: int | None
) -> Sequence[Upload]:
    """Return the uploads of the latest `limit` revisions, by when each last changed figures."""
    # As many uploads as revisions are wanted are enough: each of these has a revision that is later
    # than all those of any other upload.
    statement = (
        select(Upload)
        .where(Upload.published_at <= until)
        .order_by(last_change_at(until).desc())
        .limit(limit)
    )
    if sources:
        about = select(Snapshot.upload_id).join(Source).where(Source.slug.in_(sources))
        statement = statement.where(Upload.id.in_(about))
    return session.scalars(statement).all()


def _moments(upload: Upload) -> Iterator[tuple[RevisionKind, datetime]]:
    if upload.published_at:
        yield RevisionKind.PUBLISHED, upload.published_at
    if upload.withdrawn_at:
        yield RevisionKind.WITHDRAWN, upload.withdrawn_at


# --- what stood before and after -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Snapshot:
    id: int
    upload_id: int
    published_at: datetime | None
    withdrawn_at: datetime | None


def _histories(
    session: Session, upload_ids: Collection[int], sources: Collection[str]
) -> Mapping[_MonthKey, list[_Snapshot]]:
    """Return, by source and month, every snapshot ever published of the months of these uploads.

    Others than theirs are needed too: what a withdrawal brings back is an earlier upload's.
    """
    about = select(Snapshot.source_id, Snapshot.month).where(Snapshot.upload_id.in_(upload_ids))
    statement = (
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
        statement = statement.where(Source.slug.in_(sources))
    histories: dict[_MonthKey, list[_Snapshot]] = defaultdict(list)
    for slug, month, number, upload_id, published_at, withdrawn_at in session.execute(statement):
        histories[slug, month].append(_Snapshot(number, upload_id, published_at, withdrawn_at))
    return histories


def _snapshot_shares(
    session: Session, snapshot_ids: Collection[int]
) -> Mapping[int, _SnapshotShares]:
    keys = OriginSum.snapshot_id, OriginSum.origin, OriginSum.openness
    rows = session.execute(
        select(
            *keys,
            func.sum(OriginSum.share_pct),
            unsettledness(OriginSum.status),
            shared_note(OriginSum.note.expression),
        )
        .where(is_of_snapshots(OriginSum.snapshot_id, snapshot_ids))
        .group_by(*keys)
    )
    totals: dict[int, dict[tuple[Origin, Openness], Decimal]] = defaultdict(dict)
    reported: dict[int, dict[tuple[Origin, Openness], str]] = defaultdict(dict)
    statuses: dict[int, set[Status]] = defaultdict(set)
    for snapshot_id, origin, openness, share_pct, rank, note in rows:
        about = Origin(origin), Openness(openness)
        totals[snapshot_id][about] = share_pct
        status = status_of_sum(rank)
        statuses[snapshot_id].add(status)
        if status in NOT_RECOMPUTED:
            reported[snapshot_id][about] = note or ""
    return {
        number: _SnapshotShares(least_settled(statuses[number]), sums, reported[number])
        for number, sums in totals.items()
    }


def _revision(
    kind: RevisionKind,
    at: datetime,
    upload: Upload,
    histories: Mapping[_MonthKey, Sequence[_Snapshot]],
    held: Mapping[int, _SnapshotShares],
) -> Revision:
    published = kind is RevisionKind.PUBLISHED
    changes = tuple(
        _month_revision(key, at, history, held)
        for key, history in histories.items()
        if any(item.upload_id == upload.id for item in history)
    )
    return Revision(
        kind=kind,
        at=at,
        by=(upload.published_by if published else upload.withdrawn_by) or "",
        reason=upload.reason if published else upload.withdrawn_reason,
        upload_id=upload.id,
        filename=upload.filename,
        sha256=upload.sha256.hex(),
        changes=changes,
    )


def _month_revision(
    key: _MonthKey, at: datetime, history: Sequence[_Snapshot], held: Mapping[int, _SnapshotShares]
) -> MonthRevision:
    before, after = (_standing(history, at, just_before=choice) for choice in (True, False))
    old, new = (held.get(item.id) if item else None for item in (before, after))
    return MonthRevision(
        source=key[0],
        month=key[1],
        effect=_effect(before, after),
        before=before.upload_id if before else None,
        after=after.upload_id if after else None,
        old_status=old.status if old else None,
        new_status=new.status if new else None,
        sums=tuple(_revised_shares(old or NOTHING, new or NOTHING)),
    )


def _standing(history: Sequence[_Snapshot], at: datetime, *, just_before: bool) -> _Snapshot | None:
    """Return the snapshot that is current at an instant or, with `just_before`, right before it."""

    # The instant is one at which an upload was published or withdrawn, to the microsecond: whether
    # that counts is the difference between before and after. The rule is that of
    # `vintages.current_snapshots`: the latest published and not withdrawn.
    def done(moment: datetime | None) -> bool:
        return moment is not None and (moment < at if just_before else moment <= at)

    standing = [item for item in history if done(item.published_at) and not done(item.withdrawn_at)]
    return max(standing, key=lambda item: item.published_at or at, default=None)


def _effect(before: _Snapshot | None, after: _Snapshot | None) -> Effect:
    # Nothing changes where what is withdrawn had been superseded already.
    if before == after:
        return Effect.UNTOUCHED
    if before is None:
        return Effect.NEW
    return Effect.REMOVED if after is None else Effect.REVISED


def _revised_shares(old: _SnapshotShares, new: _SnapshotShares) -> Iterator[RevisedShare]:
    """Yield every origin and openness that either has, in the order of the closed lists."""
    for openness in Openness:
        for origin in Origin:
            key = origin, openness
            if key in old.totals or key in new.totals:
                shares = old.totals.get(key), new.totals.get(key)
                note = new.reported.get(key, "")
                yield RevisedShare(origin, openness, *shares, key in new.reported, note)
