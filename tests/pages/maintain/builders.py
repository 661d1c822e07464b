"""What tests of uploads do on their pages."""

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.builders import text_of
from tests.markup import select_one


def page(client: TestClient, upload_id: int, rest: str = "", status: int = 200) -> str:
    response = client.get(f"/uploads/{upload_id}{rest}")
    assert response.status_code == status
    return text_of(response)


def act(client: TestClient, upload_id: int, what: str, **fields: str) -> Response:
    """Sends the form of the upload's page, or of the one for maintainers, as it stands there."""
    html = client.get(f"/uploads/{upload_id}/withdraw", follow_redirects=True).text
    form = select_one(html, f'form[action="/uploads/{upload_id}/{what}"]')
    versions = form.select('input[name="version"]')
    hidden = {str(field["name"]): str(field["value"]) for field in versions}
    return client.post(f"/uploads/{upload_id}/{what}", data=hidden | fields)
