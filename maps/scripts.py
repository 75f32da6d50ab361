"""Our scripts as one: without comments and blanks, and with short names, for the page holds them with every map.

Variables are renamed, each everywhere alike, so no scopes need be known; and of the properties our own methods and
fields, known by their camelCase. A shorthand `{ name }` becomes `{name:x}`, and what is the browser's, such as
`document`, is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import count, product
from string import ascii_letters, digits

from .errors import MapAssetError

SCRIPTS = (
    "text.js",
    "words.js",
    "data.js",
    "search.js",
    "symbols.js",
    "canvas.js",
    "ground.js",
    "layer.js",
    "filters.js",
    "time.js",
    "list.js",
    "take.js",
    "panel.js",
    "page.js",
)
"""Our scripts, which share one scope."""

TOKEN = re.compile(
    r"""(?P<gap>(?:\s|//[^\n]*|/\*.*?\*/)+)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<sign>\.\.\.|=>|\?\.|\?\?=?|[-+*|&]{2}|[^\w\s])""",
    re.VERBOSE | re.DOTALL,
)
PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+/[a-z]*")
PIECE = re.compile(r"`|\$\{|\\.|[^`$\\]+|\$", re.DOTALL)

CAMEL = re.compile(r"\b[a-z]+[A-Z]\w*")

KEYWORDS = frozenset(
    "async await break case catch class const continue default delete do else extends false finally for function get "
    "if in instanceof let new null of return set static super switch this throw true try typeof undefined void while "
    "yield".split()
)
BEFORE_PATTERN = frozenset("return typeof case in of void delete".split())
FOREIGN = frozenset(
    "Array Blob Boolean DecompressionStream Float64Array Infinity Int32Array Intl JSON L Map Math Number Object Path2D "
    "Promise ResizeObserver Response Set String Uint8Array URL URLSearchParams Date arguments atob "
    "cancelAnimationFrame clearInterval clearTimeout console document getComputedStyle history location navigator "
    "requestAnimationFrame setInterval setTimeout window NaN constructor".split()
)
"""Names that are the browser's or Leaflet's: another one must be added here, or nothing of that name is found."""


@cache
def our_script() -> str:
    """All our scripts in a scope of their own."""
    parts = "\n".join(_read(name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{shorten(parts, CAMEL.findall(_read("leaflet.js")))}\n}})();\n'


def _read(name: str) -> str:
    try:
        return (resources.files(__package__) / "assets" / name).read_text("utf-8")
    except OSError as error:
        raise MapAssetError(f"maps/assets/{name} is missing: install geoevents again ({error})") from error


def shorten(script: str, foreign: Iterable[str] = ()) -> str:
    """JavaScript that does the same, in fewer characters; `foreign` are names of methods that others call.

    It must be of the kind that our scripts are: statements end in semicolons, no labels, no `with`, and a method or
    field in camelCase that it defines is not the browser's.
    """
    tokens = _joined(list(_tokens(script)))
    own = set(_defined(tokens)) - set(foreign)
    tokens = [("name" if kind == "key" and text in own else kind, text) for kind, text in tokens]
    uses = Counter(text for kind, text in tokens if kind in ("name", "short"))
    known = {text for _, text in tokens} | KEYWORDS | FOREIGN
    fresh = (name for name in _names() if name not in known)
    names = {name: next(fresh) for name, _ in sorted(uses.items(), key=lambda use: (-use[1], use[0])) if len(name) > 1}
    return _write(tokens, names)


def _defined(tokens: list[tuple[str, str]]) -> Iterator[str]:
    """Names in camelCase that are defined as methods, or set on `this`."""
    for index, (kind, text) in enumerate(tokens[:-1]):
        if kind != "key" or not CAMEL.fullmatch(text):
            continue
        before, after = tokens[index - 1], tokens[index + 1][1]
        set_on_this = before[1] == "." and tokens[index - 2][1] == "this" and after == "="
        if set_on_this or (before[1] not in (".", "?.") and after == "("):
            yield text


def _names() -> Iterator[str]:
    for length in count(1):
        for letters in product(ascii_letters + "_", *[ascii_letters + digits + "_"] * (length - 1)):
            yield "".join(letters)


def _tokens(script: str) -> Iterator[tuple[str, str]]:
    """Kinds and texts: what TOKEN names, "text" for patterns and pieces of templates too."""
    at, before = 0, ("sign", ";")
    while at < len(script):
        if script[at] == "`":
            found, at = _template(script, at)
            yield from found
            before = ("text", "`")
            continue
        ends_value = (before[0] != "sign" and before[1] not in BEFORE_PATTERN) or before[1] in ")]}"
        match = script[at] == "/" and script[at + 1] not in "/*" and not ends_value and PATTERN.match(script, at)
        kind, match = ("text", match) if match else ("", TOKEN.match(script, at))
        if match is None:
            raise MapAssetError(f"our scripts cannot be read at {script[at : at + 40]!r}")
        token = (kind or str(match.lastgroup), match[0])
        at = match.end()
        if token[0] != "gap":
            before = token
        yield token


def _template(script: str, start: int) -> tuple[list[tuple[str, str]], int]:
    """The tokens of a template literal, whose expressions are code, and where it ends."""
    found: list[tuple[str, str]] = []
    text, at = "`", start + 1
    while True:
        piece = PIECE.match(script, at)
        if piece is None:
            raise MapAssetError(f"our scripts have a text without end at {script[start : start + 40]!r}")
        at = piece.end()
        text += piece[0]
        if piece[0] == "`":
            return [*found, ("text", text)], at
        if piece[0] == "${":
            end = _closing(script, at)
            found += [("open", text), *_tokens(script[at:end])]
            text, at = "}", end + 1


def _closing(script: str, at: int) -> int:
    """Where the brace closes that was opened before `at`."""
    depth = 1
    while depth:
        if script[at] == "`":
            at = _template(script, at)[1]
            continue
        depth += {"{": 1, "}": -1}.get(script[at], 0)
        at += 1
    return at - 1


def _joined(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Tokens without gaps, but "end" where a line's end may end a statement; names told apart from properties ("key")
    and shorthands ("short")."""
    solid: list[tuple[str, str]] = []
    ended: set[int] = set()
    for kind, text in tokens:
        if kind != "gap":
            solid.append((kind, text))
        elif "\n" in text:
            ended.add(len(solid))
    closing = _closings(solid)
    bare = _bare(solid)
    made: list[tuple[str, str]] = []
    inside: list[str] = []
    for index, (kind, text) in enumerate(solid):
        before = solid[index - 1] if index else ("sign", ";")
        after = solid[index + 1] if index + 1 < len(solid) else ("sign", ";")
        if index in ended and _may_end(before) and _may_begin((kind, text)):
            made.append(("end", "\n"))
        if kind == "open" or (kind == "sign" and text in "([{"):
            inside.append(text)
        elif (kind == "sign" and text in ")]}") or (kind == "text" and text.startswith("}")):
            inside.pop()
            if kind == "text" and not text.endswith("`"):
                inside.append(text)
        if index in bare:
            continue
        if kind == "name":
            kind = _role(text, before, after, inside, closing.get(index + 1), solid)
        elif kind == after[0] == "sign" and text + after[1] in (";}", ",}", ",]", ",)"):
            continue
        made.append((kind, text))
    return made


def _bare(solid: list[tuple[str, str]]) -> set[int]:
    """The parentheses about the one parameter of an arrow function, which can go."""
    arrows = (index for index, token in enumerate(solid) if token == ("sign", "=>") and index > 2)
    bare = (i for i in arrows if [text for _, text in solid[i - 3 : i : 2]] == ["(", ")"] and solid[i - 2][0] == "name")
    return {index for arrow in bare for index in (arrow - 3, arrow - 1)}


def _closings(solid: list[tuple[str, str]]) -> dict[int, int]:
    """For each opening parenthesis the index of its closing one."""
    found, waiting = {}, []
    for index, (kind, text) in enumerate(solid):
        if kind == "sign" and text == "(":
            waiting.append(index)
        elif kind == "sign" and text == ")":
            found[waiting.pop()] = index
    return found


def _role(
    text: str,
    before: tuple[str, str],
    after: tuple[str, str],
    inside: list[str],
    closing: int | None,
    solid: list[tuple[str, str]],
) -> str:
    """What a name is: a variable ("name"), a property or method ("key"), both ("short"), the language's ("word")."""
    if before in (("sign", "."), ("sign", "?.")):
        return "key"
    begins = before[1] in ("{", ",", "}", ";") and before[0] in ("sign", "text")
    in_braces = bool(inside) and inside[-1] == "{"
    if in_braces and before[1] in ("{", ",") and after == ("sign", ":"):
        return "key"
    is_method = closing is not None and closing + 1 < len(solid) and solid[closing + 1] == ("sign", "{")
    lead = begins or before[1] in ("async", "get", "set", "static", "*")
    if in_braces and is_method and lead and text not in KEYWORDS - {"get", "set"}:
        return "key"
    if text in KEYWORDS or text in FOREIGN:
        return "word"
    if in_braces and before[1] in ("{", ",") and after[1] in (",", "}", "=") and after[0] == "sign":
        return "short"
    return "name"


def _may_end(token: tuple[str, str]) -> bool:
    kind, text = token
    return kind in ("name", "number", "text") or text in (")", "]", "}", "++", "--")


def _may_begin(token: tuple[str, str]) -> bool:
    kind, text = token
    return kind in ("name", "number", "text", "open") or text in ("(", "[", "{", "++", "--", "+", "-", "/")


def _write(tokens: Iterable[tuple[str, str]], names: dict[str, str]) -> str:
    made: list[str] = []
    last = ""
    for kind, text in tokens:
        written = text
        if kind == "name":
            written = names.get(text, text)
        elif kind == "short" and text in names:
            written = f"{text}:{names[text]}"
        elif (kind, text) == ("word", "const"):
            written = "let"
        elif kind == "word" and text in ("true", "false"):
            written = "!0" if text == "true" else "!1"
        if (_is_word(last[-1:]) and _is_word(written[:1])) or (last[-1:] in ("+", "-") and last[-1:] == written[:1]):
            made.append(" ")
        made.append(written)
        last = written
    return "".join(made)


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "$")
