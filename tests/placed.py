"""Places and mentions of real places for tests, written by hand."""

from __future__ import annotations

from gazetteer.places import Place
from geoevents.records import PlaceMention


def place(id: str, name: str, lat: float, lon: float, code: str = "P PPL", **more: object) -> Place:
    """A place; `code` is GeoNames' class and code."""
    feature_class, feature_code = code.split()
    fields = {"country": "SY", "uncertainty_m": 5_000, **more}
    return Place(id=id, name=name, lat=lat, lon=lon, feature_class=feature_class, feature_code=feature_code, **fields)  # type: ignore[arg-type]


HAMA = place("geonames:170017", "Hama", 35.1318, 36.7578, "P PPLA", admin1="Hama")
HAMA_PROVINCE = place("geonames:170016", "Hama", 35.0, 37.0, "A ADM1", admin1="Hama", uncertainty_m=80_000)
IDLIB = place("geonames:169389", "Idlib", 35.9306, 36.6339, "P PPLA", admin1="Idlib")
SYRIA = place("geonames:163843", "Syria", 35.0, 38.0, "A PCLI", uncertainty_m=300_000)
GENEVA = place("geonames:2660646", "Geneva", 46.2022, 6.1457, "P PPLA", country="CH", admin1="Geneva")
ORONTES = place("geonames:1", "Orontes", 35.1, 36.7, "H STM", country=None, uncertainty_m=150_000)


def mention(text: str, start: int, where: Place | None = HAMA, **more: object) -> PlaceMention:
    """A mention of a place at an offset; None for a name that no gazetteer knows."""
    fields = {"confidence": 0.9, **more} if where else more
    position = where.position if where else None
    radius = where.uncertainty_m if where else None
    fields = {"position": position, "uncertainty_m": radius, **fields}
    return PlaceMention(text=text, start=start, end=start + len(text), place=where, **fields)  # type: ignore[arg-type]


def mention_in(text: str, name: str, where: Place | None = HAMA, **more: object) -> PlaceMention:
    """The mention of a name that a text holds once."""
    assert text.count(name) == 1, name
    return mention(name, text.index(name), where, **more)
