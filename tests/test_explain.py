"""Why a name was taken for a place: the meanings of each name, with what speaks for each, as it was weighed."""

from __future__ import annotations

import math

import pytest

from geoevents.errors import DocumentError
from geoevents.explain import BESIDE, to_heading, to_json, to_row
from geoevents.pipeline import Pipeline

TEXT = "Clashes broke out near Hama and in Idlib, Syrian officials said, and near Kafr Xyzzyq."


def test_the_meanings_of_each_name_are_those_that_were_weighed(pipeline: Pipeline) -> None:
    explained = pipeline.explain(TEXT)
    report = pipeline(TEXT)
    assert tuple(e.mention for e in explained) == report.places
    assert [e.mention.text for e in explained] == ["Hama", "Idlib", "Kafr Xyzzyq"]
    for explanation in explained:
        *known, none = explanation.meanings
        assert [m.place for m in known] == [c.place for c in explanation.mention.candidates]
        assert (none.place, none.confidence) == (None, explanation.mention.none_confidence)
        assert 0.99 < sum(m.probability for m in explanation.meanings) <= 1.000001
        for meaning in explanation.meanings:
            loudness = [abs(feature.contribution) for feature in meaning.features]
            assert loudness == sorted(loudness, reverse=True)
            assert all(feature.value for feature in meaning.features)
            assert all(math.isclose(f.value * f.weight, f.contribution) for f in meaning.features)


def test_an_unknown_name_says_so(pipeline: Pipeline) -> None:
    unknown = pipeline.explain("Gunmen killed two people in Kafr Xyzzyq.")[0]
    assert to_heading(unknown).startswith("Kafr Xyzzyq [28:39] -> not placed")
    assert [m.reasons for m in unknown.meanings] == [("no gazetteer has a place of this name",)]


def test_as_a_table_and_as_json(pipeline: Pipeline) -> None:
    hama = pipeline.explain(TEXT)[0]
    assert to_heading(hama) == f"Hama [23:27] -> {hama.meanings[0].place.name} (geonames:170017)"  # type: ignore[union-attr]
    first, last = to_row("d", hama, 1), to_row("d", hama, len(hama.meanings))
    assert (first["document"], first["rank"], first["country"], first["place_id"]) == ("d", 1, "SY", "geonames:170017")
    assert (last["rank"], last["name"], last.get("place_id")) == (None, "none of these", None)
    told = to_json(hama)
    assert told["meanings"][0]["place"]["id"] == told["place_id"] == "geonames:170017"
    assert told["meanings"][-1]["place"] is None
    assert set(told["meanings"][0]["features"][0]) == {"name", "value", "weight", "contribution"}


def test_what_cannot_be_read_is_an_error(pipeline: Pipeline) -> None:
    with pytest.raises(DocumentError, match="empty"):
        pipeline.explain(" ")


def test_a_meaning_beside_the_first_says_so(pipeline: Pipeline) -> None:
    """The seat of a division and the division are no rivals; a place of the name far away is one."""
    (tripoli,) = pipeline.explain("Gunmen opened fire in Tripoli on Thursday.")
    first, *others = [meaning for meaning in tripoli.meanings if meaning.place is not None]
    told = {BESIDE in meaning.reasons: meaning for meaning in others}
    assert BESIDE not in first.reasons
    assert {near: told[near].place.country == first.place.country for near in told} == {True: True, False: False}  # type: ignore[union-attr]
    assert BESIDE in str(to_row("d", tripoli, 2)["why"]) or BESIDE in str(to_row("d", tripoli, 3)["why"])
