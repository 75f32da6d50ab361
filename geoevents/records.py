"""The frozen records that pass between modules: what was read, which places and which events were found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from gazetteer.places import LonLat, Place

from .errors import GeoeventsError

MODALITIES = ("asserted", "historical", "future", "hypothetical", "negated")
"""PLOVER's auxiliary modes, and "asserted" for an event told as a fact of the day."""

ACTIONS = ("place", "no_place", "no_event")
"""What a correction may say: which place a name means, that it is none, that a word tells of no event."""

BOUNDS = ("low", "best", "high")
"""Of a count: the least and the most it can be, and the figure given."""

COUNTS = ("fatalities", "injured", "missing", "displaced", "arrested")
"""What an event counts; each has a low, a best and a high figure."""


def stable_id(*parts: object) -> str:
    """Sixteen hexadecimal digits that depend on `parts` alone, the same in every run and on every machine."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _check_span(what: str, text: str, start: int, end: int) -> None:
    if start < 0 or end - start != len(text):
        raise ValueError(f"{what} span {start}:{end} does not fit {text!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to read. `id` defaults to a digest of the text; `published` anchors relative dates."""

    text: str
    id: str = ""
    title: str | None = None
    source: str | None = None
    url: str | None = None
    published: date | None = None

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", stable_id(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place a name may mean. `score` orders candidates within one mention; `confidence` is a probability;
    `reasons` say why in words a reader understands ("named with its state Texas")."""

    place: Place
    score: float
    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A place name as written. Offsets count characters of the document; `end` is exclusive.

    `kind` is "place", "demonym" ("Syrian") or "organisation" (a place inside an organisation's name, or an
    institution that stands for one: "the Kremlin"); only "place" is where something happens without further reason.
    `place` is the gazetteer's record of the name, None if unknown. `position` is where it is drawn, with the radius
    `uncertainty_m` in metres: the place's point, moved by `relation` ("10 km north of"), or the anchor's when the
    name is unknown. `confidence` is the probability that `place` is right, or, where it is
    None, that the name is drawn where it belongs; `none_confidence` the probability that the name means none of the
    `candidates`. `reason` says why it is there in words; `corrected` where the
    correction is written that says so, None without one.
    """

    text: str
    start: int
    end: int
    kind: str = "place"
    place: Place | None = None
    position: LonLat | None = None
    uncertainty_m: int | None = None
    confidence: float = 0.0
    none_confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    relation: str | None = None
    anchor: Place | None = None
    reason: str | None = None
    corrected: str | None = None

    def __post_init__(self) -> None:
        _check_span("place", self.text, self.start, self.end)
        if self.kind not in ("place", "demonym", "organisation"):
            raise ValueError(f"{self.text!r}: unknown kind of mention {self.kind!r}")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"{self.text!r}: confidence {self.confidence} is not in 0 to 1")
        if (self.position is None) != (self.uncertainty_m is None):
            raise ValueError(f"{self.text!r}: a position needs an uncertainty and the other way round")
        if self.uncertainty_m is not None and self.uncertainty_m <= 0:
            raise ValueError(f"{self.text!r}: uncertainty_m must be positive, not {self.uncertainty_m}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a user put right: `action` is "place" (the name means this place), "no_place" or "no_event".

    With offsets it holds for that span of the document `document_id`, whose words must be `text`; without, for all
    names (or triggers) of that text, in one document, or in all where `document_id` is None. "place" takes a
    `place_id` of the gazetteer or a `position`. `origin` is where it is written: "corrections.csv row 3".
    """

    action: str
    text: str
    document_id: str | None = None
    start: int | None = None
    end: int | None = None
    place_id: str | None = None
    position: LonLat | None = None
    origin: str = ""

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"action {self.action[:40]!r} is none of {', '.join(ACTIONS)}")
        if not self.text.strip() or len(self.text) > 1000:
            raise ValueError("text must be the words as they stand in the document, at most 1,000 characters")
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end go together: fill in both, or neither")
        if self.start is not None and self.end is not None:
            if not 0 <= self.start < self.end:
                raise ValueError(f"{self.start} to {self.end} is no span: characters count from 0, end is the next one")
            if self.document_id is None:
                raise ValueError("start and end are those of one document: give its document_id, or leave them out")
        if self.action != "place":
            if self.place_id is not None or self.position is not None:
                raise ValueError(f"{self.action} takes no place_id, lon or lat")
        elif (self.place_id is None) == (self.position is None):
            raise ValueError("the action place takes either a place_id, or lon and lat")
        elif self.position is not None and self.position.lon == self.position.lat == 0:
            raise ValueError("lon 0, lat 0 stands for no place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """A document that has a report in the same words: one more source, but no further witness."""

    document_id: str
    document_title: str | None = None
    source: str | None = None
    url: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A figure of a disputed count and who gives it: `said_by` in the order of the reports, `published` the latest."""

    count: str
    low: int | None
    best: int | None
    high: int | None
    said_by: tuple[str, ...]
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """One telling of an event: the document, its sentence as evidence, and the figures it gives.

    `figures` maps a count ("fatalities") to its (low, best, high). `reprints` are other documents with the same words.
    """

    document_id: str
    document_title: str | None
    source: str | None
    url: str | None
    published: date | None
    sentence: str
    sentence_start: int
    sentence_end: int
    attribution: str | None = None
    figures: tuple[tuple[str, tuple[int | None, int | None, int | None]], ...] = ()
    reprints: tuple[Reprint, ...] = ()

    @property
    def teller(self) -> str:
        """Who says so, for a reader: "officials (Meridian Newswire)"."""
        outlet = self.source or self.document_title or self.document_id
        return f"{self.attribution} ({outlet})" if self.attribution else outlet

    def __post_init__(self) -> None:
        _check_span("sentence", self.sentence, self.sentence_start, self.sentence_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did what to whom, where and when, how many were hurt, who says so, and the words that prove it.

    Attributes are the GeoJSON properties of docs/DESIGN; those about the place are derived from `place`.
    `event_type` is a PLOVER 2021 code, or a GLIDE code for hazards. Counts are None where nothing is said.
    An event at several places is several Events that share `event_group`.
    `type_confidence` is the probability that the trigger tells of an event of this type, `link_confidence` that it
    happened at `place` (whatever that is, which place_confidence is about), `event_confidence` that both hold.
    """

    id: str
    event_type: str
    event_mode: str | None = None
    contexts: tuple[str, ...] = ()
    acled_event_type: str | None = None
    acled_sub_event_type: str | None = None
    event_group: str
    modality: str = "asserted"
    trigger: str
    trigger_start: int
    trigger_end: int
    sentence: str
    sentence_start: int
    sentence_end: int
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    fatalities_low: int | None = None
    fatalities_best: int | None = None
    fatalities_high: int | None = None
    injured_low: int | None = None
    injured_best: int | None = None
    injured_high: int | None = None
    missing_low: int | None = None
    missing_best: int | None = None
    missing_high: int | None = None
    displaced_low: int | None = None
    displaced_best: int | None = None
    displaced_high: int | None = None
    arrested_low: int | None = None
    arrested_best: int | None = None
    arrested_high: int | None = None
    attribution: str | None = None
    date_start: date | None = None
    date_end: date | None = None
    date_text: str | None = None
    time_precision: int | None = None
    place: PlaceMention | None = None
    type_confidence: float = 0.5
    link_confidence: float | None = None
    event_confidence: float = 0.5
    document_id: str
    document_title: str | None = None
    source: str | None = None
    url: str | None = None
    published: date | None = None
    reports: tuple[EventReport, ...] = ()

    def __post_init__(self) -> None:
        _check_span("trigger", self.trigger, self.trigger_start, self.trigger_end)
        _check_span("sentence", self.sentence, self.sentence_start, self.sentence_end)
        if self.modality not in MODALITIES:
            raise ValueError(f"{self.trigger!r}: unknown modality {self.modality!r}")
        for name in ("type_confidence", "link_confidence", "event_confidence"):
            if (value := getattr(self, name)) is not None and not 0 <= value <= 1:
                raise ValueError(f"{self.trigger!r}: {name} {value} is not in 0 to 1")
        for count in COUNTS:
            figures = [getattr(self, f"{count}_{bound}") for bound in ("low", "best", "high")]
            known = [n for n in figures if n is not None]
            if known != sorted(known) or any(n < 0 for n in known):
                raise ValueError(f"{self.trigger!r}: {count} {figures} are not in order")

    @property
    def place_name(self) -> str | None:
        """The gazetteer's name, or the name as written where no gazetteer knows it."""
        if self.place is None:
            return None
        return self.place.place.name if self.place.place else self.place.text

    @property
    def place_text(self) -> str | None:
        """The name as written."""
        return self.place.text if self.place else None

    @property
    def place_start(self) -> int | None:
        """Where the name begins in the document."""
        return self.place.start if self.place else None

    @property
    def place_end(self) -> int | None:
        """Where the name ends in the document, exclusive."""
        return self.place.end if self.place else None

    @property
    def place_relation(self) -> str | None:
        """How the event lies to the named place: "12 km north-east of"; None if at it."""
        return self.place.relation if self.place else None

    @property
    def _known(self) -> Place | None:
        return self.place.place if self.place else None

    @property
    def place_id(self) -> str | None:
        """The gazetteer's id of the place."""
        return self._known.id if self._known else None

    @property
    def feature_code(self) -> str | None:
        """The place's GeoNames feature code."""
        return self._known.feature_code if self._known else None

    @property
    def country_code(self) -> str | None:
        """ISO 3166-1 alpha-2, of the place or of the anchor that locates it."""
        place = self._known or (self.place.anchor if self.place else None)
        return place.country if place else None

    @property
    def admin1(self) -> str | None:
        """Name of the first-level division, of the place or of the anchor that locates it."""
        place = self._known or (self.place.anchor if self.place else None)
        return place.admin1 if place else None

    @property
    def geo_precision(self) -> int | None:
        """ACLED: 1 the named town or spot, 2 near it or a small area coded to a point, 3 a larger region."""
        prec = self.where_prec
        return None if prec is None else 1 if prec == 1 else 2 if prec <= 3 else 3

    @property
    def where_prec(self) -> int | None:
        """UCDP GED: 1 exact, 2 within about 25 km of a known point, 3 ADM2, 4 ADM1, 5 linear or fuzzy, 6 country,
        7 international water or airspace."""
        if self.place is None or self.place.position is None:
            return None
        place = self.place.place
        if place is None or self.place.relation:
            around = self.place.uncertainty_m or 0
            return 2 if around <= 30_000 else 4 if around <= 150_000 else 5
        if place.is_country or place.feature_code == "CONT":
            return 6
        if place.feature_code.startswith("ADM1"):
            return 4
        if place.feature_code.startswith("ADM"):
            return 3
        if place.feature_class == "H" and place.feature_code in ("SEA", "OCN", "GULF", "STRT"):
            return 7
        if place.feature_class in "PS" or place.uncertainty_m <= 5_000:
            return 1
        return 2 if place.uncertainty_m <= 25_000 else 5

    @property
    def coordinate_uncertainty_m(self) -> int | None:
        """Darwin Core's coordinateUncertaintyInMeters."""
        return self.place.uncertainty_m if self.place else None

    @property
    def place_confidence(self) -> float | None:
        """Probability that the place is right."""
        return self.place.confidence if self.place else None

    @property
    def corrected(self) -> str | None:
        """Where the correction is written that gave the place."""
        return self.place.corrected if self.place else None

    @property
    def disagreements(self) -> tuple[Claim, ...]:
        """Counts of which its reports give several figures: one claim a figure, the lowest first; () if none."""
        claims: list[Claim] = []
        for count in COUNTS:
            told: dict[tuple[int | None, int | None, int | None], list[EventReport]] = {}
            for report in self.reports:
                if (bounds := dict(report.figures).get(count)) is not None:
                    told.setdefault(bounds, []).append(report)
            if len({best if best is not None else (low, high) for low, best, high in told}) < 2:
                continue
            for bounds in sorted(told, key=lambda b: [-1 if n is None else n for n in (b[1], b[0], b[2])]):
                low, best, high = bounds
                days = [report.published for report in told[bounds] if report.published]
                claims.append(
                    Claim(
                        count=count,
                        low=low,
                        best=best,
                        high=high,
                        said_by=tuple(dict.fromkeys(report.teller for report in told[bounds])),
                        published=max(days, default=None),
                    )
                )
        return tuple(claims)

    @property
    def place_alternatives(self) -> tuple[Candidate, ...]:
        """Up to five further candidates, best first."""
        if self.place is None:
            return ()
        return tuple(c for c in self.place.candidates if c.place.id != self.place_id)[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found in one document. `error` is None, or what went wrong, and then nothing was found.

    `notes` are remarks for the reader: a limit that was hit, a language that is not supported. `corrections` are those
    that found something to put right, `stale` those whose offsets hold another text, which were not applied."""

    document: Document
    places: tuple[PlaceMention, ...] = ()
    events: tuple[Event, ...] = ()
    error: GeoeventsError | None = None
    notes: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    stale: tuple[Correction, ...] = ()
