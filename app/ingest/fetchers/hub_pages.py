"""Lists models of the Hugging Face Hub by its own library, through a publisher that we ask.

The library knows the addresses and follows the pages; every byte comes by `Publisher.ask`, so that
its time-outs, size limit, retries, host and User-Agent hold, and the answers are kept as they came.
"""

from typing import Final
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import HfApi, set_client_factory

from app.domain.errors import PublisherError, excerpt
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.fetcher import Publisher
from app.ingest.fetchers.hub import HUB, MODELS, read_models
from app.ingest.fetchers.rows import bad_answer

PAGES_MAX: Final = 100
"""A page has up to a thousand models: nobody has a hundred thousand."""


def list_models(publisher: Publisher, organisation: str) -> list[PublisherAnswer]:
    """Return the pages of the list of an organisation's models; none where the Hub has no list.

    Raises PublisherError, also for a list that has no end or leads elsewhere.
    """
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
