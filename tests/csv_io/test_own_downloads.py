"""Files that this site gave out, and files that lost their line ends on the way here."""

import pytest

from tests.csv_io.builders import GOOD, codes, only_problem, read

OBSERVATIONS = (
    "month,source,origin,openness,developer,model,share_pct,value,status,note,upload,line\n"
    "2025-08,hub,chinese,open,,,28.65,,final,,7,2\n"
)
SHARES = "source,month,group,label,share_pct,status,note\nhub,2025-08,us,US,3.74,final,\n"


def test_the_columns_that_observations_csv_adds_are_passed_over() -> None:
    table, rows = read(OBSERVATIONS)
    assert codes(table) == []
    assert table.reading.own_columns == ("upload", "line")
    assert (rows[0]["source"], str(rows[0]["share_pct"])) == ("hub", "28.65")


def test_a_column_upload_in_another_file_is_unknown() -> None:
    assert only_problem("month,origin,share_pct,upload\n2025-08,us,3,7\n").code == "unknown_column"


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_shares_csv_is_one_problem_that_names_what_to_take(delimiter: str) -> None:
    problem = only_problem(SHARES.replace(",", delimiter))
    assert problem.code == "own_shares_file"
    assert "this is shares.csv, a download of this site. Take observations.csv" in problem.expected


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", ""),
        "origin,month,share_pct\nus,2025-08,3\nchinese,2025-08,4\n".replace("\n", ""),
        "month;origin;Pct\n2025-08;us;3\n2025-09;us;4\n".replace("\n", ""),
        "month\torigin\tshare_pct\n2025-08\tus\t3\n".replace("\n", ""),
    ],
)
def test_a_file_without_line_ends_is_one_problem_with_the_way_to_send_it(content: str) -> None:
    problem = only_problem(content)
    assert (problem.code, problem.line) == ("lost_line_ends", None)
    assert "`--data-binary @file.csv`" in problem.expected


@pytest.mark.parametrize(
    "content",
    ["month,origin,share_pct", "month,origin,Pct", "month,origin,origin_2,share_pct"],
)
def test_a_header_alone_has_lost_nothing(content: str) -> None:
    table, _ = read(content)
    assert "lost_line_ends" not in codes(table)
    assert codes(table)
