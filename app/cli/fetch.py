"""`modelshare fetch`: figures from their publishers, once or regularly."""

import logging
import re
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Annotated, Final

import typer

from app.cli.console import (
    DataDir,
    console,
    exit_when_terminated,
    load_settings,
    open_database,
    refuse_missing_database,
)
from app.cli.imports import operator_name
from app.database.fetch_tables import Outcome
from app.database.session import Database
from app.domain.calendar import parse_month, today_utc
from app.domain.errors import UserError
from app.ingest.fetchers.registry import FETCHERS
from app.ingest.fetching.record import FetchRequest, FetchResult
from app.logs import install_logging
from app.settings import Settings

LEFT_WAITING: Final = 3
"""The exit code of a fetch that was to be published, and waits for a person instead."""
_EVERY: Final = re.compile(r"(\d{1,4})\s*(m|min|h|d)", re.ASCII)
_UNIT_SECONDS: Final = {"m": 60, "min": 60, "h": 3600, "d": 86_400}
EVERY_MIN_S: Final = 600


class PublisherName(StrEnum):
    """Whom a fetch may ask."""

    OPENROUTER = "openrouter"
    VERCEL = "vercel"
    HUGGINGFACE = "huggingface"
    ALL = "all"


def parse_month_option(text: str) -> date:
    """Return the first day of a month written YYYY-MM that has begun."""
    month = parse_month(text)
    if month is None:
        raise typer.BadParameter("a month such as 2026-09 is expected")
    if month > today_utc():
        raise typer.BadParameter("this month has not begun")
    return month


def parse_every(text: str) -> int:
    """Return the seconds of a span such as 6h, 90m or 1d."""
    match = _EVERY.fullmatch(text.strip())
    seconds = int(match[1]) * _UNIT_SECONDS[match[2]] if match else 0
    if seconds < EVERY_MIN_S:
        raise typer.BadParameter("a span such as 6h, 90m or 1d is expected, at least 10m")
    return seconds


Month = partial(typer.Option, parser=parse_month_option, metavar="YYYY-MM")


def fetch(  # noqa: PLR0917 - Typer makes an option of each
    publisher: Annotated[PublisherName, typer.Argument(help="Whose figures; all: one by one.")],
    first: Annotated[
        date | None, Month("--from", help="The first month; without it, whatever is news.")
    ] = None,
    last: Annotated[
        date | None, Month("--to", help="The last month; without it, this one.")
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Publish what the review has no warning about."),
    ] = False,
    reason: Annotated[str, typer.Option(help="Why published figures are revised.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Look only; store nothing.")] = False,
    stale_ok: Annotated[
        bool, typer.Option("--stale-ok", help="Take figures that are too old as provisional.")
    ] = False,
    every: Annotated[
        int | None,
        typer.Option(
            parser=parse_every,
            metavar="SPAN",
            help="Go on for ever, each span (6h) anew; takes up what the pages ask for meanwhile.",
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Fetch figures from a publisher: checked, kept with its own bytes, reviewed, published.

    Without --publish they wait for review at /uploads/received. Exit codes: 0 is done, or nothing
    was new; 3 was to be published and waits for a person; 1 is an error, and nothing was stored.
    """
    if first and last and first > last:
        raise typer.BadParameter("--from is after --to")
    # Publishers are asked with httpx2 and the Hub's own client: no other command needs them.
    from app.ingest.fetching.schedule import run_regularly  # noqa: PLC0415

    settings = load_settings(data_dir)
    # In a new one there is neither a source to fetch for nor anything to hold the figures against.
    refuse_missing_database(settings)
    names = list(FETCHERS) if publisher is PublisherName.ALL else [publisher.value]
    request = FetchRequest(names[0], operator_name(), first, last, publish, stale_ok, reason)
    with exit_when_terminated(), open_database(data_dir) as db:
        if every is not None:
            install_logging(settings.log_format)
            # As text only failures are told elsewhere; of this process each round is news.
            logging.getLogger("app.ingest.fetching").setLevel(logging.INFO)
            run_regularly(db, settings, request, names, every)
        else:
            raise typer.Exit(_fetch_once(db, settings, request, names, check_only=check))


def _fetch_once(
    db: Database, settings: Settings, request: FetchRequest, names: list[str], *, check_only: bool
) -> int:
    """Fetch from each publisher, and return the exit code of the worst.

    Whoever asks all of them takes up first what the pages have asked for.
    """
    # As in `fetch`, for the sake of other commands.
    from app.ingest.fetching.run_fetch import run_fetch  # noqa: PLC0415
    from app.ingest.fetching.schedule import make_job, run_queued  # noqa: PLC0415

    codes = [0]
    if len(names) > 1:
        run_queued(db, settings)
    for name in names:
        try:
            job = make_job(settings, replace(request, fetcher=name), check_only=check_only)
            if len(names) > 1:
                console.print(f"{job.fetcher.title}", style="bold")
            codes.append(_report(run_fetch(db, job), request))
        except UserError as refused:
            # Of several publishers one that is down keeps nobody from asking the others.
            if len(names) == 1:
                raise
            console.print(f"{refused.title}. {refused.detail}", style="red")
            codes.append(1)
    return 1 if 1 in codes else max(codes)


def _report(result: FetchResult, request: FetchRequest) -> int:
    for message in result.messages:
        console.print(message)
    for hold in result.holds:
        console.print(hold, style="yellow")
    waits = result.outcome is Outcome.WAITING and request.publish
    return LEFT_WAITING if waits else 0
