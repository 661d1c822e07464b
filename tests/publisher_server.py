"""Publishers on loopback: they answer from recordings, or with what a test puts in their place."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

RECORDINGS: Final = Path(__file__).parent / "recordings"


@dataclass
class Answer:
    """What a publisher answers; `drip_s` is the pause after each byte."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0


Responder = Callable[[str, dict[str, str]], Answer | None]
"""Returns the answer to a path with its query and the headers of the question, or None: 404."""


@dataclass
class PublisherServer:
    """A running publisher. `answers` go before its recordings, by path with query or without."""

    address: str
    answers: dict[str, Answer | Responder] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    responder: Responder = lambda _path, _headers: None

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        self.asked.append(path)
        self.agents.append(headers.get("User-Agent", ""))
        given = self.answers.get(path) or self.answers.get(urlsplit(path).path) or self.responder
        answer = given if isinstance(given, Answer) else given(path, headers)
        not_found = b'{"error":{"message":"Export not found","code":404}}'
        return answer or Answer(not_found, 404, {"Content-Type": "application/json"})


@contextmanager
def running_publisher(responder: Responder) -> Iterator[PublisherServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = publisher.answer(self.path, dict(self.headers.items()))
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.write(answer)
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def write(self, answer: Answer) -> None:
            if not answer.drip_s:
                self.wfile.write(answer.body)
                return
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(answer.drip_s)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher = PublisherServer(f"http://127.0.0.1:{server.server_port}", responder=responder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def recorded(folder: str, prefix: str) -> Responder:
    """Return what answers paths below a prefix with the files of a folder of recordings."""

    def respond(path: str, _: dict[str, str]) -> Answer | None:
        file = RECORDINGS / folder / urlsplit(path).path.removeprefix(prefix)
        return Answer(file.read_bytes()) if path.startswith(prefix) and file.is_file() else None

    return respond
