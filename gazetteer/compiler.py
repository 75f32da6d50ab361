"""Compiles places to the bytes that `store` opens; `layout` has the format."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import marisa_trie
import numpy as np

from .errors import GazetteerSourceError
from .fuzzy import spelling_sections
from .layout import HAS_BOUNDS, HEADER, KINDS, MAGIC, ROW_FIELDS, ROWS, VERSION, Source
from .names import fold
from .places import Entry, Place

Section = bytes | np.ndarray[Any, Any] | Path
"""What a section holds; a Path where it is too large for memory."""

Array = np.ndarray[Any, np.dtype[Any]]


def compile_entries(entries: Iterable[Entry], *, built: str, sources: Iterable[Source] = ()) -> bytes:
    """The compiled file's bytes; the same entries in any order give the same bytes.

    Raises GazetteerSourceError for an id given twice.
    """
    ordered = sorted(entries, key=lambda e: (-e.rank, e.place.id))
    ids = [entry.place.id for entry in ordered]
    if twice := _first_twice(ids):
        raise GazetteerSourceError(f"the place id {twice!r} is given twice")
    kept = [distinct_names(entry.place.name, entry.names) for entry in ordered]
    ordinal_bits = max((len(names) for names in kept), default=1).bit_length()
    slot = slot_type(len(ordered), ordinal_bits)
    postings = sorted(
        (key, demotion - entry.rank, (row << ordinal_bits | ordinal) << 3 | KINDS.index(kind))
        for row, (entry, names) in enumerate(zip(ordered, kept, strict=True))
        for ordinal, (key, (_, kind, demotion)) in enumerate(names.items())
    )
    keys = Counter(key for key, _, _ in postings)  # in order, for the postings are
    found = np.array([posting for _, _, posting in postings], dtype="<u8")
    sections, key_ids = key_sections(list(keys), np.array(list(keys.values()), dtype="<u4"), found, slot)
    rows_of = dict(sorted(((key, posting >> (ordinal_bits + 3)) for key, _, posting in postings), reverse=True))
    sections |= spelling_sections(
        (key, at, rows_of[key], ordered[rows_of[key]].place.country)
        for key, at in zip(keys, key_ids.tolist(), strict=True)
    )
    names_text = ["\n".join(spelling for spelling, _, _ in names.values()).encode() for names in kept]
    sections["names_at"], sections["names"] = offsets(list(map(len, names_text))), b"".join(names_text)
    features = sorted({(e.place.feature_class, e.place.feature_code) for e in ordered})
    namespaces = ["", *sorted({prefix for prefix, number in map(_numbered, ids) if number is not None})]
    regions = sorted({_region_line(e.place) for e in ordered})
    sections |= region_sections(regions)
    layout = row_layout(len(regions), len(features))
    places = [entry.place for entry in ordered]
    rows, sections["labels"] = _rows(places, layout, regions, features, namespaces)
    sections |= row_sections(rows) | bounds_sections(places)
    info = {
        "names": sum(map(len, kept)),
        "built": built,
        "sources": [asdict(source) for source in sources],
    }
    head: dict[str, object] = {"info": info, "features": features, "namespaces": namespaces}
    head |= {"ordinal_bits": ordinal_bits, "slot": slot, "row": layout}
    out = io.BytesIO()
    write_framed(out, head, sections)
    return out.getvalue()


def distinct_names(main: str, further: Iterable[tuple[str, str, float]]) -> dict[str, tuple[str, str, float]]:
    """A place's names by what they fold to, the main one first, else the first spelling given."""
    kept: dict[str, tuple[str, str, float]] = {}
    for spelling, kind, demotion in ((main, "name", 0.0), *further):
        key = fold(spelling)
        if key or not kept:  # the main name is kept even where nothing of it can be looked up
            kept.setdefault(key, (" ".join(spelling.split()), kind, demotion))
    return kept


def slot_type(rows: int, ordinal_bits: int) -> str:
    """The narrowest type that holds a posting and the bit that says MANY."""
    return "I" if (rows << (ordinal_bits + 3)) < 1 << 31 else "Q"


def row_layout(regions: int, features: int) -> str:
    """The narrowest row that can count so many regions and features."""
    return ROWS[2 if features > 1 << 8 else regions > 1 << 16]


def row_dtype(layout: str) -> np.dtype[np.void]:
    """A row's struct as a numpy record."""
    kinds = [f"<{letter}" for letter in layout[1:].rstrip("x")]
    return np.dtype({"names": list(ROW_FIELDS), "formats": kinds, "itemsize": struct.calcsize(layout)})


def key_sections(keys: Iterable[str], counts: Array, postings: Array, slot: str) -> tuple[dict[str, Section], Array]:
    """The name index of sorted distinct `keys` and the ids that the trie gave them.

    `keys` are walked through twice; `counts` says how many of the `postings`, in the order of the keys, each has.
    """
    trie = marisa_trie.Trie(keys)
    ids = np.fromiter(map(trie.key_id, keys), "<u4", len(trie))
    several = counts > 1
    sizes = np.where(several, counts + 1, 0)
    begins = np.cumsum(sizes, dtype="<u8") - sizes
    dtype, many = ("<u4", 1 << 31) if slot == "I" else ("<u8", 1 << 63)
    slots = np.empty(len(trie), dtype)
    firsts = np.cumsum(counts, dtype="<u8") - counts
    slots[ids] = np.where(several, begins | np.uint64(many), postings[firsts])
    more = np.empty(int(sizes.sum()), dtype)
    listed = np.ones(len(more), bool)
    listed[begins[several]] = False
    more[~listed] = counts[several]
    more[listed] = postings[np.repeat(several, counts)]
    return {"keys": trie.tobytes(), "slots": slots, "more": more}, ids


def _rows(
    places: list[Place], layout: str, regions: list[str], features: list[tuple[str, str]], spaces: list[str]
) -> tuple[Array, bytes]:
    """The places as rows, and the trie of their ids that are no numbers."""
    region_at = {line: i for i, line in enumerate(regions)}
    feature_at = {feature: i for i, feature in enumerate(features)}
    labels = marisa_trie.Trie(sorted(place.id for place in places if _numbered(place.id)[1] is None))
    rows = np.zeros(len(places), row_dtype(layout))
    for row, place in enumerate(places):
        prefix, number = _numbered(place.id)
        rows[row] = (
            round(place.lon * 1e6),
            round(place.lat * 1e6),
            min(place.population, 2**32 - 1),
            min(place.uncertainty_m, HAS_BOUNDS - 1) | (HAS_BOUNDS if place.bounds else 0),
            labels.key_id(place.id) if number is None else number,
            region_at[_region_line(place)],
            feature_at[place.feature_class, place.feature_code],
            0 if number is None else spaces.index(prefix),
        )
    return rows, labels.tobytes()


def row_sections(rows: Array) -> dict[str, Section]:
    """The rows, and their indexes by id and by one-degree cell."""
    column = np.minimum(rows["lon"] // 1_000_000 + 180, 359)
    cell = np.minimum(rows["lat"] // 1_000_000 + 90, 179) * 360 + column
    return {
        "rows": rows,
        "by_id": np.lexsort((rows["number"], rows["namespace"])).astype("<u4"),
        "cells": offsets(np.bincount(cell, minlength=180 * 360)),
        "by_cell": np.argsort(cell, kind="stable").astype("<u4"),
    }


def region_sections(regions: list[str]) -> dict[str, Section]:
    """Sorted lines of country, first- and second-level division."""
    lines = [line.encode() for line in regions]
    return {"regions_at": offsets(list(map(len, lines))), "regions": b"".join(lines)}


def label_section(labels: list[str]) -> dict[str, Section]:
    """The ids that are no numbers."""
    return {"labels": marisa_trie.Trie(labels).tobytes()}


def bounds_sections(places: list[Place]) -> dict[str, Section]:
    """The extents of those that have one."""
    bounded = [(row, place.bounds) for row, place in enumerate(places) if place.bounds]
    sides = [round(side * 1e6) for _, b in bounded for side in (b.west, b.south, b.east, b.north)]
    return {
        "bounds_rows": np.array([row for row, _ in bounded], dtype="<u4"),
        "bounds": np.array(sides, dtype="<i4"),
    }


def _region_line(place: Place) -> str:
    return "\t".join(part or "" for part in (place.country, place.admin1, place.admin2))


def _numbered(place_id: str) -> tuple[str, int | None]:
    """An id as its prefix and number, ("geonames:", 170017); number None where it is none that prints back the same."""
    prefix, colon, digits = place_id.partition(":")
    if colon and digits.isdecimal() and digits.isascii() and str(int(digits)) == digits and int(digits) < 2**32:
        return prefix + ":", int(digits)
    return "", None


def _first_twice(ids: list[str]) -> str | None:
    seen: set[str] = set()
    return next((i for i in ids if i in seen or seen.add(i)), None)  # type: ignore[func-returns-value]


def offsets(sizes: Sequence[int] | Array) -> Array:
    """Where each part begins in what they are joined to, and where the last one ends.

    Raises GazetteerSourceError where that is further than the format counts.
    """
    ends = np.zeros(len(sizes) + 1, "<u8")
    np.cumsum(sizes, out=ends[1:], dtype="<u8")
    if ends[-1] >= 1 << 32:
        raise GazetteerSourceError("there is too much for one gazetteer: take fewer countries or feature classes")
    return ends.astype("<u4")


def write_framed(out: BinaryIO, head: dict[str, Any], sections: dict[str, Section]) -> None:
    """Header, table of contents and sections, each section at a multiple of eight bytes. `out` is new, and can seek."""
    sizes = {name: _size(sections[name]) for name in sorted(sections)}

    def table(base: int) -> tuple[bytes, int]:
        places, at = {}, base
        for name, size in sizes.items():
            places[name] = (at, size)
            at += -(-size // 8) * 8
        return json.dumps({**head, "sections": places}, ensure_ascii=False, sort_keys=True).encode(), at

    base = 0
    while True:  # the table's length moves the sections, and their offsets' digits its length
        contents, size = table(base)
        start = -(-(HEADER.size + len(contents)) // 8) * 8
        if start == base:
            break
        base = start
    digest = hashlib.sha256()
    out.write(bytes(HEADER.size))
    for part in (contents, *(sections[name] for name in sizes)):
        for piece in _pieces(part):
            digest.update(piece)
            out.write(piece)
        gap = bytes(-(out.tell()) % 8)
        digest.update(gap)
        out.write(gap)
    out.seek(0)
    out.write(HEADER.pack(MAGIC, VERSION, len(contents), size, digest.digest()))


def _size(section: Section) -> int:
    if isinstance(section, Path):
        return section.stat().st_size
    return len(section) if isinstance(section, bytes) else section.nbytes


def _pieces(section: Section) -> Iterator[bytes | memoryview]:
    if isinstance(section, Path):
        with section.open("rb") as opened:
            yield from iter(lambda: opened.read(1 << 20), b"")
    else:
        yield section if isinstance(section, bytes) else section.view("u1").data
