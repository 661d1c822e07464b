"""`/healthz`, `/readyz` and `/metrics`: for whoever runs the server, not for its visitors."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError

from app.database.schema_version import is_schema_served, schema_revisions
from app.database.session import Database
from app.domain.calendar import today_utc
from app.domain.errors import NotFoundError, UnavailableError
from app.queries.fetches import FetchTimes, read_fetch_times
from app.web.dependencies import database_of
from app.web.middleware.metrics import METRICS_TYPE, render_metrics
from app.web.route_policy import RouteKind, policy

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """It is well; whoever is not answers 503."""

    status: Literal["ok"] = Field(default="ok", description="Always `ok`.")


# `async`, so that it runs in the event loop: a plain function takes a thread, and would not answer
# while all of them wait for the database.
@router.get("/healthz")
@policy(RouteKind.OPERATIONS)
async def read_liveness() -> Health:
    """The process answers; says nothing of the database, nor waits for a thread."""
    return Health()


@router.get("/readyz")
@policy(RouteKind.OPERATIONS)
def read_readiness(db: Annotated[Database, Depends(database_of)]) -> Health:
    """The database answers and its schema is the one this release was written for, or newer."""
    current, expected = schema_revisions(db)
    if not is_schema_served(current, expected):
        raise UnavailableError(
            "The database is not migrated", f"It is at {current}, not {expected}."
        )
    return Health()


@router.get("/metrics", response_class=Response)
@policy(RouteKind.OPERATIONS)
def read_metrics(request: Request, db: Annotated[Database, Depends(database_of)]) -> Response:
    """Counts and times for Prometheus, of fetches too; not for who comes by way of a proxy."""
    # A proxy adds this header; whoever asks from inside the network comes without it.
    if "x-forwarded-for" in request.headers:
        raise NotFoundError("There is nothing at this address")
    counted = render_metrics() + render_fetch_metrics(db)
    return Response(counted, headers={"Content-Type": METRICS_TYPE})


# --- what the record of fetches tells, whichever process made them


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
