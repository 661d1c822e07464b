"""Where the parts of a checkout lie, whichever room asks."""

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent
PROJECT: Final = PACKAGE.parent
"""The checkout: the application runs from it, with its templates and migrations."""
DATA: Final = PACKAGE / "data"
"""The bundled figures and catalogue, with their provenance."""
STATIC: Final = PROJECT / "static"
TEMPLATES: Final = PROJECT / "templates"
