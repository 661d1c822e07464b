"""Lines written in the upload format, and read back the same."""

import io
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.snapshot import Basis, Line, SnapshotFacts
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.rules.file_rules import check_lines
from app.ingest.rules.upload_format import write_snapshot_file
from tests.ingest.rules.builders import AUGUST, KNOWN, checked, lines


def test_a_share_beside_a_value_is_written_so_that_it_reads_one_way() -> None:
    text = 'month,source,origin,share_pct,value\n2025-08,hub,us,"41",5\n2025-08,hub,chinese,3,\n'
    before = lines(text)
    out = io.StringIO()
    write_snapshot_file(
        before, out, dict.fromkeys([("hub", AUGUST)], SnapshotFacts(Basis.SHARE, None))
    )
    assert lines(out.getvalue()) == before


def test_a_value_of_three_decimals_is_written_so_that_it_reads_one_way() -> None:
    before = lines("month,origin,value\n2025-08,us,1.2340\n")
    out = io.StringIO()
    written = [line._replace(value=Decimal("1.234")) for line in before]
    write_snapshot_file(
        written, out, dict.fromkeys([("hub", AUGUST)], SnapshotFacts(Basis.VALUE, None))
    )
    assert lines(out.getvalue()) == before


NOTES = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co"]), max_size=30)


def readable(note: str) -> bool:
    """As the reader itself would leave it."""
    result = checked(
        f'month,origin,share_pct,note\n2025-08,us,1,"{note.replace(chr(34), chr(34) * 2)}"\n'
    )
    return not result.problem_count and next(iter(result.lines())).note == note


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[Basis, list[Line]]:
    """One month's lines in disjoint slices, by share or by value."""
    slices: list[tuple[Origin, Openness, str | None, str | None]] = [
        *((origin, openness, None, None) for origin in Origin for openness in Openness),
        (Origin.US, Openness.OPEN, "meta-llama", None),
        (Origin.CHINESE, Openness.OPEN, "deepseek", "deepseek/r1"),
        (Origin.CHINESE, Openness.OPEN, "deepseek", "deepseek/v3"),
        (Origin.CHINESE, Openness.CLOSED, "qwen", "qwen/qwen3-max"),
    ]
    chosen = draw(st.lists(st.sampled_from(slices), min_size=1, unique=True))
    basis = draw(st.sampled_from(Basis))
    month = draw(st.dates(date(2024, 1, 1), date(2025, 12, 31))).replace(day=1)
    values: list[Decimal | None]
    numbers = [draw(st.decimals(0, 10**18 - 2, places=6)) for _ in chosen]
    share = st.decimals(0, Decimal(100) / len(chosen), places=draw(st.integers(0, 12)))
    shares = [draw(share) for _ in chosen]
    if basis is Basis.VALUE:
        numbers[0] += 1
        shares = [(100 * number / sum(numbers)).quantize(Decimal("1e-10")) for number in numbers]
        values = [*numbers]
    else:
        values = [None, *numbers[1:]]  # so that they need not agree with the shares
        shares[0] += 2 * (len(chosen) > 1)  # so that they are no fractions
    statuses = [draw(st.sampled_from(Status)) for _ in chosen]
    notes = [draw(NOTES.filter(readable)) for _ in chosen]
    rows = zip(chosen, shares, values, statuses, notes, strict=True)
    return basis, [
        Line("hub", month, number, *about, share, value, status, note)
        for number, (about, share, value, status, note) in enumerate(rows, 2)
    ]


@settings(max_examples=60, deadline=None)
@given(snapshots())
def test_what_is_written_is_read_back_the_same(snapshot: tuple[Basis, list[Line]]) -> None:
    basis, written = snapshot
    out = io.StringIO(newline="")
    write_snapshot_file(written, out, {("hub", written[0].month): SnapshotFacts(basis, None)})
    result = check_lines(io.BytesIO(out.getvalue().encode()), KNOWN)
    assert not result.problem_count, result.problems
    assert [month.basis for month in result.months.values()] == [basis]
    # Notes have no line breaks here, so that even the line numbers are the same.
    assert list(result.lines()) == written
