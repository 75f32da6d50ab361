"""Where a text is at home, by its turns of phrase: sheriffs and interstates, crores and lakhs, RCMP and hydro bills."""

from __future__ import annotations

import math
import re
from collections import Counter
from urllib.parse import urlsplit

from .records import Document

MAX_READ = 20_000
"""Characters read: idiom shows early, and the work stays bounded."""

_IDIOMS = {
    "US": r"sheriff(?:['’]s)?|state troopers?|highway patrol|school district|county commission(?:ers)?|"
    r"interstate \d{1,3}|i-\d{1,3}|u\.s\. (?:highway|route) \d{1,3}|(?:attorney|district) general|district attorney|"
    r"county clerk|city council(?:man|woman)|gop|republicans?|democrats?|congress(?:man|woman)|homecoming|"
    r"kindergarten|sophomore|zip code|route \d{1,3}|zoning|county judge|grand jury|medicaid|ymca|"
    r"\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|thanksgiving|color|center|labor|program",
    "GB": r"councillors?|constabulary|labour|tory|tories|lib dems?|motorway|m\d{1,2}|£\d|nhs|mp for|"
    r"magistrates|high street|postcode|lorry|crown court|borough|programme|colour|centre",
    "CA": r"rcmp|mounties|canadian|ndp|premier|riding|tim hortons|hydro one|hockey|provincial police|opp|"
    r"crown attorney",
    "AU": r"aussie|nrl|afl|premier league (?:of )?sydney|tafe|bushfires?|nsw police|federal circuit|a\$\d|barramundi",
    "IE": r"garda|gardaí|gardai|taoiseach|t\.?d\.?|fianna fáil|fine gael|sinn féin|hse|rté",
    "IN": r"crores?|lakhs?|rs\.? ?\d|panchayat|lok sabha|taluks?|tehsil|bjp|naxals?",
    "NZ": r"iwi|māori|maori|kiwis?|nz\$\d",
    "ZA": r"township residents|anc|rands?|load[- ]shedding|saps",
}
_PATTERN = re.compile(
    r"(?<![\w$£])(?:" + "|".join(f"(?P<{country}>{words})" for country, words in _IDIOMS.items()) + r")(?!\w)",
    re.IGNORECASE,
)
_SUFFIX = {"uk": "GB", "us": "US", "ca": "CA", "au": "AU", "ie": "IE", "in": "IN", "nz": "NZ", "za": "ZA"}
_GENERIC = frozenset({"tv", "io", "ai", "co", "me", "fm", "cc", "ws", "to", "ly", "gg", "am", "is", "it", "eu"})


def find_home(text: str, document: Document | None = None) -> dict[str, float]:
    """How strongly a text speaks the idiom of each country (ISO code), log(1 + hits); its address counts as five."""
    hits = Counter(found.lastgroup or "" for found in _PATTERN.finditer(text, 0, MAX_READ))
    if document is not None and document.url:
        suffix = (urlsplit(document.url).hostname or "").rpartition(".")[2]
        if len(suffix) == 2 and suffix not in _GENERIC:
            hits[_SUFFIX.get(suffix, suffix.upper())] += 5
    return {country: math.log1p(n) for country, n in sorted(hits.items())}
