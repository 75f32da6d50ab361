"""Countries as users name them."""

from __future__ import annotations

import difflib
from functools import cache

from gazetteer.names import fold
from gazetteer.places import Place
from gazetteer.store import BUNDLED, Gazetteer

from .errors import InputError


def find_country(given: str) -> Place:
    """The country of a code of two letters (ISO 3166-1 alpha-2) or of a name. Raises InputError."""
    asked = given.strip()
    by_code, by_name = _countries()
    place_id = by_code.get(asked.upper()) or by_name.get(fold(asked))
    place = Gazetteer.open().get(place_id) if place_id else None
    if place is None:
        what = f"no country is called {given[:60]!r}: give two letters (ISO 3166-1) such as SY"
        raise InputError(what + _nearest(asked))
    return place


@cache
def _countries() -> tuple[dict[str, str], dict[str, str]]:
    """Ids of all countries by code, and by folded name; a name that two have is the one's whose own it is."""
    from gazetteer.tables import read_place_table

    drafts = read_place_table(BUNDLED.parent / "tables" / "countries.csv")
    by_name = {fold(name): draft.id for draft in drafts for name, _ in draft.names}
    by_name |= {fold(draft.name): draft.id for draft in drafts}
    return {draft.country: draft.id for draft in drafts if draft.country}, by_name


def _nearest(asked: str) -> str:
    by_code, by_name = _countries()
    codes = {place_id: code for code, place_id in by_code.items()}
    near = difflib.get_close_matches(fold(asked), sorted(by_name), 1, cutoff=0.6)
    place = Gazetteer.open().get(by_name[near[0]]) if near else None
    return f", or do you mean {codes[place.id]} ({place.name})?" if place else ""
