"""What docs/operations.md tells operators is what there is."""

import re

import pytest
import yaml

from app.paths import PROJECT
from app.settings import _SECRETS, Settings

TOLD = (PROJECT / "docs" / "operations.md").read_text()
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())


def documented() -> dict[str, str]:
    """The variables of the table, and their defaults."""
    table = TOLD.partition("| environment | means | default |")[2].partition("\n\n")[0]
    rows = [row.strip("|").split(" | ") for row in table.splitlines()[2:]]
    return {
        name: row[-1].strip().strip("`") for row in rows for name in re.findall(r"`(\w+)`", row[0])
    }


def test_every_variable_is_in_the_table_and_no_other() -> None:
    read = {name.upper() for name in Settings.model_fields}
    assert set(documented()) == read | {f"{name.upper()}_FILE" for name in _SECRETS}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_table_has_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    documented_words = documented()[name.upper()]
    if default in {None, ""}:
        assert documented_words in {"none", "any", "a PostgreSQL of its own in `DATA_DIR"}
    else:
        assert documented_words == str(default)


def test_compose_gives_our_services_no_other_variable() -> None:
    for name in ("app", "migrate"):
        assert set(COMPOSE["services"][name]["environment"]) <= set(documented())


def test_what_is_to_be_put_into_env_is_what_compose_asks_for() -> None:
    needed = set(re.findall(r"\$\{(\w+):\?", (PROJECT / "docker-compose.yml").read_text()))
    assert set(re.findall(r'echo "(\w+)=', TOLD)) == needed


def test_compose_hands_on_who_runs_the_site_and_needs_none_of_it() -> None:
    ours = {name.upper() for name in Settings.model_fields if name.startswith("site_")}
    environment = COMPOSE["services"]["app"]["environment"]
    assert {name: environment[name] for name in ours} == {name: f"${{{name}:-}}" for name in ours}
    example = TOLD.partition("## Say who runs it")[2].partition("\n\n## ")[0]
    assert set(re.findall(r"^    (SITE_\w+)=", example, re.MULTILINE)) == ours


def test_every_service_and_volume_that_commands_name_is_there() -> None:
    services = set(COMPOSE["services"])
    commands = re.findall(r"docker compose (?:run|exec|logs|restart)(?: --?\w+)* (\w+)", TOLD)
    assert commands
    assert set(commands) <= services
    assert set(re.findall(r"^\| `(\w+)` \| [^`\n]*\|?$", TOLD, re.MULTILINE)) <= services | set(
        documented()
    )
    volumes = re.findall(r"docker volume rm (\w+)", TOLD)
    assert set(volumes) <= {f"{COMPOSE['name']}_{name}" for name in COMPOSE["volumes"]}


@pytest.mark.parametrize("document", ["docs/operations.md", "SECURITY.md"])
def test_every_file_that_is_named_is_there(document: str) -> None:
    named = re.findall(
        r"`((?:tests|docs|app|migrations)/[\w/.-]+)`", (PROJECT / document).read_text()
    )
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_every_word_of_modelshare_is_a_command() -> None:
    from typer.core import TyperGroup  # noqa: PLC0415
    from typer.main import get_command  # noqa: PLC0415

    from app.cli.main import app  # noqa: PLC0415 - a click tree is made of it here only

    tree = get_command(app)
    assert isinstance(tree, TyperGroup)
    documented_words = re.findall(r"modelshare ((?:[a-z]+ ?){1,2})", TOLD)
    assert documented_words
    for words in documented_words:
        first, *more = words.split()
        command = tree.commands[first]
        if more and hasattr(command, "commands"):
            assert more[0] in command.commands
