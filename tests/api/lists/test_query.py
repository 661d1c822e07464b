"""What an Accept header asks of a list: CSV where it weighs more than JSON."""

import pytest
from starlette.requests import Request

from app.api.lists.query import is_csv_wanted


def wanted(accept: str) -> bool:
    headers = [(b"accept", accept.encode())]
    return is_csv_wanted(
        Request({"type": "http", "path": "/api/v1/shares", "query_string": b"", "headers": headers})
    )


@pytest.mark.parametrize(
    "accept",
    [
        "text/csv",
        "text/csv; header=present; q=0.9, application/json; q=0.5",
        'text/csv; note="q=0.1", application/json; q=0.5',
        "text/csv; seq=1, application/json; q=0.5",
        "text/csv; Q=0.9, application/json; q=0.5",
    ],
)
def test_only_the_parameter_q_is_a_weight(accept: str) -> None:
    assert wanted(accept)


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/csv; q=0", "text/csv; q=x", "text/csv;q=0.5, application/json"],
)
def test_json_is_what_others_want(accept: str) -> None:
    assert not wanted(accept)
