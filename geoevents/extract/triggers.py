"""Words that tell of an event: the ontology's rules applied to a parsed sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoevents.ontology import Condition, Ontology, Rule

from . import syntax
from .casualties import PEOPLE
from .quantities import ANIMALS, MEASURES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Span, Token

_PRONOUNS = frozenset({"they", "he", "she", "it", "we", "i"})
_PERSONAL = frozenset({"army", "police", "protester", "president", "worker", "bus", "officer"})
"""A pronoun may stand for what a condition wants if one of these is among it."""

_PARTICLES = frozenset({"off", "up", "out", "down"})
"""Right behind a verb, what a parse has for their noun may be the verb's object: "killed off hopes"."""

_ASPECT = frozenset({"begin", "start", "continue", "resume"})
PHRASE_REACH = 5
"""How many words behind a verb the rest of its phrase may stand ("shot three men dead")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A word of the text and the rule it fulfils. `first` and `last` are token numbers, both inclusive.

    `word` is the token that the encoder reads the event off, `confidence` the probability that it tells of one of
    this type; `chances` keeps, by role, how likely each word of the sentence fills it, once that was asked."""

    token: Token
    first: int
    last: int
    rule: Rule
    word: int = -1
    confidence: float = 0.5
    chances: dict[str, NDArray[np.float32]] = field(default_factory=dict, compare=False, repr=False)


def find_triggers(
    sentence: Span, ontology: Ontology, places: frozenset[int], passed: frozenset[int]
) -> Iterator[Trigger]:
    """The triggers of a sentence in text order, one at most for each word.

    `places` are the token numbers of place names, which answer for the marker @place; the tokens in `passed` (names,
    dates: "March 3") tell of nothing."""
    taken = -1
    for token in sentence:
        if token.i <= taken or token.i in passed or token.ent_type_ in ("PERSON", "NORP") or _half_a_word(token):
            continue
        found = _match(token, ontology, places)
        if found is not None:
            taken = found.last
            yield found


def _half_a_word(token: Token) -> bool:
    """Whether a verb is part of a hyphenated adjective: "foreign-backed", "so-called"."""
    doc = token.doc
    glued_before = token.i > 1 and doc[token.i - 1].text in "-–" and not doc[token.i - 2].whitespace_
    glued_after = token.i + 1 < len(doc) and doc[token.i + 1].text in "-–" and not token.whitespace_
    return token.pos_ in ("VERB", "ADJ") and (glued_before or glued_after)


def _modifies(token: Token) -> bool:
    """Whether a noun only says what kind another noun is: "riot police", "patrol vessel"."""
    return token.dep_ == "compound" and token.head.i > token.i and token.head.pos_ == "NOUN"


def _match(token: Token, ontology: Ontology, places: frozenset[int]) -> Trigger | None:
    best: tuple[tuple[int, int, int], Trigger] | None = None
    word = syntax.lemma(token)
    noun_like = token.dep_ in ("aux", "cop", "aux:pass", "compound") or any(c.dep_ == "det" for c in token.children)
    noun_like = noun_like or token.tag_ in ("NN", "NNS")
    noun_like = noun_like or (token.dep_ == "amod" and token.head.i > token.i)  # "the besieged town"
    if token.pos_ in ("VERB", "AUX", "ADJ") and not noun_like:
        entries = [(phrase, rule, "verb") for phrase, rule in ontology.verbs.get(word, ())]
    else:
        entries = []
    if token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ", "X") and token.ent_type_ != "ORG" and not _modifies(token):
        name = token.lower_ if token.pos_ == "VERB" else word  # a gerund the tagger took for a verb: "the bombing of"
        entries += [(phrase, rule, "noun") for phrase, rule in ontology.nouns.get(name, ())]
    for phrase, rule, part in entries:
        span = _phrase_span(token, phrase, part)
        if span is None:
            continue
        head = token if part == "verb" else token.doc[span[0] : span[1] + 1].root  # of "state of emergency", "state"
        satisfied = _conditions(head, rule, part, places)
        if satisfied is None:
            continue
        rank = (len(phrase), satisfied, -rule.order)
        if best is None or rank > best[0]:
            best = rank, Trigger(token=head, first=span[0], last=span[1], rule=rule)
    return best[1] if best else None


def find_barred(sentence: Span, ontology: Ontology, places: frozenset[int]) -> frozenset[int]:
    """The words that rules know and that all of them refuse here for a word they bar: "the Cowboys' attack"."""
    return frozenset(token.i for token in sentence if _is_barred(token, ontology, places))


def _is_barred(token: Token, ontology: Ontology, places: frozenset[int]) -> bool:
    word, part = syntax.lemma(token), "verb" if token.pos_ == "VERB" else "noun"
    known = (ontology.verbs if part == "verb" else ontology.nouns).get(word, ())
    rules = [rule for phrase, rule in known if len(phrase) == 1]
    if not rules or any(_conditions(token, rule, part, places) is not None for rule in rules):
        return False
    return any(_bars(token, rule, part, places) for rule in rules)


def _bars(token: Token, rule: Rule, part: str, places: frozenset[int]) -> bool:
    said = (
        (rule.subject, _actors(token, part)),
        (rule.object, _acted_on(token, rule, part)),
        (rule.sentence, list(token.sent)),
    )
    return any(condition.barred & describe(w, places) for condition, words in said for w in words)


def _phrase_span(token: Token, phrase: tuple[str, ...], part: str) -> tuple[int, int] | None:
    """First and last token of a phrase that ends in a noun or begins with a verb, or None if it is not there."""
    doc = token.doc
    if part == "noun":
        first = token.i - len(phrase) + 1
        if first < token.sent.start:
            return None
        if all(w in (syntax.lemma(doc[i]), doc[i].lower_) for i, w in enumerate(phrase[:-1], start=first)):
            return first, token.i
        return None
    at = token.i
    for word in phrase[1:]:
        reach = range(at + 1, min(at + 1 + PHRASE_REACH, token.sent.end))
        place = next((i for i in reach if word in (doc[i].lower_, syntax.lemma(doc[i]))), None)
        if place is None:
            return None
        at = place
    return token.i, at if at == token.i + len(phrase) - 1 else token.i


def _conditions(token: Token, rule: Rule, part: str, places: frozenset[int]) -> int | None:
    """How many of a rule's positive conditions hold; None when one fails."""
    satisfied = 0
    if rule.subject:
        result = _holds(rule.subject, _actors(token, part), places)
        if result is None:
            return None
        satisfied += result
    if rule.object:
        result = _holds(rule.object, _acted_on(token, rule, part), places)
        if result is None:
            return None
        satisfied += result
    if rule.sentence:
        words = {name for word in token.sent for name in describe(word, places)}
        if words & rule.sentence.barred or (rule.sentence.wanted and not words & rule.sentence.wanted):
            return None
        satisfied += bool(rule.sentence.wanted)
    if rule.governor:
        around = _surroundings(token)
        if around & rule.governor.barred or (rule.governor.wanted and not around & rule.governor.wanted):
            return None
        satisfied += bool(rule.governor.wanted)
    return satisfied


def _holds(condition: Condition, words: list[Token], places: frozenset[int]) -> int | None:
    described = {name for word in words for name in describe(word, places)} or {"@none"}
    if described & condition.barred:
        return None
    if not condition.wanted:
        return 0
    if described & condition.wanted:
        return 1
    meant = condition.wanted & _PERSONAL and any(word.lower_ in _PRONOUNS for word in words)
    return 0 if meant else None


def describe(word: Token, places: frozenset[int]) -> set[str]:
    """What conditions may call a word: its lemma, "person", its compound ("air force"), what it is made of ("dozens"),
    and the markers @place, @named, @demonym and @people."""
    names = {syntax.lemma(word), word.lower_}
    if word.i > word.sent.start:
        names.add(f"{syntax.lemma(word.nbor(-1))} {syntax.lemma(word)}")
    if syntax.lemma(word) in (
        "dozen",
        "hundred",
        "thousand",
        "score",
        "number",
        "group",
        "member",
        "part",
        "hundreds",
        "thousands",
        "lot",
        "majority",
        "series",
    ):
        names.update(syntax.lemma(noun) for case, noun in syntax.obliques(word) if case == "of")
    if word.i in places or any(
        child.i in places and child.dep_.startswith(("compound", "flat", "appos")) for child in word.children
    ):
        names.add("@place")
    if word.ent_type_ == "NORP":
        names.add("@demonym")
    if syntax.lemma(word) in PEOPLE:
        names.add("person")
    if (word.pos_ == "NUM" or any(c.dep_ == "nummod" for c in word.children)) and not names & (ANIMALS | MEASURES):
        names.add("@people")
    if word.pos_ == "PROPN":
        names.add("@named")
        names.update(syntax.lemma(child) for child in word.children if child.dep_ in ("compound", "appos", "flat"))
    return names


def _actors(token: Token, part: str) -> list[Token]:
    if part == "verb":
        return syntax.subjects(token)
    verb = syntax.governing_verb(token)
    own = [child for child in token.children if child.dep_ in ("compound", "nmod:poss", "amod")]
    return own + (syntax.subjects(verb) if verb is not None else [])


def _acted_on(token: Token, rule: Rule, part: str) -> list[Token]:
    """Whom a verb's object or a noun's phrases name, and whoever a verb of two sides has for its other side."""
    if part == "noun":
        return [word for _, noun in syntax.obliques(token) for word in syntax.conjuncts(noun)]
    if not syntax.patients(token) and token.i + 1 < len(token.doc) and token.nbor().lower_ in _PARTICLES:
        return [noun for case, noun in syntax.obliques(token) if case == token.nbor().lower_]
    other = (noun for case, noun in syntax.obliques(token) if rule.frame == "with" and case in ("with", "against"))
    return syntax.patients(token) + [word for noun in other for word in syntax.conjuncts(noun)]


def _surroundings(token: Token) -> set[str]:
    """The words that a noun stands with: its governor and that verb's object, its prepositions and its modifiers."""
    words = {
        syntax.lemma(child) for child in token.children if child.dep_ in ("compound", "amod", "case", "cop", "mark")
    }
    words.update(case for case, _ in syntax.obliques(token))
    word = token
    for _ in range(2):
        if word.head == word:
            break
        word = word.head
        words.add(syntax.lemma(word))
        words.update(syntax.lemma(child) for child in word.children if child.dep_ in ("compound:prt", "prt"))
        if word.pos_ == "VERB" and syntax.lemma(word) not in _ASPECT:
            break
    return words
