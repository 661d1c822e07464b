"""What holds for every route, and that none is without its policy."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.types import Scope

from app.database.session import Database
from app.main import create_app
from app.web.route_policy import (
    FILE_MAX_BYTES,
    FORM_MAX_BYTES,
    RouteKind,
    RoutePolicy,
    declared_policy,
    policy,
)
from app.web.route_table import MissingPolicyError, RouteTable, policy_of
from tests.builders import UNREACHABLE_URL

PAGE, FILE, API = RouteKind.PAGE, RouteKind.FILE, RouteKind.API
READ = RoutePolicy(API, cross_origin_reads=True)


@pytest.fixture(scope="module")
def app() -> Iterator[FastAPI]:
    db = Database(UNREACHABLE_URL)
    yield create_app(db)
    db.close()


def policy_at(app: FastAPI, path: str, method: str = "GET") -> RoutePolicy:
    scope: Scope = {"type": "http", "method": method, "path": path, "headers": [], "app": app}
    return policy_of(scope)


def test_a_route_without_a_policy_is_named_and_keeps_the_application_from_starting() -> None:
    inner = APIRouter(prefix="/planets")

    @inner.get("/{name}")
    def read_planet(name: str) -> str:
        return name

    @inner.post("/moons")
    @policy(API)
    def add_moon() -> None:
        return None

    outer = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    outer.include_router(inner, prefix="/v1")
    outer.mount("/stars", Starlette())
    with pytest.raises(MissingPolicyError) as failure:
        RouteTable(outer.routes)
    message = str(failure.value)
    assert "GET /v1/planets/{name}" in message
    assert "read_planet" in message
    assert "/stars" in message
    assert "moons" not in message


def test_a_marked_endpoint_is_the_endpoint_itself() -> None:
    def endpoint() -> None:
        return None

    assert policy(PAGE)(endpoint) is endpoint
    assert declared_policy(endpoint) == RoutePolicy(PAGE)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", RoutePolicy(PAGE)),
        ("/trends", RoutePolicy(PAGE)),
        ("/trends/ask", RoutePolicy(PAGE)),
        *(
            (f"/trends.{ending}", RoutePolicy(FILE, cross_origin_reads=True))
            for ending in ("svg", "png", "json", "csv", "bib", "csl")
        ),
        ("/embed/trends", RoutePolicy(RouteKind.FRAME)),
        ("/sources/a.csv", RoutePolicy(PAGE)),
        ("/developers", RoutePolicy(PAGE)),
        ("/developers/deepseek", RoutePolicy(PAGE)),
        ("/models/deepseek/deepseek-r2.5", RoutePolicy(PAGE)),
        ("/feed.atom", RoutePolicy(FILE)),
        ("/api", RoutePolicy(PAGE)),
        ("/api/v1", RoutePolicy(API)),
        ("/api/v1/", READ),
        ("/api/v1/shares", READ),
        ("/api/v1/observations.csv", READ),
        ("/api/v1/uploads/3", READ),
        ("/openapi.json", RoutePolicy(FILE, cross_origin_reads=True)),
        ("/llms.txt", RoutePolicy(FILE, cross_origin_reads=True)),
        ("/uploads/example.csv", RoutePolicy(FILE, cross_origin_reads=True)),
        ("/uploads/3/errors.csv", RoutePolicy(FILE, cross_origin_reads=True)),
        ("/uploads/3/file", RoutePolicy(PAGE)),
        ("/uploads/new", RoutePolicy(PAGE)),
        ("/metrics", RoutePolicy(RouteKind.OPERATIONS)),
        ("/static/style.css", RoutePolicy(RouteKind.ASSET)),
        ("/nowhere", RoutePolicy(PAGE)),
        ("/nowhere.csv", RoutePolicy(FILE, cross_origin_reads=True)),
        ("/embed/nowhere", RoutePolicy(RouteKind.FRAME)),
        ("/api/v1/nowhere", READ),
        ("/uploads/\n", RoutePolicy(PAGE)),
        ("", RoutePolicy(PAGE)),
    ],
)
def test_a_read_has_the_policy_of_its_route(app: FastAPI, path: str, expected: RoutePolicy) -> None:
    assert policy_at(app, path) == policy_at(app, path, "HEAD") == expected


@pytest.mark.parametrize(
    ("path", "kind", "most", "maintainers"),
    [
        ("/uploads", PAGE, FILE_MAX_BYTES, True),
        ("/api/v1/uploads", API, FILE_MAX_BYTES, True),
        ("/uploads/3/publish", PAGE, FORM_MAX_BYTES, True),
        ("/api/v1/uploads/3/withdraw", API, FORM_MAX_BYTES, True),
        ("/catalogue/developers", PAGE, FORM_MAX_BYTES, True),
        ("/api/v1/sources", API, FORM_MAX_BYTES, True),
        ("/account", PAGE, FORM_MAX_BYTES, True),
        ("/sign-in", PAGE, FORM_MAX_BYTES, False),
        ("/sign-out", PAGE, FORM_MAX_BYTES, False),
        ("/uploadsx", PAGE, FORM_MAX_BYTES, False),
        ("/uploads/3", PAGE, FORM_MAX_BYTES, False),
    ],
)
def test_a_body_has_the_limits_of_its_route(
    app: FastAPI, path: str, kind: RouteKind, most: int, maintainers: bool
) -> None:
    held = policy_at(app, path, "POST")
    assert (held.kind, held.max_body_size, held.maintainers_write) == (kind, most, maintainers)


def test_what_an_address_does_not_take_is_refused_without_asking_who_sends_it(
    client: TestClient,
) -> None:
    for path in ("/uploads/1", "/catalogue", "/api/v1/uploads/1", "/uploads"):
        answer = client.delete(path, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 405


def test_the_largest_file_fits_with_the_rest_of_its_form() -> None:
    assert FILE_MAX_BYTES == 10 * (1 << 20) + 64 * 1024


def test_no_body_may_be_sent_by_all_where_a_file_is_taken(app: FastAPI) -> None:
    """A route that takes ten megabytes takes them from maintainers only."""
    table: RouteTable = app.state.route_table
    large = [held for _, held in table.entries if held.max_body_size > FORM_MAX_BYTES]
    assert len(large) == 2
    assert all(held.maintainers_write for held in large)
