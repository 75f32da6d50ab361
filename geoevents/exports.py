"""Results as files: GeoJSON, CSV and JSON lines, written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import OutputError
from .geojson import PROPERTIES, check, dump

if TYPE_CHECKING:
    from .schemas import Schema

LATER = {
    ".gpkg": "GeoPackage",
    ".parquet": "GeoParquet",
    ".kml": "KML",
    ".kmz": "KML",
    ".shp": "a shapefile",
    ".xlsx": "Excel",
}

_POSITION = ("longitude", "latitude")
CSV_COLUMNS = (
    "id",
    *PROPERTIES[: PROPERTIES.index("geo_precision")],
    *_POSITION,
    *PROPERTIES[PROPERTIES.index("geo_precision") :],
)
"""Columns of the CSV: the properties in GeoJSON's order, the point before its precision."""

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def save(geojson: Mapping[str, Any], path: str | Path, schema: Schema | None = None) -> None:
    """Write events in the format that the file's name ends in: .geojson (or .json), .csv, .jsonl.

    With a `schema` they are written in its columns, and those that it does not code are left out. An existing file is
    replaced at once when the new one is complete. Raises OutputError where the name or the place is wrong, InputError
    where `geojson` is not as `to_geojson` writes it.
    """
    path = Path(path)
    check_path(path, FORMATS)
    write(path, render(geojson, path.suffix.lower(), schema))


def render(geojson: Mapping[str, Any], suffix: str, schema: Schema | None = None) -> str:
    """Events as the text of a file whose name ends in `suffix`, one of FORMATS, in our properties or a schema's.

    Raises InputError where `geojson` is not as `to_geojson` writes it."""
    check(geojson)
    if schema is None:
        return FORMATS[suffix](geojson)
    coded = schema.code(geojson)
    rows = [feature["properties"] for feature in coded["features"]]
    if suffix == ".csv":
        return _write_table(schema.columns, map(schema.flatten, rows))
    return "".join(map(dump, rows)) if suffix == ".jsonl" else dump(coded)


def to_csv(geojson: Mapping[str, Any]) -> str:
    """One row an event (RFC 4180, CRLF). Lists are joined by "; ", candidates and reports are JSON.

    Text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a line end) gets a leading
    apostrophe, unless it is a number: such a cell is one character longer than the text, which GeoJSON and JSON lines
    keep as it is. Offsets count characters of the document in all of them. No byte order mark: readers that do not
    expect one (Python's csv, base R, SQLite) would take it for part of the first column's name.
    """
    return _write_table(CSV_COLUMNS, _rows(geojson))


def to_jsonl(geojson: Mapping[str, Any]) -> str:
    """One event a line: the Feature's id, longitude and latitude (null where unlocated), then its properties."""
    return "".join(map(dump, _rows(geojson)))


FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    ".geojson": dump,
    ".json": dump,
    ".csv": to_csv,
    ".jsonl": to_jsonl,
}
"""How each kind of file is written."""

PAGES: Mapping[str, None] = {".html": None, ".htm": None}
"""What a map's file may end in."""


def check_path(path: Path, suffixes: Mapping[str, object]) -> None:
    """Raise OutputError, before any work is done, where `path` cannot be written or ends in none of `suffixes`."""
    suffix = path.suffix.lower()
    kinds = ", ".join(suffixes)
    if suffix in LATER and suffix not in suffixes:
        raise OutputError(f"cannot write {path}: {LATER[suffix]} is not supported yet: use one of {kinds}")
    if suffix not in suffixes:
        raise OutputError(f"cannot write {path}: its name must end in one of {kinds}")
    folder = path.resolve().parent
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder; name a file in it")
    if not folder.is_dir():
        raise OutputError(f"cannot write {path}: the folder {path.parent} does not exist; make it first")
    if not os.access(folder, os.W_OK):
        raise OutputError(f"cannot write {path}: the folder {path.parent} is not writable; choose another")


def write(path: Path, text: str) -> None:
    """Write `text` as UTF-8 beside `path`, then put it in place in one step, so that no one sees half a file."""
    target = path.resolve()  # a link stays a link
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):  # /dev/null, a pipe: nothing to put in place
            target.write_text(text, encoding="utf-8", newline="")
            return
        with beside.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}; nothing was changed") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _rows(geojson: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for feature in geojson["features"]:
        point = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
        yield {"id": feature["id"], **dict(zip(_POSITION, point, strict=True)), **feature["properties"]}


def _write_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_write_cell(row[name]) for name in columns])
    return stream.getvalue()


def _write_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        texts = all(isinstance(item, str) for item in value)
        value = "; ".join(value) if texts else dump(value).rstrip()
    if not isinstance(value, str):
        return str(value)
    value = value.replace("\0", "\ufffd")  # many readers of CSV stop at it
    return f"'{value}" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else value
