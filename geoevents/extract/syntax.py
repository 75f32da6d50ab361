"""Who does what in a clause, read off Universal Dependencies; ClearNLP's labels of other pipelines are understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

RELATIVE_PRONOUNS = frozenset({"who", "which", "that", "whom", "whose"})
_THIRD = frozenset({"he", "she", "it", "they"})
_SUBJECTS = ("nsubj", "csubj")
_PASSIVE = ("nsubj:pass", "nsubjpass", "csubj:pass", "csubjpass")
_OBJECTS = ("obj", "dobj")
_OBLIQUES = ("obl", "nmod", "npadvmod")
_NAME_PARTS = frozenset(
    "compound flat flat:name amod nummod nmod:poss poss goeswith appos:pre nmod:desc flat:foreign list:pre nn "
    "quantmod advmod:pre nmod:unmarked".split()
)


def lemma(token: Token) -> str:
    """The lemma in lower case; for a noun the tagger took for a name ("Clashes" opening a sentence), its singular."""
    if token.pos_ == "PROPN":
        word = token.lower_
        for ending, stem in (("ies", "y"), ("shes", "sh"), ("ches", "ch"), ("s", "")):
            if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
                return word[: -len(ending)] + stem
        return word
    return token.lemma_.lower() or token.lower_


def is_passive(verb: Token) -> bool:
    """Whether the verb is a passive: "was killed", "those killed"."""
    if any(child.dep_ in _PASSIVE or child.dep_ in ("aux:pass", "auxpass") for child in verb.children):
        return True
    if any(child.dep_ in _SUBJECTS or child.dep_ in _OBJECTS for child in verb.children):
        return False
    if verb.dep_.startswith("conj") and verb.head.pos_ == "VERB" and verb.tag_ == verb.head.tag_:
        return is_passive(verb.head)
    participle = verb.tag_ == "VBN" or (verb.tag_ == "VBD" and verb.dep_ == "acl")  # the tagger's slip: "villages lost"
    return participle and not any(child.dep_ == "aux" for child in verb.children)


def conjuncts(token: Token) -> list[Token]:
    """The token and what is coordinated with it ("police and soldiers", "Arza as well as Bazam"), in text order."""
    found = [token]
    for word in found:
        found.extend(child for child in word.children if child.dep_ == "conj" and child.pos_ != "VERB")
    return sorted(found, key=lambda word: word.i)


def obliques(token: Token) -> Iterator[tuple[str, Token]]:
    """The prepositional phrases of a word as (preposition in lower case, noun); "" where there is no preposition."""
    for child in token.children:
        if child.dep_.startswith(_OBLIQUES):
            cases = [c.lower_ for c in child.children if c.dep_ == "case" and c.lower_ not in ("'s", "’s", "'", "’")]
            yield " ".join(cases), child
        elif child.dep_ in ("prep", "agent"):
            for inner in child.children:
                if inner.dep_ in ("pobj", "pcomp"):
                    yield child.lower_, inner


def _own(verb: Token, labels: tuple[str, ...]) -> list[Token]:
    return [word for child in verb.children if child.dep_ in labels for word in conjuncts(child)]


def _referent(words: list[Token], verb: Token) -> list[Token]:
    """Relative pronouns stand for the noun their clause describes."""
    if len(words) == 1 and words[0].lower_ in RELATIVE_PRONOUNS and verb.dep_.startswith(("acl", "relcl")):
        return conjuncts(verb.head)
    return words


def subjects(verb: Token, depth: int = 0) -> list[Token]:
    """Who acts: the subject, the agent of a passive, or the subject that a participle or an infinitive shares."""
    if is_passive(verb):
        return [word for case, noun in obliques(verb) if case == "by" for word in conjuncts(noun)]
    own = _own(verb, _SUBJECTS)
    if own:
        told = len(own) == 1 and own[0].lower_ in _THIRD and verb.dep_ == "ccomp" and depth <= 3
        return (subjects(verb.head, depth + 1) if told else []) or _referent(own, verb)  # "police said they had fired"
    if depth > 3:
        return []
    if verb.dep_.startswith(("acl", "relcl")) and verb.tag_ == "VBG":
        return [verb.head]
    if verb.dep_ in ("conj", "xcomp", "advcl", "parataxis", "ccomp") and verb.head.pos_ in (
        "VERB",
        "AUX",
        "ADJ",
        "NOUN",
    ):
        head = verb.head
        if verb.dep_ == "xcomp" and (objects := _own(head, _OBJECTS)) and lemma(head) not in ("promise", "threaten"):
            return objects
        return patients(head, depth + 1) if is_passive(head) else subjects(head, depth + 1)
    return []


def patients(verb: Token, depth: int = 0) -> list[Token]:
    """Whom it is done to: the object, the subject of a passive, or the noun a participle describes."""
    if not is_passive(verb):
        return _referent(_own(verb, _OBJECTS), verb)
    own = _own(verb, _PASSIVE) or _own(verb, _SUBJECTS)
    if own:
        return _referent(own, verb)
    if verb.dep_.startswith(("acl", "relcl")):
        return [verb.head]
    if verb.dep_ in ("conj", "advcl", "xcomp") and verb.head.pos_ == "VERB" and depth <= 3:
        return patients(verb.head, depth + 1) if is_passive(verb.head) else subjects(verb.head, depth + 1)
    return []


def governing_verb(noun: Token) -> Token | None:
    """The verb that a noun belongs to ("carried out strikes", "clashes broke out"), climbing noun phrases, or None."""
    word = noun
    for _ in range(6):
        if word.head == word:
            return None
        word = word.head
        if word.pos_ in ("VERB", "AUX"):
            return word
    return None


def noun_phrase(head: Token) -> Span:
    """The phrase as a reader would name it: modifiers and "of ..." but no determiner, relative clause or apposition."""
    first = last = head.i
    for child in head.children:
        before = head.doc[child.left_edge.i : head.i]
        if any(word.text == "," for word in before):
            continue  # "During the offensive, army units": no part of the name, whatever the parse
        if child.dep_ in _NAME_PARTS or (child.dep_ == "advmod" and child.i < head.i and child.pos_ == "ADJ"):
            first = min(first, child.left_edge.i)
            if child.i > head.i and child.dep_ not in ("nmod:poss", "poss"):
                last = max(last, child.right_edge.i)
    for case, noun in obliques(head):
        if case == "of" and noun.i > head.i and last < noun.i <= last + 8:
            last = max(last, noun_phrase(noun)[-1].i)
        if case == "for" and noun.i > head.i and head.text[:1].isupper() and noun.text[:1].isupper():
            last = max(last, noun_phrase(noun)[-1].i)  # "Observatory for Human Rights"
    doc = head.doc
    if [word.lower_ for word in doc[first : first + 3]] == ["so", "-", "called"]:
        first += 3
    while first < last and (doc[first].pos_ in ("DET", "PUNCT", "PRON", "CCONJ") and doc[first].lower_ not in ("all",)):
        first += 1
    while last > first and (doc[last].is_punct or doc[last].lower_ in ("'s", "’s")):
        last -= 1
    return doc[first : last + 1]


def entity_of(word: Token) -> Span | None:
    """The entity that a word belongs to, found from the word outwards: `doc.ents` reads the whole document."""
    if not word.ent_type_:
        return None
    first = last = word.i
    while first and word.doc[first].ent_iob_ == "I":
        first -= 1
    while last + 1 < len(word.doc) and word.doc[last + 1].ent_iob_ == "I":
        last += 1
    from spacy.tokens import Span

    return Span(word.doc, first, last + 1, label=word.ent_type_)


def ancestors(token: Token, limit: int = 12) -> Iterator[Token]:
    """The words above a word, nearest first."""
    for _ in range(limit):
        if token.head == token:
            return
        token = token.head
        yield token


def tree_distance(a: Token, b: Token) -> int:
    """How many arcs lie between two words of a sentence."""
    above = {word.i: n for n, word in enumerate([a, *ancestors(a, 60)])}
    for n, word in enumerate([b, *ancestors(b, 60)]):
        if word.i in above:
            return n + above[word.i]
    return 99
