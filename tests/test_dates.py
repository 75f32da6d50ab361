"""Date expressions: what each kind means on a given day of publication, and that no text breaks the search."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents.extract.dates import When, dateline_date, find_dates

THURSDAY = date(2017, 3, 30)


def only(text: str, published: date | None = THURSDAY) -> When:
    """The one date expression of a text."""
    found = find_dates(text, published)
    assert len(found) == 1, [when.text for when in found]
    return found[0]


def days(first: str, last: str | None = None) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last or first)


# --- expressions and the days they mean, read on Thursday 30 March 2017 -----------------------------------------------

DAY = [
    ("Thursday", "2017-03-30"),
    ("on Thursday evening", "2017-03-30"),
    ("early on Thursday", "2017-03-30"),
    ("early Thursday", "2017-03-30"),
    ("late Wednesday", "2017-03-29"),
    ("on Wednesday night", "2017-03-29"),
    ("Friday", "2017-03-24"),
    ("last Thursday", "2017-03-23"),
    ("last Wednesday", "2017-03-29"),
    ("this past Thursday", "2017-03-23"),
    ("next Thursday", "2017-04-06"),
    ("next Monday", "2017-04-03"),
    ("next Friday", "2017-03-31"),
    ("Tuesday last week", "2017-03-21"),
    ("Monday next week", "2017-04-03"),
    ("today", "2017-03-30"),
    ("tonight", "2017-03-30"),
    ("this morning", "2017-03-30"),
    ("earlier in the day", "2017-03-30"),
    ("yesterday", "2017-03-29"),
    ("last night", "2017-03-29"),
    ("the day before yesterday", "2017-03-28"),
    ("tomorrow", "2017-03-31"),
    ("two days ago", "2017-03-28"),
    ("10 days ago", "2017-03-20"),
    ("18 March", "2017-03-18"),
    ("Saturday 18 March", "2017-03-18"),
    ("Saturday, March 18", "2017-03-18"),
    ("March 3", "2017-03-03"),
    ("March 3rd", "2017-03-03"),
    ("Mar. 3", "2017-03-03"),
    ("the 3rd of March", "2017-03-03"),
    ("March 3, 2015", "2015-03-03"),
    ("3 March 2015", "2015-03-03"),
    ("Sept. 11, 2001", "2001-09-11"),
    ("2015-03-03", "2015-03-03"),
    ("29 February 2016", "2016-02-29"),
    ("April 2", "2017-04-02"),  # soon after publication
    ("December 30", "2016-12-30"),  # of the year before
    ("August 15", "2016-08-15"),
]


@pytest.mark.parametrize(("text", "day"), DAY)
def test_one_day(text: str, day: str) -> None:
    when = only(text)
    assert (when.first, when.last) == days(day)
    assert when.precision == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("three days earlier", "2017-03-17"),
        ("two days later", "2017-03-22"),
        ("the next day", "2017-03-21"),
        ("the following day", "2017-03-21"),
        ("the previous day", "2017-03-19"),
        ("the same day", "2017-03-20"),
        ("hours later", "2017-03-20"),
        ("three days ago", "2017-03-27"),
    ],
)
def test_some_days_count_from_the_day_told_last(text: str, day: str) -> None:
    [when] = find_dates(text, THURSDAY, told=date(2017, 3, 20))
    assert (when.first, when.last) == days(day)
    [untold] = find_dates(text, THURSDAY)
    assert untold.first is None or text.endswith("ago")


SPANS = [
    ("overnight", "2017-03-29", "2017-03-30", 1),
    ("last week", "2017-03-20", "2017-03-26", 2),
    ("this week", "2017-03-27", "2017-03-30", 2),
    ("next week", "2017-04-03", "2017-04-09", 2),
    ("last weekend", "2017-03-25", "2017-03-26", 2),
    ("next weekend", "2017-04-08", "2017-04-09", 2),
    ("this weekend", "2017-04-01", "2017-04-02", 2),
    ("last month", "2017-02-01", "2017-02-28", 3),
    ("next month", "2017-04-01", "2017-04-30", 3),
    ("last year", "2016-01-01", "2016-12-31", 3),
    ("earlier this year", "2017-01-01", "2017-12-31", 3),
    ("in six days", "2017-03-24", "2017-03-30", 2),
    ("in the past six days", "2017-03-24", "2017-03-30", 2),
    ("over the past two weeks", "2017-03-16", "2017-03-30", 2),
    ("in less than a week", "2017-03-23", "2017-03-30", 2),
    ("within hours", "2017-03-29", "2017-03-30", 1),
    ("in recent days", "2017-03-23", "2017-03-30", 2),
    ("two weeks ago", "2017-03-13", "2017-03-19", 2),
    ("a month ago", "2017-02-01", "2017-02-28", 3),
    ("15 months ago", "2015-12-01", "2015-12-31", 3),
    ("six years ago", "2011-01-01", "2011-12-31", 3),
    ("fifty years ago", "1967-01-01", "1967-12-31", 3),
    ("a decade ago", "2007-01-01", "2007-12-31", 3),
    ("last December", "2016-12-01", "2016-12-31", 3),
    ("last March", "2016-03-01", "2016-03-31", 3),
    ("last February", "2017-02-01", "2017-02-28", 3),
    ("in January", "2017-01-01", "2017-01-31", 3),
    ("since October", "2016-10-01", "2016-10-31", 3),
    ("next March", "2018-03-01", "2018-03-31", 3),
    ("next May", "2017-05-01", "2017-05-31", 3),
    ("October 2018", "2018-10-01", "2018-10-31", 3),
    ("in February 2016", "2016-02-01", "2016-02-29", 3),
    ("a 2008 assault", "2008-01-01", "2008-12-31", 3),
    ("in 2011", "2011-01-01", "2011-12-31", 3),
    ("the 1990 census", "1990-01-01", "1990-12-31", 3),
    ("in the 1980s", "1980-01-01", "1989-12-31", 3),
    ("of the late 1990s", "1990-01-01", "1999-12-31", 3),
    ("last summer", "2016-06-01", "2016-08-31", 3),
    ("this spring", "2017-03-01", "2017-05-31", 3),
]


@pytest.mark.parametrize(("text", "first", "last", "precision"), SPANS)
def test_spans_of_days(text: str, first: str, last: str, precision: int) -> None:
    when = only(text)
    assert (when.first, when.last, when.precision) == (*days(first, last), precision)


# --- the turn of the year and leap days -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "published", "first", "last"),
    [
        ("March 3", "2017-01-02", "2017-03-03", None),  # 60 days ahead
        ("March 3", "2017-01-01", "2016-03-03", None),  # 61 days ahead
        ("March 3", "2016-12-20", "2016-03-03", None),
        ("January 3", "2016-12-20", "2017-01-03", None),
        ("December 31", "2017-01-02", "2016-12-31", None),
        ("December 31", "2016-12-31", "2016-12-31", None),
        ("Saturday", "2017-01-01", "2016-12-31", None),
        ("overnight", "2017-01-01", "2016-12-31", "2017-01-01"),
        ("last month", "2017-01-15", "2016-12-01", "2016-12-31"),
        ("next month", "2016-12-15", "2017-01-01", "2017-01-31"),
        ("a month ago", "2017-01-31", "2016-12-01", "2016-12-31"),
        ("last December", "2016-12-20", "2015-12-01", "2015-12-31"),
        ("this week", "2017-01-01", "2016-12-26", "2017-01-01"),
        ("yesterday", "2016-03-01", "2016-02-29", None),
        ("yesterday", "2017-03-01", "2017-02-28", None),
    ],
)
def test_turn_of_the_year(text: str, published: str, first: str, last: str | None) -> None:
    when = only(text, date.fromisoformat(published))
    assert (when.first, when.last) == days(first, last)


@pytest.mark.parametrize("text", [text for text, _ in DAY] + [text for text, *_ in SPANS])
def test_without_publication_only_full_dates_have_days(text: str) -> None:
    with_day, without = only(text), only(text, None)
    assert (without.text, without.start, without.end) == (with_day.text, with_day.start, with_day.end)
    full = any(year in text for year in ("2001", "2008", "2011", "2015", "2016", "2018", "1980", "1990"))
    expected = (with_day.first, with_day.last, with_day.precision) if full else (None, None, None)
    assert (without.first, without.last, without.precision) == expected


# --- what is no date --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Officials say it may rain.",
        "At least 10 may have drowned.",
        "They may 12 times have fired.",
        "Thousands march through the city.",
        "Some 40 march on the palace.",
        "in 2,011 homes",
        "of 2.5 metres",
        "20170 rounds",
        "of 1500 people",
        "a group of 2000 families",
        "children of six years of age",
        "Saturdays and Marches",
        "Ms. May resigned",
        "version 1.2.3",
        "",
    ],
)
def test_no_date(text: str) -> None:
    assert find_dates(text, THURSDAY) == []


@pytest.mark.parametrize("text", ["February 30", "31 April 2016", "2017-13-45"])
def test_impossible_dates_keep_their_words_and_have_no_days(text: str) -> None:
    when = only(text)
    assert when.text == text
    assert (when.first, when.last, when.precision) == (None, None, None)


# --- several in one sentence, offsets, datelines ----------------------------------------------------------------------


def test_all_dates_of_a_sentence_in_order() -> None:
    text = "On Wednesday, two weeks ago and again in October 2016, shells fell; last year it was quiet."
    found = find_dates(text, THURSDAY)
    assert [when.text for when in found] == ["Wednesday", "two weeks ago", "October 2016", "last year"]
    assert [text[when.start : when.end] for when in found] == [when.text for when in found]


@pytest.mark.parametrize("week", [date(2017, 3, 27) + timedelta(days=n) for n in range(7)])
def test_a_weekday_is_never_after_publication_nor_a_week_before(week: date) -> None:
    for name in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split():
        plain, last, following = (only(f"{how}{name}", week).first for how in ("", "last ", "next "))
        assert plain is not None
        assert last is not None
        assert following is not None
        assert timedelta(0) <= week - plain < timedelta(days=7)
        assert timedelta(0) < week - last <= timedelta(days=7)
        assert timedelta(0) < following - week <= timedelta(days=7)
        assert f"{plain:%A}" == f"{last:%A}" == f"{following:%A}" == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("HAMA, Syria, 30 March 2017 (SANA) - Shells fell.", date(2017, 3, 30)),
        ("March 3, 2015\n\nShells fell.", date(2015, 3, 3)),
        ("HAMA, Syria (SANA) - Shells fell on Thursday.", None),
        ("In March 2015 shells fell.", None),  # a month is no day
        ("Shells fell. " * 20 + "March 3, 2015", None),  # too far down to be a dateline
    ],
)
def test_dateline(text: str, day: date | None) -> None:
    assert dateline_date(text) == day


# --- any text ---------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    "in the past last next early late of a two 12 2017 1999 0 00 31 March may Dec. Thursday week weeks days years ago "
    "earlier decade s 1980s , . - – 2016-02-30 overnight 3rd st few couple about less than more recent night \n".split(
        " "
    )
)
TEXTS = st.lists(PIECES, max_size=30).map(" ".join) | st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200)
DATES = st.none() | st.dates()


@given(text=TEXTS, published=DATES)
def test_any_text(text: str, published: date | None) -> None:
    end = 0
    for when in find_dates(text, published):
        assert text[when.start : when.end] == when.text
        assert end <= when.start < when.end
        end = when.end
        assert (when.first is None) == (when.last is None) == (when.precision is None)
        if when.first is not None and when.last is not None:
            assert when.first <= when.last
            assert when.precision in (1, 2, 3)


@given(text=TEXTS, published=DATES)
def test_found_again_in_other_surroundings(text: str, published: date | None) -> None:
    """What is found in a text is found in it behind and before other sentences, moved."""
    before, after = "Shells fell. ", " . They hit homes."
    found = [(when.text, when.start, when.first) for when in find_dates(f"{before}{text}{after}", published)]
    assert found == [
        (when.text, when.start + len(before), when.first) for when in find_dates(f"{text}{after}", published)
    ]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1 " * 5000,
            "in " * 3000 + "the " * 500,
            "in the past " * 800,
            "a few " * 1600,
            "less than more than " * 500,
        ),
        *("last " * 2000, "Thursday, " * 1000, "1999" * 2500, "march 1" * 1400, "12 of " * 1600, "." * 10_000),
    ],
)
def test_long_hostile_texts_are_searched_to_the_end(text: str) -> None:
    """No pattern backtracks without bound: these would not come back."""
    found = find_dates(text + " x March 3, 2015", THURSDAY)
    assert found[-1].first == date(2015, 3, 3)
