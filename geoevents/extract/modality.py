"""Whether an event is told as a fact of the day, or as past background, a plan, a possibility or a denial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import syntax

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEGATIONS = frozenset("not n't n’t never no without neither nor cannot zero".split())
_NOBODY = frozenset("nobody nothing none neither".split())
_BOUNDING = frozenset("fewer less more only just merely least".split())
"""Behind a "no" or "not" they bound a number or a claim: "no fewer than five", "not only"."""

_DENYING = frozenset(
    "deny avoid avert prevent thwart foil fail refuse prohibit forbid stop cancel postpone deter refute disprove "
    "dismiss abandon dispute".split()
)
"""What follows them as object or complement did not happen."""

_DISPUTING = frozenset("deny dispute refute reject dismiss".split())
_HAPPENING = frozenset(
    "be happen occur take come begin start go materialise materialize carry launch conduct stage hold mount".split()
)
"""Denied, they deny their subject: "the march was not held", but not "the fire did not kill anyone"."""

_PLANNING = frozenset("plan schedule prepare due set ready expect go intend".split())
_WISHING = frozenset(
    "vow threaten promise pledge agree propose decide want hope aim seek try attempt consider warn urge call demand "
    "ask order allow enable need require invite request offer like mull weigh discuss fear risk predict forecast "
    "anticipate advise recommend encourage convince persuade authorize authorise tell appeal press design bid plead "
    "insist bind likely able unable commit object oppose wish choose approve support strengthen maintain".split()
)
_IMPLYING = frozenset(
    "begin start continue manage resume proceed go come help force use keep cease remain appear seem say report "
    "believe know lead cause leave compel see hear watch find".split()
)
_CHARGING = frozenset("convict charge accuse suspect acquit sentence".split())
_PLANNED = frozenset(
    "planned upcoming future scheduled forthcoming expected proposed imminent impending threatened looming next".split()
)
_SUPPOSED = frozenset("possible potential hypothetical likely feared would-be eventual prospective any".split())
_PAST = frozenset("former previous past earlier historic historical ancient infamous deadliest".split())
_UNCERTAIN = frozenset(
    "risk threat fear possibility chance danger prospect plan proposal call demand warning hope idea right attempt "
    "effort aim goal drill exercise simulation rumour rumor alert cessation end ban".split()
)
_RETROSPECTS = frozenset("anniversary commemoration memory history".split())
_LONG = frozenset("year month decade century".split())
_WILL = frozenset("will 'll ’ll shall wo".split())
_WOULD = frozenset("may might could would should must can 'd ’d".split())


def judge_modality(token: Token) -> str:
    """One of records.MODALITIES for the event that a trigger tells of, from its sentence alone (dates come later)."""
    if is_denied(token):
        return "negated"
    verdict = _of_verb(token) if token.pos_ in ("VERB", "AUX", "ADJ") else _of_noun(token)
    return verdict or "asserted"


def is_denied(token: Token) -> bool:
    """Whether a sentence says that what a word tells of did not happen: "no one was killed", "denied shelling it"."""
    return _negated(token) or _disputed(token)


def _denies(word: Token) -> bool:
    after = word.nbor().lower_ if word.i + 1 < len(word.doc) else ""
    return word.lower_ in _NEGATIONS and after not in _BOUNDING


def _is_nobody(noun: Token) -> bool:
    """ "no one", "none of the 12", "not a single civilian"."""
    return noun.lower_ in _NOBODY or any(map(_denies, noun.doc[noun.left_edge.i : noun.i]))


def _negated(token: Token) -> bool:
    if any(_denies(child) and child.i < token.i for child in token.children):
        return True
    if token.pos_ in ("VERB", "AUX"):
        own = [child for child in token.children if child.dep_.startswith("nsubj")]
        if any(map(_is_nobody, (*own, *syntax.patients(token)))):
            return True
        if token.dep_ == "conj" and not own and any(c.lower_ in ("or", "nor") for c in token.children):
            return _negated(token.head)  # "did not kill or wound"
        return token.dep_ in ("xcomp", "advcl", "ccomp") and syntax.lemma(token.head) in _DENYING
    if token.dep_.startswith("nsubj") and token.head.pos_ in ("VERB", "AUX"):
        if syntax.lemma(token.head) not in _HAPPENING:
            return syntax.lemma(token.head) in _DENYING and token in syntax.patients(token.head)
    elif token.dep_ == "nsubj" and any(map(_denies, token.head.children)):  # "was not in Ukraine"
        return True
    if ("of", token) in syntax.obliques(token.head) and any(c.lower_ == "no" for c in token.head.children):
        return True  # "no sign of sabotage", but not "no deaths in the quake"
    verb = syntax.governing_verb(token)
    if verb is None:
        return False
    away = {"call": "off", "rule": "out"}.get(syntax.lemma(verb))
    called_off = any(c.lower_ == away for c in verb.children)
    if (called_off or syntax.lemma(verb) in _DENYING) and token in syntax.patients(verb):
        return True
    itself = token.head == verb and token.dep_ in ("nsubj", "obj", "dobj", "nsubj:pass", "nsubjpass", "attr")
    return itself and any(_denies(c) and c.dep_ in ("advmod", "neg") for c in verb.children)


def _disputed(token: Token) -> bool:
    """ "denied a claim that the village had been captured": what stands below a denial is denied."""
    below = token
    for word in syntax.ancestors(token, 5):
        if syntax.lemma(word) in ("say", "state", "report") and any(map(_corrected, word.children)):
            return True
        if (
            syntax.lemma(word) in _DISPUTING
            and word.pos_ == "VERB"
            and not below.dep_.startswith(("advcl", "nsubj", "conj", "parataxis"))
        ):
            return True
        below = word
    return False


def _corrected(subject: Token) -> bool:
    """Whether a subject is an account since put right: "our report of 20 March", "an earlier version"."""
    told = subject.dep_ == "nsubj" and syntax.lemma(subject) in ("report", "version", "article", "story")
    return told and any(c.lower_ in ("our", "earlier", "previous") for c in subject.children)


def _of_verb(verb: Token) -> str | None:
    auxiliaries = _auxiliaries(verb)
    if auxiliaries & _WILL:
        return "future"
    marks = {c.lower_ for c in verb.children if c.dep_ in ("mark", "case")}
    if auxiliaries & _WOULD or marks & {"if", "unless", "whether", "lest"}:
        return "hypothetical"
    head = verb.head
    if verb.dep_ == "xcomp" and head.lower_ == "used":
        return "historical"
    infinitive = any(c.lower_ == "to" and c.pos_ == "PART" and c.i < verb.i for c in verb.children)
    if verb.dep_ == "conj" and verb.tag_ == "VB" and head.pos_ == "VERB" and not infinitive:
        return _of_verb(head)
    if infinitive and head != verb:
        if verb.dep_ in ("xcomp", "ccomp") and syntax.lemma(head) in _IMPLYING:
            return _of_verb(head)
        return "future" if syntax.lemma(head) in _PLANNING else "hypothetical"
    wished = _PLANNING | _WISHING | _DENYING
    bound = verb.dep_ in ("advcl", "acl", "xcomp", "ccomp") and verb.tag_ in ("VBG", "VB")
    meant = syntax.lemma(head) in wished and verb.dep_ != "advcl"  # "set fire to homes, killing nine" is no plan
    if bound and (meant or marks & {"at", "of", "for", "from", "against"}):
        return "hypothetical"
    return None


def _auxiliaries(verb: Token) -> set[str]:
    words = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    shared = not words and verb.dep_ == "conj" and verb.head.pos_ == "VERB"
    if shared and not any(c.dep_.startswith("nsubj") for c in verb.children):
        return _auxiliaries(verb.head)
    return words


def _of_noun(noun: Token) -> str | None:
    modifiers = {c.lower_ for c in noun.children if c.dep_ in ("amod", "compound", "det", "advmod", "nmod:poss")}
    if modifiers & _PLANNED:
        return "future"
    if modifiers & _SUPPOSED:
        return "hypothetical"
    if modifiers & _PAST or _lasted_years(noun):
        return "historical"
    head = syntax.lemma(noun.head)
    if noun.dep_.startswith(("nmod", "compound")):
        if head in _UNCERTAIN:
            return "hypothetical"
        if head in _RETROSPECTS:
            return "historical"
    verb = syntax.governing_verb(noun)
    if verb is None:
        return None
    if noun.head == verb:
        asked_for = any(case == "for" and word == noun for case, word in syntax.obliques(verb))
        if noun in syntax.patients(verb) or asked_for:
            if syntax.lemma(verb) in _PLANNING:
                return "future"
            if syntax.lemma(verb) in _WISHING - {"order", "offer", "allow", "support"}:
                return "hypothetical"
    if syntax.lemma(verb) in _CHARGING and any(
        c.dep_ == "case" and c.lower_ in ("of", "for", "with") for c in noun.children
    ):
        return "hypothetical"
    verdict = _of_verb(verb)
    return verdict if verdict in ("future", "hypothetical") else None


def _lasted_years(noun: Token) -> bool:
    """ "six years of violence", "a decade-long war": a duration of years is background, not an event of the day."""
    if noun.dep_.startswith(("nmod", "pobj")):
        head = noun.head if noun.head.pos_ != "ADP" else noun.head.head
        if syntax.lemma(head) in _LONG:
            return True
    return any(
        child.i < noun.i
        and any(syntax.lemma(w) in _LONG for w in child.subtree)
        and any(w.pos_ == "NUM" or w.text == "-" for w in child.subtree)
        for child in noun.children
        if child.dep_ in ("nmod:poss", "compound", "amod", "nummod")
    )
