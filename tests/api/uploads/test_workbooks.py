"""Workbooks sent by programs: read as CSV files are, or refused at their cells."""

from datetime import date
from typing import Any

from fastapi.testclient import TestClient

from tests.api.builders import ADDRESS, CHOSEN, published, send
from tests.workbook_files import Cell, ods, xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER: list[Cell] = ["month", "origin", "openness", "share_pct"]
ROWS: list[list[Cell]] = [HEADER, [date(2026, 1, 1), "chinese", "open", 29.7]]


def test_a_workbook_is_published_from_its_own_type_and_kept_as_it_came(api: TestClient) -> None:
    content = xlsx({"Figures": ROWS})
    chosen: dict[str, Any] = CHOSEN | {"mode": "publish", "filename": "january.xlsx"}
    response = api.post(ADDRESS, content=content, params=chosen, headers={"Content-Type": XLSX})
    assert response.status_code == 201, response.text
    answer = response.json()
    assert (answer["months"][0]["share_pct"], answer["sheet"]) == (29.7, None)
    file = api.get(answer["links"]["file"])
    assert file.content == content
    assert 'filename="upload-' in file.headers["content-disposition"]
    assert ".xlsx" in file.headers["content-disposition"]
    assert file.headers["content-type"] == "application/octet-stream"
    assert published_again(api, content)["already"]


def published_again(api: TestClient, content: bytes) -> dict[str, Any]:
    response = send(api, content, mode="publish")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_of_several_sheets_one_is_asked_for_and_named_as_a_parameter(api: TestClient) -> None:
    content = ods({"Figures": ROWS, "Notes": [["Read me"]]})
    (error,) = send(api, content).json()["errors"]
    assert error["code"] == "which_sheet"
    checked = send(api, content, sheet="Figures").json()
    assert (checked["reading"]["sheet"], checked["reading"]["delimiter"]) == ("Figures", "cells")
    assert published(api, content, sheet="Figures")["sheet"] == "Figures"
    unknown = send(api, content, sheet="a\0b")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_sheet")


def test_a_bad_cell_bears_the_name_it_has_in_the_sheet(api: TestClient) -> None:
    rows: list[list[Cell]] = [*ROWS, [date(2026, 1, 1), "us", "open", "many"]]
    (error,) = send(api, xlsx({"Figures": rows})).json()["errors"]
    assert (error["cell"], error["line"], error["column"]) == ("D3", 3, 4)
