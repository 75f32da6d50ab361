"""Reads every corpus that labels names into passages. Each keeps its own idea of a name; here they are made one.

PLACE is a named place without its article or the common noun before it, also inside other names where the corpus says
so (the bench files do: "Cottonport" in "Cottonport Fire Station"; the others do not).
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .lexicon import NORP_PATTERN, NORPS, TITLES, load_big_places
from .passages import LABELS, MASK, Passage, join_words, merge_spans
from .treebanks import Tree, read_trees

Span = tuple[int, int, str]

_NAME = r"[A-Z][\w'’.&-]*"
_NAME_RUN = re.compile(rf"{_NAME}(?:(?:[ -]| (?:of|the|and|for|de|al|el|bin|du|la) |-(?:al|el|ash|as)-){_NAME})*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’')]*\s+(?=[\"“‘(]*[A-Z])|\n+")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Ste|Mt|Ft|Gen|Col|Lt|Sgt|Capt|Gov|Sen|Rep|Rev|Jr|Sr|No|vs|Inc|Co|Corp|Jan|Feb|"
    r"Aug|Sept|Oct|Nov|Dec|Ave|Rd|Blvd|Hon|Prof|Pa|Va|Md|Ill|Ind|Mass|Conn|Calif|Fla|Ga|La|Miss|Mo|Tenn|"
    r"Tex|Wis|Minn|Mich|Ore|Wash|Ala|Ark|Ariz|Colo|Del|Kan|Ky|Neb|Nev|Okla|Wyo)|[a-z]\.[a-z]|U\.S|U\.K|U\.N)\.$"
)
_MAX_CHARS = 480


def is_norp(text: str) -> bool:
    """Whether a name is that of a people."""
    return text in NORPS or text.split("-")[-1] in NORPS


def find_norps(text: str) -> list[Span]:
    """Peoples by dictionary; "Christian Smith" and the like, a capital following, are left out."""
    return [
        (m.start(), m.end(), "NORP")
        for m in NORP_PATTERN.finditer(text)
        if not (m.group() in ("Christian", "Berliner") and re.match(r" [A-Z][a-z]", text[m.end() :]))
    ]


def settle(source: str, document: str, text: str, spans: Iterable[Span], labelled: tuple[str, ...] = LABELS) -> Passage:
    """A passage in our terms: peoples NORP, gaps filled by the dictionary."""
    settled: list[Span] = []
    for start, end, label in sorted(spans):
        name = text[start:end]
        if label in ("PLACE", "ORG") and is_norp(name):
            label = "NORP"
        elif label == "ORG" and name in load_big_places():
            label = "PLACE" if source == "re3d" else MASK
        if label == "PERSON":
            start, end = strip_titles(text, start, end)
        if start < end:
            settled.append((start, end, label))
    return Passage(
        source=source,
        document=document,
        text=text,
        labelled=labelled,
        spans=merge_spans(merge_spans((), settled), find_norps(text)),
    )


def strip_titles(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of a person's name without "President", "Mr." and the peoples before them."""
    while True:
        match = re.match(r"(\w[\w.-]*)(\s+)", text[start:end])
        if not match or (match.group(1).rstrip(".") not in TITLES and not is_norp(match.group(1))):
            return start, end
        start += match.end()


def capitalised_runs(text: str, start: int, end: int, label: str) -> list[Span]:
    """The names inside a description: "the area of Mosul district" holds "Mosul"."""
    runs = []
    for match in _NAME_RUN.finditer(text[start:end]):
        first = match.start() + (4 if match.group().startswith(("The ", "the ")) else 0)
        if first < match.end() and match.group() not in ("The", "A", "An", "In", "This"):
            runs.append((start + first, start + match.end(), label))
    return runs


def read_columns(path: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """(document, words, labels) of each sentence of a gzipped two-column file."""
    document, words, labels = "", [], []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for raw in [*lines, "\n"]:
            line = raw.strip()
            if line.startswith("# doc = "):
                document = line[8:].split(" source = ")[0]
            elif line:
                word, _, label = line.replace("\t", " ").rpartition(" ")
                if word:
                    words.append(word)
                    labels.append(label)
            elif words:
                yield document or " ".join(words), words, labels
                words, labels = [], []


def read_wikigold(path: Path) -> Iterator[Passage]:
    """Wikipedia; MISC is nothing but peoples to us."""
    kinds = {"PER": "PERSON", "LOC": "PLACE", "ORG": "ORG", "MISC": "MISC"}
    for document, words, labels in read_columns(path):
        if words[0] == "-DOCSTART-":
            continue
        text, spans = join_words(words, [f"I-{kinds[x[2:]]}" if x != "O" else x for x in labels])
        yield settle("wikigold", document, text, [s for s in spans if s[2] != "MISC"])


def read_tweets(path: Path, source: str) -> Iterator[Passage]:
    """WNUT 2017 and the Broad Twitter Corpus: sentences that hold a place or an organisation; handles masked."""
    kinds = {
        "person": "PERSON",
        "PER": "PERSON",
        "location": "PLACE",
        "LOC": "PLACE",
        "corporation": "ORG",
        "ORG": "ORG",
        "group": MASK,
    }
    for document, words, labels in read_columns(path):
        text, spans = join_words(words, [f"{x[:2]}{kinds[x[2:]]}" if x[2:] in kinds else "O" for x in labels])
        spans = [(s, e, MASK if text[s] in "@#" or text[s].islower() else label) for s, e, label in spans]
        if not any(label in ("PLACE", "ORG") for *_, label in spans):
            continue
        handles = [(m.start(), m.end(), MASK) for m in re.finditer(r"[@#]\w+", text)]
        yield settle(source, document, text, merge_spans(spans, handles))


def read_re3d(path: Path) -> Iterator[Passage]:
    """Reports on Syria and Iraq: the capitalised runs inside the spans; a country as an actor is still a place."""
    kinds = {
        "Location": "PLACE",
        "Organisation": "ORG",
        "Person": "PERSON",
        "Nationality": "PLACE",
        "MilitaryPlatform": MASK,
        "DocumentReference": MASK,
        "Weapon": MASK,
    }
    for document, words, labels in read_columns(path):
        columns = [f"{x[:2]}{kinds[x[2:]]}" if x[2:] in kinds else "O" for x in labels]
        text, spans = join_words(words, columns, glued="-–’'/")
        names: list[Span] = []
        for start, end, label in spans:
            for s, e, kind in capitalised_runs(text, start, end, label):
                first, last = strip_titles(text, s, e) if label == "PERSON" else (s, e)
                vague = label == "PERSON" and " " not in text[first:last]
                if first < last:
                    names.append((first, last, MASK if vague else kind))
        yield settle("re3d", document, text, names)


def read_location_phrases(path: Path) -> Iterator[Passage]:
    """South-East European news: capitalised LAND, ADJ and GAG words are places, unless they name a people."""
    for document, words, labels in read_columns(path):
        kinds = [label if label[2:] in ("LAND", "ADJ", "GAG") else "O" for label in labels]
        text, spans = join_words(words, ["O" if k == "O" else f"{k[:2]}{k[2:]}" for k in kinds])
        text, spans = close_possessives(text, spans)
        names: list[Span] = []
        for start, end, kind in spans:
            for s, e, _ in capitalised_runs(text, start, end, "PLACE"):
                known = text[s:e] in load_big_places() or is_norp(text[s:e])
                names.append((s, e, "PLACE" if kind == "LAND" or known else MASK))
        yield settle("location_phrases", document, text, names, ("PLACE", "NORP"))


def close_possessives(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Joins "Albania ' s" to "Albania's", spans moved along."""
    moved, out, last = list(spans), "", 0
    for match in re.finditer(r"\s?'\s?(?=s\b)", text):
        if match.group() != "'":
            cut = len(match.group()) - 1
            at = len(out) + match.start() - last
            out += text[last : match.start()] + "'"
            moved = [(s - cut if s > at else s, e - cut if e > at else e, k) for s, e, k in moved]
            last = match.end()
    return out + text[last:], moved


_ENTITY = re.compile(r"\(([^()]+)|(\d+)?\)")


def read_gum(path: Path) -> Iterator[Passage]:
    """GUM's entity mentions that have a proper head: the run of proper nouns around it."""
    kinds = {
        "place": "PLACE",
        "organization": "ORG",
        "person": "PERSON",
        "event": MASK,
        "object": MASK,
        "abstract": MASK,
    }
    group: list[Tree] = []
    for tree in [*read_trees(path), None]:
        if group and (tree is None or len(group) == 3 or tree.document != group[0].document):
            yield _gum_passage(group, kinds)
            group = []
        if tree is not None and tree.spaces() is not None:
            group.append(tree)


def _gum_passage(group: list[Tree], kinds: dict[str, str]) -> Passage:
    text, spans = "", []
    for tree in group:
        if text:
            text += "\n" if tree.paragraph else " "
        starts, at = [], len(text)
        for (form, *_), blank in zip(tree.rows, tree.spaces() or [], strict=True):
            starts.append(at)
            at += len(form) + blank
        text += tree.text
        for first, last, head, kind in _gum_mentions(tree):
            if kind in kinds:
                run = _proper_run(tree, first, last, head)
                if run:
                    start, end = starts[run[0]], starts[run[1]] + len(tree.rows[run[1]][0])
                    spans.append((start, end, kinds[kind]))
    flat: list[Span] = []
    for start, end, label in sorted(set(spans), key=lambda s: (s[0] - s[1], s)):  # the longest first
        if all(end <= s or start >= e for s, e, _ in flat):
            flat.append((start, end, label))
    return settle("gum", group[0].document, text.rstrip(), flat)


def _gum_mentions(tree: Tree) -> Iterator[tuple[int, int, int, str]]:
    """(first, last, head, kind) of the mentions of a sentence, word numbers from 0."""
    opened: list[tuple[str, int, list[str]]] = []
    for number, row in enumerate(tree.rows):
        value = next((field[7:] for field in row[6].split("|") if field.startswith("Entity=")), "")
        for match in _ENTITY.finditer(value):
            if match.group(1):
                fields = match.group(1).split("-")
                opened.append((fields[0], number, fields))
            elif opened:
                at = next((i for i in reversed(range(len(opened))) if opened[i][0] == match.group(2)), len(opened) - 1)
                _, first, fields = opened.pop(at)
                core = fields[5].split(",")[0] if len(fields) > 5 else "1"
                yield (
                    first,
                    number,
                    first + (int(core) - 1 if core.isdigit() else 0),
                    fields[1] if len(fields) > 1 else "",
                )


def _proper_run(tree: Tree, first: int, last: int, head: int) -> tuple[int, int] | None:
    """First and last word of the proper name around `head`, inside the mention; None if the head is a common noun."""

    def proper(i: int) -> bool:
        return first <= i <= last and tree.rows[i][3] in ("NNP", "NNPS")

    def linked(i: int) -> bool:
        return first <= i <= last and tree.rows[i][0].lower() in (
            "of",
            "the",
            "de",
            "la",
            "al",
            "el",
            "and",
            "-",
            "bin",
            "for",
            "&",
        )

    if not proper(head):
        return None
    start = end = head
    while proper(start - 1) or (linked(start - 1) and tree.rows[start - 1][0] == "-" and proper(start - 2)):
        start -= 1
    while (
        proper(end + 1)
        or (linked(end + 1) and proper(end + 2))
        or (linked(end + 1) and linked(end + 2) and tree.rows[end + 2][0].lower() == "the" and proper(end + 3))
    ):
        end += 1
    return start, end


def cut_text(text: str, spans: list[Span], limit: int = _MAX_CHARS) -> Iterator[tuple[int, int]]:
    """Bounds of stretches of whole sentences, about `limit` characters each, no span cut."""
    start = end = 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        at = match.end() if match else len(text)
        stop = match.start() if match else len(text)
        if match and ("\n" not in match.group() and _ABBREVIATED.search(text[:stop])):
            continue
        if any(s < at and e > stop for s, e, _ in spans):
            continue
        if stop - start >= limit or match is None or "\n\n" in text[stop:at]:
            if text[start:stop].strip():
                yield start, stop
            start = at
        end = at
    if start < end and text[start:].strip() and start < len(text):
        yield start, len(text)


def read_bench(path: Path) -> Iterator[Passage]:
    """LGL, TR-News or GeoWebNews: places alone are labelled (some demonyms too)."""
    for row in json.loads(path.read_text(encoding="utf-8")):
        spans = sorted({(t["start"], t["end"], "PLACE") for t in row["toponyms"]})
        for start, end in cut_text(row["text"], spans):
            inside = [(s - start, e - start, k) for s, e, k in spans if start <= s and e <= end]
            yield settle(path.stem, row["id"], row["text"][start:end], inside, ("PLACE", "NORP"))


def read_event_places(path: Path) -> Iterator[Passage]:
    """Conflict news: the places of one event a sentence; nothing else is labelled, so nothing else is vouched for."""
    merged: dict[str, set[Span]] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        found = {(s, e, "PLACE") for s, e in row["locations"] if row["text"][s].isupper()}
        merged.setdefault(row["text"], set()).update(found)
    for text, spans in merged.items():
        yield settle("eventplace", text, text, spans, ())


_INLINE = re.compile(r"\[([^\[\]|]+)\|(PLACE|NORP|ORG|PERSON|-)\]")


def parse_inline(line: str) -> tuple[str, list[Span]]:
    """Text and spans of a sentence with marks such as "[Arza|PLACE]"."""
    text, spans, last = "", [], 0
    for match in _INLINE.finditer(line):
        text += line[last : match.start()]
        spans.append((len(text), len(text) + len(match.group(1)), match.group(2)))
        text += match.group(1)
        last = match.end()
    return text + line[last:], spans


def read_sentences(folder: Path) -> Iterator[Passage]:
    """Our own sentences, one a line; blank lines and lines that start with "#" are passed over."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                text, spans = parse_inline(line.strip())
                if "[" in text and "|" in text:
                    raise ValueError(f"{path}:{number}: a mark that cannot be read: {line}")
                yield Passage(
                    source="own",
                    document=f"own-{path.stem}-{number}",
                    text=text,
                    spans=merge_spans(spans, find_norps(text)),
                )
