"""The hand-kept tables: well formed, consistent with each other, and true where a map or an almanac can say so."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

import gazetteer
from gazetteer.names import fold
from gazetteer.places import FEATURE_CLASSES

TABLES = Path(gazetteer.__file__).parent / "data" / "tables"
PLACES = (
    *("id", "name", "alternates", "lon", "lat", "feature_class", "feature_code", "country", "admin1", "population"),
    *("radius_km", "source"),
)
NAMES = ("name", "kind", "target_id", "source")
BOXES = ("id", "west", "south", "east", "north", "source")
KINDS = {"alternate", "abbreviation", "demonym", "metonym"}
EXTENTS = TABLES / "extents.csv"
PLACE_TABLES = sorted(p for p in TABLES.glob("*.csv") if not p.stem.startswith("names_") and p != EXTENTS)
NAME_TABLES = sorted(TABLES.glob("names_*.csv"))
CODES = {
    "A": "PCLI PCLD PCLS PCL PCLH TERR ADM1 ADM2",
    "H": "OCN SEA GULF STRT BAY LK LKS LGN RSV STM CNL CHN SD INLT FJD HBR ESTY DELTA FLLS MRSH WTLD GLCR RF",
    "L": "CONT RGN CST PRK RES RESN MILB",
    "P": "PPL PPLX PPLQ",
    "R": "ST TNL PPLN",
    "S": "AIRB AIRP AMTH BDG BLDG BP CH CMP CSTL CTRR CVNT DAM FRT GASF HSP HTL INDS INSM MFG MKT MN MNMT MSQE MUS"
    " OILF PAL PRN PRT PSN RSTN RUIN SCH SHRN SQR STDM STNB TMB TMPL TOWR UNIV",
    "T": "ATOL BCH CAPE CNYN DPR DSRT HLL HLLS ISL ISLS ISTH MT MTS PASS PEN PLAT PLN UPLD VAL VLC",
    "V": "FRST",
}
"""The GeoNames feature codes in use, by class (https://www.geonames.org/export/codes.html)."""

A_PLACE_ID = re.compile(r"(?:geonames:[1-9]\d*|table:[a-z0-9]+(?:-[a-z0-9]+)*)\Z")
A_TARGET_ID = re.compile(
    r"(?:geonames:[1-9]\d*|table:[a-z0-9]+(?:-[a-z0-9]+)*|iso3166-2:[A-Z]{2}-[A-Z0-9]{1,3}|iata:[A-Z]{3})\Z"
)


@cache
def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@cache
def places() -> dict[str, dict[str, str]]:
    return {row["id"]: row for path in PLACE_TABLES for row in read(path)}


@cache
def named() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in places().values():
        for name in {fold(n) for n in (row["name"], *row["alternates"].split("|")) if n}:
            found.setdefault(name, []).append(row)
    return found


def one(name: str, code: str) -> dict[str, str]:
    (row,) = (r for r in named()[fold(name)] if r["feature_code"] == code)
    return row


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two points (lat, lon), haversine on the mean sphere."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def at(row: dict[str, str]) -> tuple[float, float]:
    return float(row["lat"]), float(row["lon"])


def faults(rows: list[str]) -> None:
    """Fails with all faults at once, for a table is mended in one go."""
    assert not rows, "\n".join(rows)


def test_there_are_tables_and_enough_of_them():
    assert {"countries", "regions", "waters", "terrain"} <= {p.stem for p in PLACE_TABLES}
    assert {"names_demonyms", "names_abbreviations", "names_exonyms"} <= {p.stem for p in NAME_TABLES}
    assert sum(len(read(p)) for p in TABLES.glob("*.csv")) >= 1500


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.csv")), ids=lambda p: p.stem)
def test_files_are_plain(path: Path):
    data = path.read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\n")
    text = data.decode("utf-8")
    assert unicodedata.normalize("NFC", text) == text
    header = PLACES if path in PLACE_TABLES else BOXES if path == EXTENTS else NAMES
    assert tuple(next(csv.reader(text.splitlines()))) == header
    faults([f"{path.name}: {r}" for r in csv.reader(text.splitlines()) if len(r) != len(header)])


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.csv")), ids=lambda p: p.stem)
def test_cells_are_trimmed_and_sourced(path: Path):
    wrong = [f"{path.name}: {row}" for row in read(path) for cell in row.values() if cell != " ".join(cell.split())]
    named_by = "id" if path == EXTENTS else "name"
    wrong += [f"{path.name}: no name or source: {row}" for row in read(path) if not (row[named_by] and row["source"])]
    faults(wrong)


@pytest.mark.parametrize("path", PLACE_TABLES, ids=lambda p: p.stem)
def test_places_are_sorted_and_well_formed(path: Path):
    rows = read(path)
    assert [r["id"] for r in rows] == sorted(r["id"] for r in rows)
    iso = {r["country"] for r in read(TABLES / "countries.csv")}
    wrong = []
    for row in rows:
        lat, lon = at(row)
        fine = (
            A_PLACE_ID.match(row["id"])
            and -90 <= lat <= 90
            and -180 <= lon <= 180
            and 0 < float(row["radius_km"]) <= 20_000
            and int(row["population"]) >= 0
            and row["feature_class"] in FEATURE_CLASSES
            and row["feature_code"] in CODES.get(row["feature_class"], "").split()
            and (row["country"] in iso or not row["country"])
            and fold(row["name"])
        )
        if not fine:
            wrong.append(f"{path.name}: {row}")
    faults(wrong)


def test_ids_are_unique_across_tables():
    ids = [row["id"] for path in PLACE_TABLES for row in read(path)]
    faults(sorted({i for i in ids if ids.count(i) > 1}))


def test_alternates_are_not_the_name_again():
    wrong = []
    for row in places().values():
        alternates = row["alternates"].split("|") if row["alternates"] else []
        if "" in alternates or row["name"] in alternates or len(set(alternates)) < len(alternates):
            wrong.append(f"{row['id']}: {row['alternates']}")
        if any("(" in name for name in (row["name"], *alternates)) and row["feature_class"] != "A":
            wrong.append(f"{row['id']}: a bracket is no part of a name: {row['name']}, {row['alternates']}")
    faults(wrong)


@pytest.mark.parametrize("path", NAME_TABLES, ids=lambda p: p.stem)
def test_names_are_sorted_unique_and_lead_somewhere(path: Path):
    rows = read(path)
    keys = [(r["name"], r["kind"], r["target_id"]) for r in rows]
    assert keys == sorted(set(keys))
    wrong = []
    for row in rows:
        target = row["target_id"]
        lost = target.startswith("table:") and target not in places()
        if row["kind"] not in KINDS or not A_TARGET_ID.match(target) or lost or not fold(row["name"]):
            wrong.append(f"{path.name}: {row}")
    faults(wrong)


def test_the_world_is_complete():
    countries = read(TABLES / "countries.csv")
    codes = [row["country"] for row in countries]
    assert len(codes) == len(set(codes)) == 250
    assert all(re.fullmatch("[A-Z]{2}", code) for code in codes)
    demonyms = {row["target_id"] for row in read(TABLES / "names_demonyms.csv")}
    uninhabited = set("BV HM TF UM GS IO".split())
    islets = set("BL BQ CC CX MF NF PM PN SJ SX TC TF VA VG WF".split())  # nobody writes a demonym for them
    without = [row for row in countries if row["id"] not in demonyms]
    faults([row["name"] for row in without if row["country"] not in uninhabited | islets])


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        *(("US", 39.76, -98.5), ("CA", 60.10867, -113.64258), ("RU", 60, 100), ("SY", 35, 38), ("IQ", 33, 44)),
        *(("FR", 46, 2), ("GB", 54.75844, -2.69531), ("CN", 35, 105), ("AU", -25, 135), ("BR", -10, -55)),
        *(("UA", 49, 32), ("DE", 51.5, 10.5), ("IT", 42.83333, 12.83333), ("TR", 39, 35), ("VA", 41.90225, 12.4533)),
    ],
)
def test_country_points_are_those_of_geonames(code: str, lat: float, lon: float):
    (row,) = (r for r in read(TABLES / "countries.csv") if r["country"] == code)
    assert at(row) == (lat, lon)


CAPITALS = {
    "AF": (34.53, 69.17), "AR": (-34.61, -58.38), "AU": (-35.28, 149.13), "BD": (23.71, 90.41), "BR": (-15.78, -47.93),
    "CA": (45.42, -75.70), "CD": (-4.33, 15.31), "CL": (-33.46, -70.65), "CN": (39.91, 116.40), "DE": (52.52, 13.41),
    "EG": (30.06, 31.25), "ET": (9.02, 38.75), "FR": (48.85, 2.35), "GB": (51.51, -0.13), "ID": (-6.21, 106.85),
    "IN": (28.64, 77.22), "IQ": (33.34, 44.40), "IR": (35.69, 51.42), "JP": (35.69, 139.69), "MX": (19.43, -99.13),
    "NG": (9.06, 7.49), "PK": (33.72, 73.04), "RU": (55.75, 37.62), "SD": (15.55, 32.53), "SO": (2.04, 45.34),
    "SY": (33.51, 36.29), "UA": (50.45, 30.52), "US": (38.90, -77.04), "YE": (15.35, 44.21), "ZA": (-25.74, 28.19),
}  # fmt: skip


def test_a_country_s_radius_holds_its_capital():
    rows = {r["country"]: r for r in read(TABLES / "countries.csv")}
    faults([c for c, point in CAPITALS.items() if kilometres(at(rows[c]), point) > float(rows[c]["radius_km"])])


def test_boxes_hold_the_points_of_their_places():
    boxes = read(EXTENTS)
    assert [b["id"] for b in boxes] == sorted({b["id"] for b in boxes})
    wrong = []
    for box in boxes:
        west, south, east, north = (float(box[side]) for side in ("west", "south", "east", "north"))
        lat, lon = at(places()[box["id"]])
        across = west > east  # the antimeridian
        fine = south <= lat <= north and (west <= lon <= east or (across and (lon >= west or lon <= east)))
        if not fine or not (south < north and -180 <= min(west, east) <= max(west, east) <= 180):
            wrong.append(f"{box}: {lat}, {lon}")
    faults(wrong)


def holds(name: str, code: str, lat: float, lon: float) -> bool:
    (box,) = (b for b in read(EXTENTS) if b["id"] == one(name, code)["id"])
    return float(box["west"]) <= lon <= float(box["east"]) and float(box["south"]) <= lat <= float(box["north"])


@pytest.mark.parametrize(
    ("name", "code", "inside", "outside"),
    [
        ("Darfur", "RGN", (13.63, 25.35), (15.55, 32.53)),  # El Fasher; Khartoum
        ("Gaza Strip", "RGN", (31.29, 34.25), (31.77, 35.22)),  # Rafah; Jerusalem
        ("Crimea", "PEN", (44.62, 33.53), (46.48, 30.72)),  # Sevastopol; Odesa
        ("Nile", "STM", (15.55, 32.53), (9.02, 38.75)),  # Khartoum; Addis Ababa
        ("Danube River", "STM", (48.21, 16.37), (52.52, 13.41)),  # Vienna; Berlin
        ("Java", "ISL", (-6.21, 106.85), (-8.65, 115.22)),  # Jakarta; Denpasar, on Bali
    ],
)
def test_a_box_holds_what_it_should_and_no_more(
    name: str, code: str, inside: tuple[float, float], outside: tuple[float, float]
):
    assert holds(name, code, *inside)
    assert not holds(name, code, *outside)


@pytest.mark.parametrize(
    ("name", "code", "inside", "outside"),
    [
        ("Darfur", "RGN", (13.63, 25.35), (15.55, 32.53)),  # El Fasher; Khartoum
        ("Donbas", "RGN", (48.00, 37.80), (50.45, 30.52)),  # Donetsk; Kyiv
        ("Gaza Strip", "RGN", (31.29, 34.25), (31.77, 35.22)),  # Rafah; Jerusalem
        ("West Bank", "RGN", (31.53, 35.10), (32.08, 34.08)),  # Hebron; at sea
        ("Kashmir", "RGN", (34.09, 74.80), (28.64, 77.22)),  # Srinagar; Delhi
        ("Crimea", "PEN", (44.62, 33.53), (46.48, 30.72)),  # Sevastopol; Odesa
        ("Sinai", "PEN", (31.13, 33.80), (30.06, 31.25)),  # Arish; Cairo
        ("Sahara", "DSRT", (22.79, 5.53), (-4.33, 15.31)),  # Tamanrasset; Kinshasa
        ("Black Sea", "SEA", (46.48, 30.72), (40.71, 44.87)),  # off Odesa; Armenia
        ("Red Sea", "SEA", (14.80, 42.95), (9.02, 38.75)),  # Hodeidah; Addis Ababa
        ("Persian Gulf", "GULF", (26.23, 50.59), (33.34, 44.40)),  # Manama; Baghdad
        ("Lake Victoria", "LK", (-2.52, 32.90), (-6.17, 35.74)),  # Mwanza; Dodoma
        ("Nile", "STM", (30.06, 31.25), (-1.29, 36.82)),  # Cairo; Nairobi, south of the lakes
        ("Himalayas", "MTS", (27.99, 86.93), (13.09, 80.28)),  # Everest; Chennai
        ("Crete", "ISL", (35.51, 24.02), (37.98, 23.73)),  # Chania; Athens
        ("New England", "RGN", (42.36, -71.06), (38.90, -77.04)),  # Boston; Washington
        ("Soviet Union", "PCLH", (50.45, 30.52), (-33.87, 151.21)),  # Kyiv; Sydney
        ("Scotland", "ADM1", (57.15, -2.09), (51.51, -0.13)),  # Aberdeen; London
    ],
)
def test_an_area_s_circle_holds_what_it_should_and_no_more(
    name: str, code: str, inside: tuple[float, float], outside: tuple[float, float]
):
    row = one(name, code)
    assert kilometres(at(row), inside) <= float(row["radius_km"]) < kilometres(at(row), outside)


@pytest.mark.parametrize(
    ("first", "second", "km", "slack"),
    [
        (("Mount Everest", "MT"), ("K2", "MT"), 1315, 15),
        (("Mount Etna", "VLC"), ("Mount Vesuvius", "VLC"), 345, 10),
        (("Panama Canal", "CNL"), ("Suez Canal", "CNL"), 11600, 250),
        (("Chernobyl nuclear power plant", "PSN"), ("Maidan", "SQR"), 109, 3),
        (("Times Square", "SQR"), ("Lincoln Memorial", "MNMT"), 332, 8),
        (("Tiananmen Square", "SQR"), ("Red Square", "SQR"), 5795, 30),
        (("Rafah crossing", "BP"), ("Kerem Shalom", "BP"), 3.4, 1),
        (("Kilauea", "VLC"), ("Mauna Loa", "VLC"), 34, 6),
        (("Easter Island", "ISL"), ("Galapagos Islands", "ISLS"), 3500, 150),
    ],
)
def test_distances_agree_with_the_almanac(first: tuple[str, str], second: tuple[str, str], km: float, slack: float):
    assert kilometres(at(one(*first)), at(one(*second))) == pytest.approx(km, abs=slack)


@pytest.mark.parametrize(
    ("table", "name", "kind", "target"),
    [
        ("names_demonyms", "Syrians", "demonym", "geonames:163843"),
        ("names_demonyms", "Dutch", "demonym", "geonames:2750405"),
        ("names_demonyms", "Texans", "demonym", "geonames:4736286"),
        ("names_demonyms", "Scottish", "demonym", "geonames:2638360"),
        ("names_demonyms", "Kurds", "demonym", "table:kurdistan"),
        ("names_abbreviations", "S.C.", "abbreviation", "geonames:4597040"),
        ("names_abbreviations", "Calif.", "abbreviation", "geonames:5332921"),
        ("names_abbreviations", "U.K.", "abbreviation", "geonames:2635167"),
        ("names_abbreviations", "DRC", "abbreviation", "geonames:203312"),
        ("names_abbreviations", "NSW", "abbreviation", "iso3166-2:AU-NSW"),
        ("names_abbreviations", "B.C.", "abbreviation", "iso3166-2:CA-BC"),
        ("names_exonyms", "Kiev", "alternate", "geonames:703448"),
        ("names_exonyms", "Saigon", "alternate", "geonames:1566083"),
        ("names_exonyms", "Halab", "alternate", "geonames:170063"),
        ("names_exonyms", "Hama", "alternate", "geonames:170017"),
        ("names_adm1", "Chechnya", "alternate", "iso3166-2:RU-CE"),
        ("names_adm1", "Tuscany", "alternate", "iso3166-2:IT-52"),
        ("names_metonyms", "Kremlin", "metonym", "geonames:524901"),
        ("names_metonyms", "Downing Street", "metonym", "geonames:2643743"),
        ("names_airports", "Heathrow", "alternate", "iata:LHR"),
    ],
)
def test_well_known_names_lead_to_their_places(table: str, name: str, kind: str, target: str):
    rows = [row for row in read(TABLES / f"{table}.csv") if row["name"] == name]
    assert (kind, target) in {(row["kind"], row["target_id"]) for row in rows}
