"""What to look at twice before a file is published."""

from app.database.session import Database
from app.ingest.withdraw import withdraw_upload
from tests.builders import month_file, publish_stored, store_file
from tests.ingest.builders import months_file, review_file
from tests.ingest.review.builders import warned


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


def test_a_revision_that_names_no_model_any_more_is_warned_of(filled_db: Database) -> None:
    reviewed = review_file(filled_db, month_file("61", "2026-08"), "openrouter-rankings")
    (notice,) = warned(reviewed, "less_detail")
    assert notice.text.startswith("2026-08 of openrouter-rankings names ")
    assert notice.text.endswith(" lines by model now; the file none")


def test_a_revision_that_says_no_status_of_a_provisional_month_is_warned_of(
    filled_db: Database,
) -> None:
    reviewed = review_file(filled_db, month_file("61", "2026-10"), "openrouter-rankings")
    (notice,) = warned(reviewed, "becomes_final")
    assert "2026-10 of openrouter-rankings is provisional now and would be final" in notice.text


def test_a_revision_of_equal_detail_and_status_loses_nothing(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    reviewed = review_file(filled_db, month_file("31"))
    assert warned(reviewed, "less_detail") == warned(reviewed, "becomes_final") == []


def test_a_jump_that_stands_already_is_no_news_of_the_file(gateway: Database) -> None:
    publish_stored(gateway, store_file(gateway, months_file("10", "11", "10", "11"), "gateway"))
    publish_stored(gateway, store_file(gateway, months_file("17", first=5), "gateway"))
    revised = months_file("17.2", first=5)
    assert warned(review_file(gateway, revised, "gateway"), "jump") == []
    grown = months_file("18", first=5)
    assert len(warned(review_file(gateway, grown, "gateway"), "jump")) == 1
