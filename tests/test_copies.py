"""Which texts are copies of one, and that it is found at a cost that grows with their number alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations

import pytest

from geoevents import copies
from geoevents.copies import find_copies, shingles
from geoevents.records import Document

DAY = date(2024, 5, 3)
WIRE = (
    "At least 43 people died when a blast tore through a crowded mosque in Kunduz on Friday, health officials said. "
    "The hall was full for the noon prayer, a witness said. No group has said it was behind the explosion, the second "
    "in the province within a month. The mosque serves a minority that makes up a tenth of the city's population."
)


def document(name: str, text: str = WIRE, day: date | None = DAY) -> Document:
    """A document of that id, text and day."""
    return Document(id=name, text=text, published=day)


@pytest.mark.parametrize(
    "text",
    [
        WIRE,
        WIRE.upper(),
        "KABUL (Wire) - " + WIRE,
        WIRE.replace("noon", "midday"),
        WIRE[: WIRE.index(" The mosque")],
        WIRE.replace("43", "47"),  # a later version: the same text, though not the same report
        WIRE.replace(" a month.", " a month.\n\nOur correspondent adds that the streets around it are closed.\n\n"),
    ],
    ids=["same", "shouted", "dateline", "a word", "cut", "a figure", "a paragraph added"],
)
def test_a_reprint_is_a_copy(text: str) -> None:
    assert find_copies([document("a"), document("b", text, DAY + timedelta(days=1))]) == {1: 0}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("In Kunduz a man blew himself up among those at prayer; the hospital counts 55 dead, the washers sixty.", DAY),
        (WIRE, DAY + timedelta(days=7)),  # a form filled in every week
        ("At least 43 people died.", DAY),  # too short to be anybody's
        ("", DAY),
    ],
    ids=["own words", "a week later", "short", "empty"],
)
def test_another_text_is_none(text: str, day: date) -> None:
    assert find_copies([document("a"), document("b", text, day)]) == {}


def test_a_sentence_taken_from_a_long_report_is_no_copy() -> None:
    long = " ".join(f"Sentence {n} speaks of matter {n * 7} and of nothing else at all." for n in range(40))
    assert find_copies([document("a", f"{WIRE[:115]} {long}"), document("b", WIRE[:115])]) == {}


def test_the_first_published_is_the_original_in_whatever_order() -> None:
    given = [document("c"), document("a", day=None), document("b", day=DAY - timedelta(days=1)), document("x", "Other")]
    for order in permutations(given):
        found = find_copies(order)
        assert {order[copy].id: order[original].id for copy, original in found.items()} == {"a": "b", "c": "b"}


def test_shingles_are_those_of_words_without_case_and_marks() -> None:
    assert shingles("A blast, in Kunduz!") == shingles("a BLAST in kunduz")
    assert len(shingles("one two three four")) == 2
    assert shingles("one two") == frozenset()


def test_few_texts_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand texts, a tenth of them copies, and all with the same ending: each is compared with few others."""
    chosen = random.Random(0)  # noqa: S311
    words = [f"w{n}" for n in range(5_000)]
    texts = [" ".join(chosen.choices(words, k=60)) + " all rights are reserved by the agency" for _ in range(1_800)]
    documents = [document(f"{n:04}", text) for n, text in enumerate([*texts, *texts[:200]])]
    compared = 0
    share = copies._share

    def counting(a: frozenset[int], b: frozenset[int]) -> float:
        nonlocal compared
        compared += 1
        return share(a, b)

    monkeypatch.setattr(copies, "_share", counting)
    found: dict[int, int] = find_copies(documents)
    assert found == {1_800 + n: n for n in range(200)}
    assert compared <= len(documents) * copies.CROWD


def test_nothing_comes_of_nothing() -> None:
    none: Sequence[Document] = []
    assert find_copies(none) == {}
