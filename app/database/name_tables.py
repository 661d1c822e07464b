"""The tables of companies, which stand above developers, and of the other names of entries."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.table_base import Key, ShortText, TableBase, check_one_of, check_slug
from app.domain.naming.names import NamedType


class Company(TableBase):
    """What developers belong to. `country` is ISO 3166-1, two letters; `parent` is a slug."""

    __tablename__ = "company"
    __table_args__ = (
        check_slug(),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("parent <> slug", name="parent"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str | None]
    # By its slug, which never changes, and looked at when all is written: a file may name a company
    # before its parent.
    parent: Mapped[str | None] = mapped_column(
        ForeignKey("company.slug", deferrable=True, initially="DEFERRED")
    )
    note: Mapped[ShortText]


def _slug_of(kind: NamedType) -> Computed:
    # Spelled as PostgreSQL gives it back: Alembic compares the texts.
    return Computed(
        f"CASE WHEN (entry_type = '{kind}'::text) THEN entry ELSE NULL::text END", persisted=True
    )


class Alias(TableBase):
    """Another name of a company, developer or model, of which `entry` is the slug.

    A retired alias finds its entry no more; it stays, since no entry of the catalogue is removed.
    """

    __tablename__ = "alias"
    __table_args__ = (
        UniqueConstraint("entry_type", "entry", "alias", "kind", name="uq_alias_entry"),
        check_one_of("entry_type", NamedType),
    )

    id: Mapped[Key]
    entry_type: Mapped[str]
    entry: Mapped[str]
    alias: Mapped[str]
    kind: Mapped[str]
    retired: Mapped[bool] = mapped_column(server_default=text("false"))
    # A foreign key each, of which one holds: an alias of an entry that is not there cannot be.
    company: Mapped[str | None] = mapped_column(
        ForeignKey("company.slug"), _slug_of(NamedType.COMPANY)
    )
    developer: Mapped[str | None] = mapped_column(
        ForeignKey("developer.slug"), _slug_of(NamedType.DEVELOPER)
    )
    model: Mapped[str | None] = mapped_column(ForeignKey("model.slug"), _slug_of(NamedType.MODEL))
