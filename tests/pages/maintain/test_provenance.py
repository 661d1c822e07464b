"""Where a file comes from: asked for in the form, told in the review, the record and the list."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.builders import NOVEMBER, text_of
from tests.looking import words
from tests.markup import attributes, select_one
from tests.markup import text_of as words_of_part

URL = "https://openrouter.ai/api/v1/datasets/rankings-daily"
GIVEN = {"origin_url": URL, "retrieved_at": "2026-10-10", "publisher_as_of": "2026-10-09"}
TOLD = "openrouter.ai read on 10 October 2026, the publisher’s of 9 October 2026"
TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))


def send(client: TestClient, **given: str) -> Response:
    data = {"source": "openrouter-rankings", "openness": "open", "text": ""} | given
    return client.post("/uploads", data=data, files={"file": ("november.csv", NOVEMBER)})


def test_it_is_told_in_the_review_in_the_list_and_once_published_to_everybody(
    maintainer_client: TestClient,
) -> None:
    here = send(maintainer_client, **GIVEN).headers["location"]
    review = maintainer_client.get(here).text
    assert TOLD in text_of(maintainer_client.get(here))
    version = select_one(review, 'form[action$="/publish"] input[name="version"]')["value"]
    maintainer_client.post(f"{here}/publish", data={"version": str(version)})
    maintainer_client.cookies.clear()
    for address in (here, "/uploads"):
        assert TOLD in words(maintainer_client, address)
        assert URL in attributes(maintainer_client.get(address).text, "main a[href]", "href")


def test_nothing_is_told_of_a_file_whose_origin_was_not_given(
    maintainer_client: TestClient,
) -> None:
    here = send(maintainer_client).headers["location"]
    assert "Comes from" not in text_of(maintainer_client.get(here))


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("origin_url", "openrouter.ai", "an address that begins with https://"),
        ("retrieved_at", TOMORROW, "a day not after"),
        ("publisher_as_of", "2026-10-11", "a day not after the reading, 2026-10-10"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(
    maintainer_client: TestClient, field: str, text: str, expected: str
) -> None:
    response = send(maintainer_client, **(GIVEN | {field: text}))
    assert response.status_code == 422
    assert expected in words_of_part(select_one(response.text, f"p.problem#{field}-problem"))
    assert select_one(response.text, f"#{field}")["value"] == text
    assert select_one(response.text, f"details[open] #{field}")
