"""What pages cost as sources grow in number.

    .venv/bin/python -m tests.benchmarks.sources [SOURCES]

Fills an embedded PostgreSQL of its own with the bundled figures and as many more sources (50), each
with a figure a month for ten years, and says how many seconds each page takes in this process.
"""

import io
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from fastapi.testclient import TestClient
from httpx2 import Response

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.csv_io.schema import FileLimits
from app.database.embedded.server import run_embedded_postgres
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.domain.calendar import add_months, format_month
from app.domain.vocabulary import Openness
from app.ingest.import_export import import_bundled_data
from app.ingest.publish import publish_upload
from app.ingest.stored_files import store_upload
from app.main import create_app

PAGES = ("/", "/trends", "/trends.svg", "/sources", "/feed.atom", "/api/v1/shares", "/uploads")
LINES = ("chinese,open,20", "us,open,9", "us,closed,60")


def content(number: int) -> bytes:
    months = [format_month(add_months(date(2016, 1, 1), n)) for n in range(120)]
    lines = [f"{month},lab-{number},{line}\n" for month in months for line in LINES]
    return ("month,source,origin,openness,share_pct\n" + "".join(lines)).encode()


def add(db: Database, number: int) -> None:
    texts = {"source": f"lab-{number}", "name": f"Lab {number}", "publisher": "Lab"}
    texts |= {"metric": "tokens", "population": "Its own traffic"}
    file = io.BytesIO(content(number))
    with db.writing() as session:
        edit_entry(session, SOURCE_TYPE, texts, by="benchmark", reason="benchmark")
    with db.writing() as session:
        upload = store_upload(
            session, file, filename="lab.csv", by="benchmark", source=None, openness=Openness.OPEN
        )
    with db.writing() as session:
        publish_upload(session, upload, by="benchmark", reason="", limits=FileLimits())


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as directory, run_embedded_postgres(Path(directory)) as url:
        db = Database(url)
        upgrade_schema(db)
        import_bundled_data(db)
        for number in range(count):
            add(db, number)
        with TestClient(create_app(db)) as client:
            every = ",".join(f"lab-{number}" for number in range(count))
            for page in (*PAGES, f"/trends?source={every}", f"/trends?view=table&source={every}"):
                answer, took = fetch(client, page)
                # The first visit reads templates and catalogue, the best of three is the page.
                again = min(fetch(client, page)[1] for _ in range(3))
                print(
                    f"{page[:24]:<24} {answer.status_code} {took:7.3f} s, again {again:7.3f} s,"
                    f" {len(answer.content):>9,} bytes"
                )


def fetch(client: TestClient, page: str) -> tuple[Response, float]:
    """The answer, and the seconds it took."""
    began = time.perf_counter()
    return client.get(page), time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
