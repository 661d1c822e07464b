"""What `docker compose up` starts, as far as it can be told without a Docker engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import QueuePool

from app.auth.weak_secrets import secret_weakness
from app.database.session import Database
from app.paths import PROJECT
from tests.command_server import run_command

BIN = Path(sys.executable).parent
CONNECTIONS = 250


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    compose: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    return compose


def test_the_owner_and_the_role_that_serves_have_secrets_of_their_own() -> None:
    same = "a-secret-of-some-length-0123456789"
    env = os.environ | {"DATABASE_URL": f"postgresql://o:{same}@db.example/x", "APP_PASSWORD": same}
    done = subprocess.run(
        [BIN / "modelshare", "migrate"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is the password of the schema's owner too" in done.stderr


def test_the_file_is_what_the_specification_takes() -> None:
    check = [f"{BIN}/check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*check, f"{PROJECT}/docker-compose.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_application_serves_as_a_role_that_owns_nothing(compose: dict[str, Any]) -> None:
    services = compose["services"]
    role = services["migrate"]["command"][-1]
    assert f"//{role}@" in services["app"]["environment"]["DATABASE_URL"]
    assert f"//{role}@" not in services["migrate"]["environment"]["DATABASE_URL"]
    assert "POSTGRES_PASSWORD" not in str(services["app"])


def test_the_application_writes_nowhere_but_into_memory(compose: dict[str, Any]) -> None:
    app = compose["services"]["app"]
    assert app["read_only"] is True
    assert [mount.partition(":")[0] for mount in app["tmpfs"]] == ["/tmp"]
    assert "volumes" not in app
    assert app["cap_drop"] == ["ALL"]
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)


def test_only_the_proxy_can_be_reached_and_only_it_is_believed(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    named = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services["app"]["environment"]["FORWARDED_ALLOW_IPS"] == named
    assert compose["networks"]["back"]["internal"] is True
    assert services["postgres"]["networks"] == ["back"]


def test_the_fetcher_alone_has_a_way_out_beside_the_proxy(compose: dict[str, Any]) -> None:
    services = compose["services"]
    outside = {name for name, service in services.items() if "outside" in service["networks"]}
    assert outside == {"proxy", "fetch"}
    assert services["fetch"]["environment"]["DATABASE_URL"].startswith(
        "postgresql://modelshare_app@"
    )
    assert "ports" not in services["fetch"]


def test_there_may_be_several_nodes_and_the_database_has_room_for_five(
    compose: dict[str, Any],
) -> None:
    app = compose["services"]["app"]
    # Any of them would be the same for all nodes, of which but one could have it.
    assert not {"container_name", "ports", "hostname"} & set(app)
    assert isinstance(app["networks"], list)
    pool = Database("postgresql+psycopg://nowhere/x").engine.pool
    assert isinstance(pool, QueuePool)
    of_a_worker = pool.size() + pool._max_overflow + 1  # and that of the watch
    assert 5 * int(app["environment"]["WEB_CONCURRENCY"]) * of_a_worker < CONNECTIONS


def test_postgresql_is_as_durable_as_it_comes(compose: dict[str, Any]) -> None:
    postgres = compose["services"]["postgres"]
    assert postgres["image"] == "postgres:18-trixie"
    settings = ["log_error_verbosity=terse", f"max_connections={CONNECTIONS}"]
    assert postgres["command"] == ["postgres", "-c", settings[0], "-c", settings[1]]
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]


def test_the_metrics_are_not_passed_on() -> None:
    assert re.search(r"@operators path /metrics\b", (PROJECT / "Caddyfile").read_text())


SECRETS = re.compile(r"\$\{(\w+)(:\?)?")
# Without a key the publisher gives the same figures, of fewer months.
MAY_BE_LEFT_OUT = ("SITE_", "DATABASE_READ_URL", "FETCH_EVERY", "OPENROUTER_API_KEY")


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    secrets = SECRETS.findall((PROJECT / "docker-compose.yml").read_text())
    needed = {name for name, mark in secrets if mark}
    assert needed == {"SITE_HOST", "POSTGRES_PASSWORD", "APP_PASSWORD"}
    optional = {name for name, mark in secrets if not mark}
    assert all(name.startswith(MAY_BE_LEFT_OUT) for name in optional - needed)
    assert not optional & needed


@pytest.mark.parametrize(
    "password",
    [
        None,
        "",
        "short",
        "Kx9-" * 3,
        "postgres",
        "changeme-changeme-1",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "modelshare-postgres-password",
        "your_secret_password_123",
    ],
)
def test_a_password_that_is_none_is_seen(password: str | None) -> None:
    assert secret_weakness(password)


@pytest.mark.parametrize(
    "password", ["2f1c9ab04cbe77e15d3cbd07ab9d1f6c", "correct horse battery staple"]
)
def test_a_real_password_is_taken(password: str) -> None:
    assert secret_weakness(password) is None


def modelshare(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {name for name in os.environ if name.startswith(("DATABASE_", "APP_PASSWORD"))}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    return run_command([*arguments], env | environment, b"")


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ({}, "The password of the database is missing."),
        ({"DATABASE_PASSWORD": "short"}, "The password of the database is shorter than"),
        (
            {"DATABASE_PASSWORD": "changeme-changeme"},
            "The password of the database is made of words that everybody tries first.",
        ),
    ],
)
def test_nothing_starts_with_a_weak_secret(
    command: str, password: dict[str, str], refusal: str
) -> None:
    url = "postgresql://modelshare@postgres.invalid/modelshare"
    port = ("--port", "0") if command == "serve" else ()
    done = modelshare(command, *port, DATABASE_URL=url, **password)
    assert done.returncode == 1
    assert refusal in done.stderr
    assert "openssl rand" in done.stderr


def test_a_weak_secret_for_the_serving_role_is_refused_too(empty_database_url: str) -> None:
    done = modelshare(
        "migrate", "--app-role", "x", DATABASE_URL=empty_database_url, APP_PASSWORD="password"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("APP_PASSWORD is shorter than 16 characters.")


def test_a_secret_can_come_from_a_file(empty_database_url: str, tmp_path: Path) -> None:
    url, password = tmp_path / "url", tmp_path / "password"
    url.write_text(empty_database_url + "\n")
    password.write_text("short")
    done = modelshare("maintainer", "list", DATABASE_URL_FILE=str(url))
    assert done.returncode == 0, done.stderr
    remote = "postgresql://modelshare@postgres.invalid/modelshare"
    done = modelshare("migrate", DATABASE_URL=remote, DATABASE_PASSWORD_FILE=str(password))
    assert "is shorter than" in done.stderr
    done = modelshare("migrate", DATABASE_URL=remote, DATABASE_PASSWORD_FILE=str(tmp_path / "no"))
    assert done.returncode == 1
    assert "no: No such file" in done.stderr
