"""What users import: the public names, a map from reports or from GeoJSON, one report a document whatever fails."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from eventsample import REPORT

import gazetteer.errors
import geoevents
import maps
from geoevents import api
from geoevents.readers.reading import Reading, fail
from geoevents.records import Document, Report


def test_public_names_are_what_can_be_imported() -> None:
    assert geoevents.__all__ == sorted(geoevents.__all__)
    homes = {name for names in geoevents._HOMES.values() for name in names}
    assert homes == set(geoevents.__all__) - {"__version__"}
    assert {name: getattr(geoevents, name).__name__ for name in homes} == {name: name for name in homes}
    assert set(geoevents.__all__) <= set(dir(geoevents))
    with pytest.raises(AttributeError, match="has no attribute 'parse'"):
        _ = geoevents.parse


def test_errors_have_one_root_and_are_the_stdlib_error_each_is() -> None:
    for name in geoevents.__all__:
        value = getattr(geoevents, name)
        if name.endswith("Error"):
            assert issubclass(value, geoevents.GeoeventsError)
            assert name == "GeoeventsError" or issubclass(value, ValueError | OSError | ImportError)
    assert set(api.user_errors()) == {geoevents.GeoeventsError, gazetteer.errors.GazetteerError, maps.MapError}


def test_a_map_of_reports_is_the_map_of_their_geojson(tmp_path: Path) -> None:
    geoevents.save_map(REPORT, tmp_path / "a.html", title="Hama")
    geoevents.save_map(geoevents.to_geojson([REPORT]), str(tmp_path / "b.html"), title="Hama")
    page = (tmp_path / "a.html").read_bytes()
    assert page == (tmp_path / "b.html").read_bytes()
    assert b"2,200 were killed" in page
    geoevents.save_map(REPORT, tmp_path / "c.html", texts=False, basemap="none")
    assert b"Talks went on in Geneva" in (tmp_path / "a.html").read_bytes()
    assert len((tmp_path / "c.html").read_bytes()) < len(page)


def test_a_map_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "a.pdf", "must end in one of .html"), (tmp_path / "no/a.html", "does not exist")):
        with pytest.raises(geoevents.OutputError, match=words):
            geoevents.save_map(REPORT, path)
    with pytest.raises(geoevents.InputError, match="not a FeatureCollection"):
        geoevents.save_map({"type": "Feature"}, tmp_path / "a.html")
    with pytest.raises(maps.MapError, match="base map"):
        geoevents.save_map(REPORT, tmp_path / "a.html", basemap="gone.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_package_called_maps_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = ModuleType("maps")
    foreign.__file__ = "/site-packages/maps/__init__.py"
    monkeypatch.setitem(sys.modules, "maps", foreign)
    with pytest.raises(geoevents.GeoeventsError, match="unrelated one of the same name: pip uninstall maps"):
        geoevents.save_map(REPORT, tmp_path / "a.html")


@dataclass
class Echo:
    """A pipeline that finds nothing, reading `ahead` documents before it answers, as one with processes does."""

    ahead: int

    def pipe(self, documents: Iterable[Document], processes: int = 1) -> Iterator[Report]:
        assert processes == 3
        held: list[Document] = []
        for document in documents:
            held.append(document)
            if len(held) > self.ahead:
                yield Report(document=held.pop(0), notes=("read",))
        for document in held:
            yield Report(document=document, notes=("read",))


@pytest.mark.parametrize("ahead", [0, 1, 2, 100])
@pytest.mark.parametrize("pattern", ["", "x", ".", "..x.", "x..", ".xx", "xxx", "x.x.x"])
def test_one_report_a_reading_in_order_failed_ones_too(ahead: int, pattern: str) -> None:
    readings = [
        fail(str(number), geoevents.InputError("bad"))
        if mark == "x"
        else Reading(document=Document(text="a", id=str(number)), notes=("guessed",))
        for number, mark in enumerate(pattern)
    ]
    reports = list(api.find_events(Echo(ahead), iter(readings), 3))  # type: ignore[arg-type]
    assert [report.document.id for report in reports] == [str(number) for number in range(len(pattern))]
    assert ["x" if report.error else "." for report in reports] == list(pattern)
    assert all(report.error or report.notes == ("guessed", "read") for report in reports)


def test_a_place_of_ones_own_is_asked_before_the_bundled_ones(tmp_path: Path) -> None:
    places = tmp_path / "places.csv"
    places.write_text("name,lon,lat,country,radius_km\nArza,36.70,35.24,SY,2\n", encoding="utf-8")
    text = "Soldiers retook the town of Arza near Hama in Syria on Monday."
    (own,) = [m for m in geoevents.load(gazetteers=[places])(text).places if m.text == "Arza"]
    assert own.place is not None
    assert (own.place.id, own.place.lon, own.place.lat) == ("user:arza", 36.70, 35.24)
    assert own.uncertainty_m == 2_000
    (tmp_path / "bad.csv").write_text("name,lon\nArza,36.7\n", encoding="utf-8")
    with pytest.raises(gazetteer.errors.GazetteerSourceError, match=r"bad\.csv: no column 'lat'"):
        geoevents.load(gazetteers=[tmp_path / "bad.csv"])
