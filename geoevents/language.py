"""The only door to spaCy pipelines: loads the bundled one or any installed one, and says whether a text is English."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ModelError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

BUNDLED = Path(__file__).parent / "data" / "model"
"""The pipeline that comes with the package; training/ builds it."""

LABELS = ("PLACE", "NORP", "ORG", "PERSON")
"""The labels of doc.ents, whatever pipeline found them."""

OTHER_LABELS = {"GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE", "PER": "PERSON"}
"""What other pipelines (en_core_web_*, xx_ent_wiki_*) call ours; further labels of theirs are dropped."""

MAX_CHARACTERS = 50_000_000
"""spaCy's own limit of a million is for its memory; how long a document may be is decided by who reads it."""

_NAMES = "geoevents_names"
_NEEDED = {
    "doc.ents": ("name recogniser", "ner"),
    "token.dep": ("dependency parser", "parser"),
    "token.pos": ("part-of-speech tagger", "morphologizer"),
    "token.lemma": ("lemmatizer", "lemmatizer"),
}
_TITLES = frozenset(
    """mr mrs ms miss dr sir lady judge justice prof professor rev sgt capt col gen lt sen rep gov president minister
    chancellor sheriff officer detective senator governor mayor""".split()
)
_BODIES = frozenset(
    "front army brigade brigades party movement jabhat jaysh liwa harakat forces militia council".split()
)
_LOCATIVES = frozenset("in at near outside around across throughout toward towards into".split())
_ALSO_ASSIGNS = {"attribute_ruler": ("token.pos",), "morphologizer": ("token.pos",)}


def load_language(model: str | Path | None = None) -> Language:
    """A spaCy pipeline whose doc.ents are PLACE, NORP, ORG and PERSON alone.

    `model` is the name of an installed pipeline, a path to one, or None for the bundled one. It needs names, trees,
    parts of speech and lemmas. Raises ModelError if there is none such, if it is broken or not English.
    """
    import spacy

    _register()
    try:
        nlp = spacy.load(model if model is not None else BUNDLED)
    except Exception as error:  # spaCy raises whatever its readers raise when a file is broken
        raise ModelError(_explain(model, error)) from error
    name = str(model) if model is not None else "the bundled pipeline"
    if nlp.lang != "en":
        raise ModelError(f"{name} is for language {nlp.lang!r}; geoevents reads English: choose an English pipeline")
    lacking = [f"{what} ({pipe!r})" for key, (what, pipe) in _NEEDED.items() if not _assigns(nlp, key)]
    if lacking:
        raise ModelError(
            f"{name} has no {' and no '.join(lacking)}; it has {', '.join(nlp.pipe_names) or 'nothing'}: "
            "choose a full pipeline such as en_core_web_sm, or leave out --model for the bundled one"
        )
    nlp.max_length = MAX_CHARACTERS
    if not nlp.has_pipe(_NAMES):  # there already in a pipeline that was loaded here and written to disk
        nlp.add_pipe(_NAMES, last=True)
    return nlp


def settle_names(doc: Doc) -> Doc:
    """Gives the names of a document our labels, and one label to a name that was read now as one thing, now as another.

    A surname of somebody named in full is that person's, unless "in" or "near" stands before it; after "Mr." or "Gen."
    comes a person; a "Front" or "Jabhat" is a body; otherwise most of a name's mentions decide. Labels not ours are
    dropped; offsets stay. Worth .8 F1 on LGL's dev documents and 3.1 on GeoWebNews' (training/MODEL_CARD.md).
    """
    from spacy.tokens import Span

    labels = [OTHER_LABELS.get(entity.label_, entity.label_) for entity in doc.ents]
    found = [(entity, label) for entity, label in zip(doc.ents, labels, strict=True) if label in LABELS]
    surnames = {entity[-1].text for entity, label in found if label == "PERSON" and len(entity) > 1}
    votes: dict[str, Counter[str]] = {}
    for entity, label in found:
        count = votes.setdefault(entity.text, Counter())
        count.update([label, _told_before(entity) or label])
    settled = []
    for entity, label in found:
        told, count = _told_before(entity), votes[entity.text]
        most = max(count.items(), key=lambda item: (item[1], item[0]))[0]
        surname = len(entity) == 1 and entity.text in surnames
        if label == "PERSON" and len(entity) > 1 and any(token.lower_ in _BODIES for token in entity):
            label = "ORG"
        elif label == "NORP" or told == label:
            pass
        elif told == "PERSON" or (surname and told is None):
            label = "PERSON"
        elif count[most] > count[label] and most != "NORP" and not (most == "PLACE" and entity.text in surnames):
            label = most
        settled.append(Span(doc, entity.start, entity.end, label=label))
    doc.set_ents(settled)
    return doc


def _told_before(entity: Span) -> str | None:
    """What the word before a name says of it: PERSON after a title, PLACE after a preposition of place."""
    before = entity.doc[entity.start - 1].lower_.rstrip(".") if entity.start else ""
    if len(entity) == 1 and before in _TITLES:
        return "PERSON"
    return "PLACE" if before in _LOCATIVES else None


def _register() -> None:
    """Makes `settle_names` known to spaCy, once; not at import, which would cost half a second of spaCy."""
    from spacy.language import Language

    if not Language.has_factory(_NAMES):
        Language.component(_NAMES, func=settle_names)


def _assigns(nlp: Language, key: str) -> bool:
    for name in nlp.pipe_names:
        meta = nlp.get_pipe_meta(name)
        if key in meta.assigns or key in _ALSO_ASSIGNS.get(meta.factory, ()):
            return True
    return False


def _explain(model: str | Path | None, error: Exception) -> str:
    """What is wrong with a pipeline that does not load, and what to do."""
    if model is None:
        state = "is broken" if BUNDLED.is_dir() else "is missing"
        return (
            f"the bundled language pipeline {state} ({BUNDLED}): reinstall geoevents, or run 'make model' in a "
            f"checkout ({error})"
        )
    if isinstance(model, Path) or any(mark in model for mark in "/\\") or Path(model).exists():
        if not Path(model).exists():
            return (
                f"no language pipeline at {model}: give a folder that spaCy's nlp.to_disk wrote, or an installed name"
            )
        return f"{model} is not a pipeline that spaCy {version('spacy')} can load: {error}"
    if find_spec(model.replace("-", "_")) if model.isidentifier() else None:
        return f"the language pipeline {model} is installed but does not load under spaCy {version('spacy')}: {error}"
    return (
        f"the language pipeline {model} is not installed: 'python -m spacy download {model}' installs spaCy's own; "
        "leave out --model for the bundled one"
    )


_ENGLISH = frozenset(
    """the of and to in that for with on at by from as is was were are be been has have had it its this these they their
    he his she her who which said says after before against near between over into about more than not but or an a will
    would could people killed police during amid since while when where there out up off no new two three""".split()
)
_OTHERS = frozenset(
    """le la les des du de et en un une dans pour qui que est sont par sur avec au aux ce cette ont été plus pas ne
    il elle el los las del y por con para una se su sus al lo como más fue han entre desde ha sin sobre contra
    según también este der die das und den dem ein eine einen einer ist sind im von zu mit auf für nicht sich
    auch wurde nach bei aus am vom gli che di per non è sono della nel dei delle alla anche stato dopo hanno
    più o os as do da dos em um uma no na não com foi são pelo pela mais ao het een van niet zijn voor met aan
    op te dat door bij ook naar werd over yang dan ke dari dengan untuk pada ini itu tidak dalam oleh telah
    akan ada juga warga saat ve bir bu için ile olarak daha olan çok sonra kadar i w z się nie że jest po od
    za przez oraz ng sa mga ang si ay kay och att det som på är av för inte med till har og ikke til af și nu
    cu pe din fost va ya wa kwa katika hili cha""".split()
)
_AMBIGUOUS = _ENGLISH & _OTHERS
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

READ_CHARACTERS, SHORT_WORDS, ENGLISH_SHARE, LATIN_SHARE = 20_000, 8, 0.06, 0.5
"""How much of a text is looked at; how few words cannot tell; the least share of English function words, and of Latin
letters. Set on the snippets of tests/test_language.py: English words are .11 (a headline) to .53 of the English
ones, and up to .09 of the others (German, with four times as many of its own)."""


def looks_english(text: str | Doc) -> bool:
    """Whether a text reads as English: mostly Latin letters, enough English function words, more than of other tongues.

    A text of fewer than eight words passes unless most of its letters are of another script. Deterministic; a guess
    made to warn about texts that the rules cannot read, not to name their language.
    """
    sample = (text if isinstance(text, str) else text.text)[:READ_CHARACTERS]
    letters = [letter for letter in sample if letter.isalpha()]
    if not letters:
        return True
    latin = sum(letter.isascii() or unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if latin < LATIN_SHARE * len(letters):
        return False
    words = [word.lower() for word in _WORD.findall(sample)]
    if len(words) < SHORT_WORDS:
        return True
    english = sum(word in _ENGLISH and word not in _AMBIGUOUS for word in words)
    others = sum(word in _OTHERS and word not in _AMBIGUOUS for word in words)
    return english >= ENGLISH_SHARE * len(words) and english > others
