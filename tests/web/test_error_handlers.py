"""What a user reads when something cannot be done, and the headers on every answer."""

import re
import socket
import time
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.database.schema_version import schema_revisions
from app.database.session import Database
from app.domain.errors import (
    BadFileError,
    BadInputError,
    BadQuestionError,
    ConflictError,
    NoFiguresError,
    NoRoomError,
    NotFoundError,
    NotSignedInError,
    TooOftenError,
    UnavailableError,
    UserError,
    WrongPasswordError,
)
from app.main import create_app
from app.paths import PROJECT
from app.web.limits.token_bucket import RateExceededError
from tests.api.builders import bearer
from tests.builders import UNREACHABLE_URL
from tests.markup import attributes, select_one, text_of, words_for_people
from tests.programs import modelshare

MIGRATIONS = PROJECT / "migrations" / "versions"


@pytest.fixture
def lost_client() -> TestClient:
    """The application on a database that is not there."""
    return TestClient(create_app(Database(UNREACHABLE_URL)), raise_server_exceptions=False)


@pytest.mark.parametrize(
    "address", ["/", "/trends", "/nope", "/trends?by=x", "/static/style.css", "/api/v1/shares"]
)
def test_every_answer_carries_the_strict_policy(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_a_static_file_with_its_version_is_kept_for_good(client: TestClient) -> None:
    (own,) = attributes(client.get("/").text, 'link[rel="stylesheet"]', "href")
    assert re.fullmatch(r"/static/style[.]css[?]v=[0-9a-f]{12}", own)
    kept = [
        client.get(address).headers["cache-control"]
        for address in (own, "/static/style.css", "/static/style.css?v=1", f"{own}&x")
    ]
    assert kept == ["public, max-age=31536000, immutable", *["no-cache"] * 3]


def test_a_static_file_is_one_whole_however_it_is_compressed(client: TestClient) -> None:
    range_headers = {
        "Range": "bytes=100-",
        "If-Range": client.get("/static/style.css").headers["etag"],
    }
    for coding in ("br", "gzip", "identity"):
        answer = client.get(
            "/static/style.css", headers=range_headers | {"Accept-Encoding": coding}
        )
        assert (answer.status_code, "Accept-Encoding" in answer.headers["vary"]) == (200, True)
        assert answer.headers["etag"].startswith("W/")
        again = client.get("/static/style.css", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, "Accept-Encoding" in again.headers["vary"]) == (304, True)


@pytest.mark.parametrize("file", ["style.css", "scripts/share-chart.js", "favicon.svg"])
def test_a_range_of_a_static_file_is_answered_with_the_whole_of_it(
    client: TestClient, file: str
) -> None:
    whole = client.get(f"/static/{file}")
    answer = client.get(f"/static/{file}", headers={"Range": "bytes=100-"})
    assert (answer.status_code, answer.headers["accept-ranges"]) == (200, "none")
    assert answer.content == whole.content


def test_people_get_a_page_and_programs_a_problem(client: TestClient) -> None:
    page, problem = client.get("/nope"), client.get("/api/v1/nope")
    assert (page.status_code, problem.status_code) == (404, 404)
    assert page.headers["content-type"].startswith("text/html")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["title"] == "There is nothing at this address"


def test_a_wrong_method_is_told_the_right_one(client: TestClient) -> None:
    response = client.post("/api/v1/shares")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", ["/", "/api/v1/shares.csv", "/static/style.css", "/nope"])
def test_head_is_get_without_the_body(client: TestClient, address: str) -> None:
    head, get = client.head(address), client.get(address)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]


def test_without_a_database_the_process_lives_but_is_not_ready(lost_client: TestClient) -> None:
    assert lost_client.get("/healthz").status_code == 200
    readiness = lost_client.get("/readyz")
    assert readiness.status_code == 503
    assert readiness.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/", "/trends", "/api/v1/shares"])
def test_without_a_database_readers_are_asked_to_come_back(
    lost_client: TestClient, address: str
) -> None:
    response = lost_client.get(address)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    shown = words_for_people(response.headers["content-type"], response.text)
    assert "The database cannot be reached" in shown
    assert "Traceback" not in response.text


def test_it_is_ready_when_database_and_schema_are(client: TestClient) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}


def test_an_unmigrated_database_is_not_ready(blank_database_url: str) -> None:
    with TestClient(create_app(Database(blank_database_url))) as client:
        response = client.get("/readyz")
    assert response.status_code == 503
    assert "not migrated" in words_for_people(response.headers["content-type"], response.text)


def test_the_schema_of_a_later_release_is_served_and_left_alone(
    filled_db: Database, filled_database_url: str, own_client: TestClient
) -> None:
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert own_client.get("/readyz").json() == {"status": "ok"}
    assert own_client.get("/").status_code == 200
    done = modelshare(filled_database_url, "migrate")
    assert (done.returncode, "newer than this release's" in done.stderr) == (0, True), done.stderr
    assert schema_revisions(filled_db)[0] == "9999"


def test_revisions_are_numbered_so_that_later_ones_are_known() -> None:
    numbers = [path.name.partition("_")[0] for path in MIGRATIONS.glob("*.py")]
    assert sorted(numbers) == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_a_fault_of_ours_shows_no_trace(
    filled_db: Database, own_client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE event CASCADE")
    assert isinstance(own_client.app, FastAPI)
    own_client.app.debug = False
    client = TestClient(own_client.app, raise_server_exceptions=False)
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in text_of(select_one(response.text, "main"))
    assert "event" not in response.text.replace("events", "")
    assert "unexpected failure" in caplog.text


def test_a_failed_connection_is_logged_with_why(
    lost_client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    lost_client.get("/")
    assert "No such file or directory" in caplog.text


@pytest.mark.parametrize(
    ("error", "problem_type"),
    [
        (UserError, "Refused"),
        (BadQuestionError, "BadQuestion"),
        (NotFoundError, "NotFound"),
        (NoFiguresError, "NoFigures"),
        (ConflictError, "Conflict"),
        (BadFileError, "BadFile"),
        (UnavailableError, "Unavailable"),
        (NoRoomError, "NoRoom"),
        (BadInputError, "BadInput"),
        (NotSignedInError, "NotSignedIn"),
        (WrongPasswordError, "WrongPassword"),
        (TooOftenError, "TooOften"),
        (RateExceededError, "RateExceeded"),
    ],
)
def test_the_kind_of_a_problem_that_programs_depend_on_stays(
    error: type[UserError], problem_type: str
) -> None:
    assert error.problem_type == problem_type


def test_every_kind_of_error_has_a_problem_type_of_its_own() -> None:
    kinds = [UserError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert len({kind.problem_type for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("kind", ["text/csv", "multipart/form-data; boundary=x"])
def test_who_hangs_up_in_the_middle_of_an_upload_is_no_fault_of_ours(
    own_server: str, filled_db: Database, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    place = urlsplit(own_server)
    assert place.hostname
    token = bearer(filled_db)["Authorization"]
    head = f"POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
    with socket.create_connection((place.hostname, place.port or 0), timeout=60) as connection:
        head += f"Content-Type: {kind}\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(f"{head}month,".encode())
        time.sleep(0.3)  # until it waits for the rest
    counted = 'modelshare_answers_total{method="POST",route="/api/v1/uploads",status="400"} '
    deadline = time.monotonic() + 60
    while counted not in httpx2.get(f"{own_server}/metrics", timeout=60).text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
