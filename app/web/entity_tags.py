"""Conditional requests: entity tags, 304, Cache-Control."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Final

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import Headers

from app.domain.calendar import is_settled, today_utc
from app.paths import PROJECT
from app.queries.data_version import data_version, fetch_version

LIVE_CACHE_CONTROL: Final = "public, max-age=60, stale-while-revalidate=600"
COOKIE_CACHE_CONTROL: Final = "private, no-cache"
SETTLED_CACHE_CONTROL: Final = "public, max-age=31536000, immutable"

LABEL_KEY: Final = "answer_label"
"""Where the state of a request has the label of its answer: of which data and day it is true."""
SETTLED_LABEL: Final = "settled"


class NotModifiedError(Exception):
    """The client holds this very answer; it becomes a 304."""


@cache
def release_digest() -> str:
    """Return a name of the code that answers: equal in all workers, new with every upgrade."""
    # The code belongs to a tag: an upgrade may word or draw the same figures in another way. Times
    # of files will not do, since they differ between two servers with the same release.
    digest = sha256()
    for folder, pattern in (("app", "**/*.py"), ("templates", "**/*.*")):
        for path in sorted((PROJECT / folder).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def set_validators(
    request: Request,
    session: Session,
    as_of: datetime | None,
    question_pairs: Iterable[tuple[str, str]],
    *,
    lasting_names: bool = True,
    tells_fetches: bool = False,
) -> None:
    """Have the answer carry ETag and Cache-Control. Raise NotModifiedError if the client has it.

    It is to be called before the expensive read. `question_pairs` are the canonical pairs of the
    question: two ways to write one question share a tag. What stood at a settled `as_of` is the
    same whatever the data has come to since; without `lasting_names`, where the address has names
    that may come to mean others, it is not. `tells_fetches`: it shows when publishers were asked.
    """
    settled, lasting = is_settled(as_of) and lasting_names, LIVE_CACHE_CONTROL
    if as_of is not None:
        # What is published at this very moment may yet come to stand before it.
        lasting = SETTLED_CACHE_CONTROL if settled else "no-cache"
    # Without the version of the data in it, the tag of a settled answer survives every upload.
    # Of a live answer the day is a part, since figures become late without any change of data.
    label = SETTLED_LABEL if settled else live_label(session, tells_fetches=tells_fetches)
    _offer(request, label, lasting, question_pairs)


def set_release_validators(request: Request) -> None:
    """Have the answer carry validators, where it only changes with the release and the site.

    Raise NotModifiedError if the client has it. The database is not asked.
    """
    _offer(request, SETTLED_LABEL, LIVE_CACHE_CONTROL, sorted(request.query_params.multi_items()))


def _offer(request: Request, label: str, lasting: str, pairs: Iterable[tuple[str, str]]) -> None:
    # Who runs the site stands in pictures, citations and descriptions.
    place = (repr(request.app.state.site), str(request.base_url), request.url.path)
    tag = entity_tag(*place, label, *map("=".join, pairs))
    # A maintainer has to see at once what was published or taken back, also in their own browser.
    if lasting == LIVE_CACHE_CONTROL and request.cookies:
        lasting = COOKIE_CACHE_CONTROL
    # Left in the scope for ConditionalGetMiddleware: a dependency cannot set headers of an answer
    # that the endpoint returns as a Response, nor of the 304 that is raised below.
    headers = {"ETag": tag, "Cache-Control": lasting}
    request.scope["state"] |= {"freshness": headers, LABEL_KEY: label}
    if holds_tag(request.headers, tag):
        raise NotModifiedError


def live_label(session: Session, *, tells_fetches: bool = False) -> str:
    """Return the label of an answer that is current now: the versions it rests on, and the day."""
    fetches = f"/{fetch_version(session)}" if tells_fetches else ""
    return f"{data_version(session)}{fetches} {today_utc()}"


def current_labels(session: Session) -> frozenset[str]:
    """Return the labels that current answers may have, those of settled ones included."""
    live, telling = (live_label(session, tells_fetches=tells) for tells in (False, True))
    return frozenset({SETTLED_LABEL, live, telling})


def entity_tag(*parts: str) -> str:
    """Return the weak tag of what `parts` name."""
    # A strong tag would claim equal bytes, which compression on the way changes.
    digest = sha256("\n".join((release_digest(), *parts)).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def holds_tag(headers: Headers, tag: str) -> bool:
    """Return whether If-None-Match names the tag, compared weakly (RFC 9110, 13.1.2).

    `*` is not looked at here: it has to wait until there is an answer.
    """
    return not opaque_tags(tag).isdisjoint(tags_of_request(headers))


def tags_of_request(headers: Headers) -> set[str]:
    """Return the entity tags of If-None-Match, without the mark of weak ones."""
    return opaque_tags(",".join(headers.getlist("if-none-match")))


def opaque_tags(listed: str) -> set[str]:
    """Return the tags of a list without the mark of weak ones, to be compared weakly."""
    return {tag.strip().removeprefix("W/") for tag in listed.split(",")}


def not_modified_response(*_: object) -> Response:
    return Response(status_code=304)
