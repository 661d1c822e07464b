"""The publishers that can be fetched from."""

from collections.abc import Mapping
from typing import Final

from app.ingest.fetchers.fetcher import Fetcher
from app.ingest.fetchers.huggingface import HuggingFace
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetchers.vercel import Vercel

# Apart from what asks them: the web process offers them, and never calls out.
FETCHERS: Final[Mapping[str, Fetcher]] = {
    fetcher.name: fetcher for fetcher in (OpenRouter(), Vercel(), HuggingFace())
}
"""Every fetcher by its name."""


def fetchers_by_source() -> dict[str, Fetcher]:
    """Return the fetcher of each source that can be fetched."""
    return {source: fetcher for fetcher in FETCHERS.values() for source in fetcher.sources}
