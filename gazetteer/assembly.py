"""Compiles GeoNames dumps of any size piecewise: 13.5 million places in 8 minutes on two cores and 1.5 GB of memory.

Lines are dealt into buckets on disk by geonameid, which brings a place and its alternate names together; processes turn
each bucket into arrays, names dealt on by their hash; then the arrays are put in order and the names indexed, one hash
at a time. The same input gives the same bytes, whatever the number of processes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from .buckets import NAMESPACE, PAIR, Bucket, DumpOptions, Track, deal, read_bucket
from .compiler import (
    Array,
    Section,
    key_sections,
    label_section,
    offsets,
    region_sections,
    row_dtype,
    row_layout,
    row_sections,
    slot_type,
    write_framed,
)
from .errors import GazetteerFileError, GazetteerSourceError
from .fuzzy import spelling_sections
from .geonames import Damage, read_size, sha256_of
from .layout import Source

_STRETCH = 100_000
_DISK = 4
"""Bytes of disk that are needed for a byte of text, at most: it lies there as lines, as arrays and as sections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What came of it: how many places and names, how many bytes, and what was wrong with the files."""

    places: int
    names: int
    bytes: int
    damages: tuple[Damage, ...]


def assemble(options: DumpOptions, output: Path, track: Track = lambda items, _what, _total: items) -> Assembled:
    """Compiles dumps to the file `output`, which is there when all is done, or as it was before.

    `track` shows progress: it passes on the items it is given. Raises GazetteerSourceError where a file is no dump or
    mostly damaged, GazetteerFileError where the disk has no room.
    """
    size = sum(map(read_size, options.files))
    with _workshop(output, _DISK * size) as folder:
        damages = [Damage(path) for path in options.files]
        context = deal(options, folder, damages, size, track)
        with _pool(options.processes, context.buckets) as spread:
            buckets = list(track(spread(read_bucket, context), "reading places", context.buckets))
        for at, line, why in sorted(item for bucket in buckets for item in bucket.damaged):
            damages[at].add(line, why)
        for damage in damages:
            damage.check()
        places = sum(bucket.places for bucket in buckets)
        if not places:
            wanted = ", ".join([*sorted(options.countries), *sorted(options.feature_classes)])
            raise GazetteerSourceError(
                f"there is no place in {options.dumps[0]}" + (f" of those asked for: {wanted}" if wanted else "")
            )
        sources = [
            Source(
                name=path.name,
                origin="GeoNames (https://www.geonames.org)",
                version="",
                licence="CC BY 4.0",
                sha256=sha256_of(path),
                rows=damage.lines - damage.count,
            )
            for path, damage in zip(options.files, damages, strict=True)
        ]
        head, sections = _merge(folder, buckets, options.processes, track)
        head["info"] = {
            "names": sum(bucket.names for bucket in buckets),
            "built": "GeoNames",
            "sources": [asdict(source) for source in sources],
        }
        with (folder / "whole").open("wb") as out:
            write_framed(out, head, sections)
        (folder / "whole").replace(output)
    return Assembled(places=places, names=head["info"]["names"], bytes=output.stat().st_size, damages=tuple(damages))


@contextlib.contextmanager
def _workshop(output: Path, needed: int) -> Iterator[Path]:
    """A folder beside `output` to work in, gone afterwards, as are those that killed runs have left."""
    prefix = f".{output.name}.building-"
    try:
        for left in output.parent.glob(f"{prefix}*"):
            if not _runs(left.name.removeprefix(prefix).partition("-")[0]):
                shutil.rmtree(left, ignore_errors=True)
        free = shutil.disk_usage(output.parent).free
        if free < needed:
            raise GazetteerFileError(
                f"{output.parent.absolute()} has {free / 1e9:.1f} GB free; compiling may need {needed / 1e9:.1f} GB: "
                "make room, or let -o name a file on another disk"
            )
        folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=output.parent))
    except OSError as error:
        if isinstance(error, GazetteerFileError):
            raise
        raise GazetteerFileError(f"cannot write {output}: {error.strerror or error}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: str) -> bool:
    """Whether a process still runs; on Windows, where asking would end it, no: its open files cannot be removed."""
    if os.name == "nt" or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def _pool(processes: int, buckets: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """Does a piece of work for every bucket, in order; in this process where there is to be but one."""
    if processes == 1:
        yield lambda work, *given: map(partial(work, *given), range(buckets))
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield lambda work, *given: pool.map(partial(work, *given), range(buckets))


def _merge(
    folder: Path, buckets: list[Bucket], processes: int, track: Track
) -> tuple[dict[str, Any], dict[str, Section]]:
    """The head and the sections of all buckets together."""
    regions = sorted({line for bucket in buckets for line in bucket.regions})
    features = sorted({feature for bucket in buckets for feature in bucket.features})
    bits = max(bucket.most_names for bucket in buckets).bit_length()
    slot = slot_type(sum(bucket.places for bucket in buckets), bits)
    layout = row_layout(len(regions), len(features))
    sections: dict[str, Section] = region_sections(regions) | label_section([])
    order = _order(folder, buckets)
    rows = _rows(folder, buckets, order, row_dtype(layout), regions, features)
    region_of = rows["region"].astype("<u4")
    for name, section in row_sections(rows).items():
        sections[name] = _spill(folder, name, section)
    lengths = np.concatenate([_load(folder, n)["lengths"] for n in range(len(buckets))])
    sections["names_at"], sections["names"] = offsets(lengths[order]), _names(folder, len(buckets), lengths, order)
    del rows, lengths, order
    starts = [0, *accumulate(bucket.places for bucket in buckets)]
    with _pool(processes, len(buckets)) as spread:
        for _ in track(spread(index_shard, folder, starts, bits), "indexing names", len(buckets)):
            pass
    words = _Keys(folder, len(buckets))
    counts, postings = (_joined(folder, len(buckets), *part) for part in (("counts", "<u4"), ("postings", "<u8")))
    keys, ids = key_sections(words, counts, postings, slot)
    for name, section in keys.items():
        sections[name] = _spill(folder, name, section)
    del keys
    best = (postings[np.cumsum(counts, dtype="<u8") - counts] >> np.uint64(bits + 3)).astype("<u4")
    countries = [line.partition("\t")[0] or None for line in regions]
    sections |= spelling_sections(_spelled(words, ids, best, region_of[best], countries))
    head = {"features": features, "namespaces": ["", NAMESPACE], "ordinal_bits": bits, "slot": slot, "row": layout}
    return head, sections


def _load(folder: Path, n: int) -> Any:
    return np.load(folder / f"{n}.npz")


def _spill(folder: Path, name: str, section: Section) -> Section:
    """A section on disk instead of in memory."""
    if isinstance(section, np.ndarray):
        section.tofile(folder / name)
        return folder / name
    return section


def _order(folder: Path, buckets: list[Bucket]) -> Array:
    """The places as rows, best known first, ties in the order of their ids as text; saves `row_of` and `rank`."""
    ranks = np.concatenate([_load(folder, n)["ranks"] for n in range(len(buckets))])
    _outrank(folder, buckets, ranks)
    numbers = np.concatenate([_load(folder, n)["rows"]["number"] for n in range(len(buckets))]).astype("<u8")
    digits = np.searchsorted(10 ** np.arange(1, 11, dtype="<u8"), numbers, side="right").astype("<u8") + np.uint64(1)
    as_text = numbers * 10 ** (np.uint64(10) - digits) * np.uint64(16) + digits
    order: Array = np.lexsort((as_text, -ranks)).astype("<u4")
    row_of = np.empty_like(order)
    row_of[order] = np.arange(len(order), dtype="<u4")
    np.save(folder / "row_of.npy", row_of)
    np.save(folder / "ranks.npy", ranks)
    return order


def _outrank(folder: Path, buckets: list[Bucket], ranks: Array) -> None:
    """Lets no division outrank a big city of its own name inside it, as `build.rank` has it for the bundled places."""
    starts = [0, *accumulate(bucket.places for bucket in buckets)]
    found = [_load(folder, n)["divisions"] for n in range(len(buckets))]
    places = np.concatenate([part["place"] + np.uint32(start) for part, start in zip(found, starts, strict=False)])
    divisions = np.concatenate(found)
    names, which = np.unique(divisions["hash"], return_inverse=True)
    population, known = np.zeros(len(names), "<u8"), np.full(len(names), -np.inf)
    for n in range(len(buckets) if len(names) else 0):
        cities = _load(folder, n)["cities"]
        at = np.minimum(np.searchsorted(names, cities["hash"]), len(names) - 1)
        same = names[at] == cities["hash"]
        at, cities = at[same], cities[same]
        by_size = np.lexsort((cities["rank"], cities["population"], at))
        last = by_size[np.flatnonzero(np.diff(at[by_size], append=-1))]
        at, cities = at[last], cities[last]
        better = (cities["population"] > population[at]) | (
            (cities["population"] == population[at]) & (cities["rank"] > known[at])
        )
        population[at[better]], known[at[better]] = cities["population"][better], cities["rank"][better]
    big = np.isfinite(known[which]) & (population[which] >= divisions["population"] / 10)
    ranks[places[big]] = np.minimum(ranks[places[big]], known[which][big] - 0.01)


def _rows(
    folder: Path,
    buckets: list[Bucket],
    order: Array,
    dtype: np.dtype[np.void],
    regions: list[str],
    features: list[tuple[str, str]],
) -> Array:
    region_at = {line: i for i, line in enumerate(regions)}
    feature_at = {feature: i for i, feature in enumerate(features)}
    rows, start = np.zeros(len(order), dtype), 0
    for n, bucket in enumerate(buckets):
        part = _load(folder, n)["rows"]
        into = rows[start : start + len(part)]
        for name in ("lon", "lat", "population", "radius", "number"):
            into[name] = part[name]
        into["region"] = np.array([region_at[line] for line in bucket.regions], "<u4")[part["region"]]
        into["feature"] = np.array([feature_at[feature] for feature in bucket.features], "<u4")[part["feature"]]
        start += len(part)
    rows["namespace"] = 1
    return rows[order]


def _names(folder: Path, buckets: int, lengths: Array, order: Array) -> Path:
    """The lines of names in the order of the rows."""
    text = np.concatenate([np.fromfile(folder / f"{n}.lines", "u1") for n in range(buckets)])
    begins = np.cumsum(lengths, dtype="<u8") - lengths
    with (folder / "names").open("wb") as out:
        for at in range(0, len(order), _STRETCH):
            rows = order[at : at + _STRETCH]
            sizes = lengths[rows].astype("<i8")
            shift = begins[rows].astype("<i8") - (np.cumsum(sizes) - sizes)
            out.write(text[np.repeat(shift, sizes) + np.arange(sizes.sum())].data)
    return folder / "names"


class _Keys:
    """All distinct names, one a line of the shards' files; may be walked through more than once."""

    def __init__(self, folder: Path, shards: int) -> None:
        self._folder, self._shards = folder, shards

    def __iter__(self) -> Iterator[str]:
        for shard in range(self._shards):
            with (self._folder / f"{shard}.words").open(encoding="utf-8", newline="\n") as opened:
                yield from (line[:-1] for line in opened)


def _spelled(
    words: Iterable[str], ids: Array, rows: Array, regions: Array, countries: list[str | None]
) -> Iterator[tuple[str, int, int, str | None]]:
    """Every distinct name with its key id, and its best known place's row and country."""
    words = iter(words)
    for at in range(0, len(ids), _STRETCH):
        part = [array[at : at + _STRETCH].tolist() for array in (ids, rows, regions)]
        yield from zip(islice(words, len(part[0])), *part[:2], map(countries.__getitem__, part[2]), strict=True)


def _joined(folder: Path, shards: int, what: str, dtype: str) -> Array:
    """The shards' arrays of one kind one after another, on disk until they are used."""
    with (folder / what).open("wb") as out:
        for shard in range(shards):
            out.write((folder / f"{shard}.{what}").read_bytes())
    return np.memmap(folder / what, dtype, "r")


def index_shard(folder: Path, starts: list[int], bits: int, shard: int) -> None:
    """Brings the names of one hash together: sorted words, how many postings each has, and the postings."""
    row_of, ranks = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("row_of", "ranks"))
    keys, parts = list[str](), []
    for n, start in enumerate(starts[:-1]):
        shards = _load(folder, n)["shards"]
        here, end = shards[shard], shards["keys"][shard + 1] if shard + 1 < len(shards) else None
        with (folder / f"{n}.keys").open("rb") as opened:
            opened.seek(here["keys"])
            keys += opened.read(None if end is None else end - here["keys"]).decode().split("\n")
        keys.pop()
        part = np.fromfile(folder / f"{n}.pairs", PAIR, here["count"], offset=here["pairs"])
        part["place"] += np.uint32(start)
        parts.append(part)
    pairs = np.concatenate(parts)
    words = sorted(set(keys))
    at = dict(zip(words, range(len(words)), strict=True))
    which = np.fromiter(map(at.__getitem__, keys), "<u4", len(keys))
    postings = row_of[pairs["place"]].astype("<u8") << np.uint64(bits) | pairs["ordinal"]
    postings = postings << np.uint64(3) | pairs["kind"]
    by = np.lexsort((postings, pairs["demotion"] - ranks[pairs["place"]], which))
    (folder / f"{shard}.words").write_text("".join(f"{word}\n" for word in words), "utf-8", newline="\n")
    np.bincount(which, minlength=len(words)).astype("<u4").tofile(folder / f"{shard}.counts")
    postings[by].tofile(folder / f"{shard}.postings")
