"""How the geocoder fetches: one GET with a deadline and a cap, no redirects, and failures told apart.

Imported when something is first asked, since geopy costs 0.1 s to import.
"""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import URLLibAdapter, get_retry_after

MAX_BYTES = 1 << 20
"""A body longer than this is not read on: five candidates with details take some 10 KB."""


class RequestError(Exception):
    """A request brought no answer. `kind` is "refused" (asking on is pointless), "unreachable", "timeout", "busy"
    (429, with the seconds the service asks for, if it does) or "broken" (an error or nonsense instead of an answer)."""

    def __init__(self, kind: str, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.retry_after = retry_after


class CheckedAdapter(URLLibAdapter):  # type: ignore[misc]  # geopy has no types
    """geopy's urllib adapter without its gaps.

    geopy's own calls a refused connection, an unknown host and a 500 by one name, reads bodies of any size, follows
    redirects to anywhere, and takes `{}` and `null` for "not found". `check` gets the parsed JSON and returns what
    geopy may see; its ValueError means that this is no answer.
    """

    def __init__(self, *, proxies: Any, ssl_context: Any, check: Callable[[object], object]) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._check = check
        self._opener = build_opener(HTTPSHandler(context=ssl_context), ProxyHandler(proxies), _NoRedirect())

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> object:
        """The answer, checked. `timeout` is for the whole request: name lookup, connection, and every byte of it."""
        body = _within(timeout, lambda: self._read(url, timeout, headers))
        try:
            return self._check(json.loads(body))
        except (ValueError, RecursionError) as error:
            raise RequestError("broken", f"its answer makes no sense ({str(error)[:160]})") from error

    def _read(self, url: str, timeout: float, headers: Mapping[str, str]) -> bytes:
        deadline = time.monotonic() + timeout
        body = bytearray()
        try:
            with self._opener.open(Request(url, headers=dict(headers)), timeout=timeout) as page:  # noqa: S310
                while chunk := page.read1(1 << 16):
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise RequestError("broken", f"its answer is longer than {MAX_BYTES} bytes")
                    if time.monotonic() > deadline:
                        raise TimeoutError
        except HTTPError as error:
            with error:
                raise _status_failure(error) from error
        except (OSError, http.client.HTTPException) as error:  # URLError and TimeoutError are OSErrors
            cause = error.reason if isinstance(error, URLError) else error
            if isinstance(cause, TimeoutError):
                raise _timed_out(timeout) from error
            if isinstance(cause, (http.client.HTTPException, ConnectionResetError)):
                raise RequestError("broken", f"its answer breaks off ({cause!r})") from error
            if isinstance(cause, ssl.SSLError):
                raise RequestError("unreachable", f"no safe connection ({cause})") from error
            raise RequestError("unreachable", f"cannot be reached ({cause})") from error
        return bytes(body)


class _NoRedirect(HTTPRedirectHandler):
    """Lets a redirect end as the error of its status."""

    def redirect_request(self, *_: object) -> None:
        return None


def _status_failure(error: HTTPError) -> RequestError:
    status = f"it answered {error.code} {http.client.responses.get(error.code, '')}".rstrip()
    if error.code == 429:
        headers = {name.lower(): value for name, value in error.headers.items()}
        return RequestError("busy", status, retry_after=get_retry_after(headers))
    if 300 <= error.code < 400:
        where = str(error.headers.get("Location"))[:160]
        return RequestError("refused", f"{status}, a redirect to {where!r}; give that as its url if it is meant")
    return RequestError("refused" if error.code in (401, 402, 403, 407) else "broken", status)


def _timed_out(timeout: float) -> RequestError:
    return RequestError("timeout", f"no answer within {timeout:g} s")


def _within(seconds: float, work: Callable[[], bytes]) -> bytes:
    """What `work` returns or raises, or a time-out. A socket's timeout is not enough: looking up a host name has none,
    and it starts anew for every address and every byte. The abandoned thread ends by itself, and delays no exit."""
    outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put(work())
        except Exception as error:  # handed over to the waiting thread, whatever it is
            outcome.put(error)

    threading.Thread(target=run, name="geocoder", daemon=True).start()
    try:
        result = outcome.get(timeout=seconds)
    except queue.Empty:
        raise _timed_out(seconds) from None
    if isinstance(result, Exception):
        raise result
    return result
