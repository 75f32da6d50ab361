"""Numbers of people: digits, words and vague ones, the bounds that words around them give, and what counts nobody."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from trees import VOCAB

from geoevents.extract.quantities import MAX_COUNT, Number, find_numbers

NOUNS = "people men women rockets houses km percent years days Pakistanis cows goats families households".split()

_SINGULAR = {"families": "family"}


def numbers(text: str) -> list[Number]:
    """The numbers of a text, cut at white space and punctuation; nouns are told by a list, plurals by their s."""
    words = re.findall(r"\d[\d,]*\d|\w+(?:-\w+)*|[^\w\s]", text)
    pos = ["NOUN" if word in NOUNS else "NUM" if word[0].isdigit() else "X" for word in words]
    lemmas = [_SINGULAR.get(word) or word.removesuffix("s") if word in NOUNS else word.lower() for word in words]
    doc = Doc(VOCAB, words=words, pos=pos, lemmas=lemmas, sent_starts=[n == 0 for n in range(len(words))])
    return list(find_numbers(doc[:]))


def bounds(text: str) -> list[tuple[int | None, int | None, int | None]]:
    return [(n.bounds.low, n.bounds.best, n.bounds.high) for n in numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("7 people", 7), ("2,200 people", 2200), ("1,234,567 people", 1_234_567), ("2200 people", 2200)],
        *[("3 million people", 3_000_000), ("40 thousand people", 40_000), ("2 hundred people", 200)],
        *[("3 dozen people", 36), ("a dozen people", 12), ("the dozen people", 12), ("two dozen people", 24)],
        *[("one people", 1), ("seven people", 7), ("nineteen people", 19), ("twenty people", 20)],
        *[("twenty-three people", 23), ("twenty - three people", 23), ("ninety nine people", 99)],
        *[("a hundred people", 100), ("one hundred people", 100), ("two hundred and six people", 206)],
        *[("a thousand people", 1000), ("two million people", 2_000_000), ("six hundred thousand people", 600_000)],
        *[("three thousand two hundred people", 3200), ("one hundred and twenty-three people", 123)],
        *[("two million three hundred thousand people", 2_300_000), ("half a dozen people", 6)],
        *[("a million people", 1_000_000), ("50,000,000 people", MAX_COUNT)],
    ],
)
def test_exact_numbers(text: str, value: int) -> None:
    assert bounds(text) == [(value, value, value)]


@pytest.mark.parametrize(
    ("text", "low", "best", "high"),
    [
        *[("at least 5 people", 5, 5, None), ("more than 5 people", 5, 5, None), ("over 5 people", 5, 5, None)],
        *[
            ("no fewer than 5 people", 5, 5, None),
            ("upwards of 5 people", 5, 5, None),
            ("5 or more people", 5, 5, None),
        ],
        *[("not less than 5 people", 5, 5, None), ("at least a dozen people", 12, 12, None)],
        *[
            ("up to 5 people", None, None, 5),
            ("as many as 5 people", None, None, 5),
            ("at most 5 people", None, None, 5),
        ],
        *[("fewer than 5 people", None, None, 5), ("no more than 5 people", None, None, 5)],
        *[
            ("about 50 people", None, 50, None),
            ("some 50 people", None, 50, None),
            ("nearly 50 people", None, 50, None),
        ],
        *[("approximately 50 people", None, 50, None), ("around fifty people", None, 50, None)],
        *[
            ("between 30 and 40 people", 30, None, 40),
            ("30 to 40 people", 30, None, 40),
            ("30 - 40 people", 30, None, 40),
        ],
        *[("five or six people", 5, None, 6), ("two to three hundred people", 200, None, 300)],
        *[
            ("dozens of people", 24, None, None),
            ("scores of people", 40, None, None),
            ("several people", 3, None, None),
        ],
        *[("hundreds of people", 200, None, None), ("thousands of people", 2000, None, None)],
        *[
            ("tens of thousands of people", 20_000, None, None),
            ("hundreds of thousands of people", 200_000, None, None),
        ],
        *[("several hundred people", 300, None, None), ("a few dozen people", 36, None, None)],
        *[("5 to a hundred people", 5, None, 100), ("2 to 3 million people", 2_000_000, None, 3_000_000)],
        *[("millions of people", 2_000_000, None, None), ("tens of millions of people", 20_000_000, None, None)],
        *[("a few people", 3, None, None), ("a couple of people", 2, None, None)],
    ],
)
def test_bounds(text: str, low: int | None, best: int | None, high: int | None) -> None:
    assert bounds(text) == [(low, best, high)]


@pytest.mark.parametrize(
    ("text", "low"), [("40 families", 40), ("about 40 households", 40), ("hundreds of families", 200)]
)
def test_of_families_a_count_is_the_least(text: str, low: int) -> None:
    assert bounds(text) == [(low, None, None)]


def test_a_number_before_a_full_stop_is_no_time_of_day() -> None:
    assert bounds("killing four . Three men") == [(4, 4, 4), (3, 3, 3)]
    assert (4, 4, 4) not in bounds("at 4 . 30")


def test_numbers_one_after_the_other() -> None:
    assert bounds("7 people and 12 people or 3 people") == [(7, 7, 7), (12, 12, 12), (3, 3, 3)]
    assert bounds("five six people") == [(5, 5, 5), (6, 6, 6)]
    assert bounds("40 to 30 people") == [(40, 40, 40), (30, 30, 30)]  # no range


def test_tokens_of_a_number_take_in_the_words_that_bound_it() -> None:
    [number] = numbers("they say at least two hundred and six people fell")
    assert (number.first, number.last) == (2, 7)
    [number] = numbers("between 30 and 40 people")
    assert (number.first, number.last) == (1, 3)


@pytest.mark.parametrize(
    ("text", "part"), [("5 people", False), ("including 5 people", True), ("among them 5 people", True)]
)
def test_parts_of_a_total(text: str, part: bool) -> None:
    assert [number.part for number in numbers(text)] == [part]


@pytest.mark.parametrize(
    "text",
    [
        *["12 km", "12 percent", "12 % of it", "six years", "40 rockets", "40 houses"],
        *["no one", "not one of them", "12 cows", "40 of the goats", "hundreds of sheep"],
        *["$ 40 to them", "magnitude 7", "aged 40", "in 2011", "since 1999", "few people", "no people"],
        *[
            "0 people",
            "zero people",
            "60,000,000 people",
            "999999999 million people",
            "twelve - km",
            "1,23 people",
        ],
    ],
)
def test_no_count_of_people(text: str) -> None:
    assert bounds(text) == []


PIECES = st.sampled_from(
    "0 1 7 12 100 1,000 99,999,999 2011 one two twenty ninety-nine hundred thousand million dozen dozens scores tens "
    "several few couple a the of and or to - – between at least more than up as many fewer about some including among "
    "them people km % , . $ ٣ ² 1½ -".split(" ")
)


@given(words=st.lists(PIECES, min_size=1, max_size=25))
def test_any_words(words: list[str]) -> None:
    doc = Doc(VOCAB, words=words, sent_starts=[n == 0 for n in range(len(words))])
    found = list(find_numbers(doc[:]))
    for number in found:
        known = [n for n in (number.bounds.low, number.bounds.best, number.bounds.high) if n is not None]
        assert known
        assert known == sorted(known)
        assert 0 < number.first + 1 <= number.last + 1 <= len(words)
        assert 0 < known[0] <= known[-1]
    for before, after in pairwise(found):
        assert before.first < after.first


@pytest.mark.parametrize("word", ["1", "one", "hundred", "a", "to", "-", "dozens", "between", "at least"])
def test_long_hostile_sentences_are_read_to_the_end(word: str) -> None:
    words = f"{word} " * 10_000 + "x 7"
    doc = Doc(VOCAB, words=words.split(), sent_starts=[n == 0 for n in range(len(words.split()))])
    assert list(find_numbers(doc[:]))[-1].bounds.best == 7
