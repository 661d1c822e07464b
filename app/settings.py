"""The settings of a process, read from the environment; docs/operations.md explains each."""

import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.domain.errors import Problem, UserError, excerpt
from app.domain.site import (
    NAME_MAX,
    PUBLISHER_MAX,
    Site,
    parse_contact,
    parse_imprint_url,
    parse_licence,
)
from app.domain.text import UnreadableCellError, clean_text, is_web_address

METRICS_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client learns, when it is imported, where workers count.

No setting of ours: the parent sets it for its workers.
"""

_DRIVER = "postgresql+psycopg://"
_EXPECTED = "a PostgreSQL address is expected: postgresql://user:password@host:5432/name"
# A name, an IPv4 address, or an IPv6 address in its brackets, as the Host header has them.
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_DATABASES: Final = ("database_url", "database_read_url")
_SECRETS: Final = (*_DATABASES, "database_password", "app_password", "openrouter_api_key")
_PUBLISHERS: Final = ("openrouter_url", "vercel_url", "huggingface_url")
_SITE_PARSERS: Final[Mapping[str, Callable[[str], str]]] = {
    "site_name": lambda text: clean_text(text, NAME_MAX),
    "site_publisher": lambda text: clean_text(text, PUBLISHER_MAX),
    "site_contact": parse_contact,
    "site_imprint_url": parse_imprint_url,
    "site_licence": parse_licence,
}


class SecretFiles(PydanticBaseSettingsSource):
    """A source of settings: NAME_FILE names a file that holds what NAME would.

    Docker and Kubernetes hand out secrets as files. One that cannot be read raises OSError, one
    that is no text UserError.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        name = f"{field_name.upper()}_FILE"
        path = os.environ.get(name)
        # Editors and `echo` end a file with a line feed, which is no part of the secret.
        try:
            text = Path(path).read_text(encoding="utf-8").strip() if path else None
        except UnicodeDecodeError:
            raise UserError(f"{name} is not usable", "It names a file that is not UTF-8.") from None
        return text, field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(FieldInfo(), name)[0] for name in _SECRETS}
        return {name: text for name, text in values.items() if text}


class Settings(BaseSettings):
    """The settings: each is the environment's variable of that name; an empty one counts as unset.

    Raises pydantic's ValidationError, whose own text may quote a secret: `load_settings` does not
    print it.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    # Not in the repr: they may hold a password.
    database_url: Annotated[str | None, Field(repr=False)] = None
    # A streaming replica of it, for what the public reads.
    database_read_url: Annotated[str | None, Field(repr=False)] = None
    database_password: Annotated[str | None, Field(repr=False)] = None
    app_password: Annotated[str | None, Field(repr=False)] = None
    openrouter_api_key: Annotated[str | None, Field(repr=False)] = None
    # Seconds that `serve` waits for a database that does not answer.
    database_wait: Annotated[int, Field(ge=0, le=86_400)] = 60
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    web_concurrency: Annotated[int, Field(ge=1)] = 1
    # Reads per minute from one address, in each worker, counted by their work; 0 is no limit.
    rate_limit: Annotated[int, Field(ge=0)] = 120
    # MiB of finished answers that each worker keeps to give again; 0 keeps none.
    answer_store_mib: Annotated[int, Field(ge=0, le=4096)] = 32
    # Names that requests may be for, separated by commas; any where none is named.
    allowed_hosts: str = ""
    # Addresses of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    forwarded_allow_ips: str = "127.0.0.1"
    log_format: Literal["text", "json"] = "text"
    # Where publishers are asked: mirrors, and servers of tests.
    openrouter_url: str = "https://openrouter.ai"
    vercel_url: str = "https://vercel.com"
    huggingface_url: str = "https://huggingface.co"
    # Who says what the site shows; without them it calls itself a private copy.
    site_name: str = ""
    site_publisher: str = ""
    site_contact: str = ""
    site_imprint_url: str = ""
    site_licence: str = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The first one that has a value wins, so NAME goes before NAME_FILE. An `.env` in the
        # working directory is Compose's, with names of its own.
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, SecretFiles(settings_cls)

    @field_validator(*_DATABASES)
    @classmethod
    def _with_driver(cls, url: str | None) -> str | None:
        # SQLAlchemy takes `postgresql://` for psycopg2, and does not know the `postgres://` that
        # many hosts hand out.
        if url is None:
            return None
        scheme, _, rest = url.partition("://")
        if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError(_EXPECTED)
        try:
            make_url(_DRIVER + rest)
            # Fails for bytes that are no UTF-8, which the environment gives as surrogates.
            rest.encode()
        except (ValueError, ArgumentError):
            # The message does not quote what was found, which may hold a password.
            raise ValueError(_EXPECTED) from None
        return _DRIVER + rest

    @field_validator("database_read_url")
    @classmethod
    def _beside_database_url(cls, url: str | None, info: ValidationInfo) -> str | None:
        # A DATABASE_URL that is there and not usable is refused for itself.
        if url and info.data.get("database_url", url) is None:
            raise ValueError("a replica of the database in DATABASE_URL, which is missing")
        return url

    @field_validator(*_PUBLISHERS)
    @classmethod
    def _publisher_address(cls, address: str) -> str:
        # A name and password in it would stand on public pages, as where figures come from.
        if not is_web_address(address) or urlsplit(address).query or "@" in address:
            raise ValueError("an address such as https://openrouter.ai is expected")
        return address.rstrip("/")

    @field_validator("openrouter_api_key")
    @classmethod
    def _key(cls, key: str | None) -> str | None:
        # It goes into a header, which holds nothing else.
        if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
            raise ValueError("a key in letters, digits and signs is expected")
        return key

    @field_validator("database_password", "app_password")
    @classmethod
    def _text(cls, secret: str | None) -> str | None:
        try:
            (secret or "").encode()
        except UnicodeEncodeError:
            raise ValueError("UTF-8 is expected") from None
        return secret

    @field_validator("allowed_hosts")
    @classmethod
    def _names(cls, listed: str) -> str:
        for name in listed.split(","):
            if name.strip() and not _HOST.fullmatch(name.strip()):
                expected = "names such as shares.example.org are expected, without scheme or port"
                raise ValueError(f"{expected}; found {excerpt(name.strip())!r}")
        return listed

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _addresses(cls, listed: str) -> str:
        try:
            for address in listed.split(","):
                ip_network(address.strip(), strict=False)
        except ValueError:
            expected = "addresses or networks such as 172.30.83.2 or 10.0.0.0/8 are expected"
            raise ValueError(f"{expected}, separated by commas") from None
        return listed

    @field_validator(*_SITE_PARSERS)
    @classmethod
    def _site_text(cls, text: str, info: ValidationInfo) -> str:
        try:
            return _SITE_PARSERS[str(info.field_name)](text)
        except UnreadableCellError as error:
            found, hint = excerpt(text), error.suggestion()
            problem = Problem(error.code, None, None, None, found, error.expected, hint)
            raise ValueError(problem.sentence()) from None

    @model_validator(mode="after")
    def _with_password(self) -> Self:
        for name in _DATABASES:
            if (address := getattr(self, name)) and self.database_password:
                url = make_url(address)
                if url.password is None:
                    # `str(url)` would write asterisks in place of the password.
                    whole = url.set(password=self.database_password)
                    setattr(self, name, whole.render_as_string(hide_password=False))
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of `allowed_hosts` in lower case, as Host headers are compared."""
        return tuple(
            name for item in self.allowed_hosts.split(",") if (name := item.strip().lower())
        )

    @property
    def site(self) -> Site:
        """Who runs the site, as far as it is given; its address is that of each request."""
        return Site(
            name=self.site_name,
            publisher=self.site_publisher,
            contact=self.site_contact,
            imprint_url=self.site_imprint_url,
            licence=self.site_licence,
        )
