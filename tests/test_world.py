"""The world's parts: seats for divisions without towns, boxes of countries, divisions and other areas."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gazetteer import Gazetteer, GazetteerSourceError
from gazetteer.divisions import find_seats
from gazetteer.extents import bound_areas, bound_countries, bound_division
from gazetteer.places import Bounds
from gazetteer.shapes import Shape, box_about, box_round, read_countries_polygons
from gazetteer.sources import Draft, Packages
from gazetteer.tables import read_extents


def draft(name: str, code: str, lon: float, lat: float, *, country: str = "XX", radius: float = 0) -> Draft:
    feature_class = {"PPL": "P", "SEA": "H", "MT": "T"}.get(code, "A")
    made = Draft(id=f"t:{name}", name=name, lon=lon, lat=lat, feature_class=feature_class, feature_code=code)
    made.country, made.radius = country, radius
    return made


def square(lon: float, lat: float, half: float = 1.0) -> tuple[tuple[float, float], ...]:
    return tuple((lon + x * half, lat + y * half) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)))


# boxes


@pytest.mark.parametrize(
    ("points", "box"),
    [
        ([(10, 50), (12, 49), (11, 52)], (10, 49, 12, 52)),
        ([(178, -17), (-179, -18), (177, -16)], (177, -18, -179, -16)),  # Fiji
        ([(-180, 65), (180, 70), (30, 60), (100, 55), (-170, 66)], (30, 55, -170, 70)),  # Russia, cut at the line
        ([(-70, -55), (-109, -27)], (-109, -55, -70, -27)),
        ([(lon, -80) for lon in range(-180, 180, 10)], (-180, -80, 180, -80)),
        ([(5, 5)], (5, 5, 5, 5)),
    ],
)
def test_a_box_holds_its_points_the_short_way_round(
    points: list[tuple[float, float]], box: tuple[float, float, float, float]
) -> None:
    west, south, east, north = box
    assert box_about(points) == Bounds(west=west, south=south, east=east, north=north)


def test_a_circle_s_box_is_as_wide_as_the_circle() -> None:
    degree = math.radians(1) * 6371008.8
    assert box_round(10, 0, degree) == Bounds(west=9, south=-1, east=11, north=1)
    north = box_round(10, 60, degree)
    assert (north.south, north.north) == (59, 61)
    assert north.east - 10 == pytest.approx(2, abs=0.01)  # a degree of longitude is half as long at 60°
    assert (box_round(179.5, 0, degree).west, box_round(179.5, 0, degree).east) == (178.5, -179.5)
    polar = box_round(10, 89.5, degree)
    assert (polar.west, polar.east, polar.south, polar.north) == (-180, 180, 88.5, 90)


# countries


def test_a_dependency_drawn_with_its_country_is_bounded_apart() -> None:
    france, guiana, malta = (draft(c, "PCLI", 0, 0, country=c) for c in ("FR", "GF", "MT"))
    towns = [
        draft("Paris", "PPL", 2.3, 48.9, country="FR"),
        draft("Cayenne", "PPL", -52.3, 4.9, country="GF"),
        draft("Valletta", "PPL", 14.5, 35.9, country="MT", radius=2000),
    ]
    polygons = [("FRA", square(2, 47, 4)), ("FRA", square(-53, 4)), ("SOL", square(45, 9))]
    somalia = draft("SO", "PCLI", 0, 0, country="SO")
    empty = draft("BV", "PCLI", 0, 0, country="BV")
    bound_countries([france, guiana, malta, somalia, empty], polygons, {"FRA": "FR", "GUF": "GF"}, towns)
    assert france.bounds == Bounds(west=-2, south=43, east=6, north=51)
    assert guiana.bounds == Bounds(west=-54, south=3, east=-52, north=5)
    assert somalia.bounds == Bounds(west=44, south=8, east=46, north=10)
    assert malta.bounds is not None
    assert malta.bounds.west < 14.5 < malta.bounds.east < 14.6
    assert empty.bounds is None


def test_a_polygon_far_from_a_dependency_stays_its_country_s() -> None:
    russia, svalbard = draft("RU", "PCLI", 0, 0, country="RU"), draft("SJ", "PCLD", 0, 0, country="SJ")
    towns = [draft("Moscow", "PPL", 37.6, 55.8, country="RU"), draft("Longyearbyen", "PPL", 15.6, 78.2, country="SJ")]
    bound_countries(
        [russia, svalbard], [("RUS", square(40, 56)), ("RUS", square(55, 80.5))], {"RUS": "RU", "SJM": "SJ"}, towns
    )
    assert russia.bounds == Bounds(west=39, south=55, east=56, north=81.5)
    assert svalbard.bounds is not None
    assert svalbard.bounds.north < 79


def test_countries_are_read_polygon_by_polygon(monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = {
        "transform": {"scale": [0.5, 0.5], "translate": [-10, 0]},
        "arcs": [[[0, 0], [20, 0], [0, 10], [-20, 0], [0, -10]], [[40, 0], [2, 0], [0, 2], [-2, 0], [0, -2]]],
        "objects": {"countries": {"geometries": [
            {"type": "MultiPolygon", "arcs": [[[0]], [[1]]], "properties": {"a3": "AAA"}},
            {"type": "Polygon", "arcs": [[~1]], "properties": {"a3": "BBB"}},
        ]}},
    }  # fmt: skip
    packages = Packages(Path())
    monkeypatch.setattr(packages, "npm", lambda *_: atlas)
    found = read_countries_polygons(packages)
    assert [code for code, _ in found] == ["AAA", "AAA", "BBB"]
    assert [box_about(ring) for _, ring in found[:2]] == [
        Bounds(west=-10, south=0, east=0, north=5),
        Bounds(west=10, south=0, east=11, north=1),
    ]
    assert sorted(found[2][1]) == sorted(found[1][1])


def test_a_box_that_is_none_is_refused_by_file_and_row(tmp_path: Path) -> None:
    table = tmp_path / "extents.csv"
    table.write_text("id,west,south,east,north\ntable:nile,28,-2,35,31\ntable:sea,1,9,2,8\n", encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=r"extents\.csv, row 3: .*south=9"):
        read_extents(table)
    table.write_text("id,west,south,east,north\ntable:sea,1,,2,8\n", encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=r"extents\.csv, row 2"):
        read_extents(table)


# divisions and areas


def test_a_division_is_bounded_by_its_shape_or_by_enough_towns() -> None:
    towns = [draft(str(i), "PPL", i, i % 3) for i in range(5)]
    hama = draft("Hama", "ADM1", 1, 1)
    bound_division(hama, None, towns[:4])
    assert hama.bounds is None
    bound_division(hama, None, towns)
    assert hama.bounds == Bounds(west=0, south=0, east=4, north=2)
    low = draft("Masyaf", "ADM2", 1, 1)
    bound_division(low, None, towns)
    assert low.bounds is None
    aleutians = ((-187.5, 52), (-130, 51), (-130, 71))  # east of 180° written as west
    shape = Shape(
        code="02", name="Alaska", lon=-152, lat=64, radius=1, bounds=(-187.5, 51, -130, 71), rings=(aleutians,)
    )
    alaska = draft("Alaska", "ADM1", -152, 64)
    bound_division(alaska, shape, [])
    assert alaska.bounds == Bounds(west=172.5, south=51, east=-130, north=71)


def test_areas_take_the_box_of_their_circle_and_points_none() -> None:
    sea, peak, town = draft("Sea", "SEA", 30, 0, radius=111_195), draft("Peak", "MT", 0, 0), draft("T", "PPL", 0, 0)
    town.radius = 5000
    given = draft("Lake", "SEA", 0, 0, radius=1000)
    given.bounds = Bounds(west=1, south=2, east=3, north=4)
    bound_areas([sea, peak, town, given])
    assert sea.bounds is not None
    assert sea.bounds.west == pytest.approx(29, abs=0.001)
    assert (peak.bounds, town.bounds, given.bounds.west) == (None, None, 1)


def test_a_division_without_towns_is_put_at_the_town_it_is_called_after() -> None:
    towns = {
        "SY.10": [draft("Masyaf", "PPL", 36.3, 35.1), draft("Hama", "PPL", 36.7, 35.1)],
        "NE.09": [draft("Say", "PPL", 2.4, 13.1)],
        "MZ.05": [draft("Búzi", "PPL", 34.6, -19.9), draft("Beira", "PPL", 34.8, -19.8)],
    }
    divisions = {
        "SY.10.1": "Masyaf District",
        "NE.09.2": "Département de Say",
        "NE.09.3": "Département de Hama",  # another state's town
        "MZ.05.4": "Concelho da Beira",
        "XX.01.5": "Nowhere",
    }
    found = find_seats(divisions, towns)
    assert {code: [town.name for town in seats] for code, seats in found.items()} == {
        "SY.10.1": ["Masyaf"],
        "NE.09.2": ["Say"],
        "MZ.05.4": ["Beira"],
    }


def test_of_two_towns_of_a_name_the_bigger_is_the_seat() -> None:
    small, big = draft("Bara", "PPL", 30, 13), draft("Bara", "PPL", 31, 14)
    big.population = 5000
    assert find_seats({"SD.56.1": "Bara"}, {"SD.56": [big, small]}) == {"SD.56.1": [big]}


@pytest.mark.parametrize(
    ("name", "code", "inside", "outside"),
    [
        ("France", "PCLI", (48.9, 2.4), (4.9, -52.3)),  # Paris; Cayenne
        ("French Guiana", "PCLD", (4.9, -52.3), (48.9, 2.4)),
        ("Norway", "PCLI", (59.9, 10.8), (78.2, 15.6)),  # Oslo; Longyearbyen
        ("Ukraine", "PCLI", (44.6, 33.5), (55.8, 37.6)),  # Sevastopol; Moscow
        ("Texas", "ADM1", (29.8, -95.4), (29.95, -90.1)),  # Houston; New Orleans
    ],
)
def test_a_country_s_box_holds_it_and_not_its_dependencies(name, code, inside, outside) -> None:
    place = next(m.place for m in Gazetteer.open().lookup(name) if m.place.feature_code == code)
    box = place.bounds
    assert box is not None
    for (lat, lon), wanted in ((inside, True), (outside, False)):
        assert (box.west <= lon <= box.east and box.south <= lat <= box.north) is wanted


@pytest.mark.parametrize("code", ["RU", "US", "FJ", "NZ", "KI"])
def test_boxes_across_the_antimeridian_go_the_short_way(code: str) -> None:
    place = next(p for p in Gazetteer.open() if p.is_country and p.country == code and p.feature_code == "PCLI")
    assert place.bounds is not None
    assert place.bounds.west > place.bounds.east
    assert place.bounds.east + 360 - place.bounds.west < 200


def test_every_country_but_an_empty_island_has_a_box() -> None:
    without = {p.country for p in Gazetteer.open() if p.feature_code in ("PCLI", "PCLD") and p.bounds is None}
    assert without == {"BV"}


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("Jisr al-Shughur District", "geonames:169022"),
        ("Mirriah Department", "geonames:10943048"),
        ("Cambridgeshire", "geonames:2653940"),
        ("Selayar", "table:selayar-islands"),
        ("Mwami", "table:mwami"),
        ("Buncefield", "table:buncefield"),
    ],
)
def test_places_of_the_news_are_there(name: str, place_id: str) -> None:
    assert place_id in [m.place.id for m in Gazetteer.open().lookup(name)]
