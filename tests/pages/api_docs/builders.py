"""The documents about the data that several tests read."""

from fastapi.testclient import TestClient

from app.metadata.dataset import Json


def read_json(client: TestClient, address: str) -> Json:
    document = client.get(address).json()
    assert isinstance(document, dict)
    return document


def package(client: TestClient) -> Json:
    return read_json(client, "/datapackage.json")
