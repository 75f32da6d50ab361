"""The geocoder's book, one SQLite file: answers, the next free moment of each service, and what a run has spent.

Every operation is a transaction of its own on a connection of its own. SQLite's file lock is what makes processes
wait for one another, so one request per second holds for the whole machine; and a geocoder that was pickled into
other processes still has one budget and one breaker. Times are seconds since 1970.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import GeocoderError
from .places import Place

FOUND_FOR_S = 180 * 86_400
"""How long places that were found are remembered."""

NONE_FOR_S = 30 * 86_400
"""How long "there is no such place" is remembered."""

RUN_FOR_S = 7 * 86_400
"""How long a run's counts are kept."""

QUEUE_S = 60.0
"""A free moment further ahead than this is not a queue but a clock that was set back; it is ignored."""

SCHEMA = 1
_TABLES = """
CREATE TABLE answers (url TEXT, query TEXT, country TEXT, language TEXT, expires REAL NOT NULL, places TEXT NOT NULL,
                      PRIMARY KEY (url, query, country, language)) WITHOUT ROWID;
CREATE TABLE moments (host TEXT PRIMARY KEY, free_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (run TEXT PRIMARY KEY, started REAL NOT NULL, requests INT DEFAULT 0, sent INT DEFAULT 0,
                   found INT DEFAULT 0, cached INT DEFAULT 0, refused INT DEFAULT 0, answered INT DEFAULT 0,
                   failures INT DEFAULT 0, stopped TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of which service; the key under which its answer is kept."""

    url: str
    query: str
    country: str | None
    language: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The question with what does not change its answer taken out."""
        return self.url, self.query.casefold(), self.country or "", self.language


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run has spent so far. `requests` counts retries too, the others count names.

    `failures` are those in a row. `stopped` is why nothing is asked any more, or None.
    """

    requests: int = 0
    sent: int = 0
    found: int = 0
    cached: int = 0
    refused: int = 0
    answered: int = 0
    failures: int = 0
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The book of one run in the file at `path`. Raises GeocoderError where the file cannot be used."""

    path: Path
    run: str

    def recall(self, question: Question) -> tuple[Place, ...] | None:
        """The remembered answer: () for "there is none", None if nothing is remembered."""
        with self._transaction() as book:
            row = book.execute(
                "SELECT places FROM answers WHERE (url, query, country, language) = (?, ?, ?, ?) AND expires > ?",
                (*question.key, time.time()),
            ).fetchone()
            if row is None:
                return None
            try:
                places = tuple(Place(**fields) for fields in json.loads(row[0]))
            except (TypeError, ValueError):  # written by a version with another idea of a place: as good as unknown
                return None
            self._add(book, "cached")
            return places

    def remember(self, question: Question, places: tuple[Place, ...]) -> None:
        """Keeps an answer; what has expired goes."""
        now = time.time()
        expires = now + (FOUND_FOR_S if places else NONE_FOR_S)
        text = json.dumps([asdict(place) for place in places], ensure_ascii=False, allow_nan=False)
        with self._transaction() as book:
            book.execute("DELETE FROM answers WHERE expires <= ?", (now,))
            book.execute("DELETE FROM runs WHERE started <= ?", (now - RUN_FOR_S,))
            book.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", (*question.key, expires, text))

    def reserve(self, host: str, *, interval_s: float, budget: int, again: bool = False) -> float:
        """Takes the next free moment of `host` and one request of the budget; returns the seconds to wait for it.

        `again` marks a retry of a name that was counted. Raises GeocoderError when the run was stopped or its budget
        is spent.
        """
        with self._transaction() as book:
            run = self._read(book)
            refusal = run.stopped or (f"the budget of {budget} requests is spent" if run.requests >= budget else None)
            if refusal is None:
                now = time.time()
                row = book.execute("SELECT free_at FROM moments WHERE host = ?", (host,)).fetchone()
                moment = max(now, row[0]) if row and row[0] <= now + QUEUE_S else now
                book.execute("INSERT OR REPLACE INTO moments VALUES (?, ?)", (host, moment + interval_s))
                self._add(book, "requests", *(() if again else ("sent",)))
                return moment - now
            if not again:
                self._add(book, "refused")
        raise GeocoderError(f"{host} was not asked: {refusal}")

    def postpone(self, host: str, seconds: float) -> None:
        """Lets every process of this machine leave `host` alone for so long."""
        with self._transaction() as book:
            book.execute("INSERT OR REPLACE INTO moments VALUES (?, ?)", (host, time.time() + seconds))

    def succeed(self, *, found: bool) -> None:
        """Writes down that the service answered as it should; failures in a row end."""
        with self._transaction() as book:
            self._add(book, "answered", *(("found",) if found else ()))
            book.execute("UPDATE runs SET failures = 0 WHERE run = ?", (self.run,))

    def fail(self, reason: str, *, allowed: int) -> None:
        """Writes down a failure; the `allowed`-th in a row stops the run."""
        with self._transaction() as book:
            self._add(book, "failures")
            book.execute(
                "UPDATE runs SET stopped = coalesce(stopped, ?) WHERE run = ? AND failures >= ?",
                (reason, self.run, allowed),
            )

    def read(self) -> Run:
        """What the run has spent so far."""
        with self._transaction() as book:
            return self._read(book)

    def _read(self, book: sqlite3.Connection) -> Run:
        fields = ", ".join(Run.__dataclass_fields__)
        row = book.execute(f"SELECT {fields} FROM runs WHERE run = ?", (self.run,)).fetchone()  # noqa: S608
        return Run(**dict(zip(Run.__dataclass_fields__, row, strict=True))) if row else Run()

    def _add(self, book: sqlite3.Connection, *columns: str) -> None:
        book.execute("INSERT OR IGNORE INTO runs (run, started) VALUES (?, ?)", (self.run, time.time()))
        counts = ", ".join(f"{column} = {column} + 1" for column in columns)
        book.execute(f"UPDATE runs SET {counts} WHERE run = ?", (self.run,))  # noqa: S608

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            # The names a newsroom looked up are nobody else's business: the folder and the file are the user's alone.
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as book:
                book.execute("PRAGMA synchronous = OFF")  # a power cut may cost us a cache, never a wait for the disk
                book.execute("BEGIN IMMEDIATE")
                if book.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                    _start(book)
                yield book
                book.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, GeocoderError):
                raise
            raise GeocoderError(
                f"the geocoder's cache {self.path} cannot be used ({error}); delete it, or name another folder"
            ) from error


def _start(book: sqlite3.Connection) -> None:
    """Makes the tables; those of another version, a cache after all, are dropped."""
    for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        book.execute(f'DROP TABLE "{name}"')
    for statement in _TABLES.split(";\n"):
        book.execute(statement)
    book.execute(f"PRAGMA user_version = {SCHEMA}")
