"""Colours, symbols and words: complete, distinct, and legible."""

from __future__ import annotations

import re
from importlib import resources
from itertools import combinations

import pytest

from maps.style import ACLED, GROUPS, MODES, OKABE_ITO, SHAPES, TYPES, Group, legend

PLOVER = (
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE "
    "COERCE ASSAULT"
).split()
GLIDE = "AC AV CE CW DR EC EP EQ ET FA FF FL FR HT IN LS MS OT SL SS ST TC TO TS VO VW WF WV".split()
THEMES = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def variables() -> dict[str, dict[str, str]]:
    """The colours of page.css by theme and name."""
    css = (resources.files("maps") / "assets/page.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks)
    return {"light": light, "dark": light | dark}


def test_at_most_eight_groups_that_differ_in_colour_and_in_shape() -> None:
    assert len(GROUPS) <= 8
    assert len({group.colour for group in GROUPS}) == len({group.shape for group in GROUPS}) == len(GROUPS)


def test_every_type_has_a_word_and_a_group() -> None:
    known = {group.id for group in GROUPS}
    assert set(PLOVER) | set(GLIDE) == set(TYPES)
    assert {kind.group for kind in (*TYPES.values(), *MODES.values(), *ACLED.values())} <= known
    assert {event_type for event_type, _ in MODES} <= set(TYPES)
    labels = [kind.label for kind in TYPES.values()]
    assert len(set(labels)) == len(labels)


def test_legend_carries_all_of_it_to_the_page() -> None:
    made = legend()
    assert [group["id"] for group in made["groups"]] == [group.id for group in GROUPS]
    assert ["ASSAULT", "aerial", "Air strike", "strikes"] in made["modes"]
    assert ["Armed clash", "Armed clash", "fighting"] in made["acled"]
    assert len(made["types"]) == len(TYPES)


def test_shapes_are_about_as_large_as_each_other_and_all_reach_the_page() -> None:
    corners = [group["corners"] for group in legend()["groups"]]
    assert sorted(corners) == sorted(SHAPES.values())
    for shape in filter(None, corners):
        area = abs(sum(x * v - u * y for (x, y), (u, v) in zip(shape, shape[1:] + shape[:1], strict=True))) / 2
        assert 1.5 < area < 3.2, shape


@pytest.mark.parametrize("change", [{"shape": "blob"}, {"colour": "#123456"}])
def test_group_refuses_what_the_page_cannot_draw(change: dict[str, str]) -> None:
    right = {"id": "x", "label": "X", "colour": OKABE_ITO["blue"], "shape": "circle"}
    with pytest.raises(ValueError, match="group 'x'"):
        Group(**(right | change))


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_legible(theme: str) -> None:
    colours = variables()[theme]
    grounds = {
        "text": ("paper", "raised", "quote", "place", "trigger"),
        "muted": ("paper", "raised", "quote"),
        "accent": ("paper", "raised"),
        "map-label": ("land",),
        "place-label": ("land", "water"),
        "symbol-ink": ("symbol-paper",),
    }
    for ink, papers in grounds.items():
        for paper in papers:
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)


@pytest.mark.parametrize("theme", THEMES)
def test_outline_sets_symbols_off_from_the_ground(theme: str) -> None:
    colours = variables()[theme]
    for ground in ("land", "water"):
        assert contrast(colours["symbol-ink"], colours[ground]) >= 7


def test_groups_differ_in_lightness_or_hue_pair_by_pair() -> None:
    # A cheap floor against two groups of one colour: far apart in plain RGB.
    for one, other in combinations(GROUPS, 2):
        channels = ((int(one.colour[i : i + 2], 16), int(other.colour[i : i + 2], 16)) for i in (1, 3, 5))
        assert sum((a - b) ** 2 for a, b in channels) ** 0.5 > 60, (one.id, other.id)
