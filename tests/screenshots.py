"""Pictures of pages: `python -m tests.screenshots [DIR] [NAME]`, light and dark, wide and narrow.

With a name only of the pages whose name begins with it.

The server runs on the bundled figures, in a database that is gone afterwards.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from app.auth.accounts import add_maintainer
from app.auth.sessions import create_link, sign_in_by_link
from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.domain.vocabulary import Openness
from app.ingest.import_export import import_bundled_data
from app.ingest.stored_files import store_upload
from tests import chromium
from tests.browser import COLOR_SCHEMES
from tests.databases import serve_database

EVERY = "openrouter-rankings,huggingface-study-2025,huggingface-spring-2026,vercel-ai-gateway"
PAGES = {
    "overview": "/",
    "trends": "/trends",
    "trends-stack": "/trends?view=stack&by=openness&openness=all",
    "trends-table": "/trends?view=table&by=developer",
    "trends-developers": "/trends?by=developer",
    "trends-models": "/trends?by=model&view=stack&top=6",
    "trends-models-lines": "/trends?by=model",
    "trends-sources": f"/trends?source={EVERY}",
    "trends-one-month": "/trends?from=2025-08&to=2025-08&view=stack",
    "trends-events": "/trends?events=all",
    "trends-undivided": "/trends?source=state-of-ai-study&home=base",
    "trends-unread": "/trends?as_of=2100-01-01&developer=deepsek",
    "embed": "/embed/trends",
    "embed-table": "/embed/trends?view=table&by=developer&top=4",
    "trends-nothing": "/trends?source=vercel-ai-gateway",
    "picture-png": "/trends.png",
    "sources": "/sources",
    "source": "/sources/openrouter-rankings",
    "source-single": "/sources/state-of-ai-study",
    "developers": "/developers",
    "developer": "/developers/google",
    "developer-base": "/developers/tngtech?home=base",
    "company": "/companies/alibaba",
    "models": "/models",
    "search": "/search?q=alibaba",
    "trends-companies": "/trends?by=company&openness=all",
    "trends-namesake": "/trends?developer=alibaba",
    "model": "/models/tngtech/deepseek-r1t2-chimera",
    "model-unknown": "/models/deepseek/deepseek-r2.5",
    "methods": "/methods",
    "about": "/about",
    "bundled-data": "/methods/bundled-data",
    "api": "/api",
    "docs": "/docs",
    "uploads": "/uploads",
    "upload": "/uploads/3",
    "upload-lines": "/uploads/3/lines?source=openrouter-rankings&month=2026-09&origin=us",
    "sign-in": "/sign-in",
    "bad-question": "/trends?bye=origin&source=openruter-rankings",
    "not-found": "/nowhere",
}
# Uploads 6 and 7 are those of `keep_files`.
MAINTAINERS_PAGES = {
    "received": "/uploads/received",
    "upload-new": "/uploads/new",
    "upload-sound": "/uploads/9",
    "upload-faulty": "/uploads/10",
    "upload-withdraw": "/uploads/3/withdraw",
    "account": "/account",
    "catalogue": "/catalogue",
    "catalogue-models": "/catalogue/models?find=deepseek",
    "catalogue-entry": "/catalogue/developers/3",
}
SOUND = b"""month,origin,openness,developer,share_pct,status
2026-09,chinese,open,,51.2,
2026-09,us,open,,8,
2026-11,chinese,open,,62.5,provisional
2026-11,european,open,Nouveau,1.5,provisional
"""
FAULTY = b"Month;Origin;Share percent\n2026-10;chineese;62,5\n2026-13;us;abc\n2026-10;us;5 %\n"
WIDTHS = (1280, 390)


@contextmanager
def bundled_server() -> Iterator[tuple[str, str]]:
    """Its address, and the secret of a browser that is signed in."""
    with tempfile.TemporaryDirectory(prefix="modelshare-pictures-") as folder:
        with run_embedded_postgres(Path(folder)) as url:
            db = Database(url)
            upgrade_schema(db)
            import_bundled_data(db)
            secret = keep_files(db)
            db.close()
            with serve_database(url) as address:
                yield address, secret
        wait_until_stopped(Path(folder))


def keep_files(db: Database) -> str:
    """A maintainer who has uploaded a sound and a faulty file; the secret of their browser."""
    with db.writing() as session:
        add_maintainer(session, "ada")
        link = create_link(session, "ada").partition("=")[2]
        for name, content in (("october.csv", SOUND), ("october-draft.csv", FAULTY)):
            store_upload(
                session,
                io.BytesIO(content),
                filename=name,
                by="ada",
                source="openrouter-rankings",
                openness=Openness.OPEN,
            )
    return sign_in_by_link(db, link)


def take(browser: Browser, address: str, folder: Path, pages: dict[str, str], secret: str) -> None:
    for scheme, color_scheme in COLOR_SCHEMES.items():
        for width in WIDTHS:
            size: ViewportSize = {"width": width, "height": 900}
            context = browser.new_context(
                base_url=address, viewport=size, color_scheme=color_scheme
            )
            if secret:
                context.add_cookies([{"name": "session", "value": secret, "url": address}])
            page = context.new_page()
            for name, path in pages.items():
                page.goto(path)
                if page.locator("share-chart").count():
                    page.locator(".js-plotly-plot .main-svg").first.wait_for()
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
            context.close()


def main(folder: Path, begins: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with bundled_server() as (address, secret), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.QUIET)
        take(browser, address, folder, named(PAGES, begins), "")
        take(browser, address, folder, named(MAINTAINERS_PAGES, begins), secret)
        browser.close()
    print(f"{len(list(folder.glob(f'{begins}*.png')))} pictures in {folder}")  # noqa: T201


def named(pages: dict[str, str], begins: str) -> dict[str, str]:
    return {name: path for name, path in pages.items() if name.startswith(begins)}


if __name__ == "__main__":
    given = dict(enumerate(sys.argv))
    main(Path(given.get(1, "screenshots")), given.get(2, ""))
