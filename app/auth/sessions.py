"""Sessions of browsers: begun by password or one-time link, until they end or are too old."""

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
from app.auth.login_throttle import clear_attempt, record_attempt, remember_network
from app.auth.passwords import verify_password
from app.database.account_tables import Maintainer, SignIn, SignInLink
from app.database.session import Database
from app.domain.errors import ConflictError, NotFoundError, WrongPasswordError

# The age counts from the sign-in, however often the browser is seen.
SESSION_MAX_AGE: Final = timedelta(hours=12)
SESSION_MAX_IDLE: Final = timedelta(hours=2)
LINK_LIFETIME: Final = timedelta(hours=24)


def sign_in_by_password(db: Database, name: str, password: str, address: str) -> str:
    """Begin a session and return the secret that the browser keeps.

    `address` is the browser's IP address. Raise WrongPasswordError, the same for a name that is
    unknown, disabled or without a password; TooOftenError; UnavailableError.
    """
    # Three transactions: the attempt is counted, the password is compared, the session begins. No
    # connection is held while the hash is computed, and what was read is checked once more.
    attempt, stored = _verified_maintainer(
        db, name, password, address, "Name and password do not belong together"
    )
    with db.writing() as session:
        clear_attempt(session, attempt)
        maintainer = _unchanged(session, name, stored)
        remember_network(session, maintainer.id, address)
        return _start_session(session, maintainer)


def change_password(db: Database, name: str, old: str, new: str, address: str) -> str:
    """Set a password, end every session and begin a new one; return the browser's secret.

    `old` must be the present password, if there is one. Raise WrongPasswordError, BadInputError
    for the new one, TooOftenError, UnavailableError.
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
    """Return whether a maintainer, who is not disabled, has a password."""
    return _stored_hash(db, name) is not None


def _verified_maintainer(
    db: Database, name: str, password: str, address: str, wrong: str
) -> tuple[int, str | None]:
    """Return the attempt, for `clear_attempt`, and the hash that matched.

    Raise WrongPasswordError, in the words `wrong`, or what `record_attempt` raises.
    """
    # All names that nobody can have are counted as one, so that the table holds none of them.
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
    """Return the locked row. Raise WrongPasswordError if it has changed since it was read."""
    maintainer = lock_maintainer(session, name)
    if maintainer.disabled_at is not None or maintainer.password_hash != stored:
        raise WrongPasswordError("The account was changed meanwhile")
    return maintainer


def _start_session(session: Session, maintainer: Maintainer) -> str:
    # Each new session removes the sessions, of anyone, that are too old to be found.
    old = or_(
        SignIn.started_at <= moment_before_now(SESSION_MAX_AGE),
        SignIn.seen_at <= moment_before_now(SESSION_MAX_IDLE),
    )
    session.execute(delete(SignIn).where(old))
    secret = new_secret()
    session.add(SignIn(digest=secret_digest(secret), maintainer_id=maintainer.id))
    return secret


def find_session(db: Database, secret: str) -> MaintainerIdentity | None:
    """Return the maintainer of a browser's secret, None if its session ended or is too old.

    A disabled maintainer has none. That the browser was seen is noted at most once a minute.
    """
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
    """End a browser's session; an unknown secret is no error."""
    with db.writing() as session:
        session.execute(delete(SignIn).where(SignIn.digest == secret_digest(secret)))


# --- links


def create_link(session: Session, name: str) -> str:
    """Make a one-time link and return its path and query.

    Raise NotFoundError, or ConflictError if the maintainer is disabled.
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
    """Return a link for the first maintainer, None as soon as any enabled one has a password.

    If there is no maintainer at all, one is added by the name of `admin`.
    """
    with db.writing() as session:
        add_first_maintainer(session, "admin")
        name = first_maintainer_without_password(session)
        return create_link(session, name) if name else None


def name_of_link(session: Session, secret: str) -> str:
    """Return the name of a link's maintainer, without using it up. Raise NotFoundError."""
    # Programs that preview links open them: only the form behind the link signs in.
    name = session.scalar(
        select(Maintainer.name)
        .join(SignInLink, SignInLink.maintainer_id == Maintainer.id)
        .where(_usable(secret), Maintainer.disabled_at.is_(None))
    )
    if name is None:
        raise _link_not_found()
    return name


def sign_in_by_link(db: Database, secret: str, address: str | None = None) -> str:
    """Use a link up and return the secret that the browser keeps. Raise NotFoundError.

    `address` is the browser's IP address, of which the network is known from then on.
    """
    # Asked again under the lock, by UPDATE ... RETURNING: of two who use one link at once only the
    # first finds it unused.
    with db.writing() as session:
        name = name_of_link(session, secret)
        maintainer = lock_maintainer(session, name)
        used = update(SignInLink).where(_usable(secret)).values(used_at=func.clock_timestamp())
        if session.scalar(used.returning(SignInLink.id)) is None or maintainer.disabled_at:
            raise _link_not_found()
        if address is not None:
            remember_network(session, maintainer.id, address)
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
