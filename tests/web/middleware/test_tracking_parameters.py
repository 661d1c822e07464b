"""Readers who come by a newsletter or a social network, and what is added to their address."""

from urllib.parse import quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from starlette.types import Scope

from app.domain.questions.parameters import parameter_names
from app.domain.questions.tracking import TRACKING_NAMES, is_tracking_parameter
from app.web.middleware.tracking_parameters import untracked_address

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "utm_")
TRACKING = sorted({*TRACKING_NAMES, *UTM})


def asked(path: str, query: bytes) -> Scope:
    return {"type": "http", "method": "GET", "path": path, "query_string": query}


def test_no_parameter_of_ours_tracks() -> None:
    ours = (*parameter_names(), "limit", "cursor", "bom", "width", "before", "next", "v")
    assert not [name for name in ours if is_tracking_parameter(name)]


@pytest.mark.parametrize("name", TRACKING)
@pytest.mark.parametrize(
    "path",
    [
        *("/", "/trends", "/embed/trends", "/trends.csv", "/trends.png", "/trends/ask", "/sources"),
        *("/developers/deepseek", "/methods", "/about", "/api", "/docs", "/feed.atom", "/llms.txt"),
        *("/uploads", "/uploads/1", "/uploads/1/file", "/sign-in", "/openapi.json"),
    ],
)
def test_a_reader_is_led_to_the_page(client: TestClient, path: str, name: str) -> None:
    answer = client.get(f"{path}?{name}=x")
    assert (answer.status_code, answer.headers["location"]) == (307, path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == b""


def test_the_page_is_there_in_the_end(client: TestClient) -> None:
    for path in ("/", "/embed/trends", "/trends.csv"):
        answer = client.get(f"{path}?fbclid=x&by=developer&utm_source=y", follow_redirects=True)
        assert answer.status_code == 200
        assert answer.url.query == b"by=developer"


def test_head_is_led_as_get_is(client: TestClient) -> None:
    answer = client.head("/trends?gclid=x&top=3")
    assert (answer.status_code, answer.headers["location"]) == (307, "/trends?top=3")


def test_the_others_stay_as_they_came(client: TestClient) -> None:
    query = "by=model&&developer=deepseek%2Cqwen&utm%5Fsource=a+b&to=2026-01&=&ref=x&from=&_gl=1*a"
    answer = client.get(f"/trends?{query}")
    kept = "by=model&&developer=deepseek%2Cqwen&to=2026-01&=&from="
    assert answer.headers["location"] == f"/trends?{kept}"


@pytest.mark.parametrize("path", ["/", "/trends", "/embed/trends", "/trends.csv", "/sources"])
@pytest.mark.parametrize("name", ["xutm_source", "utm", "UTM_SOURCE", "refs", "sid", "gclid2"])
def test_every_other_unknown_parameter_stays_refused(
    client: TestClient, path: str, name: str
) -> None:
    assert client.get(f"{path}?{name}=x").status_code == 400
    led = client.get(f"{path}?fbclid=1&{name}=x")
    assert (led.status_code, led.headers["location"]) == (307, f"{path}?{name}=x")


@pytest.mark.parametrize("path", ["/api/v1/shares", "/api/v1/sources.csv", "/api/v1/uploads/1"])
@pytest.mark.parametrize("name", ["utm_source", "ref", "fbclid"])
def test_the_api_stays_strict_and_says_so(client: TestClient, path: str, name: str) -> None:
    answer = client.get(f"{path}?{name}=x")
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["code"], error["field"], error["suggestion"]) == ("unknown_parameter", name, None)
    assert error["expected"].endswith("; tracking parameters have no place here")


def test_what_is_sent_is_led_nowhere(client: TestClient) -> None:
    answer = client.post("/sign-out?utm_source=x", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["location"] == "/"


def test_the_scripts_of_other_sites_may_follow(client: TestClient) -> None:
    answer = client.get("/trends.json?ref=x", headers={"Origin": "https://example.org"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (307, "*")


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/trends", "///x", "/\\evil", ""])
def test_nobody_is_led_to_another_site(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{path}?utm_source=x")
    location = answer.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert untracked_address(asked("//evil.example", b"utm_source=x")) is None
    assert untracked_address(asked("http://evil.example", b"utm_source=x")) is None


@pytest.mark.parametrize(
    "path", ["/models/..%2f..%2fuploads", "/models/%FF", "/models/a%20b", "/.%2F/evil.example/"]
)
def test_a_path_is_led_to_as_it_came(client: TestClient, path: str) -> None:
    assert client.get(f"{path}?ref=1&by=model").headers["location"] == f"{path}?by=model"


NAMES = st.sampled_from([*parameter_names(), "colour", "", "utm", "Ref", "si2", "next"])
VALUES = st.binary(max_size=8).map(lambda value: quote(value, safe="=").encode())
OTHERS = st.builds(lambda name, value: quote(name).encode() + b"=" + value, NAMES, VALUES)
BARE = st.sampled_from([b"", b"=", b"by", b"\xff=\xfe", b"a;b", b"a=b=c"])
TRACKED = st.builds(
    lambda name, encoded, value: (
        (b"".join(b"%%%02X" % byte for byte in name.encode()) if encoded else name.encode()) + value
    ),
    st.sampled_from(TRACKING),
    st.booleans(),
    st.one_of(st.just(b""), VALUES.map(lambda value: b"=" + value)),
)
MIXTURES = st.lists(
    st.one_of(
        st.tuples(st.just(True), TRACKED), st.tuples(st.just(False), st.one_of(OTHERS, BARE))
    ),
    max_size=8,
)
PATHS = st.text(max_size=12).map(lambda rest: f"/{rest}")


@given(path=PATHS, parts=MIXTURES)
def test_only_what_tracks_is_taken_off(path: str, parts: list[tuple[bool, bytes]]) -> None:
    address = untracked_address(asked(path, b"&".join(part for _, part in parts)))
    kept = [part for tracks, part in parts if not tracks]
    if path.startswith("//") or len(kept) == len(parts):
        assert address is None
        return
    assert address is not None
    led_to, _, query = address.partition(b"?")
    assert query == b"&".join(kept)
    split = urlsplit(led_to.decode("ascii"))
    assert (split.scheme, split.netloc) == ("", "")
    assert untracked_address(asked(path, query)) is None
    assert not any(is_tracking_parameter(name) for name in QueryParams(query))
