"""Months that a file would change, slice by slice, and those it would leave alone."""

from decimal import Decimal

import pytest

from app.database.session import Database
from app.domain.errors import NotFoundError
from app.domain.vocabulary import Origin
from app.ingest.month_diff import ChangeKind
from app.ingest.publish import publish_upload
from app.queries.uploads import State
from tests.builders import LIMITS, month_file, publish_stored, store_file, stored_share
from tests.ingest.builders import HEADER, kinds, months_file, record, review_file, review_of


def test_each_slice_is_new_changed_unchanged_or_removed(filled_db: Database) -> None:
    before = "2026-01,chinese,open,,30\n2026-01,us,open,,20\n2026-01,other,open,,5\n"
    after = "2026-01,chinese,open,,33.5\n2026-01,us,open,,20\n2026-01,european,open,,4\n"
    publish_stored(filled_db, store_file(filled_db, (HEADER + before).encode()))
    (month,) = review_file(filled_db, (HEADER + after).encode()).months
    assert kinds(month) == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1}
    reviewed = {
        change.kind: (change.origin, change.old, change.new, change.line)
        for change in month.largest
    }
    assert reviewed == {
        ChangeKind.CHANGED: (Origin.CHINESE, 30, Decimal("33.5"), 2),
        ChangeKind.NEW: (Origin.EUROPEAN, None, 4, 4),
        ChangeKind.REMOVED: (Origin.OTHER, 5, None, None),
    }
    assert [change.size for change in month.largest] == [5, 4, Decimal("3.5")]
    assert [change.points for change in month.largest] == [None, None, Decimal("3.5")]


def test_a_month_shows_the_open_share_of_each_origin_before_and_after(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    rows = "2026-01,chinese,open,deepseek,20\n2026-01,chinese,open,qwen,11\n2026-01,us,closed,,40\n"
    (month,) = review_file(filled_db, (HEADER + rows).encode()).months
    assert (month.before[Origin.CHINESE], month.after[Origin.CHINESE]) == (Decimal(30), Decimal(31))
    assert (month.before[Origin.US], month.after[Origin.US]) == (None, None)


def test_a_share_that_is_only_told_anew_is_unchanged_but_counted(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    provisional_file = b"month,origin,share_pct,status\n2026-01,chinese,30,provisional\n"
    (month,) = review_file(filled_db, provisional_file).months
    assert kinds(month) == {"unchanged": 1}
    assert month.restated == 1


def test_reviewing_stores_nothing(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    assert review_of(filled_db, upload_id).version == review_of(filled_db, upload_id).version
    assert stored_share(filled_db) is None
    assert record(filled_db, upload_id).state is State.UNPUBLISHED


def test_a_file_with_problems_would_change_nothing(filled_db: Database) -> None:
    reviewed = review_file(filled_db, month_file("x", more="2026-01,us,101\n"))
    assert reviewed.checked.problem_count == 2
    assert (reviewed.months, reviewed.series, reviewed.needs_reason) == ((), (), False)


def test_a_large_file_is_reviewed_like_a_small_one(filled_db: Database) -> None:
    """Large ones are checked in a process of their own."""
    header = "month,origin,openness,developer,model,share_pct,note\n"
    row = "2026-01,european,open,Labo,labo-{n},0.004,{note}\n"
    rows = "".join(row.format(n=n, note="n" * 60) for n in range(2_000))
    upload_id = store_file(filled_db, (header + rows).encode())
    reviewed = review_of(filled_db, upload_id)
    (month,) = reviewed.months
    assert kinds(month) == {"new": 2_000}
    assert len(month.largest) == 50
    assert (len(reviewed.checked.new_developers), len(reviewed.checked.new_models)) == (1, 2_000)
    with filled_db.writing() as session:
        publish_upload(session, upload_id, by="ada", limits=LIMITS, expected=reviewed.version)
    assert record(filled_db, upload_id).lines == 2_000


def test_an_unknown_upload_is_not_found(filled_db: Database) -> None:
    for number in (999_999, 0, -1, 2**63):
        with pytest.raises(NotFoundError):
            review_of(filled_db, number)


def test_months_whose_figures_stand_already_are_left_alone(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11"), "gateway"))
    reviewed = review_file(gateway, months_file("10.0", "11", "12"), "gateway")
    assert [f"{month.month:%m}" for month in reviewed.months] == ["03"]
    assert [f"{month:%m}" for _, month in reviewed.unchanged] == ["01", "02"]
    assert not reviewed.needs_reason
    assert "revises" not in {notice.code for notice in reviewed.warnings}


def test_the_same_bytes_are_named_by_the_upload_that_has_them(filled_db: Database) -> None:
    first = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, first)
    assert review_file(filled_db, month_file("30")).same_as == first
