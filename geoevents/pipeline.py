"""Composes the parts: a document goes in, its places and events come out."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from gazetteer.geocoder import Geocoder
from gazetteer.store import Gazetteer

from .corrections import Corrected, Corrections, read_corrections
from .countries import find_country
from .errors import DocumentError, GeoeventsError
from .explain import Explanation, explain
from .extract import MAX_SENTENCE, extract_events
from .extract.location import link_places
from .language import load_language, looks_english
from .layout import mark_boundaries
from .mentions import find_names
from .merge import merge_events
from .ontology import Ontology, load_ontology
from .readers.encoding import repair
from .records import Correction, Document, PlaceMention, Report
from .resolve import Resolver, find_places

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MAX_CHARACTERS = 400_000
"""How much of one document is read, about 65,000 words; a note says when more was left unread."""

CHUNK = 8
"""Documents handed to a process at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a pipeline is made of, so that another process can make the same one."""

    model: str | Path | None = None
    gazetteers: tuple[str | Path, ...] = ()
    ontology: str | Path | None = None
    corrections: tuple[Correction, ...] = ()
    countries: tuple[str, ...] = ()


class Pipeline:
    """Reads documents and finds their places and events; `geoevents.load` makes one."""

    def __init__(
        self,
        nlp: Language,
        gazetteer: Gazetteer,
        resolver: Resolver,
        ontology: Ontology,
        corrections: Corrections,
        settings: Settings,
    ) -> None:
        self.nlp = nlp
        self.gazetteer = gazetteer
        self.resolver = resolver
        self.ontology = ontology
        self.corrections = corrections
        self.settings = settings

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        gazetteers: Sequence[str | Path] = (),
        geocoder: Geocoder | None = None,
        ontology: str | Path | None = None,
        corrections: Iterable[str | Path | Correction] = (),
        countries: Iterable[str] = (),
    ) -> Pipeline:
        """What `geoevents.load` promises."""
        rows = read_corrections(corrections)
        named = (countries,) if isinstance(countries, str) else countries
        codes = tuple(dict.fromkeys(find_country(name).country or "" for name in named))
        if gazetteers:
            from gazetteer.layers import open_world

            gazetteer = open_world(gazetteers)
        else:
            gazetteer = Gazetteer.open()
        return cls(
            nlp=load_language(model),
            gazetteer=gazetteer,
            resolver=Resolver(gazetteer, geocoder, countries=codes),
            ontology=load_ontology(ontology),
            corrections=Corrections(rows, gazetteer),
            settings=Settings(
                model=model,
                gazetteers=tuple(gazetteers),
                ontology=ontology,
                corrections=rows,
                countries=codes,
            ),
        )

    @cached_property
    def model_sha256(self) -> str:
        """Digest of the language pipeline's files, names and contents, in order of name; or of its meta."""
        digest = hashlib.sha256()
        folder = self.nlp.path
        if folder is None:
            return hashlib.sha256(repr(sorted(self.nlp.meta.items())).encode()).hexdigest()
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def __call__(
        self,
        document: str | Document,
        *,
        published: date | str | None = None,
        source: str | None = None,
        url: str | None = None,
        title: str | None = None,
        id: str | None = None,
    ) -> Report:
        """What is found in one document; whatever goes wrong with it is in the report's `error`.

        `published` is a date or its ISO 8601 form; ValueError if it is neither. What is given here goes before what the
        document itself says. TypeError if `document` is neither a text nor a Document."""
        document = _as_document(document)
        day = date.fromisoformat(published) if isinstance(published, str) else published
        return self._report(
            replace(
                document,
                published=day or document.published,
                source=source or document.source,
                url=url or document.url,
                title=title or document.title,
                id=id or document.id,
            )
        )

    def pipe(self, documents: Iterable[str | Document], processes: int = 1) -> Iterator[Report]:
        """One report a document, in order, failed ones too. A result never depends on its neighbours.

        More than one of `processes` shares the work out; a pipeline with a geocoder works alone, since its budget and
        its pace are one."""
        if processes < 1:
            raise ValueError(f"processes must be at least 1, not {processes}")
        records = map(_as_document, documents)
        if processes == 1 or self.resolver.geocoder is not None:
            yield from map(self._report, records)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(self.settings,)) as pool:
            waiting: deque[Future[list[Report]]] = deque()
            for chunk in iter(lambda: list(islice(records, CHUNK)), []):
                waiting.append(pool.submit(_work, chunk))
                if len(waiting) > 2 * processes:  # what is read ahead is bounded, however long the archive
                    yield from waiting.popleft().result()
            for done in waiting:
                yield from done.result()

    def resolve(self, text: str, spans: Iterable[tuple[int, int]]) -> tuple[PlaceMention, ...]:
        """Places the given spans, each (start, end) in characters; other names of the text are evidence only."""
        asked = list(spans)
        for start, end in asked:
            if not 0 <= start < end <= len(text):
                raise ValueError(f"span {start}:{end} does not lie in a text of {len(text)} characters")
        with self.nlp.memory_zone():
            doc = self._parse(text)
            return self.resolver.resolve_spans(doc, asked, put_right=self.corrections.of(doc.text).place_name)

    def explain(self, document: str | Document) -> tuple[Explanation, ...]:
        """For each name of a document, in text order, what it may mean and why. Raises DocumentError."""
        document = _as_document(document)
        text, _ = check_text(document)
        with self.nlp.memory_zone():
            doc = self._parse(text)
            names = self.corrections.of(text, document.id).put_right(find_names(doc, self.gazetteer))
            weighed = self.resolver.weigh(doc, names, (), document)
            return explain(weighed, find_places(doc, weighed), self.resolver.ranker)

    def locate(self, text: str, trigger: tuple[int, int]) -> tuple[PlaceMention, ...]:
        """The places where the event that the trigger (start, end) tells of happened, in text order; () if unsaid."""
        start, end = trigger
        with self.nlp.memory_zone():
            doc = self._parse(text)
            span = doc.char_span(start, end, alignment_mode="expand") if 0 <= start < end <= len(text) else None
            if span is None:
                raise ValueError(f"trigger {start}:{end} does not lie in a text of {len(text)} characters")
            mentions = self._places(doc, None, self.corrections.of(doc.text))
            return tuple(mention for mention, _ in link_places(span.root, mentions))

    def _parse(self, text: str) -> Doc:
        doc = self.nlp.make_doc(repair(text))
        mark_boundaries(doc)
        return self.nlp(doc)

    def _places(self, doc: Doc, document: Document | None, corrected: Corrected) -> tuple[PlaceMention, ...]:
        return self.resolver.resolve(doc, corrected.put_right(find_names(doc, self.gazetteer)), document)

    def _report(self, document: Document) -> Report:
        try:
            return self._read(document)
        except GeoeventsError as error:
            return Report(document=document, error=error)
        except Exception as error:  # one document never stops a batch
            wrapped = DocumentError(
                f"{document.id}: failed unexpectedly ({type(error).__name__}: {error}); please report it"
            )
            wrapped.__cause__ = error
            return Report(document=document, error=wrapped)

    def _read(self, document: Document) -> Report:
        text, notes = check_text(document)
        corrected = self.corrections.of(text, document.id)
        notes += [_stale(row, text) for row in corrected.stale]
        with self.nlp.memory_zone():
            doc = self._parse(text)
            if any(len(sentence) > MAX_SENTENCE for sentence in doc.sents):
                notes.append(f"sentences of more than {MAX_SENTENCE} words were not searched for events")
            mentions = self._places(doc, document, corrected)
            events = merge_events(extract_events(doc, mentions, document, self.ontology, corrected.tells_event))
        return Report(
            document=document,
            places=tuple(m for m in mentions if m.kind != "demonym"),
            events=events,
            notes=tuple(notes),
            corrections=corrected.applied,
            stale=corrected.stale,
        )


def check_text(document: Document) -> tuple[str, list[str]]:
    """The text of a document as far as it is read, and remarks. Raises DocumentError where it cannot be read."""
    text = repair(document.text)
    if not text.strip():
        raise DocumentError(f"{document.id}: the document is empty")
    notes = []
    if len(text) > MAX_CHARACTERS:
        notes.append(f"only the first {MAX_CHARACTERS:,} of {len(text):,} characters were read")
        text = text[:MAX_CHARACTERS]
    if not looks_english(text):
        raise DocumentError(f"{document.id}: the text does not look English; only English is supported")
    return text, notes


def _stale(row: Correction, text: str) -> str:
    there, said = text[row.start : row.end][:60], row.text[:60]
    return f"{row.origin} is stale and was not applied: at {row.start}:{row.end} stands {there!r}, not {said!r}"


def _as_document(given: str | Document) -> Document:
    if isinstance(given, str):
        return Document(text=given)
    if not isinstance(given, Document):
        raise TypeError(f"give a text (str) or a geoevents.Document, not {type(given).__name__}")
    return given


_worker: Pipeline | None = None


def _start(settings: Settings) -> None:
    global _worker
    _worker = Pipeline.load(
        model=settings.model,
        gazetteers=settings.gazetteers,
        ontology=settings.ontology,
        corrections=settings.corrections,
        countries=settings.countries,
    )


def _work(documents: list[Document]) -> list[Report]:
    assert _worker is not None  # noqa: S101 - _start ran before
    return [_worker._report(document) for document in documents]
