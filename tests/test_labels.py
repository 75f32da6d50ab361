"""The base map's towns: from our gazetteer, best known first, where there is room for their names."""

from __future__ import annotations

import json
import math
from importlib import resources

import pytest

from gazetteer.labels import DIGITS, GAP, WORLD, ZOOMS, pick_towns, plain_name
from gazetteer.places import Place
from gazetteer.store import Gazetteer

Town = tuple[str, float, float]


def town(name: str, lon: float, people: int, **more: object) -> Place:
    given = {"lat": 0.0, "feature_class": "P", "feature_code": "PPL", "population": people} | more
    return Place(id=f"user:{name}", name=name, lon=lon, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def towns() -> dict[int, list[Town]]:
    """By zoom: name, column and row in the world's pixels, read as the page reads them."""
    made = json.loads((resources.files("maps") / "assets/towns.json").read_text("utf-8"))["towns"]

    def number(digits: str) -> int:
        return sum(DIGITS.index(digit) * 64**power for power, digit in enumerate(reversed(digits)))

    return {
        int(zoom): [(row[6:], number(row[:3]), number(row[3:6])) for row in text.split(";")]
        for zoom, text in made.items()
    }


def picked(*places: Place) -> dict[str, int]:
    found = pick_towns((place, (place.name,)) for place in places)
    return {name: zoom for zoom, rows in found.items() for name, _ in rows}


def test_there_are_thousands_of_towns_from_the_gazetteer(towns: dict[int, list[Town]]) -> None:
    gazetteer = Gazetteer.open()
    every = [row for rows in towns.values() for row in rows]
    assert len(every) > 10_000
    for name, x, y in every[::37]:
        lon = ((x + 0.5) / WORLD - 0.5) * 360
        lat = math.degrees(math.atan(math.sinh((0.5 - (y + 0.5) / WORLD) * 2 * math.pi)))
        matches = (match.place for match in gazetteer.lookup(name))
        assert any(abs(p.lon - lon) < 0.002 and abs(p.lat - lat) < 0.002 for p in matches), (name, lon, lat)


def test_towns_are_those_a_reader_looks_for(towns: dict[int, list[Town]]) -> None:
    zooms = {name: zoom for zoom, rows in reversed(towns.items()) for name, *_ in rows}
    assert {zooms[name] for name in ("London", "Cairo", "Kyiv", "Nairobi")} == {4}
    assert zooms["Mosul"] <= 5
    assert max(zooms[name] for name in ("Hama", "Mariupol", "El Fasher", "Goma", "Khan Yunis")) <= 9
    assert "Ḩamāh" not in zooms


@pytest.mark.parametrize("zoom", [4, 5, 6, 7])
def test_towns_leave_room_for_a_name(towns: dict[int, list[Town]], zoom: int) -> None:
    least = GAP * WORLD / (256 * 2**zoom) - 2
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for _, x, y in (row for known, rows in towns.items() if known <= zoom for row in rows):
        column, row = int(x // least), int(y // least)
        near = (p for i in (-1, 0, 1) for j in (-1, 0, 1) for p in cells.get((column + i, row + j), ()))
        assert min((math.dist((x, y), p) for p in near), default=least) >= least
        cells.setdefault((column, row), []).append((x, y))


def test_a_village_does_not_stand_in_for_the_city_beside_it() -> None:
    # At zoom 8 a degree at the equator is 182 pixels: the village has room beside the town, but not beside the city.
    near = picked(town("City", 0.0, 900_000), town("Town", 0.3, 80_000), town("Village", 0.55, 2_000))
    assert near["City"] == 4
    assert near["Town"] == 9
    assert "Village" not in near
    assert picked(town("Village", 0.55, 2_000)) == {"Village": 4}


def test_a_capital_comes_before_a_larger_town() -> None:
    found = picked(town("Larger", 0.0, 500_000), town("Capital", 1.0, 300_000, feature_code="PPLC"))
    assert found == {"Capital": 4, "Larger": 7}


def test_quarters_and_hamlets_are_no_towns() -> None:
    assert not picked(town("Quarter", 0, 90_000, feature_code="PPLX"), town("Hamlet", 9, min(ZOOMS.values()) - 1))


@pytest.mark.parametrize(
    ("name", "country", "plain"),
    [
        ("Khān Yūnis", "PS", "Khan Yunis"),
        ("Slov’yans’k", "UA", "Slovyansk"),
        ("Sana‘a", "YE", "Sana'a"),
        ("Łódź", "PL", "Łódź"),
        ("Xi’an", "CN", "Xi'an"),
    ],
)
def test_names_are_written_as_english_texts_do(name: str, country: str, plain: str) -> None:
    assert plain_name(town(name, 0, 1, country=country)) == plain


def test_a_town_is_spelt_as_the_region_named_after_it() -> None:
    hama = town("Ḩamāh", 0, 1, country="SY", admin1="Hama")
    assert plain_name(hama, ("Ḩamāh", "Hama")) == "Hama"
    assert plain_name(hama, ("Ḩamāh",)) == "Hamah"
    assert plain_name(town("Sūr", 0, 1, country="LB", admin1="South"), ("Sūr", "South")) == "Sur"
