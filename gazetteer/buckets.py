"""Deals the lines of GeoNames dumps into buckets on disk, and turns each bucket into arrays; `assembly` joins them."""

from __future__ import annotations

import contextlib
import math
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from .build import clean_names, default_radius, demotion, rank
from .compiler import distinct_names
from .geonames import BLOCK, Damage, number_lines, parse_alternate, parse_place, read_blocks, read_codes, shown
from .layout import HAS_BOUNDS, KINDS
from .names import fold
from .sources import Draft, alternates
from .store import Gazetteer

MOST_BUCKETS = 64
_BUCKET_BYTES = 1 << 22
NAMESPACE = "geonames:"

_KNOWN = 0.1, 2.5
"""What a name more says of how well known a place of unknown population is, and all of them together. Of the 3,007
Dutch settlements whose population GeoNames has, those with 0, 5, 8 and 10 alternate names in Latin letters have a
median of 825, 1,568, 5,283 and 56,371 people (benchmarks/geonames.py --names)."""

Track = Callable[[Iterable[Any], str, "int | None"], Iterable[Any]]
"""Passes on the items it is given, and shows how far they have come: (items, what they are, how many)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpOptions:
    """What to compile: dumps as GeoNames has them (.txt, .gz or .zip), and which of their places.

    `first` and `second` name the divisions by code (admin1CodesASCII, admin2Codes); what they lack the dumps' own
    divisions name. No countries or feature classes means all.
    """

    dumps: tuple[Path, ...]
    alternate_names: Path | None = None
    first: Path | None = None
    second: Path | None = None
    countries: frozenset[str] = frozenset()
    feature_classes: frozenset[str] = frozenset()
    processes: int = 1

    @property
    def files(self) -> tuple[Path, ...]:
        """All that is read, in order."""
        return (*self.dumps, *filter(None, (self.alternate_names, self.first, self.second)))


@dataclass(slots=True, kw_only=True)
class Context:
    """What a bucket needs to know of the others."""

    folder: Path
    buckets: int
    first: dict[str, str]
    second: dict[str, str]
    barred: set[str]
    own_names: bool


@dataclass(slots=True, kw_only=True)
class Bucket:
    """A bucket's summary; its arrays lie in the folder. Damaged lines are (file, line, why)."""

    places: int
    names: int
    most_names: int
    regions: list[str]
    features: list[tuple[str, str]]
    damaged: list[tuple[int, int, str]]


# lines into buckets


def deal(options: DumpOptions, folder: Path, damages: list[Damage], size: int, track: Track) -> Context:
    """Deals the lines into buckets, and gathers the names of divisions and countries."""
    by_path = dict(zip(options.files, enumerate(damages), strict=True))
    buckets = min(MOST_BUCKETS, 1 + size // _BUCKET_BYTES)
    own_names = options.alternate_names is None
    context = Context(folder=folder, buckets=buckets, first={}, second={}, barred=set(), own_names=own_names)

    def blocks() -> Iterator[tuple[Path, bytes]]:
        for path in (*options.dumps, *filter(None, [options.alternate_names])):
            yield from ((path, block) for block in read_blocks(path))

    with contextlib.ExitStack() as stack:
        places, names = (
            [stack.enter_context((folder / f"{n}.{what}").open("wb")) for n in range(buckets)]
            for what in ("places", "names")
        )
        for path, block in track(blocks(), "sorting lines", size // BLOCK):
            at, damage = by_path[path]
            if path == options.alternate_names:
                _deal_names(number_lines(block, damage), damage, names)
            else:
                _deal_places(number_lines(block, damage), at, damage, options, places, context)
    for path, codes in ((options.first, context.first), (options.second, context.second)):
        if path is not None:
            codes.update(read_codes(path, by_path[path][1]))
    return context


def _deal_places(
    lines: Iterable[tuple[int, bytes]],
    at: int,
    damage: Damage,
    options: DumpOptions,
    places: list[Any],
    context: Context,
) -> None:
    countries = {country.encode() for country in options.countries}
    classes = {letter.encode() for letter in options.feature_classes}
    for number, line in lines:
        geonameid = line.partition(b"\t")[0]
        if not geonameid.isdigit():
            damage.add(number, f"geonameid {shown(geonameid)} is no number")
            continue
        cells = line.split(b"\t", 12) if countries or classes or b"\tA\t" in line or b"\tCONT\t" in line else []
        if len(cells) > 11:
            _note_division(cells, context)
            if (classes and cells[6] not in classes) or (countries and cells[8] not in countries):
                continue
        places[int(geonameid) % len(places)].write(b"%d\t%d\t%b\n" % (at, number, line))


def _note_division(cells: list[bytes], context: Context) -> None:
    """Remembers what a division of the dump is called, and that a country's or continent's name is its own."""
    code = cells[7]
    if not (code.startswith(b"PCL") or code in (b"ADM1", b"ADM2", b"CONT")):
        return
    try:
        name, country, admin1, admin2 = (cells[i].decode("utf-8") for i in (1, 8, 10, 11))
    except UnicodeDecodeError:
        return  # counted where it is read as a place
    if code == b"ADM1":
        context.first.setdefault(f"{country}.{admin1}", name)
    elif code == b"ADM2":
        context.second.setdefault(f"{country}.{admin1}.{admin2}", name)
    else:
        context.barred.add(fold(name))


def _deal_names(lines: Iterable[tuple[int, bytes]], damage: Damage, names: list[Any]) -> None:
    for number, line in lines:
        try:
            found = parse_alternate(line)
        except ValueError as error:
            damage.add(number, str(error))
            continue
        if found is not None:
            kind = b"abbreviation" if found.abbreviation else b"alternate"
            names[found.geonameid % len(names)].write(b"%d\t%b\t%b\n" % (found.geonameid, kind, found.name))


# a bucket's lines as arrays


@dataclass(slots=True, kw_only=True)
class _Columns:
    """A bucket's places and names while they are read."""

    rows: list[tuple[int, ...]] = field(default_factory=list)
    ranks: list[float] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    keys: list[list[str]]
    pairs: list[list[tuple[int, int, int, float]]]
    regions: dict[str, int] = field(default_factory=dict)
    features: dict[tuple[str, str], int] = field(default_factory=dict)
    cities: list[tuple[int, int, float]] = field(default_factory=list)
    divisions: list[tuple[int, int, int]] = field(default_factory=list)
    most_names: int = 0


PLACE = np.dtype(
    [(name, "<i4") for name in ("lon", "lat")]
    + [(name, "<u4") for name in ("population", "radius", "number", "region", "feature")]
)
PAIR = np.dtype([("place", "<u4"), ("ordinal", "<u4"), ("kind", "u1"), ("demotion", "<f8")])
CITY = np.dtype([("hash", "<u8"), ("population", "<u8"), ("rank", "<f8")])
SHARD = np.dtype([("keys", "<i8"), ("pairs", "<i8"), ("count", "<i8")])  # where a shard begins in its bucket's files
DIVISION = np.dtype([("hash", "<u8"), ("population", "<u8"), ("place", "<u4")])


def read_bucket(context: Context, n: int) -> Bucket:
    folder, damaged = context.folder, list[tuple[int, int, str]]()
    shards = range(context.buckets)
    columns = _Columns(keys=[[] for _ in shards], pairs=[[] for _ in shards])
    names: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
    with (folder / f"{n}.names").open("rb") as opened:
        for line in opened:
            geonameid, kind, name = line.rstrip(b"\n").split(b"\t", 2)
            names[geonameid].append((str(name, "utf-8", "replace"), str(kind, "ascii")))
    known, seen = Gazetteer.open(), set[bytes]()
    with (folder / f"{n}.places").open("rb") as opened:
        for line in opened:
            file, number, text = line.rstrip(b"\n").split(b"\t", 2)
            geonameid = text[: text.find(b"\t")]
            try:
                found = parse_place(text, context.first, context.second)
                if geonameid in seen:
                    raise ValueError(f"geonameid {geonameid.decode()} is given twice")
            except ValueError as error:
                damaged.append((int(file), int(number), _reason(error)))
                continue
            seen.add(geonameid)
            if found:
                draft, spelled = found
                given = [(name, "alternate") for name in spelled.split(",")] if context.own_names else names[geonameid]
                draft.names = _latin(given)
                _add(columns, draft, context.barred, known)
    for what in ("places", "names"):
        (folder / f"{n}.{what}").unlink()
    _save(folder, n, columns)
    return Bucket(
        places=len(columns.rows),
        names=sum(map(len, columns.keys)),
        most_names=columns.most_names,
        regions=list(columns.regions),
        features=list(columns.features),
        damaged=damaged,
    )


def _reason(error: ValueError) -> str:
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)[:120]


def _latin(given: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The names that a text in Latin letters may use, each once; abbreviations are codes in capitals, and stay."""
    short = [(name, kind) for name, kind in given if kind == "abbreviation" and name.isascii() and len(name) > 1]
    return list(dict.fromkeys(alternates(name for name, kind in given if kind == "alternate"))) + sorted(set(short))


def _add(columns: _Columns, draft: Draft, barred: set[str], known: Gazetteer) -> None:
    """One more place; areas that the bundled gazetteer knows have its radius."""
    if draft.feature_code == "ADM1":
        draft.admin1 = draft.name
    elif draft.feature_code == "ADM2":
        draft.admin2 = draft.name
    if draft.feature_class != "P" and (place := known.get(NAMESPACE + draft.id)) is not None:
        draft.radius = place.uncertainty_m
    further = clean_names(draft, barred)
    names = distinct_names(draft.name, [(name, kind, demotion(draft, name, kind)) for name, kind in further])
    at, ranked = len(columns.rows), _rank(draft, len(names))
    columns.rows.append(
        (
            round(draft.lon * 1e6),
            round(draft.lat * 1e6),
            min(draft.population, 2**32 - 1),
            min(default_radius(draft), HAS_BOUNDS - 1),
            int(draft.id),
            _index(columns.regions, "\t".join((draft.country or "", draft.admin1 or "", draft.admin2 or ""))),
            _index(columns.features, (draft.feature_class, draft.feature_code)),
        )
    )
    columns.ranks.append(ranked)
    columns.lines.append("\n".join(spelling for spelling, _, _ in names.values()).encode())
    columns.most_names = max(columns.most_names, len(names))
    for ordinal, (key, (_, kind, less)) in enumerate(names.items()):
        shard = zlib.crc32(key.encode()) % len(columns.keys)
        columns.keys[shard].append(key)
        columns.pairs[shard].append((at, ordinal, KINDS.index(kind), less))
    if draft.feature_class == "P":
        columns.cities += [(_hash(draft, key), draft.population, ranked) for key in names]
    elif draft.feature_code.startswith("ADM"):
        columns.divisions.append((_hash(draft, fold(draft.name)), draft.population, at))


def _rank(draft: Draft, names: int) -> float:
    """As `build.rank`, but a place of unknown population is judged by how many names it has, and what is no settlement
    and no division comes after the villages, for a dump has every spring and chapel."""
    if draft.population:
        return rank(draft)
    a_name, most = _KNOWN
    if draft.feature_class in "PA" or draft.feature_code in ("AIRP", "CONT"):
        return rank(draft) + min(a_name * (names - 1), most)
    return 1 + min(a_name * (names - 1), most) + (math.log10(draft.radius) / 2 if draft.radius else 0)


def _hash(draft: Draft, key: str) -> int:
    named = f"{draft.country}\t{draft.admin1}\t{key}".encode()
    return int.from_bytes(blake2b(named, digest_size=8).digest(), "little")


def _index(table: dict[Any, int], key: Any) -> int:
    return table.setdefault(key, len(table))


def _save(folder: Path, n: int, columns: _Columns) -> None:
    """Arrays as files: places, lines of names, pairs and keys shard by shard, cities and divisions."""
    sizes = []
    with (folder / f"{n}.keys").open("wb") as words, (folder / f"{n}.pairs").open("wb") as out:
        for keys, pairs in zip(columns.keys, columns.pairs, strict=True):
            sizes.append((words.tell(), out.tell(), len(pairs)))
            words.write("".join(f"{key}\n" for key in keys).encode())
            out.write(np.array(pairs, PAIR).data)
    rows = np.array(columns.rows, PLACE)
    np.savez(
        folder / f"{n}.npz",
        rows=rows,
        ranks=np.array(columns.ranks),
        lengths=np.array(list(map(len, columns.lines)), "<u4"),
        cities=np.array(columns.cities, CITY),
        divisions=np.array(columns.divisions, DIVISION),
        shards=np.array(sizes, SHARD),
    )
    (folder / f"{n}.lines").write_bytes(b"".join(columns.lines))
