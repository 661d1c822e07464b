"""Programs of a real server that begin at the same moment."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx2
import pytest
from sqlalchemy import func, select

from app.database.session import Database
from app.database.tables import Upload
from app.domain.errors import ConflictError
from app.ingest.withdraw import discard_upload
from tests.api.builders import ADDRESS, CHOSEN, CSV, SOURCE_BODY, bearer
from tests.builders import month_file, publish_stored, store_file, stored_share


@pytest.fixture
def together(filled_db: Database, own_server: str) -> Iterator["Together"]:
    with httpx2.Client(base_url=own_server, headers=bearer(filled_db), timeout=60) as client:
        yield Together(client)


class Together:
    """Clients of a real server that begin at the same moment."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def publish(self, content: bytes, **parameters: str) -> httpx2.Response:
        chosen = CHOSEN | {"mode": "publish"} | parameters
        return self.client.post(ADDRESS, content=content, params=chosen, headers=CSV)

    def act(self, upload_id: int, what: str, version: str) -> httpx2.Response:
        body = {"version": version, "reason": "at once"}
        return self.client.post(f"{ADDRESS}/{upload_id}/{what}", json=body)

    def version(self, upload_id: int) -> str:
        version: str = self.client.get(f"{ADDRESS}/{upload_id}").json()["version"]
        return version

    def run(self, calls: Sequence[Callable[[], httpx2.Response]]) -> list[httpx2.Response]:
        begin = threading.Barrier(len(calls))

        def call(send: Callable[[], httpx2.Response]) -> httpx2.Response:
            begin.wait()
            return send()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(call, calls))


def upload_count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count(Upload.id))) or 0


def test_of_eight_clients_with_the_same_file_one_stores_it_and_the_others_are_told(
    together: Together, filled_db: Database
) -> None:
    before = upload_count(filled_db)
    content = b"month,origin,openness,developer,share_pct\n2026-01,us,open,Newcomer,30\n"
    answers = together.run([lambda: together.publish(content)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.json()["already"] for answer in answers].count(False) == 1
    assert upload_count(filled_db) == before + 1


def test_of_different_revisions_at_once_exactly_one_is_current(
    together: Together, filled_db: Database
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("1")))
    answers = together.run(
        [partial(together.publish, month_file(f"{10 + n}"), reason="a recount") for n in range(8)]
    )
    assert {answer.status_code for answer in answers} == {201}
    records = [together.client.get(answer.json()["links"]["self"]).json() for answer in answers]
    (current,) = [record for record in records if record["months"][0]["current"]]
    assert current["published_at"] == max(record["published_at"] for record in records)
    assert stored_share(filled_db) == f"{current['months'][0]['share_pct']:g}"


def test_of_reviewed_revisions_at_once_one_is_published_and_the_others_must_look_again(
    together: Together, filled_db: Database
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("1")))
    ids = [store_file(filled_db, month_file(f"{10 + n}")) for n in range(6)]
    versions = [together.version(upload_id) for upload_id in ids]
    answers = together.run(
        [
            partial(together.act, upload_id, "publish", version)
            for upload_id, version in zip(ids, versions, strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5


def test_different_files_that_bring_the_same_new_name_are_all_published(
    together: Together,
) -> None:
    header = "month,origin,openness,developer,share_pct\n"
    files = [f"{header}2026-{month:02},us,open,Newcomer,3\n".encode() for month in range(1, 9)]
    answers = together.run([partial(together.publish, content) for content in files])
    assert [answer.status_code for answer in answers] == [201] * 8, [a.text for a in answers]


def test_of_clients_that_add_the_same_source_one_does_and_the_others_are_told(
    together: Together,
) -> None:
    answers = together.run([lambda: together.client.post("/api/v1/sources", json=SOURCE_BODY)] * 6)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


def test_discarding_while_others_publish_does_one_or_the_other(
    together: Together, filled_db: Database
) -> None:
    for number in range(5):
        upload_id = store_file(filled_db, month_file(f"{50 + number}"))
        version = together.version(upload_id)
        begin = threading.Barrier(2)

        def discard(number: int, version: str, begin: threading.Barrier) -> bool:
            begin.wait()
            try:
                with filled_db.writing() as session:
                    discard_upload(session, number, by="ada", expected=version)
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(1) as pool:
            discarded = pool.submit(discard, upload_id, version, begin)
            begin.wait()
            answer = together.act(upload_id, "publish", version)
            assert (answer.status_code == 200) is not discarded.result()
            assert answer.status_code in {200, 409}


def test_withdrawing_while_others_publish_leaves_each_answer_whole(
    together: Together, filled_db: Database
) -> None:
    for _ in range(5):
        first = together.publish(month_file("30"), reason="again").json()
        answers = together.run(
            [
                partial(together.act, first["id"], "withdraw", first["version"]),
                lambda: together.publish(month_file("31"), reason="a recount"),
                partial(together.act, first["id"], "withdraw", first["version"]),
            ]
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 409}
        assert stored_share(filled_db) == "31"
        withdrawn = [answer for answer in answers if answer.json().get("state") == "withdrawn"]
        assert len(withdrawn) <= 1
        now = together.publish(month_file("31")).json()
        assert together.act(now["id"], "withdraw", now["version"]).status_code == 200


def test_an_upload_is_either_published_or_withdrawn_never_stuck(
    together: Together, filled_db: Database
) -> None:
    """The same upload published and withdrawn at once: both lock it, neither waits for ever."""
    for number in range(5):
        upload_id = store_file(filled_db, month_file(f"{40 + number}"))
        version = together.version(upload_id)
        answers = together.run(
            [
                partial(together.act, upload_id, "publish", version),
                partial(together.act, upload_id, "withdraw", version),
            ]
        )
        assert answers[0].status_code == 200
        assert answers[1].status_code == 409
        assert stored_share(filled_db) == f"{40 + number}"
