"""Pages lead from any name of a company, developer or model to the address with its slug."""

from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.domain.naming.names import NamedType
from app.domain.questions.question import Question
from app.web.route_policy import RouteKind
from app.web.route_table import policy_of


class RenamedError(Exception):
    """A page was asked for by other names than slugs; it becomes a redirect to `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def redirect_names(request: Request, question: Question) -> None:
    """Raise RenamedError where a page was asked for by names that are no slugs.

    The other parameters stay as they came. The API answers at once, with slugs in its links.
    """
    if policy_of(request.scope).kind is RouteKind.API:
        return
    named = _canonical_pairs(request, question)
    if named != request.query_params.multi_items():
        path = quote(request.scope["path"], safe="/:@")
        raise RenamedError(f"{path}?{urlencode(named, safe=',:/')}")


def names_are_slugs(request: Request, question: Question) -> bool:
    """Return whether every name of the address is a slug, which means the same for ever."""
    return _canonical_pairs(request, question) == request.query_params.multi_items()


def _canonical_pairs(request: Request, question: Question) -> list[tuple[str, str]]:
    slugs: dict[str, tuple[str, ...]] = {name: getattr(question, name) for name in NamedType}
    return [
        (name, _slugs_text(slugs[name], text) if name in slugs else text)
        for name, text in request.query_params.multi_items()
    ]


def _slugs_text(slugs: tuple[str, ...], text: str) -> str:
    """Return the slugs that a comma list means; the text itself where it names no others."""
    words = {word.strip() for word in text.split(",")}
    return ",".join(slugs) if text and words != set(slugs) else text


def renamed_response(_: Request, error: Exception) -> Response:
    assert isinstance(error, RenamedError)  # noqa: S101 - registered for this type only
    # What a name means is today's: it may be retired, and given to another entry.
    return RedirectResponse(error.address, 307, {"Cache-Control": "no-store"})
