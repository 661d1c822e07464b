"""Files of another shape sent by programs: the parameters say what their columns are."""

from fastapi.testclient import TestClient

from tests.api.builders import fields, published, send

WIDE = b'"Date","Chinese","US","European"\n2026-01,29.72,12.31,2.05\nTotal,1,2,3\n'


def test_a_wide_file_is_refused_with_the_parameters_that_turn_it(api: TestClient) -> None:
    (error,) = send(api, WIDE).json()["errors"]
    assert error["code"] == "wide_table"
    assert "wide=origin and figures=share_pct" in error["expected"]


def test_it_is_published_as_the_parameters_say(api: TestClient) -> None:
    said = {"wide": "origin", "figures": "share_pct"}
    (error,) = send(api, WIDE, **said).json()["errors"]
    assert (error["code"], error["line"]) == ("total_row", 3)
    answer = published(api, WIDE, **said, leave_out="yes", reason="recounted")
    assert answer["wide"] == "origin"
    (month,) = answer["months"]
    assert (month["lines"], month["share_pct"]) == (3, 44.08)


def test_a_word_that_is_no_kind_of_column_is_refused(api: TestClient) -> None:
    response = send(api, WIDE, wide="homes", leave_out="maybe")
    assert response.status_code == 400
    assert fields(response) == {"wide": "unknown_value", "leave_out": "unknown_value"}
