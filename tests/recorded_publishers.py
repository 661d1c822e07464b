"""Vercel and the Hugging Face Hub on loopback: recorded rows, for whatever days and names."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.publisher_server import RECORDINGS, Answer, Responder

VERCEL_ANSWER: Final[dict[str, Any]] = json.loads(
    (RECORDINGS / "vercel/labs-export_2026-08-01_2026-08-03.json").read_text()
)
"""The labs of three days of August 2026, as Vercel answers."""
DEEPSEEK_MODELS: Final[list[dict[str, Any]]] = json.loads(
    (RECORDINGS / "huggingface/api-models_deepseek-ai_2026-05-04_rebuilt.json").read_text()
)
"""Eleven models of deepseek-ai, with 17,502,719 downloads."""
QWEN_MODELS: Final[list[dict[str, Any]]] = [
    model
    for model in json.loads(
        (
            RECORDINGS / "huggingface/api-models_text-generation_by-downloads_2026-09-14.json"
        ).read_text()
    )
    if model["id"].startswith("Qwen/")
]
HUB_LISTS: Final = {"deepseek-ai": DEEPSEEK_MODELS, "Qwen": QWEN_MODELS}


def answer_days(path: str, _: dict[str, str]) -> Answer | None:
    """Answer as Vercel does: its days are the three recorded ones, again and again."""
    address = urlsplit(path)
    if address.path != "/api/ai/leaderboard-export":
        return None
    query = parse_qs(address.query)
    first, last = (date.fromisoformat(query[key][0]) for key in ("from", "to"))
    recorded = sorted({row["date"] for row in VERCEL_ANSWER["rows"]})
    rows = []
    for count in range((last - first).days + 1):
        day, like = first + timedelta(days=count), recorded[count % len(recorded)]
        rows += [row | {"date": f"{day}"} for row in VERCEL_ANSWER["rows"] if row["date"] == like]
    document = VERCEL_ANSWER | {"from": f"{first}", "to": f"{last}", "rows": rows}
    return Answer(json.dumps(document).encode(), headers={"Content-Type": "application/json"})


def answer_lists(
    lists: Mapping[str, Sequence[Mapping[str, Any]]] = HUB_LISTS, page: int = 1000
) -> Responder:
    """Return what answers as the Hub does: the models of an author, so many on a page."""

    def respond(path: str, headers: dict[str, str]) -> Answer | None:
        address = urlsplit(path)
        query = parse_qs(address.query)
        if address.path != "/api/models":
            return None
        author = query["author"][0]
        start = int(query.get("cursor", ["0"])[0])
        models = lists.get(author, ())
        more = {}
        if start + page < len(models):
            target = f"http://{headers['Host']}/api/models?author={author}&cursor={start + page}"
            more["Link"] = f'<{target}>; rel="next"'
        return Answer(json.dumps(models[start : start + page]).encode(), headers=more)

    return respond
