"""`/uploads/current.csv`: the current figures of a source as a file that can be uploaded again."""

import io
import tempfile
from typing import BinaryIO, cast

from fastapi import APIRouter, Request, Response

from app.catalogue.entries import find_entry, sources_by_slug
from app.csv_io.writer import download_file_name
from app.database.vintages import vintage_at
from app.ingest.source_export import write_current_figures
from app.pages.maintain.upload_record import portions_of
from app.web.dependencies import ReadSession, SignedInMaintainer, no_parameters
from app.web.limits.streams import StreamedCSV
from app.web.route_policy import RouteKind, policy

router = APIRouter()

MEMORY_MAX_BYTES = 1 << 20
"""Bytes of the file that stay in memory; a larger one is written to a temporary file."""


@router.get("/uploads/current.csv", dependencies=[no_parameters("source")])
@policy(RouteKind.PAGE)
def current_figures(
    request: Request, session: ReadSession, _maintainer: SignedInMaintainer, source: str = ""
) -> Response:
    """Return all current lines of a source in the upload format, to be mended and sent again."""
    sources = sources_by_slug(vintage_at(session))
    entry = find_entry(
        sources, source, "source", {item.name: slug for slug, item in sources.items()}
    )
    file = tempfile.SpooledTemporaryFile(max_size=MEMORY_MAX_BYTES)  # noqa: SIM115 - sent later
    text = io.TextIOWrapper(cast(BinaryIO, file), "utf-8", newline="")
    # The cells are as they were published, without the guard against formulas that other downloads
    # have: this file is read back.
    write_current_figures(session, entry.slug, text)
    text.detach()
    size = file.tell()
    file.seek(0)
    name = download_file_name(f"{entry.slug}_upload-format", None)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamedCSV(request, portions_of(cast(BinaryIO, file)), headers)
