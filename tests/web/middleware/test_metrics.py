"""Behind a proxy: who is believed, what is logged of a request, and what is counted."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from app.paths import PROJECT
from tests.command_server import run_command
from tests.faults.service import Service

# --- who is believed, on real connections from two addresses of this machine


@pytest.fixture(scope="module")
def behind_proxy(
    read_only_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("proxied") / "log"
    running = Service(
        read_only_database_url, log, FORWARDED_ALLOW_IPS="127.0.0.8", WEB_CONCURRENCY="1"
    )
    yield running
    running.stop()


FORWARDED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}


def get_from(
    address: str, path: str, source: str, headers: dict[str, str]
) -> http.client.HTTPResponse:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(
        place.hostname or "", place.port, timeout=30, source_address=(source, 0)
    )
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def client_in_log(running: Service, answer: http.client.HTTPResponse) -> str:
    client: str = running.line_of(answer.headers["x-request-id"])["client"]
    return client


def test_the_named_proxy_is_believed(behind_proxy: Service) -> None:
    answer = get_from(behind_proxy.address, "/", "127.0.0.8", FORWARDED)
    assert answer.headers["strict-transport-security"]
    assert client_in_log(behind_proxy, answer) == "192.0.2.7"


def test_nobody_else_is(behind_proxy: Service) -> None:
    answer = get_from(behind_proxy.address, "/", "127.0.0.1", FORWARDED)
    assert answer.headers["strict-transport-security"] is None
    assert client_in_log(behind_proxy, answer) == "127.0.0.1"


def test_of_a_chain_the_address_before_the_proxy_counts(behind_proxy: Service) -> None:
    forged = FORWARDED | {"X-Forwarded-For": "203.0.113.1, 192.0.2.7"}
    answer = get_from(behind_proxy.address, "/", "127.0.0.8", forged)
    assert client_in_log(behind_proxy, answer) == "192.0.2.7"


def test_the_metrics_are_not_for_those_who_come_through_the_proxy(behind_proxy: Service) -> None:
    assert get_from(behind_proxy.address, "/metrics", "127.0.0.8", FORWARDED).status == 404
    assert get_from(behind_proxy.address, "/metrics", "127.0.0.8", {}).status == 200


@pytest.mark.parametrize("listed", ["*", "proxy", "10.0.0.0/99", ""])
def test_to_believe_everybody_is_no_setting(listed: str) -> None:
    env = os.environ | {"FORWARDED_ALLOW_IPS": listed or "127.0.0.1,", "PORT": "0"}
    done = run_command(["serve"], env, b"")
    assert done.returncode == 1
    assert "FORWARDED_ALLOW_IPS is not usable" in done.stderr


# --- logs and counts


def test_a_request_is_a_line_of_json_without_its_query(behind_proxy: Service) -> None:
    answer = get_from(behind_proxy.address, "/sign-in?link=a-secret", "127.0.0.1", {})
    line = behind_proxy.line_of(answer.headers["x-request-id"])
    assert {"time", "pid", "method", "path", "route", "status", "bytes", "ms"} <= set(line)
    assert (line["path"], line["route"], line["status"]) == ("/sign-in", "/sign-in", 404)
    assert "a-secret" not in behind_proxy.log.read_text()


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_fault_in_the_log_quotes_no_value(form: str) -> None:
    program = f"""
import logging
from app import logs
logs.install_logging("{form}")
try:
    try:
        int("a cell's value")
    except ValueError as error:
        raise RuntimeError("another cell's value") from error
except RuntimeError:
    logging.getLogger("app").exception("unexpected failure\\nof a cell")
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    assert "RuntimeError because of ValueError" in done.stderr
    assert "unexpected failure" in done.stderr
    assert "cell" not in done.stderr
    if form == "json":
        assert json.loads(done.stderr)["message"] == "unexpected failure"


def test_answers_are_counted_by_route_and_never_by_address(client: TestClient) -> None:
    for number in range(3):
        client.get(f"/nowhere-{number}")
        client.get(f"/developers/none-{number}")
    counted = client.get("/metrics").text
    assert 'modelshare_answers_total{method="GET",route="none",status="404"}' in counted
    assert 'route="/developers/{' in counted
    assert "none-1" not in counted
    assert "nowhere" not in counted


def test_a_proxy_that_is_not_believed_is_told_of_once(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        client.get("/healthz", headers=FORWARDED)
    assert caplog.text.count("X-Forwarded-For from testclient is not believed") == 1


def test_the_named_proxy_and_direct_readers_raise_no_alarm(behind_proxy: Service) -> None:
    get_from(behind_proxy.address, "/", "127.0.0.8", FORWARDED)
    get_from(behind_proxy.address, "/", "127.0.0.1", {})
    messages = [
        line["message"] for line in behind_proxy.lines() if line["logger"] == "app.requests"
    ]
    believed = [words for words in messages if "127.0.0.8 is not believed" in words]
    assert believed == []


def test_pages_and_the_api_are_counted_apart(client: TestClient) -> None:
    for path in ("/sources", "/api/v1/sources"):
        client.get(path)
        assert (
            f'modelshare_answers_total{{method="GET",route="{path}"' in client.get("/metrics").text
        )


def test_a_head_is_counted_under_the_route_that_answered_it(client: TestClient) -> None:
    for path, route in (
        ("/sources", "/sources"),
        ("/developers/deepseek", "/developers/{slug:path}"),
        ("/api/v1/sources", "/api/v1/sources"),
    ):
        assert client.head(path).status_code == 200
        counted = client.get("/metrics").text
        assert f'modelshare_answers_total{{method="HEAD",route="{route}",status="200"}}' in counted
        assert 'method="HEAD",route="none",status="200"' not in counted
