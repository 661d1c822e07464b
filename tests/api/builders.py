"""Files and sources sent by a program."""

from typing import Any

import httpx2
from fastapi.testclient import TestClient

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from tests.builders import SOURCE

ADDRESS = "/api/v1/uploads"
CSV = {"Content-Type": "text/csv"}
CHOSEN = {"source": SOURCE}


def bearer(db: Database) -> dict[str, str]:
    with db.writing() as session:
        add_maintainer(session, "ada")
        return {"Authorization": f"Bearer {create_token(session, 'ada', 'job')}"}


def send(api: TestClient, content: bytes, **parameters: str) -> httpx2.Response:
    return api.post(ADDRESS, content=content, params=CHOSEN | parameters, headers=CSV)


def published(api: TestClient, content: bytes, **parameters: str) -> dict[str, Any]:
    response = send(api, content, mode="publish", **parameters)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def fields(response: httpx2.Response) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json()["errors"]}


SOURCE_BODY = {
    "source": "acme", "name": "Acme gateway", "publisher": "Acme", "metric": "tokens",
    "population": "Public traffic", "reason": "they publish now",
}  # fmt: skip
