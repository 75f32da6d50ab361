"""Mends the parser's commonest slip on news: a sentence's verb taken for a participle.

"Two blasts killed 15 people" read as "two blasts [that were] killed" has a noun for its root. A past participle takes
no object, and some verbs have no passive, so that such readings can be told and turned round. So can a perfect that an
adverb parts: "have in recent days attacked"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_NO_PASSIVE = frozenset(
    "march happen occur erupt rally die flee clash collapse sink capsize rise fall go come arrive gather demonstrate "
    "protest explode crash derail converge spread continue begin resign return disappear drown riot emerge burst swear "
    "sit stand break take strike land hit run say agree meet".split()
)
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_MOVED = ("conj", "punct", "advcl", "parataxis", "ccomp", "obl", "advmod")


def mend_clauses(doc: Doc) -> Doc:
    """Makes misread participles the heads of their sentences, their nouns the subjects; returns the same document."""
    for sentence in list(doc.sents):
        root = sentence.root
        if root.lemma_ == "have" and (verb := _parted(root)) is not None:
            _make_perfect(root, verb)
            continue
        if root.pos_ not in _NOMINAL or any(c.dep_ in ("nsubj", "cop", "nsubj:pass") for c in root.children):
            continue
        verb = next((c for noun in (root, *_within(root)) for c in noun.children if reads_finite(c)), None)
        if verb is not None:
            _turn_round(root, verb)
            continue
        verb = next((c for c in root.children if _between_names(c, root)), None)
        if verb is not None:
            _split_phrase(root, verb)
    return doc


def _within(root: Token) -> list[Token]:
    """The nouns of a subject that its verb may have been hung on: "thousands of people", "a ferry carrying people"."""
    of = [child for child in root.children if child.dep_ == "nmod" and child.i > root.i]
    described = [child for child in root.children if child.dep_ == "acl" and child.tag_ == "VBG"]
    return of + [noun for verb in described for noun in verb.children if noun.dep_ == "obj"]


def _parted(have: Token) -> Token | None:
    """The participle of "have in recent days attacked positions", read as a description of what is had."""
    objects = [c for c in have.children if c.dep_ == "obj" and c.i > have.i]
    for noun in objects:
        first = noun.left_edge
        if first.head == noun and first.dep_ == "amod" and first.tag_ in ("VBN", "VBD") and first.i > have.i + 1:
            return first
    return None


def _make_perfect(have: Token, verb: Token) -> None:
    noun = verb.head
    others = [c for c in have.children if c != noun]
    verb.head = verb
    verb.dep_, verb.tag_, verb.pos_ = "ROOT", "VBN", "VERB"
    noun.head = verb
    for child in others:
        child.head = verb
    have.head = verb
    have.dep_, have.pos_ = "aux", "AUX"


def _between_names(verb: Token, root: Token) -> bool:
    """Whether a participle before the root stands right behind a name: "The US imposed sanctions"."""
    if verb.dep_ != "amod" or verb.tag_ not in ("VBN", "VBD") or verb.i >= root.i or verb.i == verb.sent.start:
        return False
    before = verb.nbor(-1)
    return before.head == root and before.dep_ in ("compound", "nmod") and before.pos_ == "PROPN"


def _split_phrase(root: Token, verb: Token) -> None:
    subject = verb.nbor(-1)
    before = [c for c in root.children if c.i < subject.i]
    after = [c for c in root.children if c.dep_ == "punct" and c.i > root.i]
    verb.head = verb
    verb.dep_, verb.tag_ = "ROOT", "VBD"
    for child in before:
        child.head = subject
    subject.head = root.head = verb
    subject.dep_, root.dep_ = "nsubj", "obj"
    for child in after:
        child.head = verb


def reads_finite(verb: Token) -> bool:
    """Whether a participle that describes a noun must be a finite verb: it takes an object or has no passive."""
    if verb.dep_ != "acl" or verb.tag_ not in ("VBN", "VBD"):
        return False
    if any(c.dep_ in ("aux", "aux:pass", "obl:agent") for c in verb.children):
        return False
    takes_object = any(c.dep_ in ("obj", "ccomp", "xcomp") and c.i > verb.i for c in verb.children)
    return verb.tag_ == "VBD" or takes_object or verb.lemma_ in _NO_PASSIVE


def _turn_round(noun: Token, verb: Token) -> None:
    later = [c for c in noun.children if c.i > verb.i and c.dep_ in _MOVED]
    verb.head = verb
    verb.dep_, verb.tag_ = "ROOT", "VBD"
    noun.head = verb
    noun.dep_ = "nsubj"
    for child in later:
        child.head = verb
