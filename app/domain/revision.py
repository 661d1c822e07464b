"""What an upload's publishing or withdrawal did to the figures: plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.vocabulary import Openness, Origin, Status


class RevisionKind(StrEnum):
    """The two acts that can change figures."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Effect(StrEnum):
    """What an act did to a month.

    `untouched`: the figures of the upload did not stand, because a later one had superseded them.
    """

    NEW = "new"
    REVISED = "revised"
    REMOVED = "removed"
    UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class RevisedShare:
    """What the lines of one origin and openness added up to before and after, in percent.

    `old` or `new` is None where no line spoke of them. `as_reported` means that what stands
    after was given by a publisher and is not recomputed; `note` is the publisher's, where the lines
    agree.
    """

    origin: Origin
    openness: Openness
    old: Decimal | None
    new: Decimal | None
    as_reported: bool = False
    note: str = ""

    @property
    def points(self) -> Decimal | None:
        """The change in percentage points; None where one side is missing, which is not zero."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True, slots=True)
class MonthRevision:
    """What an act did to one source's month.

    `before` and `after` are the ids of the uploads whose figures stood then. Each status is that of
    the least settled line. All four are None where nothing stood.
    """

    source: str
    month: date
    effect: Effect
    before: int | None
    after: int | None
    old_status: Status | None
    new_status: Status | None
    sums: tuple[RevisedShare, ...]

    @property
    def moved(self) -> tuple[RevisedShare, ...]:
        """The sums that changed, appeared or went."""
        return tuple(item for item in self.sums if item.old != item.new)

    @property
    def status_changed(self) -> bool:
        """Whether the month has another status since; False where one side is missing."""
        return None not in (self.old_status, self.new_status) and self.old_status != self.new_status


@dataclass(frozen=True, slots=True)
class Revision:
    """One publishing or withdrawal of an upload, and its changes by source and month.

    `by` is the maintainer's name or empty, `sha256` the hexadecimal digest of the file's bytes.
    """

    kind: RevisionKind
    at: datetime
    by: str
    reason: str
    upload_id: int
    filename: str
    sha256: str
    changes: tuple[MonthRevision, ...]

    def having(self, *effects: Effect) -> list[MonthRevision]:
        """Return the changes with one of these effects."""
        return [change for change in self.changes if change.effect in effects]

    @property
    def revises(self) -> bool:
        """Whether the act changed or removed figures that had been published."""
        return bool(self.having(Effect.REVISED, Effect.REMOVED))
