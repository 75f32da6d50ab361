"""What users import: load a pipeline, run it over documents, write GeoJSON and the map."""

from __future__ import annotations

import html
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .errors import GeoeventsError
from .exports import PAGES, check_path, write
from .geojson import Provenance, check, to_geojson
from .readers.reading import Reading
from .records import Correction, Document, Event, Report

if TYPE_CHECKING:
    from gazetteer.geocoder import Geocoder

    from .pipeline import Pipeline

__all__ = [
    "MapPage",
    "check_basemap",
    "draw_map",
    "find_events",
    "load",
    "load_maps",
    "merge_reports",
    "save_map",
    "to_geojson",
    "user_errors",
]

NOTEBOOK_HEIGHT = 600
NOTEBOOK_MAY = "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox"
"""What a map's frame in a notebook may do. Without allow-same-origin it is nobody's page, and reads no one's data."""


def load(
    model: str | Path | None = None,
    gazetteers: Iterable[str | Path] = (),
    geocoder: Geocoder | None = None,
    ontology: str | Path | None = None,
    corrections: Iterable[str | Path | Correction] = (),
    countries: Iterable[str] = (),
) -> Pipeline:
    """A pipeline on the bundled data, or on what is named instead.

    `model` is the name of an installed spaCy pipeline or a path; `gazetteers` are files laid over the bundled one, the
    later ones first: compiled, or CSV or GeoJSON with name, lon and lat; without a `geocoder` nothing touches the
    network. `corrections` are CSV files with the columns of `corrections.COLUMNS`, or `Correction` records, for every
    document that is read. `countries`, ISO 3166-1 codes of two letters or names, are those the texts are about: a
    strong hint where a name may mean several places, not a filter. Raises ModelError, OntologyError, the gazetteer's
    GazetteerError, and InputError for wrong corrections and unknown countries, each with what to do.
    """
    from .pipeline import Pipeline

    return Pipeline.load(
        model=model,
        gazetteers=tuple(gazetteers),
        geocoder=geocoder,
        ontology=ontology,
        corrections=corrections,
        countries=countries,
    )


def find_events(pipeline: Pipeline, readings: Iterable[Reading], processes: int = 1) -> Iterator[Report]:
    """One report a reading, in order: what could not be read keeps its error, remarks of reading come first."""
    waiting: deque[Reading] = deque()

    def documents() -> Iterator[Document]:
        for reading in readings:
            waiting.append(reading)
            if reading.error is None:
                yield reading.document

    def failed() -> Iterator[Report]:
        while waiting and waiting[0].error is not None:
            reading = waiting.popleft()
            yield Report(document=reading.document, error=reading.error, notes=reading.notes)

    for report in pipeline.pipe(documents(), processes=processes):
        yield from failed()
        yield replace(report, notes=(*waiting.popleft().notes, *report.notes))
    yield from failed()


def merge_reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The reports, in order, with each event that several of them tell of kept once, with all its tellings.

    A merged event stands where it is located best; its `reports` name every document, with reprints of the same words
    beside the report they reprint, and `disagreements` says who gives which figure. The order of the documents makes
    no difference. `to_geojson`, `save_map` and exports take the result as they take reports.
    """
    from .stories import merge_reports as merge

    return merge(reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """A map as one self-contained HTML page, `html`. In a notebook it shows inline."""

    html: str

    def save(self, path: str | Path) -> None:
        """Write the page; an existing file is replaced when the new one is complete. Raises OutputError."""
        path = Path(path)
        check_path(path, PAGES)
        write(path, self.html)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, which what it shows cannot leave: no cookies, nothing of the notebook's."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" title="Map of events" sandbox="{NOTEBOOK_MAY}" '
            f'style="width:100%;height:{NOTEBOOK_HEIGHT}px;border:1px solid #8888"></iframe>'
        )


def draw_map(
    reports_or_geojson: Report | Event | Iterable[Report | Event] | Mapping[str, Any],
    *,
    title: str | None = None,
    basemap: str = "world",
    texts: bool = True,
    modalities: Iterable[str] = ("asserted",),
    provenance: Provenance | None = None,
) -> MapPage:
    """One self-contained HTML page that shows events, and the articles that tell of them, on a map.

    Takes what `to_geojson` takes, with its options, or what it returned. `basemap` is "world" (bundled), "none",
    "tiles:URL" or the path of a GeoJSON file. Raises InputError or MapError where the GeoJSON or the base map is wrong.
    """
    if isinstance(reports_or_geojson, Mapping):
        geojson = dict(reports_or_geojson)
        check(geojson)
    else:
        geojson = to_geojson(reports_or_geojson, texts=texts, modalities=modalities, provenance=provenance)
    return MapPage(html=load_maps().draw(geojson, title=title, basemap=basemap))


def save_map(
    reports_or_geojson: Report | Event | Iterable[Report | Event] | Mapping[str, Any],
    path: str | Path,
    *,
    title: str | None = None,
    basemap: str = "world",
    texts: bool = True,
    modalities: Iterable[str] = ("asserted",),
    provenance: Provenance | None = None,
) -> None:
    """Write the page that `draw_map` makes, with its options.

    An existing file is replaced when the new one is complete. Raises OutputError where `path` cannot be written, and
    what `draw_map` raises.
    """
    path = Path(path)
    check_path(path, PAGES)
    drawn = draw_map(
        reports_or_geojson, title=title, basemap=basemap, texts=texts, modalities=modalities, provenance=provenance
    )
    drawn.save(path)


def user_errors() -> tuple[type[Exception], ...]:
    """The roots of the errors whose message is meant for users."""
    from gazetteer.errors import GazetteerError
    from maps.errors import MapError

    return GeoeventsError, GazetteerError, MapError


def check_basemap(basemap: str) -> str | None:
    """What the user of a base map should know, if anything; raises MapError, before documents are read, for none."""
    load_maps()
    from maps.basemap import read_basemap

    return read_basemap(basemap).note


def load_maps() -> ModuleType:
    """Our package `maps`. PyPI has another of that name, which may have been installed over ours."""
    import maps

    if not hasattr(maps, "MapDataError"):
        raise GeoeventsError(
            f"the package 'maps' at {maps.__file__} is not the one of geoevents but an unrelated one of the same name: "
            "pip uninstall maps, then pip install --force-reinstall geoevents"
        )
    return maps
