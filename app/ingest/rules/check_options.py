"""What a maintainer chose beside a file, and what checking it may cost."""

from dataclasses import dataclass
from typing import Final

from app.csv_io.schema import NO_CHOICES, NO_FILE_LIMITS, FileLimits, TableChoices
from app.domain.vocabulary import Openness


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How a snapshot file is read.

    `source` (slug or name) and `openness` fill what lines leave out: the source of lines without
    one, the openness of lines that neither say it nor name a catalogued model. With `reclassify`
    the catalogue's origin and openness go before those of the lines, wherever it knows them.
    `choices` say which table of the file it is.
    """

    source: str | None = None
    openness: Openness = Openness.OPEN
    reclassify: bool = False
    limits: FileLimits = NO_FILE_LIMITS
    choices: TableChoices = NO_CHOICES


DEFAULT_OPTIONS: Final = CheckOptions()
