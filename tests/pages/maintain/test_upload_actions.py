"""The whole way of a file in a real browser, from signing in to taking it back."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, expect

from app.database.session import Database
from app.ingest.withdraw import discard_upload, withdraw_upload
from tests.browser import WatchedPages, open_signed_in, sign_in_on_page
from tests.builders import NOVEMBER, REVISED, publish_file, store_upload_of

ERRORS = b"month,origin,openness,share_pct\n2026-10,chineese,open,62.5\n2026-10,us,closed,104\n"

pytestmark = pytest.mark.browser


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_month_is_uploaded_mended_published_seen_and_taken_back(
    watched: WatchedPages, own_server: str, ada: Database, scripts: bool
) -> None:
    page = watched.open(
        own_server, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
    )
    sign_in_on_page(page)
    page.get_by_role("link", name="Upload a file").click()
    page.get_by_label("CSV file").set_input_files(file("november.csv", ERRORS))
    page.get_by_label("Source", exact=True).select_option("OpenRouter rankings")
    page.get_by_role("button", name="Check the file").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("The file has 2 problems")
    row = page.get_by_role("row").filter(has_text="chineese").first
    expect(row.get_by_role("rowheader")).to_have_text("2")
    expect(row).to_contain_text("B origin")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)

    page.get_by_role("link", name="Upload the mended file").click()
    page.get_by_text("Or paste its text").click()
    page.get_by_label("The text of the file").fill(NOVEMBER.decode())
    page.get_by_label("Source", exact=True).select_option("OpenRouter rankings")
    page.get_by_role("button", name="Check the file").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("The file is sound")
    expect(page.get_by_text("Publishing it adds one month")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Published")
    record = page.url

    page.get_by_role("link", name="Overview").first.click()
    expect(page.get_by_text("So far in November 2026, provisional: ")).to_contain_text("62.5")
    page.get_by_role("link", name="Nov 2026").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("November")
    expect(page.locator("#line-2")).to_contain_text("62.5000")

    page.goto(record)
    page.get_by_role("link", name="withdraw it").click()
    page.get_by_label("Why").fill("It was only a try")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("It was only a try")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="Nov 2026")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("58.1")


def test_a_file_can_be_dropped_on_the_form(
    watched: WatchedPages, own_server: str, ada: Database
) -> None:
    page = open_signed_in(watched, own_server)
    page.evaluate(
        """(text) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
          const zone = document.querySelector(".drop");
          const drop = (name) => new DragEvent(name, { dataTransfer, bubbles: true });
          zone.dispatchEvent(drop("dragover"));
          if (!zone.classList.contains("over")) throw new Error("nothing shows where to drop");
          zone.dispatchEvent(drop("drop"));
        }""",
        NOVEMBER.decode(),
    )
    expect(page.locator("#file-hint")).to_contain_text("dropped.csv, 1 kB")
    page.get_by_label("Source", exact=True).select_option("OpenRouter rankings")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The file is sound")


def test_it_is_seen_how_much_is_sent_and_that_it_is_checked(
    watched: WatchedPages, own_server: str, ada: Database
) -> None:
    page = open_signed_in(watched, own_server)
    session = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": 600_000})
    page.evaluate(
        """() => {
          const status = document.querySelector(".sending [role=status]");
          new MutationObserver(() => sessionStorage.setItem("heard",
            (sessionStorage.getItem("heard") ?? "") + status.textContent + "|"))
            .observe(status, { childList: true });
        }"""
    )
    large = NOVEMBER + b"\n" * 1_500_000
    page.get_by_label("CSV file").set_input_files(file("large.csv", large))
    page.get_by_label("Source", exact=True).select_option("OpenRouter rankings")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("button", name="Check the file")).to_be_disabled()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The file is sound", timeout=30000)
    heard = page.evaluate("sessionStorage.getItem('heard')")
    assert re.search(r"Sending: [\d.]+ (kB|MiB) of 1\.4 MiB", heard)
    assert heard.endswith("Sent. Checking every line …|")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    watched: WatchedPages, own_server: str, ada: Database, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (10 * 2**20 + 1))
    page = open_signed_in(watched, own_server)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.method))
    page.get_by_label("CSV file").set_input_files(large)
    page.get_by_role("button", name="Check the file").click()
    assert "At most 10.0 MiB" in page.get_by_label("CSV file").evaluate(
        "it => it.validationMessage"
    )
    assert "POST" not in addresses


def test_a_refused_form_keeps_what_was_typed_and_picked(
    watched: WatchedPages, own_server: str, ada: Database
) -> None:
    page = open_signed_in(watched, own_server)
    page.get_by_label("CSV file").set_input_files(file("november.csv", NOVEMBER))
    page.get_by_label("Source", exact=True).select_option("A new one, described below")
    page.get_by_label("Short name").fill("Not A Slug")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Short name")).to_have_value("Not A Slug")
    expect(page.get_by_label("Short name")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#file-hint")).to_contain_text("november.csv")
    watched.excuse("422")

    page.get_by_label("Short name").fill("gateway-x")
    for label, text in (("Name", "Gateway X"), ("Publisher", "X"), ("What is counted", "tokens")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Of what").fill("All of it")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The file is sound")


def test_a_lost_connection_is_told_and_the_form_can_be_sent_again(
    watched: WatchedPages, own_server: str, ada: Database
) -> None:
    page = open_signed_in(watched, own_server)
    page.get_by_label("CSV file").set_input_files(file("november.csv", NOVEMBER))
    page.get_by_label("Source", exact=True).select_option("OpenRouter rankings")
    page.route("**/uploads", lambda route: route.abort())
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("status")).to_contain_text("could not be sent")
    watched.excuse("ERR_FAILED")
    page.unroute("**/uploads")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The file is sound")


# --- for everyone


def pages_of(db: Database) -> list[str]:
    """Every state an upload's page can have."""
    discarded = store_upload_of(db, NOVEMBER, filename="discarded.csv")
    withdrawn, published = publish_file(db, REVISED), publish_file(db, NOVEMBER)
    with db.writing() as session:
        discard_upload(session, discarded, by="ada")
        withdraw_upload(session, withdrawn, by="ada", reason="x" * 400)
    long_name = "x" * 190 + ".csv"
    waiting = [
        store_upload_of(db, content, filename=long_name) for content in (REVISED, ERRORS, NOVEMBER)
    ]
    states = [discarded, withdrawn, published, *waiting]
    lines = f"/uploads/{published}/lines?source=openrouter-rankings&month=2026-11"
    work = f"/uploads/{published}/withdraw"
    records = [f"/uploads/{number}" for number in states]
    return ["/uploads/new", "/uploads", "/uploads/received", *records, lines, work]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    watched: WatchedPages, own_server: str, ada: Database, scheme: str
) -> None:
    page = open_signed_in(watched, own_server, color_scheme=scheme)
    violations = []
    for path in pages_of(ada):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        results = Axe().run(page)
        violations += [f"{path}: {results.generate_report()}"] if results.violations_count else []
    assert violations == []


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, own_server: str, ada: Database, width: int
) -> None:
    page = open_signed_in(watched, own_server, viewport={"width": width, "height": 800})
    for path in pages_of(ada):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
