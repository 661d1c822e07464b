"""What is loaded: a server process holds it for as long as it runs, a command starts with it."""

import subprocess
import sys

import pytest

ONLY_FOR_COMMANDS = ("alembic", "httpx2", "huggingface_hub", "rich", "stamina", "typer")
ONLY_FOR_TESTS = ("plotly", "pandas", "numpy")
ONLY_FOR_FETCHES = ("httpx2", "huggingface_hub", "stamina")


def loaded_by(*modules: str) -> set[str]:
    """The packages that a new process has once it has imported these."""
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return {name.partition(".")[0] for name in process.stdout.split()}


# A worker is a new process, which imports the installed program of its parent as well.
@pytest.mark.parametrize("package", [*ONLY_FOR_COMMANDS, *ONLY_FOR_TESTS])
def test_a_server_process_does_not_load(package: str, of_worker: set[str]) -> None:
    assert "sqlalchemy" in of_worker
    assert package not in of_worker


@pytest.fixture(scope="module")
def of_worker() -> set[str]:
    return loaded_by("app.cli.entry", "app.cli.server.worker")


def test_commands_begin_without_what_only_a_migration_or_a_fetch_needs() -> None:
    loaded = loaded_by("app.cli.main")
    assert "typer" in loaded
    assert not loaded & {"alembic", *ONLY_FOR_FETCHES, *ONLY_FOR_TESTS}
