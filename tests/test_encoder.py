"""The encoder: pieces, windows, names and trees on their own, and all together as a part of a pipeline."""

from __future__ import annotations

import hashlib
import itertools
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from geoevents.encoder import link_scores
from geoevents.encoder.component import FILES, PLACES
from geoevents.encoder.forest import Forest
from geoevents.encoder.names import NamedSpan, decode_names, flatten_names
from geoevents.encoder.pieces import CASES, MAX_PIECES, Pieces
from geoevents.encoder.trees import (
    MAX_SENTENCE,
    PIECE,
    attach_words,
    cut_stretches,
    flatten_trees,
    hang_low,
    name_subjects,
    span_tree,
)
from geoevents.encoder.windows import SIZE, cut_windows, find_boundaries
from geoevents.language import BUNDLED

HERE = Path(__file__).parent
LABELS = ("O", "B-PLACE", "I-PLACE", "B-NORP", "I-NORP")
ODD = [
    "",
    " ",
    "\n\n\t ",
    "\0",
    "a\0b \0 c",
    "e\u0301t Me\u0301rida, Bogota\u0301",
    "\u0301\u0301\u0301",
    "😀😀 in 🇸🇾 Homs 👩‍👩‍👧‍👦.",
    "قُتل شخصان في حمص. שלום",
    "\u202eamoH ni dellik\u202c",
    "x" * 3000,
    "a-" * 900,
    "٣ 中国 ไทย \u200b\ufeff \u2028 \u2029",
    "[CLS] [SEP] [PAD] [unused1] ##ing",
    "İSTANBUL ǅ ß ﬁ Σ",
    "\n Leading. \n\n Trailing \n",
]
NEWS = (
    "Two people were killed near Hama on Tuesday, the Syrian Observatory for Human Rights said. "
    "Clashes broke out in Idlib and Aleppo, where President Maria Gomez met Turkish officials. "
)


def encoder_folder() -> Path:
    """The folder of the bundled pipeline's encoder."""
    return next(BUNDLED.glob("*/encoder.onnx")).parent


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("geoevents_encoder", name="encoder").from_disk(encoder_folder())  # type: ignore[attr-defined]
    return nlp


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces.load(encoder_folder() / "tokenizer.json")


def told(doc: Doc) -> tuple[object, ...]:
    """All that the encoder says of a document."""
    words = [(t.text, t.tag_, t.pos_, str(t.morph), t.dep_, t.head.i, t.is_sent_start) for t in doc]
    names = [(s.start, s.end, s.label_) for s in itertools.chain(doc.ents, doc.spans.get(PLACES, []))]
    return words, names, doc.user_data.get("geoevents_links", np.zeros(0)).tobytes()


def check_trees(doc: Doc) -> None:
    """One root a sentence, all words below it, sentences that follow each other without gaps."""
    sentences = list(doc.sents)
    assert [s.start for s in sentences] == [0, *(s.end for s in sentences)][: len(sentences)]
    assert not doc or sentences[-1].end == len(doc)
    for sentence in sentences:
        (root,) = [token for token in sentence if token.head == token]
        assert root == sentence.root
        assert root.dep_ == "ROOT"
        assert root.left_edge == sentence[0]
        for token in sentence:
            above = {token.i}
            while token.head != token:
                token = token.head
                assert token.i not in above
                above.add(token.i)
            assert token == root


# Pieces


def test_pieces_are_cut_word_by_word(pieces: Pieces) -> None:
    words = ["Hama", "Überlingen", "[SEP]", " \n", "\0", "😀", "x" * 300, "a-b-c-d-e-f-g-h"]
    ids, cases = pieces.cut(words)
    assert [pieces.cut([word])[0][0] for word in words] == ids
    assert all(1 <= len(word) <= MAX_PIECES for word in ids)
    assert ids[0] == pieces.cut(["HAMA"])[0][0]
    assert ids[1] == pieces.cut(["uberlingen"])[0][0]
    assert pieces.last not in ids[2]
    assert ids[3] != ids[4] == ids[5] == ids[6]
    assert len(ids[7]) == MAX_PIECES
    assert [CASES[case] for case in cases[:4]] == ["Capitalised", "Capitalised", "ALL CAPITALS", "white space"]


@pytest.mark.parametrize(
    ("word", "case"),
    [
        *(("3", 0), ("—", 0), ("中国", 0), ("حمص", 0), ("town", 1), ("'s", 1), ("1st", 1)),
        *(("Hama", 2), ("I", 2), ("A-320", 2), ("Élan", 2), ("UN", 3), ("U.S.", 3)),
        *(("al-Bab", 4), ("McDonald", 4), ("iPhone", 4), ("\n", 5), ("\u2003", 5)),
    ],
)
def test_case_classes(pieces: Pieces, word: str, case: int) -> None:
    assert pieces.cut([word])[1] == [case]


def test_memory_of_pieces_is_bounded_and_changes_nothing(pieces: Pieces) -> None:
    before = pieces.cut(["Hama", "clashes"])
    for start in range(0, 80_000, 20_000):
        pieces.cut([f"Place{n}" for n in range(start, start + 20_000)])
    assert len(pieces._known) <= 30_000
    assert pieces.cut(["Hama", "clashes"]) == before


# Windows


@given(
    st.lists(st.integers(1, MAX_PIECES), max_size=700),
    st.sets(st.integers(0, 700), max_size=60),
    st.sampled_from([96, SIZE, 254]),
)
def test_windows_cover_every_word_once_and_share_some(counts: list[int], marks: set[int], size: int) -> None:
    windows = list(cut_windows(counts, sorted(marks), size))
    assert [w.start for w in windows] == [0, *(w.end for w in windows)][: len(windows)]
    assert (windows[0].first, windows[-1].last, windows[-1].end) == (0, len(counts), len(counts))
    for window in windows:
        assert window.first <= window.start <= window.end <= window.last
        assert sum(counts[window.first : window.last]) <= size
    for one, two in itertools.pairwise(windows):
        beside = one.last - one.end
        assert two.start - two.first == beside >= 2  # a seam is as far from either window's edge
        assert one.end > one.start
    assert sum(w.last - w.first for w in windows) <= 2 * len(counts)


def test_windows_meet_where_sentences_end() -> None:
    words = (NEWS * 12).split()
    words = [w for word in words for w in ([word[:-1], "."] if word.endswith(".") else [word])]
    boundaries = find_boundaries(words)
    assert boundaries == [n + 1 for n, word in enumerate(words) if word == "."]
    windows = list(cut_windows([1] * len(words), boundaries))
    assert len(windows) > 3
    assert {w.start for w in windows[1:]} <= set(boundaries)


def test_boundaries_stand_behind_what_closes() -> None:
    assert find_boundaries(["He", "left", ".", "”", ")", "Then", "\n\n", "So", "\t", "?"]) == [5, 7, 10]


# Names


def scores_of(path: list[str], labels: tuple[str, ...] = LABELS, height: float = 8.0) -> np.ndarray:
    scores = np.zeros((len(path), len(labels)), dtype=np.float32)
    scores[np.arange(len(path)), [labels.index(label) for label in path]] = height
    return scores


def names_of(path: list[str], scores: np.ndarray | None = None, spaces: str = "") -> list[tuple[int, int, str]]:
    blank = np.array([n < len(spaces) and spaces[n] == "_" for n in range(len(path))], dtype=bool)
    found = decode_names(scores_of(path) if scores is None else scores, LABELS, blank)
    return [(name.start, name.end, name.label) for name in found]


def test_names_are_spelled() -> None:
    path = ["O", "B-PLACE", "I-PLACE", "B-PLACE", "O", "B-NORP", "B-PLACE", "I-PLACE"]
    assert names_of(path) == [(1, 3, "PLACE"), (3, 4, "PLACE"), (5, 6, "NORP"), (6, 8, "PLACE")]
    assert names_of([]) == []


def test_white_space_ends_no_name() -> None:
    path = ["B-PLACE", "I-PLACE", "I-PLACE", "I-PLACE", "O", "B-PLACE"]
    assert names_of(path, spaces="__ _ _")[0:1] == [(2, 3, "PLACE")]
    assert names_of(path, spaces=" _   _") == [(0, 4, "PLACE")]


def best_by_trying(scores: np.ndarray) -> float:
    """The most that any sequence of labels without a stray I adds up to."""
    best = -np.inf
    for path in itertools.product(range(len(LABELS)), repeat=len(scores)):
        labels = ["O", *(LABELS[n] for n in path)]
        if all(b[0] != "I" or (a != "O" and a[2:] == b[2:]) for a, b in itertools.pairwise(labels)):
            best = max(best, float(sum(scores[n, k] for n, k in enumerate(path))))
    return best


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_names_are_the_likeliest_that_bio_allows(seed: int, count: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(count, len(LABELS))).astype(np.float32)
    path = ["O"] * count
    for start, end, label in names_of(path, scores):
        path[start:end] = [f"I-{label}"] * (end - start)
        path[start] = f"B-{label}"
    total = sum(float(scores[n, LABELS.index(label)]) for n, label in enumerate(path))
    assert total == pytest.approx(best_by_trying(scores), abs=1e-4)


def test_of_names_that_overlap_the_longer_stays() -> None:
    def name(start: int, end: int, label: str, score: float) -> NamedSpan:
        return NamedSpan(start=start, end=end, label=label, score=score)

    body, town = name(0, 4, "ORG", 0.6), name(3, 4, "PLACE", 0.9)
    person, place = name(6, 8, "PERSON", 0.7), name(6, 8, "PLACE", 0.8)
    assert flatten_names([town, person, place, body]) == [body, place]


# Trees


def best_tree_by_trying(scores: np.ndarray, root: int) -> float:
    count, best = len(scores), -np.inf
    for heads in itertools.product(range(count), repeat=count):
        if heads[root] != root or any(n == h for n, h in enumerate(heads) if n != root):
            continue
        if all(reaches(heads, n, root) for n in range(count)):
            best = max(best, sum(float(scores[n, h]) for n, h in enumerate(heads) if n != root))
    return best


def reaches(heads: tuple[int, ...] | list[int], at: int, root: int) -> bool:
    for _ in heads:
        at = heads[at]
    return at == root


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_trees_are_the_best_there_are(seed: int, count: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(count, count)).astype(np.float32)
    np.fill_diagonal(scores, -1e30)
    heads = span_tree(scores, seed % count).tolist()
    assert all(reaches(heads, n, seed % count) for n in range(count))
    total = sum(float(scores[n, h]) for n, h in enumerate(heads) if n != seed % count)
    assert total == pytest.approx(best_tree_by_trying(scores, seed % count), abs=1e-4)


def score_pairs(dependents: np.ndarray, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return dependents @ heads.transpose(0, 2, 1), dependents[:, :, 0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_every_stretch_is_one_tree(seed: int, sizes: list[int]) -> None:
    random = np.random.default_rng(seed)
    bounds = [0, *itertools.accumulate(sizes)]
    vectors = random.normal(size=(2, bounds[-1], 8)).astype(np.float32)
    heads = attach_words(score_pairs, vectors[0], vectors[1], bounds).tolist()
    for start, end in itertools.pairwise(bounds):
        inside = [head - start for head in heads[start:end]]
        (root,) = [n for n, head in enumerate(inside) if n == head]
        assert all(0 <= head < end - start for head in inside)
        assert all(reaches(inside, n, root) for n in range(end - start))
        alone = attach_words(score_pairs, vectors[0][start:end], vectors[1][start:end], [0, end - start])
        assert alone.tolist() == inside  # whatever it is batched with


class PairsOnly:
    """Scores pairs without a graph, for documents of any shape."""

    def run(self, graph: str, **feed: np.ndarray) -> dict[str, np.ndarray]:
        if graph == "relations":
            return {"relation": np.full(len(feed["rel_dep"]), 1)}
        arcs, roots = score_pairs(feed["arc_dep"], feed["arc_head"])
        return {"arc": arcs, "root": roots}


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.one_of(st.integers(1, 60), st.integers(350, 900)), min_size=1, max_size=9),
    st.sampled_from([0.0, 0.1, 1.0]),
)
def test_forests_grow_the_same_in_any_portions(seed: int, sentences: list[int], blank: float) -> None:
    random = np.random.default_rng(seed)
    count = sum(sentences)
    spaces = random.random(count) < blank
    starts = np.zeros(count, dtype=np.int64)
    starts[[0, *itertools.accumulate(sentences)][:-1]] = 1
    out = {
        name: random.normal(size=(count, 4)).astype(np.float32)
        for name in ("arc_dep", "arc_head", "rel_dep", "rel_head")
    }
    out["start"] = np.full(count, -1.0, dtype=np.float32)

    def grow(portion: int) -> Forest:
        forest = Forest(PairsOnly(), ("ROOT", "obj", "dep"), spaces, starts)  # type: ignore[arg-type]
        for at in range(0, count, portion):
            forest.grow({name: part[at : at + portion] for name, part in out.items()})
        forest.finish()
        return forest

    forest = grow(97)
    heads = forest.heads.tolist()
    words = np.flatnonzero(~spaces)
    roots = [int(n) for n in words if heads[n] == n]
    begun = [int(n) for n in words if starts[n]]
    assert len(roots) == max(1, len(begun)) or not len(words) or not begun
    at = forest.heads
    for _ in range(count.bit_length()):
        at = at[at]
    assert (np.diff(at) >= 0).all()  # sentences follow each other, so no arc leads out of one
    assert (forest.heads[at] == at).all()
    assert forest.starts.sum() == len(set(at.tolist()))
    again = grow(1009)
    assert again.heads.tolist() == heads
    assert again.starts.tolist() == forest.starts.tolist()


def test_long_sentences_are_cut_in_pieces_known_before_their_end() -> None:
    starts = np.zeros(3 * MAX_SENTENCE, dtype=bool)
    starts[[0, 30]] = True
    whole, firsts = cut_stretches(starts, goes_on=False, ended=True)
    assert whole == [0, 30, *range(30 + PIECE, len(starts), PIECE), len(starts)]
    assert firsts == [0, *[1] * (len(whole) - 2)]
    for seen in range(MAX_SENTENCE + 31, len(starts), 111):
        part, _ = cut_stretches(starts[:seen], goes_on=False, ended=False)
        assert part == whole[: len(part)]
    assert cut_stretches(starts[:300], goes_on=False, ended=False) == ([0, 30], [0])


def test_trees_too_tangled_for_spacy_still_have_their_sentences() -> None:
    count = 240
    order = np.random.default_rng(5).permutation(count)
    heads = np.empty(2 * count, dtype=np.intp)
    for part in (0, count):
        heads[order[0] + part] = order[0] + part
        heads[order[1:] + part] = order[:-1] + part  # one line of arcs through all words, back and forth
    starts = np.zeros(2 * count, dtype=bool)
    starts[[0, count]] = True
    begins = starts.copy()
    begins[count] = False
    flat = flatten_trees(heads, starts, begins)
    assert (flat[:count] == heads[:count]).all()
    assert set(flat[count:].tolist()) == {order[0] + count}


# The component


def test_a_document_depends_on_itself_alone(nlp: Language) -> None:
    texts = [*ODD, NEWS, NEWS * 20, NEWS.upper(), NEWS]
    alone = [told(nlp(text)) for text in texts]
    assert [told(doc) for doc in nlp.pipe(texts, batch_size=3)] == alone
    assert [told(doc) for doc in nlp.pipe(reversed(texts))] == alone[::-1]


WORKER = """
import hashlib
import spacy
from test_encoder import NEWS, ODD, encoder_folder, told
nlp = spacy.blank("en")
nlp.add_pipe("geoevents_encoder", name="encoder").from_disk(encoder_folder())
print(hashlib.sha256(repr([told(nlp(text)) for text in [NEWS * 20, *ODD]]).encode()).hexdigest())
"""


def test_two_processes_read_the_same(nlp: Language) -> None:
    def run(threads: str) -> str:
        environment = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", WORKER], capture_output=True, text=True, cwd=HERE, env=environment, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    here = hashlib.sha256(repr([told(nlp(text)) for text in [NEWS * 20, *ODD]]).encode()).hexdigest()
    assert run("1") == run("4") == here


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_any_text_gets_whole_trees(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    check_trees(doc)
    for token in doc:
        assert (token.tag_ == "_SP") == (token.pos_ == "SPACE") == token.is_space
        assert not token.is_space or (not token.is_sent_start or token.i == 0)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_hostile_text_gets_whole_trees(nlp: Language, text: str) -> None:
    check_trees(nlp(text))


def test_a_sentence_without_end_is_read_in_bounded_time(nlp: Language) -> None:
    doc = nlp("and " * 6_000)
    check_trees(doc)


@pytest.mark.parametrize("words", [*range(60, 140, 3)])
def test_no_name_is_lost_at_a_seam(nlp: Language, words: int) -> None:
    filler = (
        "He said that this was so and that more would follow , as it had before , in the old way , "
        "but nobody there knew when or how or why it all had come about "
    ).split() * 6
    text = " ".join([*filler[:words], "near", "Aleppo", "and", "Damascus", "in", "Syria", *filler[:90], "."])
    doc = nlp(text)
    assert {"Aleppo", "Damascus", "Syria"} <= {span.text for span in doc.spans[PLACES]}


def test_given_sentence_starts_stay(nlp: Language) -> None:
    doc = nlp.make_doc("HAMA , Syria — Two people were killed . Three were hurt .")
    doc[4].is_sent_start = True
    doc[9].is_sent_start = False
    doc = nlp(doc)
    check_trees(doc)
    starts = [sentence.start for sentence in doc.sents]
    assert 4 in starts
    assert 9 not in starts


def test_names_are_flat_and_places_complete(nlp: Language) -> None:
    doc = nlp(NEWS)
    assert {"Hama", "Idlib", "Aleppo"} <= {ent.text for ent in doc.ents if ent.label_ == "PLACE"}
    assert {"Hama", "Idlib", "Aleppo", "Turkish"} <= {span.text for span in doc.spans[PLACES]}
    assert "Maria Gomez" in {ent.text for ent in doc.ents if ent.label_ == "PERSON"}
    assert {span.label_ for span in doc.spans[PLACES]} <= {"PLACE", "NORP"}


def test_links_score_each_word_for_a_trigger(nlp: Language) -> None:
    doc = nlp("Two people were killed in Hama , officials in Damascus said .")
    scores = link_scores(doc, 3)
    assert scores is not None
    assert scores.shape == (len(doc),)
    assert scores.dtype == np.float32
    assert scores[5] > 0 > scores[9]
    assert link_scores(doc, 3, 5, 6).tolist() == [scores[5]]  # type: ignore[union-attr]
    assert link_scores(spacy.blank("en")("Two people were killed ."), 3) is None


def test_what_is_written_is_read_back(nlp: Language, tmp_path: Path) -> None:
    before = told(nlp(NEWS))
    encoder = nlp.get_pipe("encoder")
    nlp.to_disk(tmp_path / "model")
    assert {path.name for path in (tmp_path / "model" / "encoder").iterdir()} == set(FILES)
    for name in FILES:
        assert (tmp_path / "model" / "encoder" / name).read_bytes() == (encoder_folder() / name).read_bytes()
    assert told(spacy.load(tmp_path / "model")(NEWS)) == before
    fresh = spacy.blank("en")
    fresh.add_pipe("geoevents_encoder", name="encoder").from_bytes(encoder.to_bytes())
    assert told(fresh(NEWS)) == before
    again = pickle.loads(pickle.dumps(encoder))  # noqa: S301 - our own
    assert again.labels == encoder.labels


def test_without_weights_it_says_so() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("geoevents_encoder")
    with pytest.raises(ValueError, match="has no weights"):
        nlp("Hama")


def test_labels_are_known_to_the_vocabulary(nlp: Language) -> None:
    encoder = nlp.get_pipe("encoder")
    assert {"PLACE", "NORP", "ORG", "PERSON", "ROOT", "NNP", "PROPN", "_SP"} <= set(encoder.labels)
    with nlp.memory_zone():
        nlp(NEWS)
    assert all(label in nlp.vocab.strings for label in encoder.labels)


def test_spacy_finds_it_without_our_help(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    code = f"import spacy; print(spacy.load({str(tmp_path)!r})('Clashes in Hama .').ents)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Hama" in done.stdout


RELATIONS = ("ROOT", "case", "conj", "nsubj", "nsubj:pass", "obj", "obl")


def test_an_object_before_a_verb_without_subject_is_its_subject() -> None:
    heads = np.array([1, 1, 4, 4, 1])  # boats capsized, which rebels sank
    relations = np.array([RELATIONS.index(r) for r in ("obj", "ROOT", "obj", "nsubj", "conj")])
    mended = name_subjects(heads, relations, RELATIONS, ["NNS", "VBD", "WDT", "NNS", "VBD"])
    assert [RELATIONS[r] for r in mended] == ["nsubj", "ROOT", "obj", "nsubj", "conj"]


def test_what_stands_right_behind_a_verb_hangs_on_it() -> None:
    relations = np.array([RELATIONS.index(r) for r in ("nsubj", "ROOT", "case", "obl", "conj", "case", "obl")])
    tags = ["NN", "VBD", "IN", "NNP", "VBD", "IN", "NNP"]  # two died in Kabul (and) died in Herat
    heads = np.array([1, 1, 3, 1, 1, 6, 1])
    assert hang_low(heads, relations, RELATIONS, tags).tolist() == [1, 1, 3, 1, 1, 6, 4]
    inside = np.array([1, 1, 3, 1, 6, 6, 1])  # a verb below the word itself: no cycle
    assert hang_low(inside, relations, RELATIONS, tags).tolist() == inside.tolist()
