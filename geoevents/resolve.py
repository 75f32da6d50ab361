"""Mentions to places: a document is resolved as a whole; unknown names are anchored, never dropped, never invented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gazetteer.errors import GeocoderError
from gazetteer.places import Place
from gazetteer.store import Gazetteer

from .anchors import Anchors, Located
from .candidates import DIRECTION, Candidates, Option, kinds_in
from .countries import find_country
from .evidence import MAX_GROUPS, Evidence, Group
from .homes import home_groups
from .idioms import find_home
from .mentions import find_names, names_from_spans
from .preferences import add_hint, prefer_own, tell_hint
from .ranker import Ranker, Weights, load_weights
from .records import Candidate, Document, PlaceMention
from .relations import Relation, apply_relation, find_relation
from .senses import group_mentions
from .spans import Name
from .verdicts import Verdict, home_country, judge

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from gazetteer.geocoder import Geocoder

    from .ranker import Array

MAX_ASKED = 10
"""Unknown names of one document that the geocoder is asked for; its own budget bounds a run."""

PART_M = 10_000
"""Added radius of a name that contains a place's name: a body or a building somewhere in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The names of a document weighed: `names` in order of start, the `verdicts` on each name's group `group_of`, and
    for each group the evidence, the probability of its rows, and which group of that evidence it is."""

    names: tuple[Name, ...]
    group_of: tuple[int, ...]
    verdicts: tuple[Verdict, ...]
    evidence: tuple[tuple[Evidence, Array, int], ...]


class Resolver:
    """Places the names of documents. Keeps a cache of look-ups; safe to share between threads.

    `geocoder` is asked for names the gazetteer lacks, and for nothing else. `countries`, ISO 3166-1 alpha-2 codes, are
    what the texts are about: a strong hint, no filter. Raises ModelError where the weights are missing.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        geocoder: Geocoder | None = None,
        weights: Weights | None = None,
        countries: Sequence[str] = (),
    ) -> None:
        self.candidates = Candidates(gazetteer)
        self.geocoder = geocoder
        self.ranker = Ranker(weights or load_weights())
        self.countries = tuple(find_country(code) for code in countries)

    def resolve(self, doc: Doc, names: Sequence[Name], document: Document | None = None) -> tuple[PlaceMention, ...]:
        """One mention for each name, in order of start. `document` says where the text was published, if known."""
        return self._resolve(doc, sorted(names, key=lambda name: (name.start, name.end)), (), document)

    def resolve_spans(
        self,
        doc: Doc,
        spans: Iterable[tuple[int, int]],
        document: Document | None = None,
        put_right: Callable[[Name], Name | None] = lambda name: name,
    ) -> tuple[PlaceMention, ...]:
        """One mention for each given span, in the order given; other names found in `doc` are context.

        `put_right` gives a name the place that a correction says, None where it says there is none: a span that was
        asked for is placed all the same."""
        asked = [put_right(name) or name for name in names_from_spans(doc, spans, self.candidates.matches)]
        names = sorted(set(asked), key=lambda name: (name.start, name.end))
        context = [
            name
            for found in find_names(doc, self.candidates.matches)
            if (name := put_right(found))
            and not any(name.start < other.end and other.start < name.end for other in asked)
        ]
        found = {(m.start, m.end): m for m in self._resolve(doc, names, context, document)}
        return tuple(found[name.start, name.end] for name in asked)

    def _resolve(
        self, doc: Doc, names: Sequence[Name], context: Sequence[Name], document: Document | None
    ) -> tuple[PlaceMention, ...]:
        return find_places(doc, self.weigh(doc, names, context, document))

    def weigh(
        self, doc: Doc, names: Sequence[Name], context: Sequence[Name] = (), document: Document | None = None
    ) -> Weighed:
        """What speaks for each meaning of `names` and `context`; the geocoder is not asked for the latter."""
        groups, group_of = group_mentions(doc.text, names, self.candidates, context)
        told = home_groups(self.countries, document.source if document else None, self.candidates)
        home = add_hint(find_home(doc.text, document), self.countries)
        verdicts, evidence = self._judge(groups, told, home)
        if self.geocoder is not None and self._ask(self.geocoder, groups, verdicts):
            verdicts, evidence = self._judge(groups, told, home)
        every = sorted(zip((*names, *context), group_of, strict=True), key=lambda pair: (pair[0].start, pair[0].end))
        return Weighed(
            names=tuple(name for name, _ in every),
            group_of=tuple(g for _, g in every),
            verdicts=tuple(verdicts),
            evidence=tuple(evidence),
        )

    def _judge(
        self, groups: Sequence[Group], told: Sequence[Group], home: Mapping[str, float]
    ) -> tuple[list[Verdict], list[tuple[Evidence, Array, int]]]:
        evidence = list(self._rank(groups, told, home))
        verdicts = []
        for (matrix, probability, g), group in zip(evidence, groups, strict=True):
            verdict = judge(matrix, probability, g, self.ranker.weights)
            verdicts.append(prefer_own(tell_hint(verdict, self.countries), group))
        return verdicts, evidence

    def _rank(
        self, groups: Sequence[Group], told: Sequence[Group], home: Mapping[str, float]
    ) -> Iterator[tuple[Evidence, Array, int]]:
        """Evidence and probabilities for each of the groups, each stretch of them beside what was told beforehand."""
        told = told[: MAX_GROUPS // 2]
        width = MAX_GROUPS - len(told)
        for first in range(0, len(groups), width):
            for evidence, probability in self.ranker.rank([*told, *groups[first : first + width]], home):
                for g in range(len(told), len(evidence.groups)):
                    yield evidence, probability, g

    def _ask(self, geocoder: Geocoder, groups: Sequence[Group], verdicts: Sequence[Verdict]) -> bool:
        """Ask the geocoder for the names without an answer; whether it knew any."""
        country = home_country(verdicts)
        known = False
        unknown = [g for g, v in zip(groups, verdicts, strict=True) if v.place is None and g.asked and _askable(g.text)]
        for group in unknown[:MAX_ASKED]:
            try:
                places = geocoder.geocode(group.text, country=country)
            except GeocoderError:
                break
            options = tuple(Option(place=place, kind="geocoded", rank=rank) for rank, place in enumerate(places))
            group.options = tuple(o for o in group.options if o.tier != "part") + options
            known = known or bool(options)
        return known


def _askable(text: str) -> bool:
    return len(text) >= 4 and text[0].isupper() and "street" not in kinds_in(text)


def find_places(doc: Doc, weighed: Weighed) -> tuple[PlaceMention, ...]:
    """One mention for each name that was weighed, in order of start."""
    text, names = doc.text, weighed.names
    verdicts = [
        weighed.verdicts[g] if name.place is None else _given(name, name.place)
        for name, g in zip(names, weighed.group_of, strict=True)
    ]
    located = [
        Located(start=name.start, end=name.end, place=verdict.place, sure=name.kind == "place")
        for name, verdict in zip(names, verdicts, strict=True)
        if verdict.place is not None and name.kind != "demonym"
    ]
    anchors = Anchors(text, located, [s.start_char for s in doc.sents] if doc.has_annotation("SENT_START") else ())
    spans = [(name.start, name.end) for name in names]
    mentions = []
    for i, (name, verdict) in enumerate(zip(names, verdicts, strict=True)):
        if verdict.place is None:
            mentions.append(_unknown(name, verdict, anchors))
            continue
        relation = _relation(text, spans, i, verdict) if name.kind == "place" else None
        other = verdicts[relation.other].place if relation and relation.other is not None else None
        mentions.append(_known(name, verdict, verdict.place, relation, other))
    return tuple(mentions)


def _given(name: Name, place: Place) -> Verdict:
    """What a user says is not weighed."""
    told = Candidate(place=place, score=1.0, confidence=1.0, reasons=(f"corrected by {name.corrected}",))
    return Verdict(place=place, confidence=1.0, candidates=(told,))


def _relation(text: str, spans: Sequence[tuple[int, int]], i: int, verdict: Verdict) -> Relation | None:
    start, end = spans[i]
    if verdict.tier == "core" and (direction := DIRECTION.match(text, start, end)):  # "southern California"
        return find_relation(text, [*spans[:i], (direction.end(), end), *spans[i + 1 :]], i)
    return find_relation(text, spans, i)


def _known(name: Name, verdict: Verdict, place: Place, relation: Relation | None, other: Place | None) -> PlaceMention:
    position, uncertainty = place.position, place.uncertainty_m
    if relation is not None:
        position, uncertainty = apply_relation(relation, place, other)
    return PlaceMention(
        text=name.text,
        start=name.start,
        end=name.end,
        kind=name.kind,
        place=place,
        position=position,
        uncertainty_m=max(1, uncertainty),
        confidence=verdict.confidence,
        none_confidence=verdict.none_confidence,
        candidates=verdict.candidates,
        relation=relation.words if relation else None,
        reason="; ".join(verdict.candidates[0].reasons) or None,
        corrected=name.corrected,
    )


def _unknown(name: Name, verdict: Verdict, anchors: Anchors) -> PlaceMention:
    """A name that no gazetteer knows; its confidence is that of being drawn rightly."""
    place, uncertainty, confidence = verdict.part, None, verdict.confidence
    reason = "no gazetteer knows this name, and nothing in the text says where it is"
    if place is not None:
        uncertainty, reason = place.uncertainty_m + PART_M, f"the name contains {place.name}"
    elif anchor := anchors.find(name.start, name.end):
        place, uncertainty, confidence = anchor.place, anchor.uncertainty_m, anchor.confidence
        reason = f"not in the gazetteer; {anchor.reason}"
    return PlaceMention(
        text=name.text,
        start=name.start,
        end=name.end,
        kind=name.kind,
        position=place.position if place else None,
        uncertainty_m=uncertainty,
        confidence=confidence if place else 0.0,
        none_confidence=verdict.none_confidence,
        candidates=verdict.candidates,
        anchor=place,
        reason=reason,
    )
