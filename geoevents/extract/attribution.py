"""Who says so: the speaker or outlet that an event is attributed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import syntax

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

SAYING = frozenset(
    [
        "say",
        "report",
        "announce",
        "claim",
        "add",
        "state",
        "tell",
        "confirm",
        "declare",
        "assert",
        "note",
        "allege",
        "acknowledge",
        "admit",
        "write",
        "reveal",
        "disclose",
        "quote",
        "explain",
        "stress",
        "insist",
        "describe",
        "estimate",
        "believe",
        "argue",
        "testify",
        "recall",
        "reiterate",
        "indicate",
        "reckon",
        "warn",
        "tweet",
        "post",
        "maintain",
        "publish",
        "emphasize",
        "emphasise",
        "contend",
        "show",
        "comment",
    ]
)
_OUTLET_NOUNS = frozenset(
    "agency outlet newspaper channel broadcaster station website monitor group paper organisation organization "
    "network statement ministry watchdog".split()
)
_EVIDENCE = frozenset("test result figure footage video image photo photograph picture".split())
"""What shows something and says nothing."""
_SPEAKERS = ("ORG", "PERSON")
_PRONOUNS = frozenset("he she it they we i him her them us me who whom which that this you one".split())


def find_speaker(trigger: Token) -> str | None:
    """Whoever is said to report the event of a trigger, as written; None if the text itself tells it."""
    accordingly = _according_to(trigger.sent)
    if accordingly is not None:
        return accordingly
    doing = trigger.head if trigger.dep_ in ("obj", "dobj", "nsubj:pass", "nsubjpass") else None
    for word in [trigger, *syntax.ancestors(trigger)]:
        if word.pos_ in ("VERB", "AUX") and word not in (trigger, doing):  # to declare a curfew is to do it
            said = _speaker_of(word, trigger)
            if said is not None:
                return said
        for child in word.children:
            if child.dep_ in ("parataxis", "ccomp") and not any(w == trigger for w in child.subtree):
                said = _speaker_of(child, trigger)
                if said is not None:
                    return said
    return _closing_speaker(trigger)


def _speaker_of(verb: Token, trigger: Token) -> str | None:
    if verb.lemma_.lower() not in SAYING or any(c.lower_ in ("would", "should", "may") for c in verb.children):
        return None
    if syntax.is_passive(verb) and not any(c.dep_ in ("obj", "dobj") for c in verb.children):
        speakers = [n for case, n in syntax.obliques(verb) if case == "by"]
    else:
        speakers = [c for c in verb.children if c.dep_ in ("nsubj", "csubj")]
        if not speakers and verb.dep_ == "conj":
            speakers = [c for c in verb.head.children if c.dep_ == "nsubj"]
    for speaker in speakers:
        if (
            speaker.lower_ not in _PRONOUNS
            and speaker.i != trigger.i
            and not _holds(speaker, trigger)
            and syntax.lemma(speaker) not in _EVIDENCE
        ):
            return name_speaker(speaker)
    return None


def _holds(speaker: Token, trigger: Token) -> bool:
    return any(word.i == trigger.i for word in speaker.subtree)


def _according_to(sentence: Span) -> str | None:
    for token in sentence:
        if token.lower_ == "according" and token.i + 2 < sentence.end and token.nbor().lower_ == "to":
            for word in sentence.doc[token.i + 2 : min(token.i + 22, sentence.end)]:
                if word.dep_ not in (
                    "compound",
                    "flat",
                    "amod",
                    "det",
                    "nummod",
                    "nmod:poss",
                    "case",
                    "punct",
                    "advmod",
                ) and word.pos_ in ("NOUN", "PROPN", "PRON"):
                    return None if word.lower_ in _PRONOUNS else name_speaker(word)
    return None


def _closing_speaker(trigger: Token) -> str | None:
    """The speaker of a tag that closes the sentence ("..., police and parents said."), where the parse did not join the
    two."""
    sentence = trigger.sent
    words = [w for w in sentence if not w.is_punct and not w.is_space]
    for verb in reversed(words[-4:]):
        if verb.i > trigger.i and verb.lemma_.lower() in SAYING and verb.pos_ == "VERB":
            return _speaker_of(verb, trigger)
    return None


def name_speaker(head: Token) -> str:
    """A speaker as a reader would name it: the organisation or person within the phrase, else the phrase ("police").

    "the official SANA news agency" is "SANA", but "a spokesman for the ministry" stays as it is."""
    phrase = syntax.noun_phrase(head)
    for word in phrase:
        entity = syntax.entity_of(word)
        if entity is None or entity.label_ not in _SPEAKERS or entity.start != word.i:
            continue
        if entity.end == phrase.end or syntax.lemma(head) in _OUTLET_NOUNS:
            return str(entity.text)
    for child in head.children:
        entity = syntax.entity_of(child) if child.dep_ in ("appos", "flat") else None
        if entity is not None and entity.label_ in _SPEAKERS:
            return str(entity.text)
    return str(phrase.text)
