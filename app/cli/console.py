"""What every command shares: its terminal, the settings, and the database they name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy import make_url

from app.auth.weak_secrets import secret_weakness
from app.database.embedded.server import run_embedded_postgres
from app.database.migrate import upgrade_if_needed
from app.database.session import Database
from app.domain.errors import UserError
from app.settings import Settings

# Progress and problems go to standard error: standard output is for what was asked.
console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded PostgreSQL keeps its data. [env: DATA_DIR, or ./var]"),
]


def load_settings(data_dir: Path | None = None) -> Settings:
    try:
        configured = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise UserError(
            f"{name} is not usable", first["msg"].removeprefix("Value error, ")
        ) from None
    return configured.model_copy(update={"data_dir": data_dir}) if data_dir else configured


@contextmanager
def database_url(configured: Settings) -> Iterator[str]:
    """The configured database, or the embedded one of the data directory."""
    if configured.database_url:
        refuse_weak_url_password(configured.database_url)
        yield configured.database_url
    else:
        with run_embedded_postgres(configured.data_dir) as url:
            yield url


def refuse_weak_url_password(url: str) -> None:
    """A database that others can reach needs a real one. Raises UserError."""
    parsed = make_url(url)
    host = str(parsed.host or parsed.query.get("host", ""))
    here = not host or host.startswith(("/", "127.")) or host in {"localhost", "::1"}
    if not here:
        refuse_weak_password(parsed.password, "The password of the database")


def refuse_weak_password(password: str | None, name: str) -> None:
    if weak := secret_weakness(password):
        hint = "Make one: openssl rand -hex 24. docs/operations.md says what else is to change."
        raise UserError(f"{name} {weak}", hint)


def refuse_shared_password(configured: Settings) -> None:
    """Whoever takes over the application would own the schema. Raises UserError."""
    url = make_url(configured.database_url) if configured.database_url else None
    if url and url.password is not None and url.password == configured.app_password:
        hint = "The role that serves must not be able to sign in as the owner: make another one."
        raise UserError("APP_PASSWORD is the password of the schema's owner too", hint)


@contextmanager
def open_database(data_dir: Path | None) -> Iterator[Database]:
    """The database, migrated."""
    with database_url(load_settings(data_dir)) as url:
        db = Database(url)
        try:
            upgrade_if_needed(db)
            yield db
        finally:
            db.close()
