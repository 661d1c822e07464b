"""The command `modelshare`: serve, migrate, import, export."""

import getpass
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from sqlalchemy.exc import OperationalError
from uvicorn.supervisors import Multiprocess

from app import archive, migrations, postgres
from app.archive import Choices, Imported
from app.db import Db
from app.errors import BadFile, Problem, Refused
from app.intake import Published
from app.rules import Checked
from app.settings import Settings
from app.words import Openness

app = typer.Typer(
    help="Open Model Share: how much of the world's AI use goes to open models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Progress and problems go to standard error: standard output is for what was asked.
console = Console(stderr=True, highlight=False, soft_wrap=True)

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded PostgreSQL keeps its data. [env: DATA_DIR, or ./var]"),
]


def main() -> None:
    """Runs a command; what a user did wrong is one message and exit code 1, never a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        app()
    except Refused as refused:
        show_refused(refused)
    except OperationalError as error:
        console.print("[red]The database cannot be used:[/]", str(error.orig).strip(), markup=True)
    else:
        return
    raise SystemExit(1)


def show_refused(refused: Refused) -> None:
    console.print(f"{refused.title}.", style="red", markup=False)
    if refused.detail:
        console.print(refused.detail, markup=False)


def settings(data_dir: Path | None = None) -> Settings:
    try:
        found = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise Refused(f"{name} is not usable", first["msg"]) from None
    return found.model_copy(update={"data_dir": data_dir}) if data_dir else found


@contextmanager
def database_url(configured: Settings) -> Iterator[str]:
    """The configured database, or the embedded one of the data directory."""
    if configured.database_url:
        yield configured.database_url
    else:
        with postgres.running(configured.data_dir) as url:
            yield url


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Db]:
    """The database, migrated."""
    with database_url(settings(data_dir)) as url:
        db = Db(url)
        try:
            migrations.upgrade(db)
            yield db
        finally:
            db.close()


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
    """Serve the dashboard; an empty embedded database is filled with the bundled figures."""
    configured = settings(data_dir)
    listening = claim(host or configured.host, configured.port if port is None else port)
    with database_url(configured) as url:
        db = Db(url)
        migrations.upgrade(db)
        if configured.database_url is None and not empty and archive.is_empty(db):
            console.print("Filling the empty database with the bundled figures …")
            for path in archive.files_of([archive.BUNDLED]):
                import_path(db, path, archive.BY_US)
        db.close()
        os.environ["DATABASE_URL"] = url
        run(listening, workers or configured.web_concurrency)


def claim(host: str, port: int) -> socket.socket:
    """The listening place, taken before anything slow begins. Raises Refused."""
    try:
        # create_server also sets SO_REUSEADDR, so that a restart need not wait.
        listening = socket.create_server((host, port), family=family_of(host))
    except (OSError, OverflowError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise Refused(
            f"Cannot listen on {host}:{port}: {why}", "Choose another with --port or PORT."
        ) from error
    listening.set_inheritable(True)
    return listening


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def run(listening: socket.socket, workers: int) -> None:
    """Serves until a signal comes; says where as soon as it can answer."""
    config = uvicorn.Config(
        "app.worker:application", factory=True, workers=workers, log_level="warning"
    )
    server = uvicorn.Server(config)
    host, port = listening.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    announcement = f"Open Model Share is at http://{address} - Ctrl-C stops it."
    try:
        if workers > 1:
            console.print(announcement)
            Multiprocess(config, sockets=[listening]).run()
        else:
            config.load()
            console.print(announcement)
            server.run(sockets=[listening])
    except KeyboardInterrupt:
        console.print("Stopped.")


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the schema of the database up to date."""
    with opened(data_dir) as db:
        console.print(f"The schema is at revision {migrations.revisions(db)[0]}.")


@app.command("import")
def import_(  # noqa: PLR0917 - Typer makes an option of each
    files: Annotated[list[Path], typer.Argument(help="CSV files, or directories of an export.")],
    source: Annotated[
        str | None, typer.Option(help="The source, where the lines do not name it.")
    ] = None,
    openness: Annotated[
        Openness, typer.Option(help="The openness of lines that leave it out.")
    ] = Openness.OPEN,
    reason: Annotated[str, typer.Option(help="Why published figures are revised.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Check only; store nothing.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Publish the figures of CSV files, each of them whole or not at all.

    Takes snapshots in the upload format, and the catalogue files that `export` writes.
    """
    with opened(data_dir) as db:
        by = f"{getpass.getuser()} (command line)"
        import_paths(db, files, Choices(by, source, openness, reason, check))


def import_paths(db: Db, paths: Sequence[Path], choices: Choices) -> None:
    """Imports files one after the other; raises at the first that is refused."""
    for path in archive.files_of(paths):
        try:
            report(import_path(db, path, choices))
        except BadFile as refused:
            show_problems(path, refused)
            raise


def import_path(db: Db, path: Path, choices: Choices) -> Imported:
    with progress_of(path) as progress:
        return archive.import_file(db, path, choices, progress)


@contextmanager
def progress_of(path: Path) -> Iterator[Callable[[int], None]]:
    """A bar that is told how many bytes of the file were read."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    silent = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        task = progress.add_task(escape(path.name), total=path.stat().st_size)
        yield lambda done: progress.update(task, completed=done)


def show_problems(path: Path, refused: BadFile) -> None:
    for problem in refused.problems:
        console.print(f"{path.name}{place(problem)}: {sentence(problem)}", markup=False)


def place(problem: Problem) -> str:
    line = f":{problem.line}" if problem.line else ""
    column = f":{problem.column}" if problem.column else ""
    return line + column + (f" ({problem.field})" if problem.field else "")


def sentence(problem: Problem) -> str:
    hint = f" Did you mean “{problem.suggestion}”?" if problem.suggestion else ""
    found = f"found “{problem.found}”, " if problem.found else "empty; "
    return f"{found}expected {problem.expected}.{hint}"


def report(imported: Imported) -> None:
    """What became of a file, in a line each for its figures and its notices."""
    name = imported.path.name
    if imported.changes:
        made = imported.changes
        counts = f"{made.added} added, {made.changed} changed, {made.unchanged} unchanged"
        console.print(f"{name}: {made.kind}: {counts}.", markup=False)
    if imported.checked:
        report_figures(name, imported.checked, imported.published)


def report_figures(name: str, checked: Checked, published: Published | None) -> None:
    for notice in checked.notices:
        where = f":{notice.line}" if notice.line else ""
        console.print(f"{name}{where}: note: {notice.text}.", markup=False, style="yellow")
    lines = sum(month.lines for month in checked.months.values())
    what = f"{counted(lines, 'line')} for {counted(len(checked.months), 'month')}"
    if published is None:
        console.print(f"{name}: sound: {what}. Nothing was stored.", markup=False)
    elif published.already:
        first = f"the same bytes are current already as upload {published.upload_id}"
        console.print(f"{name}: nothing to do: {first}.", markup=False)
    else:
        console.print(f"{name}: published as upload {published.upload_id}: {what}.", markup=False)


def counted(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(help="Where to write; made if need be.")],
    data_dir: DataDir = None,
) -> None:
    """Write every current snapshot and the catalogue; `import` reads back the same."""
    with opened(data_dir) as db:
        for path in archive.export(db, directory):
            console.print(f"Wrote {path}", markup=False)


if __name__ == "__main__":
    main()
