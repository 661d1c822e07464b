"""Families of models: the versions of one model, told by their slugs alone."""

import re
from typing import Final

# A date at the end of a slug, as developers write it: -2024-11-20, -20241022, -2024-11, -07-25,
# -0528. A variant of a host follows a colon, as in `:free`.
_DATE: Final = re.compile(
    r"-(?:20\d{2}-\d{2}-\d{2}|20\d{2}(?:0[1-9]|1[0-2])\d{2}|20\d{2}-(?:0[1-9]|1[0-2])"
    r"|(?:0[1-9]|1[0-2])-(?:20\d{2}|[0-3]\d)|[0-3]\d[0-3]\d)$"
)
_STAGE: Final = re.compile(r"-(?:preview|exp|experimental|beta|alpha|latest)$")


def model_family(slug: str) -> str:
    """Return the slug of a model without its date, its stage and the variant of its host.

    Models of one family are the versions of one model: `deepseek/deepseek-r1-0528` is of the family
    of `deepseek/deepseek-r1`. It is told by the slug alone, so a size or a number that belongs to
    the name keeps two models apart.
    """
    family = slug.partition(":")[0]
    # A slug may end with both, in either order.
    for ending in (_DATE, _STAGE, _DATE):
        family = ending.sub("", family)
    return family
