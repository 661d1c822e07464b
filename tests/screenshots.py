"""Pictures of every page: `python -m tests.screenshots [DIR]`, light and dark, wide and narrow.

The server runs on the bundled figures, in a database that is gone afterwards.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app import archive, migrations, postgres
from app.db import Db
from tests import chromium
from tests.conftest import serving

EVERY = "openrouter-rankings,huggingface-study-2025,huggingface-spring-2026,vercel-ai-gateway"
PAGES = {
    "overview": "/",
    "trends": "/trends",
    "trends-stack": "/trends?view=stack&by=openness&openness=all",
    "trends-table": "/trends?view=table&by=developer",
    "trends-developers": "/trends?by=developer",
    "trends-models": "/trends?by=model&view=stack&top=6",
    "trends-sources": f"/trends?source={EVERY}",
    "trends-one-month": "/trends?from=2025-08&to=2025-08&view=stack",
    "trends-nothing": "/trends?source=vercel-ai-gateway",
    "bad-question": "/trends?bye=origin&source=openruter-rankings",
    "not-found": "/nowhere",
}
WIDTHS = (1280, 390)


@contextmanager
def bundled_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="modelshare-pictures-") as folder:
        with postgres.running(Path(folder)) as url:
            db = Db(url)
            migrations.upgrade(db)
            archive.fill(db)
            db.close()
            with serving(url) as address:
                yield address
        postgres.wait_until_stopped(Path(folder))


def take(browser: Browser, address: str, folder: Path) -> None:
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            size = {"width": width, "height": 900}
            context = browser.new_context(base_url=address, viewport=size, color_scheme=scheme)
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(path)
                if page.locator("share-chart").count():
                    page.locator(".js-plotly-plot .main-svg").first.wait_for()
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
            context.close()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with bundled_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.QUIET)
        take(browser, address, folder)
        browser.close()
    print(f"{len(PAGES) * len(WIDTHS) * 2} pictures in {folder}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
