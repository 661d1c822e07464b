"""How much work an address may ask for, and what it is told of it."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.database.session import Database
from app.main import create_app
from app.settings import Settings
from app.web.limits.token_bucket import RateExceededError
from app.web.middleware.rate_limit import READ_S, RateLimitMiddleware, following_turn
from app.web.route_policy import RouteKind, RoutePolicy
from app.web.route_table import SCOPE_KEY


def statuses_until_refused(client: TestClient, path: str, **headers: str) -> list[int]:
    """The statuses of an address asked again and again, up to the first 429."""
    statuses: list[int] = []
    while len(statuses) < 60 and statuses[-1:] != [429]:
        statuses.append(client.get(path, headers=headers, follow_redirects=False).status_code)
    return statuses


def test_who_asks_too_often_is_told_when_to_come_again(read_only_database_url: str) -> None:
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=4)) as client:
        first = client.get("/api/v1/origins")
        assert first.headers["ratelimit-policy"] == '"reads";q=2;w=30'
        assert first.headers["ratelimit"].startswith('"reads";r=')
        assert statuses_until_refused(client, "/api/v1/shares")[-1] == 429
        refused = client.get("/api/v1/origins")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["ratelimit-policy"] == '"reads";q=2;w=30'
        assert refused.headers["ratelimit"].startswith('"reads";r=0;t=')
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["access-control-allow-origin"] == "*"
        for path in ("/", "/methods", "/trends.png", "/nowhere"):
            assert client.get(path).status_code == 429
        assert client.options("/api/v1/origins").status_code == 204
        assert client.get("/static/style.css").status_code == 200
        assert client.get("/healthz").status_code == 200


def test_it_can_be_switched_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ratelimit" not in client.get("/api/v1/origins").headers
    monkeypatch.setenv("RATE_LIMIT", "0")
    assert Settings().rate_limit == 0
    monkeypatch.delenv("RATE_LIMIT")
    assert Settings().rate_limit == 120


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/trends", "/embed/trends", "/trends.csv", "/api/v1/shares", "/methods", "/about"),
        *("/developers/deepseek", "/models/deepseek/deepseek-r1", "/sources", "/search?q=qwen"),
        *("/nowhere", "/api/v1/nowhere", "/sign-in", "/uploads", "/openapi.json", "/feed.atom"),
    ],
)
def test_every_read_counts_whichever_it_is(read_only_database_url: str, path: str) -> None:
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=1)) as client:
        statuses = statuses_until_refused(client, path)
        assert statuses[0] in {200, 404}
        assert statuses[-1] == 429


def test_an_answer_that_the_client_holds_already_costs_a_small_share(
    read_only_database_url: str,
) -> None:
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=2)) as client:
        tag = client.get("/trends.csv").headers["etag"]
    question = "/trends.csv?by=model&openness=all&top=50"
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=2)) as client:
        whole = len(statuses_until_refused(client, question))
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=2)) as client:
        statuses = statuses_until_refused(client, "/trends.csv", **{"If-None-Match": tag})
    assert set(statuses) <= {304, 429}
    assert len(statuses) > whole


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Working:
    """An application behind the limit whose answers take so many seconds of a clock."""

    def __init__(self, per_minute: int = 120) -> None:
        self.clock = Clock()
        self.takes_s = 0.0
        self.asked = 0
        self.limited = RateLimitMiddleware(self.app, per_minute, self.clock)

    async def app(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked += 1
        self.clock.now += self.takes_s
        await send({"type": "http.response.start", "status": 200, "headers": []})
        async with following_turn(scope):
            self.clock.now += scope.get("then_takes_s", 0.0)

    async def read(self, host: str = "192.0.2.1", then_takes_s: float = 0.0) -> dict[str, str]:
        """The headers of the answer."""
        headers: dict[str, str] = {}

        async def send(message: Message) -> None:
            for name, value in message.get("headers", []):
                headers[name.decode()] = value.decode()

        scope = scope_of(host)
        scope["then_takes_s"] = then_takes_s
        await self.limited(scope, an_empty_body, send)
        return headers


def scope_of(host: str, kind: RouteKind = RouteKind.PAGE) -> Scope:
    return {
        "type": "http", "method": "GET", "path": "/", "query_string": b"",
        "client": (host, 1), SCOPE_KEY: RoutePolicy(kind),
    }  # fmt: skip


async def an_empty_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def a_farewell() -> Message:
    return {"type": "http.disconnect"}


def run(crowd: Callable[[], Coroutine[None, None, None]]) -> None:
    # The browser's tests leave a loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, crowd()).result()


def test_a_read_counts_by_its_work_and_the_header_says_so() -> None:
    async def crowd() -> None:
        working = Working()
        working.takes_s = 5.5 * READ_S
        assert (await working.read())["ratelimit"] == '"reads";r=54;t=3'
        working.takes_s = 0
        headers = [await working.read() for _ in range(20)]
        assert headers[-1]["ratelimit"] == '"reads";r=53;t=4'
        assert (await working.read("192.0.2.2"))["ratelimit"] == '"reads";r=59;t=1'

    run(crowd)


def test_dear_reads_are_refused_sooner_than_cheap_ones_and_let_in_again() -> None:
    async def crowd() -> None:
        working = Working()
        working.takes_s = 20 * READ_S
        for _ in range(4):  # three are sixty reads, of which some came back meanwhile
            await working.read()
        with pytest.raises(RateExceededError) as refused:
            await working.read()
        assert working.asked == 4
        working.clock.now += refused.value.seconds
        await working.read()

    run(crowd)


def test_what_is_computed_after_an_answer_began_counts_too() -> None:
    async def crowd() -> None:
        working = Working()
        await working.read(then_takes_s=40 * READ_S)
        spent = working.limited.accounts.account("192.0.2.1").spent
        assert 39 < spent <= 40.1
        assert working.limited.queue.present.total() == 0

    run(crowd)


def test_nothing_is_made_for_who_has_gone_while_waiting() -> None:
    async def crowd() -> None:
        working = Working()

        async def take_nothing(_: Message) -> None:
            pass

        for _ in range(20):
            await working.limited(scope_of("a"), a_farewell, take_nothing)
        await working.read("a")
        assert working.asked == 1
        assert working.limited.queue.present.total() == 0

    run(crowd)


def test_what_waits_in_line_is_refused_where_those_before_used_up_what_was_left() -> None:
    async def crowd() -> None:
        working = Working(per_minute=60)
        going_on = asyncio.Event()

        async def slow(scope: Scope, _receive: Receive, send: Send) -> None:
            await going_on.wait()
            working.clock.now += 40 * READ_S
            await send({"type": "http.response.start", "status": 200, "headers": []})

        working.limited.app = slow
        reads = [asyncio.create_task(working.read()) for _ in range(10)]
        await asyncio.sleep(0)
        going_on.set()
        outcomes = await asyncio.gather(*reads, return_exceptions=True)
        refused = [error for error in outcomes if isinstance(error, RateExceededError)]
        assert len(refused) >= 8
        assert working.limited.queue.present.total() == 0

    run(crowd)
