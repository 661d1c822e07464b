"""How a browser comes to be a maintainer's: by password or one-time link, until it is ended."""

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.auth.accounts import (
    LAST_USED_INTERVAL,
    NAME_PATTERN,
    MaintainerIdentity,
    add_first_maintainer,
    first_maintainer_without_password,
    lock_maintainer,
    moment_before_now,
    new_secret,
    record_use,
    secret_digest,
    set_password,
)
from app.auth.login_throttle import clear_attempt, record_attempt
from app.auth.passwords import verify_password
from app.database.account_tables import Maintainer, SignIn, SignInLink
from app.database.session import Database
from app.domain.errors import ConflictError, NotFoundError, WrongPasswordError

SESSION_MAX_AGE: Final = timedelta(hours=12)
SESSION_MAX_IDLE: Final = timedelta(hours=2)
LINK_LIFETIME: Final = timedelta(hours=24)


def sign_in_by_password(db: Database, name: str, password: str, address: str) -> str:
    """Signs a browser in; gives the secret it keeps. Raises WrongPasswordError, TooOftenError.

    `address` is the browser's. Unknown, disabled and without a password look all the same.
    """
    attempt, stored = _verified_maintainer(
        db, name, password, address, "Name and password do not belong together"
    )
    with db.writing() as session:
        clear_attempt(session, attempt)
        return _start_session(session, _unchanged(session, name, stored))


def change_password(db: Database, name: str, old: str, new: str, address: str) -> str:
    """Sets a password, ends every sign-in and begins a new one; gives the browser's secret.

    The old one is asked where there is one. Raises WrongPasswordError, TooOftenError,
    BadInputError.
    """
    if not has_password(db, name):
        with db.writing() as session:
            return _replace_password(session, _unchanged(session, name, None), new)
    attempt, stored = _verified_maintainer(
        db, name, old, address, "The present password is not the right one"
    )
    with db.writing() as session:
        clear_attempt(session, attempt)
        return _replace_password(session, _unchanged(session, name, stored), new)


def _replace_password(session: Session, maintainer: Maintainer, new: str) -> str:
    set_password(session, maintainer.name, new)
    return _start_session(session, maintainer)


def has_password(db: Database, name: str) -> bool:
    return _stored_hash(db, name) is not None


def _verified_maintainer(
    db: Database, name: str, password: str, address: str, wrong: str
) -> tuple[int, str | None]:
    """The attempt, to be forgiven, and the hash that matched. Else raises, in the words `wrong`."""
    sound_name = name if NAME_PATTERN.fullmatch(name) else ""
    attempt = record_attempt(db, sound_name, address)
    stored = _stored_hash(db, sound_name)
    if not verify_password(password, stored):
        raise WrongPasswordError(wrong)
    return attempt, stored


def _stored_hash(db: Database, name: str) -> str | None:
    with db.reading() as session:
        return session.scalar(
            select(Maintainer.password_hash).filter_by(name=name, disabled_at=None)
        )


def _unchanged(session: Session, name: str, stored: str | None) -> Maintainer:
    """The locked row, unless it was disabled or got another password since it was read."""
    maintainer = lock_maintainer(session, name)
    if maintainer.disabled_at is not None or maintainer.password_hash != stored:
        raise WrongPasswordError("The account was changed meanwhile")
    return maintainer


def _start_session(session: Session, maintainer: Maintainer) -> str:
    old = or_(
        SignIn.started_at <= moment_before_now(SESSION_MAX_AGE),
        SignIn.seen_at <= moment_before_now(SESSION_MAX_IDLE),
    )
    session.execute(delete(SignIn).where(old))
    secret = new_secret()
    session.add(SignIn(digest=secret_digest(secret), maintainer_id=maintainer.id))
    return secret


def find_session(db: Database, secret: str) -> MaintainerIdentity | None:
    """Whose browser it is; that it was seen is noted once a minute."""
    with db.reading() as session:
        row = session.execute(
            select(
                Maintainer.name,
                SignIn.id,
                (SignIn.seen_at > moment_before_now(LAST_USED_INTERVAL)).label("noted"),
            )
            .join(Maintainer, Maintainer.id == SignIn.maintainer_id)
            .where(
                SignIn.digest == secret_digest(secret),
                SignIn.started_at > moment_before_now(SESSION_MAX_AGE),
                SignIn.seen_at > moment_before_now(SESSION_MAX_IDLE),
                Maintainer.disabled_at.is_(None),
            )
        ).one_or_none()
    if row is None:
        return None
    if not row.noted:
        record_use(db, SignIn.seen_at, row.id)
    return MaintainerIdentity(row.name)


def end_session(db: Database, secret: str) -> None:
    with db.writing() as session:
        session.execute(delete(SignIn).where(SignIn.digest == secret_digest(secret)))


# --- links


def create_link(session: Session, name: str) -> str:
    """The path and query of a new one-time link.

    Raises NotFoundError, ConflictError for a disabled one.
    """
    maintainer = lock_maintainer(session, name)
    if maintainer.disabled_at is not None:
        raise ConflictError(f"The maintainer {name} is disabled")
    session.execute(
        delete(SignInLink).where(SignInLink.created_at <= moment_before_now(LINK_LIFETIME))
    )
    secret = new_secret()
    session.add(SignInLink(digest=secret_digest(secret), maintainer_id=maintainer.id))
    return f"/sign-in?link={secret}"


def create_first_link(db: Database) -> str | None:
    """A link for whoever came first, `admin` where nobody did, as long as nobody has a password."""
    with db.writing() as session:
        add_first_maintainer(session, "admin")
        name = first_maintainer_without_password(session)
        return create_link(session, name) if name else None


def name_of_link(session: Session, secret: str) -> str:
    """The maintainer's name; uses nothing up. Raises NotFoundError."""
    name = session.scalar(
        select(Maintainer.name)
        .join(SignInLink, SignInLink.maintainer_id == Maintainer.id)
        .where(_usable(secret), Maintainer.disabled_at.is_(None))
    )
    if name is None:
        raise _link_not_found()
    return name


def sign_in_by_link(db: Database, secret: str) -> str:
    """Signs a browser in and uses the link up; gives the secret it keeps. Raises NotFoundError."""
    with db.writing() as session:
        name = name_of_link(session, secret)
        maintainer = lock_maintainer(session, name)
        used = update(SignInLink).where(_usable(secret)).values(used_at=func.clock_timestamp())
        if session.scalar(used.returning(SignInLink.id)) is None or maintainer.disabled_at:
            raise _link_not_found()
        return _start_session(session, maintainer)


def _usable(secret: str) -> ColumnElement[bool]:
    return and_(
        SignInLink.digest == secret_digest(secret),
        SignInLink.used_at.is_(None),
        SignInLink.created_at > moment_before_now(LINK_LIFETIME),
    )


def _link_not_found() -> NotFoundError:
    return NotFoundError(
        "This sign-in link can no longer be used",
        "A link signs in once, within 24 hours. Whoever runs this server makes a new one with"
        " `modelshare maintainer link NAME`.",
    )
