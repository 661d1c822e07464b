"""The table of what is proposed for models of the catalogue, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database.table_base import Key, Moment, TableBase, check_one_of
from app.domain.proposal import Decision


class ProposalRow(TableBase):
    """What publishers say of a model, to be confirmed or dismissed; one of a model may be open.

    `model` is a slug that need not be in the catalogue yet. `cells`, `before` and `evidence` are
    those of a ModelProposal, by column; `confirmed` are the columns that a maintainer took, NULL
    until it is decided.
    """

    __tablename__ = "model_proposal"
    __table_args__ = (
        CheckConstraint("model ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'", name="model"),
        CheckConstraint("source_url ~ '^https?://'", name="source_url"),
        check_one_of("decision", Decision),
        CheckConstraint(
            "num_nulls(decided_at, decided_by, decision, confirmed) IN (0, 4)", name="decided"
        ),
        Index(
            "uq_model_proposal_open",
            "model",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    model: Mapped[str]
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    source_url: Mapped[str]
    proposed_at: Mapped[Moment]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision: Mapped[str | None]
    confirmed: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
