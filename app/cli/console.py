"""The base of every command: its terminal, the settings, and the database they name."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, BinaryIO

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy import make_url

from app.auth.weak_secrets import secret_weakness
from app.database.embedded.server import run_embedded_postgres
from app.database.schema_version import upgrade_if_needed
from app.database.session import Database
from app.domain.errors import NotFoundError, UserError
from app.settings import Settings

# Progress and problems go to standard error: standard output is for what was asked. Without
# `soft_wrap`, Rich would break links and paths at 80 columns where there is no terminal. With
# `markup` it would take brackets in names, paths and IPv6 addresses for its styles.
console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)


def open_standard_input() -> BinaryIO:
    """Return the bytes of standard input. Raises UserError where it is closed."""
    # Cron jobs and supervisors start programs without one, and Python has None for it then.
    if sys.stdin is None:
        raise UserError("Standard input is closed", "Pipe into it, or name a file instead of -")
    return sys.stdin.buffer


def parse_path(text: str) -> Path:
    """Return an argument as a path; an empty one, of a variable that is not set, is refused."""
    # Path("") is the current directory, which would be imported, or written over.
    if not text:
        raise typer.BadParameter("the path is empty")
    return Path(text)


@contextmanager
def exit_when_terminated() -> Iterator[None]:
    """Have SIGTERM and SIGHUP raise SystemExit, so that what was begun is put away."""
    handlers = {number: signal.signal(number, _exit) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _exit(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


DataDir = Annotated[
    Path | None,
    typer.Option(
        parser=parse_path,
        metavar="<path>",
        help="Where the embedded PostgreSQL keeps its data. [env: DATA_DIR, or ./var]",
    ),
]


def load_settings(data_dir: Path | None = None) -> Settings:
    """Return the settings of the environment, with `data_dir` in place of theirs if it is given.

    Raises UserError where one is not usable.
    """
    try:
        configured = Settings()
    except ValidationError as error:
        # Only the message and the name: pydantic's own text also quotes the value, which may be a
        # password.
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise UserError(
            f"{name} is not usable", first["msg"].removeprefix("Value error, ")
        ) from None
    return configured.model_copy(update={"data_dir": data_dir}) if data_dir else configured


@contextmanager
def database_url(configured: Settings) -> Iterator[str]:
    """Give the URL of the configured database, or of the embedded one, which runs meanwhile."""
    if configured.database_url:
        refuse_weak_url_password(configured.database_url)
        yield configured.database_url
    else:
        with run_embedded_postgres(configured.data_dir) as url:
            yield url


def refuse_weak_url_password(url: str) -> None:
    """Raise UserError for a weak password of a database that others can reach."""
    parsed = make_url(url)
    # libpq also takes the host as a parameter; one that begins with `/` is a directory of sockets.
    host = str(parsed.host or parsed.query.get("host", ""))
    here = not host or host.startswith(("/", "127.")) or host in {"localhost", "::1"}
    if not here:
        refuse_weak_password(parsed.password, "The password of the database")


def refuse_weak_password(password: str | None, name: str) -> None:
    """Raise UserError for a password that is missing, short or well known.

    `name` says in the message which password it is.
    """
    if weak := secret_weakness(password):
        hint = "Make one: openssl rand -hex 24. docs/operations.md says what else is to change."
        raise UserError(f"{name} {weak}", hint)


def refuse_shared_password(configured: Settings) -> None:
    """Raise UserError where the role that serves has the password of the schema's owner.

    Whoever takes over the application would own the schema, and could change what is published.
    """
    url = make_url(configured.database_url) if configured.database_url else None
    if url and url.password is not None and url.password == configured.app_password:
        hint = "The role that serves must not be able to sign in as the owner: make another one."
        raise UserError("APP_PASSWORD is the password of the schema's owner too", hint)


def refuse_missing_database(configured: Settings) -> None:
    """Raise NotFoundError where opening the database would make a new one."""
    if not configured.database_url and not (configured.data_dir / "postgres").exists():
        title = f"There is no database in {configured.data_dir.resolve()}"
        raise NotFoundError(title, "Name its directory with --data-dir or DATA_DIR.")


@contextmanager
def open_database(data_dir: Path | None) -> Iterator[Database]:
    """Give the database with its schema up to date, and close it in the end."""
    with database_url(load_settings(data_dir)) as url:
        db = Database(url)
        try:
            upgrade_if_needed(db)
            yield db
        finally:
            db.close()
