"""The compiled, read-only gazetteer: opens in milliseconds, shared between processes. `layout` has its format."""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from .errors import GazetteerFileError
from .fuzzy import Spellings
from .layout import HAS_BOUNDS, HEADER, KINDS, MAGIC, VERSION, Source, cell_row
from .names import COMPASS, accepts_class, fold, split_class
from .places import Bounds, LonLat, NameMatch, Place

BUNDLED = Path(__file__).with_name("data") / "world.gaz"
EARTH_KM = 6371.0088

_RESTORE = "restore it with: pip install --force-reinstall geoevents (in a checkout: make gazetteer)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GazetteerInfo:
    """What a gazetteer is made of. `names` counts pairs of a place and a spelling; `built` is its data's edition."""

    version: int
    places: int
    names: int
    built: str
    sources: tuple[Source, ...]
    path: Path | None
    bytes: int
    sha256: str


class _PlaceDraft:
    """A `Place` before it is one: the same slots, filled without the checks that the compiler has made.

    Assigning `__class__` then makes it a Place (CPython allows it between classes of the same slots). Both together
    take a tenth of the time of Place's own constructor, which is most of what a lookup costs.
    """

    __slots__ = Place.__slots__

    def __init__(
        self,
        place_id: str,
        name: str,
        lon: float,
        lat: float,
        feature: tuple[str, str],
        region: tuple[str | None, ...],
        population: int,
        uncertainty_m: int,
        bounds: Bounds | None,
    ) -> None:
        self.id, self.name, self.lon, self.lat = place_id, name, lon, lat
        self.feature_class, self.feature_code = feature
        self.country, self.admin1, self.admin2 = region
        self.population, self.uncertainty_m, self.bounds = population, uncertainty_m, bounds


class _MatchDraft:
    """A `NameMatch` before it is one, as `_PlaceDraft`."""

    __slots__ = NameMatch.__slots__

    def __init__(self, place: Place, name: str, kind: str, cost: float, spellings: int) -> None:
        self.place, self.name, self.kind, self.cost, self.spellings = place, name, kind, cost, spellings


class _Store:
    """One compiled gazetteer over a buffer that stays mapped as long as the store lives."""

    def __init__(self, data: memoryview, path: Path | None, origin: Path | bytes | None) -> None:
        import marisa_trie

        self.data, self.path, self.origin = data, path, origin
        contents, self.sha256 = _read_contents(data, path)
        self.info: dict[str, Any] = contents["info"]
        self._features: list[tuple[str, str]] = [(letter, code) for letter, code in contents["features"]]
        self._namespaces: list[str] = contents["namespaces"]
        self._ordinal_bits: int = contents["ordinal_bits"]
        self._row = struct.Struct(contents["row"])
        slot: Literal["I", "Q"] = contents["slot"]
        self._many = 1 << (8 * struct.calcsize(slot) - 1)
        section = {name: data[at : at + size] for name, (at, size) in contents["sections"].items()}
        self._rows, self._names, self._regions = section["rows"], section["names"], section["regions"]
        self._names_at, self._regions_at, self._by_id, self._cells, self._by_cell = (
            section[name].cast("I") for name in ("names_at", "regions_at", "by_id", "cells", "by_cell")
        )
        self._bounds_rows = section.get("bounds_rows", data[:0]).cast("I")
        self._sides = section.get("bounds", data[:0]).cast("i")
        self._slots, self._more = section["slots"].cast(slot), section["more"].cast(slot)
        try:
            self._keys = marisa_trie.Trie().map(section["keys"])
            self._labels = marisa_trie.Trie().map(section["labels"])
            self._spellings = Spellings(self._keys, section)
        except (RuntimeError, ValueError) as error:
            raise _broken(path, "a name index cannot be read") from error
        self._tail = self._ordinal_bits + 3
        self.record = lru_cache(maxsize=1 << 14)(self._record)
        self.region = lru_cache(maxsize=1 << 16)(self._region)
        self.find = lru_cache(maxsize=1 << 14)(self._find)

    def __len__(self) -> int:
        return len(self._names_at) - 1

    def names(self, row: int) -> list[str]:
        return self._name_lines(row).split("\n")

    def _name_lines(self, row: int) -> str:
        return str(self._names[self._names_at[row] : self._names_at[row + 1]], "utf-8")

    def _region(self, region: int) -> tuple[str | None, ...]:
        text = str(self._regions[self._regions_at[region] : self._regions_at[region + 1]], "utf-8")
        return tuple(part or None for part in text.split("\t"))

    def place(self, row: int) -> Place:
        return self.record(row)[0]

    def _record(self, row: int) -> tuple[Place, str]:
        """A place and its names, one a line; a list of them would be one more object for the garbage collector."""
        fields = self._row.unpack_from(self._rows, row * self._row.size)
        lon, lat, population, radius, number, region, feature, space = fields
        names = self._name_lines(row)
        name = names.partition("\n")[0]
        place_id = f"{self._namespaces[space]}{number}" if space else self._labels.restore_key(number)
        bounds = None
        if radius >= HAS_BOUNDS:
            radius, bounds = radius ^ HAS_BOUNDS, self._bounds(row)
        what, parts = self._features[feature], self.region(region)
        place: Any = _PlaceDraft(place_id, name, lon / 1e6, lat / 1e6, what, parts, population, radius, bounds)
        place.__class__ = Place
        return place, names

    def _bounds(self, row: int) -> Bounds:
        at = 4 * bisect_left(self._bounds_rows, row)
        west, south, east, north = (side / 1e6 for side in self._sides[at : at + 4])
        return Bounds(west=west, south=south, east=east, north=north)

    def has(self, key: str) -> bool:
        return key in self._keys

    def postings(self, key: str) -> Sequence[int]:
        """Postings of a folded name, in the order to answer."""
        at = self._keys.get(key)
        return () if at is None else self._slot(at)

    def _slot(self, key_id: int) -> Sequence[int]:
        slot = self._slots[key_id]
        if not slot & self._many:
            return (slot,)
        at = slot ^ self._many
        return self._more[at + 1 : at + 1 + self._more[at]].tolist()

    def match(self, posting: int, kind: str | None = None, cost: float = 0.0) -> NameMatch:
        row = posting >> self._tail
        place, names = self.record(row)
        ordinal = (posting ^ (row << self._tail)) >> 3
        name = names.split("\n", ordinal + 1)[ordinal] if ordinal else place.name
        match: Any = _MatchDraft(place, name, kind or KINDS[posting & 7], cost, names.count("\n") + 1)
        match.__class__ = NameMatch
        return match  # type: ignore[no-any-return]

    def _find(self, key: str) -> tuple[NameMatch, ...]:
        found = tuple(map(self.match, self.postings(key)))
        if " " not in key:
            return found
        parts = split_class(key)
        if parts and not any(_is(parts[1], m.place) for m in found):
            return found + tuple(m for m in map(self.match, self.postings(parts[0])) if _is(parts[1], m.place))
        first, _, rest = key.partition(" ")
        if not found and first in COMPASS:
            return self.find(f"{COMPASS[first]} {rest}")
        return found

    def find_fuzzy(self, keys: Sequence[str]) -> list[list[tuple[float, int, int]]]:
        """Names that are nearly each folded one, as (cost, row, posting), each row once, nearest first, then best
        known.

        A class word is taken off where the whole has no match: "Dar'aa province" finds the province of Dar'a.
        """
        near = self._spellings.near(keys)
        parts = {i: split for i, key in enumerate(keys) if not near[i] and (split := split_class(key))}
        for i, found in zip(parts, self._spellings.near([name for name, _ in parts.values()]), strict=True):
            near[i] = found
        return [self._fuzzy_rows(key, near[i], parts[i][1] if i in parts else None) for i, key in enumerate(keys)]

    def _fuzzy_rows(self, key: str, near: list[tuple[float, int]], wanted: str | None) -> list[tuple[float, int, int]]:
        if not near:
            return []
        best: dict[int, tuple[float, int]] = {}
        exact = {posting >> self._tail for posting in self.postings(key)}
        for cost, at in near:
            for posting in self._slot(at):
                row = posting >> self._tail
                if row not in exact and row not in best and (wanted is None or _is(wanted, self.place(row))):
                    best[row] = (cost, posting)
        return sorted((cost, row, posting) for row, (cost, posting) in best.items())

    def find_prefix(self, key: str, limit: int) -> list[tuple[int, NameMatch]]:
        """The best known places with a name that begins so, as (row, match), best known first."""
        best: dict[int, int] = {}
        for _, at in self._keys.iteritems(key):
            for posting in self._slot(at):
                best.setdefault(posting >> self._tail, posting)
        return [(row, self.match(best[row])) for row in sorted(best)[:limit]]

    def row_of(self, place_id: str) -> int | None:
        """Row of an id by bisection over (namespace, number)."""
        for space, prefix in enumerate(self._namespaces):
            digits = place_id[len(prefix) :]
            if space and place_id.startswith(prefix) and digits.isdecimal() and str(int(digits)) == digits:
                wanted = (space, int(digits))
                break
        else:
            label = self._labels.get(place_id)
            if label is None:
                return None
            wanted = (0, label)
        at = bisect_left(self._by_id, wanted, key=self._id_key)
        if at < len(self._by_id) and self._id_key(self._by_id[at]) == wanted:
            return self._by_id[at]
        return None

    def _id_key(self, row: int) -> tuple[int, int]:
        fields = self._row.unpack_from(self._rows, row * self._row.size)
        return fields[7], fields[4]

    def near(self, where: LonLat, km: float) -> list[tuple[float, int]]:
        """(kilometres, row) of the places within `km`, on a sphere of radius EARTH_KM, nearest first."""
        import numpy as np

        spans = [self._by_cell[a:b] for a, b in _cell_spans(where, km, self._cells)]
        if not spans:
            return []
        rows = np.concatenate([np.frombuffer(span, dtype="<u4") for span in spans])
        table = np.ndarray((len(self), 2), "<i4", self._rows, strides=(self._row.size, 4))
        lon, lat = np.radians(table[rows].T * 1e-6)
        here_lon, here_lat = math.radians(where.lon), math.radians(where.lat)
        half = np.sin((lat - here_lat) / 2) ** 2
        half += math.cos(here_lat) * np.cos(lat) * np.sin((lon - here_lon) / 2) ** 2
        distance = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
        inside = np.flatnonzero(distance <= km)
        order = inside[np.lexsort((rows[inside], distance[inside]))]
        return list(zip(distance[order].tolist(), rows[order].tolist(), strict=True))


def _is(wanted: str, place: Place) -> bool:
    return accepts_class(wanted, place.feature_class, place.feature_code, place.country)


def _cell_spans(where: LonLat, km: float, cells: memoryview) -> list[tuple[int, int]]:
    """Stretches of `by_cell` whose one-degree cells a circle touches."""
    reach = math.degrees(km / EARTH_KM)
    south, north = max(-90.0, where.lat - reach), min(90.0, where.lat + reach)
    if south <= -90 or north >= 90 or reach >= 90:
        wide = 180.0
    else:
        wide = math.degrees(math.asin(min(1.0, math.sin(math.radians(reach)) / math.cos(math.radians(where.lat)))))
    if wide >= 179:
        columns = [(0, 359)]
    else:
        west, east = math.floor(where.lon - wide) + 180, math.floor(where.lon + wide) + 180
        columns = [(max(0, west), min(359, east))]
        if west < 0:
            columns.append((west + 360, 359))
        if east > 359:
            columns.append((0, east - 360))
    rows = range(cell_row(south), cell_row(north) + 1)
    spans = ((cells[r * 360 + a], cells[r * 360 + b + 1]) for r in rows for a, b in columns)
    return [(a, b) for a, b in spans if b > a]


def _broken(path: Path | None, what: str) -> GazetteerFileError:
    return GazetteerFileError(f"the gazetteer {path or '(in memory)'} is damaged: {what}; {_RESTORE}")


def _read_contents(data: memoryview, path: Path | None) -> tuple[dict[str, Any], str]:
    """The table of contents and the sha256 of the file's header; magic, version and lengths are checked here."""
    if len(data) < HEADER.size:
        raise _broken(path, f"only {len(data)} bytes")
    magic, version, contents_size, size, digest = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise GazetteerFileError(f"{path or 'this'} is no compiled gazetteer of geoevents; {_RESTORE}")
    if version != VERSION:
        raise GazetteerFileError(f"the gazetteer {path} has format {version}, not {VERSION}; {_RESTORE}")
    if size != len(data):
        raise _broken(path, f"{len(data)} bytes where its header says {size}")
    try:
        contents: dict[str, Any] = json.loads(bytes(data[HEADER.size : HEADER.size + contents_size]))
        ends = [at + length for at, length in contents["sections"].values()]
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(path, "its table of contents cannot be read") from error
    if max(ends, default=0) > size:
        raise _broken(path, "a section lies beyond its end")
    return contents, digest.hex()


class Gazetteer:
    """Places by name, by id and by position. Read-only, thread-safe, pickled by path: processes share one mapping.

    It stands on one compiled file, or on several: then those given later answer first, and a place id they share is
    answered by the later one.
    """

    def __init__(self, stores: tuple[_Store, ...]) -> None:
        self._stores = stores

    @classmethod
    def open(cls, path: Path | None = None) -> Gazetteer:
        """Maps a compiled file, the bundled one for None. Checks magic, version and lengths; `verify` reads it all.

        Raises GazetteerFileError where the file is missing, foreign, truncated or damaged.
        """
        return cls((_open_store(None if path is None else Path(path)),))

    @classmethod
    def from_bytes(cls, data: bytes) -> Gazetteer:
        """A gazetteer from what `compile_entries` gave, without a file."""
        return cls((_Store(memoryview(data), None, data),))

    def with_layers(self, *layers: Gazetteer) -> Gazetteer:
        """This gazetteer with others over it; the last one given answers first."""
        return Gazetteer((*self._stores, *(store for layer in layers for store in layer._stores)))

    def __reduce__(self) -> tuple[Callable[..., Gazetteer], tuple[object, ...]]:
        return _reopen, tuple(store.origin for store in self._stores)  # a path, or the bytes of a layer without file

    def __len__(self) -> int:
        return sum(map(len, self._stores))

    def __contains__(self, name: str) -> bool:
        """Whether a place has that name after folding; much quicker than a lookup, and without class words."""
        key = fold(name)
        return any(store.has(key) for store in self._stores)

    def lookup(self, name: str) -> tuple[NameMatch, ...]:
        """Places of that name after folding, best known first, ties by id; () where none has it.

        "Best known" is the compiler's rank (see `build.rank`), less for a name that is not the place's main one. A
        class word is understood: "Hama province" answers with what is called so, then with the divisions called Hama.
        """
        key = fold(name)
        if len(self._stores) == 1:
            return self._stores[0].find(key)
        return self._merge(match for store in reversed(self._stores) for match in store.find(key))

    def lookup_fuzzy(self, name: str, limit: int = 20) -> tuple[NameMatch, ...]:
        """Places whose name is nearly that one, nearest spelling first, then best known; those of `lookup` left out.

        Nearly: as `spelling.Costs` learned it from how spellings of one place differ; `cost` says how nearly. A name
        in Cyrillic or Arabic letters is compared as it is written in Latin ones.
        """
        return self.lookup_fuzzy_many((name,), limit)[0]

    def lookup_fuzzy_many(self, names: Sequence[str], limit: int = 20) -> list[tuple[NameMatch, ...]]:
        """What `lookup_fuzzy` answers for each of the names; a hundred together take a fifth of the time."""
        keys = [fold(name) for name in names]
        found = [store.find_fuzzy(keys) for store in self._stores]
        return [
            self._matches(
                name, [(cost, -layer, row, at) for layer, near in enumerate(found) for cost, row, at in near[i]], limit
            )
            for i, name in enumerate(names)
        ]

    def _matches(self, name: str, found: list[tuple[float, int, int, int]], limit: int) -> tuple[NameMatch, ...]:
        if not found:
            return ()
        found.sort()
        seen = {match.place.id for match in self.lookup(name)}
        matches: list[NameMatch] = []
        for cost, layer, _, posting in found:
            if len(matches) == limit:
                break
            match = self._stores[-layer].match(posting, "fuzzy", cost)
            if match.place.id not in seen:
                seen.add(match.place.id)
                matches.append(match)
        return tuple(matches)

    def prefix(self, prefix: str, limit: int = 20) -> tuple[NameMatch, ...]:
        """Places with a name that begins so, best known first; () for an empty prefix."""
        key = fold(prefix)
        if not key:
            return ()
        found = (match for store in reversed(self._stores) for _, match in store.find_prefix(key, limit))
        return self._merge(found)[:limit]

    def _merge(self, matches: Iterable[NameMatch]) -> tuple[NameMatch, ...]:
        seen: dict[str, NameMatch] = {}
        for match in matches:
            seen.setdefault(match.place.id, match)
        return tuple(seen.values())

    def get(self, place_id: str) -> Place | None:
        """The place of an id, None if there is none."""
        for store in reversed(self._stores):
            if (row := store.row_of(place_id)) is not None:
                return store.place(row)
        return None

    def names(self, place_id: str) -> tuple[str, ...]:
        """All spellings of a place, main name first; spellings that fold alike are kept once. () for an unknown id."""
        for store in reversed(self._stores):
            if (row := store.row_of(place_id)) is not None:
                return tuple(store.names(row))
        return ()

    def near(self, where: LonLat, km: float, limit: int | None = None) -> tuple[Place, ...]:
        """Places within `km` of a point, nearest first, then best known."""
        if not km >= 0:
            raise ValueError(f"a distance cannot be {km} km")
        found = sorted(
            (distance, -layer, row)
            for layer, store in enumerate(self._stores)
            for distance, row in store.near(where, km)
        )
        places: dict[str, Place] = {}
        for _, layer, row in found:
            if limit is not None and len(places) >= limit:
                break
            place = self._stores[-layer].place(row)
            if len(self._stores) == 1 or self.get(place.id) == place:
                places.setdefault(place.id, place)
        return tuple(places.values())

    def __iter__(self) -> Iterator[Place]:
        """Every place, best known first in each layer."""
        return (store.place(row) for store in self._stores for row in range(len(store)))

    @property
    def sha256(self) -> str:
        """Digest of the data; of several layers, the digest of their digests."""
        if len(self._stores) == 1:
            return self._stores[0].sha256
        return hashlib.sha256("".join(store.sha256 for store in self._stores).encode()).hexdigest()

    def info(self) -> GazetteerInfo:
        """What it is made of, all layers together."""
        return GazetteerInfo(
            version=VERSION,
            places=len(self),
            names=sum(store.info["names"] for store in self._stores),
            built=self._stores[0].info["built"],
            sources=tuple(Source(**source) for store in self._stores for source in store.info["sources"]),
            path=self._stores[0].path,
            bytes=sum(len(store.data) for store in self._stores),
            sha256=self.sha256,
        )

    def verify(self) -> None:
        """Reads every byte; raises GazetteerFileError where the data is not what was compiled."""
        for store in self._stores:
            if hashlib.sha256(store.data[HEADER.size :]).hexdigest() != store.sha256:
                raise _broken(store.path, "its contents do not have the hash in its header")


def _open_store(path: Path | None) -> _Store:
    file = BUNDLED if path is None else path
    try:
        with file.open("rb") as opened:
            data = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    except ValueError as error:  # an empty file cannot be mapped
        raise _broken(file, "it is empty") from error
    except OSError as error:
        raise GazetteerFileError(f"cannot open the gazetteer {file}: {error.strerror or error}; {_RESTORE}") from error
    return _Store(data, file, None if path is None else file.absolute())


def _reopen(*origins: Path | bytes | None) -> Gazetteer:
    return Gazetteer(tuple(_Store(memoryview(o), None, o) if isinstance(o, bytes) else _open_store(o) for o in origins))
