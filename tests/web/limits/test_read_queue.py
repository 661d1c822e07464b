"""Which read is made next, and which waits."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import TooOftenError, UnavailableError
from app.web.limits import read_queue
from app.web.limits.read_queue import (
    LONG_AT_ONCE,
    OF_ONE_ADDRESS_AT_ONCE,
    OF_ONE_ADDRESS_MAX,
    PRESENT_MAX,
    SHORT_AT_ONCE,
    SPENT_MAX_S,
    ReadQueue,
    Turn,
)

DEAR_S = 5.0
CHEAP, USUAL, DEAR, NEW = "/about?", "/?", "/trends?by=model", "/trends?by=model&top=49"


def run(crowd: Callable[[], Coroutine[None, None, None]]) -> None:
    # The browser's tests leave a loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, crowd()).result()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def learned_queue() -> ReadQueue:
    """A queue that knows what some addresses cost."""
    queue = ReadQueue()
    for _ in range(9):
        queue.costs.note(CHEAP, 0.01)
        queue.costs.note(USUAL, 0.2)
    queue.costs.note(DEAR, DEAR_S)
    return queue


def asking(
    queue: ReadQueue, addresses: list[str], question: str = CHEAP
) -> list[asyncio.Task[Turn]]:
    return [asyncio.create_task(queue.take(address, question)) for address in addresses]


def many(count: int) -> list[str]:
    return [f"192.0.2.{number}" for number in range(count)]


async def give_up(queue: ReadQueue, reads: list[asyncio.Task[Turn]]) -> None:
    for read in reads:
        read.cancel()
    await asyncio.gather(*reads, return_exceptions=True)
    for turn in [*queue.running]:
        queue.end(turn)
    assert (queue.present.total(), queue.running, queue.waiting) == (0, [], [])


def begun(reads: list[asyncio.Task[Turn]]) -> list[Turn]:
    return [read.result() for read in reads if read.done() and not read.exception()]


def test_one_address_has_two_reads_made_and_its_others_wait() -> None:
    async def crowd() -> None:
        queue = learned_queue()
        same, other = asking(queue, ["a"] * 5), asking(queue, ["b"])
        await settle()
        assert (len(begun(same)), len(begun(other))) == (OF_ONE_ADDRESS_AT_ONCE, 1)
        for read in [*same, *other]:
            queue.end(await read)
        assert (queue.present.total(), queue.running, queue.waiting) == (0, [], [])

    run(crowd)


@pytest.mark.parametrize("question", [DEAR, NEW], ids=["dear", "new"])
def test_fifty_dear_or_new_questions_leave_the_places_of_short_ones_free(question: str) -> None:
    async def crowd() -> None:
        queue = learned_queue()
        dear = asking(queue, many(50), question)
        await settle()
        assert len(begun(dear)) == LONG_AT_ONCE
        short = asking(queue, [f"198.51.100.{number}" for number in range(SHORT_AT_ONCE)])
        await settle()
        assert len(begun(short)) == SHORT_AT_ONCE
        await give_up(queue, [*dear, *short])

    run(crowd)


def test_where_short_reads_wait_a_dear_one_begins_no_sooner_than_they() -> None:
    async def crowd() -> None:
        queue = learned_queue()
        short = asking(queue, many(SHORT_AT_ONCE + 1))
        await settle()
        dear = asking(queue, ["a"], DEAR)
        await settle()
        assert begun(dear) == []
        queue.end(short[0].result())
        await settle()
        assert (len(begun(short)), len(begun(dear))) == (SHORT_AT_ONCE + 1, 1)
        for turn in [*begun(short)[1:], *begun(dear)]:
            queue.end(turn)
        assert queue.present.total() == 0

    run(crowd)


def test_who_had_much_waits_with_the_dear_ones() -> None:
    async def crowd() -> None:
        queue = learned_queue()
        dear = asking(queue, ["a"], DEAR)
        await settle()
        greedy = asyncio.create_task(queue.take("b", CHEAP, SPENT_MAX_S + 0.1))
        modest = asyncio.create_task(queue.take("c", CHEAP, SPENT_MAX_S - 0.1))
        await settle()
        assert (begun([greedy]), len(begun([modest]))) == ([], 1)
        await give_up(queue, [*dear, greedy, modest])

    run(crowd)


def test_what_is_cheap_goes_before_what_is_dear_and_who_had_little_before_who_had_much() -> None:
    async def crowd() -> None:
        queue = learned_queue()
        first = asking(queue, many(SHORT_AT_ONCE))
        await settle()
        order: list[str] = []

        async def ask(name: str, question: str, spent_s: float) -> None:
            turn = await queue.take(name, question, spent_s)
            order.append(name)
            queue.end(turn)

        costs = {"usual": (USUAL, 0.0), "had much": (CHEAP, 1.5), "cheap": (CHEAP, 0.0)}
        waiting = [asyncio.create_task(ask(name, *cost)) for name, cost in costs.items()]
        await settle()
        for turn in begun(first):
            queue.end(turn)
        await asyncio.gather(*waiting)
        assert order == ["cheap", "usual", "had much"]

    run(crowd)


def test_a_read_that_takes_long_unexpectedly_leaves_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read_queue, "OVERDUE_S", 0.05)

    async def crowd() -> None:
        queue = learned_queue()
        slow, later = asking(queue, many(SHORT_AT_ONCE)), asking(queue, ["b"])
        await settle()
        assert begun(later) == []
        turn = await asyncio.wait_for(later[0], 5)
        # It has made no place for a dear one: those that take long are dear.
        dear = asking(queue, ["c"], DEAR)
        await settle()
        assert begun(dear) == []
        for each in [turn, *begun(slow)]:
            queue.end(each)
        queue.end(await asyncio.wait_for(dear[0], 5))

    run(crowd)


def test_where_every_read_takes_long_none_counts_as_dear() -> None:
    async def crowd() -> None:
        queue = ReadQueue()
        for number in range(20):
            queue.costs.note(USUAL, 2 + number % 2)
        reads = asking(queue, many(5), USUAL)
        await settle()
        assert len(begun(reads)) == SHORT_AT_ONCE
        await give_up(queue, reads)

    run(crowd)


def test_the_next_part_of_a_file_waits_with_the_dear_ones_for_as_long_as_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read_queue, "LONG_WAIT_MAX_S", 0.01)

    async def crowd() -> None:
        queue = learned_queue()
        dear = asking(queue, ["a"], DEAR)
        await settle()
        part = asyncio.create_task(queue.follow("b", 0.0))
        await asyncio.sleep(0.1)
        assert not part.done()
        queue.end(await dear[0])
        queue.end(await asyncio.wait_for(part, 5))

    run(crowd)


def test_the_line_of_one_address_has_an_end_and_so_has_the_whole_line() -> None:
    async def crowd() -> None:
        queue = learned_queue()
        reads = asking(queue, ["a"] * (OF_ONE_ADDRESS_MAX + 3))
        await settle()
        refused = [read.exception() for read in reads if read.done() and read.exception()]
        assert [type(error) for error in refused] == [TooOftenError] * 3
        others = asking(queue, [f"{number}" for number in range(PRESENT_MAX)])
        await settle()
        errors = [read.exception() for read in others if read.done() and read.exception()]
        assert [type(error) for error in errors] == [UnavailableError] * OF_ONE_ADDRESS_MAX
        await give_up(queue, [*reads, *others])

    run(crowd)


def test_who_waits_too_long_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_queue, "SHORT_WAIT_MAX_S", 0.05)

    async def crowd() -> None:
        queue = learned_queue()
        first = asking(queue, many(SHORT_AT_ONCE))
        await settle()
        with pytest.raises(UnavailableError, match="Too many are asking"):
            await queue.take("b", CHEAP)
        for turn in begun(first):
            queue.end(turn)
        queue.end(await queue.take("b", CHEAP))
        assert queue.present.total() == 0

    run(crowd)


def test_who_goes_away_while_waiting_takes_no_place() -> None:
    async def crowd() -> None:
        queue = learned_queue()
        reads = asking(queue, ["a"] * 5)
        await settle()
        reads[4].cancel()
        for read in reads[:4]:
            queue.end(await read)
        await asyncio.gather(*reads, return_exceptions=True)
        assert (queue.present.total(), queue.running, queue.waiting) == (0, [], [])

    run(crowd)
