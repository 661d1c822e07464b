"""The tables of maintainers, their sessions, links, tokens, networks and failed attempts."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.database.table_base import Digest, Key, Moment, TableBase


class Maintainer(TableBase):
    """Someone who may upload. Without a password only a sign-in link lets them in."""

    # The name is the pattern of `auth.accounts.NAME_PATTERN`. There is no right to delete a
    # maintainer: uploads and the audit list are signed with the name, which no other may take.
    __tablename__ = "maintainer"
    __table_args__ = (CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'", name="name"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    created_at: Mapped[Moment]
    disabled_at: Mapped[datetime | None]


class SignIn(TableBase):
    """A browser that is signed in; `seen_at` is its last request, to about a minute."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    digest: Mapped[Digest]
    maintainer_id: Mapped[int] = mapped_column(ForeignKey("maintainer.id"), index=True)
    started_at: Mapped[Moment]
    seen_at: Mapped[Moment]


class SignInLink(TableBase):
    """An address that signs a browser in once; `used_at` says that it has."""

    __tablename__ = "sign_in_link"

    id: Mapped[Key]
    digest: Mapped[Digest]
    maintainer_id: Mapped[int] = mapped_column(ForeignKey("maintainer.id"), index=True)
    created_at: Mapped[Moment]
    used_at: Mapped[datetime | None]


class AccessToken(TableBase):
    """What a program shows instead of signing in.

    Its label is unique per maintainer, revoked ones included: signatures name it.
    """

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("maintainer_id", "label"),)

    id: Mapped[Key]
    digest: Mapped[Digest]
    maintainer_id: Mapped[int] = mapped_column(ForeignKey("maintainer.id"))
    label: Mapped[str]
    created_at: Mapped[Moment]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedSignIn(TableBase):
    """A wrong password, by the name it was tried for and the network address it came from."""

    # `name` is no foreign key: names that nobody has are counted too, so that how many attempts
    # are free does not tell which names exist.
    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_name_at", "name", "at"),
        Index("ix_failed_sign_in_address_at", "address", "at"),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    name: Mapped[str]
    address: Mapped[str]


class KnownNetwork(TableBase):
    """A network from which a maintainer signed in; `seen_at` is the last time."""

    # Guesses from elsewhere do not count against whoever comes from here.
    __tablename__ = "known_network"
    __table_args__ = (UniqueConstraint("maintainer_id", "network"),)

    id: Mapped[Key]
    maintainer_id: Mapped[int] = mapped_column(ForeignKey("maintainer.id"))
    network: Mapped[str]
    seen_at: Mapped[Moment]
