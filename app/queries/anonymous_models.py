"""The models of unknown origin in a source's month: the doubt that bounds are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import case, func, select

from app.database.tables import Model, Observation
from app.database.vintages import Vintage, read_current_months, read_once
from app.domain.vocabulary import Origin
from app.queries.answers.grouping import HUNDRED, NEGLIGIBLE_SHARE


@dataclass(frozen=True, slots=True)
class AnonymousUsage:
    """What a source's month says of no known origin, in percent of all usage.

    `models` are slugs with their shares, the largest first. `unnamed_pct` is that of lines that
    name no model, `remainder_pct` what no line speaks of.
    """

    models: Sequence[tuple[str, Decimal]]
    unnamed_pct: Decimal
    remainder_pct: Decimal

    @property
    def lines_pct(self) -> Decimal:
        """The share of all lines of unknown origin."""
        return self.unnamed_pct + sum((share for _, share in self.models), Decimal(0))


@read_once
def read_anonymous_usage(vintage: Vintage, source: str, month: date) -> AnonymousUsage:
    """Return the usage of unknown origin in a month of the source, given by its slug."""
    current = read_current_months(vintage).get((source, month))
    hidden = Observation.origin == Origin.UNKNOWN
    model = case((hidden, Model.slug))
    rows = vintage.session.execute(
        select(hidden, model, func.sum(Observation.share_pct))
        .select_from(Observation)
        .outerjoin(Model, Model.id == Observation.model_id)
        .where(Observation.snapshot_id == (current.snapshot_id if current else None))
        .group_by(hidden, model)
    ).all()
    named = [(slug, share) for is_hidden, slug, share in rows if is_hidden and slug]
    left = HUNDRED - sum((share for _, _, share in rows), Decimal(0))
    return AnonymousUsage(
        models=sorted(named, key=lambda item: (-item[1], item[0])),
        unnamed_pct=sum(
            (share for is_hidden, slug, share in rows if is_hidden and not slug), Decimal(0)
        ),
        remainder_pct=left if left >= NEGLIGIBLE_SHARE else Decimal(0),
    )
