"""What is installed is what was locked, and the lock holds nothing known to be broken."""

import re

import pytest
from packaging.version import Version

from app.paths import PROJECT
from tests import audit
from tests.audit import NOT_AUDITED

LOCK = PROJECT / "requirements.txt"


def locked() -> dict[str, Version]:
    matches = re.findall(
        r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ \\;]+)", LOCK.read_text(), re.MULTILINE
    )
    return {name: Version(version) for name, version in matches}


@pytest.mark.parametrize(
    ("name", "least"), [("starlette", "1.3.1"), ("python-multipart", "0.0.31"), ("jinja2", "3.1.6")]
)
def test_the_lock_holds_no_version_with_a_known_hole(name: str, least: str) -> None:
    assert locked()[name] >= Version(least)


def test_every_locked_file_has_its_hash() -> None:
    lock = LOCK.read_text()
    assert len(re.findall(r"^[a-z0-9._-]+.*==", lock, re.MULTILINE)) > 30
    for entry in re.split(r"\n(?=[a-z])", lock.strip()):
        assert "--hash=sha256:" in entry, entry


HOLE = {"id": "CVE-2026-1", "fix_versions": ["1.1"]}


def test_a_known_hole_fails_the_audit() -> None:
    packages = [{"name": "a", "version": "1.0", "vulns": [HOLE]}]
    code, words = audit.verdict(packages)
    assert code == 1
    assert "a 1.0: CVE-2026-1, mended in ['1.1']" in words


@pytest.mark.parametrize(
    "packages", [[], [{"name": "a", "version": "1.0", "skip_reason": "not found"}]]
)
def test_where_nobody_can_be_asked_it_says_so_and_passes(packages: list[dict[str, str]]) -> None:
    assert audit.verdict(packages) == (0, NOT_AUDITED)


def test_without_holes_it_passes() -> None:
    assert audit.verdict([{"name": "a", "version": "1.0", "vulns": []}])[0] == 0
