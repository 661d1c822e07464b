"""`modelshare maintainer` and `modelshare token`: who may upload, and with which programs."""

import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from app.auth import accounts
from app.auth.accounts import (
    MaintainerSummary,
    add_maintainer,
    disable_maintainer,
    enable_maintainer,
)
from app.auth.sessions import create_link
from app.cli.console import DataDir, console, load_settings, open_database, open_standard_input
from app.cli.server.server_address import read_server_address
from app.domain.errors import BadInputError
from app.settings import Settings

# The docstrings of the commands below are their help texts. What a script may want to read, such as
# a link, a token or a list, goes to standard output; all that is said about it to standard error.
maintainers = typer.Typer(help="Who may upload.", no_args_is_help=True)
tokens = typer.Typer(help="What programs show to upload.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The maintainer's name.")]
Label = Annotated[str, typer.Argument(help="What the token is for.")]
BaseUrl = Annotated[
    str,
    typer.Option(
        help="Where the site is; left out, what ALLOWED_HOSTS says, or where its server runs."
    ),
]
NO_ADDRESS_HINT: Final = (
    "No server is known to run: put the address of the site before this path, or name it with"
    " --base-url, such as https://shares.example.org."
)
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@maintainers.command("add")
def add(
    name: Name,
    password_stdin: FromStdin = False,
    link: Annotated[
        bool, typer.Option("--link", help="Without a password: print a one-time sign-in link.")
    ] = False,
    base_url: BaseUrl = "",
    data_dir: DataDir = None,
) -> None:
    """Add a maintainer; asks for the password twice. Names are a-z, 0-9, dot, dash, underscore."""
    # People take their time to type, so the password is read before a transaction begins.
    password = None if link else read_password(password_stdin, "ask for a link with --link")
    with open_database(data_dir) as db, db.writing() as session:
        add_maintainer(session, name, password)
        path = create_link(session, name) if link else ""
    console.print(f"Added {name}.")
    if path:
        echo_link(path, base_url, data_dir)


@maintainers.command("password")
def set_password(name: Name, password_stdin: FromStdin = False, data_dir: DataDir = None) -> None:
    """Set a maintainer's password, and sign every browser of theirs out."""
    instead = f"let them set it: modelshare maintainer link {name}"
    password = read_password(password_stdin, instead)
    with open_database(data_dir) as db, db.writing() as session:
        accounts.set_password(session, name, password)
    console.print(f"The password of {name} is set; every sign-in of theirs ended.")


def read_password(from_stdin: bool, instead: str) -> str:
    """Return a password typed twice, or the first line of standard input.

    Raises BadInputError where there is no terminal to type it at, with `instead` as a way out.
    """
    if from_stdin:
        # As bytes, because the locale of a container may not be UTF-8. Only the line's end goes:
        # spaces belong to the password.
        try:
            return open_standard_input().readline().decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadInputError("The password on standard input is not UTF-8") from None
    if sys.stdin is None or not sys.stdin.isatty():
        hint = f"Pass it in with --password-stdin, or {instead}."
        raise BadInputError("There is no terminal to ask for the password", hint)
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise BadInputError("The password was typed in two ways", "Nothing was changed.")
    return password


@maintainers.command("disable")
def disable(name: Name, data_dir: DataDir = None) -> None:
    """Let a maintainer in no longer: ends sign-ins and links, revokes tokens."""
    with open_database(data_dir) as db, db.writing() as session:
        disable_maintainer(session, name)
    console.print(f"Disabled {name}.")


@maintainers.command("enable")
def enable(name: Name, data_dir: DataDir = None) -> None:
    """Let a disabled maintainer in again, with the password they had."""
    with open_database(data_dir) as db, db.writing() as session:
        enable_maintainer(session, name)
    console.print(f"Enabled {name}.")


@maintainers.command("link")
def link(
    name: Name,
    base_url: BaseUrl = "",
    data_dir: DataDir = None,
) -> None:
    """Print a one-time sign-in link, valid for 24 hours."""
    with open_database(data_dir) as db, db.writing() as session:
        path = create_link(session, name)
    echo_link(path, base_url, data_dir)


def echo_link(path: str, base_url: str, data_dir: Path | None) -> None:
    """Print a link whole, or its path where the address of the site is not known."""
    address = base_url.rstrip("/") or site_address(load_settings(data_dir))
    typer.echo((address or "") + path)
    if not address:
        console.print(NO_ADDRESS_HINT)


def site_address(configured: Settings) -> str | None:
    """Return the first name the site answers for, else where a server runs on its database."""
    if configured.hosts:
        return f"https://{configured.hosts[0]}"
    # Of a configured database nobody knows who serves it.
    return None if configured.database_url else read_server_address(configured.data_dir)


@maintainers.command("list")
def list_maintainers(data_dir: DataDir = None) -> None:
    """List the maintainers."""
    with open_database(data_dir) as db, db.reading() as session:
        summaries = accounts.list_maintainers(session)
    echo_table(
        ("NAME", "ADDED", "STATE", "TOKENS"),
        [
            (item.name, format_day(item.since), maintainer_state(item), str(item.tokens))
            for item in summaries
        ],
    )


def maintainer_state(item: MaintainerSummary) -> str:
    # Without a password one can still sign in, by link.
    if item.disabled:
        return f"disabled {format_day(item.disabled)}"
    return "active" if item.has_password else "active, no password"


@tokens.command("create")
def create_token(name: Name, label: Label, data_dir: DataDir = None) -> None:
    """Print a new token; it is shown only now."""
    with open_database(data_dir) as db, db.writing() as session:
        token = accounts.create_token(session, name, label)
    typer.echo(token)
    console.print("This token is shown only now.")


@tokens.command("revoke")
def revoke_token(name: Name, label: Label, data_dir: DataDir = None) -> None:
    """Let a token's bearer in no longer."""
    with open_database(data_dir) as db, db.writing() as session:
        accounts.revoke_token(session, name, label)
    console.print(f"Revoked the token “{label}” of {name}.")


@tokens.command("list")
def list_tokens(data_dir: DataDir = None) -> None:
    """List the tokens, without what is secret of them."""
    with open_database(data_dir) as db, db.reading() as session:
        summaries = accounts.list_tokens(session)
    echo_table(
        ("NAME", "LABEL", "CREATED", "USED", "REVOKED"),
        [
            (
                item.name,
                item.label,
                format_day(item.created),
                format_day(item.used),
                format_day(item.revoked),
            )
            for item in summaries
        ],
    )


def format_day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"


def echo_table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print columns as wide as their longest cell, with two spaces between them."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        typer.echo("  ".join(map(str.ljust, row, widths)).rstrip())
