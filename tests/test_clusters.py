"""Which pairs of events are looked at: all that matter, each once, and few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from placed import GENEVA, HAMA, HAMA_PROVINCE, IDLIB, SYRIA, place
from reports import MONDAY, report

from gazetteer.places import Place
from geoevents.clusters import NEIGHBOURS, _pairs, cluster
from geoevents.likeness import Weights, compare, load_weights
from geoevents.records import Report
from geoevents.sketches import Sketch
from geoevents.stories import gather_tellings

NOWHERE = "Warplanes bombed a market, killing 12 people, medics said."


def sketches(*reports: Report) -> list[Sketch]:
    """The events as they are compared, in the order that the reports have when sorted by their outlets."""
    return [telling.sketch for telling in gather_tellings(reports)]


def raid(outlet: str, at: Place | None, days: int = 0, more: str = "") -> Report:
    """An air raid told in its outlet's own words, so that no other reprints it."""
    filling = " ".join(f"{outlet}{n}" for n in range(30))
    where = f"Warplanes bombed {at.name} on Monday." if at else NOWHERE
    day = MONDAY + timedelta(days=days)
    return report(outlet, where, at=at, day=day, published=MONDAY, more=f"{more} {filling}.")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (raid("a", IDLIB), raid("b", IDLIB)),
        (raid("a", HAMA), raid("b", HAMA_PROVINCE)),
        (raid("a", SYRIA), raid("b", HAMA)),
        (raid("a", SYRIA), raid("b", HAMA_PROVINCE)),
        (raid("a", HAMA), raid("b", HAMA, days=7)),
        (raid("a", HAMA), raid("b", None, more="Doctors in Sarmada treated the wounded from Talmenes and Has.")),
    ],
    ids=["town", "province", "country", "areas", "a week", "nowhere"],
)
def test_what_may_be_one_is_looked_at(first: Report, second: Report) -> None:
    if second.events[0].place is None:
        told = "Doctors in Sarmada treated the wounded from Talmenes and Has."
        first = raid("a", HAMA, more=told)
    assert list(_pairs(sketches(first, second))) == [(0, 1)]


def test_what_cannot_be_one_is_not() -> None:
    later = sketches(raid("a", HAMA), raid("b", HAMA, days=30))
    assert list(_pairs(later)) == []
    assert compare(*later) is None
    assert compare(*sketches(raid("a", HAMA), raid("b", GENEVA))) is None


def test_each_pair_once_and_few_of_a_crowd() -> None:
    """Four hundred raids on one town in a week, and one on every other town."""
    crowd = [raid(f"c{n:03}", HAMA, days=n % 7) for n in range(400)]
    towns = [place(f"t:{n}", f"Town{n:03}", 10 + n % 20, 10 + n // 20) for n in range(200)]
    found = list(_pairs(sketches(*crowd, *(raid(f"t{n:03}", town) for n, town in enumerate(towns)))))
    assert len(found) == len(set(found))
    assert all(a < b for a, b in found)
    assert len(found) <= 600 * 3 * NEIGHBOURS


def test_likeness_is_symmetric() -> None:
    told = sketches(
        raid("a", HAMA), raid("b", HAMA_PROVINCE), raid("c", None), raid("d", SYRIA, days=2), raid("e", IDLIB)
    )
    for a in told:
        for b in told:
            assert compare(a, b) == compare(b, a)


def test_none_are_one_where_all_weighs_against_it() -> None:
    told = sketches(raid("a", HAMA), raid("b", HAMA), raid("c", HAMA))
    against = Weights(values=dict.fromkeys(load_weights().values, -1.0))
    assert cluster(told, against) == [[0], [1], [2]]
    assert cluster(told, load_weights()) == [[0, 1, 2]]
