"""The folders of a checkout, wherever a module that needs them stands."""

from pathlib import Path
from typing import Final

# The only place that counts folders from its own: this file must stay at the top of the package.
PACKAGE: Final = Path(__file__).parent
"""The package `app`."""
PROJECT: Final = PACKAGE.parent
"""The checkout: the application runs from it, with its templates and migrations."""
DATA: Final = PACKAGE / "data"
"""The bundled figures and catalogue, with their provenance."""
STATIC: Final = PROJECT / "static"
"""The files that are served as they lie there."""
TEMPLATES: Final = PROJECT / "templates"
"""The Jinja templates of pages and examples."""
