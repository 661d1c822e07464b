"""Which months a fetched file has, without checking it."""

import csv
import io

from app.database.tables import Upload
from app.ingest.stored_files import open_stored_file


def months_of_file(upload: Upload) -> frozenset[tuple[str, str]]:
    """Return source and month (YYYY-MM) of every line of a file that was made of a fetch."""
    with open_stored_file(upload) as file:
        rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
        return frozenset((row["source"], row["month"]) for row in rows)
