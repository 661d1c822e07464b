"""Citations of an answer: a sentence, a link that stays, BibTeX and CSL-JSON."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.answer import Answer, SourceDefinition
from app.domain.calendar import format_month
from app.domain.question import Question
from app.domain.series import GroupSeries
from app.domain.site import Site
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
    format_share_with_status,
)
from app.wording.periods import in_period


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation of one answer.

    `title` tells the cited figures, `sentence` all there is to say, `rights` what the sources ask
    for. `link` is absolute and pinned to the vintage; `key` names the entry in a bibliography.
    `site` is who computed the figures.
    """

    site: Site
    title: str
    sentence: str
    link: str
    rights: str
    vintage: datetime
    key: str

    @property
    def bibtex(self) -> str:
        """One entry for BibTeX, with what TeX would take for commands escaped."""
        # Doubled braces keep the author one name instead of first and last ones, and the capitals
        # of the title, which styles would make small.
        fields = {
            "author": f"{{{_tex(self.site.author)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": f"{self.vintage:%Y}",
            "month": f"{self.vintage:%b}".lower(),
            "publisher": f"{{{_tex(self.site.other_publisher)}}}",
            "howpublished": rf"\url{{{self.link}}}",
            "note": _tex(f"As known on {format_instant_name(self.vintage)}. {self.rights}"),
        }
        # Names of months are macros of BibTeX (`nov`) and stand without braces, so that each style
        # can write them in its own way.
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
            for name, value in fields.items()
            if value != "{}"
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}"]) + "\n"

    @property
    def csl(self) -> list[dict[str, Any]]:
        """The items of a CSL-JSON file, as Zotero and pandoc read it: one data set."""
        # `literal` keeps the author one name.
        day, publisher = self.vintage, self.site.other_publisher
        return [
            {
                "id": self.key,
                "type": "dataset",
                "title": self.title,
                "author": [{"literal": self.site.author}],
                "issued": {"date-parts": [[day.year, day.month, day.day]]},
                "version": f"as known on {format_instant_name(day)}",
                "URL": self.link,
                "note": self.rights,
            }
            | ({"publisher": publisher} if publisher else {})
        ]

    @property
    def csl_text(self) -> str:
        """The CSL-JSON file."""
        return json.dumps(self.csl, ensure_ascii=False, indent=2) + "\n"


def pinned_question(question: Question, answer: Answer) -> Question:
    """Return the question that has this very answer for ever.

    It names its sources, so that it does not depend on which source is the main one in ten years.
    """
    # The vintage is when anything last changed, not when the reader came: links of two readers who
    # saw the same are the same.
    return question.having(
        source=tuple(source.slug for source in answer.sources), as_of=answer.vintage
    )


def cite_answer(answer: Answer, question: Question, site: Site) -> Citation | None:
    """Return the citation of a chart: the latest figure of the leading group in each source.

    None where the answer has no figure.
    """
    leading = [(item, leading_series(answer, item.slug)) for item in answer.sources]
    cited = [(source, course) for source, course in leading if course is not None]
    return _citation(answer, question, site, cited)


def cite_series(
    answer: Answer, question: Question, site: Site, source: SourceDefinition, course: GroupSeries
) -> Citation | None:
    """Return the citation of one group's latest figure, or None where nothing was published."""
    return _citation(answer, question, site, [(source, course)])


def _citation(
    answer: Answer,
    question: Question,
    site: Site,
    cited: list[tuple[SourceDefinition, GroupSeries]],
) -> Citation | None:
    if not cited or answer.vintage is None:
        return None
    vintage = answer.vintage.astimezone(UTC)
    figures = " ".join(_figure(source, course, question) for source, course in cited)
    rights = " ".join(_rights(source) for source, _ in cited)
    link = site.address + pinned_question(question, answer).address("/trends")
    sentence = (
        f"{figures} {question_definition(question)} {rights} "
        f"{site.byline}, as known on {format_instant_name(vintage)}: {link}"
    )
    return Citation(site, figures, sentence, link, rights, vintage, _key(cited, vintage))


def _figure(source: SourceDefinition, course: GroupSeries, question: Question) -> str:
    who = subject_of_group(course.group, question)
    share = format_share_with_status(course.last, 2, noted=True)
    whole = denominator_text(source, question)
    return f"{who}: {share} of {whole} {in_period(source, course.last.month)}."


def _rights(source: SourceDefinition) -> str:
    """Return the line the source asks for, and its licence where the line does not name it."""
    line = source_citation(source).rstrip(".") or source.name
    if source.licence and source.licence not in line:
        line += f". Licence: {source.licence}"
    return f"{line}."


def _key(cited: list[tuple[SourceDefinition, GroupSeries]], vintage: datetime) -> str:
    # To the second: two entries of one group at two vintages must not share a key.
    (source, course), *_ = cited
    words = f"openmodelshare-{source.slug}-{course.group.key}-{format_month(course.last.month)}"
    return f"{re.sub(r'[^a-z0-9-]+', '-', words)}-{vintage:%Y%m%d%H%M%S}"


# One pass over the characters, since a chain of replacements would escape its own backslashes.
_TEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    NO_BREAK_SPACE: "~",
    # Not `\{` and `\}`: BibTeX counts braces before TeX sees their backslashes, and they need not
    # balance in a title.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
} | {char: f"\\{char}" for char in "&%$#_"}


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)
