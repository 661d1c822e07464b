"""`/uploads` and `/uploads/{id}`: what a file would change, what became of it, and its lines."""

import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from app.queries.uploads import UPLOADS_A_PAGE
from tests.builders import HOSTILE_NAMES, NOVEMBER, REVISED, publish_file, store_upload_of, text_of
from tests.markup import attributes, parse, select, texts
from tests.pages.maintain.builders import act, page

# --- what would change


def test_a_sound_file_shows_how_it_was_read_and_what_it_would_change(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    shown = page(maintainer_client, store_upload_of(filled_db, NOVEMBER))
    assert "Publishing it adds one month to OpenRouter rankings." in shown
    assert "Encoding UTF-8 Columns divided by comma Decimal mark point Header line 1" in shown
    assert "A month, B origin, C openness, D share_pct" in shown
    assert "November 2026, OpenRouter rankings: 2 new" in shown
    assert "Chinese, open new – 62.50 % – 2" in shown
    assert "the remaining 7.5 % will be shown as unknown" in shown
    assert "Why published figures are revised" not in shown


def test_a_revision_shows_old_and_new_and_asks_why(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    shown = page(maintainer_client, store_upload_of(filled_db, REVISED))
    assert "Publishing it revises one month of OpenRouter rankings." in shown
    assert "Sep 2026 58.1 % → 50.0 %" in shown
    assert "Why published figures are revised" in shown


def test_small_charts_stand_for_the_series_that_change_and_draw_nothing_over_gaps(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    html = maintainer_client.get(f"/uploads/{store_upload_of(filled_db, NOVEMBER)}").text
    charts = [chart["class"] for chart in select(html, "svg[class]")]
    assert charts[0] == ["chinese"]
    assert charts[-2:] == [["closed"], ["grey"]]
    before, after, *_ = attributes(html, "path.before, path.after", "d")
    assert before.count("M") == 1
    assert after.startswith(before)


def test_a_group_that_the_file_does_not_name_any_more_is_drawn_with_a_cross(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    html = maintainer_client.get(f"/uploads/{store_upload_of(filled_db, NOVEMBER)}").text
    (us_chart,) = select(html, "figure:has(svg.us)")
    assert len(us_chart.select("path.vanished")) == 1
    assert "in Oct\xa02026 → no figure" in us_chart.text
    (chinese_chart,) = select(html, "figure:has(svg.chinese)")
    assert not chinese_chart.select("path.vanished")


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
    assert "2 B Origin chineese one of chinese, us, european, other, unknown chinese" in shown
    assert "3 C Share 5 %" in shown
    assert "Columns divided by semicolon Decimal mark comma" in shown
    assert f"/uploads/{upload_id}/publish" not in html


def test_of_many_errors_the_first_hundred_and_the_total_are_told(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    content = b"month,origin,share_pct\n" + b"2026-10,nowhere,1\n" * 250
    upload_id = store_upload_of(filled_db, content)
    shown = page(maintainer_client, upload_id)
    assert "The file has 250 problems" in shown
    assert "2-251 B origin nowhere one of" in shown
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
    assert header == "line,column,field,found,expected,suggestion,code,header,row"
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
    first = publish_file(filled_db, NOVEMBER)
    again = store_upload_of(filled_db, NOVEMBER)
    assert f"published already, as upload {first}" in page(maintainer_client, again)
    assert "/publish" not in maintainer_client.get(f"/uploads/{again}").text


# --- who sees what


def test_only_maintainers_see_what_is_not_published(
    own_client: TestClient, filled_db: Database
) -> None:
    upload_id = store_upload_of(filled_db, NOVEMBER)
    for rest in ("", "/file", "/lines?source=openrouter-rankings&month=2026-11"):
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
    waiting = store_upload_of(filled_db, NOVEMBER)
    withdrawn = publish_file(filled_db, NOVEMBER)
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
    waiting = store_upload_of(filled_db, NOVEMBER)
    response = maintainer_client.get(f"/uploads/{waiting}/withdraw")
    assert (response.status_code, response.headers["location"]) == (303, f"/uploads/{waiting}")


def test_what_was_received_is_shown_to_maintainers_whole(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    store_upload_of(filled_db, NOVEMBER, filename="waiting.csv")
    shown = text_of(maintainer_client.get("/uploads/received"))
    assert "waiting.csv" in shown
    assert "Unpublished" in shown
    assert "OpenRouter rankings: January 2025 to October 2026" in shown


def test_what_waits_is_named_with_what_it_holds_or_its_problems(
    maintainer_client: TestClient, filled_db: Database
) -> None:
    sound = store_upload_of(filled_db, NOVEMBER, filename="sound.csv")
    broken = store_upload_of(filled_db, NOVEMBER.replace(b"62.5", b"x"), filename="broken.csv")
    response = maintainer_client.get("/uploads/received")
    shown = text_of(response)
    assert f"2 uploads wait to be published or discarded: upload {broken}, upload {sound}." in shown
    assert f"sound.csv {sound} Unpublished OpenRouter rankings: November 2026 2 " in shown
    assert f"broken.csv {broken} Unpublished one problem 2 " in shown
    public = text_of(maintainer_client.get("/uploads"))
    assert "sound.csv" not in public
    assert "to be published or discarded" not in public


def test_a_long_history_has_pages(maintainer_client: TestClient, filled_db: Database) -> None:
    ids = [store_upload_of(filled_db, NOVEMBER, filename=f"{n}.csv") for n in range(UPLOADS_A_PAGE)]
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


# --- whatever a file holds


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
