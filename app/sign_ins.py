"""How a browser comes to be a maintainer's: by password or one-time link, until it is ended."""

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app import accounts, attempts, passwords
from app.accounts import (
    NOTED_EVERY,
    Maintainer,
    add_first,
    ago,
    digest,
    first_without_passwords,
    new_secret,
    set_password,
)
from app.database import account_tables
from app.database.account_tables import SignIn, SignInLink
from app.database.session import Database
from app.domain.errors import ConflictError, NotFoundError, WrongPasswordError

LONGEST: Final = timedelta(hours=12)
LONGEST_IDLE: Final = timedelta(hours=2)
LINK_LIFE: Final = timedelta(hours=24)


def by_password(db: Database, name: str, password: str, address: str) -> str:
    """Signs a browser in; gives the secret it keeps. Raises WrongPasswordError, TooOftenError.

    `address` is the browser's. Unknown, disabled and without a password look all the same.
    """
    attempt, stored = _proven(
        db, name, password, address, "Name and password do not belong together"
    )
    with db.writing() as session:
        attempts.forgive(session, attempt)
        return _start(session, _unchanged(session, name, stored))


def change_password(db: Database, name: str, old: str, new: str, address: str) -> str:
    """Sets a password, ends every sign-in and begins a new one; gives the browser's secret.

    The old one is asked where there is one. Raises WrongPasswordError, TooOftenError,
    BadInputError.
    """
    if not has_password(db, name):
        with db.writing() as session:
            return _replace(session, _unchanged(session, name, None), new)
    attempt, stored = _proven(db, name, old, address, "The present password is not the right one")
    with db.writing() as session:
        attempts.forgive(session, attempt)
        return _replace(session, _unchanged(session, name, stored), new)


def _replace(session: Session, maintainer: account_tables.Maintainer, new: str) -> str:
    set_password(session, maintainer.name, new)
    return _start(session, maintainer)


def has_password(db: Database, name: str) -> bool:
    return _stored(db, name) is not None


def _proven(
    db: Database, name: str, password: str, address: str, wrong: str
) -> tuple[int, str | None]:
    """The attempt, to be forgiven, and the hash that matched. Else raises, in the words `wrong`."""
    known = name if accounts.NAME.fullmatch(name) else ""
    attempt = attempts.admit(db, known, address)
    stored = _stored(db, known)
    if not passwords.matches(password, stored):
        raise WrongPasswordError(wrong)
    return attempt, stored


def _stored(db: Database, name: str) -> str | None:
    with db.reading() as session:
        return session.scalar(
            select(account_tables.Maintainer.password_hash).filter_by(name=name, disabled_at=None)
        )


def _unchanged(session: Session, name: str, stored: str | None) -> account_tables.Maintainer:
    """The locked row, unless it was disabled or got another password since it was read."""
    maintainer = accounts.locked(session, name)
    if maintainer.disabled_at is not None or maintainer.password_hash != stored:
        raise WrongPasswordError("The account was changed meanwhile")
    return maintainer


def _start(session: Session, maintainer: account_tables.Maintainer) -> str:
    old = or_(SignIn.started_at <= ago(LONGEST), SignIn.seen_at <= ago(LONGEST_IDLE))
    session.execute(delete(SignIn).where(old))
    secret = new_secret()
    session.add(SignIn(digest=digest(secret), maintainer_id=maintainer.id))
    return secret


def find(db: Database, secret: str) -> Maintainer | None:
    """Whose browser it is; that it was seen is noted once a minute."""
    with db.reading() as session:
        found = session.execute(
            select(
                account_tables.Maintainer.name,
                SignIn.id,
                (SignIn.seen_at > ago(NOTED_EVERY)).label("noted"),
            )
            .join(account_tables.Maintainer, account_tables.Maintainer.id == SignIn.maintainer_id)
            .where(
                SignIn.digest == digest(secret),
                SignIn.started_at > ago(LONGEST),
                SignIn.seen_at > ago(LONGEST_IDLE),
                account_tables.Maintainer.disabled_at.is_(None),
            )
        ).one_or_none()
    if found is None:
        return None
    if not found.noted:
        accounts.note(db, SignIn.seen_at, found.id)
    return Maintainer(found.name)


def end(db: Database, secret: str) -> None:
    with db.writing() as session:
        session.execute(delete(SignIn).where(SignIn.digest == digest(secret)))


# --- links


def link(session: Session, name: str) -> str:
    """The path and query of a new one-time link.

    Raises NotFoundError, ConflictError for a disabled one.
    """
    maintainer = accounts.locked(session, name)
    if maintainer.disabled_at is not None:
        raise ConflictError(f"The maintainer {name} is disabled")
    session.execute(delete(SignInLink).where(SignInLink.created_at <= ago(LINK_LIFE)))
    secret = new_secret()
    session.add(SignInLink(digest=digest(secret), maintainer_id=maintainer.id))
    return f"/sign-in?link={secret}"


def first_link(db: Database) -> str | None:
    """A link for whoever came first, `admin` where nobody did, as long as nobody has a password."""
    with db.writing() as session:
        add_first(session, "admin")
        name = first_without_passwords(session)
        return link(session, name) if name else None


def whose_link(session: Session, secret: str) -> str:
    """The maintainer's name; uses nothing up. Raises NotFoundError."""
    name = session.scalar(
        select(account_tables.Maintainer.name)
        .join(SignInLink, SignInLink.maintainer_id == account_tables.Maintainer.id)
        .where(_usable(secret), account_tables.Maintainer.disabled_at.is_(None))
    )
    if name is None:
        raise _no_link()
    return name


def by_link(db: Database, secret: str) -> str:
    """Signs a browser in and uses the link up; gives the secret it keeps. Raises NotFoundError."""
    with db.writing() as session:
        name = whose_link(session, secret)
        maintainer = accounts.locked(session, name)
        used = update(SignInLink).where(_usable(secret)).values(used_at=func.clock_timestamp())
        if session.scalar(used.returning(SignInLink.id)) is None or maintainer.disabled_at:
            raise _no_link()
        return _start(session, maintainer)


def _usable(secret: str) -> ColumnElement[bool]:
    return and_(
        SignInLink.digest == digest(secret),
        SignInLink.used_at.is_(None),
        SignInLink.created_at > ago(LINK_LIFE),
    )


def _no_link() -> NotFoundError:
    return NotFoundError(
        "This sign-in link can no longer be used",
        "A link signs in once, within 24 hours. Whoever runs this server makes a new one with"
        " `modelshare maintainer link NAME`.",
    )
