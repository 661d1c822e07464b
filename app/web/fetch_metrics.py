"""What `/metrics` says of fetches: read from their record, whichever process made them."""

from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import DBAPIError

from app.database.session import Database
from app.domain.calendar import today_utc
from app.queries.fetches import FetchTimes, read_fetch_times


def render_fetch_metrics(db: Database) -> bytes:
    """Return the gauges of fetches as Prometheus reads them; empty where the database is away.

    A fetcher that has never succeeded, or failed, has no sample of that gauge.
    """
    try:
        with db.reading() as session:
            times = read_fetch_times(session)
    except DBAPIError:
        # That it is away is told by /readyz; the other metrics must come all the same.
        return b""
    registry = CollectorRegistry()
    gauges: list[tuple[str, str, Callable[[FetchTimes], float | None]]] = [
        (
            "modelshare_fetch_last_success_timestamp_seconds",
            "When a publisher was last asked and answered with what can be taken, Unix time.",
            lambda item: _timestamp(item.succeeded_at),
        ),
        (
            "modelshare_fetch_last_failure_timestamp_seconds",
            "When a fetch last failed, Unix time.",
            lambda item: _timestamp(item.failed_at),
        ),
        (
            "modelshare_fetch_newest_day_age_days",
            "Days since the newest day that a publisher had figures of.",
            lambda item: (today_utc() - item.newest_day).days if item.newest_day else None,
        ),
    ]
    for name, meaning, value_of in gauges:
        gauge = Gauge(name, meaning, ["fetcher"], registry=registry)
        for fetcher, item in times.items():
            if (value := value_of(item)) is not None:
                gauge.labels(fetcher).set(value)
    return generate_latest(registry)


def _timestamp(moment: datetime | None) -> float | None:
    return moment.astimezone(UTC).timestamp() if moment else None
