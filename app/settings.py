"""What the environment says."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_DRIVER = "postgresql+psycopg://"
_EXPECTED = "a PostgreSQL address is expected: postgresql://user:password@host:5432/name"


class Settings(BaseSettings):
    """What may be set, in capitals: DATABASE_URL and so on; an empty one counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    # Not in the repr: it may hold a password.
    database_url: Annotated[str | None, Field(repr=False)] = None
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    web_concurrency: Annotated[int, Field(ge=1)] = 1
    # Expensive reads a minute from one address, in each worker; 0 is no limit.
    rate_limit: Annotated[int, Field(ge=0)] = 120

    @field_validator("database_url")
    @classmethod
    def _with_driver(cls, url: str | None) -> str | None:
        if url is None:
            return None
        scheme, _, rest = url.partition("://")
        if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError(_EXPECTED)
        try:
            make_url(_DRIVER + rest)
            rest.encode()
        except (ValueError, ArgumentError):
            # Without what was found, which may hold a password.
            raise ValueError(_EXPECTED) from None
        return _DRIVER + rest
