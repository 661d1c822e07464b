"""The files of `static/`: what a page asks for, and how it is served."""

import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.paths import STATIC
from app.web.static_files import STYLES, file_version, packed_file
from tests.markup import attributes

OURS = sorted(STATIC.glob("styles/*.css")) + sorted(STATIC.glob("scripts/*.js"))


def test_the_style_sheet_holds_every_file_of_styles_once() -> None:
    names = sorted(path.stem for path in (STATIC / "styles").iterdir())
    assert sorted(STYLES) == names


def test_the_style_sheet_is_served_as_one_file_in_the_order_of_the_cascade(
    client: TestClient,
) -> None:
    answer = client.get("/static/style.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    starts = [answer.text.index((STATIC / "styles" / f"{name}.css").read_text()) for name in STYLES]
    assert starts == sorted(starts)
    assert answer.text.startswith("/* Colours")


def test_every_page_asks_for_one_style_sheet(client: TestClient) -> None:
    for page in ("/", "/embed/trends", "/nowhere"):
        sheets = attributes(client.get(page).text, 'link[rel="stylesheet"]', "href")
        assert sheets == [f"/static/style.css?v={file_version('style.css')}"]


def test_the_style_sheet_is_not_sent_again_before_a_file_of_it_has_changed(
    client: TestClient,
) -> None:
    changed = client.get("/static/style.css").headers["last-modified"]
    statuses = [
        client.get("/static/style.css", headers={"If-Modified-Since": date}).status_code
        for date in (changed, "Sat, 01 Jan 2000 00:00:00 GMT")
    ]
    assert statuses == [304, 200]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_scripts_and_styles_are_short_files(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


PLOTLY = "/static/vendor/plotly.min.js"


def test_a_browser_gets_plotly_as_it_was_packed_at_set_up(client: TestClient) -> None:
    script = (STATIC / "vendor" / "plotly.min.js").read_bytes()
    answer = client.get(PLOTLY, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"].startswith("Accept-Encoding")
    # 320 KiB of the slim bundle, and three to four times as much of the full one.
    assert int(answer.headers["content-length"]) < 0.29 * len(script)
    assert answer.content == script
    again = client.get(
        PLOTLY,
        headers={"Accept-Encoding": "br", "If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("accepted", ["gzip", "identity", "br;q=0, gzip", "br; q=0.0", "brotli"])
def test_whoever_takes_no_brotli_gets_none(client: TestClient, accepted: str) -> None:
    answer = client.get(PLOTLY, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") != "br"
    assert answer.content == (STATIC / "vendor" / "plotly.min.js").read_bytes()


def test_a_packed_copy_older_than_its_file_is_not_served(tmp_path: Path) -> None:
    file, packed = tmp_path / "script.js", tmp_path / "script.js.br"
    file.write_text("new")
    assert packed_file(file, file.stat()) is None
    packed.write_text("old")
    os.utime(packed, (1, 1))
    assert packed_file(file, file.stat()) is None
    os.utime(packed)
    os.utime(file, (1, 1))
    assert packed_file(file, file.stat()) == (str(packed), packed.stat())
