"""The tables of figures and catalogue. Named constraints carry the rules that must never break."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.name_tables import Company
from app.database.table_base import (
    Key,
    Moment,
    ShortText,
    TableBase,
    check_first_of_month,
    check_one_of,
    check_slug,
)
from app.domain.sources.source_terms import Cadence, Statistic, Window
from app.domain.vocabulary import Openness, Origin, Status


class Source(TableBase):
    """One publisher's one measure over one population.

    `reports_on` is the slug of the source that its figures are about, NULL for its own count.
    `publishes_after_days` counts from the end of a month to its figures, NULL where not known.
    """

    # Every change of a catalogue table needs a row of catalogue_change in the same transaction: a
    # trigger looks for it at the commit.
    __tablename__ = "source"
    __table_args__ = (
        check_slug(),
        check_one_of('"window"', Window),
        check_one_of("statistic", Statistic),
        check_one_of("cadence", Cadence),
        CheckConstraint("reports_on <> slug", name="reports_on"),
        CheckConstraint("publishes_after_days BETWEEN 0 AND 366", name="publishes_after_days"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    publisher: Mapped[str]
    metric: Mapped[str]
    population: Mapped[str]
    url: Mapped[ShortText]
    licence: Mapped[ShortText]
    citation: Mapped[ShortText]
    method: Mapped[ShortText]
    window: Mapped[str] = mapped_column(server_default=Window.MONTH)
    statistic: Mapped[str] = mapped_column(server_default=Statistic.SUM)
    # Deferrable, since a file may name a source that stands on a later line of it.
    reports_on: Mapped[str | None] = mapped_column(
        ForeignKey("source.slug", deferrable=True, initially="DEFERRED")
    )
    cadence: Mapped[str | None]
    publishes_after_days: Mapped[int | None]


class Developer(TableBase):
    """Who makes models. `country` is ISO 3166-1, two letters; `origin` is the home it counts as.

    `company` is the slug of the one company it belongs to, if the catalogue knows it.
    """

    __tablename__ = "developer"
    __table_args__ = (
        check_slug(),
        check_one_of("origin", Origin),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str | None]
    origin: Mapped[str]
    homepage: Mapped[ShortText]
    huggingface_org: Mapped[ShortText]
    note: Mapped[ShortText]
    company: Mapped[str | None] = mapped_column(ForeignKey(Company.slug), index=True)


class Model(TableBase):
    """A model. `base_developer_id` is who made the base model it was built on, if known.

    `base_model` is the name of that base; `hugging_face_id` says where its weights are.
    """

    __tablename__ = "model"
    __table_args__ = (
        check_slug(),
        check_one_of("openness", Openness),
        check_first_of_month("release_month"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    developer_id: Mapped[int] = mapped_column(ForeignKey("developer.id"), index=True)
    openness: Mapped[str]
    release_month: Mapped[date | None]
    base_developer_id: Mapped[int | None] = mapped_column(ForeignKey("developer.id"))
    note: Mapped[ShortText]
    base_model: Mapped[ShortText]
    hugging_face_id: Mapped[ShortText]


class Event(TableBase):
    """Something that happened, for the charts; `headline` ones stand on them by default."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("date", "title"),)

    id: Mapped[Key]
    date: Mapped[date]
    title: Mapped[str]
    description: Mapped[ShortText]
    url: Mapped[ShortText]
    headline: Mapped[bool] = mapped_column(server_default=text("false"))


class Upload(TableBase):
    """One file as it was received, and what became of it.

    `content` is the file's bytes, zlib compressed; `sha256` and `size` (bytes) are those of the
    file itself. `source_id` and `openness` are what was chosen with the upload for lines that
    leave them out; `reclassified`: the catalogue's origin and openness go before the lines' own.
    `origin_url`, `retrieved_at` and `publisher_as_of` are the `Provenance` that was given with it,
    `table_choices` the TableChoices, without those that say nothing.
    """

    __tablename__ = "upload"
    __table_args__ = (
        check_one_of("openness", Openness),
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("origin_url = '' OR origin_url ~ '^https?://'", name="origin_url"),
        CheckConstraint("publisher_as_of <= retrieved_at", name="publisher_as_of"),
        CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="published"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        CheckConstraint("withdrawn_at > published_at", name="withdrawn_after_published"),
        CheckConstraint(
            "withdrawn_at IS NULL OR published_at IS NOT NULL", name="withdrawn_was_published"
        ),
        CheckConstraint("(discarded_at IS NULL) = (discarded_by IS NULL)", name="discarded"),
        CheckConstraint(
            "discarded_at IS NULL OR published_at IS NULL", name="discarded_was_not_published"
        ),
    )

    id: Mapped[Key]
    filename: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    # Deferred: lists of uploads must not read every file, some of them of many megabytes.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    openness: Mapped[str]
    reclassified: Mapped[bool] = mapped_column(server_default=text("false"))
    origin_url: Mapped[ShortText]
    retrieved_at: Mapped[date | None]
    publisher_as_of: Mapped[date | None]
    table_choices: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    # Moments are the clock's, not now(), which is when the transaction began: a large file takes
    # longer than the ten seconds that triggers allow a moment to lie back.
    received_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    received_by: Mapped[str]
    # Unique: the order of these moments decides which snapshot of a month is current.
    published_at: Mapped[datetime | None] = mapped_column(unique=True)
    published_by: Mapped[str | None]
    reason: Mapped[ShortText]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_reason: Mapped[ShortText]
    discarded_at: Mapped[datetime | None]
    discarded_by: Mapped[str | None]


class Snapshot(TableBase):
    """What one upload says about one source in one month. It is never changed.

    `basis` tells whether the file gave shares, or values they were computed from. `first_day`,
    `last_day` and `days` are its DaysCovered, all NULL for a whole month. Which snapshot of a month
    is current is stored nowhere: see `vintages.current_snapshots`.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("upload_id", "source_id", "month"),
        check_first_of_month("month"),
        CheckConstraint("basis IN ('share', 'value')", name="basis"),
        CheckConstraint("num_nulls(first_day, last_day, days) IN (0, 3)", name="days_together"),
        CheckConstraint(
            "date_trunc('month', first_day) = month AND date_trunc('month', last_day) = month",
            name="days_in_month",
        ),
        CheckConstraint("days BETWEEN 1 AND last_day - first_day + 1", name="days"),
        Index("ix_snapshot_source_id_month", "source_id", "month"),
    )

    id: Mapped[Key]
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    month: Mapped[date]
    basis: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    days: Mapped[int | None]


class Observation(TableBase):
    """One line of a snapshot: a slice of the whole, disjoint from all its other slices.

    `line` is where the row begins in the upload's file, from 1; `share_pct` is percent of all
    usage, exact; `value` is in the source's metric. Origin and openness are as published.
    """

    __tablename__ = "observation"
    __table_args__ = (
        # NULLS NOT DISTINCT is SQL of PostgreSQL 15, the oldest that is supported: without it two
        # lines that name no model would always be different slices.
        UniqueConstraint(
            "snapshot_id",
            "origin",
            "openness",
            "developer_id",
            "model_id",
            name="uq_observation_slice",
            postgresql_nulls_not_distinct=True,
        ),
        # A model counts once in a snapshot, even under two origins.
        Index(
            "uq_observation_model",
            "snapshot_id",
            "model_id",
            unique=True,
            postgresql_where=text("model_id IS NOT NULL"),
        ),
        check_one_of("origin", Origin),
        check_one_of("openness", Openness),
        check_one_of("status", Status),
        CheckConstraint("line > 0", name="line"),
        CheckConstraint("share_pct BETWEEN 0 AND 100", name="share_pct"),
        # PostgreSQL sorts NaN above Infinity, so this keeps both out.
        CheckConstraint("value >= 0 AND value < 'Infinity'", name="value"),
        CheckConstraint("length(note) <= 500", name="note"),
        CheckConstraint("model_id IS NULL OR developer_id IS NOT NULL", name="model_has_developer"),
    )

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    openness: Mapped[str]
    developer_id: Mapped[int | None] = mapped_column(ForeignKey("developer.id"))
    model_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    share_pct: Mapped[Decimal]
    value: Mapped[Decimal | None]
    status: Mapped[str]
    note: Mapped[ShortText]


class CatalogueChange(TableBase):
    """Who changed which catalogue entry, when and why: the audit list.

    `kind` is the name of an EntryType, `key` the slug, or day and title of an event. `before` and
    `after` hold the cells that differ, by column; `before` is NULL for a new entry.
    """

    __tablename__ = "catalogue_change"
    __table_args__ = (
        Index("ix_catalogue_change_kind_key", "kind", "key"),
        Index("ix_catalogue_change_at", "at"),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    by: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str]
    reason: Mapped[str]
    # Without none_as_null a new entry would have JSON's null, which IS NULL does not find.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
