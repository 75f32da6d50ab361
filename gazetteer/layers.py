"""A user's own places: a CSV or GeoJSON compiled to lie over another gazetteer, once, and kept in the cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from .compiler import compile_entries
from .errors import GazetteerError, GazetteerSourceError
from .layout import VERSION, Source
from .names import fold
from .places import Entry, LonLat
from .regions import find_region
from .sources import Draft
from .store import Gazetteer
from .tables import read_place_table

TABLES = (".csv", ".geojson", ".json")
"""What files of places that are not compiled end in."""

EDITION = 1
"""Raised when the same file compiles to something else."""

KEPT = 20
"""Compiled layers kept, those last written."""


def open_world(paths: Iterable[str | Path]) -> Gazetteer:
    """The bundled gazetteer with the files that a user names over it; the last one answers first."""
    return Gazetteer.open().with_layers(*(open_layer(Path(path)) for path in paths))


def open_layer(path: Path) -> Gazetteer:
    """A gazetteer from any file a user may name: compiled, or a CSV or GeoJSON that is compiled now or was before.

    What was compiled is found again by the file's content. A cache that is damaged or cannot be written costs time and
    nothing else: then the layer lies in memory. Raises GazetteerError that says what is wrong with the file itself.
    """
    if path.suffix.lower() not in TABLES:
        return Gazetteer.open(path)
    world = Gazetteer.open()
    digest = _digest(path, world)
    kept = _folder() / f"{digest}.gaz"
    with contextlib.suppress(GazetteerError, OSError):
        return _open_whole(kept)
    compiled = compile_layer(path, world)
    with contextlib.suppress(GazetteerError, OSError):
        if digest == _digest(path, world):  # else it changed while it was read, and is kept under no name
            _keep(kept, compiled)
            return _open_whole(kept)  # a file is shared between processes, bytes are copied
    return Gazetteer.from_bytes(compiled)


def _digest(path: Path, world: Gazetteer) -> str:
    """What a compiled layer depends on: the file's content, name and kind, the places around, and the formats."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GazetteerSourceError(f"cannot read {path}: {error.strerror or error}") from error
    made = f"{VERSION}\0{EDITION}\0{world.sha256}\0{path.name}\0"
    return hashlib.sha256(os.fsencode(made) + content).hexdigest()


def _folder() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("geoevents", appauthor=False) / "layers"


def _open_whole(path: Path) -> Gazetteer:
    layer = Gazetteer.open(path)
    layer.verify()
    return layer


def _keep(path: Path, compiled: bytes) -> None:
    """Beside, then rename: a half-written layer is never found. Where a newsroom works is nobody else's business, so
    the folder is the user's alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(compiled)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    old = sorted(path.parent.glob("*.gaz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in old[KEPT:]:
        file.unlink(missing_ok=True)


def compile_layer(path: Path, world: Gazetteer | None = None) -> bytes:
    """A user's places, a CSV or GeoJSON as `tables.read_place_table` takes it, compiled to lie over `world`.

    Places without an id get "user:" and their name folded, numbered where it comes again; other ids without a
    namespace get "user:" in front. Country and division are those of the places of `world` (the bundled gazetteer)
    around, where none are given. Raises GazetteerSourceError that names the file and the row.
    """
    from .build import make_place, rank

    drafts = read_place_table(path)
    _name_ids(drafts)
    world = world or Gazetteer.open()
    for draft in drafts:
        country, admin1 = find_region(world, LonLat(lon=draft.lon, lat=draft.lat))
        if country is not None and draft.country in (country, None):
            draft.country, draft.admin1 = country, draft.admin1 or admin1
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
    return compile_entries(entries, built="", sources=[source])


def _name_ids(drafts: Sequence[Draft]) -> None:
    """Gives every place an id with a namespace; made-up ones make way for those that were given."""
    for draft in drafts:
        draft.id = draft.id if ":" in draft.id or not draft.id else f"user:{draft.id}"
    taken = {draft.id for draft in drafts}
    last: dict[str, int] = {}
    for draft in drafts:
        if not draft.id:
            stem = f"user:{fold(draft.name).replace(' ', '-') or 'place'}"
            for number in count(last.get(stem, 0) + 1):
                draft.id, last[stem] = (f"{stem}-{number}" if number > 1 else stem), number
                if draft.id not in taken:
                    break
