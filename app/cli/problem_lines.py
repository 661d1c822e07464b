"""The problems of a file as the command line tells them."""

from collections.abc import Iterator

from app.domain.errors import BadFileError, Problem, ProblemGroup, readings_sentence


def problem_lines(name: str, refused: BadFileError) -> Iterator[str]:
    """Yield an entry for each kind of problem, its texts below it; without kinds each problem."""
    if not refused.groups:
        for problem in refused.problems:
            yield f"{name}{_place(problem)}: {problem.sentence()}"
    for group in refused.groups:
        yield from _group_lines(name, group)


def _place(problem: Problem) -> str:
    name = problem.header or problem.field
    if problem.cell:
        return f":{problem.cell}" + (f" ({name})" if name else "")
    line = f":{problem.line}" if problem.line else ""
    column = f":{problem.column}" if problem.column else ""
    return line + column + (f" ({name})" if problem.field else "")


def _group_lines(name: str, group: ProblemGroup) -> Iterator[str]:
    first = group.cells[0]
    place = (group.code, first.line, group.column, group.field, first.found, group.expected)
    problem = Problem(*place, first.suggestion, group.header, cell=group.cell)
    yield f"{name}{_place(problem)}: {problem.sentence()}"
    if group.count > 1:
        yield f"  {group.count:,} of them, in lines {group.lines}:"
        for cell in group.cells:
            times = f" ({cell.count:,} times)" if cell.count > 1 else ""
            yield f"    {cell.line}: {cell.row}{times}{readings_sentence(cell.suggestion)}"
        if sum(cell.count for cell in group.cells) < group.count:
            yield "    and others"
    elif first.row is not None:
        yield f"    {first.line}: {first.row}"
