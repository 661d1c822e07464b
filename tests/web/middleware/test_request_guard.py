"""Who may write: our own pages and programs with a token, never another site."""

import re

import pytest
from fastapi.testclient import TestClient

from app.auth.accounts import add_maintainer, create_token
from app.auth.sessions import create_link, sign_in_by_link
from app.database.session import Database
from app.main import create_app
from tests.builders import UNREACHABLE_URL
from tests.markup import words_for_people


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer oms_x"},
        {"Cookie": "session=x"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/uploads", "/api/v1/uploads", "/no"])
def test_another_site_may_not_write_here(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, headers=headers)
    assert answer.status_code == 403
    shown = words_for_people(answer.headers["content-type"], answer.text)
    assert "does not come from a page of this site" in shown
    is_api = path.startswith("/api/")
    assert answer.headers["content-type"].startswith("application/problem" if is_api else "text/h")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Cookie": "session=x"},
    ],
)
def test_our_own_pages_may(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/uploads", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fuploads%2Freceived",
    )


def test_a_program_without_a_token_is_told_how_to_come_by_one(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer oms_nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = client.post("/api/v1/uploads", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "modelshare token create" in answer.json()["detail"]


@pytest.fixture
def ada(db: Database) -> Database:
    with db.writing() as session:
        add_maintainer(session, "ada")
    return db


def test_a_cookie_does_not_open_the_api_nor_a_token_the_pages(
    ada: Database, empty_client: TestClient
) -> None:
    with ada.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
        token = create_token(session, "ada", "ci")
    secret = sign_in_by_link(ada, link)
    ours = {"Origin": "http://testserver"}
    cookie = empty_client.post("/api/v1/uploads", headers=ours | {"Cookie": f"session={secret}"})
    bearer = empty_client.post("/account", headers=ours | {"Authorization": f"Bearer {token}"})
    assert (cookie.status_code, bearer.status_code) == (401, 303)


def test_the_way_back_after_a_form_is_the_page_it_stood_on(client: TestClient) -> None:
    def sent_to(referer: str) -> str:
        headers = {"Origin": "http://testserver", "Referer": referer}
        return client.post("/uploads/3/publish", headers=headers).headers["location"]

    assert sent_to("http://testserver/uploads/3?x=1") == "/sign-in?next=%2Fuploads%2F3%3Fx%3D1"
    for stranger in ("http://evil.example/x", "http://[", "", "nonsense"):
        assert sent_to(stranger) == "/sign-in?next=%2Fuploads%2Freceived"


def test_without_a_database_an_upload_is_asked_to_come_back() -> None:
    lost = TestClient(create_app(Database(UNREACHABLE_URL)), follow_redirects=False)
    answer = lost.post("/api/v1/uploads", headers={"Authorization": "Bearer oms_x"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert lost.post("/uploads").status_code == 303  # nobody to be looked up
    assert lost.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/trends", "/trends.svg", "/trends.csv", "/embed/trends", "/sources", "/developers"),
        *("/methods", "/about"),
        *("/docs", "/api", "/api/v1/shares", "/api/v1/sources", "/openapi.json"),
        *(
            "/uploads",
            "/uploads/3",
            "/uploads/3/file",
            "/feed.atom",
            "/models/deepseek/deepseek-r2.5",
        ),
        *("/healthz", "/static/style.css", "/nowhere"),
    ],
)
def test_public_answers_look_at_no_cookie(client: TestClient, path: str) -> None:
    plain = client.get(path)
    with_cookie = client.get(path, headers={"Cookie": "session=x; __Host-session=y"})
    assert "set-cookie" not in with_cookie.headers
    assert "cookie" not in with_cookie.headers.get("vary", "").lower()
    assert re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "", plain.text) == re.sub(
        r"\d{4}-\d\d-\d\dT[\d:.]+", "", with_cookie.text
    )
