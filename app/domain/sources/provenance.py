"""Where the figures of a file come from: the publisher's address and dates."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of a file's origin at its publisher; each part may be unknown.

    `origin_url` is the publisher's address, empty if unknown. `retrieved_at` is the day on which
    the figures were read there, `publisher_as_of` the publisher's own date of them.
    """

    origin_url: str = ""
    retrieved_at: date | None = None
    publisher_as_of: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return self != UNKNOWN_PROVENANCE

    @property
    def as_of(self) -> date | None:
        """The day that a citation names: the publisher's own, else that of the reading."""
        return self.publisher_as_of or self.retrieved_at


UNKNOWN_PROVENANCE = Provenance()
