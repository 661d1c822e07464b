"""What several tests of charts and cards read of a page."""

import re

from fastapi.testclient import TestClient


def html_of(client: TestClient, address: str = "/") -> str:
    """A page with plain and single spaces."""
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text.replace("\N{NO-BREAK SPACE}", " "))
