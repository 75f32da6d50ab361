"""How many were killed, injured, missing, displaced, arrested: the numbers of a sentence and what they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import syntax
from .modality import is_denied
from .quantities import Bounds, Number, find_numbers

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_KINDS = {
    "fatalities": "kill die dead death fatality slay perish murder massacre toll execute lynch behead drown body "
    "assassinate succumb life",
    "injured": "injure wound hurt injury maim injured wounded hospitalise hospitalize",
    "missing": "missing unaccounted abduct kidnap",
    "displaced": "displace flee evacuate homeless uproot displaced evacuee displacement",
    "arrested": "arrest detain jail detention apprehend imprison custody",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_SUFFERING = frozenset("die flee drown perish succumb".split())
"""Verbs whose subject is the one that is hurt."""

_TO_TOLL = frozenset("to at of past above over reached reaches hit hits was is stood passed topped exceeded".split())
"""Words that lead from "the toll" to its number."""

_PAIRS = frozenset("couple pair duo twins".split())
_MANY = frozenset(
    "family crew group crowd team squad patrol band army force unit number majority rest half third quarter dozen "
    "hundred thousand million score population community toll people rubble wave".split()
)
"""Singular nouns that stand for more than one person."""

_STATES = frozenset("dead missing injured wounded homeless displaced unaccounted hurt custody detention".split())
_GROUPS = frozenset("people families civilians residents thousands hundreds dozens villagers scores".split())
PEOPLE = frozenset(
    "man woman boy girl child person soldier officer policeman policewoman worker student teacher journalist civilian "
    "villager resident pilot driver fisherman farmer mayor governor commander leader gunman attacker bomber protester "
    "guard nurse doctor priest imam baby toddler teenager youth mother father son daughter brother sister husband "
    "wife passenger firefighter sailor trader shopkeeper herder miner judge lawyer deputy minister reporter suspect "
    "rescuer peacekeeper activist pensioner crewman trucker motorist cyclist pedestrian spectator victim captain "
    "volunteer fighter militant conscript paramedic ranger migrant tourist pilgrim engineer contractor demonstrator "
    "constable".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count in a sentence: `kind` as in records.COUNTS, `token` the word that says so ("killed").

    `words` are the first and the last that count: the number, or those who are hurt. `total` marks a running toll
    ("bringing the toll to 41") as against this event's own figure; `apart` a count whose verb is left out and whose
    place follows it ("... and five in Homs"), with the number itself for `token`; `loose` one that only stands near."""

    kind: str
    bounds: Bounds
    token: Token
    words: tuple[int, int]
    total: bool = False
    apart: bool = False
    loose: bool = False


def find_figures(sentence: Span) -> list[Figure]:
    """The counts of a sentence in text order; parts of a total ("among them five children") are left out."""
    harms = [(token, kind) for token in sentence if (kind := _kind(token)) and (_sought(token) or not is_denied(token))]
    if not harms:
        return []
    numbers = list(find_numbers(sentence))
    figures: list[Figure] = []
    used: set[int] = set()
    for token, kind in harms:
        free = [n for n in numbers if n.first not in used]
        number = _number_of(token, free)
        single = _single(token, kind) if number is None else []
        loose = number is None and not single
        if loose:
            number = _close_by(token, free)
        if number is not None:
            used.add(number.first)
            if not number.part:
                total, at = syntax.lemma(token) == "toll", (number.first, number.last)
                bounds = number.bounds if total else _with_others(sentence, number, numbers)
                figures.append(Figure(kind=kind, bounds=bounds, token=token, words=at, total=total, loose=loose))
        elif single:
            count, at = len(single), (single[0].i, single[-1].i)
            bounds = Bounds(low=count, best=count, high=count)
            figures.append(Figure(kind=kind, bounds=bounds, token=token, words=at))
    free = [n for n in numbers if n.first not in used]
    return sorted((*figures, *_gapped(sentence, figures, free)), key=lambda f: f.token.i)


def _gapped(sentence: Span, figures: list[Figure], free: list[Number]) -> Iterator[Figure]:
    """ "12 were killed in Aleppo, five in Homs and three in Hama": numbers that share the verb of the figure before."""
    words = [word.lower_ for word in sentence]
    for number in free:
        first, after = number.first - sentence.start, number.last + 1 - sentence.start
        said = next((f for f in reversed(figures) if f.token.i < number.first), None)
        gap = words[first - 1 : first] in ([","], ["and"], ["while"]) and words[after : after + 1] in (["in"], ["near"])
        if said and gap and not number.part:
            at, token = (number.first, number.last), sentence.doc[number.last]
            yield Figure(kind=said.kind, bounds=number.bounds, token=token, words=at, apart=True)


def _with_others(sentence: Span, number: Number, numbers: Sequence[Number]) -> Bounds:
    """A number with the people named beside those it counts: "seven policemen and a watchman"."""
    noun = sentence.doc[number.last]
    noun = noun.head if noun.dep_ == "nummod" else noun
    while noun.dep_ == "conj" and noun.head.pos_ == "NOUN":
        noun = noun.head
    named = syntax.conjuncts(noun)
    counted = count_people(sentence.doc[noun.left_edge.i : named[-1].i + 1], numbers)
    return counted if len(named) > 1 and counted is not None else number.bounds


def _kind(token: Token) -> str | None:
    """What a word of harm counts, None if it is none here."""
    word = syntax.lemma(token)
    if _sought(token):
        return "missing" if _people(syntax.patients(token)) else None
    if token.lower_ == "lost" and token.dep_ == "xcomp" and syntax.lemma(token.head) in ("fear", "presume", "report"):
        return "missing"
    kind = _KIND_OF.get(word) or _KIND_OF.get(token.lower_ if token.lower_ in _STATES else "")
    if kind is None:
        return None
    after = token.nbor().lower_ if token.i + 1 < len(token.doc) else ""
    above = {syntax.lemma(token.head), syntax.lemma(token.head.head)}
    attribute = token.dep_ == "amod" and token.i < token.head.i  # "the missing aid": no count, but "12 missing men"
    refused = (
        (word == "body" and not above & {"recover", "find", "retrieve", "pull", "bury", "see"})
        or (word == "death" and after in ("toll", "tolls", "threats", "penalty"))
        or (word == "life" and not above & {"claim", "lose", "take", "cost"})
        or (word == "hurt" and token.pos_ == "NOUN")
        or (word in _STATES and attribute and not any(c.pos_ == "NUM" for c in token.head.children))
        or (word == "evacuate" and not (syntax.is_passive(token) or _people(syntax.patients(token))))
        or (word == "flee" and not _people(syntax.subjects(token)))
    )
    return None if refused else kind


def _sought(token: Token) -> bool:
    """ "have not been found": whom it is said of is missing."""
    denied = any(child.lower_ == "not" for child in token.children)
    return denied and syntax.lemma(token) in ("find", "locate") and syntax.is_passive(token)


def _people(words: list[Token]) -> bool:
    return any(w.pos_ == "NUM" or syntax.lemma(w) in PEOPLE or w.lower_ in _GROUPS for w in words)


def _number_of(token: Token, free: list[Number]) -> Number | None:
    """The number that a word of harm counts: the one right before it ("40 people were killed"), or its argument's."""
    if syntax.lemma(token) == "toll":
        for number in free:
            before = token.doc[number.first - 1].lower_ if number.first else ""
            if token.i < number.first <= token.i + 14 and before in _TO_TOLL:
                return number
    for word in _arguments(token):
        edge = range(word.left_edge.i, word.i + 1)
        for number in free:
            if word.i in range(number.first, number.last + 1):
                return number
            if number.last in edge and not any(_kind(token.doc[k]) for k in range(number.last + 1, word.i)):
                return number
    return None


def _arguments(token: Token) -> list[Token]:
    if token.dep_ == "xcomp" and syntax.is_passive(token.head):  # "are feared lost"
        return syntax.patients(token.head)
    if token.pos_ == "VERB":
        passive = syntax.is_passive(token)
        words = syntax.patients(token)
        if not passive and syntax.lemma(token) in _SUFFERING:
            words = syntax.subjects(token)
        return words
    words = [token.head] if token.dep_ in ("amod", "acl") else []
    words += [c for c in token.children if c.dep_ in ("nsubj", "nummod", "nmod")]
    if token.dep_ in ("xcomp", "obj", "obl", "ccomp", "advcl") and token.head.pos_ == "VERB":
        words += syntax.patients(token.head)
        words += [n for case, n in syntax.obliques(token.head) if case in ("to", "at", "past", "above")]
    if token.dep_ == "nsubj" or token.dep_ == "compound":
        verb = token.head if token.dep_ == "nsubj" else token.head.head
        words += [n for case, n in syntax.obliques(verb) if case in ("to", "at", "past", "above")]
        words += [c for c in verb.children if c.dep_ in ("obj", "xcomp", "nummod")]
        words += [verb] if verb.pos_ == "NUM" else []
    return words


def _close_by(token: Token, numbers: list[Number]) -> Number | None:
    doc = token.doc
    behind = token.pos_ == "VERB" and not syntax.is_passive(token) and syntax.lemma(token) != "die"
    best: tuple[int, Number] | None = None
    for number in numbers:
        gap = number.first - token.i if number.first > token.i else token.i - number.last
        between = doc[min(number.last, token.i) + 1 : max(number.first, token.i)]
        if gap > 6 or any(w.pos_ in ("VERB",) or _kind(w) or w.text in (";", ":", ",") for w in between):
            continue
        if (
            (number.first > token.i) != behind
            and gap > 2
            and token.pos_ == "VERB"
            and not behind
            and number.first > token.i
        ):
            continue
        if best is None or gap < best[0]:
            best = gap, number
    return best[1] if best else None


def _single(token: Token, kind: str) -> list[Token]:
    """Those that are hurt, where each is a single person ("a man was killed", "killing the mayor")."""
    if token.pos_ != "VERB":
        return []
    words = syntax.patients(token)
    if not words and kind == "fatalities" and not syntax.is_passive(token) and syntax.lemma(token) in ("die", "drown"):
        words = syntax.subjects(token)
    return sorted(words, key=lambda w: w.i) if all(map(is_one_person, words)) else []


def is_one_person(word: Token) -> bool:
    """Whether a noun means a single person: "a man", "the mayor", a name."""
    if "Number=Plur" in str(word.morph) or word.tag_ in ("NNS", "NNPS"):
        return False
    if word.ent_type_ == "PERSON":
        return True
    if syntax.lemma(word) not in PEOPLE:
        return False
    return any(c.lower_ in ("a", "an", "the", "one", "another", "his", "her", "its", "their") for c in word.children)


def count_people(span: Span, numbers: Sequence[Number]) -> Bounds | None:
    """How many people a phrase names: "seven policemen and a watchman" are eight; None where it does not say."""
    total: Bounds | None = None
    for head in syntax.conjuncts(span.root):
        if head.i not in range(span.start, span.end) or (head != span.root and syntax.lemma(head) in _KIND_OF):
            continue
        reach = range(max(span.start, head.left_edge.i), head.i + 1)
        number = next((n for n in numbers if n.last in reach and not n.part), None)
        more = number.bounds if number and syntax.lemma(head) not in _PAIRS else _few(head)
        if more is not None and not (number and total and number.first < reach.start):
            total = more if total is None else _sum(total, more)
    if total is None:
        inside = (n.bounds for n in numbers if n.first < span.end and span.start <= n.last and not n.part)
        return next(inside, None)
    return total


def _few(noun: Token) -> Bounds | None:
    many = 2 if syntax.lemma(noun) in _PAIRS else 1
    single = noun.tag_ == "NN" and syntax.lemma(noun) not in _MANY
    determined = any(c.dep_ in ("det", "nmod:poss", "poss") for c in noun.children)
    one = noun.ent_type_ == "PERSON" or (single and determined)
    return Bounds(low=many, best=many, high=many) if many == 2 or one else None


def _sum(a: Bounds, b: Bounds) -> Bounds:
    def plus(x: int | None, y: int | None) -> int | None:
        return None if x is None or y is None else x + y

    return Bounds(low=plus(a.low, b.low), best=plus(a.best, b.best), high=plus(a.high, b.high))
