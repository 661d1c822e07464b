"""Vercel on loopback: recorded rows, for whatever days."""

import json
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.publisher_server import RECORDINGS, Answer

VERCEL_ANSWER: Final[dict[str, Any]] = json.loads(
    (RECORDINGS / "vercel/labs-export_2026-08-01_2026-08-03.json").read_text()
)
"""The labs of three days of August 2026, as Vercel answers."""


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
