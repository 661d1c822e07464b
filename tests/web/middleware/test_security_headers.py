"""What stands on every kind of answer: pages, files, errors, 304, faults."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.auth.accounts import add_maintainer
from app.auth.sessions import create_link
from app.database.session import Database
from app.main import create_app
from app.settings import Settings
from tests.markup import select_one, text_of

ALWAYS = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "x-request-id",
)
KINDS = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/trends.svg", 200),
    ("GET", "/trends.csv", 200),
    ("GET", "/embed/trends", 200),
    ("GET", "/api/v1/shares", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/static/style.css", 200),
    ("GET", "/healthz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/account", 303),
    ("GET", "/trends?by=nonsense", 400),
    ("POST", "/api/v1/uploads", 401),
    ("GET", "/nowhere", 404),
    ("GET", "/static/nowhere", 404),
    ("GET", "/api/v1/nowhere", 404),
    ("POST", "/api/v1/shares", 405),
    ("OPTIONS", "/", 204),
    ("GET", "/api/v1/uploads/none", 404),
]


@pytest.fixture(scope="module")
def https(read_only_database_url: str) -> Iterator[TestClient]:
    app = create_app(Database(read_only_database_url))
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize(("method", "path", "status"), KINDS)
def test_every_answer_carries_every_header(
    client: TestClient, https: TestClient, method: str, path: str, status: int
) -> None:
    plain, public = client.request(method, path), https.request(method, path)
    assert (plain.status_code, public.status_code) == (status, status)
    for answer in (plain, public):
        assert [name for name in ALWAYS if name not in answer.headers] == []
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in plain.headers
    assert public.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": f"{300 << 20}"},
        {"Content-Encoding": "gzip"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_refusal_before_the_body_is_read_carries_them_too(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.post("/uploads", headers=headers, content=b"")
    assert answer.status_code in {403, 413, 415}
    assert [name for name in ALWAYS if name not in answer.headers] == []


def test_a_304_carries_them(client: TestClient) -> None:
    tag = client.get("/static/style.css").headers["etag"]
    answer = client.get("/static/style.css", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert [name for name in ALWAYS if name not in answer.headers] == []


def test_a_fault_of_ours_carries_them(own_client: TestClient, filled_db: Database) -> None:
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE event CASCADE")
    client = TestClient(own_client.app, raise_server_exceptions=False)
    for path in ("/", "/api/v1/uploads/1"):
        answer = client.get(path)
        if path == "/":
            assert answer.status_code == 500
        assert [name for name in ALWAYS if name not in answer.headers] == []


def test_only_the_embedded_chart_may_be_framed(client: TestClient) -> None:
    def ancestors(path: str) -> str:
        policy = client.get(path).headers["content-security-policy"]
        directive = re.search(r"frame-ancestors ([^;]+)", policy)
        assert directive is not None
        return directive[1]

    assert ancestors("/embed/trends") != "'none'"
    assert {ancestors(path) for path in ("/", "/trends", "/nowhere", "/sign-in")} == {"'none'"}


# --- names


@pytest.fixture
def named(read_only_database_url: str) -> Iterator[TestClient]:
    hosts = Settings(allowed_hosts="shares.example.org, Other.example").hosts
    app = create_app(Database(read_only_database_url), hosts)
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("host", ["shares.example.org", "shares.example.org:443", "OTHER.example"])
def test_our_own_names_are_answered_for(named: TestClient, host: str) -> None:
    assert named.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "shares.example.org.evil.example", "", "[::1]:80"]
)
def test_no_other_name_is(named: TestClient, host: str) -> None:
    page = named.get("/", headers={"Host": host})
    problem = named.get("/api/v1/shares", headers={"Host": host})
    assert (page.status_code, problem.status_code) == (400, 400)
    assert "does not answer for that name" in text_of(select_one(page.text, "main"))
    assert "evil" not in page.text
    assert problem.headers["content-type"] == "application/problem+json"


def test_operators_ask_by_address(named: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert named.get(path, headers={"Host": "127.0.0.1:8000"}).status_code == 200


# --- the cookie


def test_over_https_the_cookie_is_the_hosts_own(
    filled_database_url: str, filled_db: Database
) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        link = create_link(session, "ada").partition("=")[2]
    app = create_app(Database(filled_database_url))
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        ours = {"Origin": "https://testserver"}
        answer = client.post("/sign-in", headers=ours, data={"link": link})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)
