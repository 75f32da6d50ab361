"""Makes the bundled pipeline of a trained encoder: `python -m training.assemble --out geoevents/data/model`.

The weights are quantised and exported (`export.py`), spaCy's rule lemmatizer follows with tables of its own."""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.resources
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.lookups import Lookups, load_lookups
from spacy.tokens import Doc

from .export import export
from .prepare import read_data
from .train import average, find_pretrained

HERE = Path(__file__).parent

TAG_MORPHS = {
    "NN": "Number=Sing",
    "NNP": "Number=Sing",
    "NNS": "Number=Plur",
    "NNPS": "Number=Plur",
    "VB": "VerbForm=Inf",
    "VBD": "Tense=Past|VerbForm=Fin",
    "VBG": "VerbForm=Ger",
    "VBN": "Tense=Past|VerbForm=Part",
    "VBP": "Tense=Pres|VerbForm=Fin",
    "VBZ": "Number=Sing|Tense=Pres|VerbForm=Fin",
    "MD": "VerbForm=Fin",
    "JJ": "Degree=Pos",
    "JJR": "Degree=Cmp",
    "JJS": "Degree=Sup",
    "RBR": "Degree=Cmp",
    "RBS": "Degree=Sup",
}
"""What a Penn tag says of a word's form, in UD features; the lemmatizer needs it to leave "news" and "bus" alone."""

_CLOSED = ("AUX", "PRON", "DET", "PART", "ADP", "SCONJ", "CCONJ", "INTJ", "NUM")
_OPEN = ("NOUN", "VERB", "ADJ", "ADV")
_SEEN_OFTEN = 3


def add_lemmatizer(nlp: Language, docs: list[Doc]) -> None:
    """Adds spaCy's rule lemmatizer with WordNet's tables, and the exceptions that treebank documents teach.

    Source: spacy-lookups-data (MIT; the tables are from WordNet 3.0, whose licence travels with the model).
    """
    lookups = load_lookups("en", ["lemma_rules", "lemma_exc", "lemma_index"])
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    rules = lookups.get_table("lemma_rules")
    open_rules = {pos: rules[pos] for pos in ("adj", "adv", "noun", "verb", "punct")}
    tables = Lookups()
    tables.add_table("lemma_rules", open_rules | {pos.lower(): [["", ""]] for pos in _CLOSED})
    for name in ("lemma_exc", "lemma_index"):
        table = lookups.get_table(name)
        tables.add_table(name, {pos: table[pos] for pos in ("adj", "adv", "noun", "verb")})
    lemmatizer.initialize(lookups=tables)
    exceptions: dict[str, dict[str, list[str]]] = {
        pos: dict(tables.get_table("lemma_exc")[pos]) for pos in ("adj", "adv", "noun", "verb")
    }
    counts: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for doc in docs:
        for token in doc:
            if token.pos_ in _CLOSED + _OPEN:
                counts.setdefault((token.pos_, token.lower_), Counter())[(token.tag_, token.lemma_)] += 1
    for (pos, form), seen in sorted(counts.items()):
        (tag, lemma), times = max(seen.items(), key=lambda item: (item[1], item[0]))
        if times < _SEEN_OFTEN or times * 3 < seen.total() * 2 or not (lemma.islower() or lemma == "I"):
            continue
        probe = Doc(nlp.vocab, words=[form], pos=[pos], tags=[tag], morphs=[TAG_MORPHS.get(tag, "")])
        if lemmatizer.lemmatize(probe[0])[0] != lemma:
            exceptions.setdefault(pos.lower(), {}).setdefault(form, [lemma])
    exceptions["verb"] |= exceptions["aux"]  # tagged VERB now and then: "there are"
    tables.get_table("lemma_exc").clear()
    for pos, table in sorted(exceptions.items()):
        tables.get_table("lemma_exc")[pos] = dict(sorted(table.items()))
    lemmatizer.cache.clear()


def assemble(checkpoints: list[Path], shared: Path) -> Language:
    """The whole pipeline: the encoder with its heads, lemmas."""
    state, config = average(checkpoints)
    config |= {"morphs": TAG_MORPHS}
    nlp = spacy.blank("en")
    with tempfile.TemporaryDirectory() as folder:
        export(state, config, find_pretrained() / "tokenizer.json", Path(folder))
        nlp.add_pipe("geoevents_encoder").from_disk(Path(folder))
    train, _ = read_data(shared, nlp)
    add_lemmatizer(nlp, train.docs)
    nlp.meta.update(
        name="geoevents_news",
        version=importlib.metadata.version("geoevents"),
        description="Tags, UD trees, lemmas, names (PLACE, NORP, ORG, PERSON) and places of events of English news",
        author="geoevents",
        license="CC BY-SA 4.0",
        url="",
        email="",
    )
    nlp.meta.pop("performance", None)
    return nlp


def write_model(nlp: Language, out: Path) -> None:
    """Writes the pipeline without what only training needs, the card and the licences beside it."""
    shutil.rmtree(out, ignore_errors=True)
    nlp.to_disk(out)
    for table in ("key2row", "vectors", "vectors.cfg"):  # no vectors
        (out / "vocab" / table).unlink(missing_ok=True)
    strings = sorted({*TAG_MORPHS, *TAG_MORPHS.values()})
    (out / "vocab" / "strings.json").write_text(json.dumps(strings, ensure_ascii=False), encoding="utf-8")
    licence = (
        importlib.resources.files("spacy_lookups_data").joinpath("data", "en_license.txt").read_text(encoding="utf-8")
    )
    (out / "WORDNET_LICENSE.txt").write_text(licence, encoding="utf-8")
    shutil.copy(HERE / "APACHE_LICENSE.txt", out)  # of the weights that the training began with
    card = HERE / "MODEL_CARD.md"
    if card.exists():
        (out / "README.md").write_text(card.read_text(encoding="utf-8"), encoding="utf-8")


def hash_model(folder: Path) -> str:
    """SHA-256 over the names and bytes of a pipeline's files, the card aside."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "README.md"):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds corpora/")
    parser.add_argument("checkpoints", type=Path, nargs="+", help="encoder-N.safetensors of one run; their mean ships")
    parser.add_argument("--out", type=Path, default=Path("geoevents/data/model"))
    options = parser.parse_args()
    write_model(assemble(options.checkpoints, options.shared), options.out)
    size = sum(p.stat().st_size for p in options.out.rglob("*") if p.is_file())
    print(f"{options.out}: {size / 1e6:.1f} MB, sha256 {hash_model(options.out)}")


if __name__ == "__main__":
    main()
