"""The encoder as a component of a spaCy pipeline; found through the entry point `spacy_factories`."""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from spacy import util
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from . import PLACES
from .links import LINKS
from .names import flatten_names
from .network import GRAPHS, Network
from .pieces import Pieces
from .reading import TOLD, Reader, Reading, Settings
from .tellings import TellingLabels, keep_tellings
from .trees import flatten_trees

FILES = ("config.json", *(f"{name}.onnx" for name in GRAPHS), "roles.npy", "tokenizer.json")
"""What a component's folder holds; training/export.py writes them."""

_OF_SPACE = ("_SP", "SPACE", "dep")
_ATTRIBUTES = [TAG, POS, MORPH, HEAD, DEP, ENT_IOB, ENT_TYPE]
_BEGINS, _GOES_ON, _OUTSIDE = 3, 1, 2  # spaCy's numbers of B, I and O


@Language.factory(
    "geoevents_encoder",
    assigns=[
        *("token.tag", "token.pos", "token.morph", "token.dep", "token.head", "token.is_sent_start"),
        *("doc.sents", "doc.ents", "doc.spans"),
    ],
)
def make_encoder(nlp: Language, name: str) -> Encoder:
    """An encoder without weights; these come from its folder, or by `from_bytes`."""
    return Encoder(nlp.vocab, name)


class Encoder:
    """Tags, trees, sentences, names and links of a document, from one network.

    Documents go one by one, and a document's result depends on it alone. Sentence starts that are set already stay.
    """

    def __init__(self, vocab: Vocab, name: str = "geoevents_encoder") -> None:
        self.vocab, self.name = vocab, name
        self._files: dict[str, bytes] = {}
        self._reader: Reader | None = None
        self._columns: dict[str, np.ndarray[Any, np.dtype[np.uint64]]] = {}

    def __call__(self, doc: Doc) -> Doc:
        if self._reader is None:
            raise ValueError(f"{self.name} has no weights: load a pipeline that has some with spacy.load")
        starts = doc.to_array([SENT_START]).astype(np.int64).tolist()
        if len(doc):
            self._write(doc, self._reader.read([token.text for token in doc], starts))
        return doc

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of every kind that it may give, sorted."""
        if self._reader is None:
            return ()
        known = self._reader.settings
        kinds = {label[2:] for label in (*known.place, *known.party) if label != "O"}
        return tuple(sorted({*known.tag, *known.pos, *known.rel, *kinds, *_OF_SPACE}))

    def _write(self, doc: Doc, reading: Reading) -> None:
        rows = np.empty((len(doc), len(_ATTRIBUTES)), dtype=np.uint64)
        spaces, columns = reading.spaces, self._columns
        for n, (numbers, hashes) in enumerate(
            ((reading.tags, columns["tag"]), (reading.pos, columns["pos"]), (reading.tags, columns["morph"]))
        ):
            rows[:, n] = np.where(spaces, hashes[-1], hashes[numbers])
        order = np.arange(len(doc))
        rows[:, 3] = _relative(reading.heads)
        relations = columns["rel"][reading.relations]
        rows[:, 4] = np.where(spaces & (reading.heads != order), columns["rel"][-1], relations)
        flat = flatten_names([*reading.places, *reading.parties])
        rows[:, 5], rows[:, 6] = _OUTSIDE, 0
        for name in flat:
            rows[name.start : name.end, 5] = _GOES_ON
            rows[name.start, 5] = _BEGINS
            rows[name.start : name.end, 6] = self.vocab.strings[name.label]
        doc.from_array(_ATTRIBUTES, rows)  # type: ignore[arg-type]  # the stub: no uint64
        begins = doc.to_array([SENT_START]) == 1
        if (begins != reading.starts).any():
            rows[:, 3] = _relative(flatten_trees(reading.heads, reading.starts, begins))
            doc.from_array(_ATTRIBUTES, rows)  # type: ignore[arg-type]
        doc.spans[PLACES] = [Span(doc, name.start, name.end, label=name.label) for name in reading.places]
        doc.user_data[LINKS] = reading.links
        keep_tellings(doc, reading.tellings)

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Writes FILES into a folder, made if need be."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)

    def from_disk(self, path: str | Path, **_: object) -> Encoder:
        """Reads what `to_disk` or training/export.py wrote."""
        return self._load({name: (Path(path) / name).read_bytes() for name in FILES})

    def to_bytes(self, **_: object) -> bytes:
        """The contents of FILES as one MessagePack."""
        return util.to_bytes({name: partial(self._files.__getitem__, name) for name in self._files}, [])

    def from_bytes(self, data: bytes, **_: object) -> Encoder:
        """Takes what `to_bytes` gave."""
        files: dict[str, bytes] = {}
        util.from_bytes(data, {name: partial(files.__setitem__, name) for name in FILES}, [])
        return self._load(files)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.vocab, self.name, self._files)

    def _load(self, files: dict[str, bytes]) -> Encoder:
        if not files:
            return self
        config = json.loads(files["config.json"])
        lists = {name: tuple(config[name]) for name in ("place", "party", "tag", "pos", "rel")}
        tellings = TellingLabels(**{name: tuple(config[name]) for name in TOLD})
        settings = Settings(morphs=config["morphs"], tellings=tellings, **lists)
        network = Network({name: files[f"{name}.onnx"] for name in GRAPHS})
        roles = np.load(io.BytesIO(files["roles.npy"]), allow_pickle=False)
        self._reader = Reader(network, Pieces.from_str(files["tokenizer.json"].decode()), settings, roles)
        self._files = files
        add = self.vocab.strings.add
        for label in self.labels:
            add(label)
        morphs = [self.vocab.morphology.add(settings.morphs.get(tag, "")) for tag in settings.tag]
        self._columns = {
            kind: np.array(hashes, dtype=np.uint64)  # each list ends with what white space gets
            for kind, hashes in (
                ("tag", [add(label) for label in (*settings.tag, "_SP")]),
                ("pos", [add(label) for label in (*settings.pos, "SPACE")]),
                ("rel", [add(label) for label in (*settings.rel, "dep")]),
                ("morph", [*morphs, self.vocab.morphology.add("")]),
            )
        }
        return self


def _relative(heads: np.ndarray[Any, np.dtype[np.intp]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Heads as spaCy writes them: steps from each word, two's complement."""
    return (heads - np.arange(len(heads))).astype(np.int64).view(np.uint64)


def _restore(vocab: Vocab, name: str, files: dict[str, bytes]) -> Encoder:
    return Encoder(vocab, name)._load(files)
