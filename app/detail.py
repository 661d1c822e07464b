"""How much the lines of a month say: whom they name, and how settled they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.snapshot import Line
from app.domain.vocabulary import Status, least_settled


@dataclass(slots=True)
class Detail:
    """Counts of the lines of one source's month."""

    developers: int = 0
    models: int = 0
    provisional: int = 0
    estimated: int = 0

    def add(self, line: Line) -> None:
        self.developers += line.developer is not None
        self.models += line.model is not None
        self.provisional += line.status is Status.PROVISIONAL
        self.estimated += line.status is Status.ESTIMATED

    @property
    def status(self) -> Status:
        return least_settled(self.estimated > 0, self.provisional > 0)


def lost(about: str, before: Detail, after: Detail) -> Iterator[tuple[str, str]]:
    """What a revision of `about` would take away, or call settled: codes and sentences."""
    if before.models and not after.models:
        yield "less_detail", f"{about} names {_lines(before.models)} by model now; the file none"
    elif before.developers and not after.developers:
        yield (
            "less_detail",
            f"{about} names {_lines(before.developers)} by developer now; the file none",
        )
    if before.status is not Status.FINAL and after.status is Status.FINAL:
        text = f"{about} is {before.status} now and would be final: the file gives no other status"
        yield "becomes_final", text


def _lines(count: int) -> str:
    return "one line" if count == 1 else f"{count} lines"
