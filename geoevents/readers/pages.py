"""Web pages and Markdown: the article without its markup, and what the page says of itself."""

from __future__ import annotations

import re
from typing import Any

from ..errors import InputError
from .reading import MAX_PAGE_TAGS, Defaults, Reading, Source, compose

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:-]{1,40})", re.IGNORECASE)
_BROWSER_NAMES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
_PAGE = re.compile(
    r"\s{0,1000}(?:<\?xml[^>]{0,200}>\s{0,100})?(?:<!--.{0,5000}?-->\s{0,1000})?<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#{1,100})?[ \t]*")
_FENCE = re.compile(r" {0,3}(?:```|~~~).*")
_RULE = re.compile(r" {0,3}(?:[-*_][ \t]{0,3}){3,100}")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_BULLET = re.compile(r"[ \t]{0,20}(?:>[ \t]?|[-*+][ \t]+|\d{1,3}[.)][ \t]+)")
_REFERENCE = re.compile(r" {0,3}\[[^\]]{1,200}\]:\s+\S.*")
_IMAGE = re.compile(r"!\[([^\]]{0,200})\]\([^()\s]{0,2000}(?:\s\"[^\"]{0,500}\")?\)")
_LINK = re.compile(r"\[([^\[\]]{1,500})\](?:\([^()\s]{0,2000}(?:\s\"[^\"]{0,500}\")?\)|\[[^\]]{0,200}\])")
_STRONG = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)([^*_`\n]{1,500}?)(?<=\S)\1(?!\w)")
_NESTED = 8  # quotes and lists within each other, more are no text
_FIELD = re.compile(r"([A-Za-z_]{1,40}):\s{0,20}(.{0,1000})")


def is_page(text: str) -> bool:
    """Whether `text` begins as an HTML page does."""
    return bool(_PAGE.match(text))


def find_charset(data: bytes) -> str | None:
    """The encoding that an HTML page declares of itself, as browsers understand the name."""
    match = _CHARSET.search(data[:4096])
    if match is None:
        return None
    name = match[1].decode("ascii", "replace").lower()
    return _BROWSER_NAMES.get(name, name)


def read_page(html: str, source: Source, defaults: Defaults) -> Reading:
    """The article of a web page, with the title, date, site and address that its metadata give (trafilatura).

    The date comes from metadata alone: a date found somewhere on the page may be any date. Raises InputError where no
    article is found, or where the page has more than MAX_PAGE_TAGS.
    """
    if html.count("<") > MAX_PAGE_TAGS:
        raise InputError(f"{source.name} has more than {MAX_PAGE_TAGS:,} tags: save its article as .txt and give that")
    from trafilatura import bare_extraction

    dates = {"original_date": True, "extensive_search": False, "max_date": "9998-12-31"}  # no limit set by today
    page: Any = bare_extraction(html, with_metadata=True, include_comments=False, date_extraction_params=dates)
    if page is None or not (page.text or "").strip():
        raise InputError(f"{source.name} has no article text that can be told from its menus: save the text as .txt")
    fields = {"title": page.title, "published": page.date, "source": page.sitename, "url": page.url}
    return compose(source.id, defaults, page.text, **fields)


def read_markdown(text: str, source: Source, defaults: Defaults) -> Reading:
    """Markdown as plain text; the title is the first heading, or the front matter's, which may also give
    `date` (or `published`), `source` and `url`."""
    fields, lines = _split_front_matter(text.split("\n"))
    title, kept, in_fence = fields.get("title"), list[str](), False
    for line in lines:
        if not line.strip():
            kept.append("")
            continue
        if _FENCE.fullmatch(line):
            in_fence = not in_fence
            continue
        heading = None if in_fence else _HEADING.fullmatch(line)
        if not in_fence:
            if _UNDERLINE.fullmatch(line) and kept and kept[-1].strip():
                title = title or kept[-1].strip()
                continue
            if _RULE.fullmatch(line) or _REFERENCE.fullmatch(line):
                continue
            line = _strip_marks(heading[1] if heading else line)
        if heading:
            title = title or line.strip() or None
        kept.append(line)
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    if not body:
        raise InputError(f"{source.name} is empty: there is no text to read")
    front = {
        "title": title,
        "published": fields.get("published") or fields.get("date"),
        "source": fields.get("source"),
        "url": fields.get("url"),
    }
    return compose(source.id, defaults, body, **front)


def _split_front_matter(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The `key: value` lines between two "---" at the top, and the lines after them."""
    if not lines or lines[0].rstrip() != "---" or "---" not in (line.rstrip() for line in lines[1:100]):
        return {}, lines
    end = next(i for i, line in enumerate(lines) if i and line.rstrip() == "---")
    pairs = (match for line in lines[1:end] if (match := _FIELD.fullmatch(line.strip())))
    return {m[1].lower(): m[2].strip().strip("\"'") for m in pairs if m[2].strip()}, lines[end + 1 :]


def _strip_marks(line: str) -> str:
    for _ in range(_NESTED):
        if match := _BULLET.match(line):
            line = line[match.end() :]
    line = _LINK.sub(r"\1", _IMAGE.sub(r"\1", line))
    return _STRONG.sub(r"\2", _STRONG.sub(r"\2", line))
