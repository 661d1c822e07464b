"""Asks a publisher over HTTP: with time-outs, a size limit, retries, and no way to another host."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from queue import Empty, Queue
from typing import Final, Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
import stamina
from stamina.instrumentation import RetryDetails

from app.domain.errors import PublisherDeniedError, PublisherError, excerpt
from app.domain.site import SOFTWARE, Site
from app.domain.sources.publisher_answer import PublisherAnswer

log = logging.getLogger(__name__)
KEPT_HEADERS: Final = ("content-type", "date", "etag", "last-modified", "link")
"""The headers of an answer that say what it is; the others are about its way."""
HEADER_MAX: Final = 2_000
NOT_FOUND: Final = frozenset({404, 410})
TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS_MAX: Final = 3
RETRY_AFTER_MAX_S: Final = 60
"""The longest that a publisher's Retry-After is waited for; with a longer one the fetch ends."""


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What one question to a publisher may cost: seconds of one attempt, bytes, attempts.

    `silence_s` are seconds without a byte, `pause_s` those between two questions.
    """

    attempt_s: float = 60
    silence_s: float = 20
    bytes: int = 16 * 2**20
    attempts: int = 4
    first_wait_s: float = 0.5
    pause_s: float = 0


DEFAULT_LIMITS: Final = ClientLimits()


def _log_retry(details: RetryDetails) -> None:
    log.info("Asks again in %.0f s: %s", details.wait_for, details.caused_by)


# In place of stamina's own lines, which name neither the reason nor the wait.
stamina.instrumentation.set_on_retry_hooks([_log_retry])


class _TryAgainError(Exception):
    """A failure that may pass; `seconds` is what the publisher asks to wait, None if nothing."""

    def __init__(self, refusal: PublisherError, seconds: float | None = None) -> None:
        super().__init__(refusal.title)
        self.refusal = refusal
        self.seconds = seconds


def user_agent(site: Site) -> str:
    """Return the User-Agent of a site's questions: who asks, and whom to write to."""
    contact = f"; {site.contact}" if site.contact else ""
    named = f"{SOFTWARE.replace(' ', '')}/{version('open-model-share')} ({site.byline}{contact})"
    return named.encode("ascii", "replace").decode()


class PublisherClient:
    """One publisher at one address, such as https://openrouter.ai. Close it in the end."""

    def __init__(
        self,
        address: str,
        site: Site,
        *,
        key: str | None = None,
        limits: ClientLimits = DEFAULT_LIMITS,
    ) -> None:
        self.address = address.rstrip("/")
        self.has_key = bool(key)
        self.limits = limits
        self._asked_at: float | None = None
        headers = {"User-Agent": user_agent(site)}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        # Redirects are looked at here: with a key they would carry it to whatever host they name.
        self._http = httpx2.Client(
            headers=headers,
            timeout=httpx2.Timeout(limits.silence_s),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, path: str, params: Mapping[str, str] | None = None) -> PublisherAnswer:
        """Return the answer to GET of a path. Raises PublisherError, after retries where they help.

        An answer is one of status 200 that came whole, from the publisher's own host.
        """
        answer = self._ask(path, params)
        if answer is None:
            url = self._url(path, params)
            raise PublisherError(f"The publisher has nothing at {excerpt(url, 300)} (404)")
        return answer

    def ask_if_there(self, path: str) -> PublisherAnswer | None:
        """Return the answer to GET of a path, or None where the publisher says that it has none."""
        return self._ask(path, None)

    def _url(self, path: str, params: Mapping[str, str] | None) -> str:
        return f"{self.address}{path}" + (f"?{urlencode(params)}" if params else "")

    def _ask(self, path: str, params: Mapping[str, str] | None) -> PublisherAnswer | None:
        self._keep_pause()
        url, limits = self._url(path, params), self.limits
        attempts = stamina.retry_context(
            on=_wait_before_retry,
            attempts=limits.attempts,
            timeout=None,
            wait_initial=limits.first_wait_s,
            wait_jitter=limits.first_wait_s,
            wait_max=20,
        )
        try:
            for attempt in attempts:
                with attempt:
                    return self._follow_in_time(url)
        except _TryAgainError as failed:
            raise failed.refusal from None
        raise AssertionError("stamina makes an attempt or raises")

    def _keep_pause(self) -> None:
        if self._asked_at is not None:
            time.sleep(max(0, self._asked_at + self.limits.pause_s - time.monotonic()))
        self._asked_at = time.monotonic()

    def _follow_in_time(self, url: str) -> PublisherAnswer | None:
        """Ask once; an attempt that goes on for too long is given up, whatever it waits for."""
        # Neither time-outs nor the reading of the body end headers that drip, or a packed body
        # that never begins. A thread cannot be ended: it is left to its socket's time-out.
        ended: Queue[PublisherAnswer | Exception | None] = Queue()

        def attempt() -> None:
            try:
                ended.put(self._follow(url))
            except Exception as error:  # noqa: BLE001 - raised again by who waits for it
                ended.put(error)

        threading.Thread(target=attempt, daemon=True).start()
        try:
            outcome = ended.get(timeout=self.limits.attempt_s + self.limits.silence_s)
        except Empty:
            title = f"The publisher’s answer did not end within {self.limits.attempt_s:g} seconds"
            raise PublisherError(title, f"Asked: {excerpt(url, 300)}.") from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _follow(self, url: str) -> PublisherAnswer | None:
        """Ask once; redirects on the same host are followed, others are refused."""
        asked = url
        for _ in range(REDIRECTS_MAX):
            with _explained(url), self._http.stream("GET", url) as response:
                if response.status_code == httpx2.codes.OK:
                    content = self._read(response)
                    return PublisherAnswer(
                        asked, datetime.now(UTC), content, _kept_headers(response)
                    )
                if response.status_code in NOT_FOUND:
                    return None
                if not response.has_redirect_location:
                    raise _refusal(response, url)
                target = _redirect_target(url, response)
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                title = f"The publisher leads to another place: {excerpt(target, 200)}"
                raise PublisherError(title, f"Asked: {excerpt(url, 300)}. It was not followed.")
            url = target
        raise PublisherError(f"The publisher leads in a circle at {excerpt(url, 300)}")

    def _read(self, response: httpx2.Response) -> bytes:
        """Return the body, as long as it is not too large and does not drip too slowly."""
        limits, content = self.limits, bytearray()
        deadline = time.monotonic() + limits.attempt_s
        for portion in response.iter_bytes():
            content += portion
            if len(content) > limits.bytes:
                title = f"The publisher’s answer is larger than {limits.bytes // 2**20} MiB"
                raise PublisherError(title, f"Asked: {excerpt(str(response.url), 300)}.")
            if time.monotonic() > deadline:
                title = f"The publisher’s answer did not end within {limits.attempt_s:g} seconds"
                raise PublisherError(title, f"Asked: {excerpt(str(response.url), 300)}.")
        return bytes(content)


def _kept_headers(response: httpx2.Response) -> dict[str, str]:
    """Return the headers that say what an answer is; letters beyond ASCII are none of theirs."""
    present = {name: response.headers.get(name, "") for name in KEPT_HEADERS}
    return {name: text[:HEADER_MAX] for name, text in present.items() if text and text.isascii()}


def _redirect_target(url: str, response: httpx2.Response) -> str:
    location = response.headers["location"]
    try:
        target = urljoin(url, location)
        urlsplit(target)
    except ValueError:
        title = f"The publisher leads to what is no address: {excerpt(location, 200)}"
        raise PublisherError(title, f"Asked: {excerpt(url, 300)}.") from None
    return target


def _wait_before_retry(error: Exception) -> bool | float:
    """Return whether to try again, or the seconds to wait before."""
    if not isinstance(error, _TryAgainError):
        return False
    return True if error.seconds is None else error.seconds


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Raise what httpx2 raises as an error that a user reads."""
    place = f"Asked: {excerpt(url, 300)}."
    try:
        yield
    except httpx2.TimeoutException:
        raise _TryAgainError(
            PublisherError("The publisher does not answer in time", place)
        ) from None
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        why = excerpt(str(error), 200) or type(error).__name__
        refusal = PublisherError(f"The publisher cannot be reached: {why}", place)
        raise _TryAgainError(refusal) from None


def _refusal(response: httpx2.Response, url: str) -> Exception:
    """Return the error of a status that is no answer; one that may pass is to be tried again."""
    status = response.status_code
    place = f"Asked: {excerpt(url, 300)}."
    if status in {401, 403}:
        hint = f"{place} Look at the key: it may be missing, mistyped, used up or taken back."
        return PublisherDeniedError(f"The publisher refuses to answer us ({status})", hint)
    if status not in TRY_AGAIN:
        return PublisherError(f"The publisher answers with status {status}", place)
    seconds = _retry_after(response.headers.get("retry-after", ""))
    if seconds is not None and seconds > RETRY_AFTER_MAX_S:
        title = f"The publisher asks us to come again in {seconds:.0f} seconds ({status})"
        return PublisherError(title, place)
    return _TryAgainError(
        PublisherError(f"The publisher answers with status {status}", place), seconds
    )


def _retry_after(text: str) -> float | None:
    """Return the seconds that a Retry-After says, as a number or as a date; None for no such."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
