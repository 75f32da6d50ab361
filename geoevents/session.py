"""One run of a command: from its options to documents, events and GeoJSON, with what is to be said on the way."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import api, documents
from .errors import GeoeventsError, InputError
from .geojson import Provenance, to_geojson
from .options import ReadingOptions, WritingOptions
from .readers.dates import parse_date
from .readers.reading import Columns, Reading
from .records import MODALITIES, Correction, Document, Report
from .terminal import say, track

if TYPE_CHECKING:
    from gazetteer.geocoder import Geocoder

    from .explain import Explanation
    from .pipeline import Pipeline

ROWS_NAMED = 20
"""Corrections named in one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run found, as GeoJSON, and what is still to be said about it."""

    geojson: dict[str, Any]
    documents: int
    failed: int
    geocoder: Geocoder | None
    debug: bool = False

    def tell(self, written: list[Path]) -> None:
        """Say what was written and which names left the machine."""
        features = self.geojson["features"]
        placed = sum(feature["geometry"] is not None for feature in features)
        undated = sum(map(_is_undated, features))
        if undated:
            say(f'{count(undated, "event")} without a date: words such as "Thursday" need --published, to count from')
        read = count(self.documents - self.failed, "document")
        line = f"{count(len(features), 'event')}, {placed} on the map, in {read}"
        if self.failed:
            line += f"; {count(self.failed, 'document')} failed"
        say(f"{line}{': ' if written else ''}{' and '.join(map(str, written))}")
        if self.geocoder and (report := self.geocoder.report()):
            say(report)
            if self.debug:
                say(f"geocoder: all names sent: {', '.join(self.geocoder.sent) or 'none'}")


def run(options: WritingOptions, outputs: Iterable[Path] = ()) -> Result:
    """Read all INPUTs, find their events, and turn them into GeoJSON; failures are said as they come.

    `outputs` will be written: one found in a folder of INPUTs is an earlier run's and is not read.
    """
    unknown = [name for name in options.include or () if name not in MODALITIES]
    if unknown:
        raise InputError(f"--include {unknown[0]}: choose of {', '.join(MODALITIES[1:])}")
    asked = make_geocoder(options)
    geocoder = None if options.offline else asked
    if geocoder and options.processes > 1:
        raise InputError(
            f"--processes {options.processes} needs --offline: a geocoding service is asked by one process, one name a "
            "second"
        )
    readings, total = open_inputs(options, outputs)
    pipeline = load_pipeline(options, geocoder, options.ontology)
    reports = find_events(options, pipeline, readings, total)
    told = reports if options.no_merge else api.merge_reports(reports)
    provenance = Provenance(
        model_sha256=pipeline.model_sha256,
        gazetteer_sha256=pipeline.gazetteer.sha256,
        options=(
            ("published", options.published),
            ("source", options.source_name),
            ("geocoder", geocoder.settings.host if geocoder else None),
            ("merge", not options.no_merge),
            ("countries", pipeline.settings.countries),
            ("corrections_sha256", pipeline.corrections.sha256),
        ),
    )
    return Result(
        geojson=to_geojson(
            told,
            texts=not options.no_text,
            modalities=("asserted", *(options.include or ())),
            provenance=provenance,
        ),
        documents=len(reports),
        failed=sum(report.error is not None for report in reports),
        geocoder=geocoder,
        debug=options.debug,
    )


def open_inputs(options: ReadingOptions, outputs: Iterable[Path] = ()) -> tuple[Iterator[Reading], int | None]:
    """The readings of all INPUTs but `outputs`, not begun, and their number where it is known.

    What is wrong with the INPUTs and the options about them is found here, before anything that takes time.
    """
    sources = documents.find(options.inputs, outputs)
    for note in sources.notes:
        say(note)
    try:
        published = parse_date(options.published) if options.published is not None else None
    except ValueError as error:
        raise InputError(f"--published: {error}") from error
    columns = Columns(
        text=options.text_column,
        title=options.title_column,
        id=options.id_column,
        source=options.source_column,
        url=options.url_column,
        published=options.published_column,
    )
    if any(source.piped for source in sources.sources) and sys.stdin.isatty():
        say("reading the text from the terminal; end it with Ctrl-D (Windows: Ctrl-Z, Enter)")
    readings = documents.read(sources, columns=columns, published=published, source=options.source_name)
    return readings, sources.documents


def make_geocoder(options: WritingOptions) -> Geocoder:
    """The geocoder that the options ask for; it touches nothing before its first name."""
    from gazetteer.geocoder import Geocoder, GeocoderSettings

    try:
        settings = GeocoderSettings(
            provider=options.geocoder,
            url=options.geocoder_url,
            budget=options.geocoder_budget,
            api_key=os.environ.get("GEOEVENTS_GEOCODER_KEY"),
        )
    except ValueError as error:
        raise InputError(f"--geocoder: {error}") from error
    return Geocoder(settings)


def load_pipeline(options: ReadingOptions, geocoder: Geocoder | None = None, ontology: Path | None = None) -> Pipeline:
    """The pipeline that the options ask for."""
    return api.load(
        model=options.model,
        gazetteers=tuple(options.gazetteers or ()),
        geocoder=geocoder,
        ontology=ontology,
        corrections=tuple(options.corrections or ()),
        countries=tuple(options.countries or ()),
    )


def find_events(
    options: ReadingOptions, pipeline: Pipeline, readings: Iterator[Reading], total: int | None
) -> list[Report]:
    """One report a document, failures and remarks said as they come. Raises InputError where none could be used."""
    reports: list[Report] = []
    for report in track(api.find_events(pipeline, readings, options.processes), "documents", total):
        tell(report, options.debug)
        reports.append(report)
    if not reports:
        raise InputError("the inputs hold no documents: their tables have no rows with a text; nothing was written")
    if all(report.error for report in reports):
        raise InputError("no document could be read, and nothing was written")
    tell_corrections(pipeline.corrections.rows, reports)
    return reports


def tell_corrections(rows: Sequence[Correction], reports: Sequence[Report]) -> None:
    """Say how many corrections were applied, and which were not and why; silent where there are none."""
    if not rows:
        return
    applied = {row for report in reports for row in report.corrections}
    stale = {row for report in reports for row in report.stale}
    read = {report.document.id for report in reports}
    idle = [row for row in rows if row not in applied and row not in stale]
    elsewhere = [row for row in idle if row.document_id is not None and row.document_id not in read]
    say(f"{len(applied):,} of {count(len(rows), 'correction')} applied")
    for what, left in (
        ("stale", [row for row in rows if row in stale]),
        ("matched nothing", [row for row in idle if row not in elsewhere]),
        ("for documents that were not read", elsewhere),
    ):
        if left:
            say(f"{count(len(left), 'correction')} {what}: {_name_rows(left)}")


def _name_rows(rows: Sequence[Correction]) -> str:
    """Where rows are written, the rows of one file together: "a.csv rows 3, 7"."""
    files: dict[str, list[str]] = {}
    for row in rows[:ROWS_NAMED]:
        name, _, number = row.origin.rpartition(" ")
        files.setdefault(name, []).append(number)
    named = "; ".join(f"{name}{'s' * (len(numbers) > 1)} {', '.join(numbers)}" for name, numbers in files.items())
    return f"{named} and {len(rows) - ROWS_NAMED:,} more" if len(rows) > ROWS_NAMED else named


def explain(options: ReadingOptions) -> tuple[list[tuple[str, tuple[Explanation, ...]]], int]:
    """The ids of the documents of all INPUTs with what their names may mean and why; and how many documents failed.

    An INPUT that is the text itself is a document called "text". Raises InputError where none could be used."""
    texts = [given for given in options.inputs if documents.is_text(given)]
    files = [given for given in options.inputs if given not in texts]
    written: Iterator[Reading] = (
        Reading(document=Document(text=text, id=f"text {number}" if number > 1 else "text", source=options.source_name))
        for number, text in enumerate(texts, 1)
    )
    readings, total = open_inputs(replace(options, inputs=files)) if files or not texts else (iter(()), 0)
    pipeline = load_pipeline(options)
    explained, failed = [], 0
    for reading in track(chain(written, readings), "documents", None if total is None else total + len(texts)):
        try:
            if reading.error is not None:
                raise reading.error
            explained.append((reading.document.id, pipeline.explain(reading.document)))
        except GeoeventsError as error:
            failed += 1
            tell(Report(document=reading.document, error=error), options.debug)
    if not explained:
        raise InputError("no document could be read, and nothing is explained")
    for name, explanations in explained:
        if not explanations:
            say(f"{name}: no name of a place was found in it")
    return explained, failed


def tell(report: Report, debug: bool) -> None:
    """Say what went wrong with a document, or what its reader should know."""

    name = report.document.id
    for note in report.notes:
        say(note if name in note else f"{name}: {note}")
    if report.error is None:
        return
    # An InputError names its file as the user gave it; what fails later knows the document by its id.
    say(
        str(report.error)
        if isinstance(report.error, InputError) or name in str(report.error)
        else f"{name}: {report.error}"
    )
    if debug:
        traceback.print_exception(report.error)


def _is_undated(feature: dict[str, Any]) -> bool:
    """Whether words tell of a day ("on Thursday") that was not found, in a text without a day of publication."""
    told = feature["properties"]
    return bool(told["date_text"]) and told["date_start"] is None and told["published"] is None


def count(number: int, what: str) -> str:
    """A number with its noun: "1 event", "2 events"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
