"""Citations in sentences: of a chart, of a group's latest figure, of a single number."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from app.domain.answer import Answer, Group, Share, SourceDefinition
from app.domain.calendar import format_month
from app.domain.number_reference import refer_to_number
from app.domain.questions.question import Question
from app.domain.site import Site
from app.domain.vocabulary import NOT_RECOMPUTED
from app.wording.bibliography import Citation
from app.wording.definitions import (
    denominator_text,
    left_out_definition,
    population_text,
    question_definition,
    source_citation,
    subject_left_out,
    subject_of_group,
    whole_text,
)
from app.wording.findings import leading_series
from app.wording.formats import (
    format_instant_name,
    format_share_with_status,
    join_names,
)
from app.wording.periods import in_period


class CitedFigure(NamedTuple):
    """A figure to be cited: its source, whose it is in words that begin a sentence, its row."""

    source: SourceDefinition
    who: str
    row: Share


class CitedNumber(NamedTuple):
    """One number of an answer; `left_out`: its group is one that the question leaves out."""

    group: Group
    row: Share
    left_out: bool = False


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
    """Return the citation of a chart: the latest settled figure of each source's leading group.

    Its link is that of the chart. None where the answer has no figure.
    """
    leading = [(item, leading_series(answer, item.slug)) for item in answer.sources]
    cited = [
        CitedFigure(
            answer.source_in(source, course.last.month),
            subject_of_group(course.group, question),
            course.last,
        )
        for source, course in leading
        if course is not None
    ]
    link = site.address + pinned_question(question, answer).address("/trends")
    counted = question_definition(question)
    return _citation(answer.vintage, question, site, cited, link=link, counted=counted)


def cite_number(
    answer: Answer, question: Question, site: Site, number: CitedNumber, source: SourceDefinition
) -> Citation | None:
    """Return the citation of one number of an answer, whose link is the address of its own page.

    None where there is no figure.
    """
    reference = refer_to_number(answer.vintage, question, number.row, left_out=number.left_out)
    if reference is None:
        return None
    who = (
        subject_left_out(number.group, question)
        if number.left_out
        else subject_of_group(number.group, question)
    )
    link = f"{site.address}/cite/{reference.token}"
    counted = (
        left_out_definition(number.group, question)
        if number.left_out
        else question_definition(question)
    )
    dated = answer.source_in(source, number.row.month)
    cited = [CitedFigure(dated, who, number.row)]
    return _citation(answer.vintage, question, site, cited, link=link, counted=counted)


def _citation(
    vintage: datetime | None,
    question: Question,
    site: Site,
    cited: Sequence[CitedFigure],
    *,
    link: str,
    counted: str,
) -> Citation | None:
    if not cited or vintage is None:
        return None
    vintage = vintage.astimezone(UTC)
    figures = " ".join(f"{_figure(item, question, places=2)}." for item in cited)
    rights = " ".join(_rights(item.source) for item in cited)
    known = f"As known on {format_instant_name(vintage)}: {link}"
    making = _making(cited, site)
    return Citation(
        site=site,
        title=figures,
        sentence=f"{figures} {counted} {making} {rights} {known}",
        short=_news(cited[0], question, site),
        link=link,
        rights=f"{making} {rights}",
        vintage=vintage,
        key=_key(cited[0], vintage),
    )


def _figure(figure: CitedFigure, question: Question, places: int) -> str:
    """Return the number with all that it is of, without a full stop."""
    source, who, row = figure
    share = format_share_with_status(row, places, noted=True)
    whole = f"{whole_text(source, question)} ({population_text(source)})"
    return f"{who}: {share} of {whole} {in_period(source, row.month)}"


def _news(figure: CitedFigure, question: Question, site: Site) -> str:
    """Return the number as a news story says it: rounded, and its doubts in a few words."""
    source, who, row = figure
    share = format_share_with_status(row, noted=True)
    whole = denominator_text(source, question)
    verb = "made up" if row.status not in NOT_RECOMPUTED else "were reported to make up"
    when = in_period(source, row.month)
    return f"{who} {verb} {share} of {whole} {when}, according to {site.credit}."


def _making(cited: Sequence[CitedFigure], site: Site) -> str:
    """Return what is the publishers' in the figures and what is ours: CC BY asks for it."""
    publishers = join_names(dict.fromkeys(item.source.publisher for item in cited))
    labels = f"labelled by home and openness by {site.credit}"
    if all(item.row.status in NOT_RECOMPUTED for item in cited):
        return f"As reported by {publishers}; {labels}."
    return f"Calculated from figures of {publishers}, and {labels}."


def _rights(source: SourceDefinition) -> str:
    """Return the line the source asks for, and its licence where the line does not name it."""
    line = source_citation(source).rstrip(".") or source.name
    if source.licence and source.licence not in line:
        line += f". Licence: {source.licence}"
    return f"{line}."


def _key(figure: CitedFigure, vintage: datetime) -> str:
    # To the second: two entries of one group at two vintages must not share a key.
    row = figure.row
    words = f"openmodelshare-{row.source}-{row.group}-{format_month(row.month)}"
    return f"{re.sub(r'[^a-z0-9-]+', '-', words)}-{vintage:%Y%m%d%H%M%S}"
