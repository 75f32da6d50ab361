"""What is known of a document's home before its first word: the countries the user names, its publisher's town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gazetteer.names import fold
from gazetteer.places import Place

from .candidates import Candidates, Option, kind_of
from .clues import Clues
from .evidence import Group

TOLD = 15
"""A country the user names counts as one that stands so often at the head of the text: log2(1 + 15), four names."""

PRINTED = 3
"""A place that the publisher is called after counts as one named so often."""

TOWN = 15_000
"""Least inhabitants of a town that a publisher is called after: there is a town called Post, and one called Star."""

_RUN = re.compile(r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)*")
_PAPERS = frozenset(
    """agency associated bulletin chronicle courier daily dispatch enterprise examiner express free gazette global globe
    guardian herald independent inquirer international journal ledger mail media mercury mirror monitor national network
    news newspaper observer online post press radio record register report reporter review sentinel standard star sun
    telegraph television times today tribune tv voice weekly world""".split()
)
"""Words of papers' names, which are names of places here and there."""


def home_groups(countries: Sequence[Place], source: str | None, candidates: Candidates) -> list[Group]:
    """Names that stand before the text, as context: they speak for their neighbours like any other name, and for no
    more than that."""
    groups = [
        Group(
            key=f"country {country.id}",
            text=country.name,
            options=(Option(place=country, kind="name", spelled=True),),
            clues=Clues(),
            spots=[-1] * TOLD,
            asked=False,
        )
        for country in countries
    ]
    for name, options in _towns(source or "", candidates):
        groups.append(
            Group(key=fold(name), text=name, options=options, clues=Clues(), spots=[-1] * PRINTED, asked=False)
        )
    return groups


def _towns(source: str, candidates: Candidates) -> Iterator[tuple[str, tuple[Option, ...]]]:
    """The names of places in a publisher's name, longest first, none inside another: "The Paris News" has "Paris"."""
    for run in _RUN.findall(source):
        words = [word for word in run.split() if word.lower() not in _PAPERS]
        at = 0
        while at < len(words):
            for size in range(len(words) - at, 0, -1):
                name = " ".join(words[at : at + size])
                options = tuple(o for o in candidates.options(name) if _is_home(o))
                if options:
                    yield name, options
                    break
            at += size


def _is_home(option: Option) -> bool:
    if option.tier != "whole" or option.kind not in ("name", "alternate"):
        return False
    kind = kind_of(option.place)
    return kind in ("country", "state") or (kind == "town" and option.place.population >= TOWN)
