"""`/feed.atom`: an entry for each upload that was published, revised figures or was withdrawn."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from app.catalogue.history import read_sources
from app.catalogue.lookup import source_names
from app.database.vintages import vintage_at
from app.domain.calendar import format_instant
from app.domain.questions.question import Question
from app.domain.revision import MonthRevision, Revision
from app.domain.text import replace_unwritable
from app.pages.questions import question_dependency
from app.pages.revision_texts import revision_title
from app.pages.schedule_texts import coming_sentences
from app.pages.templates import render_text
from app.queries.revisions import read_revisions
from app.web.dependencies import FRESH_PAGE, ReadSession, site_of
from app.web.route_policy import RouteKind, policy
from app.wording.formats import join_names

router = APIRouter()

ENTRIES_MAX: Final = 50
MONTHS: Final = 6
"""The months whose figures an entry tells; the page of its upload tells them all."""

# A server may move and keep its feed, so no id depends on a host. `.invalid` belongs to nobody and
# never will; the file's digest and the instant tell apart the uploads of two servers.
TAG: Final = "tag:open-model-share.invalid,2026:"
# A feed must say when it changed; an empty one never did.
NEVER: Final = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A publishing or withdrawal as the template shows it; `more` months are not told."""

    id: str
    title: str
    updated: str
    act: Revision
    changes: list[MonthRevision]
    more: int


FeedQuestion = Annotated[Question, question_dependency("source")]


@router.get("/feed.atom", dependencies=[FRESH_PAGE])
@policy(RouteKind.FILE)
def feed(request: Request, question: FeedQuestion, session: ReadSession) -> Response:
    names = source_names(session)
    # A feed of some sources is another feed than that of all, with an id and an address of its own:
    # readers that knew both by one id would mix their entries.
    acts = read_revisions(session, sources=question.source, limit=ENTRIES_MAX)
    entries = [_entry(act, names) for act in acts]
    about = ",".join(sorted(question.source))
    query = question.query_string()
    vintage = vintage_at(session)
    sources = [
        source
        for source in read_sources(vintage)
        if not question.source or source.slug in question.source
    ]
    site = site_of(request)
    context = {
        "site": site,
        "coming": coming_sentences(vintage, sources),
        "base": site.address,
        "here": str(request.url_for("feed")) + (f"?{query}" if query else ""),
        "id": f"{TAG}feed" + (f"/{about}" if about else ""),
        "updated": entries[0].updated if entries else NEVER,
        "names": names,
        "about": join_names(names[slug] for slug in question.source) if about else "",
        "entries": entries,
    }
    text = render_text(request, "reference/feed.xml", context)
    # Some characters are forbidden in XML even as references, and one of them makes readers refuse
    # the whole feed. They are replaced at the end, whichever stored text they came from.
    return Response(replace_unwritable(text), media_type="application/atom+xml; charset=utf-8")


def _entry(act: Revision, names: dict[str, str]) -> FeedEntry:
    changes = sorted(act.changes, key=lambda change: change.month, reverse=True)
    return FeedEntry(
        id=entry_id(act),
        title=revision_title(act, names),
        updated=format_instant(act.at),
        act=act,
        changes=changes[:MONTHS],
        more=len(changes[MONTHS:]),
    )


def entry_id(act: Revision) -> str:
    """Return the id of an entry, which must never change: readers show a new id as new."""
    return f"{TAG}upload/{act.upload_id}/{act.sha256[:16]}/{act.kind}/{format_instant(act.at)}"
