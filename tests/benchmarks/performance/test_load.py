"""The load counts whole answers of the status it asks for, and takes no other."""

import pytest

from tests.benchmarks.performance.bare import StoredBytes, fetch_bytes, run_bare_server
from tests.benchmarks.performance.load import Load, Question

BODY = b"x" * 100_000
ANSWER = StoredBytes(200, ((b"content-length", b"%d" % len(BODY)),), BODY)
NOT_MODIFIED = StoredBytes(304, ((b"etag", b'"a"'),), b"")
PAGE, HELD = Question("/page"), Question("/held", status=304)


def test_whole_answers_are_counted_and_another_status_ends_the_run() -> None:
    with run_bare_server(ANSWER, NOT_MODIFIED, paths=("/page", "/held")) as bare, Load() as load:
        assert fetch_bytes(bare.address, PAGE) == ANSWER
        for question in (PAGE, HELD):
            sample = load.measure(bare.asked(question), 0.1)
            assert sample.answers >= 16
            assert sample.seconds >= 0.1
            assert 0 <= sample.cpu < 4 * sample.seconds
        with pytest.raises(ConnectionError, match=r"HTTP/1\.1 304"):
            load.measure(bare.asked(Question("/held")), 0.1)
