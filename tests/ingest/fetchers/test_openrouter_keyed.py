"""What OpenRouter is asked for with a key."""

import json
from datetime import UTC, date, datetime, timedelta

from app.catalogue.index import CatalogueIndex
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.vocabulary import Status
from app.ingest.fetchers.fetcher import Period
from app.ingest.fetchers.months import sum_months
from app.ingest.fetchers.openrouter import KEYED, OpenRouter

ORIGIN = "https://openrouter.ai"
DAY = timedelta(days=1)
READ_AT = datetime(2027, 1, 15, tzinfo=UTC)
CATALOGUE = CatalogueIndex({}, {}, {})


class KeyedServer:
    """OpenRouter with a key: any days, but those that were never published."""

    has_key = True

    def __init__(self) -> None:
        self.spans: list[tuple[str, str]] = []

    def ask(self, path: str, params: dict[str, str] | None = None) -> PublisherAnswer:
        assert path == KEYED
        assert params is not None
        first, last = params["start_date"], params["end_date"]
        self.spans.append((first, last))
        days = [
            date.fromisoformat(first) + DAY * count
            for count in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
        ]
        rows = [
            {"date": f"{day}", "model_permaslug": "other", "total_tokens": "1"}
            for day in days
            if day not in OpenRouter.never_published
        ]
        meta = {"as_of": "2026-11-30T02:00:00Z", "version": "v1"}
        document = {"data": rows, "meta": meta | params}
        address = f"{ORIGIN}{path}?start_date={first}&end_date={last}"
        return PublisherAnswer(address, READ_AT, json.dumps(document).encode())

    def ask_if_there(self, path: str) -> PublisherAnswer | None:
        return self.ask(path)


def test_with_a_key_everything_since_2025_is_asked_for_in_spans_of_a_year() -> None:
    fetcher, server = OpenRouter(), KeyedServer()
    period = Period(None, date(2026, 11, 1), date(2026, 11, 30))
    reading = fetcher.read(fetcher.collect(server, period, CATALOGUE), CATALOGUE)
    months = sum_months(fetcher, reading, period)
    assert server.spans == [("2025-01-01", "2026-01-01"), ("2026-01-02", "2026-11-29")]
    assert len(months) == 23
    june = months[5]
    assert june.covered == (date(2025, 6, 1), date(2025, 6, 30), 29)
    assert june.status is Status.FINAL
    assert months[-1].status is Status.PROVISIONAL
