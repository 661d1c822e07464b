"""Reads from other sites, and the methods an address takes."""

import pytest
from fastapi.testclient import TestClient

READS = (
    "/api/v1/shares", "/api/v1/observations.csv", "/trends.csv", "/trends.json", "/trends.svg",
    "/trends.png", "/api/v1/nope", "/api/v1/shares?by=x",
)  # fmt: skip


@pytest.mark.parametrize("address", READS)
def test_other_sites_may_read_figures_and_refusals(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "ETag" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("address", ["/", "/trends", "/uploads", "/sign-in"])
def test_pages_are_no_other_sites_business(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"Origin": "https://example.org"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_browser_that_asks_first_is_answered(client: TestClient) -> None:
    preflight = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = client.options("/api/v1/shares", headers=preflight)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "*"


def test_writing_stays_closed_to_other_sites(client: TestClient) -> None:
    answer = client.post("/api/v1/sources", headers={"Origin": "https://example.org"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("/api/v1/shares", "GET, HEAD, OPTIONS"),
        ("/api/v1/sources", "GET, HEAD, POST, OPTIONS"),
        ("/api/v1/uploads", "POST, OPTIONS"),
        ("/api/v1/uploads/1", "GET, HEAD, OPTIONS"),
        ("/sign-in", "GET, HEAD, POST, OPTIONS"),
        ("/static/style.css", "GET, HEAD, OPTIONS"),
    ],
)
def test_an_address_names_all_its_methods(client: TestClient, address: str, methods: str) -> None:
    assert client.options(address).headers["allow"] == methods
    headers = {"Authorization": "Bearer x"}
    refused = client.request("TRACE", address, headers=headers)
    assert refused.status_code == 405
    assert refused.headers["allow"] == methods


def test_there_is_nothing_to_ask_of_an_address_that_is_none(client: TestClient) -> None:
    assert client.options("/nope").status_code == 404
