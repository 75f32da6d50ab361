"""Tables and JSON lines: one document a row."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ..errors import InputError
from .encoding import check_text, find_encoding, find_marked
from .reading import MAX_BYTES, Columns, Defaults, Reading, Source, compose, describe_size, fail

GUESSES = {
    "text": ("text", "body", "content", "article", "full_text", "fulltext", "maintext", "story", "notes"),
    "title": ("title", "headline", "heading", "subject"),
    "id": ("id", "document_id", "doc_id", "docid", "article_id", "event_id_cnty", "guid"),
    "source": ("source", "publisher", "outlet", "site", "sitename", "source_name", "source_domain"),
    "url": ("url", "link", "uri", "web_url", "source_url"),
    "published": ("published", "published_at", "date_published", "publication_date", "date_publish", "pubdate", "date",
                  "published_date", "event_date", "datetime"),
}  # fmt: skip
"""Names that tables of news use, most telling first; compared in lower case, with "-" and " " as "_"."""

_FIELDS = ("title", "id", "source", "url", "published")


def read_jsonl(source: Source, columns: Columns, defaults: Defaults) -> Iterator[Reading]:
    """One document a line, each a JSON object; a bad line fails alone. Blank lines are passed over."""
    with source.path.open("rb") as file:
        for number, line in _number_lines(file):
            row_id = f"{source.id}#{number}"
            try:
                record = _parse_line(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
                if record is None:
                    continue
                chosen = _choose(record.keys(), columns, "key")
                yield _read_row(record, chosen, source, number, defaults)
            except InputError as error:
                yield fail(row_id, InputError(f"{source.name}:{number} {error}"))


def read_csv(source: Source, columns: Columns, defaults: Defaults) -> Iterator[Reading]:
    """One document a row under a header; commas, semicolons or tabs. Rows count as in a spreadsheet: the header is 1.

    A row that cannot be read fails alone. Raises InputError where the header names no column for the text.
    """
    encoding, note = _probe(source.path, source.name)
    # The limit is the process's; it is only ever raised, for articles are longer than its 131,072 characters.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    with source.path.open(encoding=encoding, errors="replace", newline="") as file:
        start = file.tell() if file.read(1) == "\ufeff" else 0
        file.seek(start)
        header_line = file.readline(MAX_BYTES)
        delimiter = max(",;\t|", key=header_line.count)
        file.seek(start)
        rows = number_rows(csv.reader(file, delimiter=delimiter, strict=True))
        _, header = next(rows, (1, ()))
        if isinstance(header, csv.Error):
            raise InputError(f"{source.name} has a header that cannot be read: {header}")
        names = [cell.strip() for cell in header]
        try:
            chosen = _choose(names, columns, "column")
        except InputError as error:
            raise InputError(f"{source.name} {error}") from None
        for number, cells in rows:
            try:
                record = match_cells(names, cells)
                if record is None:
                    continue
                reading = _read_row(record, chosen, source, number, defaults)
            except InputError as error:
                reading = fail(f"{source.id}#{number}", InputError(f"{source.name}, row {number}, {error}"))
            yield replace(reading, notes=(note, *reading.notes)) if note else reading
            note = None


def match_cells(names: Sequence[str], cells: Sequence[str] | csv.Error) -> Mapping[str, str] | None:
    """Cells by column, the first of a name; None for a blank row."""
    if isinstance(cells, csv.Error):
        raise InputError(f"cannot be read: {cells}; check its quotation marks")
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
        raise InputError(f"has {len(cells)} cells where the header has {len(names)}: check its quotation marks")
    return dict(zip(reversed(names), reversed(cells[: len(names)]), strict=True))


def _number_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers from 1, at most MAX_BYTES + 1 of each; the rest of a longer line is passed over."""
    number = 0
    while line := file.readline(MAX_BYTES + 1):
        number += 1
        tail = line
        while not tail.endswith(b"\n") and (tail := file.readline(MAX_BYTES)):
            pass
        yield number, line


def _parse_line(line: bytes) -> Mapping[str, object] | None:
    """The object of a JSON line, None for a blank one. InputErrors lack the line's name; the caller sets it before."""
    if len(line) > MAX_BYTES:
        raise InputError(f"is longer than {describe_size(MAX_BYTES)}, the limit for one document: split it")
    try:
        text = line.decode("utf-8").strip()
        record = json.loads(text) if text else None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8, which JSON must be: save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        detail = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"is not JSON ({detail}): each line must be one complete object") from None
    if record is not None and not isinstance(record, dict):
        raise InputError('is not a JSON object: write {"text": "...", "title": "..."} on one line')
    return record


def number_rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, Sequence[str] | csv.Error]]:
    """Rows as a spreadsheet numbers them, from 1; one that cannot be read is its error."""
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, error


def _probe(path: Path, name: str) -> tuple[str, str | None]:
    """The encoding of a table, read once in pieces; a remark where it is a guess."""
    with path.open("rb") as file:
        piece = file.read(65_536)
        if not piece.strip(b"\0\r\n\t ,;"):
            raise InputError(f"{name} is empty: there is no table to read")
        encoding, note = find_marked(piece) or "utf-8", None
        check_text(piece.decode(encoding, "replace"), name)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while piece and encoding == "utf-8":
            pending = decoder.getstate()[0] + piece
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                encoding, note = find_encoding(pending, name)
            piece = file.read(1 << 20)
    return encoding, note


def _choose(names: Iterable[str], columns: Columns, what: str) -> Mapping[str, str]:
    """Which column holds which field: as told, else the first usual name that is there. The text must be found."""
    present = {name.lower().replace("-", "_").replace(" ", "_"): name for name in reversed(list(names)) if name}
    chosen = {}
    for field in ("text", *_FIELDS):
        told = getattr(columns, field)
        if told is not None and told not in present.values():
            raise InputError(f'has no {what} "{told}"; its {what}s are {_list(present.values())}')
        name = told or next((present[guess] for guess in GUESSES[field] if guess in present), None)
        if name is not None:
            chosen[field] = name
    if "text" not in chosen:
        its = f"its {what}s are {_list(present.values())}"
        raise InputError(f"has no {what} for the text; {its}: name one with --text-column")
    return chosen


def _list(names: Iterable[str]) -> str:
    shown = [f'"{name[:60]}"' for name in names][::-1]
    return ", ".join(shown[:12]) + (", ..." if len(shown) > 12 else "") or "none"


def _read_row(
    record: Mapping[str, object],
    chosen: Mapping[str, str],
    source: Source,
    number: int,
    defaults: Defaults,
) -> Reading:
    text = record.get(chosen["text"])
    if not isinstance(text, str) or not text.strip():
        raise InputError(f'has no text in "{chosen["text"]}"')
    if len(text) > MAX_BYTES:
        raise InputError(f"is longer than {describe_size(MAX_BYTES)}, the limit for one document: split it")
    field = {name: _as_text(record.get(chosen[name])) if name in chosen else None for name in _FIELDS}
    row = (field.pop("id") or "").strip() or number
    return compose(f"{source.id}#{row}", defaults, text, **field)


def _as_text(value: object) -> str | None:
    """A field of a JSON line as text: numbers as they are written, anything nested as nothing."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
