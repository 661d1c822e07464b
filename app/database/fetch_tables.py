"""The tables of what is fetched: the record of fetches, and the answers that publishers gave."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.table_base import (
    Key,
    Moment,
    ShortText,
    TableBase,
    check_first_of_month,
    check_one_of,
)


class Outcome(StrEnum):
    """What a fetch came to. `checked`: it was only to be looked at, and nothing was stored."""

    PUBLISHED = "published"
    WAITING = "waiting"
    UNCHANGED = "unchanged"
    CHECKED = "checked"
    FAILED = "failed"


class FetchRun(TableBase):
    """One fetch, from the asking for it to its end: the record of fetches, and their queue.

    `first_month` and `last_month` NULL are every month that may have news. `started_at` NULL waits
    for the fetcher; `progress` is what it is about. `newest_day` is the last day that the publisher
    had figures of, `upload_id` what was made of them. `next_at` is about when the next one begins
    by itself, NULL where nothing is planned.
    """

    __tablename__ = "fetch_run"
    __table_args__ = (
        check_first_of_month("first_month"),
        check_first_of_month("last_month"),
        check_one_of("outcome", Outcome),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name="ended_was_started"),
        Index("ix_fetch_run_fetcher_id", "fetcher", "id"),
    )

    id: Mapped[Key]
    fetcher: Mapped[str]
    first_month: Mapped[date | None]
    last_month: Mapped[date | None]
    publish: Mapped[bool] = mapped_column(server_default=text("false"))
    stale_ok: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[ShortText]
    requested_at: Mapped[Moment]
    requested_by: Mapped[str]
    started_at: Mapped[datetime | None]
    progress: Mapped[ShortText]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    message: Mapped[ShortText]
    newest_day: Mapped[date | None]
    next_at: Mapped[datetime | None]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"), index=True)


class StoredAnswer(TableBase):
    """The bytes that a publisher answered with, beside the upload whose file was made of them.

    `number` counts the answers of an upload from 1. `content` is zlib compressed; `sha256` and
    `size` (bytes) are those of the answer itself. `licence` and `attribution` are the publisher's
    words, empty where it says none.
    """

    __tablename__ = "publisher_answer"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("url ~ '^https?://'", name="url"),
    )

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    fetcher: Mapped[str]
    url: Mapped[str]
    received_at: Mapped[datetime]
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)
    # Deferred: the list of answers must not read them.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    licence: Mapped[ShortText]
    attribution: Mapped[ShortText]
