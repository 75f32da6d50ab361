"""What every reader yields, and the limits they keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import GeoeventsError
from ..records import Document
from .dates import parse_date
from .encoding import repair

MAX_BYTES = 10_000_000
"""Largest text file, row or standard input in bytes: about 1.5 million words, twice "War and Peace"."""

MAX_PAGE_BYTES = 5_000_000
"""Largest HTML page in bytes."""

MAX_PAGE_TAGS = 50_000
"""Most tags of a page. Extraction takes time with their square: 3 s for 25,000 list items, 44 s for 110,000; news has
a few thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns of a table, or keys of a JSON line, hold what; None guesses from the usual names."""

    text: str | None = None
    title: str | None = None
    id: str | None = None
    source: str | None = None
    url: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for inputs that do not carry it themselves."""

    published: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read: its `id` (the path relative to the INPUT that named it), and its `name` for messages.

    `piped` marks standard input. `error` says why a file found in a folder cannot be read."""

    path: Path
    id: str
    name: str
    piped: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One document of an INPUT, or, with `error`, what stood in its way; its `document` then has no text.

    `notes` are remarks for the reader: a guessed encoding, a date that cannot be read."""

    document: Document
    error: GeoeventsError | None = None
    notes: tuple[str, ...] = ()


def fail(document_id: str, error: GeoeventsError) -> Reading:
    """A document that could not be read."""
    return Reading(document=Document(text="", id=document_id), error=error)


def describe_size(size: int) -> str:
    """Bytes in words: "52.4 MB"."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"


def compose(
    document_id: str,
    defaults: Defaults,
    text: str,
    *,
    title: str | None = None,
    published: str | None = None,
    source: str | None = None,
    url: str | None = None,
) -> Reading:
    """A document from its fields as written; a date that cannot be read becomes a remark."""
    notes: tuple[str, ...] = ()
    when = defaults.published
    if published and published.strip():
        try:
            when = parse_date(published)
        except ValueError as error:
            when, notes = None, (f"the publication date {error}",)
    document = Document(
        text=repair(text),
        id=document_id,
        title=_tidy(title),
        source=_tidy(source) or defaults.source,
        url=_tidy(url),
        published=when,
    )
    return Reading(document=document, notes=notes)


def _tidy(field: str | None) -> str | None:
    """A field on one line, None if there is nothing in it."""
    return " ".join(repair(field).split()) or None if field else None
