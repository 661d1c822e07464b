"""A cited number found again: as it stood at its vintage, and what has become of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.database.tables import Snapshot, Source, Upload
from app.domain.answer import Answer, Group, Share, SourceDefinition
from app.domain.calendar import is_future
from app.domain.errors import NoFiguresError, NotFoundError
from app.domain.number_reference import NumberReference
from app.domain.questions.question import Question
from app.domain.revision import RevisionKind
from app.domain.rounding import printed_share
from app.queries.answers.shares import answer_question

VINTAGES_SEARCHED_MAX: Final = 8
"""The changes of a month, the latest first, among which a number is looked for."""


@dataclass(frozen=True, slots=True)
class Change:
    """A publishing or withdrawal of the month of a number, with its upload and its reason."""

    kind: RevisionKind
    at: datetime
    upload_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ResolvedNumber:
    """A number that a reference names, as this server has it.

    `question` has the answer at the vintage that was found, `now` is the number as it stands today,
    None where there is none any more, and `now_vintage` the vintage of that. `changes` are what was
    published and withdrawn of its month since, the latest first. `elsewhere`: the reference names a
    moment at which this server did not have the number, as one of another server.
    """

    reference: NumberReference
    question: Question
    answer: Answer
    row: Share
    group: Group
    now: Share | None
    now_vintage: datetime | None
    changes: Sequence[Change]
    elsewhere: bool

    @property
    def source(self) -> SourceDefinition:
        """The source of the number, with where the figures of its month come from."""
        (source,) = [item for item in self.answer.sources if item.slug == self.reference.source]
        return self.answer.source_in(source, self.reference.month)

    @property
    def current(self) -> bool:
        """Whether the number stands today as it did then."""
        now = self.now
        return now is not None and (now.share_pct, now.status) == (
            self.row.share_pct,
            self.row.status,
        )


def find_number(session: Session, reference: NumberReference, question: Question) -> ResolvedNumber:
    """Return the number of a reference; `question` is the reference's, at no vintage.

    Raise NotFoundError where no vintage of this server has it: it says what there is instead.
    """
    now = _answer_row(session, question, reference)
    for moment in _moments(session, reference):
        at = question.having(as_of=moment)
        then = now if moment is None else _answer_row(session, at, reference)
        if then and _printed(then[1]) == reference.share_pct:
            answer, row = then
            return ResolvedNumber(
                reference=reference,
                question=question.having(as_of=answer.vintage),
                answer=answer,
                row=row,
                group=_group(answer, reference),
                now=now[1] if now else None,
                now_vintage=now[0].vintage if now else None,
                changes=_changes(session, reference, answer.vintage),
                elsewhere=moment != reference.vintage or is_future(reference.vintage),
            )
    stands = f"It has {_printed(now[1]):f} percent now." if now else "It has none for it at all."
    raise NotFoundError("This server never had the number that was cited", stands)


def _moments(session: Session, reference: NumberReference) -> Iterator[datetime | None]:
    """Yield the moments at which the number may have stood: the cited one, now, each change."""
    yield reference.vintage
    yield None
    moments = {
        moment
        for published, withdrawn, *_ in _uploads_of(session, reference)
        for moment in (published, withdrawn)
        if moment
    }
    yield from sorted(moments, reverse=True)[:VINTAGES_SEARCHED_MAX]


def _answer_row(
    session: Session, question: Question, reference: NumberReference
) -> tuple[Answer, Share] | None:
    try:
        answer = answer_question(session, question)
    except NoFiguresError:
        return None
    rows = answer.complement if reference.left_out else answer.shares
    key = (reference.source, reference.month, reference.group)
    known = (row for row in rows if not row.missing)
    row = next((row for row in known if (row.source, row.month, row.group) == key), None)
    return (answer, row) if row else None


def _printed(row: Share) -> object:
    return None if row.share_pct is None else printed_share(row.share_pct, row.status)


def _group(answer: Answer, reference: NumberReference) -> Group:
    groups = answer.complement_groups if reference.left_out else answer.groups
    return next(group for group in groups if group.key == reference.group)


def _changes(session: Session, reference: NumberReference, after: datetime | None) -> list[Change]:
    """Return what was published or withdrawn of the month after a moment, the latest first."""
    changes = [
        Change(kind, moment, upload_id, reason)
        for published, withdrawn, upload_id, why, why_withdrawn in _uploads_of(session, reference)
        for kind, moment, reason in (
            (RevisionKind.PUBLISHED, published, why),
            (RevisionKind.WITHDRAWN, withdrawn, why_withdrawn),
        )
        if moment and after and moment > after
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _uploads_of(
    session: Session, reference: NumberReference
) -> Sequence[Row[datetime | None, datetime | None, int, str, str]]:
    """Return the moments, numbers and reasons of the published uploads of the cited month."""
    return session.execute(
        select(
            Upload.published_at,
            Upload.withdrawn_at,
            Upload.id,
            Upload.reason,
            Upload.withdrawn_reason,
        )
        .join(Snapshot, Snapshot.upload_id == Upload.id)
        .join(Source, Source.id == Snapshot.source_id)
        .where(
            Source.slug == reference.source,
            Snapshot.month == reference.month,
            Upload.published_at.is_not(None),
        )
    ).all()
