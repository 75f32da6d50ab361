"""Places told by their relation to a name: "12 km north-east of X", "X's northern countryside", "between X and Y"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gazetteer.places import LonLat, Place

WINDOW = 90
"""Characters read on either side of a name."""

KM = 1000.0
UNITS = {"km": 1000.0, "mile": 1609.344, "nautical mile": 1852.0, "m": 1.0, "yard": 0.9144, "foot": 0.3048}
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

NEAR_M = 15_000
"""Radius of "near", "outside", "around": press usage, where a village "near" a town is within its district."""
SUBURB_M = 10_000
"""Radius of suburbs and outskirts, beyond the town's own."""
COUNTRYSIDE_M = 25_000
"""Radius of a town's countryside, about that of a district (Syria's mean district has a radius of 32 km)."""
COAST_M = 50_000
"""How far out "off the coast" reaches, about twice the territorial sea."""
BEYOND_M = 10_000
"""Distance of "north of X" where no distance is told."""

_NUMBERS = {
    **{word: float(n) for n, word in enumerate("zero one two three four five six seven eight nine ten".split())},
    "a": 1,
    "an": 1,
    "half a": 0.5,
    "a few": 3,
    "a couple of": 2,
    "several": 5,
    "a dozen": 12,
    "a hundred": 100,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
}

_NUMBER = (
    r"(?P<number>\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,3})?|\d{1,6}(?:\.\d{1,3})?|half a|a few|a couple of|a dozen|a hundred|"
    + "|".join(sorted((w for w in _NUMBERS if " " not in w), key=lambda w: (-len(w), w)))
    + ")"
)
_UNIT = r"(?P<unit>km|kms|kilomet(?:er|re)s?|nautical miles?|miles?|mi|m|met(?:er|re)s?|yards?|feet|ft)"
_POINT = (
    r"(?:north|south)[- ]?(?:(?:north|south)[- ]?)?(?:east|west)|(?:east|west)[- ](?:north|south)[- ]?(?:east|west)|"
    r"north|south|east|west|NE|NW|SE|SW"
)
_DIRECTION = rf"(?P<point>{_POINT})(?:wards?|erly)?"
_CLASS = r"(?:[a-z]{3,12} )?(?:city|town|village|province|governorate|district|region|state|port|island|capital)"
_THE = (
    rf"(?:the )?(?:{_CLASS} (?:of )?)?(?:the )?"
    rf"(?:[A-Z][a-z]{{2,12}}(?:n|sh|se|i)(?: [a-z]{{3,12}})? (?:of )?)?"
)
_AREA = (
    r"(?P<area>countryside|suburbs?|outskirts|rural areas?|hinterland|environs|parts?|half|side|edge|tip|coast|shore|"
    r"neighbou?rhoods?|districts?|areas?|fringes?|corner)"
)
_SIDE = (
    r"(?P<side>(?:north|south)(?:-?(?:east|west))?ern|eastern|western|central|northernmost|southernmost|upper|lower)"
)

_OFFSET = re.compile(
    rf"(?<![\w.,]){_NUMBER}[ -]?{_UNIT}\.?(?: \([^()]{{1,25}}\))?(?: (?:away|further))?"
    rf"(?:,? (?:to )?(?:the )?{_DIRECTION})?"
    rf" (?:of|from|outside|off|away from|out of|short of|inland from|upstream of|downstream of) {_THE}$"
)
_BEYOND = re.compile(rf"(?<![\w-])(?:(?:just|further|immediately|to the|the) )?{_DIRECTION} of {_THE}$")
_PART_OF = re.compile(rf"(?<![\w-]){_SIDE} (?:{_AREA} (?:of |in )?{_THE})?$")
_AREA_OF = re.compile(rf"(?<![\w-]){_AREA} (?:of|around|near) {_THE}$")
_OFF = re.compile(rf"(?<![\w-])off (?:the )?(?:{_SIDE} )?(?:coast |shores? |coastline )?(?:of )?{_THE}$")
_NEAR = re.compile(
    rf"(?<![\w-])(?P<near>near|close to|next to|outside|around|not far from|in the vicinity of|adjacent to|"
    rf"on the (?:outskirts|edge) of|on the road to|by) {_THE}$"
)
_SIDE_OF_OWN = re.compile(rf"['’]s? (?:{_SIDE} )?{_AREA}\b")
_OWN = re.compile(
    rf" (?:{_SIDE} )?(?:{_CLASS}(?:['’]s)? )?(?P<area>countryside|suburbs|outskirts|coast|border|hinterland)\b"
)
_BORDER = re.compile(rf"(?<![\w-])(?:border|frontier) (?:with|of) {_THE}$")
_BETWEEN = re.compile(rf"(?<![\w-])(?P<border>(?:border|frontier) )?between {_THE}$")
_AND = re.compile(rf" and {_THE}$")
_AREA_RADIUS = {"countryside": COUNTRYSIDE_M, "rural": COUNTRYSIDE_M, "hinterland": COUNTRYSIDE_M, "suburb": SUBURB_M,
                "outskirts": SUBURB_M, "environs": NEAR_M, "fringe": SUBURB_M, "edge": SUBURB_M}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How something lies to a named place.

    `words` are as written, normalised ("12 km north-east of"). `kind`: "offset", "beyond", "near", "part", "off",
    "between" or "border". `metres` and `bearing` (degrees, clockwise from north) are None where nothing is said;
    `reach` is the radius in metres the words add to the place's own. `other` is the index of the second name.
    """

    words: str
    kind: str
    metres: float | None = None
    bearing: float | None = None
    reach: float = 0.0
    other: int | None = None


def find_relation(text: str, spans: Sequence[tuple[int, int]], index: int) -> Relation | None:
    """What the words beside the name `spans[index]` say of where things are; None if they speak of the place itself.

    `spans` are the document's names in order; a second name is looked for among its neighbours only.
    """
    start, end = spans[index]
    left = text[max(0, start - WINDOW) : start].rpartition("\n")[2]
    right = text[end : end + WINDOW].partition("\n")[0]
    return (
        _between(text, spans, index, left)
        or _offset(left)
        or _own_area(right)
        or _part(left)
        or _beyond(left)
        or _near(left)
    )


def apply_relation(relation: Relation, place: Place, other: Place | None = None) -> tuple[LonLat, int]:
    """The point and the radius in metres that hold what lies in `relation` to `place` (and to `other`).

    Offsets are geodesic on WGS 84. A told distance and direction is trusted to a quarter of the distance (a compass
    point of eight is 22.5 degrees wide either way, 0.4 of the distance at worst) plus the place's own radius.
    """
    own = float(place.uncertainty_m)
    if relation.kind in ("between", "border") and other is not None:
        return _middle(place, other)
    if relation.kind == "offset" and relation.metres is not None:
        if relation.bearing is None:
            return place.position, round(relation.metres + own)
        return _move(place, relation.metres, relation.bearing), round(max(0.25 * relation.metres, 500) + own)
    if relation.kind == "part" and relation.bearing is not None and not relation.reach:
        return _move(place, own / 2, relation.bearing), round(0.75 * own)
    if relation.bearing is not None:
        distance = max(relation.reach / 2, BEYOND_M if relation.kind == "beyond" else 0) + (
            own if own < 50_000 else own / 2
        )
        return _move(place, distance, relation.bearing), round(max(relation.reach, distance))
    return place.position, round(own + relation.reach)


def _move(place: Place, metres: float, bearing: float) -> LonLat:
    from geopy.distance import geodesic

    point = geodesic(meters=metres).destination((place.lat, place.lon), bearing)
    return LonLat(lon=round(point.longitude, 5), lat=round(point.latitude, 5))


def _middle(place: Place, other: Place) -> tuple[LonLat, int]:
    """The point half-way, and half the distance: the ends are both within."""
    import math

    from geopy.distance import geodesic

    metres = geodesic((place.lat, place.lon), (other.lat, other.lon)).meters
    if metres < 1:
        return place.position, place.uncertainty_m
    la, lb, dl = math.radians(place.lat), math.radians(other.lat), math.radians(other.lon - place.lon)
    x, y = math.cos(lb) * math.cos(dl), math.cos(lb) * math.sin(dl)
    lat = math.atan2(math.sin(la) + math.sin(lb), math.hypot(math.cos(la) + x, y))
    lon = place.lon + math.degrees(math.atan2(y, math.cos(la) + x))
    lon = (lon + 180) % 360 - 180
    return LonLat(lon=round(lon, 5), lat=round(math.degrees(lat), 5)), max(1000, round(metres / 2))


def _offset(left: str) -> Relation | None:
    found = _OFFSET.search(left)
    if not found:
        return None
    written = found["number"]
    number = _NUMBERS[written] if written in _NUMBERS else float(written.replace(",", ""))
    unit = _unit(found["unit"])
    point = _point(found["point"])
    link = re.search(r"(of|from|outside|off|short of) ", found.group()[found.end("unit") - found.start() :])
    words = f"{written} {_plural(unit, number)}{f' {point}' if point else ''} {link[1] if link else 'from'}"
    return Relation(words=words, kind="offset", metres=number * UNITS[unit], bearing=_bearing(point))


def _part(left: str) -> Relation | None:
    if found := _OFF.search(left):
        if "coast" in found.group() or "shore" in found.group():
            side = _point((found["side"] or "").removesuffix("ern"))
            words = " ".join(filter(None, ("off the", found["side"], "coast of")))
            return Relation(words=words, kind="off", bearing=_bearing(side), reach=COAST_M)
        return Relation(words="off", kind="off", reach=COAST_M)
    if found := _PART_OF.search(left):
        return _sided(found["side"], found["area"])
    if found := _AREA_OF.search(left):
        return _sided(None, found["area"])
    return None


def _own_area(right: str) -> Relation | None:
    if found := _SIDE_OF_OWN.match(right):
        return _sided(found["side"], found["area"])
    if found := _OWN.match(right):
        if found["area"] == "border":
            return Relation(words="border of", kind="border", reach=COUNTRYSIDE_M)
        if found["area"] == "coast":
            return Relation(words="coast of", kind="part")
        return _sided(found["side"], found["area"])
    return None


def _sided(side: str | None, area: str | None) -> Relation | None:
    """A part of a place: "northern countryside of", "suburbs of", "southern"."""
    reach = next((metres for stem, metres in _AREA_RADIUS.items() if area and area.startswith(stem)), 0)
    point = _point((side or "").removesuffix("most").removesuffix("ern"))
    if not side and not reach:
        return None
    words = " ".join(filter(None, (side, f"{area} of" if area else None)))
    return Relation(words=words, kind="part", bearing=_bearing(point), reach=reach)


def _beyond(left: str) -> Relation | None:
    if found := _BEYOND.search(left):
        point = _point(found["point"])
        if found.group().startswith("the "):  # "the north of Syria" is in it
            return Relation(words=f"the {point} of", kind="part", bearing=_bearing(point))
        return Relation(words=f"{point} of", kind="beyond", bearing=_bearing(point))
    return None


def _near(left: str) -> Relation | None:
    if found := _BORDER.search(left):
        return Relation(words=found.group().split(" ")[0] + " with", kind="border", reach=COUNTRYSIDE_M)
    if found := _NEAR.search(left):
        reach = SUBURB_M if found["near"].startswith("on the") else NEAR_M
        return Relation(words=found["near"], kind="near", reach=reach) if found["near"] != "by" else None
    return None


def _between(text: str, spans: Sequence[tuple[int, int]], index: int, left: str) -> Relation | None:
    """ "between X and Y", read from either name."""
    start, end = spans[index]
    if (found := _BETWEEN.search(left)) and index + 1 < len(spans):
        gap = text[end : spans[index + 1][0]]
        if len(gap) <= WINDOW and _AND.fullmatch(gap):
            return Relation(words=f"{found['border'] or ''}between", kind="between", other=index + 1)
    if index and _AND.fullmatch(gap := text[spans[index - 1][1] : start]) and len(gap) <= WINDOW:
        first = spans[index - 1][0]
        if found := _BETWEEN.search(text[max(0, first - WINDOW) : first].rpartition("\n")[2]):
            return Relation(words=f"{found['border'] or ''}between", kind="between", other=index - 1)
    return None


def _unit(written: str) -> str:
    word = written.lower()
    for stem, unit in (
        ("k", "km"),
        ("naut", "nautical mile"),
        ("mi", "mile"),
        ("m", "m"),
        ("y", "yard"),
        ("f", "foot"),
    ):
        if word.startswith(stem):
            return unit
    raise AssertionError(f"no unit: {written!r}")


def _plural(unit: str, number: float) -> str:
    return unit if unit in ("km", "m") or number == 1 else "feet" if unit == "foot" else f"{unit}s"


def _point(written: str | None) -> str | None:
    """A compass point spelled our way, sixteen points rounded to eight by their last two words; None if none."""
    if not written:
        return None
    if written in ("NE", "NW", "SE", "SW"):
        written = {"N": "north", "S": "south"}[written[0]] + "-" + {"E": "east", "W": "west"}[written[1]]
    words = re.findall(r"north|south|east|west", written.lower())
    if not words:
        return None
    across = [w for w in words if w in ("east", "west")][-1:]
    along = [w for w in words if w in ("north", "south")][-1:]
    return "-".join(along + across)


def _bearing(point: str | None) -> float | None:
    return COMPASS.index(point) * 45.0 if point in COMPASS else None
