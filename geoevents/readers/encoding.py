"""From bytes to text: byte order marks, declared and guessed encodings, and files that are no text at all."""

from __future__ import annotations

import codecs
import re

from ..errors import InputError

_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SAMPLE = 65_536


def repair(text: str) -> str:
    """`text` with each lone surrogate, which UTF-8 cannot write, as U+FFFD; the length stays, so offsets hold."""
    return _SURROGATES.sub("\ufffd", text)


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, str | None]:
    """The text of a file and a remark where its encoding is a guess.

    A byte order mark decides, then UTF-8 if it fits, then what the file declares, then a guess. Line ends become
    "\\n". Raises InputError, with `name` in the message, for what is not text.
    """
    kind = next((kind for magic, kind in _FORMATS if data.startswith(magic)), None)
    if kind:
        raise InputError(f"{name} is {kind}, not text: save its text as .txt or .html and give that file")
    encoding, note = find_encoding(data, name, declared)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is marked as {encoding} but is not (byte {error.start}): save it as UTF-8") from error
    check_text(text, name)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return repair(text), note


def check_text(text: str, name: str) -> None:
    """Raise InputError where more than a tenth of the beginning is control characters: a binary file."""
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > len(sample) / 10:
        raise InputError(f"{name} is a binary file, not text: give a .txt, .md, .html, .jsonl or .csv file")


def find_encoding(data: bytes, name: str, declared: str | None = None) -> tuple[str, str | None]:
    """The encoding of `data` and a remark where it is a guess. Raises InputError where none fits."""
    if marked := find_marked(data):
        return marked, None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared and _fits(data, declared):
            return declared, None
        guess = _guess(data[max(0, error.start - _SAMPLE) : error.start + _SAMPLE], data)
        if guess is None:
            message = f"{name} is a binary file, not text, or in an unknown encoding: save it as UTF-8 text"
            raise InputError(message) from error
        return guess, f"{name} is not UTF-8; read as {guess}, which is a guess: save it as UTF-8 if names look wrong"
    return "utf-8", None


def find_marked(data: bytes) -> str | None:
    """The encoding that the first bytes tell: a byte order mark, or UTF-16 without one (every other byte NUL)."""
    if marked := next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None):
        return marked
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(sample) < 4 or len(data) % 2:
        return None
    if odd > len(sample) * 0.3 and even < odd / 10:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) * 0.3 and odd < even / 10 else None


def _guess(sample: bytes, data: bytes) -> str | None:
    """Western text, which is mostly ASCII, is windows-1252: detectors err on its few high bytes, in short texts above
    all ("Médéa" becomes Big5). For the other scripts charset-normalizer counts."""
    high = sum(byte > 127 for byte in sample)
    if high < len(sample) / 5 and _fits(data, "cp1252"):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best and _fits(data, best.encoding) else None


def _fits(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError, ValueError):
        return False
    sample = text[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) <= len(sample) / 10
