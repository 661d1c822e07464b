"""Uploads and sources by program: `POST /api/v1/uploads` and what follows from it."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from app.database.tables import Upload
from app.domain.errors import ConflictError
from app.ingest.withdraw import discard_upload
from tests.builders import SOURCE, month_file, publish_stored, row_counts, store_file, stored_share

ADDRESS = "/api/v1/uploads"
CSV = {"Content-Type": "text/csv"}
CHOSEN = {"source": SOURCE}


def bearer(db: Database) -> dict[str, str]:
    with db.writing() as session:
        add_maintainer(session, "ada")
        return {"Authorization": f"Bearer {create_token(session, 'ada', 'job')}"}


@pytest.fixture
def api(filled_db: Database, own_client: TestClient) -> TestClient:
    """The application, asked with the token of a maintainer."""
    own_client.headers.update(bearer(filled_db))
    return own_client


def send(api: TestClient, content: bytes, **parameters: str) -> httpx2.Response:
    return api.post(ADDRESS, content=content, params=CHOSEN | parameters, headers=CSV)


def published(api: TestClient, content: bytes, **parameters: str) -> dict[str, Any]:
    response = send(api, content, mode="publish", **parameters)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def fields(response: httpx2.Response) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json()["errors"]}


# --- checking


def test_a_check_says_how_the_file_was_read_and_what_would_change(api: TestClient) -> None:
    text = "month;origin;developer;share_pct\n2026-01;european;Labo;12,5\n"
    response = send(api, text.encode())
    assert response.status_code == 200
    answer = response.json()
    assert (answer["reading"]["delimiter"], answer["reading"]["decimal_mark"]) == ("semicolon", ",")
    assert answer["reading"]["columns"][3] == {
        "position": 4, "header": "share_pct", "field": "share_pct",
    }  # fmt: skip
    (month,) = answer["months"]
    assert month["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "removed": 0}
    assert (month["source"], month["month"], month["share_pct"]) == (SOURCE, "2026-01", 12.5)
    assert month["largest"] == [
        {
            "kind": "new", "origin": "european", "openness": "open", "developer": "labo",
            "model": None, "old": None, "new": 12.5, "line": 2,
        }
    ]  # fmt: skip
    assert answer["new_developers"] == [
        {"slug": "labo", "name": "Labo", "origin": "european", "line": 2}
    ]
    assert "below_100" in {warning["code"] for warning in answer["warnings"]}
    assert (answer["needs_reason"], answer["same_as"], answer["error_count"]) == (False, None, 0)


def test_a_check_stores_nothing(api: TestClient, filled_db: Database) -> None:
    before = row_counts(filled_db)
    send(api, month_file("30"))
    send(api, month_file("x"))
    assert row_counts(filled_db) == before


@pytest.mark.parametrize("mode", ["check", "publish"])
def test_all_problems_come_at_once_each_with_its_place_and_nothing_is_stored(
    api: TestClient, filled_db: Database, mode: str
) -> None:
    before = row_counts(filled_db)
    rows = "".join("2026-01,chinese,29.7 %\n" for _ in range(150))
    response = send(api, month_file("101", more=rows), mode=mode)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    answer = response.json()
    assert (len(answer["errors"]), answer["error_count"]) == (100, 151)
    assert answer["errors"][1] == {
        "code": "not_a_number",
        "line": 3,
        "column": 3,
        "field": "share_pct",
        "found": "29.7 %",
        "expected": "a percentage from 0 to 100 in plain digits, such as 29.7",
        "suggestion": "29.7",
    }
    assert row_counts(filled_db) == before


def test_a_form_may_carry_the_file_and_the_fields(api: TestClient) -> None:
    file = {"file": ("C:\\fakepath\\january\u202e.csv", month_file("30"), "text/csv")}
    response = api.post(
        f"{ADDRESS}?mode=publish", files=file, data=CHOSEN | {"openness": "open", "reason": ""}
    )
    assert response.status_code == 201, response.text
    assert response.json()["filename"] == "january\\u202e.csv"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("sorce=x", "sorce", "unknown_parameter"),
        ("mode=store", "mode", "unknown_value"),
        ("openness=closd", "openness", "unknown_value"),
        ("source=a&source=b", "source", "repeated_parameter"),
        ("source=nowhere", "source", "unknown_value"),
        ("source=%00%ed%a0%80", "source", "unknown_value"),
    ],
)
def test_a_bad_parameter_is_a_400_that_names_it(
    api: TestClient, query: str, field: str, code: str
) -> None:
    response = api.post(f"{ADDRESS}?{query}", content=month_file("30"), headers=CSV)
    assert response.status_code == 400
    assert fields(response)[field] == code


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"content": b"{}", "headers": {"Content-Type": "application/json"}}, 415),
        ({"content": b"month"}, 415),
        ({"files": {"other": ("a.csv", b"month")}}, 422),
        ({"files": [("file", ("a.csv", b"m")), ("file", ("b.csv", b"m"))]}, 400),
        ({"data": {"file": "month,origin\n"}, "files": {"": ("", b"")}}, 422),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"content": b"", "headers": CSV}, 422),
    ],
)
def test_what_is_no_file_is_refused(api: TestClient, options: dict[str, Any], status: int) -> None:
    response = api.post(f"{ADDRESS}?source={SOURCE}", **options)
    assert (response.status_code, response.headers["content-type"]) == (
        status, "application/problem+json",
    ), response.text  # fmt: skip


def test_without_a_token_nothing_is_taken(own_client: TestClient) -> None:
    for path in (ADDRESS, f"{ADDRESS}/1/publish", f"{ADDRESS}/1/withdraw", "/api/v1/sources"):
        response = own_client.post(path, content=month_file("30"), headers=CSV)
        assert response.status_code == 401, path
        assert response.headers["www-authenticate"].startswith("Bearer")


# --- publishing


def test_publishing_answers_with_the_record_and_its_place(
    api: TestClient, filled_db: Database
) -> None:
    response = send(api, month_file("30"), mode="publish", filename="january.csv")
    assert response.status_code == 201
    answer = response.json()
    assert response.headers["location"] == answer["links"]["self"]
    assert (answer["state"], answer["already"], answer["lines"]) == ("published", False, 1)
    assert (answer["filename"], answer["published_by"]) == ("january.csv", "ada (token job)")
    assert answer["months"] == [
        {
            "source": SOURCE, "month": "2026-01", "basis": "share", "lines": 1, "share_pct": 30,
            "current": True, "superseded_by": None,
        }
    ]  # fmt: skip
    assert stored_share(filled_db) == "30"


def test_the_same_bytes_again_are_told_so_and_not_kept(
    api: TestClient, filled_db: Database
) -> None:
    first = published(api, month_file("30"))
    before = row_counts(filled_db)
    response = send(api, month_file("30"), mode="publish")
    assert (response.status_code, response.json()["already"]) == (200, True)
    assert response.json()["id"] == first["id"]
    assert row_counts(filled_db) == before


def test_revising_needs_a_reason(api: TestClient, filled_db: Database) -> None:
    published(api, month_file("30"))
    before = row_counts(filled_db)
    response = send(api, month_file("31"), mode="publish")
    assert response.status_code == 409
    assert "A reason is needed" in response.json()["title"]
    assert row_counts(filled_db) == before
    assert published(api, month_file("31"), reason="a recount")["reason"] == "a recount"


def test_a_reason_with_what_no_text_may_hold_is_refused(api: TestClient) -> None:
    response = send(api, month_file("30"), mode="publish", reason="a\x00b")
    assert response.status_code == 422
    assert fields(response) == {"reason": "forbidden_character"}


def test_names_that_would_be_code_come_back_as_text(api: TestClient) -> None:
    name = "</script>{{7*7}}=cmd()\u2028"
    row = f'month,origin,openness,developer,share_pct\n2026-01,us,open,"{name}x",1\n'
    answer = send(api, row.encode()).json()
    assert answer["new_developers"][0]["name"] == f"{name}x"


# --- what waits


def test_an_upload_that_waits_is_for_maintainers_and_shows_its_review(
    api: TestClient, filled_db: Database
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    answer = api.get(f"{ADDRESS}/{upload_id}").json()
    assert (answer["state"], answer["months"]) == ("unpublished", [])
    assert answer["review"]["months"][0]["counts"]["new"] == 1
    done = api.post(f"{ADDRESS}/{upload_id}/publish", json={"version": answer["version"]})
    assert (done.status_code, done.json()["state"]) == (200, "published")
    del api.headers["authorization"]
    assert api.get(f"{ADDRESS}/{store_file(filled_db, month_file('31'))}").status_code == 401
    public = api.get(f"{ADDRESS}/{upload_id}")
    assert (public.status_code, public.json()["review"]) == (200, None)


def test_an_upload_that_waits_with_problems_shows_them(
    api: TestClient, filled_db: Database
) -> None:
    upload_id = store_file(filled_db, month_file("x"))
    answer = api.get(f"{ADDRESS}/{upload_id}").json()
    assert answer["review"]["errors"][0]["field"] == "share_pct"
    done = api.post(f"{ADDRESS}/{upload_id}/publish", json={"version": answer["version"]})
    assert (done.status_code, done.json()["error_count"]) == (422, 1)


def test_a_version_that_has_moved_on_is_a_conflict(api: TestClient, filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = api.get(f"{ADDRESS}/{upload_id}").json()["version"]
    published(api, month_file("31"))
    body = {"version": version, "reason": "a recount"}
    assert api.post(f"{ADDRESS}/{upload_id}/publish", json=body).status_code == 409
    assert stored_share(filled_db) == "31"


def test_withdrawing_brings_the_earlier_figures_back(api: TestClient, filled_db: Database) -> None:
    published(api, month_file("30"))
    second = published(api, month_file("31"), reason="a recount")
    place = f"{ADDRESS}/{second['id']}/withdraw"
    assert api.post(place, json={"version": "x", "reason": "wrong"}).status_code == 409
    assert api.post(place, json={"version": second["version"], "reason": " "}).status_code == 422
    done = api.post(place, json={"version": second["version"], "reason": "wrong"})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert (done.json()["withdrawn_by"], done.json()["withdrawn_reason"]) == (
        "ada (token job)", "wrong",
    )  # fmt: skip
    assert stored_share(filled_db) == "30"


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "9" * 5_000])
def test_an_address_that_is_no_number_is_refused(api: TestClient, number: str) -> None:
    assert api.get(f"{ADDRESS}/{number}").status_code in {404, 422}
    body = {"version": "x", "reason": "y"}
    assert api.post(f"{ADDRESS}/{number}/withdraw", json=body).status_code in {404, 422}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": NaN}', b'{"version": "x", "more": 1}', b'"\\ud800"', b"\xff",
     b'{"version": "x", "reason": "\\ud800"}', b'{"version": "\\u0000", "reason": "x"}'],
)  # fmt: skip
def test_a_body_that_says_something_else_is_no_fault_of_ours(
    api: TestClient, filled_db: Database, content: bytes
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    headers = {"Content-Type": "application/json"}
    for what in ("publish", "withdraw"):
        response = api.post(f"{ADDRESS}/{upload_id}/{what}", content=content, headers=headers)
        assert response.status_code in {400, 409, 422}, response.text


@pytest.mark.parametrize("content", [b"", b"[]", b'"x"'])
def test_who_sends_no_object_is_told_what_is_expected(api: TestClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"} if content else {}
    for what, fields_of_it in (("publish", "version, reason"), ("withdraw", "version, reason")):
        response = api.post(f"{ADDRESS}/1/{what}", content=content, headers=headers)
        (error,) = response.json()["errors"]
        assert (response.status_code, error["field"]) == (422, "body")
        assert error["expected"] == f"an object of JSON with {fields_of_it} as the body"


def test_the_addresses_are_described_with_examples(api: TestClient) -> None:
    described = api.get("/openapi.json").json()
    post = described["paths"][ADDRESS]["post"]
    assert {"text/csv", "multipart/form-data"} == set(post["requestBody"]["content"])
    assert {parameter["name"] for parameter in post["parameters"]} >= {"mode", "source", "reason"}
    assert {"200", "201", "409", "422"} <= set(post["responses"])
    assert post["security"]


# --- sources


SOURCE_BODY = {
    "source": "acme", "name": "Acme gateway", "publisher": "Acme", "metric": "tokens",
    "population": "Public traffic", "reason": "they publish now",
}  # fmt: skip


def test_a_source_is_added_and_can_be_named_at_once(api: TestClient) -> None:
    response = api.post("/api/v1/sources", json=SOURCE_BODY)
    assert (response.status_code, response.json()["source"]) == (201, "acme")
    assert send(api, month_file("30"), source="acme", mode="publish").status_code == 201


def test_a_taken_slug_is_a_conflict(api: TestClient) -> None:
    api.post("/api/v1/sources", json=SOURCE_BODY)
    assert api.post("/api/v1/sources", json=SOURCE_BODY).status_code == 409


def test_each_problem_of_a_source_is_named_by_its_field(api: TestClient) -> None:
    bad = {"source": "Ac me!", "name": "", "url": "javascript:alert(1)", "method": "a\x00"}
    response = api.post("/api/v1/sources", json=SOURCE_BODY | bad)
    assert response.status_code == 422
    assert fields(response) == {
        "source": "not_a_slug", "name": "blank", "url": "not_an_address",
        "method": "forbidden_character",
    }  # fmt: skip
    unknown = api.post("/api/v1/sources", json={"surce": "x"})
    assert set(fields(unknown)) == {"source", "name", "publisher", "metric", "population", "surce"}


def test_what_is_wrong_missing_and_unknown_of_a_source_is_told_at_once(api: TestClient) -> None:
    body = {"source": "Ac me!", "url": "javascript:alert(1)", "publisher": " ", "surce": "x"}
    response = api.post("/api/v1/sources", json=body)
    assert response.status_code == 422
    assert fields(response) == {
        "source": "not_a_slug", "url": "not_an_address", "publisher": "blank", "name": "missing",
        "metric": "missing", "population": "missing", "surce": "extra_forbidden",
    }  # fmt: skip
    (wrong,) = [item for item in response.json()["errors"] if item["field"] == "source"]
    assert (wrong["found"], wrong["suggestion"]) == ("Ac me!", "ac-me")
    assert wrong["expected"].startswith("small letters, digits")


def test_a_source_that_is_incomplete_is_told_so_in_our_words(api: TestClient) -> None:
    wrong = {"surce": "x", "metric": ["é", None, True] * 40, "population": 5}
    errors = api.post("/api/v1/sources", json=wrong).json()["errors"]
    by_field = {error["field"]: error for error in errors}
    assert (by_field["name"]["found"], by_field["name"]["expected"]) == ("", "a text")
    assert by_field["surce"]["suggestion"] == "source"
    assert by_field["surce"]["expected"].startswith("one of source, name, publisher,")
    assert by_field["metric"]["found"].startswith('["é", null, true,')
    assert len(by_field["metric"]["found"]) <= 80
    assert by_field["population"]["expected"] == "a text"
    assert not [error for error in errors if "{" in error["found"] or "nput" in error["expected"]]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"null", b'"x"'])
def test_what_is_no_object_is_told_so(api: TestClient, body: bytes) -> None:
    response = api.post(
        "/api/v1/sources", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("reason", ["a\0b", "a\ud800b", "x" * 60_000])
def test_the_reason_of_a_source_is_a_text_people_can_read(api: TestClient, reason: str) -> None:
    body = json.dumps(SOURCE_BODY | {"reason": reason})
    response = api.post(
        "/api/v1/sources", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert set(fields(response)) == {"reason"}


# --- all at once


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
