"""What publishing a file would change: slices, months, series, and what to look at twice."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE, SOURCE_TYPE, read_entries
from app.database.session import Database
from app.domain.errors import BadInputError, ConflictError, NotFoundError
from app.domain.vocabulary import Origin
from app.ingest.month_diff import ChangeKind, MonthReview
from app.ingest.publish import publish_upload
from app.ingest.review import Review, review_upload
from app.ingest.rules.checked import Notice
from app.ingest.withdraw import discard_upload, reclassify_upload, withdraw_upload
from app.queries.uploads import State, UploadRecord, read_upload_record, read_upload_records
from tests.builders import LIMITS, SOURCE, month_file, publish_stored, store_file, stored_share

JANUARY = date(2026, 1, 1)
HEADER = "month,origin,openness,developer,share_pct\n"


def review_of(db: Database, upload_id: int) -> Review:
    with db.reading() as session:
        return review_upload(session, upload_id)


def review_file(db: Database, content: bytes, source: str = SOURCE) -> Review:
    return review_of(db, store_file(db, content, source))


def kinds(month: MonthReview) -> dict[str, int]:
    return {kind.value: count for kind, count in month.counts.items() if count}


def warned(reviewed: Review, code: str) -> Sequence[Notice]:
    return [warning for warning in reviewed.warnings if warning.code == code]


def record(db: Database, upload_id: int) -> UploadRecord:
    with db.reading() as session:
        return read_upload_record(session, upload_id)


@pytest.fixture
def gateway(filled_db: Database) -> Database:
    """Beside the bundled figures a source without any."""
    texts = {
        "source": "gateway", "name": "Gateway", "publisher": "Acme", "metric": "tokens",
        "population": "Public traffic",
    }  # fmt: skip
    with filled_db.writing() as session:
        edit_entry(session, SOURCE_TYPE, texts, by="ada", reason="new")
    return filled_db


def months_file(*shares: str | None, first: int = 1) -> bytes:
    """A Chinese open share for each month of 2025 from `first`; None leaves the month out."""
    rows = [f"2025-{month:02},chinese,{text}\n" for month, text in enumerate(shares, first) if text]
    return ("month,origin,share_pct\n" + "".join(rows)).encode()


# --- slices


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


# --- series and warnings


def test_a_series_runs_over_all_months_of_the_source_before_and_after(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11"), "gateway"))
    (series,) = review_file(gateway, months_file("12.5", None, "13", first=2), "gateway").series
    assert [f"{month:%m}" for month in series.months] == ["01", "02", "03", "04"]
    assert series.before == (Decimal(10), Decimal(11), None, None)
    assert series.after == (Decimal(10), Decimal("12.5"), None, Decimal(13))
    assert (series.group, series.title) == (Origin.CHINESE, "Chinese open models")


def test_a_source_that_says_nothing_of_openness_is_shown_with_all_its_models(
    gateway: Database,
) -> None:
    text = HEADER + "2025-01,us,unknown,,60\n2025-01,chinese,unknown,,20\n"
    reviewed = review_file(gateway, text.encode(), "gateway").series
    assert [(item.group, item.title, item.after) for item in reviewed] == [
        (Origin.CHINESE, "Chinese models", (Decimal(20),)),
        (Origin.US, "US models", (Decimal(60),)),
    ]


def test_what_is_closed_and_what_is_not_known_are_shown_beside_the_open_shares(
    gateway: Database,
) -> None:
    old = HEADER + "2025-01,us,open,,10\n2025-01,us,closed,,60\n2025-01,us,unknown,,5\n"
    publish_stored(gateway, store_file(gateway, old.encode(), "gateway"))
    reviewed = review_file(gateway, (HEADER + "2025-01,us,open,,11\n").encode(), "gateway").series
    assert [(item.title, item.before, item.after) for item in reviewed] == [
        ("US open models", (Decimal(10),), (Decimal(11),)),
        ("Closed models", (Decimal(60),), (None,)),
        ("Unknown or not broken down", (Decimal(30),), (Decimal(89),)),
    ]


def test_months_whose_figures_stand_already_are_left_alone(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11"), "gateway"))
    reviewed = review_file(gateway, months_file("10.0", "11", "12"), "gateway")
    assert [f"{month.month:%m}" for month in reviewed.months] == ["03"]
    assert [f"{month:%m}" for _, month in reviewed.standing] == ["01", "02"]
    assert not reviewed.needs_reason
    assert "revises" not in {notice.code for notice in reviewed.warnings}


def test_a_file_that_was_withdrawn_before_is_named_with_the_reason(gateway: Database) -> None:
    first = store_file(gateway, months_file("10"), "gateway")
    publish_stored(gateway, first)
    with gateway.writing() as session:
        withdraw_upload(session, first, by="ada", reason="the wrong month")
    (notice,) = warned(review_file(gateway, months_file("10"), "gateway"), "withdrawn")
    assert f"as upload {first}: the wrong month" in notice.text


def test_a_jump_beyond_five_points_and_four_times_the_usual_is_warned_of(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11", "10", "11"), "gateway"))
    (jump,) = warned(review_file(gateway, months_file("17", first=5), "gateway"), "jump")
    assert "from 11.0 % in 2025-04 to 17.0 % in 2025-05" in jump.text
    assert warned(review_file(gateway, months_file("15.9", first=5), "gateway"), "jump") == []


def test_a_large_step_is_no_jump_where_large_steps_are_usual(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "20", "10", "20"), "gateway"))
    assert warned(review_file(gateway, months_file("35", first=5), "gateway"), "jump") == []


def test_a_gap_beside_the_files_months_is_warned_of(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11"), "gateway"))
    (gap,) = warned(review_file(gateway, months_file("12", first=5), "gateway"), "gap")
    assert "no figures for 2025-03 to 2025-04" in gap.text
    assert warned(review_file(gateway, months_file("12", first=3), "gateway"), "gap") == []


def test_revised_months_and_a_remainder_are_warned_of(gateway: Database) -> None:
    first = store_file(gateway, months_file("10", "11"), "gateway")
    publish_stored(gateway, first)
    reviewed = review_file(gateway, months_file("12", "13", first=2), "gateway")
    (revision,) = warned(reviewed, "revises")
    assert f"2025-02 of gateway is published already, by upload {first}" in revision.text
    (remainder,) = warned(reviewed, "below_100")
    assert "The lines of 2 months add up to less than 100" in remainder.text
    assert reviewed.needs_reason
    assert [month.revises for month in reviewed.months] == [True, False]


def test_the_same_bytes_are_named_by_the_upload_that_has_them(filled_db: Database) -> None:
    first = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, first)
    assert review_file(filled_db, month_file("30")).same_as == first


# --- versions


def publish_as(db: Database, upload_id: int, version: str, reason: str = "a recount") -> None:
    with db.writing() as session:
        publish_upload(session, upload_id, by="ada", reason=reason, limits=LIMITS, expected=version)


def test_publishing_as_reviewed_is_refused_once_others_published_that_month(
    filled_db: Database,
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = review_of(filled_db, upload_id).version
    publish_stored(filled_db, store_file(filled_db, month_file("31")))
    with pytest.raises(ConflictError, match="not what you looked at"):
        publish_as(filled_db, upload_id, version)
    assert stored_share(filled_db) == "31"
    publish_as(filled_db, upload_id, review_of(filled_db, upload_id).version)
    assert stored_share(filled_db) == "30"


def test_publishing_as_reviewed_is_not_hindered_by_what_happens_elsewhere(
    filled_db: Database,
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = review_of(filled_db, upload_id).version
    publish_stored(filled_db, store_file(filled_db, month_file("31", month="2026-02")))
    publish_as(filled_db, upload_id, version)


def test_publishing_as_reviewed_is_refused_once_the_catalogue_says_otherwise(
    filled_db: Database,
) -> None:
    upload_id = store_file(filled_db, b"month,developer,share_pct\n2026-01,poolside,3\n")
    version = review_of(filled_db, upload_id).version
    correct(filled_db, "poolside", origin="european")
    with pytest.raises(ConflictError, match="not what you looked at"):
        publish_as(filled_db, upload_id, version)


def correct(db: Database, slug: str, **texts: str) -> None:
    with db.writing() as session:
        reviewed = read_entries(session, DEVELOPER_TYPE)
        number, cells = next(item for item in reviewed if item[1]["developer"] == slug)
        edit_entry(
            session, DEVELOPER_TYPE, cells | texts, by="ada", reason="moved", entry_id=number
        )


def test_withdrawing_is_refused_once_its_months_were_revised(filled_db: Database) -> None:
    first = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, first)
    version = record(filled_db, first).version
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    with (
        pytest.raises(ConflictError, match="not what you looked at"),
        filled_db.writing() as session,
    ):
        withdraw_upload(session, first, by="ada", reason="wrong", expected=version)
    with filled_db.writing() as session:
        now = read_upload_record(session, first).version
        withdraw_upload(session, first, by="ada", reason="wrong", expected=now)
    assert record(filled_db, first).state is State.WITHDRAWN


@pytest.mark.parametrize("reason", ["", " \n ", "\x00", "x" * 2_001, "a\u202eb"])
def test_a_withdrawal_needs_a_reason_that_others_can_read(filled_db: Database, reason: str) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, upload_id)
    with pytest.raises(BadInputError) as caught, filled_db.writing() as session:
        withdraw_upload(session, upload_id, by="ada", reason=reason)
    assert [problem.field for problem in caught.value.problems] == ["reason"]


def test_a_discarded_upload_can_no_longer_be_published_or_discarded(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = review_of(filled_db, upload_id).version
    with filled_db.writing() as session:
        discard_upload(session, upload_id, by="ada", expected=version)
    reviewed = record(filled_db, upload_id)
    assert (reviewed.state, reviewed.discarded_by) == (State.DISCARDED, "ada")
    with pytest.raises(ConflictError, match="discarded by ada"):
        publish_stored(filled_db, upload_id)
    with pytest.raises(ConflictError, match="discarded"), filled_db.writing() as session:
        discard_upload(session, upload_id, by="ada")


def test_a_published_upload_cannot_be_discarded(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = record(filled_db, upload_id).version
    publish_stored(filled_db, upload_id)
    for expected in (None, version):
        with pytest.raises(ConflictError, match="published"), filled_db.writing() as session:
            discard_upload(session, upload_id, by="ada", expected=expected)


def test_discarding_refuses_a_version_that_names_another_state(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    other = record(filled_db, store_file(filled_db, month_file("31"))).version
    with (
        pytest.raises(ConflictError, match="not what you looked at"),
        filled_db.writing() as session,
    ):
        discard_upload(session, upload_id, by="ada", expected=other)


# --- with today's catalogue


def reclassify(db: Database, upload_id: int) -> int | None:
    with db.writing() as session:
        return reclassify_upload(session, upload_id, by="bob", limits=LIMITS)


def poolside_file() -> bytes:
    rows = (
        "2026-01,us,open,poolside,3\n2026-01,chinese,open,qwen,30\n2026-02,us,open,meta-llama,9\n"
    )
    return (HEADER + rows).encode()


def test_published_figures_keep_their_classification_until_they_are_checked_again(
    filled_db: Database,
) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    correct(filled_db, "poolside", origin="european")
    again = reclassify(filled_db, first)
    assert again is not None
    reviewed = review_of(filled_db, again)
    (month,) = reviewed.months  # the other month stays as it is
    assert month.month == JANUARY
    assert (month.before[Origin.US], month.after[Origin.US]) == (Decimal(3), None)
    assert (month.before[Origin.EUROPEAN], month.after[Origin.EUROPEAN]) == (None, Decimal(3))
    assert reviewed.needs_reason
    publish_as(filled_db, again, reviewed.version, "poolside has moved")
    old, new = record(filled_db, first), record(filled_db, again)
    assert (new.sha256, new.reclassified, new.received_by) == (old.sha256, True, "bob")
    assert [month.superseded_by for month in old.months] == [again, None]
    assert [month.month for month in new.months] == [JANUARY]


def test_where_todays_catalogue_changes_nothing_nothing_is_kept(filled_db: Database) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    assert reclassify(filled_db, first) is None
    with filled_db.reading() as session:
        assert read_upload_records(session, everyone=True)[0].id == first


def test_checking_again_leaves_months_alone_that_were_revised_since(filled_db: Database) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    correct(filled_db, "poolside", origin="european")
    assert reclassify(filled_db, first) is None


def test_only_a_published_upload_is_checked_again(filled_db: Database) -> None:
    with pytest.raises(ConflictError):
        reclassify(filled_db, store_file(filled_db, poolside_file()))


def test_the_first_bytes_again_are_news_after_they_were_reclassified(filled_db: Database) -> None:
    first = store_file(filled_db, poolside_file())
    publish_stored(filled_db, first)
    correct(filled_db, "poolside", origin="european")
    again = reclassify(filled_db, first)
    assert again is not None
    publish_as(filled_db, again, review_of(filled_db, again).version)
    reviewed = review_file(filled_db, poolside_file())
    assert reviewed.same_as is None
    assert [kinds(month) for month in reviewed.months] == [{"new": 1, "unchanged": 1, "removed": 1}]
    assert len(reviewed.standing) == 1
    assert reviewed.checked.months[SOURCE, JANUARY].lines == 2


# --- what a revision would lose


def test_a_revision_that_names_no_model_any_more_is_warned_of(filled_db: Database) -> None:
    reviewed = review_file(filled_db, month_file("61", "2026-08"), "openrouter-rankings")
    (notice,) = warned(reviewed, "less_detail")
    assert notice.text.startswith("2026-08 of openrouter-rankings names ")
    assert notice.text.endswith(" lines by model now; the file none")


def test_a_revision_that_says_no_status_of_a_provisional_month_is_warned_of(
    filled_db: Database,
) -> None:
    reviewed = review_file(filled_db, month_file("61", "2026-09"), "openrouter-rankings")
    (notice,) = warned(reviewed, "becomes_final")
    assert "2026-09 of openrouter-rankings is provisional now and would be final" in notice.text


def test_a_revision_of_equal_detail_and_status_loses_nothing(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    reviewed = review_file(filled_db, month_file("31"))
    assert warned(reviewed, "less_detail") == warned(reviewed, "becomes_final") == []
