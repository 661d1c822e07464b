"""The publishers that can be fetched from, and where each of them is asked."""

from collections.abc import Mapping
from typing import Final

from app.ingest.fetchers.fetcher import Fetcher
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.publisher_client import ClientLimits, PublisherClient
from app.settings import Settings

FETCHERS: Final[Mapping[str, Fetcher]] = {fetcher.name: fetcher for fetcher in (OpenRouter(),)}
"""Every fetcher by its name."""
KEYED_LIMITS: Final = ClientLimits(pause_s=2)
"""OpenRouter takes 30 questions a minute with a key."""


def open_publisher(settings: Settings, fetcher: str) -> PublisherClient:
    """Return a client of a fetcher's publisher, at the address that the settings name."""
    address = getattr(settings, f"{fetcher}_url")
    key = settings.openrouter_api_key if fetcher == OpenRouter.name else None
    limits = KEYED_LIMITS if key else ClientLimits()
    return PublisherClient(address, settings.site, key=key, limits=limits)


def fetchers_by_source() -> dict[str, Fetcher]:
    """Return the fetcher of each source that can be fetched."""
    return {source: fetcher for fetcher in FETCHERS.values() for source in fetcher.sources}
