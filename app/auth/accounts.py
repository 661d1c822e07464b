"""The accounts of maintainers, and the access tokens of their programs."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.auth.passwords import hash_password
from app.database.account_tables import AccessToken, Maintainer, SignIn, SignInLink
from app.database.errors import READ_ONLY, sql_state
from app.database.session import Database
from app.domain.errors import BadInputError, ConflictError, NotFoundError, excerpt

# The table has a constraint of the same pattern.
NAME_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
TOKEN_PREFIX: Final = "oms_"  # noqa: S105 - tells scanners for leaked secrets what they found
LABEL_MAX_LENGTH: Final = 80
LAST_USED_INTERVAL: Final = timedelta(minutes=1)
"""How old the noted last use of a session or token may be: a write for each request is saved."""


@dataclass(frozen=True, slots=True)
class MaintainerIdentity:
    """Who makes a request: a maintainer's name and, for a program, the label of its token."""

    name: str
    token: str | None = None

    @property
    def signature(self) -> str:
        """The text by which uploads and catalogue changes name who made them."""
        return f"{self.name} (token {self.token})" if self.token else self.name


def new_secret() -> str:
    """Return 256 random bits as text that may stand in an address."""
    return secrets.token_urlsafe(32)


def secret_digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret, which is what the database keeps of it."""
    # A secret that a browser made up may hold lone surrogates, and is to be wrong, not an error.
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def moment_before_now(time: timedelta) -> ColumnElement[datetime]:
    """Return the instant `time` ago, as a column: by the database's clock, as all moments are."""
    return func.clock_timestamp() - time


# --- maintainers


def add_maintainer(session: Session, name: str, password: str | None = None) -> None:
    """Add a maintainer, who without a password can only sign in by a link.

    Raise BadInputError for the name or the password, ConflictError if the name is taken.
    """
    if not NAME_PATTERN.fullmatch(name):
        title = f"“{excerpt(name)}” cannot be a maintainer's name"
        rule = "1 to 64 of a-z, 0-9, dot, dash and underscore, a letter or a digit first"
        raise BadInputError(title, f"A name is {rule}.")
    if session.scalar(select(Maintainer.id).filter_by(name=name)):
        raise ConflictError(f"There is a maintainer {name} already")
    stored = hash_password(password) if password is not None else None
    session.add(Maintainer(name=name, password_hash=stored))
    session.flush()


def add_first_maintainer(session: Session, name: str) -> None:
    """Add a maintainer without a password if there is no maintainer at all."""
    # One statement that passes over a conflict: of two servers that start at once both succeed.
    statement = text(
        "INSERT INTO maintainer (name) SELECT :name WHERE NOT EXISTS (SELECT FROM maintainer)"
        " ON CONFLICT DO NOTHING"
    )
    session.execute(statement, {"name": name})


def first_maintainer_without_password(session: Session) -> str | None:
    """Return the first enabled maintainer if no enabled one has a password, else None."""
    enabled = session.execute(
        select(Maintainer.name, Maintainer.password_hash)
        .where(Maintainer.disabled_at.is_(None))
        .order_by(Maintainer.id)
    ).all()
    if not enabled or any(password for _, password in enabled):
        return None
    return enabled[0][0]


def lock_maintainer(session: Session, name: str) -> Maintainer:
    """Return the maintainer's row, locked to the end of the transaction. Raise NotFoundError."""
    # Everything that gives access or takes it away locks the row first: a sign-in cannot slip in
    # between the disabling of an account and the end of its sessions.
    statement = select(Maintainer).filter_by(name=name).with_for_update()
    # A name that nobody can have may hold what PostgreSQL refuses as text, such as NUL.
    maintainer = session.scalars(statement).one_or_none() if NAME_PATTERN.fullmatch(name) else None
    if maintainer is None:
        raise NotFoundError(
            f"There is no maintainer “{excerpt(name)}”", "`modelshare maintainer list` names them."
        )
    return maintainer


def set_password(session: Session, name: str, password: str) -> None:
    """Set the password, and end every session and link of the maintainer; tokens stay valid.

    Raise NotFoundError, or BadInputError for the password.
    """
    maintainer = lock_maintainer(session, name)
    maintainer.password_hash = hash_password(password)
    _end_all_access(session, maintainer)


def disable_maintainer(session: Session, name: str) -> None:
    """Disable the account: end its sessions and links, revoke its tokens. Raise NotFoundError."""
    maintainer = lock_maintainer(session, name)
    # Who is disabled already keeps the moment of the first time.
    maintainer.disabled_at = maintainer.disabled_at or session.scalar(func.clock_timestamp())
    _end_all_access(session, maintainer)
    session.execute(
        update(AccessToken)
        .where(AccessToken.maintainer_id == maintainer.id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=maintainer.disabled_at)
    )


def enable_maintainer(session: Session, name: str) -> None:
    """Let the maintainer sign in again; their tokens stay revoked. Raise NotFoundError."""
    lock_maintainer(session, name).disabled_at = None


def _end_all_access(session: Session, maintainer: Maintainer) -> None:
    for table in (SignIn, SignInLink):
        session.execute(delete(table).where(table.maintainer_id == maintainer.id))


@dataclass(frozen=True, slots=True)
class MaintainerSummary:
    """A maintainer as the list shows them; `tokens` counts those that are not revoked."""

    name: str
    since: datetime
    disabled: datetime | None
    has_password: bool
    tokens: int


def list_maintainers(session: Session) -> Sequence[MaintainerSummary]:
    """Return all maintainers by name, the disabled included."""
    valid = select(func.count(AccessToken.id)).where(
        AccessToken.maintainer_id == Maintainer.id, AccessToken.revoked_at.is_(None)
    )
    rows = session.execute(select(Maintainer, valid.scalar_subquery()).order_by(Maintainer.name))
    return [
        MaintainerSummary(
            row.name, row.created_at, row.disabled_at, row.password_hash is not None, count
        )
        for row, count in rows
    ]


# --- tokens


def create_token(session: Session, name: str, label: str) -> str:
    """Make a token and return it; only its digest is kept, so that it cannot be shown again.

    Raise NotFoundError for the maintainer, BadInputError for the label, ConflictError if the
    maintainer is disabled or had a token of that label.
    """
    maintainer = lock_maintainer(session, name)
    if not (label.strip() and label.isprintable() and len(label) <= LABEL_MAX_LENGTH):
        title = f"“{excerpt(label)}” cannot be a token's label"
        raise BadInputError(
            title, f"A label is 1 to {LABEL_MAX_LENGTH} characters that can be seen."
        )
    if maintainer.disabled_at is not None:
        raise ConflictError(f"The maintainer {name} is disabled")
    # The label of a revoked token is not free again: signatures of old uploads name it.
    if session.scalar(_token(maintainer, label)):
        raise ConflictError(f"{name} has or had a token “{label}”", "Choose another label.")
    token = TOKEN_PREFIX + new_secret()
    session.add(AccessToken(digest=secret_digest(token), maintainer_id=maintainer.id, label=label))
    return token


def _token(maintainer: Maintainer, label: str) -> Any:
    return select(AccessToken).filter_by(maintainer_id=maintainer.id, label=label)


def revoke_token(session: Session, name: str, label: str) -> None:
    """Revoke a token; one that is revoked keeps its moment. Raise NotFoundError."""
    maintainer = lock_maintainer(session, name)
    # No token has a label that cannot be printed, and PostgreSQL may refuse such text.
    token = session.scalar(_token(maintainer, label)) if label.isprintable() else None
    if token is None:
        hint = "`modelshare token list` names them."
        raise NotFoundError(f"{name} has no token “{excerpt(label)}”", hint)
    token.revoked_at = token.revoked_at or session.scalar(func.clock_timestamp())


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """A token as the list shows it; `used` is its last use, to about a minute."""

    name: str
    label: str
    created: datetime
    used: datetime | None
    revoked: datetime | None


def list_tokens(session: Session) -> Sequence[TokenSummary]:
    """Return all tokens by maintainer, the oldest first, the revoked included."""
    rows = session.execute(
        select(
            Maintainer.name,
            AccessToken.label,
            AccessToken.created_at.label("created"),
            AccessToken.used_at.label("used"),
            AccessToken.revoked_at.label("revoked"),
        )
        .join(Maintainer, Maintainer.id == AccessToken.maintainer_id)
        .order_by(Maintainer.name, AccessToken.id)
    )
    return [TokenSummary(**row._asdict()) for row in rows]


def maintainer_of_token(db: Database, token: str) -> MaintainerIdentity | None:
    """Return the maintainer whose token it is, None if it is unknown, revoked or of a disabled one.

    Its use is noted at most once a minute.
    """
    # NULL for a token that was never used, which COALESCE below takes for a long time ago.
    recently = AccessToken.used_at > moment_before_now(LAST_USED_INTERVAL)
    with db.reading() as session:
        row = session.execute(
            select(
                Maintainer.name,
                AccessToken.label,
                AccessToken.id,
                func.coalesce(recently, text("false")).label("noted"),
            )
            .join(Maintainer, Maintainer.id == AccessToken.maintainer_id)
            .where(
                AccessToken.digest == secret_digest(token),
                AccessToken.revoked_at.is_(None),
                Maintainer.disabled_at.is_(None),
            )
        ).one_or_none()
    if row is None:
        return None
    if not row.noted:
        record_use(db, AccessToken.used_at, row.id)
    return MaintainerIdentity(row.name, row.label)


def record_use(db: Database, column: InstrumentedAttribute[Any], row: int) -> None:
    """Write the present moment into a column of one row, if the database takes changes."""
    statement = update(column.class_).values({column: func.clock_timestamp()})
    try:
        with db.writing() as session:
            session.execute(statement.where(column.class_.id == row))
    except InternalError as error:
        # A database that is only read must not shut out who is signed in.
        if sql_state(error) != READ_ONLY:
            raise
