"""When an event happened: the date expression that belongs to a trigger, and what it says of the event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import syntax
from .attribution import SAYING
from .dates import When, find_dates

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

BACKGROUND_DAYS = 45
"""An event this long before publication is background, not news of the day."""

DATE_REACH = 8
"""How many arcs of the parse a date may be away from the trigger it dates."""

_ASIDES = ("acl", "relcl", "appos", "nmod:poss", "poss", "ccomp", "parataxis")
_YEAR = re.compile(r"\d{4}")
_LONG_AGO = re.compile(r"\b(?:years?|decades?) (?:ago|earlier)|\blast year\b", re.IGNORECASE)

_LASTING = frozenset({"over", "during", "since", "within"})
"""What stands before a time that a deed takes, and saying so does not: "reported 38 clashes over the past day"."""

Dated = Sequence[tuple[When, "Span"]]


def find_spans(sentence: Span, published: date | None, told: date | None = None) -> Dated:
    """The date expressions of a sentence with their tokens, in text order."""
    found = []
    for when in find_dates(sentence.text, published, told):
        start, end = sentence.start_char + when.start, sentence.start_char + when.end
        span = sentence.doc.char_span(start, end, alignment_mode="expand")
        if span is not None:
            found.append((when, span))
    return found


def choose_date(token: Token, dates: Dated) -> When | None:
    """The date expression nearest to a trigger in the parse.

    Left out are those of the reporting ("said Thursday") and those of an aside: a relative clause, an apposition."""
    best: tuple[int, int, When] | None = None
    for when, span in dates:
        own = {token.i, *(word.i for word in syntax.ancestors(token, 30))}
        path = [span.root]
        while path[-1].i not in own and path[-1].head != path[-1]:
            path.append(path[-1].head)
        aside = any(word.dep_.startswith(_ASIDES) and not _tells_of(word, token) for word in path[:-1])
        verb = next((word for word in path if word.pos_ in ("VERB", "AUX")), None)
        reporting = verb is not None and verb != token and syntax.lemma(verb) in SAYING
        lasting = any(c.lower_ in _LASTING for c in span if c.dep_ == "case")
        if aside or (reporting and not lasting and span.start != token.sent.start):
            continue
        rank = (syntax.tree_distance(span.root, token), abs(span.start - token.i), when)
        if rank[0] <= DATE_REACH and (best is None or rank[:2] < best[:2]):
            best = rank
    if best is None and len(dates) == 1 and _YEAR.search(dates[0][0].text):
        return dates[0][0]  # the one full date of a sentence is about all of it
    return best[2] if best else None


def _tells_of(clause: Token, token: Token) -> bool:
    """ "This week's quake", "a tornado that touched down on Tuesday": what says more of the trigger itself."""
    return clause.dep_ in ("acl:relcl", "nmod:poss") and clause.head == token


def judge_time(when: When, published: date | None, told_by_weekdays: bool = False) -> str:
    """asserted, historical or future: what a date makes of an event told as fact.

    Where the day of publication is unknown, a bare year is background, and so is any date with a year in an article
    that tells its own days' news by weekdays."""
    if _LONG_AGO.search(when.text):
        return "historical"
    if published is None and (when.precision == 3 or (told_by_weekdays and _YEAR.search(when.text))):
        return "historical"
    if published is None or when.first is None or when.last is None:
        return "asserted"
    if when.first > published:
        return "future"
    return "historical" if when.last < published - timedelta(days=BACKGROUND_DAYS) else "asserted"
