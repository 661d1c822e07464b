"""Where each publisher is asked, and how often."""

from typing import Final

from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.publisher_client import ClientLimits, PublisherClient
from app.settings import Settings

KEYED_LIMITS: Final = ClientLimits(pause_s=2)
"""OpenRouter takes 30 questions a minute with a key."""


def open_publisher(settings: Settings, fetcher: str) -> PublisherClient:
    """Return a client of a fetcher's publisher, at the address that the settings name."""
    address = getattr(settings, f"{fetcher}_url")
    key = settings.openrouter_api_key if fetcher == OpenRouter.name else None
    limits = KEYED_LIMITS if key else ClientLimits()
    return PublisherClient(address, settings.site, key=key, limits=limits)
