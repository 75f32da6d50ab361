"""The evidence for each place that each name of a document may mean, as numbers with names.

A document is resolved as a whole: every row of the matrix is one meaning of one name, or "none of these". The columns
of FEATURES that depend on the other names of the document are read off what those names probably mean, so they are
filled again after every round.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gazetteer.names import fold, skeleton
from gazetteer.places import Place

from .candidates import Option, kind_of, kinds_in
from .clues import Clues

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

KIND_FEATURES = ("country", "state", "county", "town", "region", "water", "terrain", "spot", "street")

LOCAL_FEATURES = (
    # how the name fits
    "alternate", "variant", "abbreviation", "fuzzy", "demonym", "metonym", "geocoded", "core", "short", "part",
    "spelled", "shouted", "cost",
    # how well known the place is
    "town_population", "area_population", "other_population", "population_known", "share", "rank", "first",
    "first_town", "first_area", "spellings", "most_spellings", "capital", "seat", "section", *KIND_FEATURES,
    # the words beside the name
    "word_fits", "word_differs", "said_fits", "said_differs", "inside_after", "outside_after", "inside_before",
    "outside_before", "inside_elsewhere", "outside_elsewhere", "beside_town",
    # the name's other meanings, and the text's idiom
    "town_of_area", "area_of_town", "overshadowed", "outranked", "dwarfed", "idiom", "foreign_idiom",
    # what else the other names may mean, however unlikely
    "may_30", "may_100", "may_hold",
    # none of these
    "none", "none_options", "none_words", "none_street", "none_spot", "none_names",
)  # fmt: skip
JOINT_FEATURES = (
    "country_named", "state_named", "county_named", "country_share", "state_share", "state_count",
    "near_30", "near_100", "near_400", "share_100", "share_400", "close_100", "close_country", "close_state",
    "holds", "holds_nothing", "siblings", "close_30", "head_country", "head_state", "head_near", "peer_kind",
    "sole_country", "foreign_small",
)  # fmt: skip
FEATURES = LOCAL_FEATURES + JOINT_FEATURES

_POPULATION = {"town": "town", "state": "area", "county": "area"}

METROPOLIS = 2_000_000
"""Inhabitants of a city whose name stands for it against all villages of that name, unless the text says otherwise."""

SUPPORTERS = 8
"""Meanings of each other name that count as support, the likeliest ones."""

MAX_GROUPS = 64
"""Names resolved together; longer documents are resolved in stretches of so many names."""

EARTH_KM = 6371.0


@dataclass(slots=True, kw_only=True)
class Group:
    """The mentions of one name in one sense, and the places it may mean.

    `spots` are the offsets of its mentions, in order. `asked` is false for a name that is context only.
    """

    key: str
    text: str
    options: tuple[Option, ...]
    clues: Clues
    elsewhere: tuple[Place, ...] = ()
    spots: list[int] = field(default_factory=list)
    asked: bool = True


def contains(area: Place, place: Place) -> bool:
    """Whether an area holds a place, by the divisions' names, or by distance where the area is no division."""
    if area.id == place.id:
        return False
    kind = kind_of(area)
    if kind == "country":
        return area.country == place.country and not place.is_country
    if kind in ("state", "county"):
        if area.country != place.country or _level(place) <= _level(area) or area.admin1 is None:
            return False
        if fold(area.admin1) != fold(place.admin1 or ""):
            return False
        return kind == "state" or (area.admin2 is not None and fold(area.admin2) == fold(place.admin2 or ""))
    reach = min(area.uncertainty_m / 1000, 1500) if kind != "town" else 30.0
    smaller = place.uncertainty_m < area.uncertainty_m or place.population < area.population
    return smaller and kilometres(area, place) <= reach


def _level(place: Place) -> int:
    return {"country": 0, "state": 1, "county": 2}.get(kind_of(place), 3)


def kilometres(a: Place, b: Place) -> float:
    """Great-circle distance on a sphere."""
    la, lb = math.radians(a.lat), math.radians(b.lat)
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def local_row(
    group: Group,
    option: Option,
    total: int,
    home: Mapping[str, float],
    shadow: Place | None = None,
    largest: int = 0,
    most: int = 0,
) -> dict[str, float]:
    """The features of one meaning that need no other name. `total` is the population of all meanings together,
    `most` the most names that one of them has, `home` the idiom of the text by country."""
    place, clues, kind = option.place, group.clues, kind_of(option.place)
    population = place.population
    row = {
        "share": population / total if total else 0.0,
        "rank": math.log1p(option.rank),
        f"{_POPULATION.get(kind, 'other')}_population": math.log10(population + 1) / 7,
        "population_known": float(population > 0),
        "spelled": float(option.spelled),
        "cost": option.cost,
        "spellings": math.log(option.spellings) / 4,
        "most_spellings": float(option.spellings == most),
        "shouted": float(group.text.isupper() and len(group.text) < 5 and option.kind == "alternate"),
        kind: 1.0,
    }
    if option.kind == "alternate" and skeleton(option.place.name) == skeleton(group.text):
        row["variant"] = 1.0
    elif option.kind != "name":
        row[option.kind] = 1.0
    if option.tier != "whole":
        row[option.tier] = 1.0
    elif option.rank == 0:
        row["first"] = 1.0
        if kind in _POPULATION:
            row[f"first_{_POPULATION[kind]}"] = 1.0
    if special := {"PPLC": "capital", "PPLA": "seat", "PPLX": "section"}.get(place.feature_code):
        row[special] = 1.0
    if place.country is not None and place.country in home:
        row["idiom"] = home[place.country]
    elif home:
        row["foreign_idiom"] = max(home.values())
    if clues.beside and kind == "town":
        row["beside_town"] = 1.0
    if _is_overshadowed(place, kind, shadow):
        row["outranked" if shadow is not None and shadow.country is None else "overshadowed"] = 1.0
    if 100 * population < largest and kind == "town":
        row["dwarfed"] = math.log10(largest / (population + 1000)) - 1
    if kind in ("town", "state", "county") and (pair := _namesake(group, place, kind)):
        row[pair] = 1.0
    if clues.kinds:
        row[f"{'said' if clues.said else 'word'}_{'fits' if kind in clues.kinds else 'differs'}"] = 1.0
    for where, areas in (("after", clues.after), ("before", clues.before), ("elsewhere", group.elsewhere)):
        if areas:
            inside = any(contains(area, place) for area in areas)
            row[f"{'inside' if inside else 'outside'}_{where}"] = 1.0
    return row


def _namesake(group: Group, place: Place, kind: str) -> str | None:
    """Whether a town lies in a division of its name, or a division holds a town of its name."""
    for option in group.options:
        other = option.place
        if kind == "town" and kind_of(other) in ("state", "county") and contains(other, place):
            return "town_of_area"
        if kind != "town" and kind_of(other) == "town" and contains(place, other):
            return "area_of_town"
    return None


_GREAT = ("country", "state", "region", "water", "terrain")


def _shadow(group: Group) -> Place | None:
    """The country, state, sea or region that bears the name as its own, if there is one."""
    great = (
        option.place
        for option in group.options
        if option.tier == "whole" and option.kind == "name" and option.spelled and kind_of(option.place) in _GREAT
    )
    return max(great, key=_renown, default=None)


def _renown(place: Place) -> tuple[bool, int, str]:
    """Order of namesakes: what belongs to no single country before all others, then by population."""
    return place.country is None, place.population, place.id


def _is_overshadowed(place: Place, kind: str, shadow: Place | None) -> bool:
    if shadow is None or shadow.id == place.id or kind == "country":
        return False
    if kind == "town" and place.population >= 300_000:
        return False
    return shadow.country is None or 10 * place.population < shadow.population


def none_row(group: Group, names: int) -> dict[str, float]:
    """The features of "none of these". `names` counts the document's names."""
    kinds = kinds_in(group.text)
    return {
        "none": 1.0,
        "none_options": math.log1p(len(group.options)),
        "none_words": float(" " in group.text),
        "none_street": float("street" in kinds),
        "none_spot": float(bool(kinds & {"spot", "body"})),
        "none_names": math.log1p(names),
    }


class Evidence:
    """The matrix of one document (or one stretch of it): rows are the meanings of its names, group after group, each
    group's "none of these" last; columns are FEATURES. `starts[g]:starts[g + 1]` are the rows of group g."""

    def __init__(self, groups: Sequence[Group], home: Mapping[str, float] | None = None) -> None:
        import numpy as np

        self.groups = groups
        self.rows: list[tuple[int, Option | None]] = []
        self.starts = [0]
        index = {name: column for column, name in enumerate(FEATURES)}
        cells: list[tuple[int, int, float]] = []
        for g, group in enumerate(groups):
            total = sum(option.place.population for option in group.options)
            shadow = _shadow(group)
            cities = [o.place.population for o in group.options if o.tier == "whole" and o.spelled]
            largest = max((p for p in cities if p >= METROPOLIS), default=0)
            most = max((o.spellings for o in group.options if o.tier == "whole" and o.spellings > 1), default=0)
            settled = [local_row(group, option, total, home or {}, shadow, largest, most) for option in group.options]
            _forgive(settled)
            for option, row in zip((*group.options, None), (*settled, none_row(group, len(groups))), strict=True):
                cells.extend((len(self.rows), index[name], value) for name, value in row.items())
                self.rows.append((g, option))
            self.starts.append(len(self.rows))
        self.matrix: Array = np.zeros((len(self.rows), len(FEATURES)))
        if cells:
            at, columns, values = zip(*cells, strict=True)
            self.matrix[list(at), list(columns)] = values
        self._arrange()

    def _arrange(self) -> None:
        """Number the divisions and points of all rows, so that whole columns are computed at once."""
        import numpy as np

        numbers: dict[object, int] = {}

        def number(*key: object) -> int:
            return -1 if None in key else numbers.setdefault(key, len(numbers))

        n = len(self.rows)
        self._group = np.array([g for g, _ in self.rows], dtype=np.intp)
        fixed = np.full((6, n), -2, dtype=np.intp)
        self._point = np.zeros((n, 3))
        for i, (_, option) in enumerate(self.rows):
            if option is None:
                continue
            place = option.place
            admin1 = fold(place.admin1) if place.admin1 else None
            level = _level(place)
            fixed[:, i] = (
                number(place.country),
                number(place.country, admin1) if level else -1,
                number(place.country, admin1, fold(place.admin2)) if level > 1 and place.admin2 else -1,
                level,
                number(kind_of(place)),
                0 if place.population >= 100_000 or level < 2 else 1,
            )
            lon, lat = math.radians(place.lon), math.radians(place.lat)
            self._point[i] = (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        self._country, self._state, self._county, self._level, self._kind, self._small = fixed
        self._parent = np.where(self._level == 1, self._country, np.where(self._level == 2, self._state, -1))
        names: dict[str, int] = {}
        self._name = np.array([names.setdefault(group.key, len(names)) for group in self.groups], dtype=np.intp)
        self._apart = _text_nearness([group.spots for group in self.groups])
        self._weight = np.array([math.log2(1 + len(group.spots)) for group in self.groups])
        self._pair()

    def _pair(self) -> None:
        """Fill the columns of what the other names may mean: each counts for less the more meanings it has."""
        import numpy as np

        if len(self.groups) < 2:
            return
        starts = np.array(self.starts[:-1], dtype=np.intp)
        every = np.arange(len(self.rows))
        other = self._name[self._group][:, None] != self._name[None, :]
        worth = other / np.log2(1.0 + np.diff(np.array(self.starts)))[None, :]
        point = self._point.astype(np.float32)
        cosine = point @ point.T
        cosine[:, self._level < 2] = -1.0
        small = self._level >= 2
        columns = {
            "may_30": cosine >= math.cos(30 / EARTH_KM),
            "may_100": cosine >= math.cos(100 / EARTH_KM),
            "may_hold": self._same(self._county, every) & (self._level[:, None] == 3) & (self._level == 2)[None, :],
        }
        for name, mask in columns.items():
            met = np.logical_or.reduceat(mask, starts, axis=1)
            self.matrix[:, FEATURES.index(name)] = np.log1p((met * worth).sum(axis=1)) * small

    def join(self, probability: Array) -> None:
        """Fill the columns that depend on the other names, given the probability of every row."""
        import numpy as np

        if not self.rows:
            return
        s = self._supporters(probability)
        mass = probability[s] * self._weight[self._group[s]]
        other = self._name[self._group][:, None] != self._name[self._group[s]][None, :]
        mass2 = np.where(other, mass[None, :], 0.0)
        near = self._apart[self._group][:, self._group[s]]
        cosine = self._point @ self._point[s].T
        total = np.maximum(mass2.sum(axis=1), 1e-9)
        country = self._same(self._country, s)
        state = self._same(self._state, s)
        county = self._same(self._county, s)
        finer = self._level[:, None] > self._level[s][None, :]
        by_area = ~(np.isin(self._level[s], (0, 1)))[None, :]  # points of large areas say nothing of distance
        first = self._first(s, mass2)

        def km(distance: float) -> NDArray[np.bool_]:
            return (cosine >= math.cos(distance / EARTH_KM)) & by_area

        def amount(mask: NDArray[np.bool_], weights: Array = mass2) -> Array:
            return np.asarray((mask * weights).sum(axis=1))

        close, n30, n100, n400 = mass2 * near, km(30), km(100), km(400)
        close_total = np.maximum(close.sum(axis=1), 0.3)
        in_country, in_state = amount(country), amount(state)
        holds = amount(((self._level[:, None] == 0) & country | (self._level[:, None] == 1) & state) & ~finer
                       & (self._level[s][None, :] > self._level[:, None]))  # fmt: skip
        share = in_country / total
        columns = {
            "country_named": np.log1p(amount(country & (self._level[s] == 0)[None, :] & finer)),
            "state_named": np.log1p(amount(state & (self._level[s] == 1)[None, :] & finer)),
            "county_named": np.log1p(amount(county & (self._level[s] == 2)[None, :] & finer)),
            "country_share": share,
            "state_share": in_state / total,
            "state_count": np.log1p(in_state),
            "near_30": np.log1p(amount(n30)),
            "near_100": np.log1p(amount(n100)),
            "near_400": np.log1p(amount(n400)),
            "share_100": amount(n100) / total,
            "share_400": amount(n400) / total,
            "close_100": amount(n100, close) / close_total,
            "close_country": amount(country, close) / close_total,
            "close_state": amount(state, close) / close_total,
            "holds": np.log1p(holds),
            "holds_nothing": (self._level < 2) * (holds < 0.2) * np.log1p(total),
            "close_30": amount(n30, close) / close_total,
            "siblings": np.log1p(amount(self._same(self._parent, s) & self._same(self._level, s))),
            "head_country": amount(country, first),
            "head_state": amount(state, first),
            "head_near": amount(n100, first),
            "peer_kind": amount(self._same(self._kind, s), close) / close_total,
            "sole_country": np.maximum(0.0, share - 0.5) * np.log1p(total),
            "foreign_small": np.where(self._small == 1, 1.0, 0.0) * (in_country < 0.1) * np.log1p(total),
        }
        real = (self._level >= 0).astype(float)
        for column, name in enumerate(JOINT_FEATURES, start=len(LOCAL_FEATURES)):
            self.matrix[:, column] = columns[name] * real

    def _supporters(self, probability: Array) -> NDArray[np.intp]:
        import numpy as np

        chosen: list[int] = []
        for start, stop in zip(self.starts, self.starts[1:], strict=False):
            rows = np.argsort(-probability[start : stop - 1], kind="stable")[:SUPPORTERS]
            chosen.extend(int(start + row) for row in sorted(rows))
        return np.array(chosen, dtype=np.intp)

    def _same(self, labels: NDArray[np.intp], s: NDArray[np.intp]) -> NDArray[np.bool_]:
        import numpy as np

        return np.asarray((labels[:, None] == labels[s][None, :]) & (labels >= 0)[:, None])

    def _first(self, s: NDArray[np.intp], mass: Array) -> Array:
        """The mass of the document's first two other names: its dateline and subject."""
        import numpy as np

        order = np.argsort([group.spots[0] if group.spots else 1 << 30 for group in self.groups], kind="stable")[:2]
        return np.where(np.isin(self._group[s], order)[None, :], mass, 0.0)


def _forgive(rows: list[dict[str, float]]) -> None:
    """Drop "outside" where no meaning is inside: then the words beside the name did not mean what holds it."""
    for where in ("after", "before", "elsewhere"):
        if not any(f"inside_{where}" in row for row in rows):
            for row in rows:
                row.pop(f"outside_{where}", None)


def _text_nearness(spots: Sequence[Sequence[int]]) -> Array:
    """exp(-d / 200) for the least distance d in characters between mentions of each two names."""
    import numpy as np

    n = len(spots)
    gap = np.full((n, n), np.inf)
    marks = sorted((at, g) for g, places in enumerate(spots) for at in places)
    for i, (at, g) in enumerate(marks):
        for later, h in marks[i + 1 : i + 12]:
            if later - at < gap[g, h]:
                gap[g, h] = gap[h, g] = later - at
    return np.asarray(np.exp(-gap / 200))
