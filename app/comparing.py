"""One answer against another: what was revised since, and how a share has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.answer import REST, Answer, Share
from app.months import add_months
from app.words import MISSING

Cell = tuple[str, date, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that was one thing at the earlier vintage and is another now; None is no figure."""

    source: str
    month: date
    label: str
    then: Share | None
    now: Share | None

    @property
    def points(self) -> Decimal | None:
        if self.then is None or self.now is None:
            return None
        return _points(self.then.share_pct, self.now.share_pct)


@dataclass(frozen=True, slots=True)
class Since:
    """What has become of an answer: its numbers that differ now, and the months that were added."""

    differences: Sequence[Difference]
    added: Sequence[date]
    numbers: int

    @property
    def months(self) -> Sequence[date]:
        return sorted({item.month for item in self.differences})


def since(then: Answer, now: Answer | None) -> Since:
    """What changed between two vintages of one question. `now` is None where nothing is left."""
    before = _told(then)
    after = _told(now) if now else {}
    # Where others lead, “other developers” are not the same ones: no number of theirs was revised.
    same = now is not None and {g.key for g in then.groups} == {g.key for g in now.groups}
    shown = [cell for cell in _ordered(before, after) if same or cell[2] != REST]
    had = {(source, month) for source, month, _ in before}
    groups = {group.key for group in then.groups}
    differing = [
        Difference(cell[0], cell[1], _label(before, after, cell), before.get(cell), after.get(cell))
        for cell in shown
        if cell[:2] in had and cell[2] in groups and _differs(before.get(cell), after.get(cell))
    ]
    added = sorted({month for source, month, _ in after if (source, month) not in had})
    return Since(differing, added, len(before))


def _told(answer: Answer) -> Mapping[Cell, Share]:
    return {(row.source, row.month, row.group): row for row in answer.shares if not row.missing}


def _ordered(before: Mapping[Cell, Share], after: Mapping[Cell, Share]) -> list[Cell]:
    """By source and month; inside a month in the order of the answers."""
    return sorted(dict.fromkeys([*before, *after]), key=lambda cell: cell[:2])


def _label(before: Mapping[Cell, Share], after: Mapping[Cell, Share], cell: Cell) -> str:
    return (before.get(cell) or after[cell]).label


def _differs(then: Share | None, now: Share | None) -> bool:
    if then is None or now is None:
        return True
    return (then.share_pct, then.status) != (now.share_pct, now.status)


def change(rows: Sequence[Share], month: date, back: int) -> Decimal | None:
    """Points between a month and `back` months before it; None where either has no figure."""
    shares = {row.month: row.share_pct for row in rows}
    return _points(shares.get(add_months(month, -back)), shares.get(month))


def _points(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    return None if old is None or new is None else new - old


def latest_only(answer: Answer) -> Answer:
    """The same sources, each in the latest month it says anything of; its other months are out."""
    last: dict[str, date] = {}
    for row in (*answer.shares, *answer.complement):
        if not row.missing:
            last[row.source] = max(row.month, last.get(row.source, row.month))
    return replace(
        answer,
        shares=tuple(_kept(row, last) for row in answer.shares),
        complement=tuple(_kept(row, last) for row in answer.complement),
    )


def _kept(row: Share, last: Mapping[str, date]) -> Share:
    return row if row.month == last.get(row.source) else missing(row, row.group, row.label)


def missing(like: Share, group: str, label: str) -> Share:
    """No figure, of the same source and month."""
    return Share(like.source, like.month, group, label, None, MISSING)
