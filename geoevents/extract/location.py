"""Where an event happened: which of a sentence's places belong to a trigger, if any.

A logistic model scores every pair of trigger and place from features of the parse that are plain words ("case=in",
"path=nmod.obl|"), and from the encoder's own score of the pair. Its weights are a data file that `training/location.py`
rebuilds from sentences coded by hand."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from geoevents.encoder import link_scores
from geoevents.reach import contains
from geoevents.records import PlaceMention

from . import syntax
from .attribution import SAYING
from .modality import is_denied

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Span, Token

THRESHOLD = 0.5
"""Least probability of a link; chosen with the weights (training/location.py prints the figures)."""

REACH = 400
"""Farthest that a place may stand from its trigger, in tokens: a bound on work, beyond any sentence."""

_NEAR = re.compile(r"(?: [\w-]{1,20}){0,2},? (?:near|outside) ")
_NEARBY = frozenset(
    "in at near around outside inside of from to into on over across through between against toward towards off by for "
    "with".split()
) | {f"{side} of" for side in ("north", "south", "east", "west")}
_LOCATIVE = frozenset("in at near around outside inside across off over through throughout on along".split())
_TOPICAL = frozenset({"on", "over"})
"""What words are about stands behind them: "sanctions on Russia", "talks over Sudan"."""


def link_places(
    trigger: Token, mentions: Sequence[PlaceMention], faint: float = THRESHOLD
) -> list[tuple[PlaceMention, float]]:
    """The places where the event of a trigger happened with the probability of each link, in text order.

    Of nested places the most specific stays: "in Hama, Syria" is Hama. Where no link reaches THRESHOLD, the likeliest
    stands from `faint` on."""
    spans = [(m, span) for m in mentions if (span := _span_of(trigger, m)) is not None and m.kind == "place"]
    spans = [
        (m, span)
        for m, span in spans
        if not (
            _acts(span) or _of_speaker(span) or _gapped(span, trigger) or _spared(span, trigger) or _is_origin(m, span)
        )
    ]
    if not spans:
        return []
    links = link_scores(trigger.doc, trigger.i, trigger.sent.start, trigger.sent.end)
    scored = [(m, _probability(trigger, span, [s for _, s in spans], links)) for m, span in spans]
    weighed = _own_clause(trigger, spans, _measured(trigger, spans, scored))
    likeliest = max(weighed, key=lambda pair: pair[1])
    chosen = _with_list(trigger.sent, weighed) or ([likeliest] if likeliest[1] >= faint else [])
    chosen = [pair for n, pair in enumerate(chosen) if not (n and _is_same_stretch(chosen[n - 1][0], pair[0]))]
    return [
        (m, p)
        for m, p in chosen
        if not any(contains(m, other) or _locates(m, other, trigger.doc.text) for other, _ in chosen if other is not m)
    ]


def _locates(place: PlaceMention, other: PlaceMention, text: str) -> bool:
    """Whether a place only says where the other lies: "Kutupalong refugee camp near Cox's Bazar"."""
    return other.end < place.start and _NEAR.fullmatch(text[other.end : place.start]) is not None


def _is_same_stretch(first: PlaceMention, second: PlaceMention) -> bool:
    """Whether two names bound one spot: "the road between Puturge and Malatya"."""
    return first.relation == second.relation == "between" and first.position == second.position


_DISTANCE = re.compile(
    r"(\S)\s(?:(?:about|some|roughly|around|nearly|almost|just) )?[\d.,]+ ?(?:km|kilomet\w+|mi|miles?)\b[^,;.]{0,30}$"
)


def _measured(
    trigger: Token, spans: list[tuple[PlaceMention, Span]], scored: list[tuple[PlaceMention, float]]
) -> list[tuple[PlaceMention, float]]:
    """The scores, raised where a distance is given, "a fire 20 km west of Caceres", in the trigger's own clause.

    After a comma it only says where the place before lies: "in Hama, 40 km north of Homs"."""
    home = trigger if trigger.pos_ in ("VERB", "AUX") else syntax.governing_verb(trigger)
    text, offset = trigger.sent.text, trigger.sent.start_char
    return [
        (m, max(p, 0.9))
        if m.relation
        and m.relation[0].isdigit()
        and syntax.governing_verb(span.root) == home
        and (distance := _DISTANCE.search(text[: m.start - offset]))
        and distance[1] != ","
        else (m, p)
        for (_, span), (m, p) in zip(spans, scored, strict=True)
    ]


_MOVING = frozenset(
    "flee evacuate leave withdraw expel deport pull rescue free release extradite repatriate return remove drive "
    "displace escape move bring take airlift".split()
)


def _is_origin(mention: PlaceMention, place: Span) -> bool:
    """Whether a country only says where people come from: "targeted soldiers from Ethiopia"."""
    before = place.doc[max(0, place.start - 2) : place.start]
    if mention.place is None or not mention.place.is_country or len(before) < 2 or before[1].lower_ != "from":
        return False
    verb = syntax.governing_verb(place.root)
    return before[0].tag_ == "NNS" and (verb is None or syntax.lemma(verb) not in _MOVING)


def _own_clause(
    trigger: Token, spans: list[tuple[PlaceMention, Span]], scored: list[tuple[PlaceMention, float]]
) -> list[tuple[PlaceMention, float]]:
    """The scores, with those of other clauses' places at zero where the trigger's own clause has a likely place."""
    home = trigger if trigger.pos_ in ("VERB", "AUX") else syntax.governing_verb(trigger)
    own = [syntax.governing_verb(span.root) == home for _, span in spans]
    if not any(mine and p >= THRESHOLD for mine, (_, p) in zip(own, scored, strict=True)):
        return scored
    return [(m, p if mine else 0.0) for mine, (m, p) in zip(own, scored, strict=True)]


_LIST = re.compile(
    r"(?: (?:town|village|city|district|area|neighbourhood|neighborhood|hills?))?"
    r"(?:,? (?:and|or|as well as)(?: (?:in|at|the)){0,2}|,(?: (?:in|at|the)){0,2}) ",
    re.IGNORECASE,
)


def _with_list(sentence: Span, scored: list[tuple[PlaceMention, float]]) -> list[tuple[PlaceMention, float]]:
    """The places above the threshold, and with a place the rest of its list: "Arza town as well as Bazam and Samsam".

    A place and its container ("Hama, Syria") are no list."""
    chosen = [p >= THRESHOLD for _, p in scored]
    text, offset = sentence.text, sentence.start_char  # a document's text is joined anew each time it is asked for
    for n in range(1, len(scored)):
        (before, p), (mention, q) = scored[n - 1], scored[n]
        between = text[before.end - offset : mention.start - offset]
        comma = between.strip() == ","
        if not _LIST.fullmatch(between) or contains(mention, before) or contains(before, mention):
            continue
        if comma and n + 1 == len(scored):  # a lone comma at the end of a list sets off a container or a new clause
            continue
        if chosen[n - 1] and not chosen[n]:
            chosen[n] = True
            scored[n] = mention, max(q, p * 0.9)
    return [pair for pair, taken in zip(scored, chosen, strict=True) if taken]


def stands_within(trigger: Token, mention: PlaceMention) -> bool:
    """Whether a place is the setting of a trigger's own clause ("in Geneva"), not one spoken to or of."""
    span = trigger.doc.char_span(mention.start, mention.end, alignment_mode="expand")
    if span is None or _case(_head(span)) not in _LOCATIVE - _TOPICAL:
        return False
    home = syntax.governing_verb(trigger)
    below = _head(span)
    for word in syntax.ancestors(below, 2 if trigger.pos_ in ("VERB", "AUX") else 5):
        if word == trigger:
            return below.dep_ not in ("nsubj:pass", "nsubjpass", "obj", "dobj")
        if word.pos_ in ("VERB", "AUX"):
            return word == home
        below = word
    return False


def place_there(trigger: Token, mentions: Sequence[PlaceMention]) -> PlaceMention | None:
    """The place that a trigger's own "there" stands for: the last one named before it."""
    there = next((c for c in trigger.children if c.lower_ == "there" and c.dep_ != "expl"), None)
    if there is None:
        return None
    before = [m for m in mentions if m.kind == "place" and m.position is not None and m.end <= there.idx]
    ashore = [m for m in before if m.place is None or m.place.feature_class != "H"]
    return (ashore or before)[-1] if before else None


_SEATS = frozenset("headquarters statement office base embassy spokesman spokeswoman spokesperson".split())
_HEARERS = frozenset("reporter journalist conference briefing".split())
_LOCALS = frozenset("resident villager witness local inhabitant survivor".split())
"""Speakers who tell of where they are: "villagers in Solhan said"."""


def _of_speaker(place: Span) -> bool:
    """Whether a place only says where a speaker sits or speaks: "the agency in Bonn said", "told reporters in Rome"."""
    before = {syntax.lemma(w) for w in place.doc[max(place.sent.start, place.start - 5) : place.start]}
    if before & SAYING and before & _HEARERS:
        return True
    verb = next((w for w in place.doc[place.end : place.sent.end] if w.pos_ in ("VERB", "AUX")), None)
    if verb is not None and syntax.lemma(verb) in SAYING and (who := _speaker(verb, place.start)) is not None:
        return syntax.lemma(who) not in _LOCALS  # "a nurse at the Maarouf hospital said", whatever "hospital" hangs on
    word = place.root
    for above in syntax.ancestors(place.root, 6):
        if syntax.lemma(above) in _SEATS:
            return True
        if word.dep_ == "nsubj" and syntax.lemma(above) in SAYING and syntax.lemma(word) not in _LOCALS:
            return True
        if above.pos_ in ("VERB", "AUX"):
            return False
        word = above
    return False


def _speaker(verb: Token, before: int) -> Token | None:
    """The subject of a verb of saying, where it stands before that word and no other verb between them."""
    who = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < before), None)
    if who is None or any(w.pos_ == "VERB" for w in verb.doc[who.i : before]):
        return None
    return who


def _gapped(place: Span, trigger: Token) -> bool:
    """Whether a place stands in a clause whose verb is left out: "ten died in Hama, and 30 in Homs"."""
    for word in [place.root, *syntax.ancestors(place.root)]:
        if word == trigger:
            return False
        if word.dep_ == "conj" and word.head.pos_ == "VERB":
            counted = word if word.pos_ == "NUM" or word.left_edge.i == 0 else word.left_edge.nbor(-1)
            return counted.pos_ == "NUM"
    return False


def _spared(place: Span, trigger: Token) -> bool:
    """Whether another verb than the trigger denies a place: "the outbreak has not reached Lilongwe"."""
    root = place.root
    return root.dep_ in ("obj", "dobj") and root.head != trigger and is_denied(root.head)


_SCENES = frozenset(
    "see witness experience suffer face endure host receive brace remain lie fall come be erupt flood overflow "
    "burst".split()
)
"""Verbs whose subject may be where things happen: "Hama saw heavy fighting"."""


def _acts(place: Span) -> bool:
    """Whether a place stands for its government or people: the subject of a verb that a place cannot do."""
    root = place.root
    return root.dep_ == "nsubj" and root.head.pos_ == "VERB" and syntax.lemma(root.head) not in _SCENES


def _span_of(trigger: Token, mention: PlaceMention) -> Span | None:
    sentence = trigger.sent
    if mention.start < sentence.start_char or mention.end > sentence.end_char:
        return None
    span = trigger.doc.char_span(mention.start, mention.end, alignment_mode="expand")
    return span if span is not None and abs(span.start - trigger.i) <= REACH else None


def _probability(trigger: Token, place: Span, rivals: list[Span], links: NDArray[np.float32] | None) -> float:
    """`links` are the encoder's scores of the words of the trigger's sentence; None where another pipeline read it."""
    weights, mix = _weights()
    score = sum(weights.get(name, 0.0) for name in features(trigger, place, rivals))
    if links is not None:
        first = trigger.sent.start
        # Of words without a capital the links have learned that they are no places; a correction may say that they are.
        named = any(word.text[:1].isupper() for word in place)
        score = mix.odds(score, float(links[place.start - first : place.end - first].mean()) if named else 0.0)
    probability = 1 / (1 + math.exp(-score))
    root = _head(place)
    if trigger.pos_ not in ("NOUN", "PROPN"):
        stage = root.dep_ == "nsubj" and root.head == trigger  # "Hama saw ...", "Fuego erupted"; see _acts
        return max(probability, 0.8) if stage else probability
    if root.head == trigger and (_case(root) in _LOCATIVE or root.dep_ == "compound"):
        return max(probability, 0.9)
    if _nested(root, trigger):
        return max(probability, 0.8)
    verb = syntax.governing_verb(trigger)
    if verb is not None:
        verbal = sum(weights.get(name, 0.0) for name in features(verb, place, rivals))
        probability = max(probability, 1 / (1 + math.exp(-verbal)))
    return probability


def _nested(word: Token, trigger: Token) -> bool:
    """Whether only places within places lie between: "an explosion at a terminal in the port of Rotterdam"."""
    for _ in range(4):
        if not word.dep_.startswith("nmod") or _case(word) not in (*_LOCATIVE, "of"):
            return False
        word = word.head
        if word == trigger:
            return True
    return False


def features(trigger: Token, place: Span, rivals: Sequence[Span]) -> list[str]:
    """The features of a pair, as names; each counts 1. `rivals` are all places of the sentence, this one among them."""
    root = _head(place)
    doc = trigger.doc
    up, down, words = _path(root, trigger)
    case = _case(root)
    outer = words[-1] if words else root
    outer_case = _case(outer)
    verb = syntax.lemma(trigger)
    before = doc[place.start - 1].lower_ if place.start else "^"
    after = doc[place.end].lower_ if place.end < len(doc) else "$"
    gap = place.start - trigger.i
    between = doc[min(place.end, trigger.i + 1) : max(place.start, trigger.i)]
    verbs_between = sum(w.pos_ == "VERB" for w in between)
    rank = sorted(rivals, key=lambda s: (abs(s.start - trigger.i), s.start)).index(place)
    names = [
        "bias",
        f"path={up}|{down}",
        f"up={up}",
        f"down={down}",
        f"length={min(8, up.count('.') + down.count('.') + 2)}",
        f"case={case}",
        f"outer={outer_case}",
        f"case={case}&outer={outer_case}",
        f"verb={verb}",
        f"verb={verb}&outer={outer_case}",
        f"before={before}",
        f"after={after}",
        f"side={gap > 0}&gap={_bucket(abs(gap))}",
        f"side={gap > 0}&outer={outer_case}",
        f"verbs={min(4, verbs_between)}",
        f"rank={min(3, rank)}&of={min(4, len(rivals))}",
        f"rivals={min(4, len(rivals))}",
        f"comma={sum(w.text == ',' for w in between) > 0}&verbs={min(2, verbs_between)}",
        f"quote={any(w.is_quote for w in between)}",
        f"above={syntax.lemma(root.head)}" if root.head != root else "above=^",
        f"dep={root.dep_}",
        f"tense={trigger.tag_}&dep={trigger.dep_}",
    ]
    names += [f"saying={any(w.lemma_.lower() in SAYING and w != trigger for w in words)}"]
    if any(s.start - place.end in (1, 2) and doc[place.end].text == "," for s in rivals):
        names.append("followed by its container")
    if any(place.start - s.end in (1, 2) and doc[s.end].text == "," for s in rivals):
        names.append("container of the place before")
    if after in ("'s", "’s"):
        names.append(f"possessive&above={syntax.lemma(root.head)}")
    return names


_CLASS_WORDS = frozenset(
    "state province governorate region district county city town village island camp airport oblast department "
    "municipality neighbourhood neighborhood suburb area countryside prefecture parish valley crossing temple terminal "
    "base hospital market bridge square port barracks road border mosque church prison station refinery plant dam "
    "checkpoint stadium forest river mountains hills".split()
)


def _head(place: Span) -> Token:
    """The word that ties a place to its sentence: its own root, or the class word behind it ("Kaduna state")."""
    root = place.root
    joined = root.dep_ in ("compound", "nmod", "flat") and root.head.i == place.end
    return root.head if joined and root.head.lower_ in _CLASS_WORDS else root


def _case(word: Token) -> str:
    cases = [c.lower_ for c in word.children if c.dep_ == "case" and c.i < word.i]
    if not cases and word.dep_ == "pobj":
        return str(word.head.lower_)
    return " ".join(cases) or "-"


def _bucket(gap: int) -> int:
    return next((edge for edge in (1, 2, 3, 5, 8, 12, 20, 35) if gap <= edge), 99)


def _path(root: Token, trigger: Token) -> tuple[str, str, list[Token]]:
    """The labels from a place up to the lowest common word, those from there down to the trigger, and the nominals
    and verbs passed on the way up (the place itself left out)."""
    above = {word.i: n for n, word in enumerate([trigger, *syntax.ancestors(trigger, 30)])}
    labels, words, word = [], [], root
    while word.i not in above and word.head != word:
        labels.append(word.dep_)
        word = word.head
        if word.i not in above:
            words.append(word)
    depth = above.get(word.i, 9)
    down = [w.dep_ for w in [trigger, *syntax.ancestors(trigger, 30)][:depth]]
    return ".".join(labels[:5]), ".".join(down[:4]), words


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How the parse's log odds of a link and the encoder's go together."""

    parse: float
    link: float
    bias: float

    def odds(self, parse: float, link: float) -> float:
        """The log odds of both."""
        return self.parse * parse + self.link * link + self.bias


@cache
def _weights() -> tuple[dict[str, float], Mix]:
    data = json.loads((resources.files("geoevents") / "data" / "location.json").read_text(encoding="utf-8"))
    return data["weights"], Mix(**data["mix"])


def earlier_place(trigger: Token, mentions: Sequence[PlaceMention]) -> PlaceMention | None:
    """The place that "the area", "the city" or "there" in a trigger's clause stands for: the last one named before.

    `mentions` reach back as far as such words may point."""
    pointer = _pointer(trigger)
    if pointer is None:
        return None
    before = [m for m in mentions if m.kind == "place" and m.position is not None and m.end <= trigger.sent.start_char]
    capital = pointer == "capital"
    fitting = [m for m in before if not capital or (m.place is not None and m.place.feature_code == "PPLC")]
    local = [m for m in fitting if m.place is None or not m.place.is_country]
    return local[-1] if local else None


_ANAPHORS = frozenset(
    "area capital city town village region province district countryside site scene neighbourhood neighborhood suburb "
    "settlement outskirt".split()
)


def _pointer(trigger: Token) -> str | None:
    """The lemma of the word in a trigger's clause that stands for a place named before."""
    home = trigger if trigger.pos_ in ("VERB", "AUX") else syntax.governing_verb(trigger)
    for word in trigger.sent:
        if word.lower_ in ("there", "nearby") and word.dep_ != "expl" and syntax.governing_verb(word) == home:
            return word.lower_
        if syntax.lemma(word) in _ANAPHORS and any(c.lower_ in ("the", "that", "this", "these") for c in word.children):
            named = any(w.pos_ == "PROPN" for w in word.subtree)
            if not named and _case(word) in _NEARBY and syntax.governing_verb(word) == home:
                return syntax.lemma(word)
    return None
