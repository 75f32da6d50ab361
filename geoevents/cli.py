"""The command line: typer over the API. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import __version__
from .cli_gazetteer import GazetteerFile, gazetteer_app
from .options import AsJson, Debug, Explain, Model, Offline, ReadingOptions, WritingOptions, register
from .terminal import emit, prepare_streams, printable, say, write_json, write_table

if TYPE_CHECKING:
    from .explain import Explanation

SOME_FAILED, UNUSABLE = 1, 2
"""Exit status: some documents failed and the rest is written; wrong usage, or nothing could be read."""

app = typer.Typer(
    name="geoevents",
    help="Reads news and reports, finds the events in them, and puts each on the map.",
    epilog="Example: geoevents map articles/ -o map.html",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(gazetteer_app, name="gazetteer")

MapFile = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")]
ExportFile = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="A .geojson, .csv or .jsonl file; without it GeoJSON on stdout."
    ),
]
EventsFile = Annotated[
    Path | None,
    typer.Option("--events", "--geojson", metavar="FILE", help="Also write the events: .geojson, .csv or .jsonl."),
]
SchemaName = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="acled|ged|plover",
        help="Write the columns of ACLED, UCDP GED or PLOVER instead of ours, and only the events that it codes.",
    ),
]
Title = Annotated[str | None, typer.Option(metavar="TEXT", help="Title of the page.")]
Basemap = Annotated[
    str,
    typer.Option(metavar="world|none|FILE|tiles:URL", help="The ground under the events; tiles need the network."),
]
Mapping = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="OURS=THEIRS,...",
        help="For points of other tools: which of their properties is the title, date, end, text, type, place, "
        "country, radius (in metres), killed, injured, actor, source or url, as in title=name,date=when.",
    ),
]


def _show_version(asked: bool) -> None:
    if asked:
        emit(f"geoevents {__version__}\n")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
]


@app.callback()
def _start(version: Version = False) -> None:
    """Options before any command."""


@register(app, "map", "geoevents map articles/ -o map.html --published 2017-03-30")
def draw_map(
    options: WritingOptions,
    *,
    output: MapFile = Path("map.html"),
    events_file: EventsFile = None,
    title: Title = None,
    basemap: Basemap = "world",
    columns: Mapping = None,
) -> None:
    """Draw the events of INPUTs on one interactive map. It is a single HTML file, and works without the network.

    An INPUT may also be one GeoJSON file: events that geoevents exported, or points of any other tool (--columns).
    """
    from . import api, exports, points, session
    from .errors import InputError

    exports.check_path(output, exports.PAGES)
    if events_file:
        exports.check_path(events_file, exports.FORMATS)
    if options.offline and basemap.startswith("tiles:"):
        raise InputError(
            "--basemap tiles:... makes a page that needs the network: leave out --offline, or use another base map"
        )
    if note := api.check_basemap(basemap):
        say(note)
    outputs = [output, events_file] if events_file else [output]
    drawn = points.find(options.inputs, outputs)
    if drawn is None and columns:
        raise InputError("--columns is for the points of a GeoJSON file; texts have --text-column and its like")
    if drawn:
        geojson = points.read_points(drawn, points.parse_columns(columns) if columns else None)
    else:
        result = session.run(options, outputs)
        geojson = result.geojson
    api.save_map(geojson, output, title=title, basemap=basemap)
    if events_file:
        exports.save(geojson, events_file)
    if drawn:
        say(points.tell(geojson, outputs))
        raise typer.Exit
    result.tell(outputs)
    raise typer.Exit(SOME_FAILED if result.failed else 0)


@register(app, "export", "geoevents export news.csv --text-column body -o events.geojson")
def export(options: WritingOptions, *, output: ExportFile = None, schema: SchemaName = None) -> None:
    """Write the events of INPUTs as GeoJSON, CSV or JSON lines.

    In CSV, text that a spreadsheet would run as a formula has an apostrophe before it; the other formats never do.
    """
    from . import exports, schemas, session

    coding = schemas.find_schema(schema)
    if output:
        exports.check_path(output, exports.FORMATS)
    outputs = [output] if output else []
    result = session.run(options, outputs)
    if output:
        exports.save(result.geojson, output, coding)
    else:
        emit(exports.render(result.geojson, ".geojson", coding))
    result.tell(outputs)
    if coding and (left_out := coding.left_out(result.geojson)):
        say(left_out)
    raise typer.Exit(SOME_FAILED if result.failed else 0)


@register(app, "places", "geoevents places article.txt --json")
def list_places(options: ReadingOptions, *, explain: Explain = False, as_json: AsJson = False) -> None:
    """List the places that INPUTs name. A table, tab-separated lines where stdout is no terminal, or JSON.

    With --explain an INPUT may be the text itself: geoevents places --explain "Clashes broke out near Hama."
    """
    from . import session
    from .geojson import to_geojson

    if explain:
        explained, failed = session.explain(options)
        _write_explained(explained, as_json)
        raise typer.Exit(SOME_FAILED if failed else 0)
    readings, total = session.open_inputs(options)
    reports = session.find_events(options, session.load_pipeline(options), readings, total)
    documents = to_geojson(reports, texts=False)["geoevents"]["documents"]
    numbers = ("start", "end", "lon", "lat", "uncertainty_m", "confidence")
    columns = ("text", "start", "end", "kind", "name", "place_id", *numbers[2:], "relation", "reason")
    rows = [(document["id"], *map(place.get, columns)) for document in documents for place in document["places"]]
    if as_json:
        write_json(documents)
    else:
        shown = ("relation", "text", "name", "lon", "lat", "uncertainty_m", "confidence")
        write_table(("document", *columns), rows, ("document", *shown) if len(documents) > 1 else shown, numbers)
    raise typer.Exit(SOME_FAILED if any(report.error for report in reports) else 0)


def _write_explained(explained: list[tuple[str, tuple[Explanation, ...]]], as_json: bool) -> None:
    """JSON; on a terminal one table a name, else one of tab-separated lines for all."""
    from .explain import COLUMNS, SHOWN, to_heading, to_json, to_row

    if as_json:
        write_json([{"id": name, "names": list(map(to_json, explanations))} for name, explanations in explained])
        return
    every = [(name, explanation) for name, explanations in explained for explanation in explanations]
    rows = [[to_row(name, e, rank) for rank in range(1, len(e.meanings) + 1)] for name, e in every]
    if not sys.stdout.isatty():
        write_table(COLUMNS, [[row.get(column) for column in COLUMNS] for each in rows for row in each], COLUMNS)
    for (name, explanation), each in zip(every, rows, strict=True) if sys.stdout.isatty() else ():
        emit(printable(f"{name}: " * (len(explained) > 1) + to_heading(explanation)) + "\n")
        cells = [[row.get(column) for column in SHOWN] for row in each]
        write_table(SHOWN, cells, SHOWN, ("rank", "confidence"))
        emit("\n")


@app.command("doctor", epilog="Example: geoevents doctor")
def doctor(
    offline: Offline = False, model: Model = None, gazetteer: GazetteerFile = None, debug: Debug = False
) -> None:
    """Check the installation and say what to do. Data, model, cache folder, network, and the browser for tests."""
    from .doctor import examine

    marks = {True: "ok", None: "--", False: "!!"}
    healthy = True
    for finding in examine(offline=offline, model=model, gazetteer=gazetteer):
        emit(f"{marks[finding.ok]}  {finding.what:10} {printable(finding.detail)}\n")
        if finding.advice:
            emit(f"{'':14}-> {printable(finding.advice)}\n")
        if debug and finding.cause:
            traceback.print_exception(finding.cause)
        healthy = healthy and finding.ok is not False
    raise typer.Exit(0 if healthy else SOME_FAILED)


def main() -> None:
    """Run the command line: every failure is one clean message and a status, 0, 1 or 2."""
    prepare_streams()
    debug = "--debug" in sys.argv
    if not debug:  # libraries' remarks are for developers; what users should know, we say
        warnings.simplefilter("ignore")
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        app()
    except Exception as error:
        from .api import user_errors

        if debug:
            traceback.print_exc()
        if isinstance(error, user_errors()):
            say(str(error))
        else:
            hint = "" if debug else "; run again with --debug to see where"
            say(f"this is a fault of geoevents, please report it: {type(error).__name__}: {error}{hint}")
        sys.exit(UNUSABLE)
