"""Compiles places to the bytes that `store` opens; `layout` has the format."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .errors import GazetteerSourceError
from .layout import HAS_BOUNDS, HEADER, KINDS, MAGIC, ROWS, VERSION, Source, cell_row
from .names import fold, skeleton
from .places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to compile with its further names: spelling, kind, and how much less than the place that name is known.

    `rank` orders places, best known highest; a name's answers stand in order of rank less that demotion.
    """

    place: Place
    names: tuple[tuple[str, str, float], ...] = ()
    rank: float = 0.0


def compile_entries(entries: Iterable[Entry], *, built: str, sources: Iterable[Source] = ()) -> bytes:
    """The compiled file's bytes; the same entries in any order give the same bytes.

    Raises GazetteerSourceError for an id given twice.
    """
    ordered = sorted(entries, key=lambda e: (-e.rank, e.place.id))
    ids = [entry.place.id for entry in ordered]
    if twice := _first_twice(ids):
        raise GazetteerSourceError(f"the place id {twice!r} is given twice")
    kept = [_distinct_names(entry) for entry in ordered]
    ordinal_bits = max((len(names) for names in kept), default=1).bit_length()
    slot = "I" if (len(ordered) << (ordinal_bits + 3)) < 1 << 31 else "Q"
    sections: dict[str, bytes] = {}
    postings: dict[str, list[tuple[float, int]]] = {}
    for row, (entry, names) in enumerate(zip(ordered, kept, strict=True)):
        for ordinal, (key, (_, kind, demotion)) in enumerate(names.items()):
            posting = (row << ordinal_bits | ordinal) << 3 | KINDS.index(kind)
            postings.setdefault(key, []).append((demotion - entry.rank, posting))
    names_text = ["\n".join(spelling for spelling, _, _ in names.values()).encode() for names in kept]
    sections["names_at"], sections["names"] = _joined(names_text)
    sections |= _key_sections(postings, slot)
    features = sorted({(e.place.feature_class, e.place.feature_code) for e in ordered})
    namespaces = ["", *sorted({prefix for prefix, number in map(_numbered, ids) if number is not None})]
    regions = sorted({_region_line(e.place) for e in ordered})
    layout = ROWS[len(regions) > 1 << 16]
    sections |= _row_sections([e.place for e in ordered], struct.Struct(layout), regions, features, namespaces)
    info = {
        "names": sum(map(len, kept)),
        "built": built,
        "sources": [asdict(source) for source in sources],
    }
    head: dict[str, object] = {"info": info, "features": features, "namespaces": namespaces}
    head |= {"ordinal_bits": ordinal_bits, "slot": slot, "row": layout}
    return _framed(head, sections)


def _distinct_names(entry: Entry) -> dict[str, tuple[str, str, float]]:
    """An entry's names by what they fold to, the main name first, else the first spelling given."""
    kept: dict[str, tuple[str, str, float]] = {}
    for spelling, kind, demotion in ((entry.place.name, "name", 0.0), *entry.names):
        key = fold(spelling)
        if key or not kept:  # the main name is kept even where nothing of it can be looked up
            kept.setdefault(key, (" ".join(spelling.split()), kind, demotion))
    return kept


def _key_sections(postings: dict[str, list[tuple[float, int]]], slot: str) -> dict[str, bytes]:
    import marisa_trie
    import numpy as np

    many = 1 << (8 * struct.calcsize(slot) - 1)
    keys = marisa_trie.Trie(sorted(postings))
    slots, more = [0] * len(postings), list[int]()
    bones: dict[str, list[int]] = {}
    for key in sorted(postings):
        found = [posting for _, posting in sorted(postings[key])]
        at = keys.key_id(key)
        slots[at] = found[0] if len(found) == 1 else many | len(more)
        if len(found) > 1:
            more += [len(found), *found]
        if key.isascii() and len(bone := skeleton(key)) > 1:
            bones.setdefault(bone, []).append(at)
    skeletons = marisa_trie.Trie(sorted(bones))
    by_bone = [bones[skeletons.restore_key(i)] for i in range(len(bones))]
    dtype = "<u4" if slot == "I" else "<u8"
    return {
        "keys": keys.tobytes(),
        "slots": np.array(slots, dtype=dtype).tobytes(),
        "more": np.array(more, dtype=dtype).tobytes(),
        "bones": skeletons.tobytes(),
        "bones_at": _offsets(map(len, by_bone)),
        "bones_keys": np.array([at for group in by_bone for at in group], dtype="<u4").tobytes(),
    }


def _row_sections(
    places: list[Place], layout: struct.Struct, regions: list[str], features: list[tuple[str, str]], spaces: list[str]
) -> dict[str, bytes]:
    import marisa_trie
    import numpy as np

    region_at = {line: i for i, line in enumerate(regions)}
    feature_at = {feature: i for i, feature in enumerate(features)}
    labels = marisa_trie.Trie(sorted(place.id for place in places if _numbered(place.id)[1] is None))
    rows, numbers = bytearray(), []
    cells: list[list[int]] = [[] for _ in range(180 * 360)]
    for row, place in enumerate(places):
        prefix, number = _numbered(place.id)
        space = 0 if number is None else spaces.index(prefix)
        number = labels.key_id(place.id) if number is None else number
        numbers.append((space, number, row))
        rows += layout.pack(
            round(place.lon * 1e6),
            round(place.lat * 1e6),
            min(place.population, 2**32 - 1),
            min(place.uncertainty_m, HAS_BOUNDS - 1) | (HAS_BOUNDS if place.bounds else 0),
            number,
            region_at[_region_line(place)],
            feature_at[place.feature_class, place.feature_code],
            space,
        )
        column = min(359, math.floor(place.lon) + 180)
        cells[cell_row(place.lat) * 360 + column].append(row)
    regions_at, regions_text = _joined([line.encode() for line in regions])
    bounded = [(row, place.bounds) for row, place in enumerate(places) if place.bounds]
    sides = [round(side * 1e6) for _, b in bounded for side in (b.west, b.south, b.east, b.north)]
    return {
        "rows": bytes(rows),
        "regions_at": regions_at,
        "regions": regions_text,
        "labels": labels.tobytes(),
        "by_id": np.array([row for _, _, row in sorted(numbers)], dtype="<u4").tobytes(),
        "cells": _offsets(map(len, cells)),
        "by_cell": np.array([row for cell in cells for row in cell], dtype="<u4").tobytes(),
        "bounds_rows": np.array([row for row, _ in bounded], dtype="<u4").tobytes(),
        "bounds": np.array(sides, dtype="<i4").tobytes(),
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


def _offsets(sizes: Iterable[int]) -> bytes:
    import numpy as np

    return np.cumsum([0, *sizes], dtype="<u4").tobytes()


def _joined(parts: list[bytes]) -> tuple[bytes, bytes]:
    return _offsets(map(len, parts)), b"".join(parts)


def _framed(head: dict[str, Any], sections: dict[str, bytes]) -> bytes:
    """Header, table of contents and sections, each section at a multiple of eight bytes."""

    def table(base: int) -> tuple[bytes, int]:
        places, at = {}, base
        for name in sorted(sections):
            places[name] = (at, len(sections[name]))
            at += -(-len(sections[name]) // 8) * 8
        return json.dumps({**head, "sections": places}, ensure_ascii=False, sort_keys=True).encode(), at

    base = 0
    while True:  # the table's length moves the sections, and their offsets' digits its length
        contents, size = table(base)
        start = -(-(HEADER.size + len(contents)) // 8) * 8
        if start == base:
            break
        base = start
    body = contents + bytes(base - HEADER.size - len(contents))
    body += b"".join(sections[name] + bytes(-len(sections[name]) % 8) for name in sorted(sections))
    header = HEADER.pack(MAGIC, VERSION, len(contents), size, hashlib.sha256(body).digest())
    return header + body
