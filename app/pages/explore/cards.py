"""The cards of the overview: a group's latest share, how it has changed, and how to cite it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.charts.style import colour_role
from app.domain.answer import Answer, Group, Share
from app.domain.comparison import change_in_points
from app.domain.questions.question import Question
from app.domain.series import GroupSeries, group_series, settled_series
from app.domain.site import Site
from app.domain.vocabulary import NAMED_GROUPINGS, Openness, Origin
from app.pages.small_charts import ChartBox, SmallTrace, small_trace
from app.wording.bibliography import Citation
from app.wording.citations import CitedNumber, cite_number
from app.wording.definitions import subject_of_group, whole_text

BOX = ChartBox(width=220, height=44, left=2, right=4, top=4, bottom=4)
CARDS_NAMED_MAX = 3  # cards of named groups; that of closed models comes after them


@dataclass(frozen=True, slots=True)
class Card:
    """A group's latest share with its course.

    `role` is a key of PALETTE, `whole` says what 100 percent is, `year` is the change in percentage
    points since twelve months before. `address` leads to the explorer with the group's question.
    `so_far` is the group's share in the latest month, where that came after and is not settled.
    `beside` is a second share of the same month: what is not known, beside closed models.
    """

    title: str
    role: str
    whole: str
    course: GroupSeries
    year: Decimal | None
    line: SmallTrace
    address: str
    citation: Citation | None
    so_far: Share | None = None
    beside: Share | None = None
    box: ChartBox = BOX

    @property
    def last(self) -> Share:
        return self.course.last


def overview_cards(answer: Answer, question: Question, site: Site) -> list[Card]:
    """Return the cards of the first source: its first named groups, then closed models."""
    # A home that is not known is a doubt about the others, not a group to lead the page with.
    source = answer.sources[0]
    named = [group for group in answer.groups if group.key != Origin.UNKNOWN][:CARDS_NAMED_MAX]
    all_series = list(group_series(answer.shares_of(source.slug), named))
    cards = [_card(answer, question, site, course) for course in settled_series(all_series)]
    return [*cards, *_rest(answer, question, site)]


def _card(answer: Answer, question: Question, site: Site, course: GroupSeries) -> Card:
    narrowed = _narrowed(question, course.group)
    return Card(
        title=subject_of_group(course.group, question),
        role=colour_role(course.group),
        whole=whole_text(answer.sources[0], question),
        course=course,
        year=change_in_points(course.by_month, course.last.month, 12),
        line=_line(answer, course),
        so_far=_so_far(answer.shares_of(answer.sources[0].slug), course),
        address=narrowed.address("/trends"),
        citation=cite_number(
            answer, question, site, CitedNumber(course.group, course.last), answer.sources[0]
        ),
    )


def _narrowed(question: Question, group: Group) -> Question:
    """The question about one group alone, which a card and its citation link to."""
    # Groups with an underscore are remainders that the code makes: no question can name them.
    if question.by in ("origin", *NAMED_GROUPINGS) and not group.key.startswith("_"):
        return question.having(**{question.by: (group.key,)})
    return question


def _rest(answer: Answer, question: Question, site: Site) -> Iterator[Card]:
    """The card of closed models with what is not known, where the question counts open ones.

    In other questions the closed models of the complement are not all there are, but those that
    the question leaves out.
    """
    if question.openness != Openness.OPEN:
        return
    source = answer.sources[0].slug
    rest = {
        course.group.key: course
        for course in settled_series(
            group_series(answer.complement_of(source), answer.complement_groups)
        )
    }
    closed = rest.get(Openness.CLOSED)
    if closed is None:
        return
    rest_question = question.having(
        by="openness", openness="all", of="all", origin=(), company=(), developer=(), model=()
    )
    beside = rest.get(Openness.UNKNOWN)
    yield Card(
        title="Closed models",
        role="grey",
        whole=whole_text(answer.sources[0], rest_question),
        course=closed,
        year=change_in_points(closed.by_month, closed.last.month, 12),
        line=_line(answer, closed),
        so_far=_so_far(answer.complement_of(source), closed),
        address=rest_question.address("/trends"),
        citation=cite_number(
            answer,
            question,
            site,
            CitedNumber(closed.group, closed.last, left_out=True),
            answer.sources[0],
        ),
        beside=beside.last if beside and beside.last.month == closed.last.month else None,
    )


def _so_far(shares: Sequence[Share], course: GroupSeries) -> Share | None:
    """The group's latest share if its month came after the last one of the course."""
    later = (row for row in shares if row.group == course.group.key and not row.missing)
    return max((row for row in later if row.month > course.last.month), key=_month, default=None)


def _month(row: Share) -> date:
    return row.month


def _line(answer: Answer, course: GroupSeries) -> SmallTrace:
    # Each card has a scale of its own: these lines show a course, and the number stands beside.
    shares: Sequence[Decimal | None] = [course.by_month.get(month) for month in answer.months]
    top = max((float(share) for share in shares if share), default=1.0)
    last = max(index for index, share in enumerate(shares) if share is not None)
    return small_trace(shares, top, [last], BOX)
