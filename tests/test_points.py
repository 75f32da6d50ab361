"""GeoJSON as an INPUT of the map: events of ours, and points of other tools through a mapping of columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from browser import open_browser

from geoevents import api, cli
from geoevents.errors import InputError
from geoevents.geojson import PROPERTIES, check
from geoevents.points import ALIASES, find, parse_columns, read_points


def feature(lon: Any = 36.75, lat: Any = 35.13, **properties: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def put(folder: Path, *features: Any, name: str = "points.geojson", **members: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def test_columns_are_read() -> None:
    assert parse_columns(" title = name ,date=when") == {"document_title": "name", "date_start": "when"}
    assert parse_columns("fatalities_low=dead at least") == {"fatalities_low": "dead at least"}
    assert set(ALIASES.values()) <= set(PROPERTIES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title", "OURS=THEIRS"),
        ("title=", "OURS=THEIRS"),
        ("colour=red", "nothing the map can show; choose of title"),
        ("reports=x", "nothing the map can show"),
        ("date=a,date_start=b", "given twice"),
    ],
)
def test_wrong_columns_say_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_columns(text)


def test_points_become_events_with_all_properties(tmp_path: Path) -> None:
    given = feature(name="Raid", when="30 March 2017", dead="12", who=["Army", "Militia"], km=None, sentence="It was.")
    path = put(tmp_path, given | {"id": 7}, feature(0, 0, name=""), {"type": "Feature", "geometry": None})
    columns = parse_columns("title=name,date=when,killed=dead,actor=who,radius=km")
    made = read_points(path, columns)
    check(made)
    first, second, third = made["features"]
    told = {name: value for name, value in first["properties"].items() if value not in (None, [])}
    assert told == {
        "document_title": "Raid",
        "date_start": "2017-03-30",
        "fatalities_best": 12,
        "actors": ["Army", "Militia"],
        "sentence": "It was.",
        "modality": "asserted",
    }
    assert [first["id"], second["id"], third["id"]] == ["7", "points.geojson#1", "points.geojson#2"]
    assert second["geometry"] is third["geometry"] is None


def test_ids_that_come_twice_are_told_apart(tmp_path: Path) -> None:
    made = read_points(put(tmp_path, *[feature() | {"id": "a"}] * 3))
    assert len({row["id"] for row in made["features"]}) == 3


def test_events_of_ours_come_back_as_they_are(tmp_path: Path) -> None:
    made = read_points(put(tmp_path, feature(event_type="ASSAULT", place_name="Hama")))
    path = tmp_path / "ours.geojson"
    path.write_text(json.dumps(made), encoding="utf-8")
    assert read_points(path) == made
    with pytest.raises(InputError, match="written by geoevents"):
        read_points(path, {"document_title": "name"})
    del made["features"][0]["properties"]["trigger"]
    path.write_text(json.dumps(made), encoding="utf-8")
    with pytest.raises(InputError, match=r"ours\.geojson: .*\n.*lacks trigger"):
        read_points(path)


@pytest.mark.parametrize(
    ("bad", "columns", "says"),
    [
        (feature(when="03/04/2017"), "date=when", "feature 1: when: '03/04/2017' can be read day first"),
        (feature(when=1490832000), "date=when", "feature 1: when: 1490832000 is not a date"),
        (feature(dead="many"), "killed=dead", "feature 1: dead: 'many' is not a number"),
        (feature(dead=1.5), "killed=dead", "feature 1: dead: '1.5' is not a whole number"),
        (feature(dead=True), "killed=dead", "'True' is not a number"),
        (feature(name={"en": "x"}), "title=name", "feature 1: name: .* is not a text"),
        (feature(35.13, 136.75), "", "feature 1: .* out of range; are latitude and longitude swapped"),
        (feature("36", 35), "", r"feature 1: its coordinates are \['36', 35\], not"),
        (feature() | {"id": "x", "geometry": {"type": "Polygon"}}, "", r"feature 1 \(id 'x'\): .*'Polygon', no Point"),
        ({"type": "Feature", "geometry": None, "properties": 3}, "", "feature 1: its properties are not an object"),
        ([], "", "feature 1: it is not a Feature"),
    ],
)
def test_faults_name_the_file_and_the_feature(bad: Any, columns: str, says: str, tmp_path: Path) -> None:
    good = feature(when="2017-03-30", dead=3, name="x")
    path = put(tmp_path, good, bad)
    with pytest.raises(InputError, match=rf"points\.geojson cannot be drawn:\n.*{says}"):
        read_points(path, parse_columns(columns) if columns else None)


def test_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="and 12 more"):
        read_points(put(tmp_path, *[feature(999)] * 20))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "NaN is no JSON"),
        ('{"type": "Point", "coordinates": [1, 2]}', "not a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection"}', "features are not a list"),
    ],
)
def test_what_is_no_collection_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"bad\.json.*{says}"):
        read_points(path)


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no feature has a property 'nmae'; it has 'name', 'when'"):
        read_points(put(tmp_path, feature(name="x", when="y")), {"document_title": "nmae"})


def test_a_file_of_points_is_drawn_alone(tmp_path: Path) -> None:
    assert find(["a.txt", "folder"]) is None
    assert find(["A.GeoJSON"]) == Path("A.GeoJSON")
    with pytest.raises(InputError, match="drawn alone"):
        find(["a.geojson", "b.txt"])
    with pytest.raises(InputError, match="read and written at once"):
        find([str(tmp_path / "a.json")], [tmp_path / "a.json"])


def call(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["geoevents", "map", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_map_draws_points_without_reading_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "load", None)
    put(tmp_path, feature(name="Raid on Tremseh", when="2017-03-30"), feature(0, 0, name="b"))
    words = ("points.geojson", "--columns", "title=name,date=when", "-o", "m.html", "--events", "e.geojson")
    assert call(*words, monkeypatch=monkeypatch) == 0
    assert "2 events, 1 on the map: m.html and e.geojson" in capsys.readouterr().err
    assert "Raid on Tremseh" in (tmp_path / "m.html").read_text("utf-8")
    assert call("e.geojson", "-o", "again.html", monkeypatch=monkeypatch) == 0
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "m.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("gone.geojson",), "cannot read gone.geojson: No such file"),
        (("points.geojson", "--columns", "date=nothing"), "no feature has a property 'nothing'"),
        (("points.geojson", "points.geojson"), "drawn alone"),
        ((".", "--columns", "title=name"), "--columns is for the points of a GeoJSON file"),
    ],
)
def test_map_says_what_is_wrong(
    words: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, feature(name="x"))
    assert call(*words, monkeypatch=monkeypatch) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "map.html").exists()


def test_a_point_is_called_by_its_title(tmp_path: Path) -> None:
    path = put(tmp_path, feature(name="Bridge out <b>", when="2017-03-30"), feature(1, 2, name="x", kind="ASSAULT"))
    drawn = read_points(path, parse_columns("title=name,date=when,type=kind"))
    api.save_map(drawn, tmp_path / "map.html")
    with open_browser(tmp_path) as browser:
        browser.open(tmp_path / "map.html")
        headlines = browser.run("return [...document.querySelectorAll('.headline')].map((line) => line.textContent)")
        assert [line.partition(" – ")[0] for line in headlines] == ["Bridge out <b>", "Fighting or attack"]
        visit = browser.visit()
        assert (visit.console, visit.requests) == ((), ())
