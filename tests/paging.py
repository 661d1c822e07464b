"""The pages of a list, one after the other."""

from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response


def next_of(response: Response) -> str | None:
    """The address of the next page, as the Link header says it."""
    next_links = [
        part.strip().partition(">")[0].removeprefix("<")
        for part in response.headers.get("link", "").split(", ")
        if 'rel="next"' in part
    ]
    return next_links[0] if next_links else None


def rows_of_all_pages(client: TestClient, address: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        response = client.get(following)
        assert response.status_code == 200, response.text
        body = response.json()
        rows += body["data"]
        following = body["links"]["next"]
        assert following == next_of(response)
    return rows
