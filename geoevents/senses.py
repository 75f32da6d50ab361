"""Mentions of one name in one sense, grouped: "Paris" all through a text, but "Hama" apart from "Hama province"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gazetteer.names import fold
from gazetteer.places import Place

from .candidates import Candidates, Option, kind_of
from .clues import Clues, find_clues
from .evidence import Group, contains

if TYPE_CHECKING:
    from .spans import Name


def group_mentions(
    text: str, names: Sequence[Name], candidates: Candidates, context: Iterable[Name] = ()
) -> tuple[list[Group], list[int]]:
    """The names of a document in groups of one sense, and the group of each of `names` and `context`.

    Mentions of one name are one group unless their own words tell them apart: "Hama" and "Hama province", "Paris,
    Texas" and "Paris, France". A bare mention goes with the latest of the same name before it.
    """
    groups: dict[tuple[object, ...], Group] = {}
    senses: dict[str, tuple[str, ...]] = {}
    of_name: list[int] = []
    order: list[Group] = []
    number: dict[int, int] = {}
    marked = [(name, True) for name in names] + [(name, False) for name in context]
    meant = candidates.all_options(name.text for name, _ in marked)
    for name, asked in marked:
        options = meant[name.text]
        clues = find_clues(text, name.start, name.end, candidates.matches)
        if name.kind == "demonym":
            options, clues = tuple(o for o in options if o.kind == "demonym") or options, Clues()
        options = _narrow(options, clues)
        key = fold(name.text) or name.text
        sense = _sense(clues, options)
        if name.place is not None:
            options, sense = (Option(place=name.place, kind="name", spelled=True),), (name.place.id, "given")
        elif sense:
            senses[key] = sense
        else:
            sense = senses.get(key, ())
        group = groups.get((key, clues.kinds, sense))
        if group is None:
            group = groups[key, clues.kinds, sense] = Group(
                key=key, text=name.text, options=options, clues=clues, asked=asked
            )
            number[id(group)] = len(order)
            order.append(group)
        else:
            group.clues = replace(
                group.clues,
                after=group.clues.after or clues.after,
                before=group.clues.before or clues.before,
                beside=group.clues.beside or clues.beside,
            )
        group.spots.append(name.start)
        of_name.append(number[id(group)])
    _share(order)
    return order, of_name


def _sense(clues: Clues, options: Iterable[Option]) -> tuple[str, ...]:
    """The areas beside a mention that hold one of its meanings."""
    return tuple(sorted({a.id for a in (*clues.after, *clues.before) if any(contains(a, o.place) for o in options)}))


def _narrow(options: tuple[Option, ...], clues: Clues) -> tuple[Option, ...]:
    """The meanings that are left where the words beside a name leave no choice: "Washington state", "Paris, Texas"."""
    whole = [option for option in options if option.tier == "whole" and option.kind in ("name", "alternate")]
    if clues.paired:
        inside = tuple(o for o in whole if any(contains(area, o.place) for area in clues.after))
        if inside:
            return inside
    if clues.sure:
        return tuple(o for o in whole if kind_of(o.place) in clues.kinds) or options
    return options


def _share(groups: Sequence[Group]) -> None:
    """Let each group know what areas stood beside other mentions of the same name."""
    beside: dict[str, dict[str, Place]] = {}
    for group in groups:
        for area in (*group.clues.after, *group.clues.before):
            beside.setdefault(group.key, {})[area.id] = area
    for group in groups:
        own = {a.id for a in (*group.clues.after, *group.clues.before)}
        if not own:
            group.elsewhere = tuple(area for i, area in sorted(beside.get(group.key, {}).items()) if i not in own)
