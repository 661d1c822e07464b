"""Checks a file against the catalogue, and tells which of its months would be published."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import BinaryIO

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.catalogue.index import CatalogueIndex
from app.catalogue.lookup import load_catalogue_index
from app.csv_io.schema import FileLimits, TableChoices
from app.database.tables import Snapshot, Source, Upload
from app.database.vintages import current_snapshots, is_current_at
from app.domain.errors import BadFileError, ConflictError
from app.domain.snapshot import Line, SnapshotKey
from app.domain.vocabulary import Openness
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.check_process import check_in_process
from app.ingest.rules.checked import CheckedFile
from app.ingest.rules.file_rules import check_lines
from app.queries.lines import line_counts, lines_of_snapshots
from app.queries.upload_versions import (
    CurrentSnapshot,
    current_snapshots_of,
    review_version,
)

LineProgress = Callable[[int], None]


def check_file(
    session: Session,
    file: BinaryIO,
    options: CheckOptions,
    progress: LineProgress | None = None,
) -> CheckedFile:
    """Return a file checked against today's catalogue; nothing is stored.

    With `progress`, which is told how many bytes are read, it is checked in this process.
    """
    return _check(file, load_catalogue_index(session), options, progress)


def _check(
    file: BinaryIO, catalogue: CatalogueIndex, options: CheckOptions, progress: LineProgress | None
) -> CheckedFile:
    if progress is not None:
        return check_lines(file, catalogue, options, progress)
    return check_in_process(file, catalogue, options)


def check_upload(
    session: Session,
    upload: Upload,
    file: BinaryIO,
    catalogue: CatalogueIndex | None = None,
    *,
    limits: FileLimits,
    progress: LineProgress | None = None,
) -> CheckedFile:
    """Return an upload's file checked against a catalogue, with what was chosen beside it.

    Without `catalogue` it is today's.
    """
    options = check_options_of(session, upload, limits)
    return _check(file, catalogue or load_catalogue_index(session), options, progress)


def check_options_of(session: Session, upload: Upload, limits: FileLimits) -> CheckOptions:
    """Return what was chosen beside an upload's file."""
    return CheckOptions(
        source=session.scalar(select(Source.slug).where(Source.id == upload.source_id)),
        openness=Openness(upload.openness),
        reclassify=upload.reclassified,
        limits=limits,
        choices=TableChoices.of_stored(upload.table_choices),
    )


def publishable_months(
    session: Session, upload: Upload, checked: CheckedFile
) -> frozenset[SnapshotKey]:
    """Return the sources and months that publishing would change; none where there are problems.

    A month that says the same as the current one, in whatever order and words of the file, is left
    alone, so that a whole history can be sent again. Of a reclassified upload only months whose
    current figures come from the same bytes.
    """
    if checked.problem_count:
        return frozenset()
    current = current_snapshots_of(session, list(checked.months))
    # Figures that a later file corrected must not come back by reading an earlier one again.
    if upload.reclassified:
        current = {
            key: snapshot for key, snapshot in current.items() if snapshot.sha256 == upload.sha256
        }
    differing = current.keys() - _alike(session, current, checked)
    # A month that is not current was withdrawn: reclassifying brings none of those back.
    new = set() if upload.reclassified else checked.months.keys() - current.keys()
    return frozenset(differing | new)


def _alike(
    session: Session, current: Mapping[SnapshotKey, CurrentSnapshot], checked: CheckedFile
) -> set[SnapshotKey]:
    """Return the months of which the file says, line for line, what is current."""
    counts = line_counts(session, [snapshot.snapshot_id for snapshot in current.values()])
    # Only where there are as many lines need they be read.
    compared = {
        key: snapshot.snapshot_id
        for key, snapshot in current.items()
        if checked.months[key].days == snapshot.days
        and checked.months[key].lines == counts.get(snapshot.snapshot_id)
    }
    if not compared:
        return set()
    file_digests = _digests(
        line for line in checked.lines() if (line.source, line.month) in compared
    )
    current_digests = _digests(lines_of_snapshots(session, compared.values()))
    return {key for key in compared if file_digests[key] == current_digests[key]}


def _digests(lines: Iterable[Line]) -> dict[SnapshotKey, int]:
    """Return a number for the lines of each month: equal if they say the same, in any order.

    The digests of single lines are added up, so that a million lines need no sorting.
    """
    sums: dict[SnapshotKey, int] = defaultdict(int)
    for line in lines:
        # 1.50 and 1.5 are one figure: what the database gives back has its own number of zeros.
        value = None if line.value is None else line.value.normalize()
        meaning = (*_meaning(line), line.share_pct.normalize(), value, line.status.value, line.note)
        sums[line.source, line.month] += int.from_bytes(
            hashlib.sha256(repr(meaning).encode()).digest()
        )
    return sums


def _meaning(line: Line) -> tuple[str | None, ...]:
    """What the catalogue has a say in."""
    return (line.origin, line.openness, line.developer, line.model)


def review_version_of(
    session: Session, upload: Upload, checked: CheckedFile, keys: Collection[SnapshotKey]
) -> str:
    """Return a name for all that publishing depends on: upload, current months, catalogue."""
    current = current_snapshots_of(session, keys)
    # What the catalogue makes of each line is part of it: a corrected origin changes the review.
    return review_version(
        upload, [snapshot.snapshot_id for snapshot in current.values()], checked.meaning
    )


def check_expected_version(expected: str | None, actual: Callable[[], str]) -> None:
    """Raise ConflictError where a maintainer looked at another version than there is now."""
    if expected is not None and expected != actual():
        detail = "Others have published, withdrawn or corrected something. Look at it again first."
        raise ConflictError("This is not what you looked at any more", detail)


def refuse_problems(checked: CheckedFile) -> None:
    """Raise BadFileError with the problems of a file that has any."""
    if checked.problem_count:
        count = checked.problem_count
        title = "The file has one problem" if count == 1 else f"The file has {count:,} problems"
        detail = "Nothing of it was stored."
        raise BadFileError(title, detail, checked.problems, count, checked.problem_groups)


def current_upload_of_same_file(session: Session, upload: Upload) -> Upload | None:
    """Return an earlier upload of the same bytes and choices, all of it current; else None."""
    current = current_snapshots(None).subquery()
    # One superseded month is enough for the file to say something new again.
    superseded = exists().where(
        Snapshot.upload_id == Upload.id, Snapshot.id.not_in(select(current.c.id))
    )
    return session.scalars(
        select(Upload)
        .where(
            Upload.sha256 == upload.sha256,
            Upload.source_id.is_not_distinct_from(upload.source_id),
            Upload.openness == upload.openness,
            Upload.reclassified == upload.reclassified,
            Upload.table_choices == upload.table_choices,
            is_current_at(None),
            ~superseded,
        )
        .order_by(Upload.id)
        .limit(1)
    ).first()
