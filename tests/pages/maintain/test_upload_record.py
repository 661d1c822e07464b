"""`/uploads` and `/uploads/{id}`: what a file would change, what became of it, and its lines."""

import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE, read_entries
from app.database.session import Database
from app.queries.uploads import UPLOADS_A_PAGE
from tests.builders import HOSTILE_NAMES, OCTOBER, REVISED, publish_file, store_upload_of, text_of
from tests.looking import vintages
from tests.markup import attributes, parse, select, select_one, texts

MONTH = r"\d{4}-\d{2}"


def page(client: TestClient, upload_id: int, rest: str = "", status: int = 200) -> str:
    response = client.get(f"/uploads/{upload_id}{rest}")
    assert response.status_code == status
    return text_of(response)


def numbers_of_lines(html: str) -> list[str]:
    """The numbers of the lines of a file that a page shows."""
    return [line.removeprefix("line-") for line in attributes(html, "tr[id^='line-']", "id")]


def act(client: TestClient, upload_id: int, what: str, **fields: str) -> Response:
    """Sends the form of the upload's page, or of the one for maintainers, as it stands there."""
    html = client.get(f"/uploads/{upload_id}/withdraw", follow_redirects=True).text
    form = select_one(html, f'form[action="/uploads/{upload_id}/{what}"]')
    versions = form.select('input[name="version"]')
    hidden = {str(field["name"]): str(field["value"]) for field in versions}
    return client.post(f"/uploads/{upload_id}/{what}", data=hidden | fields)


# --- what would change


def test_a_sound_file_shows_how_it_was_read_and_what_it_would_change(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    shown = page(maintainer_client, store_upload_of(filled_db, OCTOBER))
    assert "Publishing it adds one month to OpenRouter rankings." in shown
    assert "Encoding UTF-8 Columns divided by comma Decimal mark point Header line 1" in shown
    assert "A month, B origin, C openness, D share_pct" in shown
    assert "October 2026, OpenRouter rankings: 2 new" in shown
    assert "Chinese, open new – 62.50 % – 2" in shown
    assert "the remaining 7.5 % will be shown as unknown" in shown
    assert "Why published figures are revised" not in shown


def test_a_revision_shows_old_and_new_and_asks_why(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    shown = page(maintainer_client, store_upload_of(filled_db, REVISED))
    assert "Publishing it revises one month of OpenRouter rankings." in shown
    assert "Sep 2026 60.3 % → 50.0 %" in shown
    assert "Why published figures are revised" in shown


def test_small_charts_stand_for_the_series_that_change_and_draw_nothing_over_gaps(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    html = maintainer_client.get(f"/uploads/{store_upload_of(filled_db, OCTOBER)}").text
    charts = [chart["class"] for chart in select(html, "svg[class]")]
    assert charts == [["chinese"], ["closed"], ["grey"]]
    before, after, *_ = attributes(html, "path.before, path.after", "d")
    assert before.count("M") == 1
    assert after.startswith(before)


def test_slices_beyond_the_fifty_largest_are_counted(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    shown = page(maintainer_client, store_upload_of(filled_db, REVISED))
    assert re.search(r"And \d+ more that move less", shown)


def test_new_names_are_told_before_they_are_made(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = b"month,origin,openness,developer,model,share_pct\n2026-10,us,open,Neu,Neu One,5\n"
    shown = page(maintainer_client, store_upload_of(filled_db, content))
    assert "Neu developer us 2" in shown
    assert "Neu One model of neu open 2" in shown


def test_all_errors_stand_with_line_column_found_expected_and_suggestion(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = b"Month;Origin;Share\r\n2026-10;chineese;62,5\r\n2026-13;us;5 %\r\n"
    upload_id = store_upload_of(filled_db, content)
    html = maintainer_client.get(f"/uploads/{upload_id}").text
    shown = page(maintainer_client, upload_id)
    assert "The file has 3 problems" in shown
    assert "2 B origin chineese one of chinese, us, european, other, unknown chinese" in shown
    assert "3 C share_pct 5 %" in shown
    assert "Columns divided by semicolon Decimal mark comma" in shown
    assert f"/uploads/{upload_id}/publish" not in html


def test_of_many_errors_the_first_hundred_and_the_total_are_told(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = b"month,origin,share_pct\n" + b"2026-10,nowhere,1\n" * 250
    upload_id = store_upload_of(filled_db, content)
    shown = page(maintainer_client, upload_id)
    assert "The file has 250 problems" in shown
    assert "The first 100 are shown." in shown
    rows = maintainer_client.get(f"/uploads/{upload_id}/errors.csv").text.splitlines()
    assert len(rows) == 101


@pytest.mark.parametrize("start", "=+-@＝＋－＠")
def test_errors_as_csv_run_nothing_in_a_spreadsheet(
    maintainer_client: TestClient, filled_db: Database, start: str
) -> None:
    content = f"month,origin,share_pct\n2026-10,{start}cmd(),1\n"
    upload_id = store_upload_of(filled_db, content.encode())
    response = maintainer_client.get(f"/uploads/{upload_id}/errors.csv")
    header, row = response.text.splitlines()
    assert header == "line,column,field,found,expected,suggestion,code"
    assert row.startswith(f"2,B,origin,'{start}cmd(),")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xfea\x00", b"no header", b"month,origin,share_pct\n\0,,\n"],
)
def test_a_file_that_is_none_gets_a_page_that_says_so(
    maintainer_client: TestClient, filled_db: Database, content: bytes
) -> None:
    assert "The file has" in page(maintainer_client, store_upload_of(filled_db, content))


def test_what_is_current_already_cannot_be_published_again(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    first = publish_file(filled_db, OCTOBER)
    again = store_upload_of(filled_db, OCTOBER)
    assert f"published already, as upload {first}" in page(maintainer_client, again)
    assert "/publish" not in maintainer_client.get(f"/uploads/{again}").text


# --- what may be done


def test_publishing_shows_the_record_that_anyone_may_see(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, OCTOBER, filename="october.csv")
    response = act(maintainer_client, upload_id, "publish")
    assert (response.status_code, response.headers["location"]) == (303, f"/uploads/{upload_id}")
    maintainer_client.cookies.clear()
    shown = page(maintainer_client, upload_id)
    assert "Published: these figures stand" in shown
    assert "october.csv" in shown
    assert "by ada" in shown
    assert "October 2026 OpenRouter rankings 2 92.50 % current" in shown
    assert "Withdraw" not in shown


def test_a_revision_without_a_reason_stays_and_says_so(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, REVISED)
    response = act(maintainer_client, upload_id, "publish", reason="  ")
    assert response.status_code == 409
    assert "A reason is needed to revise published figures" in text_of(response)
    assert act(maintainer_client, upload_id, "publish", reason="misread").status_code == 303
    assert "Reason misread" in page(maintainer_client, upload_id)


def test_a_reason_that_no_text_may_hold_is_said_at_its_field(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, REVISED)
    response = act(maintainer_client, upload_id, "publish", reason="a\0b")
    assert response.status_code == 422
    assert select_one(response.text, "#reason-problem")


def test_publishing_what_has_moved_on_since_is_refused_and_shown_anew(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, OCTOBER)
    html = maintainer_client.get(f"/uploads/{upload_id}").text
    (seen,) = attributes(html, 'form[action$="/publish"] > input[name="version"]', "value")
    publish_file(filled_db, OCTOBER.replace(b"62.5", b"61"))
    sent = {"version": seen, "reason": "x"}
    response = maintainer_client.post(f"/uploads/{upload_id}/publish", data=sent)
    assert response.status_code == 409
    shown = text_of(response)
    assert "not what you looked at any more" in shown
    assert "Oct 2026 61.0 % → 62.5 %" in shown
    assert seen not in response.text


@pytest.mark.parametrize("what", ["publish", "withdraw", "discard"])
def test_a_form_that_does_not_say_what_was_looked_at_does_nothing(
    maintainer_client: TestClient, filled_db: Database, what: str
) -> None:
    upload_id = (
        publish_file(filled_db, OCTOBER)
        if what == "withdraw"
        else store_upload_of(filled_db, OCTOBER)
    )
    sent = {"reason": "because"}
    response = maintainer_client.post(f"/uploads/{upload_id}/{what}", data=sent)
    assert response.status_code == 409


def test_withdrawing_takes_a_reason_and_tells_it(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = publish_file(filled_db, OCTOBER)
    refused = act(maintainer_client, upload_id, "withdraw", reason="")
    assert refused.status_code == 422
    assert select_one(refused.text, "#reason-problem")
    done = act(maintainer_client, upload_id, "withdraw", reason="a wrong file")
    assert done.status_code == 303
    shown = page(maintainer_client, upload_id)
    assert "Withdrawn: these figures do not stand any more" in shown
    assert "by ada: a wrong file" in shown


def test_a_superseded_upload_names_its_successor(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    first = publish_file(filled_db, OCTOBER)
    second = publish_file(filled_db, OCTOBER.replace(b"62.5", b"61"))
    shown = page(maintainer_client, first)
    assert "Superseded: later uploads give all its months anew" in shown
    assert f"superseded by upload {second}" in shown


def test_figures_can_be_seen_as_they_were_before_and_after(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    html = maintainer_client.get(f"/uploads/{publish_file(filled_db, REVISED)}").text
    before, after = attributes(html, 'a[href^="/trends?"][href*="as_of="]', "href")
    then, now = (text_of(maintainer_client.get(link)) for link in (before, after))
    assert "Sep 2026 provisional 60.26 %" in then
    assert "Sep 2026 50.00 %" in now


def test_discarding_closes_an_upload_for_good(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, OCTOBER)
    assert act(maintainer_client, upload_id, "discard").status_code == 303
    assert "Discarded before it was published" in page(maintainer_client, upload_id)
    sent = {"version": "x"}
    assert maintainer_client.post(f"/uploads/{upload_id}/publish", data=sent).status_code == 409


def test_checking_again_says_where_nothing_would_change(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    response = act(maintainer_client, publish_file(filled_db, OCTOBER), "reclassify")
    assert response.status_code == 409
    assert "Nothing would change" in text_of(response)


def test_checking_again_shows_what_todays_catalogue_changes(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    with filled_db.writing() as session:
        entries = read_entries(session, DEVELOPER_TYPE)
        number, cells = next(item for item in entries if item[1]["developer"] == "poolside")
        cells |= {"origin": "european", "country": "FR"}
        edit_entry(session, DEVELOPER_TYPE, cells, by="ada", reason="moved", entry_id=number)
    response = act(maintainer_client, 3, "reclassify")
    assert response.status_code == 303
    shown = page(maintainer_client, int(response.headers["location"].rpartition("/")[2]))
    assert "Publishing it revises" in shown
    assert "European open models" in shown


# --- who sees what


def test_only_maintainers_see_what_is_not_published(
    own_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, OCTOBER)
    for rest in ("", "/file", "/lines?source=openrouter-rankings&month=2026-10"):
        response = own_client.get(f"/uploads/{upload_id}{rest}")
        assert response.status_code == 303
        assert response.headers["location"].startswith("/sign-in?next=%2Fuploads")
    assert "file.csv" not in own_client.get("/uploads").text
    for address in ("/uploads/received", "/uploads/3/withdraw"):
        location = own_client.get(address).headers["location"]
        assert location == f"/sign-in?next={quote(address, safe='')}"


def test_public_records_are_the_same_for_maintainers(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    waiting = store_upload_of(filled_db, OCTOBER)
    withdrawn = publish_file(filled_db, OCTOBER)
    act(maintainer_client, withdrawn, "withdraw", reason="a wrong file")
    lines = "/uploads/3/lines?source=openrouter-rankings&month=2026-09"
    for address in ("/uploads", "/uploads/3", f"/uploads/{withdrawn}", lines, "/uploads/3/file"):
        shown = maintainer_client.get(address)
        assert shown.status_code == 200
        assert not [link for link in texts(shown.text, "a") if link.endswith("ada")]
        assert "cookie" not in shown.headers["vary"].lower()
        assert "no-store" not in shown.headers.get("cache-control", "")
    assert "cookie" in maintainer_client.get(f"/uploads/{waiting}").headers["vary"].lower()


def test_there_is_nothing_to_withdraw_of_what_is_not_published(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    waiting = store_upload_of(filled_db, OCTOBER)
    response = maintainer_client.get(f"/uploads/{waiting}/withdraw")
    assert (response.status_code, response.headers["location"]) == (303, f"/uploads/{waiting}")


def test_what_was_received_is_shown_to_maintainers_whole(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    store_upload_of(filled_db, OCTOBER, filename="waiting.csv")
    shown = text_of(maintainer_client.get("/uploads/received"))
    assert "waiting.csv" in shown
    assert "Unpublished" in shown
    assert "OpenRouter rankings: January 2025 to September 2026" in shown


def test_a_long_history_has_pages(maintainer_client: TestClient, filled_db: Database) -> None:
    ids = [store_upload_of(filled_db, OCTOBER, filename=f"{n}.csv") for n in range(UPLOADS_A_PAGE)]
    received = maintainer_client.get("/uploads/received").text
    (older,) = attributes(received, 'a[href^="/uploads/received?before="]', "href")
    assert older == f"/uploads/received?before={ids[0]}"
    assert "openrouter-rankings.csv" in maintainer_client.get(older).text


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40, "x", "-1", "1e3", "\u0663", "%00"])
def test_an_upload_that_is_not_there_is_not_found(
    maintainer_client: TestClient, number: str
) -> None:
    for path in (f"/uploads/{number}", f"/uploads/{number}/file"):
        assert maintainer_client.get(path).status_code == 404
    assert maintainer_client.post(f"/uploads/{number}/discard", data={}).status_code in {404, 409}
    assert maintainer_client.get("/uploads", params={"before": "x"}).status_code == 404


def test_the_file_comes_back_as_it_was_received_and_is_never_a_page(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = b"month,origin,share_pct\r\n<script>,\xff\x00\r\n"
    upload_id = store_upload_of(filled_db, content, filename="<b>\u00fc;\r\n.csv")
    response = maintainer_client.get(f"/uploads/{upload_id}/file")
    assert response.content == content
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"


# --- from a number to its line


def test_every_month_of_a_table_leads_to_its_upload_and_lines(client: TestClient) -> None:
    for path in ("/", "/trends?by=developer"):
        html = client.get(path).text
        links = attributes(html, 'a[href^="/uploads/behind?"]', "href")
        months = [at for at in attributes(html, "time", "datetime") if re.fullmatch(MONTH, at)]
        assert len(links) == len(months)
    response = client.get(links[0])
    target = "/uploads/3/lines?source=openrouter-rankings&month=2026-09"
    assert (response.status_code, response.headers["location"]) == (303, target)


def test_the_lines_add_up_to_the_number_they_stand_behind(client: TestClient) -> None:
    address = "/uploads/3/lines?source=openrouter-rankings&month=2025-08"
    html = client.get(address).text
    assert "Chinese, open 21 28.65 %" in text_of(client.get(address))
    (filtered,) = attributes(html, 'a[href$="origin=chinese&openness=open#lines"]', "href")
    lines = client.get(filtered.removesuffix("#lines")).text
    assert len(numbers_of_lines(lines)) == 21
    assert "closed" not in texts(lines, "td")


def test_a_pinned_number_leads_to_the_upload_of_its_vintage(
    own_client: TestClient, filled_db: Database
) -> None:
    pinned = vintages(own_client)[0]
    second = publish_file(filled_db, REVISED)
    month = "/uploads/behind?source=openrouter-rankings&month=2026-09"
    assert own_client.get(month).headers["location"].startswith(f"/uploads/{second}/lines")
    then = own_client.get(f"{month}&as_of={pinned}")
    assert then.headers["location"].startswith("/uploads/3/lines")
    html = own_client.get(f"/?as_of={pinned}").text
    links = attributes(html, 'a[href^="/uploads/behind"]', "href")
    assert links
    assert all("as_of=" in link for link in links)
    assert "superseded" in text_of(own_client.get(then.headers["location"]))


def test_many_lines_come_in_pages(own_client: TestClient, filled_db: Database) -> None:
    slices = "".join(f"2026-10,us,open,Lab {n},0.01\n" for n in range(450))
    content = f"month,origin,openness,developer,share_pct\n{slices}".encode()
    upload_id = publish_file(filled_db, content)
    address = f"/uploads/{upload_id}/lines?source=openrouter-rankings&month=2026-10"
    seen: list[str] = []
    while address:
        html = own_client.get(address).text
        seen += numbers_of_lines(html)
        links = attributes(html, 'a[href$="#lines"]:-soup-contains("More lines")', "href")
        address = links[0].removesuffix("#lines") if links else ""
    assert seen == [str(line) for line in range(2, 452)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("source=openrouter-rankings", 400),
        ("month=2026-09", 400),
        ("source=nobody&month=2026-09", 400),
        ("source=openrouter-rankings&month=2026-09&after=x", 400),
        ("source=openrouter-rankings&month=2026-09&colour=red", 400),
        ("source=openrouter-rankings&month=2020-01", 404),
        ("source=vercel-ai-gateway&month=2026-04", 404),
    ],
)
def test_lines_that_cannot_be_asked_for_get_a_page_that_says_why(
    client: TestClient, query: str, status: int
) -> None:
    response = client.get(f"/uploads/3/lines?{query}")
    assert response.status_code == status
    assert select_one(response.text, "h1")


def test_hostile_names_come_out_harmless_on_every_page(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    lines = "".join(
        f'2026-10,us,open,"{name}","{name} model",{n + 1},"{name} note"\n'
        for n, name in enumerate(HOSTILE_NAMES)
    )
    content = f"month,origin,openness,developer,model,share_pct,note\n{lines}".encode()
    upload_id = store_upload_of(filled_db, content, filename="{{7*7}}</script>.csv")
    review = maintainer_client.get(f"/uploads/{upload_id}")
    act(maintainer_client, upload_id, "publish", reason="{{7*7}}</script>")
    address = f"/uploads/{upload_id}/lines?source=openrouter-rankings&month=2026-10"
    pages = [review, *map(maintainer_client.get, (f"/uploads/{upload_id}", address, "/uploads"))]
    pages += [
        maintainer_client.get(f"/trends?by={by}&from=2026-10") for by in ("developer", "model")
    ]
    for response in pages:
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "49" not in parse(response.text).stripped_strings
        assert "</script>.csv" not in response.text
    for name in HOSTILE_NAMES:
        assert name in parse(pages[0].text).get_text()
        assert f"{name} note" in parse(pages[2].text).get_text()


@pytest.mark.parametrize(
    "address",
    ["/uploads?as_of=2026-11-01", "/uploads/3?as_of=x", "/api?x=1", "/api/v1/uploads/3?x=1"],
)
def test_what_a_page_does_not_take_is_refused_by_name(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "cannot be asked here" in answer.text
