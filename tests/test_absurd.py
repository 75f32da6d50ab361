"""Famous names and traps, each alone in a sentence: a name stands where a careful reader puts it, or nowhere.

tests/absurd.txt says what is right, and marks with `known` what the program does not do yet; such a line fails here
as soon as it comes right, so that its mark is taken away. Nothing is trained on the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from geopy.distance import great_circle

from gazetteer.places import Place
from geoevents.pipeline import Pipeline
from geoevents.records import PlaceMention

ABSURD = Path(__file__).with_name("absurd.txt")
_WHERE = re.compile(r"(?P<country>[A-Z]{2}|-) (?P<kind>\w+) (?P<lat>[-\d.]+),(?P<lon>[-\d.]+) (?P<km>\d+)")

# A city is as well given by the district or commune of its name, but not by a state.
KINDS: dict[str, Callable[[Place], bool]] = {
    "country": lambda place: place.is_country,
    "adm1": lambda place: place.feature_code == "ADM1",
    "admin": lambda place: place.feature_class == "A" and not place.is_country,
    "city": lambda place: place.feature_class == "P" or place.feature_code in ("ADM2", "ADM3", "ADM4"),
    "water": lambda place: place.feature_class == "H",
    "land": lambda place: place.feature_class == "T",
    "region": lambda place: place.feature_class in "AL" and not place.is_country,
    "any": lambda _: True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A name in a sentence and what is right for it.

    `kind` None is "nothing may be drawn", `country` None any country; `point` (lat, lon) is None for a whole country.
    """

    name: str
    sentence: str
    kind: str | None = None
    country: str | None = None
    point: tuple[float, float] | None = None
    within_km: float = 0.0
    known: str | None = None


def read_case(line: str) -> Case:
    """Reads `right | name | sentence [| known = why]`; ValueError where a part is malformed."""
    right, name, sentence, *marks = (part.strip() for part in line.split(" | "))
    known = marks[0].removeprefix("known = ") if marks else None
    if name.casefold() not in sentence.casefold() or len(marks) > 1:
        raise ValueError(f"not a name in its sentence: {line!r}")
    if right == "none":
        return Case(name=name, sentence=sentence, known=known)
    if re.fullmatch("[A-Z]{2}", right):
        return Case(name=name, sentence=sentence, kind="country", country=right, known=known)
    where = _WHERE.fullmatch(right)
    if where is None or where["kind"] not in KINDS:
        raise ValueError(f"not a place: {right!r}")
    return Case(
        name=name,
        sentence=sentence,
        kind=where["kind"],
        country=None if where["country"] == "-" else where["country"],
        point=(float(where["lat"]), float(where["lon"])),
        within_km=float(where["km"]),
        known=known,
    )


def read_cases() -> list[Case]:
    """The cases of tests/absurd.txt; blank lines and lines that start with "#" are passed over."""
    lines = ABSURD.read_text(encoding="utf-8").splitlines()
    return [read_case(line) for line in lines if line and not line.startswith("#")]


def fault(case: Case, mentions: tuple[PlaceMention, ...]) -> str | None:
    """What is wrong with a sentence's places, None if all is right: the first mention within the name decides."""
    start = case.sentence.casefold().index(case.name.casefold())
    within = [found for found in mentions if found.start < start + len(case.name) and found.end > start]
    if case.kind is None:
        drawn = [found for found in within if found.kind == "place" and found.position is not None]
        return f"drawn: {drawn[0].text!r} at {drawn[0].place or drawn[0].position}" if drawn else None
    if not within:
        return "no place found"
    place = min(within, key=lambda found: found.start).place
    if place is None:
        return "a name without a place"
    if case.country not in (None, place.country):
        return f"in {place.country}: {place}"
    if not KINDS[case.kind](place):
        return f"not {case.kind}: {place}"
    away = great_circle(case.point, (place.lat, place.lon)).km if case.point else 0.0
    return f"{away:.0f} km away: {place}" if away > case.within_km else None


def parameters() -> Sequence[object]:
    """Each case under an id that a person can pick ("Georgia-2-US"), expected to fail if it is marked."""
    seen: Counter[str] = Counter()
    found: list[object] = []
    for case in read_cases():
        seen[case.name] += 1
        label = "nowhere" if case.kind is None else f"{case.country or ''}{case.kind}"
        marks = [pytest.mark.xfail(reason=case.known, strict=True)] if case.known else []
        found.append(pytest.param(case, id=f"{case.name}-{seen[case.name]}-{label}".replace(" ", "_"), marks=marks))
    return found


@pytest.mark.parametrize("case", parameters())
def test_a_famous_name_stands_where_a_reader_puts_it(pipeline: Pipeline, case: Case) -> None:
    problem = fault(case, pipeline(case.sentence).places)
    assert problem is None, problem


def test_the_list_is_long_enough_and_has_both_kinds() -> None:
    cases = read_cases()
    assert len(cases) >= 220
    assert len({case.sentence for case in cases}) == len(cases)
    assert sum(case.kind is None for case in cases) >= 40
