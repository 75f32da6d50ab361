"""What a user put right: rows that say which place a name means, that a name is none, or that a word tells no event."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gazetteer.places import LonLat, Place
from gazetteer.regions import find_region
from gazetteer.store import Gazetteer

from .errors import InputError
from .readers.encoding import decode, repair
from .readers.reading import describe_size
from .readers.rows import match_cells, number_rows
from .records import Correction
from .spans import Name

COLUMNS = ("document_id", "start", "end", "text", "action", "place_id", "lon", "lat", "note")
"""Columns of a file of corrections; text and action must be there. `note` is the user's own and not read."""

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000
FAULTS_SHOWN = 8

DRAWN_M = 1000
"""Radius of a place that a correction gives by its point alone."""


def read_corrections(given: Iterable[str | Path | Correction]) -> tuple[Correction, ...]:
    """The corrections of CSV files and records, in order; `origin` says where each is from.

    Raises InputError that names each wrong row and what to do, up to FAULTS_SHOWN of them.
    """
    several = (given,) if isinstance(given, str | Path | Correction) else given
    found: list[Correction] = []
    for number, item in enumerate(several, 1):
        if isinstance(item, Correction):
            found.append(item if item.origin else replace(item, origin=f"correction {number}"))
        else:
            found.extend(_read_file(Path(item)))
    return tuple(found)


def _read_file(path: Path) -> list[Correction]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"the corrections {path} cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"the corrections {path} are larger than {describe_size(MAX_BYTES)}: split them")
    text, guessed = decode(data, str(path))
    if guessed:
        raise InputError(f"the corrections {path} are not UTF-8: save them so (in Excel as CSV UTF-8)")
    rows = number_rows(csv.reader(io.StringIO(text, newline=""), strict=True))
    _, header = next(rows, (1, ()))
    if isinstance(header, csv.Error):
        raise InputError(f"{path} row 1: {header}; check its quotation marks")
    columns = [cell.strip().lower() for cell in header]
    _check_columns(path, columns)
    found, faults = [], []
    for number, cells in rows:
        try:
            row = match_cells(columns, _filled(cells, len(columns)))
            if row is not None:
                found.append(_read_row(row, f"{path.name} row {number}"))
        except ValueError as error:
            faults.append(f"{path} row {number}: {error}")
        if len(found) > MAX_ROWS:
            raise InputError(f"the corrections {path} have more than {MAX_ROWS:,} rows: split them")
    if faults:
        rest = [f"and {len(faults) - FAULTS_SHOWN} more"] if len(faults) > FAULTS_SHOWN else []
        raise InputError("\n".join([*faults[:FAULTS_SHOWN], *rest]))
    return found


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    for name in columns:
        if name and name not in COLUMNS:  # a column misspelled must not be passed over: document_id narrows a row down
            near = difflib.get_close_matches(name, COLUMNS, 1)
            hint = f"; did you mean {near[0]}?" if near else f": the columns are {', '.join(COLUMNS)}"
            raise InputError(f"{path} row 1: unknown column {name[:60]!r}{hint}")
        if name and columns.count(name) > 1:
            raise InputError(f"{path} row 1: the column {name} is there twice")
    if missing := [name for name in ("text", "action") if name not in columns]:
        raise InputError(f"{path} row 1: no column {missing[0]}: the columns are {', '.join(COLUMNS)}, with commas")


def _read_row(cells: Mapping[str, str], origin: str) -> Correction:
    """Raises ValueError that says what is wrong with the row. What only "place" asks for is not read of other rows:
    who copies a row of places and puts no_place beside it need not empty them."""
    row = {name: cell.strip() for name, cell in cells.items()}
    action = row["action"].lower()
    start, end = (_read_number(row.get(name, ""), name, int) for name in ("start", "end"))
    lon, lat = (_read_number(row.get(name, "") if action == "place" else "", name, float) for name in ("lon", "lat"))
    if (lon is None) != (lat is None):
        raise ValueError("lon and lat go together: fill in both, or neither")
    return Correction(
        action=action,
        text=repair(row["text"]),
        document_id=repair(row.get("document_id", "")) or None,
        start=None if start is None else int(start),
        end=None if end is None else int(end),
        place_id=(row.get("place_id") or None) if action == "place" else None,
        position=None if lon is None or lat is None else LonLat(lon=lon, lat=lat),
        origin=origin,
    )


def _filled(cells: Sequence[str] | csv.Error, width: int) -> Sequence[str] | csv.Error:
    """Who writes rows by hand leaves out the commas of empty cells at the end."""
    return cells if isinstance(cells, csv.Error) else [*cells, *[""] * (width - len(cells))]


def _read_number(cell: str, name: str, kind: Callable[[str], float]) -> float | None:
    try:
        return kind(cell) if cell else None
    except ValueError:
        what = "a whole number" if kind is int else "a number of degrees, such as 36.75"
        raise ValueError(f"{name} {cell[:40]!r} is not {what}") from None


class Corrections:
    """Corrections with their places looked up, to be asked for by document.

    Raises InputError for a place_id that the gazetteer does not have."""

    def __init__(self, rows: Sequence[Correction], gazetteer: Gazetteer) -> None:
        self.rows = tuple(rows)
        self.order = {row: number for number, row in enumerate(self.rows)}
        self.places = {row: _find_place(row, gazetteer) for row in self.rows if row.action == "place"}
        self._of: dict[str | None, list[Correction]] = {}
        for row in self.rows:
            self._of.setdefault(row.document_id, []).append(row)
        self.everywhere = _by_text(self._of.get(None, ()))

    @property
    def sha256(self) -> str | None:
        """Digest of the rows, wherever they were read from; None without any."""
        told = "\n".join(repr(replace(row, origin="")) for row in self.rows)
        return hashlib.sha256(told.encode()).hexdigest() if told else None

    def of(self, text: str, document_id: str | None = None) -> Corrected:
        """What holds for one document; without an id, only what holds everywhere."""
        return Corrected(self, () if document_id is None else self._of.get(document_id, ()), text)


class Corrected:
    """The corrections of one document, which remembers those that found something to put right.

    A row with offsets goes before one for a text all through the document, and that before one for all documents; of
    equals, the later row. `stale` are the rows whose offsets hold another text: they are not applied."""

    def __init__(self, corrections: Corrections, rows: Iterable[Correction], text: str) -> None:
        rows = tuple(rows)
        spans = [row for row in rows if row.start is not None]
        self.text = text
        self.stale = tuple(row for row in spans if _words(text[row.start : row.end]) != _words(row.text))
        self._corrections = corrections
        self._spans = [row for row in spans if row not in self.stale]
        self._texts = _by_text(row for row in rows if row.start is None)
        self._used: set[Correction] = set()

    @property
    def applied(self) -> tuple[Correction, ...]:
        """The rows that found something, in their order."""
        return tuple(sorted(self._used, key=self._corrections.order.__getitem__))

    def put_right(self, names: Iterable[Name]) -> tuple[Name, ...]:
        """The names of the document without those that are no places, with places as given, in order of start."""
        kept = [name for found in names if (name := self.place_name(found)) is not None]
        for row in self._spans:
            if row.action == "no_event" or row.start is None or row.end is None:
                continue
            over = [name for name in kept if _overlap(row, name.start, name.end)]
            if row.action == "place" or over:
                self._used.add(row)
            kept = [name for name in kept if name not in over]
            if row.action == "place":
                same = next((name for name in over if (name.start, name.end) == (row.start, row.end)), None)
                found = same or Name(text=self.text[row.start : row.end], start=row.start, end=row.end)
                kept.append(self._given(found, row))
        return tuple(sorted(kept, key=lambda name: (name.start, name.end)))

    def place_name(self, name: Name) -> Name | None:
        """A name with the place that is given for its text; None where its text is said to be no place."""
        row = self._of_text(False, name.text)
        if row is None:
            return name
        return self._given(name, row) if row.action == "place" else None

    def tells_event(self, start: int, end: int) -> bool:
        """Whether a trigger of that span may tell of an event."""
        denied = [row for row in self._spans if row.action == "no_event" and _overlap(row, start, end)]
        self._used.update(denied)
        return self._of_text(True, self.text[start:end]) is None and not denied

    def _of_text(self, event: bool, text: str) -> Correction | None:
        key = event, _words(text).casefold()
        row = self._texts.get(key) or self._corrections.everywhere.get(key)
        if row is not None:
            self._used.add(row)
        return row

    def _given(self, name: Name, row: Correction) -> Name:
        """What stands in an organisation's name stays there: the correction says where it lies, not what it does."""
        kind = "place" if name.kind == "demonym" else name.kind
        return replace(name, kind=kind, place=self._corrections.places[row], corrected=row.origin)


def _by_text(rows: Iterable[Correction]) -> dict[tuple[bool, str], Correction]:
    """Rows without offsets by (is it about events, text in one case); of equals the later."""
    return {(row.action == "no_event", _words(row.text).casefold()): row for row in rows}


def _overlap(row: Correction, start: int, end: int) -> bool:
    return row.start is not None and row.end is not None and start < row.end and row.start < end


def _words(text: str) -> str:
    """A text whose line ends are blanks: a name may be broken over two lines."""
    return " ".join(text.split())


def _find_place(row: Correction, gazetteer: Gazetteer) -> Place:
    if row.place_id is not None:
        place = gazetteer.get(row.place_id)
        if place is None:
            raise InputError(
                f"{row.origin}: no gazetteer has the place {row.place_id!r}: find its id with "
                "geoevents gazetteer search NAME, or give lon and lat"
            )
        return place
    assert row.position is not None  # noqa: S101 - a Correction checks itself
    where = row.position
    country, admin1 = find_region(gazetteer, where)
    return Place(
        id=f"user:{where.lat:.5f},{where.lon:.5f}",
        name=_words(row.text),
        lon=where.lon,
        lat=where.lat,
        feature_class="P",
        feature_code="PPL",
        country=country,
        admin1=admin1,
        uncertainty_m=DRAWN_M,
    )
