"""The format of a compiled gazetteer, which `store` reads and `compiler` writes.

A file is a header, a JSON table of contents, and sections aligned to eight bytes, little-endian throughout:

    rows        one fixed-width row a place, best known place first, so that a smaller row is better known
    names_at    row -> where its names begin in `names`, lines of UTF-8, the main name first
    keys        marisa trie of folded names; its key ids index `slots`
    slots       one posting, or MANY plus where a counted list of them begins in `more`
    labels      marisa trie of ids that are not numbers ("iso3166-2:SY-HM")
    by_id       rows in order of (namespace, number), for bisection
    cells       one-degree grid of `by_cell`, rows cell by cell
    bounds      west, south, east, north in 1e-6 degrees of the rows in `bounds_rows`, which HAS_BOUNDS marks; optional
    frames, frames_at, frames_keys, vowels, shapes   the index of spellings, which `fuzzy` reads and writes; optional

A posting packs row, which of the row's names matched, and the kind of name; postings of a key stand in the order
`lookup` answers in.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

MAGIC = b"GEOGAZ\r\n"
VERSION = 1
HEADER = struct.Struct("<8sIIQ32s")
"""Magic, version, length of the contents, length of the file, sha256 of all that follows the header."""

ROWS = ("<iiIIIHBB", "<iiIIIIBB", "<iiIIIIHBx")
ROW_FIELDS = ("lon", "lat", "population", "radius", "number", "region", "feature", "namespace")
"""A row, lon and lat in 1e-6 degrees; wider where there are many regions, or many features."""

HAS_BOUNDS = 1 << 31
"""Set in a row's radius where `bounds` has the place's extent; no radius on Earth reaches it."""

KINDS = ("name", "alternate", "abbreviation", "demonym", "metonym")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where places come from. `sha256` is of the files read, `rows` counts the records taken."""

    name: str
    origin: str
    version: str
    licence: str
    sha256: str
    rows: int


def cell_row(lat: float) -> int:
    """Row of the one-degree grid, 0 at the South Pole; 360 cells a row, from 180 W."""
    return min(179, math.floor(lat) + 90)
