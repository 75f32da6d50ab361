"""How events look and what they are called: the one source of the page's colours, symbols and legend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

OKABE_ITO = {
    "orange": "#E69F00",
    "sky blue": "#56B4E9",
    "bluish green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "reddish purple": "#CC79A7",
    "grey": "#999999",
}
"""Okabe and Ito's colours for every kind of colour vision (https://jfly.uni-koeln.de/color/), grey for their black,
which would vanish on a dark map. Colour alone is not enough, so each group has a shape and an outline too."""


def _polar(turn: float, radius: float) -> tuple[float, float]:
    """A corner at a share of a turn from the top, clockwise."""
    return round(math.sin(turn * math.tau) * radius, 3), round(-math.cos(turn * math.tau) * radius, 3)


_ARM = 0.36
SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    "triangle": ((0, -1), (1, 0.78), (-1, 0.78)),
    "diamond": ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    "circle": (),
    "wedge": ((-1, -0.78), (1, -0.78), (0, 1)),
    "star": tuple(_polar(corner / 10, 0.52 if corner % 2 else 1.2) for corner in range(10)),
    "hexagon": tuple(_polar((corner + 0.5) / 6, 1) for corner in range(6)),
    "cross": (
        (-_ARM, -1), (_ARM, -1), (_ARM, -_ARM), (1, -_ARM), (1, _ARM), (_ARM, _ARM),
        (_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM), (-1, -_ARM), (-_ARM, -_ARM),
    ),
}  # fmt: skip
"""Corners of the shapes in a circle of radius 1, x to the right and y down; a circle has none."""

OFF_CENTRE = {"triangle": 0.14, "wedge": -0.14}
"""How far below its middle a shape's centre of mass is: there is the window of a hollow symbol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Types of event that share a symbol. `colour` is "#RRGGBB", `shape` one of SHAPES."""

    id: str
    label: str
    colour: str
    shape: str

    def __post_init__(self) -> None:
        if self.shape not in SHAPES or self.colour not in OKABE_ITO.values():
            raise ValueError(f"group {self.id!r}: unknown shape {self.shape!r} or colour {self.colour!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What an event type, or a type with its mode, is called in a headline, and the id of its group."""

    label: str
    group: str


GROUPS = (
    Group(id="fighting", label="Fighting, attacks", colour=OKABE_ITO["vermillion"], shape="square"),
    Group(id="strikes", label="Explosions, strikes", colour=OKABE_ITO["orange"], shape="triangle"),
    Group(id="coercion", label="Coercion, threats", colour=OKABE_ITO["reddish purple"], shape="diamond"),
    Group(id="protest", label="Protests, riots", colour=OKABE_ITO["blue"], shape="circle"),
    Group(id="politics", label="Talks, aid", colour=OKABE_ITO["bluish green"], shape="wedge"),
    Group(id="hazard", label="Natural hazards", colour=OKABE_ITO["sky blue"], shape="star"),
    Group(id="health", label="Disease, accidents", colour=OKABE_ITO["yellow"], shape="hexagon"),
    Group(id="other", label="Other events", colour=OKABE_ITO["grey"], shape="cross"),
)
"""At most eight, or readers stop telling them apart. The last takes every type we have no word for."""


def _kinds(group: str, **labels: str) -> dict[str, Kind]:
    return {code: Kind(label=label, group=group) for code, label in labels.items()}


TYPES: dict[str, Kind] = {
    **_kinds("fighting", ASSAULT="Fighting or attack"),
    **_kinds("coercion", COERCE="Coercion", THREATEN="Threat", SANCTION="Sanction", MOBILIZE="Mobilisation"),
    **_kinds("protest", PROTEST="Protest"),
    **_kinds(
        "politics",
        AGREE="Agreement", CONSULT="Talks", SUPPORT="Support", CONCEDE="Concession", COOPERATE="Cooperation",
        AID="Aid", RETREAT="Withdrawal", REQUEST="Request", ACCUSE="Accusation", REJECT="Rejection",
    ),
    **_kinds(
        "hazard",
        EQ="Earthquake", FL="Flood", FF="Flash flood", TC="Tropical cyclone", EC="Extratropical cyclone",
        ST="Severe storm", TO="Tornado", VW="Violent wind", SS="Storm surge", TS="Tsunami", WV="Wave or surge",
        WF="Wildfire", DR="Drought", HT="Heat wave", CW="Cold wave", ET="Extreme temperature", LS="Landslide",
        MS="Mudslide", SL="Slide", AV="Avalanche", VO="Volcanic eruption", IN="Insect infestation",
    ),
    **_kinds("health", EP="Epidemic", AC="Accident", FR="Fire", CE="Complex emergency", FA="Famine"),
    **_kinds("other", OT="Other hazard"),
}  # fmt: skip
"""PLOVER 2021 event types and GLIDE hazard codes (https://glidenumber.net) in words."""

MODES: dict[tuple[str, str], Kind] = {
    ("ASSAULT", mode): Kind(label=label, group="fighting")
    for mode, label in {
        "abduct": "Abduction", "beat": "Beating", "torture": "Torture", "execute": "Killing",
        "sexual": "Sexual violence", "assassinate": "Assassination", "destroy": "Destruction",
        "primitive": "Armed attack", "firearms": "Shooting", "crowd-control": "Force against a crowd",
        "cleansing": "Ethnic cleansing", "massacre": "Massacre", "unconventional": "Unconventional attack",
    }.items()
} | {
    ("ASSAULT", mode): Kind(label=label, group="strikes")
    for mode, label in {
        "explosives": "Explosion", "suicide-attack": "Suicide attack", "aerial": "Air strike",
        "drone": "Drone strike", "heavy-weapons": "Shelling",
    }.items()
} | {
    ("PROTEST", mode): Kind(label=label, group="protest")
    for mode, label in {
        "demo": "Demonstration", "riot": "Riot", "strike": "Strike", "hunger": "Hunger strike",
        "boycott": "Boycott", "obstruct": "Blockade",
    }.items()
} | {
    (event_type, mode): Kind(label=label, group=TYPES[event_type].group)
    for event_type, modes in {
        "CONSULT": {"visit": "Visit", "third-party": "Mediation", "multilateral": "Multilateral talks",
                    "phone": "Phone call"},
        "RETREAT": {"withdraw": "Withdrawal", "release": "Release", "return": "Return", "disarm": "Disarmament",
                    "ceasefire": "Ceasefire", "access": "Access allowed", "resign": "Resignation"},
        "REQUEST": {"assist": "Request for help", "change": "Call for change", "meet": "Request to meet"},
        "ACCUSE": {"disapprove": "Criticism", "investigate": "Investigation", "allege": "Allegation"},
        "THREATEN": {"violence": "Threat of violence", "arrest": "Threat of arrest", "expel": "Threat of expulsion"},
        "SANCTION": {"convict": "Conviction", "expel": "Expulsion", "withdraw": "Withdrawal from talks",
                     "discontinue": "Suspension"},
        "MOBILIZE": {"troops": "Troops mobilised", "weapons": "Weapons deployed", "police": "Police deployed",
                     "militia": "Militia mobilised"},
        "COERCE": {"seize": "Seizure", "restrict": "Restriction", "ban": "Ban", "censor": "Censorship",
                   "curfew": "Curfew", "arrest": "Arrest", "deport": "Deportation", "withhold": "Withholding",
                   "misinformation": "Disinformation", "cyber": "Cyberattack"},
    }.items()
    for mode, label in modes.items()
}  # fmt: skip
"""PLOVER modes that deserve a headline of their own; any other falls back to its type's."""


ACLED: dict[str, Kind] = {"Armed clash": Kind(label="Armed clash", group="fighting")}
"""ACLED sub-event types that say it better than PLOVER's mode, which has one word for a gun battle and a murder."""


def legend() -> dict[str, Any]:
    """The page's JSON: groups; rows [type, label, group], [type, mode, label, group] and [ACLED, label, group]."""
    return {
        "groups": [
            {
                "id": group.id,
                "label": group.label,
                "colour": group.colour,
                "corners": SHAPES[group.shape],
                "window": OFF_CENTRE.get(group.shape, 0),
            }
            for group in GROUPS
        ],
        "types": [[code, kind.label, kind.group] for code, kind in TYPES.items()],
        "modes": [[code, mode, kind.label, kind.group] for (code, mode), kind in MODES.items()],
        "acled": [[name, kind.label, kind.group] for name, kind in ACLED.items()],
    }
