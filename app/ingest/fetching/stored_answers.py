"""Keeps the bytes that a publisher answered with beside their upload, and gives them back."""

import zlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.database.fetch_tables import StoredAnswer
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.fetcher import Reading


def store_answers(
    session: Session,
    upload_id: int,
    fetcher: str,
    answers: Sequence[PublisherAnswer],
    reading: Reading,
) -> None:
    """Store answers as they came, in the order they were asked for, with the licence they name."""
    session.add_all(
        StoredAnswer(
            upload_id=upload_id,
            number=number,
            fetcher=fetcher,
            url=answer.url,
            received_at=answer.received_at,
            headers=dict(answer.headers),
            sha256=answer.sha256,
            size=len(answer.content),
            content=zlib.compress(answer.content),
            licence=reading.licence,
            attribution=reading.attribution,
        )
        for number, answer in enumerate(answers, 1)
    )
    session.flush()


def load_answers(session: Session, upload_id: int) -> list[PublisherAnswer]:
    """Return the answers of an upload, in the order they were asked for; [] of a sent file."""
    rows = session.scalars(
        select(StoredAnswer)
        .where(StoredAnswer.upload_id == upload_id)
        .order_by(StoredAnswer.number)
        .options(undefer(StoredAnswer.content))
    )
    return [_unpacked(row) for row in rows]


def load_answer(session: Session, upload_id: int, number: int) -> PublisherAnswer | None:
    """Return one answer of an upload, or None where it has no such."""
    row = session.get(StoredAnswer, (upload_id, number), options=[undefer(StoredAnswer.content)])
    return None if row is None else _unpacked(row)


def _unpacked(row: StoredAnswer) -> PublisherAnswer:
    content = zlib.decompress(row.content)
    return PublisherAnswer(row.url, row.received_at, content, row.headers)
