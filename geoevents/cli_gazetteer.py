"""The command line's `gazetteer` commands: what places are known, and where they come from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson
from .terminal import emit, printable, say, write_json, write_table

gazetteer_app = typer.Typer(
    help="Look into the gazetteer. What places it knows, and where its data come from.",
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
        str | None, typer.Option(metavar="CODE", help="Only places in this country (two letters, such as SY).")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Most places to show.")] = 20,
    gazetteer: GazetteerFile = None,
    as_json: AsJson = False,
) -> None:
    """List the places of a name, best known first; those of similar names after them."""
    from gazetteer.store import Gazetteer

    from .errors import InputError

    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise InputError(f"--country {country}: give the two letters of ISO 3166, such as SY")
    store, asked = Gazetteer.open(gazetteer), " ".join(name)
    matches = [*store.lookup(asked), *store.lookup_fuzzy(asked, limit=1000)]
    found = [match for match in matches if country is None or match.place.country == country.upper()][:limit]
    if as_json:
        write_json([{"matched": match.name, "kind": match.kind, **asdict(match.place)} for match in found])
    elif not found:
        say(f"the gazetteer knows no place called {asked!r}" + (f" in {country.upper()}" if country else ""))
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
