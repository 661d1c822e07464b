"""Whether this process lives, and whether it can answer."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from app import migrations
from app.db import Db
from app.errors import Unavailable
from app.http import database

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


@router.get("/healthz")
def read_liveness() -> Health:
    """The process answers; says nothing of the database."""
    return Health()


@router.get("/readyz")
def read_readiness(db: Annotated[Db, Depends(database)]) -> Health:
    """The database answers and its schema is the one this release was written for."""
    found, expected = migrations.revisions(db)
    if found != expected:
        raise Unavailable("The database is not migrated", f"It is at {found}, not {expected}.")
    return Health()
