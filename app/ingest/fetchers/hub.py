"""Lists models of the Hugging Face Hub by its own library, through a publisher that we ask.

The library knows the addresses and follows the pages; every byte comes by `Publisher.ask`, so that
its time-outs, size limit, retries, host and User-Agent hold, and the answers are kept as they came.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2

from app.domain.errors import PublisherError, excerpt
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.fetcher import Publisher
from app.ingest.fetchers.rows import VALUE_MAX, bad_answer, read_json_list

HUB: Final = "https://huggingface.co"
MODELS: Final = "/api/models"
PAGES_MAX: Final = 100
"""A page has up to a thousand models: nobody has a hundred thousand."""
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9._-]{1,96}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubModel:
    """One model of a list: `number` counts the rows of its page, `downloads` are of thirty days."""

    number: int
    name: str
    downloads: Decimal


def list_models(publisher: Publisher, organisation: str) -> list[PublisherAnswer]:
    """Return the pages of the list of an organisation's models; none where the Hub has no list.

    Raises PublisherError, also for a list that has no end or leads elsewhere.
    """
    # It takes longer to import than all the rest of a fetch, and most fetches are of others.
    from huggingface_hub import HfApi, set_client_factory  # noqa: PLC0415

    pages = _Pages(publisher, organisation)
    set_client_factory(lambda: httpx2.Client(transport=pages))
    try:
        models = HfApi(endpoint=HUB).list_models(
            author=organisation, expand=["downloads"], token=False
        )
        for _ in models:
            pass
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        what = f"its next page has no address that can be asked: {excerpt(str(error), 200)}"
        raise bad_answer(pages.answers[-1], what) from None
    finally:
        # The library keeps one client for the whole process: nobody asks past ours by accident.
        set_client_factory(_refuse)
    return pages.answers


def read_models(answer: PublisherAnswer, organisation: str) -> list[HubModel]:
    """Return the models of a page. Raises PublisherError for what is no list of the organisation's.

    Other fields than the two are not looked at: the Hub adds some whatever is asked for.
    """
    models = []
    for number, row in read_json_list(answer):
        name, downloads = row.get("id"), row.get("downloads")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise bad_answer(answer, f"row {number} has “{excerpt(str(name), 60)}” for a model")
        if name.partition("/")[0].casefold() != organisation.casefold():
            raise bad_answer(answer, f"row {number} is {name}, not of {excerpt(organisation, 60)}")
        models.append(HubModel(number, name, _read_downloads(answer, downloads, number)))
    return models


def organisation_of(answer: PublisherAnswer) -> str:
    """Return the organisation whose models a page was asked for."""
    return parse_qs(urlsplit(answer.url).query)["author"][0]


def _read_downloads(answer: PublisherAnswer, downloads: Any, number: int) -> Decimal:
    # In Python true is an int.
    counts = isinstance(downloads, int) and not isinstance(downloads, bool)
    if counts and 0 <= downloads <= VALUE_MAX:
        return Decimal(downloads)
    shown = "nothing" if downloads is None else f"“{excerpt(str(downloads), 40)}”"
    raise bad_answer(answer, f"row {number} has {shown} for its downloads")


def _refuse() -> httpx2.Client:
    raise RuntimeError("the Hub is asked by `list_models` alone")


class _Pages(httpx2.BaseTransport):
    """The library's way to the Hub: it asks the publisher and keeps the answers."""

    def __init__(self, publisher: Publisher, organisation: str) -> None:
        self.publisher = publisher
        self.organisation = organisation
        self.answers: list[PublisherAnswer] = []
        self.paths: set[str] = set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        # The library would also have the Hub tell it of programs that run it, for its User-Agent.
        if not self.paths and request.url.path != MODELS:
            raise httpx2.ConnectError("nothing but lists of models is asked for")
        path = f"{MODELS}?{request.url.query.decode()}"
        answer = self._ask_next(request.url, path) if self.paths else self._ask_first(path)
        if answer is None:
            return httpx2.Response(200, json=[])
        self.answers.append(answer)
        # The library is handed what was read of the page, so that it can fail of nothing else.
        names = [{"id": model.name} for model in read_models(answer, self.organisation)]
        link = {"link": answer.headers["link"]} if "link" in answer.headers else {}
        return httpx2.Response(200, json=names, headers=link)

    def _ask_first(self, path: str) -> PublisherAnswer | None:
        self.paths.add(path)
        return self.publisher.ask_if_there(path)

    def _ask_next(self, url: httpx2.URL, path: str) -> PublisherAnswer:
        """Return the page that the last one leads to, which must be of the same list and new."""
        last = self.answers[-1]
        hosts = {urlsplit(HUB).hostname, urlsplit(last.url).hostname}
        if url.host not in hosts or not url.path.endswith(MODELS):
            raise bad_answer(last, f"its next page is elsewhere: {excerpt(str(url), 200)}")
        if url.params.get_list("author") != [self.organisation]:
            raise bad_answer(last, f"its next page is of another list: {excerpt(str(url), 200)}")
        if path in self.paths:
            raise bad_answer(last, "its next page is one that was there before")
        if len(self.answers) == PAGES_MAX:
            raise PublisherError(
                f"The Hub’s list of {excerpt(self.organisation, 60)} has no end",
                f"More than {PAGES_MAX} pages were not asked for. Nothing was stored.",
            )
        self.paths.add(path)
        return self.publisher.ask(path)
