"""Whether an event is told as a fact of the day, or as past background, a plan, a possibility or a denial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import syntax

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEGATIONS = frozenset({"not", "n't", "n’t", "never", "no", "without", "neither", "nor", "nobody", "nothing", "cannot"})
_DENYING = frozenset(
    ["deny", "avoid", "avert", "prevent", "thwart", "foil", "fail", "refuse", "prohibit", "forbid", "ban", "stop", "cancel", "postpone", "rule", "averted", "deter", "halt", "call-off", "suspend", "lack", "disprove", "refute", "dismiss", "preempt", "abandon"]
)
_PLANNING = frozenset(
    ["plan", "intend", "expect", "schedule", "prepare", "due", "set", "ready", "vow", "threaten", "promise", "pledge", "agree", "going", "propose", "decide", "want", "hope", "aim", "seek", "try", "attempt", "consider", "warn", "urge", "call", "demand", "ask", "order", "allow", "enable", "need", "require", "invite", "request", "offer", "about", "like", "mull", "weigh", "discuss", "ponder", "fear", "risk", "predict", "forecast", "anticipate", "advise", "recommend", "encourage", "convince", "persuade", "authorize", "authorise", "tell", "appeal", "press", "target", "design", "threat", "bid", "plead", "insist", "arrange", "bind", "likely", "able", "unable", "commit", "refuse", "object", "oppose", "designed", "desire", "wish", "would-be", "aimed", "choose", "authorized", "approve"]
)
_IMPLYING = frozenset(["begin", "start", "continue", "manage", "resume", "proceed", "go", "come", "help", "force", "use", "use.", "help", "keep", "cease", "remain", "appear", "seem", "say", "report", "believe", "know", "stop", "lead", "cause", "leave", "compel", "see", "hear", "watch", "find"])
_FUTURE_WORDS = frozenset(["planned", "upcoming", "future", "scheduled", "forthcoming", "expected", "proposed", "imminent", "impending", "threatened", "looming", "tomorrow", "next"])
_MAYBE_WORDS = frozenset(["possible", "potential", "alleged", "hypothetical", "likely", "feared", "would-be", "eventual", "prospective", "suspected", "any"])
_PAST_WORDS = frozenset(["former", "previous", "past", "earlier", "historic", "historical", "ancient", "infamous", "ago", "formerly", "decades-long", "decade"])
_UNCERTAIN_NOUNS = frozenset(["risk", "threat", "fear", "possibility", "chance", "danger", "prospect", "plan", "proposal", "call", "demand", "warning", "hope", "idea", "right", "talk", "end", "calls", "attempt", "effort", "aim", "goal", "drill", "exercise", "simulation", "rumour", "rumor", "warning", "alert"])
_DURATION_NOUNS = frozenset(["year", "month", "decade", "century"])
_BACKGROUND_CASES = frozenset({"since", "after", "before", "during", "despite", "over", "because of", "amid", "following"})


def judge_modality(token: Token) -> str:
    """One of records.MODALITIES for the event that a trigger tells of, from its clause alone (dates come later)."""
    if _negated(token):
        return "negated"
    if token.pos_ in ("VERB", "AUX", "ADJ"):
        verdict = _of_verb(token)
    else:
        verdict = _of_noun(token)
    return verdict or "asserted"


def _negated(token: Token) -> bool:
    if any(child.lower_ in _NEGATIONS and child.i < token.i for child in token.children):
        return True
    verb = token if token.pos_ in ("VERB", "AUX") else syntax.governing_verb(token)
    if verb is None:
        return False
    if verb is not token:
        if any(c.lower_ in _NEGATIONS and c.dep_ in ("advmod", "neg") for c in verb.children) and _depends(token, verb):
            return True
        if syntax.lemma(verb) in _DENYING and token in syntax.patients(verb):
            return True
    elif token.dep_ in ("xcomp", "advcl", "ccomp") and syntax.lemma(token.head) in _DENYING:
        return True
    return any(c.dep_ in ("det", "case", "mark") and c.lower_ in ("no", "without") for c in token.children)


def _depends(noun: Token, verb: Token) -> bool:
    """Whether a noun is the verb's subject or object itself, so that the verb's "not" is about it."""
    return noun.head is verb and noun.dep_ in ("nsubj", "obj", "dobj", "nsubj:pass", "nsubjpass", "obl", "attr")


def _auxiliaries(verb: Token) -> set[str]:
    words = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    if not words and verb.dep_ == "conj" and verb.head.pos_ == "VERB" and not any(c.dep_.startswith("nsubj") for c in verb.children):
        return _auxiliaries(verb.head)
    return words


def _of_verb(verb: Token) -> str | None:
    auxiliaries = _auxiliaries(verb)
    if auxiliaries & {"will", "'ll", "’ll", "shall", "wo"}:
        return "future"
    if auxiliaries & {"may", "might", "could", "would", "should", "must", "can", "'d", "’d"}:
        return "hypothetical"
    marks = {c.lower_ for c in verb.children if c.dep_ == "mark"}
    if marks & {"if", "unless", "whether", "lest"}:
        return "hypothetical"
    if any(c.lower_ == "used" for c in (verb.head,)) and verb.dep_ == "xcomp":
        return "historical"
    infinitive = "to" in marks or "to" in auxiliaries or any(
        c.lower_ == "to" and c.pos_ == "PART" and c.i < verb.i for c in verb.children
    )
    if verb.dep_ == "conj" and verb.head.pos_ == "VERB" and verb.tag_ == "VB" and not infinitive:
        return _of_verb(verb.head)
    head = verb.head
    if infinitive and head is not verb:
        if verb.dep_ in ("xcomp", "ccomp") and syntax.lemma(head) in _IMPLYING:
            return _of_verb(head) if head.pos_ in ("VERB", "ADJ") else None
        if verb.dep_ in ("acl", "relcl") and syntax.lemma(head) in ("attack", "operation"):
            return None
        return "future" if syntax.lemma(head) in ("plan", "prepare", "schedule", "due", "set", "expect", "ready", "go") else "hypothetical"
    if verb.dep_ in ("advcl", "acl", "xcomp", "ccomp") and verb.tag_ in ("VBG", "VB") and syntax.lemma(head) in (_PLANNING | _DENYING):
        return "hypothetical"
    cases = {c.lower_ for c in verb.children if c.dep_ in ("mark", "case")}
    if verb.tag_ == "VBG" and cases & {"at", "of", "for", "from", "against"}:
        return "hypothetical"
    return None


def _of_noun(noun: Token) -> str | None:
    modifiers = {c.lower_ for c in noun.children if c.dep_ in ("amod", "compound", "det", "advmod", "nmod:poss")}
    if modifiers & _FUTURE_WORDS:
        return "future"
    if modifiers & _MAYBE_WORDS:
        return "hypothetical"
    if modifiers & _PAST_WORDS or _of_years(noun):
        return "historical"
    head = noun.head
    if noun.dep_.startswith("nmod") and syntax.lemma(head) in _UNCERTAIN_NOUNS and syntax.lemma(head) != "talk":
        return "hypothetical"
    if noun.dep_ == "compound" and syntax.lemma(head) in _UNCERTAIN_NOUNS:
        return "hypothetical"
    if noun.dep_.startswith("nmod") and syntax.lemma(head) in ("anniversary", "commemoration", "memory", "victim", "survivor", "history"):
        return "historical" if syntax.lemma(head) in ("anniversary", "commemoration", "memory", "history") else None
    verb = syntax.governing_verb(noun)
    if verb is None:
        return None
    direct = noun.head is verb
    if direct and noun in syntax.patients(verb):
        if syntax.lemma(verb) in ("plan", "schedule", "prepare", "announce", "expect") and syntax.lemma(verb) != "announce":
            return "future"
        if syntax.lemma(verb) in _PLANNING | {"end"} and syntax.lemma(verb) not in ("try", "order", "offer", "allow", "target"):
            return "hypothetical"
    if direct and any(c == "for" for c, n in syntax.obliques(verb) if n is noun) and syntax.lemma(verb) in ("call", "prepare", "appeal", "brace", "plan"):
        return "future" if syntax.lemma(verb) in ("prepare", "plan") else "hypothetical"
    if direct and any(n is noun and c in _BACKGROUND_CASES for c, n in syntax.obliques(verb)):
        return None
    verdict = _of_verb(verb)
    return verdict if verdict in ("future", "hypothetical") else None


def _of_years(noun: Token) -> bool:
    """"six years of violence", "a decade-long war": a duration of years is background, not an event of the day."""
    head = noun.head
    if noun.dep_.startswith(("nmod", "pobj")):
        if head.dep_ == "ROOT" and head.pos_ == "ADP":
            head = head.head
        if syntax.lemma(head) in _DURATION_NOUNS:
            return True
        if head.pos_ == "ADP" and syntax.lemma(head.head) in _DURATION_NOUNS:
            return True
    return any(c.dep_ in ("nmod:poss", "compound", "amod", "nummod") and any(syntax.lemma(w) in _DURATION_NOUNS for w in c.subtree) and any(w.pos_ == "NUM" or "-" in w.text for w in c.subtree) for c in noun.children)
