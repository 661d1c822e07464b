"""How the tests themselves are kept."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
FOREIGN = re.compile(r"^(?:from|import) tests\.(?:\w+\.)*test_\w+", re.MULTILINE)


def test_no_test_module_is_imported_by_another() -> None:
    modules = {path: path.read_text() for path in TESTS.rglob("*.py")}
    assert len(modules) > 200
    importing = {str(path.relative_to(TESTS)) for path in modules if FOREIGN.search(modules[path])}
    assert not importing
