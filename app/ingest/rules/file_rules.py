"""A snapshot file against the catalogue and against itself: resolved lines, or every problem."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

from app.catalogue.index import CatalogueIndex
from app.csv_io.own_downloads import without_guard
from app.csv_io.problem_rows import place_problems
from app.csv_io.problems import ProblemWatcher
from app.csv_io.reader import open_csv_table
from app.domain.naming.matching import nearest_match
from app.domain.snapshot import Basis, SnapshotKey
from app.ingest.rules.check_options import DEFAULT_OPTIONS, CheckOptions
from app.ingest.rules.checked import (
    CheckedFile,
    MonthSummary,
    RuleProgress,
    format_snapshot_key,
)
from app.ingest.rules.day_notice import day_notice
from app.ingest.rules.days import NOTHING_SAID, DayCells, DaysOfMonths
from app.ingest.rules.duplicates import find_repeated, number_slots
from app.ingest.rules.kept_lines import CheckedLines, KeptLine, LineStore
from app.ingest.rules.mistakes import (
    LineMistakeError,
    add_mistake,
    figures_disagree,
    line_mistakes,
    line_twice,
)
from app.ingest.rules.notices import NoticeList
from app.ingest.rules.remainder import remainder_notice
from app.ingest.rules.resolver import Resolver
from app.ingest.rules.totals import SUM_MAX, MonthTotals, ResolvedLine
from app.ingest.rules.upload_format import UPLOAD_COLUMNS


def check_lines(
    file: BinaryIO,
    catalogue: CatalogueIndex,
    options: CheckOptions = DEFAULT_OPTIONS,
    progress: RuleProgress | None = None,
) -> CheckedFile:
    """Return a whole snapshot file as the catalogue completes it, or with every problem."""
    return FileCheck(file, Resolver(catalogue, options), options).run(progress)


class FileCheck:
    """One run over one file: its lines are read once, added up and kept."""

    def __init__(self, file: BinaryIO, resolver: Resolver, options: CheckOptions) -> None:
        self.file = file
        self.resolver = resolver
        self.source = options.source
        self.limits = options.limits
        self.choices = options.choices
        self.tallies: dict[SnapshotKey, MonthTotals] = {}
        self.remainders: dict[SnapshotKey, MonthTotals] = {}
        self.notices = NoticeList()
        self.kept = LineStore()
        self.days = DaysOfMonths(resolver.catalogue.windows)
        self.watcher: ProblemWatcher | None = None

    def run(self, progress: RuleProgress | None) -> CheckedFile:
        self.table = open_csv_table(self.file, UPLOAD_COLUMNS, self.limits, progress, self.choices)
        self.problems = self.table.problems
        self.problems.watch(self.watcher)
        self.check_header()
        # Mistakes of the header would make every line wrong; those of cells are told beside them.
        if self.problems.count:
            self.read_cells()
        else:
            self.check_lines()
        problems, groups = place_problems(self.file, self.table.reading, self.problems)
        return CheckedFile(
            self.table.reading,
            problems,
            self.problems.count,
            groups,
            self.notices.all(),
            {} if self.problems.count else dict(self.months()),
            tuple(self.resolver.developers.values()),
            tuple(self.resolver.models.values()),
            self.meaning(),
            () if self.problems.count else self.checked_lines(),
        )

    def check_header(self) -> None:
        header, position = self.table.reading.header_line, self.table.header.position
        catalogue = self.resolver.catalogue
        missing = "no such column"
        if self.source is not None and self.resolver.chosen is None:
            expected = "the slug or name of a known source"
            near = nearest_match(self.source, (*catalogue.sources.values(), *catalogue.sources))
            self.problems.add("unknown_source", None, None, "source", self.source, expected, near)
        if not self.table.reading.columns:
            return
        if position("share_pct") is None and position("value") is None:
            expected = "a column share_pct (percent) or a column value (counts)"
            self.problems.add("missing_column", header, None, "share_pct", missing, expected)
        if position("source") is None and self.source is None:
            expected = "a column source, or a source chosen beside the file"
            self.problems.add("missing_column", header, None, "source", missing, expected)
        if all(position(name) is None for name in ("origin", "developer", "model")):
            expected = "a column origin, developer or model"
            self.problems.add("missing_column", header, None, "origin", missing, expected)

    def read_cells(self) -> None:
        """Read the cells for their problems: with a wrong header no line can be understood."""
        for _ in self.table:
            pass

    def check_lines(self) -> None:
        self.table.on_faulty_row = self.check_faulty_row
        for line in self.resolved_lines():
            self.tally(line)
        self.add_figures()
        # Sums say nothing where lines are missing from them.
        sound = not self.problems.count
        for key, tally in self.tallies.items():
            self.check_month(key, tally, sound)
        if notice := remainder_notice(self.remainders):
            self.notices.add(notice.code, notice.line, notice.text)
        if columns := self.table.reading.own_columns:
            text = f"This is observations.csv of this site: its columns {' and '.join(columns)}, "
            self.notices.add(
                "own_file", None, text + "which tell where each line is, are passed over"
            )
        if notice := day_notice(self.table.reading.days_as_months, self.tallies, self.days):
            self.notices.add(notice.code, notice.line, notice.text)
        self.compare(sound)
        self.notices.add_near_names(self.resolver)

    def resolved_lines(self) -> Iterator[ResolvedLine]:
        """Yield the lines that can be resolved; mistakes in others become the table's problems."""
        resolve, table = self.resolver.resolve, self.table
        is_own_file = bool(table.reading.own_columns)
        for line, values, split in table:
            month, *_, share, value, status, first_day, last_day, days, note = values
            note = without_guard(note) if is_own_file else note
            # The cells source, origin, openness, developer and model.
            about = resolve(values[1:6], line)
            if isinstance(about, tuple) or (share is None and value is None):
                for mistake in line_mistakes(table, about, share, value):
                    add_mistake(table, line, mistake)
            else:
                said = first_day or last_day or days
                covered = DayCells(first_day, last_day, days) if said else NOTHING_SAID
                yield ResolvedLine(line, month, about, share, value, status, covered, note, split)

    def check_faulty_row(
        self, line: int, values: tuple[Any, ...], unreadable: frozenset[str]
    ) -> None:
        """Add what else is wrong with a line, some of whose cells cannot be read."""
        about = self.resolver.resolve(values[1:6], line)
        for mistake in line_mistakes(self.table, about, values[6], values[7], unreadable):
            add_mistake(self.table, line, mistake)

    def tally(self, line: ResolvedLine) -> None:
        key = (line.about.source, line.month)
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = MonthTotals(line.line)
        tally.add(line)
        try:
            self.days.add(key, line.line, line.days, line.status)
        except LineMistakeError as mistake:
            add_mistake(self.table, line.line, mistake)
        self.kept.add(line)
        for code, text in line.about.notices:
            self.notices.add(code, line.line, text)

    def add_figures(self) -> None:
        """Add up the lines of each heading, in months where one may be the total of others."""
        months = {key: tally for key, tally in self.tallies.items() if tally.may_hold_totals}
        if not months:
            return
        for kept in self.kept:
            about = self.resolver.slices[kept.slice_number]
            figure = kept.value if kept.share is None else kept.share
            tally = months.get((about.source, kept.month))
            if tally is not None and figure is not None:
                tally.add_figure(about.heading, figure)

    # --- one month -------------------------------------------------------------------------------

    def check_month(self, key: SnapshotKey, tally: MonthTotals, sound: bool) -> None:
        if tally.basis is None:
            self.refuse_mixture(key, tally)
        elif tally.excess_line:
            expected = f"at most {SUM_MAX}; this line passes it"
            self.refuse_sum("sum_above_100", key, tally, tally.excess_line, expected)
        elif tally.basis is Basis.VALUE and not tally.value_sum:
            expected = "values that shares can be taken of"
            self.refuse_sum("sum_is_zero", key, tally, tally.first_line, expected)
        elif sound and tally.looks_like_fractions:
            expected = "percentages, 0 to 100; these look like fractions: multiply by 100"
            self.refuse_sum("fractions", key, tally, tally.first_line, expected)
        elif tally.is_incomplete and not self.problems.count:
            # Of lines that could not be read the rest says nothing.
            self.remainders[key] = tally
        self.check_splits(tally)
        self.check_homes(key, tally)
        self.notice_totals(key, tally)

    def refuse_sum(
        self, code: str, key: SnapshotKey, tally: MonthTotals, line: int, expected: str
    ) -> None:
        by_share = tally.basis is Basis.SHARE
        column, total = ("share_pct", tally.share_sum) if by_share else ("value", tally.value_sum)
        found_text = f"the lines of {format_snapshot_key(key)} add up to {total:f}"
        add_mistake(self.table, line, LineMistakeError(code, column, found_text, expected))

    def refuse_mixture(self, key: SnapshotKey, tally: MonthTotals) -> None:
        shareless, valueless = tally.shareless_line, tally.valueless_line
        share, value = map(self.table.header.file_name, ("share_pct", "value"))
        found_text = f"no {share} in line {shareless}, no {value} in line {valueless}"
        expected = f"{share} on every line of {format_snapshot_key(key)}, or {value} on every line"
        mistake = LineMistakeError("mixed_figures", "share_pct", found_text, expected)
        add_mistake(self.table, max(shareless, valueless), mistake)

    def check_splits(self, tally: MonthTotals) -> None:
        # “29,7” without quotes is two cells, and would be read as 29 with a value of 7.
        if not tally.vouches(self.table.reading.decimal_mark):
            for line, split in tally.splits:
                self.table.refuse_split(line, split)

    def check_homes(self, key: SnapshotKey, tally: MonthTotals) -> None:
        for heading, first in tally.two_homes():
            expected = (
                f"{first.origin} for {first.developer} in {format_snapshot_key(key)}, as in line"
            )
            expected += f" {tally.headings[first]}"
            mistake = LineMistakeError(
                "two_origins", "origin", heading.origin, expected, first.origin
            )
            add_mistake(self.table, tally.headings[heading], mistake)

    def notice_totals(self, key: SnapshotKey, tally: MonthTotals) -> None:
        for heading in tally.possible_totals():
            about = ", ".join(name for name in heading[:3] if name)
            subject = f"The line {about} of {format_snapshot_key(key)} counts beside those"
            text = f"{subject} that name more; leave it out if it is their total"
            self.notices.add("maybe_total", tally.headings[heading], text)

    # --- comparing lines -------------------------------------------------------------------------

    def compare(self, sound: bool) -> None:
        """Name lines that are there twice and figures that disagree, in the file's order."""
        slices = self.resolver.slices
        slots = number_slots(slices)
        repeated = find_repeated(self.tallies, slots)
        comparable = {
            key: tally.share_of_values() for key, tally in self.tallies.items() if tally.comparable
        }
        if not repeated and not (sound and comparable):
            return
        first: dict[tuple[int, SnapshotKey], int] = {}
        for kept in self.kept:
            key = (slices[kept.slice_number].source, kept.month)
            place = (slots[kept.slice_number], key)
            if place in repeated:
                # A model may stand once in a month, a slice without a model once.
                line = first.setdefault(place, kept.line)
                if line != kept.line:
                    self.refuse_twice(kept, line)
            if not sound or key not in comparable:
                continue
            if mistake := figures_disagree(kept.share, comparable[key](kept.value)):
                add_mistake(self.table, kept.line, mistake)

    def refuse_twice(self, kept: KeptLine, line: int) -> None:
        about = self.resolver.slices[kept.slice_number]
        month = format_snapshot_key((about.source, kept.month))
        names = (about.origin, about.openness, about.developer)
        add_mistake(self.table, kept.line, line_twice(about.model, names, month, line))

    # --- the result ------------------------------------------------------------------------------

    def months(self) -> Iterator[tuple[SnapshotKey, MonthSummary]]:
        for key, tally in self.tallies.items():
            if tally.basis is not None:
                yield key, MonthSummary(tally.lines, tally.covered, tally.basis, self.days.of(key))

    def checked_lines(self) -> CheckedLines:
        # Where every line has both, the shares go first and the values stand beside them.
        computed = {
            key: tally.share_of_values()
            for key, tally in self.tallies.items()
            if tally.basis is Basis.VALUE
        }
        return CheckedLines(self.kept, self.resolver.slices, computed)

    def meaning(self) -> str:
        digest = sha256(self.kept.slices_digest())
        for about in self.resolver.slices:
            meaning = (about.source, about.origin, about.openness, about.developer, about.model)
            digest.update(repr(meaning).encode())
        return digest.hexdigest()
