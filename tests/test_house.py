"""How large folders and modules may be, and how the tests themselves are kept."""

import re
from collections import Counter

from app.paths import PROJECT

TESTS = PROJECT / "tests"
APP = PROJECT / "app"
FOREIGN = re.compile(r"^(?:from|import) tests\.(?:\w+\.)*test_\w+", re.MULTILINE)


def test_no_test_module_is_imported_by_another() -> None:
    modules = {path: path.read_text() for path in TESTS.rglob("*.py")}
    assert len(modules) > 200
    importing = {str(path.relative_to(TESTS)) for path in modules if FOREIGN.search(modules[path])}
    assert not importing


def test_no_folder_has_more_than_fifteen_modules_and_no_module_300_lines() -> None:
    modules = [path for path in APP.rglob("*.py") if path.name != "__init__.py"]
    assert len(modules) > 300
    folders = Counter(path.parent.relative_to(APP).as_posix() for path in modules)
    assert {folder: count for folder, count in folders.items() if count > 15} == {}
    lines = {path.name: path.read_text().count("\n") for path in modules}
    assert {name: count for name, count in lines.items() if count > 300} == {}
