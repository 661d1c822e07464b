"""`/healthz`, `/readyz` and `/metrics`: for whoever runs the server, not for its visitors."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from app.database.migrate import is_schema_served, schema_revisions
from app.database.session import Database
from app.domain.errors import NotFoundError, UnavailableError
from app.web.dependencies import database_of
from app.web.fetch_metrics import render_fetch_metrics
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
