"""The sums of each snapshot's lines, which are read in the place of the lines themselves.

A row is the sum of all lines of a snapshot that have its other columns in common: `lines` counts
them, `share_pct` is percent of all usage, exact, `note` is the one note that they all have, NULL
where theirs differ. They are written with the lines (`ingest/sums.py`) and never changed.
"""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.table_base import TableBase, check_one_of
from app.domain.vocabulary import Openness, Origin, Status


def _checks() -> tuple[CheckConstraint, ...]:
    return (
        check_one_of("origin", Origin),
        check_one_of("openness", Openness),
        check_one_of("status", Status),
        CheckConstraint("lines > 0", name="lines"),
        # Not at most 100: rounded shares of a file may add up to 100.5.
        CheckConstraint("share_pct >= 0 AND share_pct < 'Infinity'", name="share_pct"),
    )


class OriginSum(TableBase):
    """A snapshot's lines by origin, openness and status: at most sixty rows of any file."""

    __tablename__ = "origin_sum"
    __table_args__ = _checks()

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(primary_key=True)
    openness: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    lines: Mapped[int]
    share_pct: Mapped[Decimal]
    note: Mapped[str | None]


class DeveloperSum(TableBase):
    """The same by developer too; `developer_id` is NULL for lines that name none."""

    __tablename__ = "developer_sum"
    __table_args__ = (
        # In the place of a primary key, whose columns cannot be NULL.
        UniqueConstraint(
            "snapshot_id",
            "origin",
            "openness",
            "developer_id",
            "status",
            name="uq_developer_sum",
            postgresql_nulls_not_distinct=True,
        ),
        *_checks(),
    )

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    origin: Mapped[str]
    openness: Mapped[str]
    developer_id: Mapped[int | None] = mapped_column(ForeignKey("developer.id"))
    status: Mapped[str]
    lines: Mapped[int]
    share_pct: Mapped[Decimal]
    note: Mapped[str | None]

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own name and type
        "primary_key": ["snapshot_id", "origin", "openness", "developer_id", "status"]
    }
