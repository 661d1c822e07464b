"""`/uploads/new`: a file is taken, or the field at fault says why not and keeps what was typed."""

import io

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from app.catalogue.audit_list import read_edits
from app.catalogue.entry_types import ENTRY_TYPES
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.tables import Source, Upload
from app.domain.vocabulary import Openness
from app.ingest.check import check_file
from app.ingest.rules.check_options import CheckOptions
from app.ingest.stored_files import open_stored_file
from app.pages.maintain.entry_fields import ENTRY_FIELDS
from app.pages.maintain.upload_form import EXAMPLE, TEMPLATE
from tests.markup import parse, select_one, text_of

FILE = b"month,origin,share_pct\n2026-10,chinese,50\n"
NEW_SOURCE = {
    "source": "+",
    "new_source": "gateway-x",
    "new_name": "Gateway X",
    "new_publisher": "X",
    "new_metric": "requests",
    "new_population": "Public traffic;\r\nprivate keys are left out",
}


def send(client: TestClient, file: bytes | None = FILE, /, **fields: str) -> Response:
    data = {"source": "openrouter-rankings", "openness": "open", "text": ""} | fields
    files = {"file": ("october.csv", file) if file is not None else ("", b"")}
    return client.post("/uploads", data=data, files=files)


def stored(db: Database) -> Upload:
    with db.reading() as session:
        upload = session.scalars(select(Upload).order_by(Upload.id.desc()).limit(1)).one()
        assert upload.content
        return upload


def count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Upload)) or 0


def problem_of(response: Response, field: str) -> str:
    assert response.status_code == 422
    return text_of(select_one(response.text, f"p.problem#{field}-problem"))


def test_a_file_is_kept_as_it_came_and_its_page_comes_next(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    response = send(maintainer_client)
    upload = stored(filled_db)
    assert (response.status_code, response.headers["location"]) == (303, f"/uploads/{upload.id}")
    assert (upload.filename, upload.received_by, upload.openness) == ("october.csv", "ada", "open")
    with open_stored_file(upload) as file:
        assert file.read() == FILE


def test_our_script_gets_the_address_to_go_to_itself(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    maintainer_client.headers["x-requested-with"] = "XMLHttpRequest"
    response = send(maintainer_client)
    assert response.status_code == 201
    assert response.headers["location"] == f"/uploads/{stored(filled_db).id}"


def test_text_may_be_pasted_even_more_than_a_mebibyte(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    text = FILE.decode() + "2026-10,us,0.00001\r\n" * 60_000
    assert send(maintainer_client, None, text=text).status_code == 303
    assert stored(filled_db).filename == "pasted.csv"
    assert stored(filled_db).size == len(text)


def test_nothing_sent_is_said_at_the_file(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    before = count(filled_db)
    assert "Pick a file" in problem_of(send(maintainer_client, None), "file")
    assert "Pick a file" in problem_of(send(maintainer_client, None, text=" \n"), "file")
    assert count(filled_db) == before


def test_a_file_without_the_rest_of_the_form_is_refused_in_place(
    maintainer_client: TestClient,
) -> None:
    response = maintainer_client.post("/uploads", files={"file": ("a.csv", FILE)})
    assert "Choose one" in problem_of(response, "openness")


def test_a_file_and_a_pasted_text_are_one_too_many(maintainer_client: TestClient) -> None:
    response = send(maintainer_client, text="month,origin\n")
    assert "not both" in problem_of(response, "file")
    assert "month,origin\n" in response.text


def test_an_unknown_source_is_said_at_the_source(maintainer_client: TestClient) -> None:
    response = send(maintainer_client, source="openruter-rankings")
    assert "Did you mean “openrouter-rankings”?" in problem_of(response, "source")


def test_a_new_source_is_described_and_taken_with_its_file(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    assert send(maintainer_client, **NEW_SOURCE).status_code == 303
    with filled_db.reading() as session:
        source = session.get_one(Source, stored(filled_db).source_id)
        assert (source.slug, source.population) == (
            "gateway-x",
            "Public traffic; private keys are left out",
        )
        assert read_edits(session)[0].by == "ada"


def test_a_source_described_badly_says_so_field_by_field_and_stores_nothing(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    before = count(filled_db)
    wrong = NEW_SOURCE | {"new_source": "Gateway X!", "new_name": "", "new_url": "nowhere"}
    response = send(maintainer_client, **wrong)
    for field in ("new_source", "new_name", "new_url"):
        assert problem_of(response, field)
    assert select_one(response.text, "input[name='new_source']")["value"] == "Gateway X!"
    assert "Public traffic;" in response.text
    assert count(filled_db) == before


def test_of_a_new_source_left_blank_every_needed_field_is_marked(
    maintainer_client: TestClient,
) -> None:
    response = send(maintainer_client, source="+", **dict.fromkeys(list(NEW_SOURCE)[1:], ""))
    for field in list(NEW_SOURCE)[1:]:
        assert "must not be blank" in problem_of(response, field)


def test_a_taken_short_name_is_said_at_its_field(maintainer_client: TestClient) -> None:
    response = send(maintainer_client, **NEW_SOURCE | {"new_source": "openrouter-rankings"})
    assert "already" in problem_of(response, "new_source")


def test_lists_that_nobody_touched_describe_no_new_source(maintainer_client: TestClient) -> None:
    """A browser always sends a choice of them, unlike of empty fields."""
    page = parse(maintainer_client.get("/uploads/new").text)
    lists = page.select("select[name^='new_']")
    sent = {str(item["name"]): str(item.select("option")[0]["value"]) for item in lists}
    assert {"new_window", "new_statistic"} <= sent.keys()
    assert send(maintainer_client, source="openrouter-rankings", **sent).status_code == 303


def test_a_described_source_that_is_not_chosen_is_not_passed_over(
    maintainer_client: TestClient,
) -> None:
    response = send(maintainer_client, **NEW_SOURCE | {"source": "openrouter-rankings"})
    assert "choose it here" in problem_of(response, "source")


@pytest.mark.parametrize("text", ["\0", "\ud800", "\u202e", "</script>", "{{7*7}}"])
def test_no_text_of_the_form_is_a_fault_of_ours(maintainer_client: TestClient, text: str) -> None:
    hostile = dict.fromkeys(NEW_SOURCE, text) | {"openness": text}
    data = {key: value.encode("utf-8", "surrogatepass") for key, value in hostile.items()}
    response = maintainer_client.post("/uploads", data=data, files={"file": ("a", FILE)})
    assert response.status_code == 422
    assert "<script>" not in response.text.replace("<script src", "")


def test_a_hostile_file_name_is_kept_harmless(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    name = "../../</script>\u202egpj.=cmd()\x01.csv"
    data = {"source": "openrouter-rankings", "openness": "open"}
    sent = maintainer_client.post("/uploads", data=data, files={"file": (name, FILE)})
    assert sent.status_code == 303
    kept = stored(filled_db).filename
    assert kept.isprintable()
    assert "/" not in kept
    page = maintainer_client.get(sent.headers["location"]).text
    assert kept in parse(page).get_text()
    assert "</script>\u202e" not in page


def test_the_form_is_for_maintainers(own_client: TestClient) -> None:
    assert own_client.get("/uploads/new").headers["location"] == "/sign-in?next=%2Fuploads%2Fnew"
    assert send(own_client).headers["location"].startswith("/sign-in")


def test_the_template_names_every_column(client: TestClient) -> None:
    response = client.get("/uploads/template.csv")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.text == TEMPLATE
    assert TEMPLATE.startswith("month,source,origin,openness,")


def test_the_worked_example_is_sound(client: TestClient, bundled_db: Database) -> None:
    assert client.get("/uploads/example.csv").text == EXAMPLE
    with bundled_db.reading() as session:
        checked = check_file(
            session,
            io.BytesIO(EXAMPLE.encode()),
            CheckOptions("openrouter-rankings", Openness.OPEN, limits=FileLimits()),
        )
    assert checked.problems == ()
    (month,) = checked.months.values()
    assert month.share_pct == 92


def test_the_forms_ask_for_every_column_of_an_entry() -> None:
    for kind in ENTRY_TYPES:
        names = [field.name for field in ENTRY_FIELDS[kind.name]]
        assert names == [column.name for column in kind.columns]
