"""How many reads an address and its network have left."""

import pytest

from app.web.limits.token_bucket import (
    BUCKETS_MAX,
    NETWORK_ADDRESSES,
    RateExceededError,
    ReadAccount,
    ReadAccounts,
    TokenBuckets,
    network_prefix,
    wide_network_prefix,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reads_until_refused(account: ReadAccount, cost: float = 1.0) -> tuple[int, int]:
    """How many reads of a cost are let in, and the seconds until the next."""
    for count in range(10_000):
        try:
            account.check()
        except RateExceededError as refused:
            return count, refused.seconds
        account.spend(cost)
    return 10_000, 0


def test_a_bucket_is_full_at_first_and_fills_evenly() -> None:
    clock = Clock()
    accounts = ReadAccounts(120, clock)
    assert reads_until_refused(accounts.account("192.0.2.1")) == (60, 1)
    assert reads_until_refused(accounts.account("192.0.2.2")) == (60, 1)
    clock.now = 10
    assert reads_until_refused(accounts.account("192.0.2.1")) == (20, 1)
    clock.now = 10_000
    assert reads_until_refused(accounts.account("192.0.2.1")) == (60, 1)
    assert TokenBuckets(120).policy == '"reads";q=60;w=30'


def test_what_costs_ten_times_as_much_is_had_a_tenth_as_often() -> None:
    accounts = ReadAccounts(120, Clock())
    assert reads_until_refused(accounts.account("192.0.2.1"), cost=10) == (6, 1)
    assert reads_until_refused(accounts.account("192.0.2.2"), cost=0.1)[0] in {600, 601}


def test_what_cost_more_than_was_left_is_waited_for() -> None:
    clock = Clock()
    account = ReadAccounts(60, clock).account("192.0.2.1")
    account.spend(70)
    with pytest.raises(RateExceededError) as refused:
        account.check()
    assert refused.value.seconds == 40
    assert refused.value.limit == '"reads";r=0;t=40'
    assert account.headers()["RateLimit"] == '"reads";r=0;t=70'
    clock.now = 40.1
    account.check()


def test_once_a_minute_is_a_limit_too() -> None:
    clock = Clock()
    account = ReadAccounts(1, clock).account("192.0.2.1")
    assert reads_until_refused(account) == (1, 1)
    account.spend(1)
    assert reads_until_refused(account) == (0, 60)


def test_an_ipv6_customer_does_not_get_a_limit_for_each_of_his_networks() -> None:
    accounts = ReadAccounts(120, Clock())
    hosts = [f"2001:db8:7:{number:x}::1" for number in range(NETWORK_ADDRESSES + 3)]
    let_in = [reads_until_refused(accounts.account(host))[0] for host in hosts]
    assert let_in == [60] * NETWORK_ADDRESSES + [0] * 3
    with pytest.raises(RateExceededError, match="your network") as refused:
        accounts.account(hosts[-1]).check()
    assert refused.value.policy == '"network";q=240;w=30'
    assert reads_until_refused(accounts.account("2001:db8:8::1"))[0] == 60


def test_the_headers_tell_of_every_limit_there_is() -> None:
    accounts = ReadAccounts(120, Clock())
    account = accounts.account("2001:db8::1")
    account.spend(1.5)
    assert account.headers() == {
        "RateLimit-Policy": '"reads";q=60;w=30, "network";q=240;w=30',
        "RateLimit": '"reads";r=58;t=1, "network";r=238;t=1',
    }
    assert accounts.account("192.0.2.1").headers() == {
        "RateLimit-Policy": '"reads";q=60;w=30',
        "RateLimit": '"reads";r=60;t=0',
    }


def test_memory_is_bounded_whoever_asks() -> None:
    buckets = TokenBuckets(120, Clock())
    for number in range(BUCKETS_MAX + 100):
        buckets.spend(str(number), 1)
    assert len(buckets.buckets) == BUCKETS_MAX


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
    assert wide_network_prefix("2001:db8::1") == wide_network_prefix("2001:db8:0:9::1")
    assert wide_network_prefix("2001:db8::1") != wide_network_prefix("2001:db8:1::1")
    assert {wide_network_prefix(host) for host in ("192.0.2.1", "::ffff:192.0.2.1", "x")} == {""}


def test_the_smallest_limit_is_one_read_a_minute() -> None:
    assert TokenBuckets(1).policy == '"reads";q=1;w=60'


@pytest.mark.parametrize("per_minute", [0, -1])
def test_a_limit_below_one_read_a_minute_is_refused(per_minute: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        TokenBuckets(per_minute)
