"""The Caddyfile before a running service: TLS of Caddy's own, on this machine."""

import os
import re
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from tests.faults.builders import free_port
from tests.faults.service import Service
from tests.markup import attributes, words_for_people
from tests.operations.caddy import CADDYFILE, caddy, caddy_program

MIB = 1 << 20


@dataclass(frozen=True)
class Proxied:
    """A service behind Caddy, and a client that trusts Caddy's certificate."""

    service: Service
    client: httpx2.Client
    port: int
    authority: Path

    @contextmanager
    def connected(self) -> Iterator[ssl.SSLSocket]:
        context = ssl.create_default_context(cafile=self.authority)
        with (
            closing(socket.create_connection(("127.0.0.1", self.port), timeout=60)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            yield connection


@pytest.fixture(scope="module")
def proxied(
    read_only_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    with running(read_only_database_url, tmp_path_factory.mktemp("proxied")) as running_proxy:
        yield running_proxy


@contextmanager
def running(url: str, place: Path) -> Iterator[Proxied]:
    service = Service(url, place / "log", ALLOWED_HOSTS="localhost", WEB_CONCURRENCY="1")
    try:
        upstream = urlsplit(service.address).netloc
        with caddy(place, upstream) as (port, authority):
            trusting = ssl.create_default_context(cafile=authority)
            address = f"https://localhost:{port}"
            with httpx2.Client(base_url=address, verify=trusting, timeout=60) as client:
                yield Proxied(service, client, port, authority)
    finally:
        service.stop()


def test_a_page_comes_over_tls_and_says_so(proxied: Proxied) -> None:
    answer = proxied.client.get("/")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    home = f"https://localhost:{proxied.port}/"
    assert attributes(answer.text, 'meta[property="og:url"]', "content") == [home]
    assert proxied.client.get("/api/v1/shares").json()["links"]["self"].startswith("https://")


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "/metrics/x", "//metrics", "/%6detrics", "/x/../metrics"]
)
def test_what_is_for_operators_is_not_passed_on(proxied: Proxied, path: str) -> None:
    # A client of HTTP would write some of these in another way.
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with proxied.connected() as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65536).lower()
    assert answer.split()[1] == b"404"
    assert b"x-request-id" not in answer  # it never came to the service


def test_forwarding_headers_are_caddys_own(proxied: Proxied) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    answer = proxied.client.get("/", headers=forged | {"X-Forwarded-Host": "evil.example"})
    assert answer.headers["strict-transport-security"]
    assert "evil.example" not in answer.text
    client = proxied.service.line_of(answer.headers["x-request-id"])["client"]
    assert client == "127.0.0.1"


def test_only_the_embedded_chart_may_be_framed_through_it_too(proxied: Proxied) -> None:
    def ancestors(path: str) -> str:
        policy = proxied.client.get(path).headers["content-security-policy"]
        directive = re.search(r"frame-ancestors ([^;]+)", policy)
        assert directive is not None
        return directive[1]

    assert ancestors("/embed/trends") == "*"
    assert {ancestors(path) for path in ("/", "/trends", "/nowhere", "/metrics")} == {"'none'"}


def test_headers_that_are_too_large_are_refused(proxied: Proxied) -> None:
    for name, value in (("X-Large", "a" * 65_536), ("Cookie", "a" * 30_000)):
        assert proxied.client.get("/", headers={name: value}).status_code == 431
    assert proxied.client.get("/", headers={"X-Usual": "a" * 8_000}).status_code == 200
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(10_000))
    with proxied.connected() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n")
        assert connection.recv(65536).split()[1] == b"431"


def test_headers_that_do_not_come_are_waited_for_ten_seconds(proxied: Proxied) -> None:
    with proxied.connected() as silent, proxied.connected() as begun:
        begun.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        for connection in (silent, begun):
            connection.settimeout(40)
            assert connection.recv(65536) == b""


def test_bodies_that_are_too_large_are_refused(proxied: Proxied) -> None:
    ours = {"Origin": f"https://localhost:{proxied.port}"}
    for size in (12 * MIB, 3 * MIB, 70 * 1024) * 5:
        answer = proxied.client.post("/sign-in", headers=ours, content=bytes(size))
        assert answer.status_code == 413, size
        # Beyond the proxy's own limit it may be the first to say so, without our words.
        if size < 11 * MIB:
            shown = words_for_people(answer.headers["content-type"], answer.text)
            assert "at most 64 KiB" in shown, size
    assert proxied.client.get("/readyz").status_code == 200


def test_a_name_that_is_not_ours_gets_no_answer(proxied: Proxied) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        proxied.client.get("/", headers={"Host": "evil.example"})


def test_a_pair_of_tags_is_the_same_behind_it(proxied: Proxied) -> None:
    first = proxied.client.get("/api/v1/shares")
    held = {"If-None-Match": first.headers["etag"]}
    assert proxied.client.get("/api/v1/shares", headers=held).status_code == 304


def test_the_largest_file_comes_through(
    filled_db: Database, filled_database_url: str, tmp_path: Path
) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        token = create_token(session, "ada", "test")
    line = b"2026-10,chinese,12.25," + b"n" * 400 + b"\n"
    head = b"month,origin,share_pct,note\n" + line
    # One line that is right; the rest is blank, in long lines, which are few to check.
    blank = b" " * 127 + b"\n"
    content = (head + blank * (10 * MIB // len(blank)))[: 10 * MIB]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    query = {"mode": "publish", "source": "huggingface-study-2025"}
    with running(filled_database_url, tmp_path) as own:
        sent = own.client.post("/api/v1/uploads", params=query, headers=headers, content=content)
        assert sent.status_code == 201, sent.text


def test_while_the_service_is_away_it_says_when_to_come_again(
    read_only_database_url: str, tmp_path: Path
) -> None:
    with caddy(tmp_path, f"127.0.0.1:{free_port()}") as (port, authority):
        trusting = ssl.create_default_context(cafile=authority)
        answer = httpx2.get(f"https://localhost:{port}/", verify=trusting, timeout=60)
        hidden = httpx2.get(f"https://localhost:{port}/metrics", verify=trusting, timeout=60)
        secret_headers = {"Cookie": "session=a-secret", "Authorization": "Bearer a-secret"}
        linked = f"https://localhost:{port}/sign-in?link=a-secret"
        httpx2.get(linked, verify=trusting, timeout=60, headers=secret_headers)
    log = (tmp_path / "caddy.log").read_text()
    assert '"uri":"/sign-in"' in log
    assert "a-secret" not in log
    assert re.search(r'"level":"error".*"uri":"/sign-in".*"status":502', log)
    assert answer.status_code == 502
    assert answer.headers["retry-after"] == "5"
    for header in ("content-security-policy", "x-content-type-options"):
        assert header in answer.headers
    assert (hidden.status_code, "retry-after" in hidden.headers) == (404, False)


def test_the_file_is_in_order_and_as_caddy_writes_it() -> None:
    program = caddy_program()
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {"SITE_HOST": "shares.example.org", "XDG_DATA_HOME": home, "HOME": home}
        command = [program, "validate", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written = subprocess.run(
        [program, "fmt", CADDYFILE], capture_output=True, text=True, check=True
    )
    assert written.stdout == CADDYFILE.read_text()
