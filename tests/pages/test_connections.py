"""An answer gives its connection back before it is drawn and rendered, so that others have it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import QueuePool
from sqlalchemy.exc import InvalidRequestError

import app.pages.answer_view
import app.pages.explore.downloads
import app.pages.reference.feed
import app.web.csv_responses
import app.web.question_chart
from app.database.session import Database
from app.database.vintages import vintage_at
from app.pages.templates import TEMPLATES
from app.queries.spans import covered_spans, main_source
from app.web.static_files import static_address

PAGES = (
    "/",
    "/?as_of=2100-01-01",
    "/trends",
    "/trends?view=stack",
    "/trends?view=table&by=developer",
    "/trends?by=model&top=30&source=openrouter-rankings,vercel-ai-gateway",
    "/trends?developer=deepsek",
    "/embed/trends",
    "/embed/trends?by=nothing",
    "/developers",
    "/developers/deepseek",
    "/developers/tngtech?home=base",
    "/companies/alibaba",
    "/models",
    "/models/tngtech/deepseek-r1t2-chimera",
    "/models/nobody/nothing",
    "/sources",
    "/sources/openrouter-rankings",
    "/methods",
    "/methods/bundled-data",
    "/search?q=qwen",
    "/about",
    "/api",
    "/docs",
    "/uploads",
    "/uploads/1",
    "/uploads/3/lines?source=openrouter-rankings&month=2026-09&origin=us",
    "/sign-in",
    "/nothing-here",
)
# What is no page, and the function that draws or writes it.
FILES: dict[str, tuple[Any, str]] = {
    "/trends.svg": (app.pages.explore.downloads, "render_sheet"),
    "/trends.png?width=200": (app.pages.explore.downloads, "render_png"),
    "/trends.json": (app.pages.explore.downloads, "figure_json"),
    "/trends.csv": (app.web.csv_responses, "csv_text"),
    "/api/v1/figure": (app.web.question_chart, "plotly_figure"),
    "/api/v1/shares.csv": (app.web.csv_responses, "csv_text"),
    "/api/v1/observations.csv?limit=10": (app.web.csv_responses, "csv_text"),
    "/feed.atom": (app.pages.reference.feed, "replace_unwritable"),
}
DRAWING = ("render_svg", "plotly_figure", "figure_json")


class Spy:
    """A function that is called through, with how many connections were out meanwhile."""

    def __init__(self, pool: QueuePool, called: Callable[..., Any]) -> None:
        self.pool = pool
        self.called = called
        self.held: list[int] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.held.append(self.pool.checkedout())
        return self.called(*args, **kwargs)


def pool_of(client: TestClient) -> QueuePool:
    assert isinstance(client.app, FastAPI)
    pool = client.app.state.db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool


@pytest.mark.parametrize("address", PAGES)
def test_no_connection_is_held_while_a_page_is_rendered(
    client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The frame of every page names its style sheet, so each one asks for it while it is rendered.
    spy = Spy(pool_of(client), static_address)
    monkeypatch.setitem(TEMPLATES.env.globals, "static", spy)
    assert "<html" in client.get(address).text
    assert spy.held
    assert set(spy.held) == {0}


@pytest.mark.parametrize("address", FILES)
def test_no_connection_is_held_while_a_file_is_made(
    client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, function = FILES[address]
    spy = Spy(pool_of(client), getattr(module, function))
    monkeypatch.setattr(module, function, spy)
    assert client.get(address).status_code == 200
    assert set(spy.held) == {0}


@pytest.mark.parametrize("address", ["/", "/trends", "/sources", "/developers/deepseek"])
def test_no_connection_is_held_while_a_chart_of_a_page_is_drawn(
    client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = app.pages.answer_view
    spies = {name: Spy(pool_of(client), getattr(module, name)) for name in DRAWING}
    for name, spy in spies.items():
        monkeypatch.setattr(module, name, spy)
    assert client.get(address).status_code == 200
    for spy in spies.values():
        assert set(spy.held) <= {0}
    assert any(spy.held for spy in spies.values()) == (address != "/sources")


def test_a_session_that_has_given_its_connection_back_reads_no_other_state(
    bundled_db: Database,
) -> None:
    with bundled_db.reading() as session:
        assert covered_spans(vintage_at(session))
        session.close()
        with pytest.raises(InvalidRequestError, match="closed"):
            main_source(vintage_at(session, datetime(2026, 11, 1, tzinfo=UTC)))
