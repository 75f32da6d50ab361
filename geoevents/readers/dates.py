"""Publication dates as people, feeds and tables write them."""

from __future__ import annotations

import re
from datetime import date, datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_REST = r"(?:[,T\s].{0,60})?"
_NAMED = tuple(
    re.compile(_WEEKDAY + body + _REST, re.IGNORECASE)
    for body in (rf"{_DAY}[\s-]{_MONTH},?[\s-]{_YEAR}", rf"{_MONTH}\s{_DAY},?\s{_YEAR}")
)
_NUMBERED = tuple(
    re.compile(body + _REST)
    for body in (
        r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
)
_AMBIGUOUS = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}.{0,60}")


def parse_date(text: str) -> date:
    """The date that `text` names, as written there: no conversion between time zones.

    Reads ISO 8601 ("2017-03-30", with or without a time), RFC 2822 ("Thu, 30 Mar 2017 08:00:00 GMT"), "30 March
    2017", "March 30, 2017", "2017/03/30" and "30.03.2017". Raises ValueError for everything else, among it
    "03/04/2017", which is two dates, and for years before 1000, which are always a slip.
    """
    written = " ".join(text.split())
    found = _parse(written)
    if found is None and _AMBIGUOUS.fullmatch(written):
        raise ValueError(f"{text!r} can be read day first or month first: write it as YYYY-MM-DD")
    if found is None:
        raise ValueError(f"{text!r} is not a date geoevents can read: write it as YYYY-MM-DD, e.g. 2017-03-30")
    if found.year < 1000:
        raise ValueError(f"{text!r} lies in the year {found.year}: write it as YYYY-MM-DD, e.g. 2017-03-30")
    return found


def _parse(written: str) -> date | None:
    if len(written) > 100 or not written.isascii():
        return None
    for pattern in (*_NAMED, *_NUMBERED):
        if match := pattern.fullmatch(written):
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
            try:
                return date(int(match["year"]), number, int(match["day"]))
            except ValueError:
                return None
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        return None
