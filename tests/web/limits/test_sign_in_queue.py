"""Sign-ins at once: a handful wait in threads of their own, the others are asked to come again."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import TooOftenError, UnavailableError, UserError
from app.web.limits.sign_in_queue import (
    ATTEMPTS_AT_ONCE,
    ATTEMPTS_MAX,
    OF_ONE_NETWORK_MAX,
    SignInQueue,
)


def run(crowd: Callable[[], Coroutine[None, None, None]]) -> None:
    # The browser's tests leave a loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, crowd()).result()


def test_beyond_a_handful_an_attempt_is_refused_before_it_begins() -> None:
    begun: list[str] = []
    going_on = threading.Event()

    def attempt() -> str:
        begun.append(threading.current_thread().name)
        going_on.wait(10)
        return "in"

    async def crowd() -> None:
        queue = SignInQueue()
        attempts = [
            asyncio.create_task(queue.run(f"192.0.2.{number}", attempt)) for number in range(180)
        ]
        outcomes = asyncio.gather(*attempts, return_exceptions=True)
        await asyncio.sleep(0.1)
        refused = [task.exception() for task in attempts if task.done()]
        assert len(refused) == 180 - ATTEMPTS_MAX
        assert {type(error) for error in refused} == {UnavailableError}
        assert len(begun) == ATTEMPTS_AT_ONCE
        going_on.set()
        assert [outcome for outcome in await outcomes if outcome == "in"] == ["in"] * ATTEMPTS_MAX
        assert all(name.startswith("sign-in") for name in begun)
        assert await queue.run("192.0.2.1", lambda: "in") == "in"
        await asyncio.sleep(0)
        assert not queue.present

    run(crowd)


def test_one_network_does_not_take_every_place() -> None:
    going_on = threading.Event()

    async def crowd() -> None:
        queue = SignInQueue()
        same = [f"2001:db8::{number}" for number in range(ATTEMPTS_MAX)]
        attempts = [asyncio.create_task(queue.run(address, going_on.wait)) for address in same]
        await asyncio.sleep(0.05)
        refused = [task.exception() for task in attempts if task.done()]
        assert len(refused) == ATTEMPTS_MAX - OF_ONE_NETWORK_MAX
        assert {type(error) for error in refused} == {TooOftenError}
        other = asyncio.create_task(queue.run("2001:db8:0:1::1", going_on.wait))
        going_on.set()
        assert await other
        await asyncio.gather(*attempts, return_exceptions=True)

    run(crowd)


def test_an_attempt_that_fails_gives_its_place_back() -> None:
    def fail() -> None:
        raise UserError("no")

    async def crowd() -> None:
        queue = SignInQueue()
        for _ in range(ATTEMPTS_MAX + 1):
            with pytest.raises(UserError, match="no"):
                await queue.run("192.0.2.1", fail)
            await asyncio.sleep(0)
        assert not queue.present

    run(crowd)
