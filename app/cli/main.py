"""The command `modelshare`: serve, migrate, export, and the commands of the other modules."""

import logging
import os
import signal
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import psycopg
import typer
from sqlalchemy.exc import DBAPIError, OperationalError

from app.auth.sessions import create_first_link
from app.cli import accounts, imports
from app.cli.catalogue_refresh import refresh
from app.cli.console import (
    DataDir,
    console,
    database_url,
    load_settings,
    open_database,
    parse_path,
    refuse_missing_database,
    refuse_shared_password,
    refuse_weak_password,
)
from app.cli.fetch import fetch
from app.cli.imports import import_figures
from app.cli.server.database_wait import wait_for_database
from app.cli.server.listening import open_listening_socket, restart_program
from app.cli.server.run import run_server
from app.database.embedded.server import wait_for_shutdown
from app.database.errors import explain_error
from app.database.roles import may_change_published, prepare_role
from app.database.schema_version import schema_revisions, upgrade_if_needed
from app.database.session import Database
from app.domain.errors import UserError
from app.ingest.import_export import export_files, import_bundled_data, is_empty
from app.logs import install_logging

log = logging.getLogger(__name__)
MORE_THAN_SERVE: Final = (
    "The role that serves may also change what is published;"
    " `modelshare migrate --app-role NAME` makes one that may not"
)

# A failure of ours ends in a plain traceback: Rich's boxes spoil logs, and can show the values of
# variables. The docstrings of the commands are their help texts.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("import")(import_figures)
app.command("fetch")(fetch)
imports.catalogue.command("refresh")(refresh)
app.add_typer(imports.catalogue, name="catalogue")
app.add_typer(accounts.maintainers, name="maintainer")
app.add_typer(accounts.tokens, name="token")


def main() -> None:
    """Run a command; what a user did wrong is one message and exit code 1, never a traceback."""
    # Alembic logs each step of a migration, httpx2 each question to a publisher, of which a fetch
    # may have a hundred: that is no news to whoever runs a command.
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        app()
    except UserError as refused:
        show_error(refused)
    # OperationalError is a DBAPIError and so comes first. It means that the database server cannot
    # be reached or has failed.
    except OperationalError as error:
        show_error(UserError("The database cannot be used", str(error.orig).strip()))
    except (DBAPIError, psycopg.Error) as error:
        if (why := explain_error(error)) is None:
            raise
        show_error(why)
    except OSError as error:
        console.print(f"{error.filename or 'The command'}: {error.strerror}.", style="red")
    else:
        return
    raise SystemExit(1)


def show_error(refused: UserError) -> None:
    """Print what is wrong, and what to do about it, to standard error."""
    console.print(f"{refused.title}.", style="red")
    if refused.detail:
        console.print(refused.detail)


def show_version(is_asked_for: bool) -> None:
    if is_asked_for:
        typer.echo(version("open-model-share"))
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=show_version, help="Which it is.")
    ] = False,
) -> None:
    """Open Model Share: how much of the world's AI use goes to open models."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [env: HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port, 0 for a free one. [env: PORT]")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Server processes. [env: WEB_CONCURRENCY]")
    ] = None,
    data_dir: DataDir = None,
    empty: Annotated[bool, typer.Option("--empty", help="Do not fill an empty database.")] = False,
) -> None:
    """Serve the dashboard; an empty embedded database is filled with the bundled figures.

    SIGHUP restarts it without a refusal, on a program that was updated meanwhile.
    """
    given_environment = dict(os.environ)
    configured = load_settings(data_dir)
    install_logging(configured.log_format)
    # The port is taken first: making a cluster and filling it takes seconds, which would be wasted
    # if the port is not free.
    listening = open_listening_socket(
        host or configured.host, configured.port if port is None else port
    )
    with database_url(configured) as url:
        wait_for_database(configured)
        db = Database(url)
        upgrade_if_needed(db)
        if configured.database_url is not None and may_change_published(db):
            log.warning(MORE_THAN_SERVE)
        if configured.database_url is None and not empty and is_empty(db):
            console.print("Filling the empty database with the bundled figures …")
            import_bundled_data(db)
        link = None if configured.database_url else create_first_link(db)
        # Connections cannot be shared with the server processes, which open their own. The URL gets
        # to them by the environment, where their settings find it.
        db.close()
        os.environ["DATABASE_URL"] = url
        if configured.database_url is None:
            end_with_it = threading.Thread(
                target=end_with_database, args=[configured.data_dir], daemon=True
            )
            end_with_it.start()
        kept = run_server(listening, workers or configured.web_concurrency, configured, link)
    if kept is not None:
        restart_program(kept, given_environment)


def end_with_database(data_dir: Path) -> None:
    """Stop this server once its embedded PostgreSQL has ended.

    One that comes back listens in another directory, which the URL of this server does not name.
    """
    wait_for_shutdown(data_dir)
    console.print("PostgreSQL has ended, and so does this. Nothing is lost: start it again.")
    os.kill(os.getpid(), signal.SIGTERM)


@app.command()
def migrate(
    app_role: Annotated[
        str | None,
        typer.Option(help="Let this role serve: make it if need be, with APP_PASSWORD."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Bring the schema of the database up to date; to be run by its owner."""
    configured = load_settings(data_dir)
    if configured.app_password is not None:
        refuse_weak_password(configured.app_password, "APP_PASSWORD")
        refuse_shared_password(configured)
    with open_database(data_dir) as db:
        if app_role is not None:
            prepare_role(db, app_role, configured.app_password)
            if configured.app_password is None:
                warning = f"APP_PASSWORD is not set: the password of {app_role} was left as it is."
                console.print(warning)
        # A schema that is newer than this release is left alone: its release added to it only.
        current, expected = schema_revisions(db)
        newer = "" if current == expected else f", newer than this release's {expected}"
        console.print(f"The schema is at revision {current}{newer}.")


@app.command()
def export(
    directory: Annotated[
        Path,
        typer.Argument(parser=parse_path, help="Where to write; made if need be."),
    ],
    data_dir: DataDir = None,
) -> None:
    """Write every current snapshot and the catalogue; `import` reads back the same."""
    configured = load_settings(data_dir)
    # A misspelt directory would get a new, empty database, and so an empty export.
    refuse_missing_database(configured)
    with open_database(data_dir) as db:
        for path in export_files(db, directory):
            console.print(f"Wrote {path}")


if __name__ == "__main__":
    main()
