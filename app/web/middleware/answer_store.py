"""Gives finished answers again, ahead of routing, for as long as the data they tell is current."""

import asyncio
import time
from typing import Final

from cachetools import LRUCache
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.databases.version_watch import VersionWatch
from app.web.middleware.metrics import new_request_id, note_stored
from app.web.middleware.stored_answer import ANSWER_MAX_BYTES, PendingAnswer, StoredAnswer

WAIT_S: Final = 5
"""Seconds to wait for an answer that another request makes, before making it a second time."""

METHODS: Final = {"GET": b"GET", "HEAD": b"HEAD"}
# A request with one of these may get an answer of its own, or has a body that must be read.
BYPASSING_HEADERS: Final = frozenset(
    {b"cookie", b"authorization", b"range", b"content-length", b"transfer-encoding"}
)

Key = tuple[bytes, ...]


class AnswerStore:
    """Keeps complete public answers, and gives them to all who say nothing of who they are.

    One is given only while `watch` confirms its label; while that confirms nothing, all requests go
    the long way. Of several requests for an answer that is not there, one has it made and the
    others wait.
    """

    def __init__(self, app: ASGIApp, watch: VersionWatch, max_bytes: int) -> None:
        self.app = app
        self.watch = watch
        self.answers: LRUCache[Key, StoredAnswer] = LRUCache(max_bytes, StoredAnswer.size)
        self.pending: dict[Key, PendingAnswer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        key, held_tags = read_key(scope)
        while key and (labels := self.watch.confirmed_labels()):
            method = METHODS[scope["method"]]
            # Second, what was made for HEAD, or is a 304 for those only who hold the same.
            answer = self.answers.get(key) or self.answers.get((*key, method, held_tags))
            if answer and answer.label in labels:
                request = new_request_id()
                messages = answer.messages(request, method, held_tags)
                for message in messages:
                    await send(message)
                note_stored(scope, request, answer.route, messages, began)
                return
            pending = self.pending.get((*key, method))
            if pending is None:
                await self._make((*key, method), held_tags, scope, receive, send)
                return
            await asyncio.wait([pending.look_again], timeout=WAIT_S)
            if not pending.look_again.done() or not pending.look_again.result():
                break
        await self.app(scope, receive, send)

    async def _make(
        self, key: Key, held_tags: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Have the answer made and sent, and keep it if it may be kept."""
        scope.setdefault("state", {})
        pending = self.pending[key] = PendingAnswer(asyncio.get_running_loop().create_future())

        async def send_kept(message: Message) -> None:
            answer = pending.take(message, scope)
            if answer and answer.size() <= ANSWER_MAX_BYTES:
                whole = answer.status == 200 and scope["method"] == "GET"
                self.answers[key[:-1] if whole else (*key, held_tags)] = answer
            # Before it is sent, which takes as long as its asker likes.
            if answer:
                self._end(key, pending)
            await send(message)

        try:
            await self.app(scope, receive, send_kept)
        finally:
            self._end(key, pending)

    def _end(self, key: Key, pending: PendingAnswer) -> None:
        pending.end(look_again=True)
        if self.pending.get(key) is pending:
            del self.pending[key]


def read_key(scope: Scope) -> tuple[Key, bytes]:
    """Return the key of an answer and If-None-Match; the key is empty where none may be given."""
    if scope["type"] != "http" or scope["method"] not in METHODS:
        return (), b""
    host = accept = encoding = held_tags = b""
    for name, value in scope["headers"]:
        # A second line of the same name makes another key: what it means is judged inside.
        if name == b"host":
            host += value
        elif name == b"accept":
            accept += value
        elif name == b"accept-encoding":
            encoding += value
        elif name == b"if-none-match":
            held_tags += value + b","
        elif name in BYPASSING_HEADERS:
            return (), b""
    query = scope["query_string"]
    if b"&" in query:
        query = b"&".join(sorted(query.split(b"&")))
    path = scope.get("raw_path") or scope["path"].encode()
    return (scope["scheme"].encode(), host, path, query, accept, encoding), held_tags
