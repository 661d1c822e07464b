"""How many expensive reads an address may ask for."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.database.session import Database
from app.domain.errors import TooOftenError
from app.main import create_app
from app.settings import Settings
from app.web.middleware.rate_limit import WAITING_MAX, RateLimitMiddleware
from app.web.route_policy import RouteKind, RoutePolicy
from app.web.route_table import SCOPE_KEY
from app.web.token_bucket import ADDRESSES_MAX, RateExceededError, TokenBuckets, network_prefix


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def refused_after(buckets: TokenBuckets, address: str) -> tuple[int, int]:
    count = 0
    try:
        while count < 10_000:
            buckets.take(address)
            count += 1
    except RateExceededError as refused:
        return count, refused.seconds
    return count, 0


def test_a_bucket_is_full_at_first_and_fills_evenly() -> None:
    clock = Clock()
    buckets = TokenBuckets(120, clock)
    assert refused_after(buckets, "a") == (60, 1)
    assert refused_after(buckets, "b") == (60, 1)
    clock.now = 10
    assert refused_after(buckets, "a") == (20, 1)
    clock.now = 10_000
    assert refused_after(buckets, "a") == (60, 1)
    assert TokenBuckets(120).policy == '"reads";q=60;w=30'


def test_once_a_minute_is_a_limit_too() -> None:
    assert refused_after(TokenBuckets(1, Clock()), "a") == (1, 60)


def test_memory_is_bounded_whoever_asks() -> None:
    buckets = TokenBuckets(120, Clock())
    for number in range(ADDRESSES_MAX + 100):
        buckets.take(str(number))
    assert len(buckets.found) == ADDRESSES_MAX


def test_a_subscriber_of_ipv6_is_one_address() -> None:
    assert (
        network_prefix("2001:db8::1")
        == network_prefix("2001:db8::ffff")
        != network_prefix("2001:db8:1::1")
    )
    assert (
        network_prefix("::ffff:192.0.2.1")
        == network_prefix("192.0.2.1")
        != network_prefix("192.0.2.2")
    )


def test_who_asks_too_often_is_told_when_to_come_again(read_only_database_url: str) -> None:
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=4)) as client:
        answers = [client.get("/api/v1/origins") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"reads";q=2;w=30'
        assert answers[0].headers["ratelimit"] == '"reads";r=1;t=15'
        refused = answers[2]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["ratelimit-policy"] == '"reads";q=2;w=30'
        assert refused.headers["ratelimit"].startswith('"reads";r=0;t=')
        assert 1 <= int(refused.headers["retry-after"]) <= 15
        assert refused.headers["access-control-allow-origin"] == "*"
        assert client.get("/trends.png").status_code == 429
        assert client.get("/methods").status_code == 200
        assert client.options("/api/v1/origins").status_code == 204


def test_it_can_be_switched_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ratelimit" not in client.get("/api/v1/origins").headers
    monkeypatch.setenv("RATE_LIMIT", "0")
    assert Settings().rate_limit == 0
    monkeypatch.delenv("RATE_LIMIT")
    assert Settings().rate_limit == 120


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/trends", "/embed/trends", "/trends.csv", "/api/v1/shares"),
        *("/developers/deepseek", "/models/deepseek/deepseek-r1"),
    ],
)
def test_what_is_computed_from_figures_is_counted(read_only_database_url: str, path: str) -> None:
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=2)) as client:
        assert [client.get(path).status_code for _ in range(2)] == [200, 429]


def waiting_app() -> tuple[RateLimitMiddleware, list[str], asyncio.Event, asyncio.Event]:
    """An application behind the limit that begins and ends its answers when it is told to."""
    begun: list[str] = []
    going_on, ended = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        begun.append(scope["client"][0])
        await going_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await ended.wait()

    return RateLimitMiddleware(app, 120), begun, going_on, ended


async def take_nothing(_: Message) -> None:
    pass


async def an_empty_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def a_farewell() -> Message:
    return {"type": "http.disconnect"}


def reading(
    limited: RateLimitMiddleware,
    address: str,
    kind: RouteKind = RouteKind.PAGE,
    receive: Receive = an_empty_body,
) -> asyncio.Task[None]:
    scope = {"type": "http", "method": "GET", "client": (address, 1), SCOPE_KEY: RoutePolicy(kind)}
    return asyncio.create_task(limited(scope, receive, take_nothing))


def run(crowd: Callable[[], Coroutine[None, None, None]]) -> None:
    # The browser's tests leave a loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, crowd()).result()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_one_address_has_two_reads_made_at_once_and_the_others_wait() -> None:
    async def crowd() -> None:
        limited, begun, going_on, ended = waiting_app()
        reads = [reading(limited, "192.0.2.1") for _ in range(5)]
        reads += [
            reading(limited, "192.0.2.2"),
            reading(limited, "192.0.2.1", RouteKind.OPERATIONS),
        ]
        await settle()
        assert sorted(begun) == ["192.0.2.1"] * 3 + ["192.0.2.2"]
        reads[4].cancel()  # it went away while it waited
        going_on.set()
        await settle()
        # Their answers have begun; that nobody takes the rest holds up nobody.
        assert len(begun) == 6
        ended.set()
        await asyncio.gather(*reads, return_exceptions=True)
        assert limited.turns.found == {}

    run(crowd)


def test_nothing_is_made_for_who_has_gone_while_waiting() -> None:
    async def crowd() -> None:
        limited, begun, going_on, ended = waiting_app()
        going_on.set()
        ended.set()
        await asyncio.gather(*[reading(limited, "a", receive=a_farewell) for _ in range(20)])
        await reading(limited, "a")
        assert begun == ["a"]
        assert limited.turns.found == {}

    run(crowd)


def test_the_line_of_one_address_has_an_end() -> None:
    async def crowd() -> None:
        limited, begun, going_on, ended = waiting_app()
        reads = [reading(limited, "a") for _ in range(WAITING_MAX + 3)]
        await settle()
        refused = [read for read in reads if read.done()]
        assert {type(read.exception()) for read in refused} == {TooOftenError}
        assert len(refused) == 3
        going_on.set()
        ended.set()
        await asyncio.gather(*reads, return_exceptions=True)
        assert (len(begun), limited.turns.found) == (WAITING_MAX, {})

    run(crowd)
