"""GeoNames' dump formats, files from outside, as drafts (https://download.geonames.org/export/dump/readme.txt)."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from .errors import GazetteerSourceError
from .places import FEATURE_CLASSES
from .sources import Draft

BLOCK = 1 << 22
"""Bytes read at a time."""

_MAX_BYTES = 1 << 34
_MAX_RATIO = 200
_MAX_LINE = 1 << 20
"""allCountries.txt has some 1.7e9 bytes, compressed to a quarter, and no line of 20,000."""

_COMPANIONS = {"readme.txt", "iso-languagecodes.txt"}
_NO_NAMES = frozenset(b"link wkdt post iata icao faac tcid unlc phon".split())
"""Languages of alternateNamesV2 that are none: addresses, Wikidata, postcodes, codes of airports and ports, sounds.
What looks like "ORD", "ICE" or 10115 in a text is a name less often than a word."""

_SHOWN = 5


@dataclass(slots=True)
class Damage:
    """Lines of one file that are not as they should be: how many, of how many, and the first few with their reason."""

    path: Path
    lines: int = 0
    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, why: str) -> None:
        """Counts a line, by its number from 1."""
        self.count += 1
        self.first = sorted([*self.first, (line, why)])[:_SHOWN]

    def __str__(self) -> str:
        told = [f"{self.path}: {self.count:,} of {self.lines:,} lines are damaged and left out"]
        return "\n".join(told + [f"{self.path}, line {line}: {why}" for line, why in self.first])

    def check(self) -> None:
        """Raises GazetteerSourceError where more lines are damaged than not."""
        if 2 * self.count > self.lines:
            raise GazetteerSourceError(f"{self}\nmost of it is damaged: is it a GeoNames dump, and whole?")


class _Text(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_size(path: Path) -> int:
    """Bytes of the text in a file, as far as it can be told without reading it; raises as `read_blocks`."""
    with contextlib.ExitStack() as stack:
        kind, _, size = _open_text(path, stack)
        return size * 4 if kind == "gzip" else size


def read_blocks(path: Path) -> Iterator[bytes]:
    """The text of a .txt, .gz or .zip file in blocks that end with a line.

    Raises GazetteerSourceError where it is none of these, broken, or a bomb: more than 16 GiB or 200 times its size.
    """
    try:
        with contextlib.ExitStack() as stack:
            kind, stream, _ = _open_text(path, stack)
            limit = min(_MAX_BYTES, _MAX_RATIO * max(path.stat().st_size, 1 << 16)) if kind != "text" else math.inf
            seen, rest = 0, b""
            while block := stream.read(BLOCK):
                if not seen and block.startswith((b"PK\x03\x04", b"\x1f\x8b")) and kind != "text":
                    raise GazetteerSourceError(f"{path} holds an archive within an archive: unpack it first")
                seen += len(block)
                if seen > limit:
                    raise GazetteerSourceError(f"{path} unpacks to more than {limit:,} bytes, which no dump does")
                whole, newline, begun = (rest + block).rpartition(b"\n")
                rest = begun
                if len(rest) > _MAX_LINE:
                    raise GazetteerSourceError(f"{path} has a line of more than {_MAX_LINE:,} bytes: no GeoNames dump")
                if newline:
                    yield whole + newline
            if rest:
                yield rest + b"\n"
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise _unreadable(path, error) from error


def read_lines(path: Path, damage: Damage) -> Iterator[tuple[int, bytes]]:
    """(Line number from 1, line) of a dump; counts them in `damage`. Empty lines and a byte-order mark are dropped."""
    for block in read_blocks(path):
        yield from number_lines(block, damage)


def number_lines(block: bytes, damage: Damage) -> Iterator[tuple[int, bytes]]:
    """(Line number from 1, line) of a block, counted on from those before it."""
    lines = block.split(b"\n")
    lines.pop()
    if not damage.lines:
        lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(lines, damage.lines + 1):
        if line and line != b"\r":
            yield number, line
    damage.lines += len(lines)


def _open_text(path: Path, stack: contextlib.ExitStack) -> tuple[str, _Text, int]:
    """What a file is, its text as a stream, and the text's size, or the file's where that is not known."""
    try:
        opened = stack.enter_context(path.open("rb"))
        size, magic = path.stat().st_size, opened.read(4)
        opened.seek(0)
        if magic.startswith(b"\x1f\x8b"):
            return "gzip", stack.enter_context(contextlib.closing(gzip.GzipFile(fileobj=opened))), size
        if not magic.startswith(b"PK"):
            return "text", opened, size
        archive = stack.enter_context(zipfile.ZipFile(opened))
        member = _member(path, archive.infolist(), size)
        return "zip", stack.enter_context(archive.open(member)), member.file_size
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _unreadable(path, error) from error


def _member(path: Path, members: list[zipfile.ZipInfo], size: int) -> zipfile.ZipInfo:
    """The one table of a zip; GeoNames puts a readme or a list of languages beside it."""
    if any(PurePosixPath(m.filename).name != m.filename or "\\" in m.filename for m in members):
        raise GazetteerSourceError(f"{path}: a zip of GeoNames has no folders, but it holds {members[0].filename!r}")
    tables = [m for m in members if m.filename.lower() not in _COMPANIONS]
    if len(tables) != 1:
        names = ", ".join(repr(m.filename) for m in tables[:5]) or "nothing"
        raise GazetteerSourceError(f"{path} must hold one table, but holds {names}")
    (table,) = tables
    if table.flag_bits & 1:
        raise GazetteerSourceError(f"{path} is locked with a password: unpack it first")
    if table.file_size > min(_MAX_BYTES, _MAX_RATIO * max(size, 1 << 16)):
        raise GazetteerSourceError(f"{path} says it unpacks to {table.file_size:,} bytes, which no dump does")
    return table


def _unreadable(path: Path, error: Exception) -> GazetteerSourceError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return GazetteerSourceError(f"cannot read {path}: {why}")


def read_codes(path: Path, damage: Damage) -> dict[str, str]:
    """Names by code, "SY.10" or "US.LA.009", of admin1CodesASCII or admin2Codes (code, name, ASCII name, id)."""
    names = {}
    for number, line in read_lines(path, damage):
        try:
            cells = line.decode("utf-8").rstrip("\r").split("\t")
        except UnicodeDecodeError:
            damage.add(number, "not UTF-8")
            continue
        if len(cells) != 4 or "." not in cells[0] or not cells[1]:
            damage.add(number, f"{len(cells)} columns where code, name, ASCII name and id were expected")
        else:
            names[cells[0]] = cells[1]
    damage.check()
    return names


def shown(cell: bytes) -> str:
    """A cell as messages quote it."""
    return repr(str(cell[:20], "utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """A further name, as alternateNamesV2 has it: of which place, spelled how, and whether it is an abbreviation."""

    geonameid: int
    name: bytes
    abbreviation: bool


def parse_alternate(line: bytes) -> Alternate | None:
    """A line of alternateNames or alternateNamesV2 (8 or 10 columns), None where it is no name.

    Raises ValueError that says what is wrong.
    """
    cells = line.rstrip(b"\r").split(b"\t")
    if len(cells) not in (8, 10):
        raise ValueError(f"{len(cells)} columns, not 8 or 10")
    if not cells[1].isdigit():
        raise ValueError(f"geonameid {shown(cells[1])} is no number")
    if cells[2] in _NO_NAMES or not cells[3]:
        return None
    return Alternate(geonameid=int(cells[1]), name=cells[3], abbreviation=cells[2] == b"abbr")


def parse_place(line: bytes, first: dict[str, str], second: dict[str, str]) -> tuple[Draft, str] | None:
    """A line of a dump (19 columns) as a draft, and its column of alternate names; None for a place without a class.

    `first` and `second` are the divisions' names by code. Raises ValueError that says what is wrong.
    """
    cells = line.decode("utf-8").rstrip("\r").split("\t")
    if len(cells) != 19:
        raise ValueError(f"{len(cells)} columns, not 19")
    number, name, ascii_name, alternates, lat, lon, feature_class, code, country, _, admin1, admin2 = cells[:12]
    if not (number.isascii() and number.isdigit() and number[0] != "0" and int(number) < 1 << 32):
        raise ValueError(f"geonameid {number[:20]!r} is no number")
    if not name.strip():
        raise ValueError("no name")
    x, y = float(lon), float(lat)
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError(f"coordinates out of range: lat {lat[:20]!r}, lon {lon[:20]!r}")
    if feature_class not in FEATURE_CLASSES:
        if feature_class:
            raise ValueError(f"unknown feature class {feature_class[:20]!r}")
        return None
    people = cells[14]
    if people and not (people.isascii() and people.isdigit() and len(people) < 12):
        raise ValueError(f"population {people[:20]!r} is no number")
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValueError(f"country {country[:20]!r} is no code of two letters")
    draft = Draft(
        id=number,
        name=name,
        lon=x,
        lat=y,
        feature_class=feature_class,
        feature_code=code[:10],
        country=country or None,
        admin1=first.get(f"{country}.{admin1}"),
        admin2=second.get(f"{country}.{admin1}.{admin2}") if admin2 else None,
        population=int(people or 0),
    )
    if ascii_name and ascii_name != name:
        alternates = f"{ascii_name},{alternates}"
    return draft, alternates


def sha256_of(path: Path) -> str:
    """Digest of a file as it lies there."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
