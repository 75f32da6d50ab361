"""Who did it and to whom: the noun phrases that fill a trigger's frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import syntax
from .dates import MONTHS, WEEKDAYS
from .triggers import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

LIGHT_VERBS = frozenset(
    [
        "carry",
        "launch",
        "conduct",
        "stage",
        "hold",
        "mount",
        "begin",
        "start",
        "continue",
        "make",
        "wage",
        "impose",
        "declare",
        "announce",
        "sign",
        "reach",
        "order",
        "commit",
        "perpetrate",
        "undertake",
        "host",
        "attend",
        "open",
        "resume",
        "renew",
        "give",
        "issue",
        "join",
        "go",
        "call",
        "express",
        "lead",
        "organise",
        "organize",
        "use",
        "fire",
        "exchange",
        "conclude",
        "pay",
        "resort",
        "do",
        "perform",
        "run",
        "broker",
        "strike",
        "observe",
        "engage",
        "take",
        "have",
        "lift",
        "deliver",
        "end",
    ]
)
"""Verbs whose subject is the one who does what their object names: "carried out strikes", "staged a protest"."""

_AGAINST = ("on", "against", "at", "targeting", "towards", "toward", "over", "of")
_TOGETHER = ("with", "alongside")
_PRONOUNS = frozenset(
    "he she it they we i you who which that this these those them him her us me himself themselves itself one some "
    "others all both there what each none".split()
)
_NOT_ACTORS = frozenset(
    "day night morning week month year time area place thing number percent way part result weather car bus "
    "truck vehicle attack blast explosion bomb bombing shell shelling missile rocket strike airstrike raid fire "
    "gunfire mortar grenade gas cannon clash violence fighting battle offensive war flood storm quake earthquake "
    "cyclone outbreak disease landslide crash collision dead today tomorrow yesterday weekend dawn midnight noon "
    "sept".split()
) | {name for full in (*WEEKDAYS, *MONTHS) for name in (full, full[:3])}
"""Weapons, events and dates: what is done, or when, but nobody."""


def find_actors(trigger: Trigger) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Actors and recipients of a trigger's event, as written, in text order, without repetition."""
    if trigger.rule.frame == "none":
        return (), ()
    token = trigger.token
    if token.pos_ in ("VERB", "AUX"):
        actors, recipients = _of_verb(trigger)
    else:
        actors, recipients = _of_noun(token, trigger.rule.frame)
    inside = range(trigger.first, trigger.last + 1)
    named = _names(word for word in actors if word.i not in inside)
    suffering = _names(word for word in recipients if word.i not in inside)
    return named, tuple(name for name in suffering if name not in named)


def _of_verb(trigger: Trigger) -> tuple[list[Token], list[Token]]:
    verb, frame = trigger.token, trigger.rule.frame
    actors = syntax.subjects(verb)
    recipients = [w for w in syntax.patients(verb) if w.i > trigger.last or w.i < trigger.first]  # not "opened fire"
    if recipients and all(syntax.lemma(word) in _NOT_ACTORS for word in recipients):  # "used tear gas to disperse them"
        purposes = [c for c in verb.children if c.dep_ in ("advcl", "xcomp") and c.tag_ == "VB"]
        recipients = [word for purpose in purposes for word in syntax.patients(purpose)]
    if frame == "suffers":
        return [], actors or recipients
    phrases = [(case, word) for case, noun in syntax.obliques(verb) for word in syntax.conjuncts(noun)]
    if frame == "with":
        recipients = recipients + [word for case, word in phrases if case in _TOGETHER or case == "between"]
    elif frame == "to":
        indirect = [c for c in verb.children if c.dep_ in ("iobj", "dative")]
        addressed = indirect + [word for case, word in phrases if case in ("to", "for", "from", "on", "with")]
        recipients = addressed or recipients
        recipients += [
            w for c in verb.children if c.dep_ in ("xcomp", "ccomp") for w in syntax.subjects(c) if w not in actors
        ]
    elif frame == "against":
        targets = [
            word
            for case, word in phrases
            if case in ("against", "at", "on", "with", "towards", "toward", "over", "from")
        ]
        recipients = targets or recipients
    elif not recipients:
        recipients = [word for case, word in phrases if case in ("against", "on", "at", "over", "with")]
    for child in verb.children:
        if child.dep_ == "ccomp" and frame in ("acts", "to") and not recipients:
            recipients = syntax.subjects(child) or syntax.patients(child)
    return actors, recipients


def _of_noun(noun: Token, frame: str) -> tuple[list[Token], list[Token]]:
    phrases = [(case, word) for case, head in syntax.obliques(noun) for word in syntax.conjuncts(head)]
    actors = [word for case, word in phrases if case in ("by", "between", "among", "from", "involving", "that")]
    recipients = [word for case, word in phrases if case in _AGAINST or case in _TOGETHER]
    actors += [
        c for c in noun.children if c.dep_ in ("nmod:poss", "poss") or (c.ent_type_ in ("NORP", "ORG") and c.i < noun.i)
    ]
    verb = syntax.governing_verb(noun)
    if verb is not None and verb == noun.head:
        if noun in syntax.patients(verb) and syntax.lemma(verb) in LIGHT_VERBS:
            actors = syntax.subjects(verb) + actors
            beyond = [
                w
                for case, n in syntax.obliques(verb)
                if case in (*_AGAINST, *_TOGETHER, "to") and case != "of"
                for w in syntax.conjuncts(n)
            ]
            recipients = recipients or beyond
        elif noun in syntax.subjects(verb):
            recipients = recipients or syntax.patients(verb)
        elif noun.dep_.startswith("obl"):
            case = next((c for c, n in syntax.obliques(verb) if n == noun), "")
            if case in ("in", "at", "by", "with", "during"):
                actors = actors or (syntax.subjects(verb) if not syntax.is_passive(verb) else [])
                recipients = recipients or syntax.patients(verb)
    if frame == "with":
        between = _between(noun)
        if between:
            return between, []
    return actors, recipients


def _between(noun: Token) -> list[Token]:
    """The two sides in "clashes (...) between A and B", wherever the parse hung them."""
    for word in noun.doc[noun.i + 1 : min(noun.i + 6, noun.sent.end)]:
        if word.lower_ == "between":
            head = word.head
            if head.dep_ == "case":
                head = head.head
            return syntax.conjuncts(head) if head.i > word.i else []
    return []


def _names(words: Iterable[Token]) -> tuple[str, ...]:
    """Phrases for words, without pronouns, dates and things that cannot act or suffer; phrases that touch are one."""
    spans: list[Span] = []
    for word in sorted(set(words), key=lambda w: w.i):
        if word.lower_ in _PRONOUNS or word.pos_ in _NOT_NOMINAL or syntax.lemma(word) in _NOT_ACTORS:
            continue
        phrase = syntax.noun_phrase(word)
        if spans and phrase.start <= spans[-1].end:
            spans[-1] = word.doc[spans[-1].start : max(phrase.end, spans[-1].end)]
        else:
            spans.append(phrase)
    texts = (" ".join(span.text.split()) for span in spans)
    return tuple(dict.fromkeys(text for text in texts if text and not text.isdigit()))


_NOT_NOMINAL = frozenset({"VERB", "ADP", "PUNCT", "SYM", "ADV"})
