"""How to cite an answer: a sentence, a link that stays, BibTeX and CSL-JSON."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.answer import Answer, SourceDefinition
from app.domain.calendar import format_month
from app.domain.question import Question
from app.domain.series import GroupSeries
from app.wording.definitions import (
    denominator_text,
    question_definition,
    source_citation,
    subject_of_group,
)
from app.wording.findings import leading_series
from app.wording.formats import (
    NO_BREAK_SPACE,
    format_instant_name,
    format_month_name,
    format_share_with_status,
)

SITE_NAME: Final = "Open Model Share"


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation of one answer says; `link` is absolute and pinned to the vintage."""

    title: str
    sentence: str
    link: str
    rights: str
    vintage: datetime
    key: str

    @property
    def bibtex(self) -> str:
        """One entry; what TeX would take for commands is escaped."""
        fields = {
            "author": f"{{{SITE_NAME}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": f"{self.vintage:%Y}",
            "month": f"{self.vintage:%b}".lower(),
            "howpublished": rf"\url{{{self.link}}}",
            "note": _tex(f"As known on {format_instant_name(self.vintage)}. {self.rights}"),
        }
        # The names of months are macros of BibTeX and stand without braces.
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
            for name, value in fields.items()
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}"]) + "\n"

    @property
    def csl(self) -> list[dict[str, Any]]:
        """The items of a CSL-JSON file: one data set."""
        day = self.vintage
        return [
            {
                "id": self.key,
                "type": "dataset",
                "title": self.title,
                "author": [{"literal": SITE_NAME}],
                "issued": {"date-parts": [[day.year, day.month, day.day]]},
                "version": f"as known on {format_instant_name(day)}",
                "URL": self.link,
                "note": self.rights,
            }
        ]

    @property
    def csl_text(self) -> str:
        return json.dumps(self.csl, ensure_ascii=False, indent=2) + "\n"


def pinned_question(question: Question, answer: Answer) -> Question:
    """The question that has this very answer for ever.

    Its sources are named, so that it does not hang on which source is the main one in ten years.
    """
    return question.having(
        source=tuple(source.slug for source in answer.sources), as_of=answer.vintage
    )


def cite_answer(answer: Answer, question: Question, site: str) -> Citation | None:
    """The citation of a chart: the latest figure of what leads in each source.

    `site` is the address of the site, with its slash. None where the answer has no figure.
    """
    leading = [(item, leading_series(answer, item.slug)) for item in answer.sources]
    cited = [(source, course) for source, course in leading if course is not None]
    return _citation(answer, question, site, cited)


def cite_series(
    answer: Answer, question: Question, site: str, source: SourceDefinition, course: GroupSeries
) -> Citation | None:
    """The citation of one group's latest figure."""
    return _citation(answer, question, site, [(source, course)])


def _citation(
    answer: Answer, question: Question, site: str, cited: list[tuple[SourceDefinition, GroupSeries]]
) -> Citation | None:
    if not cited or answer.vintage is None:
        return None
    vintage = answer.vintage.astimezone(UTC)
    figures = " ".join(_figure(source, course, question) for source, course in cited)
    rights = " ".join(_rights(source) for source, _ in cited)
    link = site.rstrip("/") + pinned_question(question, answer).address("/trends")
    sentence = (
        f"{figures} {question_definition(question)} {rights} "
        f"{SITE_NAME}, as known on {format_instant_name(vintage)}: {link}"
    )
    return Citation(figures, sentence, link, rights, vintage, _key(cited, vintage))


def _figure(source: SourceDefinition, course: GroupSeries, question: Question) -> str:
    who = subject_of_group(course.group, question)
    share = format_share_with_status(course.last, 2, noted=True)
    whole = denominator_text(source, question)
    return f"{who}: {share} of {whole} in {format_month_name(course.last.month)}."


def _rights(source: SourceDefinition) -> str:
    """The line the source asks for, and its licence where the line does not name it."""
    line = source_citation(source).rstrip(".") or source.name
    if source.licence and source.licence not in line:
        line += f". Licence: {source.licence}"
    return f"{line}."


def _key(cited: list[tuple[SourceDefinition, GroupSeries]], vintage: datetime) -> str:
    (source, course), *_ = cited
    words = f"openmodelshare-{source.slug}-{course.group.key}-{format_month(course.last.month)}"
    return f"{re.sub(r'[^a-z0-9-]+', '-', words)}-{vintage:%Y%m%d%H%M%S}"


_TEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    NO_BREAK_SPACE: "~",
    # Escaped braces would have to balance for BibTeX.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
} | {char: f"\\{char}" for char in "&%$#_"}


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)
