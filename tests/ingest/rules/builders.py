"""A small catalogue, and what files mean or get wrong beside it."""

import io
from datetime import date
from typing import TypedDict, Unpack

from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.csv_io.schema import FileLimits
from app.domain.errors import Problem
from app.domain.snapshot import Line
from app.domain.sources.source_terms import Window
from app.domain.vocabulary import Openness, Origin
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile, Notice
from app.ingest.rules.file_rules import check_lines

AUGUST = date(2025, 8, 1)
KNOWN = CatalogueIndex(
    sources={"openrouter-rankings": "OpenRouter rankings", "hub": "The Hub", "yearly": "A year"},
    developers={
        "deepseek": KnownDeveloper("deepseek", "DeepSeek", Origin.CHINESE),
        "qwen": KnownDeveloper("qwen", "Qwen (Alibaba)", Origin.CHINESE),
        "meta-llama": KnownDeveloper("meta-llama", "Meta (Llama)", Origin.US),
        "mistralai": KnownDeveloper("mistralai", "Mistral AI", Origin.EUROPEAN),
    },
    windows={"yearly": Window.TRAILING_12_MONTHS},
    models={
        "deepseek/r1": KnownModel("deepseek/r1", "DeepSeek R1", "deepseek", Openness.OPEN),
        "deepseek/v3": KnownModel("deepseek/v3", "DeepSeek V3", "deepseek", Openness.OPEN),
        "qwen/qwen3-max": KnownModel("qwen/qwen3-max", "Qwen3 Max", "qwen", Openness.CLOSED),
        "mistralai/one": KnownModel("mistralai/one", "Small", "mistralai", Openness.OPEN),
        "mistralai/two": KnownModel("mistralai/two", "Small", "mistralai", Openness.OPEN),
    },
)


class Choices(TypedDict, total=False):
    """What is chosen beside a file."""

    source: str | None
    openness: Openness
    limits: FileLimits


def checked(text: str, **choices: Unpack[Choices]) -> CheckedFile:
    choices.setdefault("source", "hub")
    return check_lines(io.BytesIO(text.encode()), KNOWN, CheckOptions(**choices))


def lines(text: str, **choices: Unpack[Choices]) -> list[Line]:
    result = checked(text, **choices)
    assert not result.problem_count, result.problems
    return list(result.lines())


def only_problem(text: str, **choices: Unpack[Choices]) -> Problem:
    result = checked(text, **choices)
    assert result.problem_count == 1, result.problems
    return result.problems[0]


def notices(text: str, **choices: Unpack[Choices]) -> dict[str, Notice]:
    result = checked(text, **choices)
    assert not result.problem_count, result.problems
    return {notice.code: notice for notice in result.notices}


SHARES = "month,origin,openness,developer,model,share_pct\n"
