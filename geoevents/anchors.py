"""Where to draw a name that no gazetteer knows: at the place the words around it lead to, with a radius to match."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gazetteer.places import LonLat, Place

from .evidence import kilometres
from .relations import COUNTRYSIDE_M, NEAR_M, SUBURB_M

SENTENCE_M = 30_000
"""Added radius of a name that merely shares a sentence with its anchor: wire copy names neighbours."""
TEXT_M = 50_000
"""Added radius of a name anchored at the place that the sentences before, or the text, are about."""
LARGEST_M = 250_000
"""A place of a larger radius (a country, a sea) is no anchor: the answer would say nothing."""
SENTENCES_BACK = 3
HOME_KM = 300
"""How far what a text is about reaches; about the size of a large province."""
CONFIDENCE = {"beside": 0.75, "pointed at": 0.7, "sentence": 0.6, "before": 0.6, "text": 0.55}
"""How often the name lay within 161 km of its anchor, rounded: 11 of 14, (too few to tell), 17 of 29, 16 of 27 and
23 of 41 (train split of bench/places, spans given)."""

_SENTENCE_END = re.compile(r"[.!?][\"'”’)]{0,2}\s+(?=[\"'“‘(]?[A-Z0-9])|\n")
_LINK = re.compile(
    r"(?P<how>,|\(|,? (?:a|an|the|its)? ?(?:[a-z-]{2,14} ){0,3}(?:in|of|near|outside|from|at|around|close to))"
    r" ?(?:the |central |northern |southern |eastern |western |downtown )?(?:[a-z-]{2,14} (?:of )?){0,3}"
    r"(?:[A-Z][a-z]{2,12} )?"
)
_ANAPHOR = re.compile(
    r"\b(?:the|that|this) (?P<what>city|town|province|governorate|district|county|region|area|capital|village|state)"
    r"(?P<own>['’]s)?(?: (?:northern|southern|eastern|western|central|rural|nearby|outer) |\s)?"
    r"(?P<area>suburbs?|countryside|outskirts|vicinity)?"
)
_FITS = {"city": "P", "town": "P", "village": "P", "capital": "P", "area": "PA", "region": "A", "province": "A",
         "governorate": "A", "district": "AP", "county": "A", "state": "A"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A mention that is located: its span, its place, and whether it is a name of a place (not of a body)."""

    start: int
    end: int
    place: Place
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where an unknown name is drawn: at `place`, within `uncertainty_m`, for `reason`, and how surely."""

    place: Place
    uncertainty_m: int
    reason: str
    confidence: float

    @property
    def position(self) -> LonLat:
        return self.place.position


class Anchors:
    """Finds anchors among the located mentions of one document."""

    def __init__(self, text: str, located: Sequence[Located], sentence_starts: Sequence[int] = ()) -> None:
        self.text = text
        self.located = [m for m in located if m.place.uncertainty_m <= LARGEST_M]
        self.starts = sorted(
            {0, *sentence_starts} if sentence_starts else {0, *(m.end() for m in _SENTENCE_END.finditer(text))}
        )
        self._sentence = [bisect_right(self.starts, m.start) for m in self.located]
        self._subject = self._most_named()

    def find(self, start: int, end: int) -> Anchor | None:
        """The anchor of the name at `start:end`: the place named beside it, the one a phrase like "the city's suburbs"
        points back to, the nearest in its sentence, in the sentences before, or the one the text is about."""
        sentence = bisect_right(self.starts, start)
        return (
            self._beside(end)
            or self._pointed_at(end, sentence)
            or self._nearest(start, sentence)
            or self._before(start, sentence)
            or self._about()
        )

    def _beside(self, end: int) -> Anchor | None:
        """ "Arza, Hama" and "Arza, a village near Hama"."""
        for other in self.located:
            if end < other.start <= end + 60 and (link := _LINK.fullmatch(self.text, end, other.start)):
                how = link["how"].split(" ")[-1].strip(",(") or "in"
                reach = COUNTRYSIDE_M if how in ("near", "outside", "around", "to") else 1000
                return _anchor("beside", other.place, reach, f"named as {how} {other.place.name}")
        return None

    def _pointed_at(self, end: int, sentence: int) -> Anchor | None:
        stop = self.starts[sentence] if sentence < len(self.starts) else len(self.text)
        found = _ANAPHOR.search(self.text, end, min(stop, end + 200))
        if not found or not (found["area"] or found["what"] != "state"):
            return None
        for i in range(len(self.located) - 1, -1, -1):
            other = self.located[i]
            near = other.start < end and sentence - self._sentence[i] <= 2 * SENTENCES_BACK
            if near and other.sure and other.place.feature_class in _FITS[found["what"]]:
                reach = (
                    SUBURB_M
                    if found["area"] and found["area"] != "countryside"
                    else COUNTRYSIDE_M
                    if found["area"]
                    else NEAR_M
                )
                what = f"the {found['what']}'s {found['area']}" if found["area"] else f"the {found['what']}"
                return _anchor("pointed at", other.place, reach, f"in {what}, which is {other.place.name}")
        return None

    def _nearest(self, start: int, sentence: int) -> Anchor | None:
        here = [o for o, s in zip(self.located, self._sentence, strict=True) if s == sentence]
        if not here:
            return None
        other = min(here, key=lambda o: (not o.sure, not self._is_home(o.place), abs(o.start - start), o.start))
        return _anchor("sentence", other.place, SENTENCE_M, f"in a sentence with {other.place.name}")

    def _before(self, start: int, sentence: int) -> Anchor | None:
        for other, s in zip(reversed(self.located), reversed(self._sentence), strict=True):
            if other.start < start and sentence - s <= SENTENCES_BACK and other.sure and self._is_home(other.place):
                return _anchor("before", other.place, TEXT_M, f"named shortly after {other.place.name}")
        return None

    def _about(self) -> Anchor | None:
        if self._subject is None:
            return None
        return _anchor("text", self._subject, TEXT_M, f"in a text about {self._subject.name}")

    def _is_home(self, place: Place) -> bool:
        """Whether a place lies where the text is about; a capital that only speaks does not."""
        return self._subject is None or kilometres(place, self._subject) <= HOME_KM

    def _most_named(self) -> Place | None:
        """The place that most located mentions name or lie about, if that is most of them."""
        if not self.located:
            return None
        places = {other.place.id: other.place for other in self.located}
        counts = Counter(other.place.id for other in self.located)
        some = sorted(places, key=lambda i: (-counts[i], i))[:20]
        near = {i: sum(n for j, n in counts.items() if kilometres(places[i], places[j]) <= 100) for i in some}
        best = max(some, key=lambda i: (near[i], places[i].feature_class == "P", counts[i], i))
        return places[best] if 2 * near[best] > len(self.located) else None


def _anchor(how: str, place: Place, reach: float, reason: str) -> Anchor:
    return Anchor(
        place=place, uncertainty_m=round(place.uncertainty_m + reach), reason=reason, confidence=CONFIDENCE[how]
    )
