"""Mentions: the names of a document, from entities made by hand and the real gazetteer."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.store import Gazetteer
from geoevents.mentions import Name, find_names, names_from_spans
from geoevents.spans import clean_spans, find_roads


@lru_cache
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


@lru_cache
def blank():
    import spacy

    return spacy.blank("en")


def document(text: str, *entities: tuple[str, str]):
    """A document in which each (words, label) is an entity wherever the words stand first."""
    doc = blank()(text)
    spans = []
    for words, label in entities:
        start = text.index(words)
        span = doc.char_span(start, start + len(words), label=label, alignment_mode="expand")
        assert span is not None
        spans.append(span)
    doc.ents = spans
    return doc


def found(text: str, *entities: tuple[str, str]) -> list[tuple[str, str]]:
    return [(name.text, name.kind) for name in find_names(document(text, *entities), gazetteer())]


def test_a_name_checks_itself() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Name(text="Hama", start=0, end=3)
    with pytest.raises(ValueError, match="unknown kind"):
        Name(text="Hama", start=0, end=4, kind="person")


@pytest.mark.parametrize(
    ("span", "names"),
    [
        ("the Philippines", ["Philippines"]),
        ("Paris, Texas", ["Paris", "Texas"]),
        ("Geneva (Switzerland)", ["Geneva", "Switzerland"]),
        ("city of Aleppo", ["Aleppo"]),
        ("Syria's", ["Syria"]),
        ("Syria’s", ["Syria"]),
        ("R-Charleston", ["Charleston"]),
        ("“Hama", ["Hama"]),
        ("Hama province", ["Hama"]),
        ("western Iraq", ["Iraq"]),
        ("West Virginia", ["West Virginia"]),
        ("al-Bab", ["al-Bab"]),
        ("County Road 42", ["County Road 42"]),
        ("Highway", []),
        ("--", []),
    ],
)
def test_a_recognisers_span_is_cleaned(span: str, names: list[str]) -> None:
    text = f"He said {span} was quiet."
    start = text.index(span)
    cleaned = [text[a:b] for a, b in clean_spans(text, start, start + len(span), gazetteer().lookup)]
    assert cleaned == names


@pytest.mark.parametrize(
    ("text", "cut", "name"),
    [
        ("The U.S. said so.", "U.S", "U.S."),
        ("He left Springfield, Mo. on Monday.", "Mo", "Mo."),
        ("A fire near Idanha-a-Nova spread.", "Idanha", "Idanha-a-Nova"),
        ("A Damascus-backed force left.", "Damascus", "Damascus"),
        ("A fire in Clinton Township spread.", "Clinton", "Clinton Township"),
        ("He died in Washington. Nobody knew.", "Washington.", "Washington"),
    ],
)
def test_a_span_is_completed_to_the_whole_name(text: str, cut: str, name: str) -> None:
    start = text.index(cut)
    assert [text[a:b] for a, b in clean_spans(text, start, start + len(cut), gazetteer().lookup)] == [name]


def test_a_name_found_once_is_found_everywhere() -> None:
    text = "Shells fell on Saraqib at dawn. By noon Saraqib was empty, and saraqib in lower case is none."
    assert found(text, ("Saraqib", "PLACE")) == [("Saraqib", "place"), ("Saraqib", "place")]


def test_a_person_is_no_place() -> None:
    text = "Denzel Washington opened the show. Later Washington spoke, and Mr. Jordan listened in Amman."
    assert found(text, ("Denzel Washington", "PERSON"), ("Jordan", "PLACE"), ("Amman", "PLACE")) == [("Amman", "place")]


def test_a_player_named_jordan_is_no_country() -> None:
    text = "Michael Jordan scored 40. Jordan then left."
    assert found(text, ("Michael Jordan", "PERSON")) == []


@pytest.mark.parametrize(
    ("text", "organisation", "name"),
    [
        ("Researchers of the University of Texas agreed.", "University of Texas", "Texas"),
        ("Fighters of the Ukraine Defence Council fled.", "Ukraine Defence Council", "Ukraine"),
    ],
)
def test_a_place_inside_an_organisations_name_is_kept_as_such(text: str, organisation: str, name: str) -> None:
    from spacy.tokens import Span

    doc = document(text, (organisation, "ORG"))
    inner = doc.char_span(text.index(name), text.index(name) + len(name))
    assert inner is not None
    doc.spans["places"] = [Span(doc, inner.start, inner.end, label="PLACE")]
    assert [(n.text, n.kind) for n in find_names(doc, gazetteer())] == [(name, "organisation")]


@pytest.mark.parametrize(
    ("text", "span", "names"),
    [
        ("Shells hit the Homs-Hama road.", "Homs-Hama", ["Homs", "Hama"]),
        ("They met on the Aleppo–Qamishq highway.", "Aleppo–Qamishq", ["Aleppo", "Qamishq"]),
        ("They met in Homs-Hama.", "Homs-Hama", ["Homs-Hama"]),
        ("They met on the Zzyx-Qamishq road.", "Zzyx-Qamishq", ["Zzyx-Qamishq"]),
        ("They met on the Port-au-Prince road.", "Port-au-Prince", ["Port-au-Prince"]),
    ],
)
def test_a_stretch_between_two_places_names_both(text: str, span: str, names: list[str]) -> None:
    start = text.index(span)
    cleaned = clean_spans(text, start, start + len(span), gazetteer().lookup)
    assert [text[a:b] for a, b in cleaned] == names


def test_a_place_that_only_names_a_body_is_an_organisation() -> None:
    assert found("Fargo Police made an arrest in Fargo.", ("Fargo", "PLACE")) == [
        ("Fargo", "organisation"),
        ("Fargo", "place"),
    ]


def test_people_of_a_country_are_demonyms_and_of_a_faith_are_nothing() -> None:
    text = "Syrian troops and Sunni fighters met Russians."
    assert found(text, ("Syrian", "NORP"), ("Sunni", "NORP"), ("Russians", "NORP")) == [
        ("Syrian", "demonym"),
        ("Russians", "demonym"),
    ]


def test_metonyms_are_organisations() -> None:
    assert found("The Kremlin denied it.", ("Kremlin", "PLACE")) == [("Kremlin", "organisation")]


def test_the_agency_of_a_dateline_is_no_place() -> None:
    text = "Fire spreads\n\nCASTELO BRANCO, Portugal (Meridian Wire) — A fire spread."
    names = found(text, ("CASTELO BRANCO", "PLACE"), ("Portugal", "PLACE"), ("Meridian Wire", "PLACE"))
    assert names == [("CASTELO BRANCO", "place"), ("Portugal", "place")]


def test_numbered_roads_are_names() -> None:
    text = "It crashed on Highway 19 near I-75; Route 66 was open, Route one was not."
    assert [n.text for n in find_roads(text, ())] == ["Highway 19", "I-75", "Route 66"]


def test_given_spans_keep_their_order_and_must_be_in_the_text() -> None:
    doc = document("From Hama to Homs, Syrian troops moved.")
    names = names_from_spans(doc, [(13, 17), (5, 9), (19, 25)], gazetteer())
    assert [(n.text, n.kind) for n in names] == [("Homs", "place"), ("Hama", "place"), ("Syrian", "demonym")]
    with pytest.raises(ValueError, match="not in the text"):
        names_from_spans(doc, [(5, 400)], gazetteer())


@given(st.text(alphabet="ABHMairsty .,'’-()\n“”Øé1", max_size=120), st.integers(0, 60), st.integers(1, 60))
def test_names_of_any_text_fit_it_and_never_overlap(text: str, start: int, length: int) -> None:
    doc = blank()(text)
    span = doc.char_span(start, min(len(text), start + length), label="PLACE", alignment_mode="contract")
    doc.ents = [span] if span is not None and len(span) else []
    names = find_names(doc, gazetteer())
    end = 0
    for name in names:
        assert text[name.start : name.end] == name.text
        assert name.start >= end
        end = name.end
