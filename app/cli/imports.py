"""`modelshare import` and `modelshare catalogue`: files in, and what became of each."""

import getpass
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from app.catalogue.audit_list import CatalogueEdit, read_edits
from app.catalogue.entry_types import ENTRY_TYPES, LONG_TEXT_MAX_LENGTH
from app.cli.console import (
    DataDir,
    console,
    exit_when_terminated,
    open_database,
    open_standard_input,
    parse_path,
)
from app.cli.problem_lines import problem_lines
from app.csv_io.schema import ColumnKind, FigureKind, TableChoices
from app.database.session import Database
from app.domain.calendar import format_month
from app.domain.errors import BadFileError, UserError, excerpt
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.domain.vocabulary import Openness
from app.ingest.import_export import (
    ImportOptions,
    ImportResult,
    detect_entry_type,
    import_file,
    list_files,
    read_provenances,
    uploads_files,
)
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile
from app.ingest.rules.provenance import read_provenance

catalogue = typer.Typer(help="Sources, developers, models and events.", no_args_is_help=True)

Reason = Annotated[
    str, typer.Option(help="Why published figures are revised, or the catalogue corrected.")
]
HEADERS: Final = "\n".join(
    ["The header of one is:", *(f"{kind.name}: {kind.header}" for kind in ENTRY_TYPES)]
)
TOLD_BESIDE: Final = frozenset({"revises", "new_developers", "new_models"})
"""Warnings that the other lines of a report say in their own words."""
STANDARD_INPUT: Final = Path("-")
Check = Annotated[bool, typer.Option("--check", help="Check only; store nothing.")]


def operator_name() -> str:
    """Return the name under which the audit list keeps what the command line does."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # in a container the user may have a number only
        name = f"user {os.getuid()}"
    return f"{name} (command line)"


@contextmanager
def readable_paths(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield the paths, `-` (standard input) replaced by a file: files are read more than once."""
    with exit_when_terminated(), TemporaryDirectory(prefix="modelshare-") as place:
        kept = Path(place) / "standard-input.csv"
        if STANDARD_INPUT in files:
            with kept.open("wb") as file:
                shutil.copyfileobj(open_standard_input(), file)
        yield [kept if path == STANDARD_INPUT else path for path in files]


def import_figures(  # noqa: PLR0917 - Typer makes an option of each
    files: Annotated[
        list[Path],
        typer.Argument(
            parser=parse_path,
            help="CSV files, workbooks, directories of an export, or - for standard input.",
        ),
    ],
    source: Annotated[
        str | None, typer.Option(help="The source, where the lines do not name it.")
    ] = None,
    openness: Annotated[
        Openness, typer.Option(help="The openness of lines that leave it out.")
    ] = Openness.OPEN,
    reason: Reason = "",
    origin_url: Annotated[
        str, typer.Option(help="The publisher's address where the figures were read.")
    ] = "",
    retrieved_at: Annotated[
        str, typer.Option(help="The day they were read there, YYYY-MM-DD.", metavar="DAY")
    ] = "",
    publisher_as_of: Annotated[
        str, typer.Option(help="The publisher's own date of them, YYYY-MM-DD.", metavar="DAY")
    ] = "",
    sheet: Annotated[
        str, typer.Option(help="The sheet of a workbook, where more than one is filled.")
    ] = "",
    wide: Annotated[
        ColumnKind | None,
        typer.Option(help="What each column holds one of, in a file with a column for each."),
    ] = None,
    figures: Annotated[
        FigureKind | None, typer.Option(help="What the columns of a wide file hold.")
    ] = None,
    names: Annotated[
        ColumnKind | None,
        typer.Option(help="What the column holds that names the rows of a wide file."),
    ] = None,
    leave_out: Annotated[
        bool,
        typer.Option("--leave-out", help="Leave out titles, notes, totals and row numbers."),
    ] = False,
    check: Check = False,
    data_dir: DataDir = None,
) -> None:
    """Publish the figures of CSV files and workbooks, each of them whole or not at all.

    Takes snapshots in the upload format, and the catalogue files that `export` writes. Of a file in
    a folder snapshots, the uploads.csv beside the folder says where its figures come from; what is
    said here goes before it.
    """
    provenance = read_provenance(
        {
            "origin_url": origin_url,
            "retrieved_at": retrieved_at,
            "publisher_as_of": publisher_as_of,
        }
    )
    shape = {"wide": wide or "", "figures": figures or "", "names": names or ""}
    chosen = shape | {"sheet": sheet, "leave_out": "yes" if leave_out else ""}
    reading = CheckOptions(source, openness, choices=TableChoices.of_texts(chosen))
    with readable_paths(files) as paths, open_database(data_dir) as db:
        options = ImportOptions(operator_name(), reason, check, reading, provenance)
        import_paths(db, paths, options)


@catalogue.command("import")
def import_catalogue(
    files: Annotated[
        list[Path],
        typer.Argument(
            parser=parse_path,
            help="CSV files as `export` writes them, or - for standard input.",
        ),
    ],
    reason: Reason = "",
    check: Check = False,
    data_dir: DataDir = None,
) -> None:
    """Add and correct entries of the catalogue, each file whole or not at all."""
    with readable_paths(files) as paths:
        for path in list_files(paths):
            with path.open("rb") as file:
                if detect_entry_type(file) is None:
                    raise UserError(f"{path} is no catalogue file", HEADERS)
        with open_database(data_dir) as db:
            import_paths(db, paths, ImportOptions(operator_name(), reason, check))


@catalogue.command("history")
def show_history(
    limit: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many, from the latest on.")
    ] = 50,
    data_dir: DataDir = None,
) -> None:
    """List who changed which entry of the catalogue, when and why; the latest first."""
    with open_database(data_dir) as db, db.reading() as session:
        for change in read_edits(session, limit):
            when = f"{change.at:%Y-%m-%d %H:%M}Z"
            why = escaped(change.reason)
            entry = f"{change.kind} {escaped(change.key)}"
            typer.echo(f"{when}  {escaped(change.by)}  {entry}: {why} ({difference(change)})")


def difference(change: CatalogueEdit) -> str:
    """Return each cell of an entry before and after the change; of a new entry only after."""
    before = change.before
    return ", ".join(
        f"{name}: {plain(cell)}" if before is None
        else f"{name}: {plain(before.get(name, ''))} -> {plain(cell)}"
        for name, cell in change.after.items()
    )  # fmt: skip


def plain(cell: str) -> str:
    """Return a cell, in quotes only where it would run into what stands around it."""
    shown = escaped(cell)
    if shown and not set(shown) & set(',"()') and "->" not in shown and ": " not in shown:
        return shown
    return '"' + shown.replace('"', '\\"') + '"'


def escaped(text: str) -> str:
    return excerpt(text, 2 * LONG_TEXT_MAX_LENGTH)


def import_paths(db: Database, paths: Sequence[Path], options: ImportOptions) -> None:
    """Import files one after the other; raises BadFileError at the first that is refused."""
    files = list_files(paths)
    provenances: dict[Path, Provenance] = {}
    # All of them before the first file: what cannot be read stops everything.
    for listed in uploads_files(files):
        with showing_problems(listed):
            provenances |= read_provenances(listed)
    for path in files:
        provenance = options.provenance or provenances.get(path, UNKNOWN_PROVENANCE)
        with showing_problems(path):
            report_import(import_path(db, path, replace(options, provenance=provenance)))


@contextmanager
def showing_problems(path: Path) -> Iterator[None]:
    """Print every problem of a file that is refused, with its place."""
    try:
        yield
    except BadFileError as refused:
        show_problems(path, refused)
        raise


def import_path(db: Database, path: Path, options: ImportOptions) -> ImportResult:
    with progress_of(path) as progress:
        return import_file(db, path, options, progress)


@contextmanager
def progress_of(path: Path) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal; yields what is told how many bytes of the file were read."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    silent = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        task = progress.add_task(escape(path.name), total=path.stat().st_size)
        yield lambda done: progress.update(task, completed=done)


def show_problems(path: Path, refused: BadFileError) -> None:
    """Print each kind of problem, with its lines; of refusals that have no kinds each problem."""
    for line in problem_lines(path.name, refused):
        console.print(line)


def report_import(imported: ImportResult) -> None:
    """Print what became of a file: a line for its figures, and one for each notice."""
    name = imported.path.name
    if imported.changes:
        made = imported.changes
        counts = f"{made.added} added, {made.changed} changed, {made.unchanged} unchanged"
        console.print(f"{name}: {made.kind}: {counts}.")
    if imported.checked:
        report_names(name, imported.checked)
        report_figures(name, imported.checked, imported)


def report_names(name: str, checked: CheckedFile) -> None:
    """Print what the catalogue did not know: a misspelt name shows here."""
    for new in checked.new_developers:
        console.print(f"{name}:{new.line}: new developer {new.slug}: {new.name}, {new.origin}.")
    for model in checked.new_models:
        console.print(
            f"{name}:{model.line}: new model {model.slug} of {model.developer}, {model.openness}.",
        )


def report_figures(name: str, checked: CheckedFile, imported: ImportResult) -> None:
    published = imported.published
    for notice in imported.warnings or checked.notices:
        if notice.code in TOLD_BESIDE:
            continue
        where = f":{notice.line}" if notice.line else ""
        console.print(f"{name}{where}: note: {notice.text}.", style="yellow")
    lines = sum(month.lines for month in checked.months.values())
    what = f"{format_count(lines, 'line')} for {format_count(len(checked.months), 'month')}"
    if imported.revises:
        listed = ", ".join(f"{slug} {format_month(month)}" for slug, month in imported.revises[:12])
        more = " and more" if len(imported.revises) > 12 else ""
        console.print(f"{name}: revises what is published: {listed}{more}.")
    if published is None:
        console.print(f"{name}: sound: {what}. Nothing was stored.")
    elif published.already:
        first = f"the same bytes are current already as upload {published.upload_id}"
        console.print(f"{name}: nothing to do: {first}.")
    else:
        console.print(f"{name}: published as upload {published.upload_id}: {what}.")


def format_count(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
