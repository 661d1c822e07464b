"""Methods that an address does not take: 405 with Allow, whoever asks and wherever."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Match, Mount

from app.web.route_table import RouteTable

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "PROPFIND", "CONNECT", "LOCK")
EXAMPLES = {"slug": "deepseek", "number": "3", "upload_id": "3", "kind": "developers"}


def paths_of(application: FastAPI) -> list[str]:
    """An address of every route there is."""
    table: RouteTable = application.state.route_table
    paths = set()
    for route, _ in table.entries:
        pattern = "/static/style.css" if isinstance(route, Mount) else route.path  # type: ignore[attr-defined]
        paths.add(re.sub(r"{(\w+)(:\w+)?}", lambda m: EXAMPLES.get(m[1], "x"), pattern))
    return sorted(paths)


def takes(application: FastAPI, path: str, method: str) -> bool:
    table: RouteTable = application.state.route_table
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    # A mount matches every method, of which its application takes two.
    if path.startswith("/static/"):
        return method in {"GET", "HEAD"}
    return any(route.matches(scope)[0] is Match.FULL for route, _ in table.entries)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_an_address_does_not_take_is_405_with_allow_everywhere(
    application: FastAPI, client: TestClient, method: str
) -> None:
    wrong = []
    for path in paths_of(application):
        if takes(application, path, method):
            continue
        answer = client.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})
        allowed = answer.headers.get("allow", "").split(", ")
        if answer.status_code != 405 or method in allowed or "OPTIONS" not in allowed:
            wrong.append((path, answer.status_code, answer.headers.get("location"), allowed))
    assert wrong == []


def test_every_guarded_address_is_among_them(application: FastAPI) -> None:
    paths = paths_of(application)
    assert {"/account", "/uploads/new", "/uploads/received", "/uploads/3/publish"} <= set(paths)
    assert len(paths) > 60
