"""The document of a run: docs/performance.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from tests.benchmarks.performance.goals import Result

HEAD = "| what | data | measured | goal | reached | ratio | figures | command |"
WIDTH = 110
COMMAND = "`python -m tests.benchmarks.performance {}`"
VERDICTS = {True: "yes", False: "**no**", None: "–"}

TEXT = """\
# How fast it answers, and what it takes

`make bench` wrote this page from one run, and writes it anew: do not edit it.

{run}

{table}

## How it is measured

- **Ratios** are taken in one run, the two things compared in turn, and are the medians of the
  turns. One worker, {connections} connections, each of which asks again as soon as it is
  answered. The bare application is uvicorn with an ASGI function that sends the same status,
  headers and body as they came from the dashboard, with the same parser and event loop, and does
  nothing else.
- **CPU**: the load is made by one Python process on the same machine, and whatever else runs
  there takes its share. So each ratio of answers stands beside one of CPU seconds that the
  server's process took for an answer (from `/proc`), which noise disturbs less; PostgreSQL's count
  where answers are made anew. The value is the lower of the two. “busy” says for how much of the
  time the process computed: where it is well below 100 %, the client or something else on the
  machine was the bottleneck.
- **The goals** of ratios were set with a client that was itself the bottleneck: it drove bare
  uvicorn to some 17,000 answers/s and left it idle for half of the time, so that everything
  beside it looked better. Compare ratios with those of other runs of `make bench` only.
- **Figures** name the dashboard before what it is compared with.
- **Warm** answers come from the store of finished answers, as it is by default. **Cold** ones are
  made anew each time by a server that keeps none (`ANSWER_STORE_MIB=0`); it was asked the same
  before, so that what a process learns once is learnt. CPU of a cold page is the worker's and
  PostgreSQL's together.
- Reads are not limited where rates are measured (`RATE_LIMIT=0`): one address stands for many
  readers.
- **Data**: “bundled” are the figures that come with the software: {bundled}. “A million” are
  those and sources with values by month and model, which a real import published: {million}. Then
  it is vacuumed, as PostgreSQL does by itself a little later.
- **Import**: whole processes, `modelshare import` against a COPY of prepared rows into a table
  without keys, indexes and checks.
- **Memory** is resident memory, pages shared with others in full, of the larger of two workers:
  after their first answers, and after {heavy_s:.0f} seconds of questions of which no two are the
  same, {connections} at a time from as many addresses, within the usual limits. For comparison a
  process that has imported FastAPI, uvicorn and psycopg.
- **Published to visible**: seconds from the answer to `POST /api/v1/uploads?mode=publish` until
  the slower of two workers has answered with the new figure. Each is asked every few milliseconds
  on a connection of its own.
- **First paint and live chart**: a browser with an empty cache, against a page of nothing but the
  same figure and the same bundle of Plotly, sent by the bare application; until its chart is
  drawn.
"""


@dataclass(frozen=True, slots=True)
class RunDescription:
    """When and on what a run was made, and what the two databases held, in words."""

    moment: str
    commit: str
    machine: str
    bundled: str
    million: str
    seconds: float


def write_document(
    results: Sequence[Result], run: RunDescription, *, connections: int, heavy_s: float
) -> str:
    """Return the text of the document, which ends with a line feed."""
    told = (
        f"Run on {run.moment} at commit {run.commit}, in {run.seconds:.0f} seconds, on"
        f" {run.machine}."
    )
    text = TEXT.format(
        run=told,
        table=table(results),
        connections=connections,
        heavy_s=heavy_s,
        bundled=run.bundled,
        million=run.million,
    )
    return "".join(f"{wrap(line)}\n" for line in text.replace("\n  ", " ").splitlines())


def wrap(line: str) -> str:
    """Return a line of text in as many as it needs; a row of the table stays one."""
    if line.startswith("|"):
        return line
    indent = "  " if line.startswith("- ") else ""
    return fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown."""
    rows = [HEAD, "|" + "---|" * (HEAD.count("|") - 1), *map(row, results)]
    return "\n".join(rows)


def row(result: Result) -> str:
    goal = result.goal
    cells = (
        goal.subject,
        result.size,
        goal.template.format(result.value),
        goal.words,
        VERDICTS[goal.is_reached(result.value)],
        result.ratio or "–",
        result.figures,
        COMMAND.format(goal.part),
    )
    return f"| {' | '.join(cells)} |"
