"""From INPUTs, as a user names them, to documents: files, folders and standard input."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from .errors import GeoeventsError, InputError
from .readers.encoding import decode
from .readers.reading import MAX_BYTES, MAX_PAGE_BYTES, Columns, Defaults, Reading, Source, compose, describe_size, fail

STANDARD_INPUT = "-"
_FILE = re.compile(r"[/\\]|\.\w{1,5}$")
"""What tells a file's name from a word."""

_Reader = Callable[[Source, Columns, Defaults], Iterator[Reading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the INPUTs hold, in order, and remarks about what was passed over."""

    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()

    @property
    def documents(self) -> int | None:
        """How many documents there are; None where a table is among them."""
        return None if any(source.path.suffix.lower() in _TABLES for source in self.sources) else len(self.sources)


def find(inputs: Iterable[str], outputs: Iterable[Path] = ()) -> Sources:
    """The files that INPUTs name: files as given, folders with all below them, sorted, hidden files left out.

    What lies in a folder but is one of `outputs` is left out too: it is an earlier run's. Raises InputError, with one
    line for each INPUT that is no document and no folder with documents, and for one that would be overwritten.
    """
    found: list[Source] = []
    notes: list[str] = []
    faults: list[str] = []
    written = {os.path.realpath(path) for path in outputs}
    seen: set[str] = set()
    for given in inputs:
        try:
            if given != STANDARD_INPUT and os.path.realpath(given.replace("\0", "")) in written:
                raise InputError(f"{given} is to be read and written at once: choose another name for the output")
            sources = _find_one(given, notes, written)
        except InputError as error:
            faults.append(str(error))
            continue
        for source in sources:
            place = STANDARD_INPUT if source.piped else os.path.realpath(source.path)
            if place in seen:
                notes.append(f"{source.name} is given twice: read once")
            else:
                seen.add(place)
                found.append(source)
    if faults:
        raise InputError("\n".join(faults))
    return Sources(sources=tuple(found), notes=tuple(notes))


def read(
    inputs: Iterable[str] | Sources,
    *,
    columns: Columns | None = None,
    published: date | None = None,
    source: str | None = None,
) -> Iterator[Reading]:
    """One Reading a document, in order: the document, or the error that names it and says what to do.

    `published` and `source` hold for documents that do not carry them. A document's id is its file's path relative to
    the INPUT that named it, with "#" and the row or the row's id for tables; an id that comes again gets "~2". Raises
    InputError at once, before anything is read, where an INPUT is none.
    """
    sources = inputs if isinstance(inputs, Sources) else find(inputs)
    defaults = Defaults(published=published, source=source)
    chosen = columns or Columns()
    return _tell_apart(reading for each in sources.sources for reading in _read_source(each, chosen, defaults))


def is_text(given: str) -> bool:
    """Whether an INPUT is no file, folder, URL or standard input, nor looks like the name of one, but a text."""
    if given == STANDARD_INPUT or not given.strip() or "://" in given[:20]:
        return False
    try:
        if Path(given).exists():
            return False
    except (OSError, ValueError):  # a name longer than names may be, or with NUL in it
        pass
    alone = not any(map(str.isspace, given))
    return not (Path(given).suffix.lower() in _READERS or (alone and _FILE.search(given)))


def _find_one(given: str, notes: list[str], written: set[str]) -> list[Source]:
    if given == STANDARD_INPUT:
        return [Source(path=Path(given), id="stdin", name="standard input", piped=True)]
    if "://" in given[:20]:
        raise InputError(f"{given}: URLs are not supported yet; save the page as .html and give the file")
    if not given or "\0" in given:
        raise InputError(f"{given!r} is not the name of a file: give a file, a folder or - for standard input")
    path = Path(given)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        text = " " in given.strip() and not path.suffix
        hint = "a text itself comes over standard input, as -" if text else "give - for standard input"
        raise InputError(f"{given} does not exist: check the name, or {hint}") from None
    except OSError as error:
        raise InputError(f"{given} cannot be read: {error.strerror or error}") from error
    if stat.S_ISDIR(mode):
        return _walk(given, path, notes, written)
    if not stat.S_ISREG(mode):
        raise InputError(f"{given} is {_describe(mode)}, not a file: give a file, a folder or - for standard input")
    if path.suffix.lower() not in _READERS:
        raise InputError(f"{given} is of a kind geoevents does not read: it reads {KINDS}; save its text as .txt")
    return [Source(path=path, id=_printable(path.name), name=_printable(given))]


def _walk(given: str, root: Path, notes: list[str], written: set[str]) -> list[Source]:
    """Documents below a folder, sorted by path. Linked folders are passed over: they may lead anywhere, or round."""
    found: list[Source] = []
    others: list[str] = []
    faults: list[OSError] = []
    for folder, subfolders, files in os.walk(root, onerror=faults.append):
        kept = sorted(name for name in subfolders if not name.startswith("."))
        linked = [name for name in kept if Path(folder, name).is_symlink()]
        others += [f"{name}/ (a link)" for name in linked]
        subfolders[:] = [name for name in kept if name not in linked]
        for name in files:
            path = Path(folder, name)
            if name.startswith(".") or os.path.realpath(path) in written:
                continue
            if path.suffix.lower() not in _READERS:
                others.append(name)
                continue
            relative = _printable(path.relative_to(root).as_posix())
            found.append(Source(path=path, id=relative, name=_printable(str(path)), error=_fault(path)))
    for fault in faults:
        path = Path(str(fault.filename))
        error = f"cannot be opened: {fault.strerror}; check its permissions"
        relative = _printable(path.relative_to(root).as_posix())
        found.append(Source(path=path, id=relative, name=_printable(str(path)), error=error))
    examples = ", ".join(sorted(map(_printable, others))[:3]) + (", ..." if len(others) > 3 else "")
    skipped = f"{len(others)} of other kinds ({examples})"
    if not found:
        beside = f"; it has {skipped}" if others else ""
        raise InputError(f"{given} has no documents: geoevents reads {KINDS}{beside}")
    if others:
        notes.append(f"{given}: passed over {skipped}")
    return sorted(found, key=lambda source: source.id)


def _fault(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None if stat.S_ISREG(mode) else f"is {_describe(mode)}, not a file"


def _describe(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _printable(name: str) -> str:
    """A file name as UTF-8 can write it; names on disk may be any bytes."""
    return os.fsencode(name).decode("utf-8", "replace")


def _read_source(source: Source, columns: Columns, defaults: Defaults) -> Iterator[Reading]:
    """The documents of one file. Whatever goes wrong becomes a Reading with an error, never an exception."""
    try:
        if source.error:
            raise InputError(f"{source.name} {source.error}")
        if source.piped:
            yield _read_text(sys.stdin.buffer.read(MAX_BYTES + 1), source, defaults)
        else:
            yield from _READERS[source.path.suffix.lower()](source, columns, defaults)
    except InputError as error:
        yield fail(source.id, error)
    except OSError as error:
        yield fail(source.id, InputError(f"{source.name} cannot be read: {error.strerror or error}"))
    except Exception as error:  # a parser's own failure costs one document, not the run
        fault: GeoeventsError = InputError(f"{source.name} cannot be read: {type(error).__name__}: {error}")
        fault.__cause__ = error
        yield fail(source.id, fault)


def _load(source: Source, limit: int) -> bytes:
    """A file's bytes. Raises InputError where it is empty or longer than `limit`."""
    size = source.path.stat().st_size
    if size > limit:
        raise InputError(_too_large(source.name, size, limit))
    with source.path.open("rb") as file:
        return file.read(limit + 1)


def _too_large(name: str, size: int, limit: int) -> str:
    sizes = f"{describe_size(size)}, limit {describe_size(limit)}"
    return f"{name} is too large for one document ({sizes}): split it, or give .jsonl with one article a line"


def _check(data: bytes, name: str, limit: int) -> None:
    if len(data) > limit:
        raise InputError(_too_large(name, len(data), limit))
    if not data.strip():
        raise InputError(f"{name} is empty: there is no text to read")


def _read_text(data: bytes, source: Source, defaults: Defaults) -> Reading:
    from .readers.pages import is_page

    _check(data, source.name, MAX_BYTES)
    text, note = decode(data, source.name)
    if source.piped and is_page(text):
        return _read_html(data, source, defaults)
    if not text.strip():
        raise InputError(f"{source.name} is empty: there is no text to read")
    return _remark(compose(source.id, defaults, text), note)


def _read_html(data: bytes, source: Source, defaults: Defaults) -> Reading:
    from .readers.pages import find_charset, read_page

    _check(data, source.name, MAX_PAGE_BYTES)
    text, note = decode(data, source.name, declared=find_charset(data))
    return _remark(read_page(text, source, defaults), note)


def _read_markdown(data: bytes, source: Source, defaults: Defaults) -> Reading:
    from .readers.pages import read_markdown

    _check(data, source.name, MAX_BYTES)
    text, note = decode(data, source.name)
    return _remark(read_markdown(text, source, defaults), note)


def _remark(reading: Reading, note: str | None) -> Reading:
    return replace(reading, notes=(note, *reading.notes)) if note else reading


def _single(reader: Callable[[bytes, Source, Defaults], Reading], limit: int) -> _Reader:
    def read_file(source: Source, _: Columns, defaults: Defaults) -> Iterator[Reading]:
        yield reader(_load(source, limit), source, defaults)

    return read_file


def _read_jsonl(source: Source, columns: Columns, defaults: Defaults) -> Iterator[Reading]:
    from .readers.rows import read_jsonl

    return read_jsonl(source, columns, defaults)


def _read_csv(source: Source, columns: Columns, defaults: Defaults) -> Iterator[Reading]:
    from .readers.rows import read_csv

    return read_csv(source, columns, defaults)


_READERS: dict[str, _Reader] = {
    ".txt": _single(_read_text, MAX_BYTES),
    ".md": _single(_read_markdown, MAX_BYTES),
    ".html": _single(_read_html, MAX_PAGE_BYTES),
    ".htm": _single(_read_html, MAX_PAGE_BYTES),
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".tsv": _read_csv,
}
_TABLES = (".jsonl", ".csv", ".tsv")
KINDS = ", ".join(_READERS)
"""The kinds of files that are read, for messages."""


def _tell_apart(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Ids made unique: the second of a name gets "~2", with a remark."""
    counts: dict[str, int] = {}
    for reading in readings:
        wanted = unique = reading.document.id
        while unique in counts:
            counts[wanted] += 1
            unique = f"{wanted}~{counts[wanted]}"
        counts[unique] = 1
        if unique != wanted:
            note = f"two documents have the id {wanted}: the later one is called {unique}"
            reading = replace(reading, document=replace(reading.document, id=unique), notes=(note, *reading.notes))
        yield reading
