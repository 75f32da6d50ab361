"""Where sentences must end: after datelines, headlines and paragraphs, but not inside lines wrapped by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English

from geoevents.layout import mark_boundaries
from geoevents.pipeline import Pipeline

NLP = English()
PROSE = (
    "Shells fell on the northern suburbs of the city on\nThursday and people who lived there fled to the south,\n"
    "where aid workers met them with food and blankets and\nwith tents for the night that was to come to them all.\n"
)


def starts(text: str) -> list[str]:
    """The first word of each sentence that the layout alone sets, the first of all left out."""
    doc = NLP.make_doc(text)
    mark_boundaries(doc)
    return [token.text for token in doc if token.is_sent_start and token.i]


@pytest.mark.parametrize(
    "dateline",
    [
        "HAMA, Syria, March 3 (SANA) - ",
        "HAMA, Syria (AP) — ",
        "DAMASCUS — ",
        "NEW YORK/GENEVA, 3 March 2017 -- ",
        "Nairobi, Kenya (Reuters) - ",
        "Port-au-Prince, 12 January – ",
        "London, March 3, 2017 — ",
        "Kyiv, 12 Jan. 2023 — ",
        "LEBANON, Mo. — ",
        "ALBANY, N.Y. (AP) — ",
    ],
)
def test_a_sentence_begins_after_the_dateline(dateline: str) -> None:
    assert starts(f"{dateline}Shells fell.") == ["Shells"]
    assert starts(f"War goes on\n\n{dateline}Shells fell.")[-1] == "Shells"


@pytest.mark.parametrize(
    "text",
    [
        "Shells fell on Hama.",
        "Rebels - who hold Hama - fled.",
        "The army (SAA) took Hama. A truce - the third - held.",
        "hama, syria (ap) - shells fell.",
        "HAMA fell.",
        "The quake of 3 May 2014 — the worst in years — killed 12.",
        "NATO troops left - at last.",
        "HAMA fell. rebels - who hold Idlib - fled.",
        "",
        "   ",
    ],
)
def test_plain_text_has_no_boundaries(text: str) -> None:
    assert starts(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Floods killed 20. Gunmen fled.", ["Gunmen"]),
        ('The army (SAA) withdrew." "Nobody is left."', ['"']),
        ("They met Gen. Smith at 5 p.m. Tuesday in St. Louis.", []),
        ("1. Gunmen fled", []),
    ],
)
def test_a_sure_full_stop_ends_a_sentence(text: str, expected: list[str]) -> None:
    assert starts(text) == expected


def test_only_the_first_lines_hold_a_dateline() -> None:
    assert "Shells" not in starts("A line.\n" * 9 + "HAMA (AP) - Shells fell.")
    assert "Shells" in starts("A line.\n" * 7 + "HAMA (AP) - Shells fell.")


def test_paragraphs_and_headlines_end_sentences() -> None:
    assert starts("Shells hit Hama\n\nRebels fled\nCivilians stayed") == ["Rebels", "Civilians"]


def test_wrapped_lines_run_on() -> None:
    assert starts(PROSE) == []


def test_blank_and_short_lines_end_sentences_in_wrapped_text() -> None:
    assert starts(f"{PROSE}\nIt rained.\n{PROSE}") == ["It", "Shells"]


def test_white_space_starts_no_sentence() -> None:
    doc = NLP.make_doc("One\n \n\n  Two")
    mark_boundaries(doc)
    assert [token.text for token in doc if token.is_sent_start and token.i] == ["Two"]


def test_boundaries_survive_the_parser(pipeline: Pipeline) -> None:
    doc = pipeline.nlp.make_doc("HAMA, Syria (SANA) - Shells fell on Hama\nTwo people were killed")
    mark_boundaries(doc)
    assert [s.text.strip() for s in pipeline.nlp(doc).sents][-2:] == ["Shells fell on Hama", "Two people were killed"]


@given(st.text(alphabet="HAM ama,.()-—\n1", max_size=300))
def test_any_text(text: str) -> None:
    doc = NLP.make_doc(text)
    mark_boundaries(doc)
    assert doc.text == text
    assert not any(token.is_space for token in doc if token.is_sent_start and token.i)


@pytest.mark.parametrize("line", ["A" * 10_000, "A (" * 3000, "A " * 5000, "A(1) " * 2000, "\n" * 10_000, "- " * 5000])
def test_long_hostile_lines_are_read_to_the_end(line: str) -> None:
    assert starts(f"{line}\nRebels fled")[-1:] == ["Rebels"]
