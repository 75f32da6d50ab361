"""The date that belongs to a trigger, and what a date makes of an event told as fact."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from trees import tree

from geoevents.extract.dates import When, find_dates, told_by_weekdays
from geoevents.extract.timing import BACKGROUND_DAYS, choose_date, find_spans, judge_time

THURSDAY = date(2017, 3, 30)


def chosen(text: str, word: str) -> str | None:
    doc = tree(text)
    [only] = doc.sents
    when = choose_date(next(t for t in doc if t.text == word), find_spans(only, THURSDAY))
    return when.text if when else None


HIT = "Shells|NNS|nsubj|2|shell hit|VBD|root|0 Hama|NNP|obj|2 on|IN|case|5 Monday|NNP|obl|2"
TWO_CLAUSES = f"{HIT} and|CC|cc|8 troops|NNS|nsubj|8|troop fled|VBD|conj|2|flee on|IN|case|10 Tuesday|NNP|obl|8"
REPORTED = "Police|NNS|nsubj|2 said|VBD|root|0|say Friday|NNP|obl|2 shells|NNS|nsubj|5|shell hit|VBD|ccomp|2"
ASIDE = "Hama|NNP|nsubj|6 ,|,|punct|4 which|WP|nsubj|4 fell|VBD|acl:relcl|1|fall Monday|NNP|obl|4 burnt|VBD|root|0|burn"
STORM = (
    "A|DT|det|2 storm|NN|nsubj|6 that|WDT|nsubj|4 struck|VBD|acl:relcl|2|strike Tuesday|NNP|obl:unmarked|4 "
    "killed|VBD|root|0|kill"
)
LASTING = (
    "It|PRP|nsubj|2 reported|VBD|root|0|report clashes|NNS|obj|2|clash over|IN|case|8 the|DT|det|8 past|JJ|amod|8 "
    "24|CD|nummod|8 hours|NNS|obl|2|hour"
)
FULL = (
    "Police|NNS|nsubj|2 said|VBD|root|0|say in|IN|case|5 March|NNP|compound|5 2015|CD|obl|2 "
    "shells|NNS|nsubj|7|shell hit|VBD|ccomp|2"
)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        (HIT, "hit", "Monday"),
        (TWO_CLAUSES, "hit", "Monday"),
        (TWO_CLAUSES, "fled", "Tuesday"),
        (REPORTED, "hit", None),  # the day of the saying
        (REPORTED, "said", "Friday"),
        (ASIDE, "burnt", None),
        (ASIDE, "fell", "Monday"),
        (STORM, "storm", "Tuesday"),
        (LASTING, "clashes", "over the past 24 hours"),
        (FULL, "hit", "in March 2015"),  # the one full date of a sentence is about all of it
        ("Shells|NNS|nsubj|2|shell hit|VBD|root|0", "hit", None),
    ],
)
def test_the_date_of_a_trigger(text: str, word: str, expected: str | None) -> None:
    found = chosen(text, word)
    assert found == expected or (expected is not None and found is not None and expected.endswith(found))


def test_spans_of_dates_are_their_tokens() -> None:
    doc = tree(f"War|NN|root|0\n{TWO_CLAUSES}")
    sentence = list(doc.sents)[1]
    found = find_spans(sentence, THURSDAY)
    assert [(when.text, span.text, span.start) for when, span in found] == [
        ("Monday", "Monday", 5),
        ("Tuesday", "Tuesday", 10),
    ]
    assert [when.first for when, _ in found] == [date(2017, 3, 27), date(2017, 3, 28)]


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("Monday", THURSDAY, "asserted"),
        ("yesterday", THURSDAY, "asserted"),
        ("last month", THURSDAY, "asserted"),
        ("tomorrow", THURSDAY, "future"),
        ("next week", THURSDAY, "future"),
        ("in 2011", THURSDAY, "historical"),
        ("last December", THURSDAY, "historical"),
        ("last year", date(2017, 1, 5), "historical"),
        ("six years ago", THURSDAY, "historical"),
        ("a decade earlier", None, "historical"),
        ("Monday", None, "asserted"),
        ("March 3, 1990", None, "asserted"),
    ],
)
def test_judged_by_the_date(text: str, published: date | None, expected: str) -> None:
    [when] = find_dates(text, published)
    assert judge_time(when, published) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "asserted"), (BACKGROUND_DAYS, "asserted"), (BACKGROUND_DAYS + 1, "historical"), (-1, "future")],
)
def test_background_begins_after_so_many_days(days: int, expected: str) -> None:
    day = THURSDAY - timedelta(days=days)
    when = When(text="that day", start=0, end=8, first=day, last=day, precision=1)
    assert judge_time(when, THURSDAY) == expected


def test_in_an_article_told_by_weekdays_a_date_with_a_year_is_background() -> None:
    (when,) = find_dates("Tornadoes hit the town on April 2, 1982.", None)
    assert judge_time(when, None, told_by_weekdays=False) == "asserted"
    assert judge_time(when, None, told_by_weekdays=True) == "historical"
    assert judge_time(when, date(1982, 4, 3), told_by_weekdays=True) == "asserted"
    assert told_by_weekdays("The storm came on Thursday.")
    assert not told_by_weekdays("The storm came on April 2, 1982.")
