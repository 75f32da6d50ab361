"""Downloads GeoNames' dumps when asked to: taken up where one broke off, checked, and not twice while unchanged."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ProtocolError, ResponseError

from .errors import GazetteerFetchError, GazetteerSourceError
from .geonames import read_blocks, sha256_of

SERVER = "https://download.geonames.org/export/dump/"
"""GeoNames' daily dumps (https://www.geonames.org/export/), CC BY 4.0."""

CODES = ("admin1CodesASCII.txt", "admin2Codes.txt")
"""Tables of the divisions' names, which every dump needs."""

ATTEMPTS = 5
_MAX_BYTES = 1 << 32
_BLOCK = 1 << 18
_LONGEST_WAIT = 120

_LATER = "try again later, and what has come is taken up"

Track = Callable[[Iterable[bytes], str, "int | None"], Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What is known of a downloaded file, kept beside it: the server's marks of its edition, its size and digest."""

    url: str
    etag: str
    modified: str
    bytes: int = 0
    sha256: str = ""


class Fetcher:
    """Fetches files of one server into one folder, politely: one at a time, with its name, waiting where told to.

    `pause` is the first wait in seconds after a failure, doubled with each further one; `timeout` is for connecting and
    for each silence.
    """

    def __init__(
        self, folder: Path, *, agent: str, server: str = SERVER, timeout: float = 30, pause: float = 1
    ) -> None:
        if urlsplit(server).scheme not in ("http", "https") or not urlsplit(server).netloc:
            raise GazetteerFetchError(f"{server!r} is no address of a server: give one such as {SERVER}")
        self.server = server.rstrip("/") + "/"
        self._folder, self._pause = folder, pause
        retries = urllib3.Retry(
            total=ATTEMPTS,
            redirect=3,
            backoff_factor=pause,
            backoff_max=_LONGEST_WAIT,
            status_forcelist=(429, 500, 502, 503, 504),
            retry_after_max=_LONGEST_WAIT,
        )
        self._headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
        proxy = None if proxy_bypass(urlsplit(server).netloc) else getproxies().get(urlsplit(server).scheme)
        self._pool = (
            urllib3.ProxyManager(proxy, retries=retries, timeout=timeout)
            if proxy
            else urllib3.PoolManager(retries=retries, timeout=timeout)
        )

    def fetch(self, name: str, track: Track = lambda items, _what, _total: items) -> tuple[Path, bool]:
        """A file of the server by its name, and whether it was downloaded now: one that is there, whole and unchanged
        on the server is taken as it is.

        Raises GazetteerFetchError where the server has no such file, cannot be reached, or sends something else.
        """
        path, url = self._folder / name, self.server + name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return path, self._persist(url, path, track)
        except OSError as error:
            if isinstance(error, GazetteerFetchError):
                raise
            raise GazetteerFetchError(f"cannot write {path}: {error.strerror or error}") from error

    def _persist(self, url: str, path: Path, track: Track) -> bool:
        """Tries until the file is there."""
        known = _read_note(path)
        if known and not (known.url == url and path.is_file() and sha256_of(path) == known.sha256):
            known = None
        part, left = _part(path), ATTEMPTS
        while True:
            before = part.stat().st_size if part.is_file() else 0
            try:
                return self._download(url, path, known, track)
            except MaxRetryError as error:
                raise GazetteerFetchError(f"{url} cannot be downloaded: {_cause(error)}; {_LATER}") from error
            except HTTPError as error:  # in the middle of the body
                left = ATTEMPTS if part.is_file() and part.stat().st_size > before else left - 1
                if not left:
                    raise GazetteerFetchError(f"{url} breaks off again and again: {error}; {_LATER}") from error
            time.sleep(min(self._pause * 2 ** (ATTEMPTS - left), _LONGEST_WAIT))

    def _download(self, url: str, path: Path, known: Fetched | None, track: Track) -> bool:
        """Brings `path` up to date; False where it is as `known`. What has come lies beside it until it is whole."""
        part = _part(path)
        begun = _read_note(part) if part.is_file() else None
        here = part.stat().st_size if begun and begun.url == url and (begun.etag or begun.modified) else 0
        headers = {}
        if begun and here:
            headers = {"Range": f"bytes={here}-", "If-Range": begun.etag or begun.modified}
        elif known:
            headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        headers = {name: value for name, value in headers.items() if value} | self._headers
        answer = self._pool.request("GET", url, headers=headers, preload_content=False)
        try:
            if answer.status == 304 and known:
                return False
            at = _starts_at(answer, url, here)
            if at is None:
                part.unlink(missing_ok=True)
                raise ProtocolError("the rest of another edition was offered")
            length = answer.headers.get("Content-Length", "")
            size = at + int(length) if length.isdigit() else None
            self._check_room(url, (size or at) - at)
            etag, modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
            found = Fetched(url=url, etag="" if etag.startswith("W/") else etag, modified=modified)
            _write_note(part, found)
            with part.open("ab" if at else "wb") as out:
                blocks = iter(lambda: answer.read1(_BLOCK), b"")  # each as it comes: what came before a break is kept
                for block in track(blocks, f"fetching {path.name}", size and (size - at) // _BLOCK + 1):
                    out.write(block)
                    if out.tell() > _MAX_BYTES:
                        raise GazetteerFetchError(f"{url} does not end after {_MAX_BYTES:,} bytes")
        finally:
            answer.close()
        _check(part, url)
        _write_note(path, replace(found, bytes=part.stat().st_size, sha256=sha256_of(part)))
        part.replace(path)
        _note(part).unlink()
        return True

    def _check_room(self, url: str, size: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if size > min(free, _MAX_BYTES):
            raise GazetteerFetchError(f"{url} has {size:,} bytes, and {self._folder} has room for {free:,}")


def _starts_at(answer: urllib3.BaseHTTPResponse, url: str, here: int) -> int | None:
    """Where in the file the answer's body begins, 0 or what is `here`; None where it does not fit what is here."""
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise GazetteerFetchError(f"{url} answers {answer.status} with a web page instead of the file; {_LATER}")
    if answer.status == 200:
        return 0
    if answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
        return here
    if answer.status in (206, 416):
        return None
    if answer.status == 404:
        raise GazetteerFetchError(f"{url} is not there: give a country's two letters, such as SY, or all")
    raise GazetteerFetchError(f"{url} cannot be downloaded: the server answers {answer.status}; {_LATER}")


def _cause(error: MaxRetryError) -> str:
    """What the last of many attempts met."""
    cause = error.reason
    if isinstance(cause, ResponseError):
        return str(cause)
    return f"no connection ({cause})" if isinstance(cause, NewConnectionError) else str(cause)


def _check(part: Path, url: str) -> None:
    """Reads a table to its end, which checks the length and the CRC of a zip or gzip; a broken one is removed."""
    try:
        first = next(read_blocks(part), b"")
        if not first.strip() or first.lstrip()[:1] == b"<":
            raise GazetteerSourceError("it is empty" if not first.strip() else "it is a web page")
        for _ in read_blocks(part):
            pass
    except GazetteerSourceError as error:
        part.unlink()
        _note(part).unlink(missing_ok=True)
        raise GazetteerFetchError(f"{url} was downloaded, but is no table: {error}; {_LATER}") from error


def _part(path: Path) -> Path:
    """What has come of a file."""
    return path.with_name(f"{path.name}.part")


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _write_note(path: Path, fetched: Fetched) -> None:
    _note(path).write_text(json.dumps(asdict(fetched), indent=1) + "\n", "utf-8")


def _read_note(path: Path) -> Fetched | None:
    """What is known of a file; None where there is no note of ours."""
    try:
        return Fetched(**json.loads(_note(path).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
