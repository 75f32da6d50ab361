"""The command line's `gazetteer` commands: what places are known, and where they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import __version__
from .options import AsJson, Gazetteers, Offline, Processes
from .terminal import emit, printable, say, track, write_json, write_table

if TYPE_CHECKING:
    from gazetteer.buckets import DumpOptions

gazetteer_app = typer.Typer(
    help="Look into the gazetteer, or build one. What places are known, and where the data come from.",
    epilog="Example: geoevents gazetteer search hama --country SY",
    no_args_is_help=True,
    rich_markup_mode=None,
)

GazetteerFile = Annotated[
    Path | None, typer.Option("--gazetteer", metavar="FILE", help="A compiled gazetteer instead of the bundled one.")
]


@gazetteer_app.command("search", epilog="Example: geoevents gazetteer search kafr zita --country SY")
def search_gazetteer(
    name: Annotated[
        list[str], typer.Argument(metavar="NAME", help="A name as written, in any case.", show_default=False)
    ],
    country: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help="Only places in this country: two letters, such as SY, or its name. May be repeated.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Most places to show.")] = 20,
    gazetteers: Gazetteers = None,
    as_json: AsJson = False,
) -> None:
    """List the places of a name, best known first; those of similar names after them."""
    from gazetteer.layers import open_world

    from .countries import find_country

    codes = {find_country(given).country or "" for given in country or ()}
    store, asked = open_world(gazetteers or ()), " ".join(name)
    matches = [*store.lookup(asked), *store.lookup_fuzzy(asked, limit=1000)]
    found = [match for match in matches if not codes or match.place.country in codes][:limit]
    if as_json:
        write_json([{"matched": match.name, "kind": match.kind, **asdict(match.place)} for match in found])
    elif not found:
        say(f"the gazetteer knows no place called {asked!r}" + (f" in {', '.join(sorted(codes))}" if codes else ""))
    else:
        columns = (
            "name", "matched", "kind", "country", "admin1", "admin2", "feature", "population", "lon", "lat", "id",
        )  # fmt: skip
        rows = [
            (p.name, match.name, match.kind, p.country, p.admin1, p.admin2, p.feature_code, p.population, p.lon, p.lat,
             p.id)
            for match in found
            for p in [match.place]
        ]  # fmt: skip
        shown = ("name", "country", "admin1", "feature", "population", "lon", "lat", "id")
        write_table(columns, rows, shown, numbers=("population", "lon", "lat"))


@gazetteer_app.command("info", epilog="Example: geoevents gazetteer info")
def show_gazetteer(gazetteer: GazetteerFile = None, as_json: AsJson = False) -> None:
    """Show what the gazetteer holds and where it comes from, and check that its file is whole."""
    from gazetteer.store import Gazetteer

    store = Gazetteer.open(gazetteer)
    store.verify()
    info = asdict(store.info()) | {"path": str(store.info().path)}
    sources = info.pop("sources")
    if as_json:
        write_json(info | {"sources": sources})
        return
    for key, value in info.items():
        shown = f"{value:,}" if isinstance(value, int) and key != "version" else printable(str(value))
        emit(f"{key:9} {shown}\n")
    emit("verified  the file is whole\n\n")
    names = ("name", "version", "licence", "rows", "origin")
    write_table(names, [[source[name] for name in names] for source in sources], names[:4], ("rows",))


Countries = Annotated[
    str | None, typer.Option(metavar="CODES", help="Only places in these countries, such as SY,IQ.", show_default=False)
]
FeatureClasses = Annotated[
    str | None, typer.Option(metavar="LETTERS", help="Only places of these GeoNames classes, such as A,P,H.")
]


@gazetteer_app.command("build", epilog="Example: geoevents gazetteer build --geonames allCountries.zip -o whole.gaz")
def build_gazetteer(
    geonames: Annotated[
        list[Path],
        typer.Option("--geonames", metavar="FILE", help="A dump, .zip, .gz or .txt, such as SY.zip; may be repeated."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The gazetteer to write.")],
    alternate_names: Annotated[
        Path | None, typer.Option(metavar="FILE", help="alternateNamesV2.zip, instead of the dump's own alternates.")
    ] = None,
    admin1: Annotated[Path | None, typer.Option(metavar="FILE", help="admin1CodesASCII.txt: names of states.")] = None,
    admin2: Annotated[Path | None, typer.Option(metavar="FILE", help="admin2Codes.txt: names of counties.")] = None,
    countries: Countries = None,
    feature_classes: FeatureClasses = None,
    processes: Processes = 2,
) -> None:
    """Compile GeoNames dumps to a gazetteer. All 13.5 million places take some ten minutes and 1.5 GB of memory."""
    from gazetteer.buckets import DumpOptions
    from gazetteer.places import FEATURE_CLASSES

    options = DumpOptions(
        dumps=tuple(geonames),
        alternate_names=alternate_names,
        first=admin1,
        second=admin2,
        countries=_listed("--countries", countries, _is_country, "two letters of ISO 3166 each"),
        feature_classes=_listed(
            "--feature-classes", feature_classes, FEATURE_CLASSES.__contains__, "GeoNames' letters, such as A,P"
        ),
        processes=processes,
    )
    _compile(options, output)


@gazetteer_app.command("fetch", epilog="Example: geoevents gazetteer fetch SY IQ -o gazetteers")
def fetch_gazetteer(
    countries: Annotated[
        list[str],
        typer.Argument(metavar="CODE", help="Countries (two letters, such as SY), or all.", show_default=False),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to put the files.")] = Path(),
    alternate_names: Annotated[
        bool, typer.Option("--alternate-names", help="Also fetch alternateNamesV2.zip: names by language, 200 MB.")
    ] = False,
    server: Annotated[str | None, typer.Option(metavar="URL", help="Another server with the same files.")] = None,
    contact: Annotated[
        str, typer.Option(metavar="URL", envvar="GEOEVENTS_CONTACT", help="Your page or address, told to the server.")
    ] = "",
    offline: Offline = False,
    processes: Processes = 2,
) -> None:
    """Download GeoNames dumps of countries and compile them. Asks GeoNames' server for files by name, nothing else."""
    from gazetteer.buckets import DumpOptions
    from gazetteer.fetch import CODES, SERVER, Fetcher

    from .errors import InputError

    codes = sorted({code.upper() for code in countries})
    if wrong := [code for code in codes if not _is_country(code) and code != "ALL"]:
        raise InputError(f"{wrong[0]} is no country: give two letters of ISO 3166 each, such as SY IQ, or all")
    if offline:
        raise InputError("gazetteer fetch needs the network: leave out --offline and GEOEVENTS_OFFLINE")
    whole = "ALL" in codes
    dumps = ["allCountries.zip"] if whole else [f"{code}.zip" for code in codes]
    names = [*dumps, *CODES, *(["alternateNamesV2.zip"] if alternate_names else [])]
    agent = f"geoevents/{__version__}" + (f" (+{contact})" if contact else "")
    fetcher = Fetcher(output, agent=agent, server=server or SERVER)
    say(f"asking {fetcher.server} for {', '.join(names)}")
    files = []
    for name in names:
        path, fresh = fetcher.fetch(name, track)
        say(f"{path} " + (f"downloaded, {path.stat().st_size / 1e6:,.1f} MB" if fresh else "is as the server has it"))
        files.append(path)
    first, second = files[len(dumps) : len(dumps) + 2]
    options = DumpOptions(
        dumps=tuple(files[: len(dumps)]),
        first=first,
        second=second,
        alternate_names=files[-1] if alternate_names else None,
        processes=processes,
    )
    _compile(options, output / ("all.gaz" if whole else f"{'-'.join(codes)}.gaz"))


def _listed(option: str, given: str | None, known: Callable[[str], bool], hint: str) -> frozenset[str]:
    from .errors import InputError

    codes = [code.strip().upper() for code in (given or "").split(",")] if given else []
    for code in codes:
        if not known(code):
            raise InputError(f"{option} {given}: {code or 'nothing'!r} is unknown; give {hint}, separated by commas")
    return frozenset(codes)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha()


def _compile(options: DumpOptions, output: Path) -> None:
    """Compiles, and says what was damaged and how to go on."""
    from gazetteer.assembly import assemble

    done = assemble(options, output, track)
    for damage in done.damages:
        if damage.count:
            say(str(damage))
    say(f"{output}: {done.places:,} places, {done.names:,} names, {done.bytes / 1e6:,.1f} MB")
    say(f"use it with: geoevents map INPUT --gazetteer {output}")
