"""Corpora to training data: `python -m training.prepare --shared ../shared`.

With `--teacher MODEL` (a names model trained on the data prepared without one) what a corpus does not label is filled
with the teacher's findings; without, every capitalised word it may have left unlabelled is masked.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from . import corpora
from .lexicon import load_all_places, load_big_places
from .passages import LABELS, MASK, Passage, merge_spans, write_passages
from .splits import is_dev
from .treebanks import read_treebanks

REPEATS = {"own": 3, "lgl": 2, "trnews": 3, "gwn": 3}
"""How often an epoch sees a passage of a corpus; once unless told. Ours are few and made for what the others lack."""

_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december mr mrs ms dr""".split()
)


_NO_SURNAMES = frozenset(
    """Police Officials Authorities Friday Monday Tuesday Wednesday Thursday Saturday Sunday Hospital Reuters
    They""".split()
)

Span = corpora.Span


def write_docs(docs: list[Doc], path: Path) -> None:
    """Writes documents as spaCy's DocBin."""
    DocBin(docs=docs, attrs=["TAG", "POS", "LEMMA", "HEAD", "DEP", "SENT_START", "SPACY"]).to_disk(path)
    print(f"{path}: {len(docs)} documents, {sum(map(len, docs))} words")


def prepare_syntax(shared: Path, out: Path) -> None:
    """The treebanks."""
    vocab = spacy.blank("en").vocab
    folder = shared / "corpora"
    train, dev = read_treebanks([folder / "ud_gum.conllu.gz", folder / "ud_ewt.conllu.gz"], vocab)
    write_docs(train, out / "syntax-train.spacy")
    write_docs(dev, out / "syntax-dev.spacy")


def read_all(shared: Path) -> Iterable[Passage]:
    """Every passage of every corpus, in order."""
    folder, bench = shared / "corpora", shared / "bench"
    yield from corpora.read_sentences(Path(__file__).parent / "sentences")
    for name in ("lgl", "trnews", "gwn"):
        yield from corpora.read_bench(bench / "places" / f"{name}.json")
    yield from corpora.read_event_places(bench / "events" / "eventplace.json")
    yield from corpora.read_wikigold(folder / "wikigold.conll.gz")
    yield from corpora.read_re3d(folder / "re3d.conll.gz")
    yield from corpora.read_location_phrases(folder / "location_phrases.tsv.gz")
    yield from corpora.read_gum(folder / "ud_gum.conllu.gz")
    for part in ("train", "dev", "test"):
        yield from corpora.read_tweets(folder / f"wnut17_{part}.conll.gz", "wnut17")
    yield from corpora.read_tweets(folder / "btc.conll.gz", "btc")


def mask_unlabelled(passage: Passage, common: frozenset[str]) -> Passage:
    """Masks every capitalised word that may be a name of a kind the corpus does not label."""
    if set(passage.labelled) >= {"PLACE", "ORG", "PERSON"}:
        return passage
    masks = [
        (match.start(), match.end(), MASK)
        for match in re.finditer(r"[A-Z][\w.&-]*", passage.text)
        if match.group().lower() not in common
    ]
    return replace(passage, spans=merge_spans(passage.spans, masks))


_SPEAKER = re.compile(
    r"(?:\b(?:said|says|added|told|according to)\s+([A-Z][a-z]{3,})(?=[,.]|\s(?:of|who)\b))|"
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Sgt|Lt|Capt|Dr|Gov|Sen|Rep|Gen|Col)\.?\s+([A-Z][a-z]{2,})\b)|"
    r"(?:(?:^|[\s\"“])(?:[a-z]\w*,?|[,\"”.])[\"”]?\s([A-Z][a-z]{3,})"
    r"(?=,? (?:said|says|added|told|recalled|testified|pleaded)\b))"
)
"""Bare surnames by what they do; what a bench file calls a place is never one."""


def fill(passages: list[Passage], teacher: Language) -> list[Passage]:
    """Adds names of the labels that a passage's corpus does not annotate: the teacher's, speakers, and the surnames of
    people the document names in full. A place of the teacher's that no gazetteer knows is masked: it sees too many."""
    findings: list[list[Span]] = []
    surnames: dict[tuple[str, str], set[str]] = {}
    for passage, doc in zip(passages, teacher.pipe((p.text for p in passages), batch_size=128), strict=True):
        found = [(e.start_char, e.end_char, e.label_) for e in doc.ents if e.label_ not in passage.labelled]
        found = [(s, e, k if k != "PLACE" or passage.text[s:e] in load_all_places() else MASK) for s, e, k in found]
        if "PERSON" not in passage.labelled:
            speakers = [
                (m.start(m.lastindex or 0), m.end(m.lastindex or 0), "PERSON") for m in _SPEAKER.finditer(passage.text)
            ]
            found = [f for f in speakers if passage.text[f[0] : f[1]] not in _NO_SURNAMES] + found
        findings.append(found)
        key = (passage.source, passage.document)
        for start, end, label in found:
            if label == "PERSON" and " " in passage.text[start:end]:
                last = re.split(r"\W+", passage.text[start:end].rstrip(".").removesuffix(" Jr").removesuffix(" Sr"))[-1]
                if (
                    len(last) > 3
                    and last.istitle()
                    and not (passage.source == "eventplace" and last in load_big_places())
                ):
                    surnames.setdefault(key, set()).add(last)
    filled = []
    for passage, found in zip(passages, findings, strict=True):
        known = surnames.get((passage.source, passage.document))
        bare = []
        if known and "PERSON" not in passage.labelled:
            pattern = re.compile(r"\b(?:" + "|".join(sorted(known)) + r")\b(?! [A-Z])")
            bare = [(m.start(), m.end(), "PERSON") for m in pattern.finditer(passage.text)]
        sure = [span for span in passage.spans if span[2] != "NORP"]  # "Syrian Observatory" may be longer than "Syrian"
        norps = [span for span in passage.spans if span[2] == "NORP"]
        filled.append(replace(passage, spans=merge_spans(sure, [*norps, *found, *bare]), labelled=LABELS))
    return filled


def prepare_names(shared: Path, out: Path, teacher: Path | None) -> None:
    """All name corpora: train without repeated texts and without any text of a dev document."""
    passages = list(read_all(shared))
    held = {p.text.casefold().strip() for p in passages if is_dev(p.document)}
    seen: set[str] = set()
    train: list[Passage] = []
    for passage in passages:
        key = passage.text.casefold().strip()
        if key not in held and key not in seen and len(key) > 3 and not is_dev(passage.document):
            seen.add(key)
            train.append(passage)
    if teacher:
        train = fill(train, spacy.load(teacher))
    else:
        common = spacy.blank("en").Defaults.stop_words | _CALENDAR
        train = [mask_unlabelled(p, frozenset(common)) for p in train]
    train = [p for p in train for _ in range(REPEATS.get(p.source, 1))]
    write_passages(train, out / "names-train.jsonl")
    dev = [p for p in passages if is_dev(p.document) and p.source in ("own", "wikigold", "gum", "re3d")]
    write_passages(dev, out / "names-dev.jsonl")
    for name, part in (("train", train), ("dev", dev)):
        print(name, len(part), dict(sorted(Counter(p.source for p in part).items())))
        print(name, dict(sorted(Counter(label for p in part for *_, label in p.spans).items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["all", "syntax", "names"], default="all")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds corpora/ and bench/")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--teacher", type=Path, help="a trained names model, to fill in what corpora leave unlabelled")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.what in ("all", "syntax"):
        prepare_syntax(options.shared, options.out)
    if options.what in ("all", "names"):
        prepare_names(options.shared, options.out, options.teacher)


if __name__ == "__main__":
    main()
