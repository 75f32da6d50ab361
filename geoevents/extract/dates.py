"""When: date expressions in a sentence, resolved against the day of publication.

Calendar dates and "two weeks ago" are dateparser's; the table here is what it lacks or gets wrong for news: the
weekday of publication itself, "overnight", "last December", "in six days", "last week", "in recent days", seasons."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any

from .quantities import NUMERALS

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = "january february march april may june july august september october november december".split()
_COUNT = {"a": 1, "an": 1, "several": 5, "few": 4, "couple": 2} | NUMERALS
_NEAR = {
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "earlier in the day": 0,
    "yesterday": -1,
    "last night": -1,
    "the day before yesterday": -2,
    "tomorrow": 1,
}
_SEASON = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_DAY = "|".join(WEEKDAYS)
_MONTH = "|".join([*MONTHS, *(rf"{month[:3]}\.?" for month in MONTHS if month != "may"), r"sept\.?"])
_YEAR = r"(?:1[5-9]|20)\d\d"
_NUMBER = r"\d{1,3}|" + "|".join(_COUNT)
_COUNTED = r"(?:people|persons|civilians|residents|families|homes|houses|men|women|children|troops|soldiers|police)"
_EXPRESSION = re.compile(
    r"\b(?:"
    rf"(?P<calendar>(?:(?:{_DAY}),? )?(?:\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})(?:,? {_YEAR})?"
    rf"|(?:{_MONTH}),? {_YEAR}))"
    rf"|(?P<month_relation>last|this|next|in|since|early|late|mid-?) ?(?P<month>{_MONTH})(?!,? \d)"
    rf"|(?:(?P<day_relation>last|this|next|this past|early|late) )?(?P<weekday>{_DAY})"
    r"(?: (?:night|morning|evening|afternoon))?(?P<day_week> last week| next week)?"
    rf"|(?P<near>overnight|{'|'.join(_NEAR)})"
    rf"|(?:(?:about|some|around|nearly) )?(?P<ago_count>{_NUMBER})(?: of)? "
    r"(?P<ago_unit>day|week|month|year|decade)s? (?P<ago_from>ago|earlier|later)(?: (?:on|this) \w{3,9})?"
    r"|the (?P<step>previous|same|next|following) day|(?P<hours>(?:hours|minutes|moments) (?:earlier|later))"
    r"|(?:in|over|during|within) (?:the )?(?:(?:less than|more than|about|past|last|nearly) ){0,2}"
    rf"(?:(?P<span_count>{_NUMBER})(?: of)? )?(?P<span_unit>hours?|days?|weeks?|months?|years?)(?! of age)"
    r"|(?P<unit_relation>last|this|next|past|earlier this) "
    r"(?P<unit>week|weekend|month|year|spring|summer|autumn|fall|winter)"
    r"|(?:in )?(?:the )?(?:recent|past few|last few) (?P<recent>days|weeks|months|years)"
    rf"|(?:in|since|during|of|by|from|the|a|its|their) (?P<year>{_YEAR})(?!,\d|\d|\.\d| {_COUNTED}\b)"
    rf"|(?:in|of|since) the (?:early |late |mid-?)?(?P<decade>(?:1[5-9]|20)\d0)s"
    r")(?!\w)",
    re.IGNORECASE,
)
"""Every part is bounded: at most a few optional words, no nested repetition."""

Days = tuple[date, date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date expression: its words with offsets in the text it was found in, and the days it spans if they are known.

    `precision` is ACLED's: 1 a day, 2 a week or so, 3 a month or longer; None if the days are unknown."""

    text: str
    start: int
    end: int
    first: date | None = None
    last: date | None = None
    precision: int | None = None


def find_dates(text: str, published: date | None, told: date | None = None) -> list[When]:
    """The date expressions of a sentence, in text order. Without `published`, relative ones have no days.

    `told` is the day that the text spoke of last, from which "three days earlier" counts."""
    found = []
    for match in _EXPRESSION.finditer(text):
        if match.group().islower() and re.search(r"^(?:may|march) \d|\d (?:may|march)$|^may$", match.group()):
            continue  # the verb, not the month: "10 may have died"
        onward = match["ago_from"] in ("earlier", "later") or match["step"] or match["hours"]
        base = told if onward else published
        first, last, precision = _resolve(match.group().lower(), base) or (None, None, None)
        found.append(
            When(text=match.group(), start=match.start(), end=match.end(), first=first, last=last, precision=precision)
        )
    return found


def dateline_date(text: str) -> date | None:
    """The full date in a dateline or the first line ("HAMA, Syria, 30 March 2017 (SANA) -"), None if there is none."""
    return next((when.first for when in find_dates(text[:200], None) if when.precision == 1), None)


def told_by_weekdays(text: str) -> bool:
    """Whether a text speaks of its own days as news does: "on Thursday", "yesterday"."""
    return any(match["weekday"] or match["near"] for match in _EXPRESSION.finditer(text[:20_000]))


@lru_cache(maxsize=4096)
def _resolve(words: str, published: date | None) -> Days | None:
    match = _EXPRESSION.fullmatch(words)
    if match is None:
        return None
    part = match.groupdict()
    if part["calendar"]:
        return _calendar(part["calendar"], published)
    if part["year"]:
        return date(int(part["year"]), 1, 1), date(int(part["year"]), 12, 31), 3
    if part["decade"]:
        return date(int(part["decade"]), 1, 1), date(int(part["decade"]) + 9, 12, 31), 3
    if published is None:
        return None
    if part["near"] == "overnight":
        return published - timedelta(days=1), published, 1
    if part["near"]:
        return _one_day(published + timedelta(days=_NEAR[part["near"]]))
    if part["month"]:
        return _named_month(part["month"], part["month_relation"], published)
    if part["weekday"]:
        return _one_day(_weekday(part["weekday"], part["day_relation"], part["day_week"], published))
    if part["ago_unit"]:
        count = _counted(part["ago_count"])
        return _ago(-count if part["ago_from"] == "later" else count, part["ago_unit"], published)
    if part["step"] or part["hours"]:
        return _one_day(published + timedelta(days={"previous": -1, "next": 1, "following": 1}.get(part["step"], 0)))
    if part["span_unit"]:
        return _span(_counted(part["span_count"]), part["span_unit"].rstrip("s"), published)
    if part["recent"]:
        length = {"days": 7, "weeks": 28, "months": 120, "years": 1095}[part["recent"]]
        return published - timedelta(days=length), published, 2 if length <= 7 else 3
    return _unit(part["unit_relation"], part["unit"], published)


@cache
def _parser(published: date | None) -> Any:
    """dateparser, told the language and the day to count from; never the machine's own day."""
    from dateparser.date import DateDataParser

    base = datetime.combine(published or date(2000, 1, 1), time(12))
    settings = {"PREFER_DATES_FROM": "past", "RELATIVE_BASE": base, "PREFER_DAY_OF_MONTH": "first", "NORMALIZE": True}
    return DateDataParser(languages=["en"], settings=settings)


def _calendar(words: str, published: date | None) -> Days | None:
    """A calendar date; one without a year lies before publication, or at most 60 days after it."""
    dated = re.search(_YEAR, words) is not None
    if published is None and not dated:
        return None
    try:
        found = _parser(published).get_date_data(re.sub(rf"^(?:{_DAY}),? ", "", words))
    except (ValueError, OverflowError):
        return None
    if found.date_obj is None:
        return None
    day = found.date_obj.date()
    if found.period == "month":
        return _month(day.year, day.month)
    if not dated and published is not None:
        later = _in_year(day, day.year + 1)
        if later is not None and day <= published and later - published <= timedelta(days=60):
            day = later
    return day, day, 1


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return None


def _one_day(day: date) -> Days:
    return day, day, 1


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), 3


def _counted(word: str | None) -> int:
    return 1 if not word else int(word) if word.isdigit() else _COUNT[word]


def _named_month(name: str, relation: str | None, published: date) -> Days:
    month = next(n for n, full in enumerate(MONTHS, start=1) if full.startswith(name.rstrip(".")[:3]))
    year = published.year
    if relation == "next":
        year += month <= published.month
    elif month > published.month or (relation == "last" and month == published.month):
        year -= 1
    return _month(year, month)


def _weekday(name: str, relation: str | None, week: str | None, published: date) -> date:
    """The weekday nearest before publication, that very day included; "next" and "last week" move it."""
    if week:
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=1 if "next" in week else -1)
        return monday + timedelta(days=WEEKDAYS.index(name))
    back = (published.weekday() - WEEKDAYS.index(name)) % 7
    if relation == "next":
        return published + timedelta(days=7 - back)
    if relation in ("last", "this past") and back == 0:
        back = 7
    return published - timedelta(days=back)


def _ago(count: int, unit: str, published: date) -> Days:
    if unit == "day":
        return _one_day(published - timedelta(days=count))
    if unit == "week":
        day = published - timedelta(weeks=count)
        return day - timedelta(days=3), day + timedelta(days=3), 2
    if unit == "month":
        months = published.year * 12 + published.month - 1 - count
        return _month(months // 12, months % 12 + 1)
    year = max(1, published.year - count * (10 if unit == "decade" else 1))
    return date(year, 1, 1), date(year, 12, 31), 3


def _span(count: int, unit: str, published: date) -> Days:
    days = count * {"hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}[unit] or 1
    days = min(days, published.toordinal() - 1)
    return published - timedelta(days=days), published, 1 if days <= 1 else 2 if days <= 14 else 3


def _unit(relation: str, unit: str, published: date) -> Days:
    step = -1 if relation in ("last", "past") else 1 if relation == "next" else 0
    if unit in ("week", "weekend"):
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
        first = monday + timedelta(days=5 if unit == "weekend" else 0)
        last = monday + timedelta(days=6)
        if step == 0 and first > published:  # "this weekend" said on a weekday is the coming one
            return first, last, 2
        return first, min(last, published) if step == 0 else last, 2
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return _month(months // 12, months % 12 + 1)
    if unit == "year":
        return date(published.year + step, 1, 1), date(published.year + step, 12, 31), 3
    first = date(published.year, _SEASON[unit], 1)
    if first > published and step <= 0:
        first = first.replace(year=first.year - 1)
    return first, first + timedelta(days=91), 3
