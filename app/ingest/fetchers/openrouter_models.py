"""OpenRouter's list of models: what each is called, since when it is listed, where its weights are.

Several ids share one `canonical_slug`: `x/y:free` and `x/y:batch` are used as `x/y-20260821` is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from app.csv_io.schema import NAME_MAX_LENGTH
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.text import UnreadableCellError, clean_text
from app.ingest.fetchers.openrouter import fold_variant
from app.ingest.fetchers.rows import bad_answer, read_json

MODELS: Final = "/api/v1/models"
PAGES: Final = "https://openrouter.ai"
FIRST_LISTED: Final = date(2020, 1, 1)
"""No model was listed before; an earlier date is a slip of the list."""
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*(:[a-z0-9._-]+)?", re.ASCII)
_HUB_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model of the list by its folded `canonical_slug`; what is not known is "" or None.

    `title` is its name as it stands there, `name` that without its maker. `address` is its page.
    """

    slug: str
    title: str
    name: str
    listed_on: date | None
    hugging_face_id: str
    address: str


def read_model_list(answer: PublisherAnswer, today: date) -> dict[str, ListedModel]:
    """Return the models of the list by slug. Raises PublisherError where it is no such list.

    What cannot be read of a model is left out, since nothing is taken without a person; a field
    that is new is no news.
    """
    rows = read_json(answer).get("data")
    if not isinstance(rows, list):
        raise bad_answer(answer, "it has no list “data”")
    variants: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        slug = row.get("canonical_slug") if isinstance(row, dict) else None
        if isinstance(slug, str) and _SLUG.fullmatch(slug):
            variants[fold_variant(slug)].append(row)
    if not variants:
        raise bad_answer(answer, "it names no model")
    return {slug: _listed(slug, group, today) for slug, group in variants.items()}


def parse_hub_id(text: object) -> str:
    """Return a name on Hugging Face such as `Qwen/Qwen3.8-27B`, or "" for what is none."""
    sound = isinstance(text, str) and _HUB_ID.fullmatch(text) and ".." not in text
    return str(text) if sound else ""


def _listed(slug: str, group: Iterable[Mapping[str, Any]], today: date) -> ListedModel:
    # The model itself stands before its variants, of which each is called after it.
    rows = sorted(group, key=lambda row: ":" in str(row.get("id")))
    titles = [title for row in rows if (title := _title(row))]
    days = [day for row in rows if (day := _day(row.get("created"), today))]
    hub_ids = {hub_id for row in rows if (hub_id := parse_hub_id(row.get("hugging_face_id")))}
    page = fold_variant(str(rows[0].get("id")))
    title = titles[0] if titles else ""
    return ListedModel(
        slug=slug,
        title=title,
        name=title.partition(": ")[2].strip() or title,
        listed_on=min(days, default=None),
        # Variants of one model that name different weights contradict each other.
        hugging_face_id=hub_ids.pop() if len(hub_ids) == 1 else "",
        address=f"{PAGES}/{page if _SLUG.fullmatch(page) else slug}",
    )


def _title(row: Mapping[str, Any]) -> str:
    """Return the name of a row without that of its variant, "" for what cannot be shown."""
    text = row.get("name")
    if not isinstance(text, str):
        return ""
    variant = str(row.get("id")).partition(":")[2]
    try:
        return clean_text(text, NAME_MAX_LENGTH).removesuffix(f"({variant})").strip()
    except UnreadableCellError:
        return ""


def _day(created: object, today: date) -> date | None:
    """Return the day of seconds since 1970, or None for what cannot be the day of a model."""
    if isinstance(created, bool) or not isinstance(created, int):
        return None
    try:
        day = datetime.fromtimestamp(created, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return day if FIRST_LISTED <= day <= today else None
