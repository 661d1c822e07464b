"""The suggestions of one kind, taken all at once into a copy of the file."""

import io

from hypothesis import given
from hypothesis import strategies as st

from app.ingest.mending.copies import copy_name
from app.ingest.mending.suggestions import KindChoice, MendedFile, MendTask
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile
from app.ingest.rules.file_rules import check_lines
from tests.ingest.rules.builders import KNOWN, checked

OPTIONS = CheckOptions("hub")


def mended(text: str, kind: int = 0, way: str = "") -> MendedFile:
    group = checked(text).problem_groups[kind]
    assert group.replaceable
    choice = KindChoice(group.code, group.column or 0, group.shape, way)
    return MendTask(b"", KNOWN, OPTIONS, choice).run(io.BytesIO(text.encode()))


def checked_again(copy: MendedFile) -> CheckedFile:
    return check_lines(io.BytesIO(copy.content), KNOWN, OPTIONS)


def test_six_hundred_months_are_mended_at_once_and_the_copy_is_sound() -> None:
    rows = [f"{name}-25,us,{figure}\n" for name in ("Aug", "Sep", "Okt", "déc") for figure in (1,)]
    copy = mended("month,origin,share_pct\n" + "".join(rows))
    assert copy.content.decode() == (
        "month,origin,share_pct\n2025-08,us,1\n2025-09,us,1\n2025-10,us,1\n2025-12,us,1\n"
    )
    assert (copy.count, copy.left) == (4, 0)
    assert copy.rows[2] == (4, "Okt-25,us,1", "2025-10,us,1")
    assert not checked_again(copy).problem_count


def test_only_the_chosen_kind_is_mended() -> None:
    text = "month,origin,share_pct\nAug-25,chnia,1\n45901,us,1\n"
    assert mended(text, 0).content.decode() == text.replace("Aug-25", "2025-08")
    assert mended(text, 1).content.decode() == text.replace("chnia", "chinese")
    assert mended(text, 2).content.decode() == text.replace("45901", "2025-09")


def test_a_file_of_two_readings_is_mended_in_the_way_that_was_chosen() -> None:
    text = "month,origin,share_pct\n01/09/2025,us,1\n01/10/2025,us,1\n"
    (group,) = checked(text).problem_groups
    assert [reading.way for reading in group.ways] == ["the day first", "the month first"]
    day_first = mended(text, way="the day first").content.decode()
    assert day_first == "month,origin,share_pct\n2025-09,us,1\n2025-10,us,1\n"
    month_first = mended(text, way="the month first").content.decode()
    assert month_first == "month,origin,share_pct\n2025-01,us,1\n2025-01,us,1\n"
    assert mended(text).count == 0


def test_cells_without_a_suggestion_are_left_and_counted() -> None:
    copy = mended("month,origin,share_pct\nAug-25,us,1\nAug-99,us,1\n")
    assert (copy.count, copy.left) == (1, 1)
    assert b"Aug-99" in copy.content


def test_a_column_gets_the_name_that_was_suggested() -> None:
    copy = mended("month,Country,share_pct\n2025-08,us,1\n")
    assert copy.content == b"month,origin,share_pct\n2025-08,us,1\n"
    assert not checked_again(copy).problem_count


def test_what_is_no_text_for_a_cell_is_not_offered() -> None:
    text = "month,origin,share_pct\n2025-08,us,29,7\n2025-08,us,1\n2025-08,us,1\n"
    assert not any(group.replaceable for group in checked(text).problem_groups)


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(15, 25)), min_size=1, unique=True))
def test_what_a_spreadsheet_made_of_any_months_is_read_back_after_one_press(
    written: list[tuple[int, int]],
) -> None:
    names = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
    rows = "".join(f"{names[index]}-{year};us;1\n" for index, year in written)
    copy = mended("month;origin;share_pct\n" + rows)
    months = {(month.year, month.month) for _, month in checked_again(copy).months}
    assert months == {(2000 + year, index + 1) for index, year in written}


def test_a_copy_says_of_which_upload_it_is() -> None:
    assert copy_name("usage.csv", 7) == "usage mended from upload 7.csv"
    assert copy_name("usage mended from upload 7.csv", 8) == "usage mended from upload 8.csv"
    assert copy_name("usage", 7) == "usage mended from upload 7"
    assert len(copy_name("n" * 200 + ".csv", 7)) < 200
