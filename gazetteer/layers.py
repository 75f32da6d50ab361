"""A user's own places: a CSV or GeoJSON compiled to lie over another gazetteer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .compiler import compile_entries
from .layout import Source
from .names import fold
from .places import Entry
from .store import Gazetteer
from .tables import read_place_table


def compile_layer(path: Path) -> bytes:
    """A user's places, a CSV or GeoJSON as `tables.read_place_table` takes it, compiled to lay over another gazetteer.

    Places without an id get "user:" and their name folded, numbered where it comes again; other ids without a
    namespace get "user:" in front. Raises GazetteerSourceError that names the file and the row.
    """
    from .build import EDITION, make_place, rank

    drafts = read_place_table(path)
    seen: dict[str, int] = {}
    for draft in drafts:
        place_id = draft.id or fold(draft.name).replace(" ", "-") or "place"
        place_id = place_id if ":" in place_id else f"user:{place_id}"
        if not draft.id:
            seen[place_id] = seen.get(place_id, 0) + 1
            place_id += f"-{seen[place_id]}" if seen[place_id] > 1 else ""
        draft.id = place_id
    entries = [
        Entry(place=make_place(d), names=tuple((name, kind, 0.0) for name, kind in d.names), rank=rank(d))
        for d in drafts
    ]
    content = path.read_bytes()
    source = Source(
        name=path.name,
        origin="a user's file",
        version="",
        licence="",
        sha256=hashlib.sha256(content).hexdigest(),
        rows=len(entries),
    )
    return compile_entries(entries, built=EDITION, sources=[source])


def open_layer(path: Path) -> Gazetteer:
    """A gazetteer from any file a user may name: compiled, or a CSV or GeoJSON that is compiled now, in memory."""
    if path.suffix.lower() in (".csv", ".geojson", ".json"):
        return Gazetteer.from_bytes(compile_layer(path))
    return Gazetteer.open(path)
