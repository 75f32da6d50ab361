"""Events as they are compared: words as stems, places as points with a radius, days as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .records import COUNTS, Document, Event, PlaceMention

FAMILIES = {
    **dict.fromkeys(("ASSAULT", "COERCE"), "violence"),
    **dict.fromkeys(("EQ", "TS", "VO"), "ground"),
    **dict.fromkeys(("FL", "LS", "AV", "TC", "ST", "TO"), "weather"),
    **dict.fromkeys(("FR", "WF", "AC"), "fire"),
}
"""Types that one event may be told as; every other type is a family of its own."""

BURNING = frozenset({"explosives", "suicide-attack", "destroy"})
"""Modes of an assault that another report may tell as a fire or an accident, before it is known who did it."""

SIDES = {
    **dict.fromkeys("army armie soldi troop force units gover".split(), "state"),
    **dict.fromkeys("polic offic secur gendar guard".split(), "police"),
    **dict.fromkeys("rebel insur gunme gunma fight attac assai raide bandi jihad guerr".split(), "band"),
    **dict.fromkeys("warpl jets plane aircr drone helic bombe".split(), "air"),
    **dict.fromkeys("prote demon march crowd stude worke resid villa women farme thous hundr peopl".split(), "crowd"),
}
"""Stem of a word for an actor -> the side it stands for: outlets call the same men troops or soldiers."""

MEMORY = 10
"""Days before a publication in which what it tells without a date has most likely happened."""

SURE = 0.7
"""Confidence from which a place is taken for the right one: two such places out of each other's reach are two."""

FINE_KM = 60.0
"""Radius up to which a place is a spot: a town, a district; not a province."""

DOCUMENT_WORDS = 400
"""Words of a document that are compared: news stands at its head."""

DOCUMENT_PLACES = 6
"""Places of a document at which an event that names none may have happened: the first told, spots before areas."""

STEM, NAME_STEM = 5, 6
"""Letters of a word, and of a name, that are compared."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d,.]*\d|\d")
_NAME = re.compile(r"(?<![.!?\"'“”\n] )(?<!^)\b[A-Z][^\W\d_]{2,}")
_DULL = frozenset(
    "the and for with that this from have has had was were are been being which who whom whose their there they them "
    "his her its our your into over under after before about said says say will would could should than then when "
    "where while what also not but all any some one two three more most other another such only very just near told "
    "news agency reports report reported according people officials official authorities government spokesman "
    "spokesperson statement monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december yesterday today week month year early late morning night "
    "evening afternoon least because during between out off down".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place with its radius. `key` is the same for the same place; `sure` whether it is believed, `known` whether a
    gazetteer has it; `text` is its name as written, in small letters."""

    lon: float
    lat: float
    radius_km: float
    key: str
    country: str | None
    sure: bool
    known: bool
    text: str

    @property
    def is_fine(self) -> bool:
        """Whether it is a spot and no area."""
        return self.radius_km <= FINE_KM


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a document says beside one event: its words, the names among them, and where it plays."""

    document_id: str
    words: frozenset[str]
    names: frozenset[str]
    spots: tuple[Spot, ...]
    fine: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """An event, at one place or several. `days` are ordinals, first and last; `window` those in which it happened,
    from the publication where no day is told. `spots` are its own, or, unless `own`, its document's; `called` are the
    names of its own places, found in the gazetteer or not. `sides` says what its actors are, army or rebels or crowd.
    `rivals` counts the events of its type in its document, itself among them."""

    event_type: str
    mode: str | None
    modality: str
    asserted: bool
    families: tuple[str, ...]
    spots: tuple[Spot, ...]
    own: bool
    days: tuple[int, int] | None
    exact: bool
    window: tuple[int, int] | None
    figures: tuple[tuple[int, int] | None, ...]
    actors: frozenset[str]
    sides: frozenset[str]
    trigger: str
    words: frozenset[str]
    named: frozenset[str]
    called: frozenset[str]
    setting: Setting
    rivals: int

    @property
    def is_hazard(self) -> bool:
        """Whether nature or chance did it: tolls rise for weeks, and it strikes many places."""
        return len(self.event_type) == 2

    @property
    def known(self) -> bool:
        """Whether a gazetteer has all places it names."""
        return self.own and all(spot.known for spot in self.spots) and len(self.spots) >= len(self.called)

    @property
    def bare(self) -> bool:
        """Whether it names no place, day or figure of its own: it mostly points to what was told before."""
        return not self.called and self.days is None and not any(self.figures)

    def is_near(self, other: Sketch) -> bool:
        """Whether a place of another event's own lies within reach of one of its own."""
        if not (self.own and other.own):
            return False
        pairs = ((s, t) for s in self.spots for t in other.spots)
        return any(s.key == t.key or distance_km(s, t) <= s.radius_km + t.radius_km for s, t in pairs)


def make_setting(document: Document, places: Iterable[PlaceMention]) -> Setting:
    """The setting of a document's events."""
    spots: dict[str, Spot] = {}
    for mention in places:
        spot = make_spot(mention) if mention.kind == "place" else None
        if spot is not None:
            spots.setdefault(spot.key, spot)
    chosen = sorted(spots.values(), key=lambda spot: not spot.is_fine)[:DOCUMENT_PLACES]
    head = " ".join(f"{document.title or ''}. {document.text}".split()[:DOCUMENT_WORDS])
    return Setting(
        document_id=document.id,
        words=stems(head),
        names=names(head),
        spots=tuple(chosen),
        fine=frozenset(spot.key for spot in chosen if spot.is_fine),
    )


def make_spot(mention: PlaceMention | None) -> Spot | None:
    """Where a mention is drawn, or None."""
    if mention is None or mention.position is None:
        return None
    place = mention.place or mention.anchor
    point = mention.position
    return Spot(
        lon=point.lon,
        lat=point.lat,
        radius_km=(mention.uncertainty_m or 0) / 1000,
        key=mention.place.id if mention.place and not mention.relation else f"{point.lon:.3f} {point.lat:.3f}",
        country=place.country if place else None,
        sure=mention.confidence >= SURE,
        known=mention.place is not None,
        text=mention.text.casefold(),
    )


def make_sketch(parts: Sequence[Event], setting: Setting, rivals: int) -> Sketch:
    """The sketch of one event, given once for each of its places."""
    event = parts[0]
    spots = tuple(spot for part in parts if (spot := make_spot(part.place)) is not None)
    days = window = None
    if event.date_start is not None and event.date_end is not None:
        days = window = event.date_start.toordinal(), event.date_end.toordinal()
    elif event.published is not None:
        window = event.published.toordinal() - MEMORY, event.published.toordinal()
    family = FAMILIES.get(event.event_type, event.event_type)
    actors = stems(" ".join((*event.actors, *event.recipients)))
    return Sketch(
        event_type=event.event_type,
        mode=event.event_mode,
        modality="asserted" if event.modality == "historical" else event.modality,
        asserted=event.modality == "asserted",
        families=(family, "fire") if event.event_mode in BURNING else (family,),
        spots=spots or setting.spots,
        own=bool(spots),
        days=days,
        exact=days is not None and days[1] - days[0] <= 1 and event.time_precision == 1,
        window=window,
        figures=tuple(_range(event, count) for count in COUNTS),
        actors=actors,
        sides=frozenset(SIDES[stem] for stem in actors if stem in SIDES),
        trigger=event.trigger.casefold()[:STEM],
        words=stems(" ".join(dict.fromkeys(report.sentence for report in event.reports)) or event.sentence),
        named=frozenset(w.casefold()[:NAME_STEM] for spot in spots for w in spot.text.split() if len(w) > 2),
        called=frozenset(part.place.text.casefold() for part in parts if part.place is not None),
        setting=setting,
        rivals=rivals,
    )


def stems(text: str) -> frozenset[str]:
    """The content words of a text, by their first letters, and its numbers."""
    words = _WORD.findall(text.casefold())
    return frozenset([word[:STEM] for word in words if (len(word) > 2 or word.isdigit()) and word not in _DULL])


def names(text: str) -> frozenset[str]:
    """The words of a text with a capital that do not begin a sentence, as stems."""
    return frozenset(n.casefold()[:NAME_STEM] for n in _NAME.findall(text) if n.casefold() not in _DULL)


def distance_km(a: Spot, b: Spot) -> float:
    """Great circle on a sphere, within half a percent."""
    x = math.radians(min(abs(a.lon - b.lon), 360 - abs(a.lon - b.lon)))
    y, z = math.radians(a.lat), math.radians(b.lat)
    h = math.sin((y - z) / 2) ** 2 + math.cos(y) * math.cos(z) * math.sin(x / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def _range(event: Event, count: str) -> tuple[int, int] | None:
    known = [n for n in (getattr(event, f"{count}_{bound}") for bound in ("low", "best", "high")) if n is not None]
    return (min(known), max(known)) if known else None
