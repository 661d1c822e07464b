"""Where a file comes from: what is taken, and what is refused with the place and the remedy."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.errors import BadFileError, BadInputError
from app.domain.sources.provenance import Provenance
from app.ingest.rules.provenance import (
    FIELD_NAMES,
    read_provenance,
    read_uploads_file,
    write_uploads_file,
)

TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))
URL = "https://openrouter.ai/rankings"
GIVEN = {"origin_url": URL, "retrieved_at": "2026-10-10", "publisher_as_of": "2026-10-09"}
READ = Provenance(URL, date(2026, 10, 10), date(2026, 10, 9))


def test_every_part_is_read_and_every_part_may_be_left_out() -> None:
    assert read_provenance(GIVEN) == READ
    assert read_provenance({}) == Provenance()
    for name in FIELD_NAMES:
        assert getattr(read_provenance({name: f" {GIVEN[name]} "}), name) == getattr(READ, name)


def test_a_citation_names_the_publishers_day_and_else_that_of_the_reading() -> None:
    assert READ.as_of == date(2026, 10, 9)
    assert Provenance(retrieved_at=date(2026, 10, 10)).as_of == date(2026, 10, 10)
    assert Provenance(URL).as_of is None


REFUSED = [
    ({"retrieved_at": TOMORROW}, "retrieved_at", "future_day", "a day not after"),
    ({"publisher_as_of": TOMORROW}, "publisher_as_of", "future_day", "a day not after"),
    ({"retrieved_at": "10.10.2026"}, "retrieved_at", "not_a_day", "a day as YYYY-MM-DD"),
    ({"publisher_as_of": "2026-02-30"}, "publisher_as_of", "not_a_day", "a day as YYYY-MM-DD"),
    ({"retrieved_at": "2026-10-10T12:00Z"}, "retrieved_at", "not_a_day", "a day as YYYY-MM-DD"),
    (
        {"retrieved_at": "2026-10-09", "publisher_as_of": "2026-10-10"},
        "publisher_as_of",
        "after_reading",
        "a day not after the reading, 2026-10-09",
    ),
    ({"origin_url": "ftp://openrouter.ai/"}, "origin_url", "not_an_address", "https://"),
    ({"origin_url": "javascript:alert(1)"}, "origin_url", "not_an_address", "https://"),
    ({"origin_url": "https://"}, "origin_url", "not_an_address", "https://"),
    ({"origin_url": "https://a b"}, "origin_url", "not_an_address", "https://"),
    ({"origin_url": f"https://a/{'b' * 2000}"}, "origin_url", "too_long", "at most 2000"),
    ({"origin_url": "https://a/\u202e"}, "origin_url", "forbidden_character", ""),
]


@pytest.mark.parametrize(("texts", "field", "code", "expected"), REFUSED)
def test_what_cannot_be_is_refused_by_field(
    texts: dict[str, str], field: str, code: str, expected: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        read_provenance(texts)
    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == (field, code)
    assert expected in problem.expected


def test_every_field_at_fault_is_told_at_once() -> None:
    with pytest.raises(BadInputError) as refused:
        read_provenance(dict.fromkeys(FIELD_NAMES, "x"))
    assert [problem.field for problem in refused.value.problems] == list(FIELD_NAMES)


def read_file(text: str, *present: str) -> dict[str, Provenance]:
    return read_uploads_file(io.BytesIO(text.encode()), present)


HEADER = "file,origin_url,retrieved_at,publisher_as_of\n"


def test_what_is_written_beside_the_snapshots_is_read_back() -> None:
    out = io.StringIO()
    provenances = {"a.csv": READ, "b,c.csv": Provenance(), "ü.csv": Provenance(URL)}
    write_uploads_file(provenances, out)
    assert out.getvalue().startswith(HEADER)
    assert read_file(out.getvalue(), *provenances) == provenances


@pytest.mark.parametrize(
    ("lines", "place", "code"),
    [
        ("a.csv,,,\na.csv,,,\n", (3, 1), "file_twice"),
        ("b.csv,,,\n", (2, 1), "no_such_file"),
        (f"a.csv,,{TOMORROW},\n", (2, 3), "future_day"),
        ("a.csv,,2026-10-09,2026-10-10\n", (2, 4), "after_reading"),
        ("a.csv,openrouter.ai,,\n", (2, 2), "not_an_address"),
        (",https://openrouter.ai,,\n", (2, 1), "blank"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_place(
    lines: str, place: tuple[int, int], code: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        read_file(HEADER + lines, "a.csv")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.code) == (*place, code)
