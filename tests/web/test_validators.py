"""Every public page and file says by what it is known again, and for how long it may be kept."""

from collections.abc import Mapping
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.database.session import Database
from app.web.route_policy import RouteKind
from tests.builders import month_file, publish_stored, store_file

LIVE = "public, max-age=60, stale-while-revalidate=600"
SLUG = "{slug:path}"

# Where it is not the route's own pattern that is asked for.
EXAMPLES: Final[Mapping[str, str]] = {
    f"/sources/{SLUG}": "/sources/openrouter-rankings",
    f"/companies/{SLUG}": "/companies/alibaba",
    f"/developers/{SLUG}": "/developers/qwen",
    f"/models/{SLUG}": "/models/qwen3-235b-a22b",
    "/search": "/search?q=qwen",
    "/uploads/{number}": "/uploads/1",
    "/uploads/{number}/file": "/uploads/1/file",
    "/api/v1/search": "/api/v1/search?q=qwen",
    "/api/v1/uploads/{upload_id}": "/api/v1/uploads/1",
}
# What leads elsewhere, or is for maintainers: their answers are not kept.
WITHOUT: Final = frozenset({
    "/trends/ask", "/cite", "/companies", "/api/v1", "/api/v1/", "/uploads/behind", "/uploads/new",
    "/uploads/received", "/uploads/{number}/errors.csv", "/uploads/{number}/mend",
    "/uploads/{number}/withdraw", "/uploads/current.csv",
    "/fetches", "/sign-in", "/sign-out", "/account", "/catalogue", "/catalogue/proposals",
    "/catalogue/{kind}", "/catalogue/{kind}/new", "/catalogue/{kind}/{number}",
    "/api/v1/uploads/{upload_id}", "/api/v1/uploads/{upload_id}/withdrawal",
})  # fmt: skip
# Asked for at the addresses that pages link to.
LINKED: Final = frozenset({
    "/cite/{token:path}", "/cite.bib/{token:path}", "/cite.json/{token:path}",
    "/uploads/{number}/lines", "/uploads/{number}/answers/{answer}", "/uploads/{number}/rows",
    f"/models/{SLUG}",
})  # fmt: skip


def public_addresses(application: FastAPI) -> list[str]:
    """One address of each route that answers anyone, but for those in WITHOUT and LINKED."""
    kinds = {RouteKind.PAGE, RouteKind.FRAME, RouteKind.FILE, RouteKind.API}
    patterns = [
        getattr(route, "path", "")
        for route, policy in application.state.route_table.entries
        if policy.kind in kinds and "GET" in (getattr(route, "methods", None) or ())
    ]
    return [EXAMPLES.get(path, path) for path in patterns if path not in WITHOUT | LINKED]


def linked_addresses(client: TestClient) -> list[str]:
    row = client.get("/api/v1/shares").json()["data"][0]
    token = client.get(row["cite"]).url.path.removeprefix("/cite/")
    model = client.get("/api/v1/models").json()["data"][0]["model"]
    lines = client.get(
        f"/uploads/behind?source={row['source']}&month={row['month']}", follow_redirects=False
    )
    return [
        *(f"/{name}/{token}" for name in ("cite", "cite.bib", "cite.json")),
        f"/models/{model}",
        lines.headers["location"],
    ]


def test_every_public_answer_has_a_validator_and_a_lifetime(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    addresses = public_addresses(client.app) + linked_addresses(client)
    assert len(addresses) > 40
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] in {LIVE, "no-cache"}, address
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), address


def test_the_browser_of_a_maintainer_asks_each_time(client: TestClient) -> None:
    answer = client.get("/", headers={"Cookie": "session=x"})
    assert answer.headers["cache-control"] == "private, no-cache"
    held = {"Cookie": "session=x", "If-None-Match": answer.headers["etag"]}
    assert client.get("/", headers=held).status_code == 304


@pytest.mark.parametrize("path", sorted(WITHOUT))
def test_what_is_for_maintainers_or_leads_elsewhere_is_not_said_to_be_kept(
    client: TestClient, path: str
) -> None:
    address = path.format(number=1, kind="source", upload_id=1)
    answer = client.get(address, follow_redirects=False)
    assert not answer.headers.get("cache-control", "").startswith("public")


def test_the_page_of_a_vintage_says_at_once_what_was_revised_since(
    filled_db: Database, own_client: TestClient
) -> None:
    pinned = own_client.get("/api/v1/shares").json()["meta"]["as_of"]
    for path in ("/", "/trends"):
        address = f"{path}?as_of={pinned}"
        before = own_client.get(address)
        assert "immutable" not in before.headers["cache-control"]
    number = store_file(filled_db, month_file("30", "2025-08"), source="openrouter-rankings")
    publish_stored(filled_db, number, reason="recount")
    after = own_client.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "revised since" in after.text
