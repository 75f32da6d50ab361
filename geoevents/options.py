"""What can be asked of the commands: typer's options, gathered in records that the commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Files (.txt, .md, .html, .jsonl, .csv, .tsv), folders, or - for standard input. The first 400,000 "
        "characters of a document are read.",
        show_default=False,
    ),
]
Published = Annotated[
    str | None,
    typer.Option(
        metavar="DATE", help='Date of inputs that do not carry one (YYYY-MM-DD); "Thursday" is counted from it.'
    ),
]
SourceName = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Source of inputs that name none.")]
Model = Annotated[
    str | None, typer.Option(metavar="NAME|PATH", help="Another spaCy pipeline, installed or in a folder.")
]
Gazetteers = Annotated[
    list[Path] | None,
    typer.Option(
        "--gazetteer",
        metavar="FILE",
        help="Your own places, CSV or GeoJSON (name, lon, lat), which go before others of their name in their country, "
        "or a compiled gazetteer (.gaz). May be repeated: later ones lie over earlier ones, all over the bundled one.",
    ),
]
CorrectionFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--corrections",
        metavar="FILE",
        help="What you put right, for every run (CSV: document_id, start, end, text, action, place_id, lon, lat). "
        "The action is place, no_place or no_event; without a document_id it holds everywhere. May be repeated.",
    ),
]
Countries = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        metavar="CODE",
        help="Country the texts are about: two letters, such as SY, or its name. A strong hint, not a filter; may be "
        "repeated.",
    ),
]
Ontology = Annotated[Path | None, typer.Option(metavar="FILE", help="Another ontology of events (TOML).")]
Offline = Annotated[bool, typer.Option("--offline", envvar="GEOEVENTS_OFFLINE", help="Never touch the network.")]
GeocoderName = Annotated[
    str,
    typer.Option(
        "--geocoder",
        metavar="SERVICE",
        envvar="GEOEVENTS_GEOCODER",
        help="Who is asked for names that the gazetteer lacks: nominatim, photon or pelias. Names only, never text.",
    ),
]
GeocoderUrl = Annotated[
    str,
    typer.Option(metavar="URL", envvar="GEOEVENTS_GEOCODER_URL", help="Its address, where it is not the public one."),
]
GeocoderBudget = Annotated[
    int, typer.Option(metavar="N", min=0, envvar="GEOEVENTS_GEOCODER_BUDGET", help="Most names to ask for in one run.")
]
NoText = Annotated[bool, typer.Option("--no-text", help="Leave the articles' texts out; the evidence stays.")]
Include = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MODALITY",
        help="Also keep events told as historical, future, hypothetical or negated; may be repeated.",
    ),
]
NoMerge = Annotated[
    bool,
    typer.Option(
        "--no-merge", help="Keep each document's events apart; without it, reports of one event become one event."
    ),
]
Processes = Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Processes to work with.")]
OfflineProcesses = Annotated[
    int, typer.Option(min=1, max=64, metavar="N", help="Processes to work with; more than one needs --offline.")
]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show where in the program a failure came from, and every name sent away.")
]
TextColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of a table, or key of a JSON line, with the text.")
]
TitleColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column or key with the title.")]
IdColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column or key with the document's id.")]
SourceColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column or key with the source.")]
UrlColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column or key with the address.")]
PublishedColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column or key with the publication date.")]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Show what each name may mean, ranked, and why; with --json every feature with its weight. An INPUT that "
        "is no file and has no file's ending is then read as a text.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """What to read and with which data: the options of every command that takes INPUTs."""

    inputs: Inputs
    published: Published = None
    source_name: SourceName = None
    text_column: TextColumn = None
    title_column: TitleColumn = None
    id_column: IdColumn = None
    source_column: SourceColumn = None
    url_column: UrlColumn = None
    published_column: PublishedColumn = None
    model: Model = None
    gazetteers: Gazetteers = None
    corrections: CorrectionFiles = None
    countries: Countries = None
    processes: Processes = 1
    offline: Offline = False
    debug: Debug = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingOptions(ReadingOptions):
    """The options of the commands that write events, and may ask a geocoder for what the gazetteer lacks."""

    processes: OfflineProcesses = 1
    ontology: Ontology = None
    include: Include = None
    no_text: NoText = False
    no_merge: NoMerge = False
    geocoder: GeocoderName = "nominatim"
    geocoder_url: GeocoderUrl = ""
    geocoder_budget: GeocoderBudget = 25


def register(app: typer.Typer, name: str, example: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of `app`. The fields of the record that it takes first become options, its own too."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        first, *own = inspect.signature(function).parameters.values()
        record = hints[first.name]
        types = get_type_hints(record, include_extras=True)
        shared = {field.name: inspect.Parameter.empty if field.default is MISSING else field.default
                  for field in fields(record)}  # fmt: skip

        def command(**options: Any) -> None:
            function(record(**{name: options.pop(name) for name in shared}), **options)

        argument, *rest = (
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=types[name])
            for name, default in shared.items()
        )
        mine = [parameter.replace(annotation=hints[parameter.name]) for parameter in own]
        parameters = [argument, *mine, *rest]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        command.__doc__ = function.__doc__
        app.command(name, epilog=f"Example: {example}")(command)
        return function

    return decorate
