"""Readers while very many sign in at once, on a real server."""

from concurrent.futures import ThreadPoolExecutor

import httpx2
from sqlalchemy import func, select

from app.database.locks import Lock
from app.database.session import Database
from tests.markup import select_one, text_of

READ = ("/healthz", "/sources", "/api/v1/origins", "/methods", "/uploads")


def test_readers_are_answered_while_180_attempts_are_under_way(
    empty_server: str, ada: Database
) -> None:
    def attempt(number: int) -> httpx2.Response:
        form = {"name": f"name{number}", "password": "not the password"}
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        return httpx2.post(f"{empty_server}/sign-in", data=form, headers=headers, timeout=60)

    with (
        ThreadPoolExecutor(180) as pool,
        ada.engine.begin() as connection,
        httpx2.Client(base_url=empty_server, timeout=60) as reader,
    ):
        # Whoever holds this keeps every attempt that was let in waiting for two seconds.
        connection.execute(select(func.pg_advisory_xact_lock(Lock.SIGN_IN)))
        attempts = [pool.submit(attempt, number) for number in range(180)]
        while sum(sent.done() for sent in attempts) < 150:
            assert reader.get("/healthz").status_code == 200
        read = [reader.get(path).status_code for path in READ]
        still_waiting = sum(not sent.done() for sent in attempts)
    assert read == [200] * len(READ)
    assert still_waiting > 0
    answers = [sent.result() for sent in attempts]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) > 150
    assert {answer.status_code for answer in answers} <= {401, 503}
    assert {answer.headers["retry-after"] for answer in refused} == {"5"}
    shown = text_of(select_one(refused[0].text, "[role=alert]"))
    assert shown.startswith("Too many are signing in at this moment")
