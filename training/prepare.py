"""All corpora as training and dev data: passages with names, links of events to places, treebank documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from . import corpora
from .annotations import FOLDER, Item, read_corpus, read_items
from .passages import Passage
from .samples import Link
from .splits import is_dev
from .tellings import Record, read_records
from .treebanks import read_treebanks

REPEATS = {"own": 3, "lgl": 2, "trnews": 3, "gwn": 3, "wikigold": 3, "eventplace": 2}
"""How often an epoch sees a passage of a corpus; once unless told. Ours are few and made for what the others lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Passages and treebank documents, the links of the passages by their text; annotated events, PLOVER's records."""

    passages: list[Passage]
    docs: list[Doc]
    links: dict[str, list[Link]]
    items: list[Item]
    records: list[Record]


def read_passages(shared: Path) -> Iterable[Passage]:
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


def read_links(path: Path) -> dict[str, list[Link]]:
    """The verbs of eventplace.json and the places of their events, by sentence."""
    links: dict[str, list[Link]] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        (start, end), *_ = row["verb"]
        places = tuple((s, e) for s, e in row["locations"])
        links.setdefault(row["text"], []).append(Link(trigger=(start, end), places=places))
    return links


def read_data(shared: Path, nlp: Language) -> tuple[Data, Data]:
    """(train, dev): train without repeated texts and without any text of a dev document, passages repeated as
    REPEATS says; dev whole."""
    passages = list(read_passages(shared))
    held = {p.text.casefold().strip() for p in passages if is_dev(p.document)}
    seen: set[str] = set()
    train: list[Passage] = []
    for passage in passages:
        key = passage.text.casefold().strip()
        if key not in held and key not in seen and len(key) > 3 and not is_dev(passage.document):
            seen.add(key)
            train += [passage] * REPEATS.get(passage.source, 1)
    links = read_links(shared / "bench" / "events" / "eventplace.json")
    folder = shared / "corpora"
    docs, dev_docs = read_treebanks([folder / "ud_gum.conllu.gz", folder / "ud_ewt.conllu.gz"], nlp.vocab)
    dev = [p for p in passages if is_dev(p.document)]
    open_items = [item for item in read_corpus() if not item.is_held_out]
    records = read_records(shared / "bench" / "events" / "plover.json")
    return (
        Data(
            passages=train,
            docs=docs,
            links=links,
            items=[item for item in open_items if not item.is_dev] + list(read_items(FOLDER / "merging-1.txt")),
            records=[record for record in records if not is_dev(record.id)],
        ),
        Data(
            passages=dev,
            docs=dev_docs,
            links=links,
            items=[item for item in open_items if item.is_dev],
            records=[record for record in records if is_dev(record.id)],
        ),
    )
