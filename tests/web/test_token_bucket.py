"""How many expensive reads an address has left."""

import pytest

from app.web.token_bucket import TokenBuckets


def test_the_smallest_limit_is_one_read_a_minute() -> None:
    assert TokenBuckets(1).policy == '"reads";q=1;w=60'


@pytest.mark.parametrize("per_minute", [0, -1])
def test_a_limit_below_one_read_a_minute_is_refused(per_minute: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        TokenBuckets(per_minute)
