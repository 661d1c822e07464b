"""An answer of a publisher as it came: its address, its bytes, what it says of itself."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class PublisherAnswer:
    """The bytes that a publisher answered with, and where and when that was.

    `url` is the whole address that was asked, `headers` are those of the answer that say what it
    is, in lower case. `received_at` is in UTC.
    """

    url: str
    received_at: datetime
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> bytes:
        """The digest of the bytes as they came."""
        return hashlib.sha256(self.content).digest()

    @property
    def name(self) -> str:
        """The last part of the address, by which errors name the answer."""
        return self.url.partition("?")[0].rstrip("/").rpartition("/")[2]
