"""The whole pipeline: alone, in batches and in processes alike; nothing stops a batch; its contracts and limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from geoevents import pipeline as module
from geoevents.errors import DocumentError, ModelError, OntologyError
from geoevents.pipeline import Pipeline
from geoevents.records import Document, Report

SEEDS = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))]
SHELLED = "Rebels shelled the town of Idlib on Thursday, killing at least 12 people, police said."
FRENCH = "Les rebelles ont bombardé la ville dans la nuit de jeudi, selon les autorités qui sont sur place."
THURSDAY = date(2017, 3, 30)


def found(report: Report) -> tuple[object, ...]:
    """All that a report says, its error by its words."""
    return report.document, report.places, report.events, report.notes, repr(report.error)


# --- what is found ----------------------------------------------------------------------------------------------------


def test_a_sentence_becomes_an_event(pipeline: Pipeline) -> None:
    report = pipeline(SHELLED, published="2017-03-30", source="SANA", url="https://x.test/1", title="War", id="d1")
    assert report.error is None
    [event] = report.events
    assert (event.event_type, event.event_mode, event.modality) == ("ASSAULT", "heavy-weapons", "asserted")
    assert (event.trigger, SHELLED[event.trigger_start : event.trigger_end]) == ("shelled", "shelled")
    assert event.sentence == SHELLED
    assert event.place_id == "geonames:169389"
    assert (event.fatalities_low, event.fatalities_best, event.fatalities_high) == (12, 12, None)
    assert (event.date_start, event.date_end, event.date_text) == (THURSDAY, THURSDAY, "Thursday")
    assert event.actors == ("Rebels",)
    assert event.attribution == "police"
    assert (event.document_id, event.source, event.url, event.document_title) == (
        "d1",
        "SANA",
        "https://x.test/1",
        "War",
    )
    assert event.published == THURSDAY
    assert [mention.text for mention in report.places] == ["Idlib"]


def test_without_publication_relative_dates_are_unknown(pipeline: Pipeline) -> None:
    [event] = pipeline(SHELLED).events
    assert (event.date_start, event.date_end, event.time_precision, event.date_text) == (None, None, None, "Thursday")


def test_a_dateline_goes_before_the_publication(pipeline: Pipeline) -> None:
    [event] = pipeline(f"IDLIB, Syria, 30 March 2017 (SANA) - {SHELLED}").events
    assert event.date_start == THURSDAY
    [event] = pipeline(f"IDLIB, Syria, 30 March 2017 (SANA) - {SHELLED}", published="2017-04-06").events
    assert event.date_start == THURSDAY  # the day it was written goes before the day it was put out
    assert event.published == date(2017, 4, 6)


@pytest.mark.parametrize("text", SEEDS, ids=lambda text: text[:20])
def test_offsets_are_evidence(pipeline: Pipeline, text: str) -> None:
    report = pipeline(text, published="2023-06-01")
    assert report.error is None
    assert report.events
    for mention in report.places:
        assert text[mention.start : mention.end] == mention.text
        assert mention.kind != "demonym"
    for event in report.events:
        assert text[event.trigger_start : event.trigger_end] == event.trigger
        assert text[event.sentence_start : event.sentence_end] == event.sentence
        assert event.place is None or event.place in report.places
        assert event.event_type in pipeline.ontology.labels
        for told in event.reports:
            assert text[told.sentence_start : told.sentence_end] == told.sentence
    assert len({event.id for event in report.events}) == len(report.events)
    starts = [event.trigger_start for event in report.events]
    assert starts == sorted(starts)


# --- alone, batched, in processes -------------------------------------------------------------------------------------


def test_alone_is_batched_is_two_processes(pipeline: Pipeline) -> None:
    documents: list[str | Document] = [*SEEDS, "", FRENCH, Document(text=SHELLED, id="s", published=THURSDAY)]
    alone = [found(pipeline(document)) for document in documents]
    assert [found(report) for report in pipeline.pipe(documents)] == alone
    assert [found(report) for report in pipeline.pipe(reversed(documents))] == alone[::-1]
    assert [found(report) for report in pipeline.pipe(documents, processes=2)] == alone


def test_pipe_reads_as_it_goes(pipeline: Pipeline) -> None:
    taken = 0

    def documents() -> Iterator[str]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield SHELLED

    reports = pipeline.pipe(documents())
    next(reports)
    assert taken == 1


@pytest.mark.parametrize("processes", [0, -1])
def test_no_processes_is_no_number(pipeline: Pipeline, processes: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {processes}"):
        list(pipeline.pipe([SHELLED], processes=processes))


# --- bad documents ----------------------------------------------------------------------------------------------------

BAD = [("", "is empty"), (" \n\t ", "is empty"), (FRENCH, "does not look English")]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_document_is_named_in_its_report(pipeline: Pipeline, text: str, message: str) -> None:
    report = pipeline(text, id="d7")
    assert isinstance(report.error, DocumentError)
    assert str(report.error).startswith("d7: ")
    assert message in str(report.error)
    assert (report.places, report.events) == ((), ())


def test_no_bad_document_stops_a_batch(pipeline: Pipeline) -> None:
    reports = list(pipeline.pipe([SHELLED, *(text for text, _ in BAD), SHELLED]))
    assert [report.error is None for report in reports] == [True, False, False, False, True]
    assert reports[0].events == reports[-1].events


def test_what_breaks_unexpectedly_stays_in_its_report(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.find_names

    def breaking(doc, gazetteer):  # type: ignore[no-untyped-def]
        if "Geneva" in doc.text:
            raise RuntimeError("a bug of ours")
        return real(doc, gazetteer)

    monkeypatch.setattr(module, "find_names", breaking)
    good, bad, again = pipeline.pipe([SHELLED, Document(text="Talks began in Geneva.", id="g"), SHELLED])
    assert found(good) == found(again)
    assert isinstance(bad.error, DocumentError)
    assert "g: failed unexpectedly (RuntimeError: a bug of ours)" in str(bad.error)
    assert isinstance(bad.error.__cause__, RuntimeError)


def test_a_long_text_is_read_to_its_limit(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", len(SHELLED) + 1)
    long = f"{SHELLED} Gunmen killed nine people in Kabul."
    report = pipeline(long)
    assert report.notes == (f"only the first {len(SHELLED) + 1:,} of {len(long):,} characters were read",)
    assert [mention.text for mention in report.places] == ["Idlib"]
    assert pipeline(SHELLED).notes == ()


@pytest.mark.parametrize(
    "text",
    [
        f"\ud800 {SHELLED} \udfff",
        f"\x00{SHELLED}\x00 \x07",
        f"\u202e\u2066{SHELLED}\u2069\u2028\u2029",
        f"{SHELLED} 👩‍👩‍👧 e\u0301 \ufeff",
        SHELLED + " (" * 2000,
        SHELLED + " killed" * 3000,
        SHELLED + " 1" * 3000,
        SHELLED + " " + "a" * 20_000,
        SHELLED + "\n" * 5000,
    ],
    ids=["surrogates", "controls", "directions", "emoji", "brackets", "killed", "ones", "long word", "lines"],
)
def test_strange_texts_are_read(pipeline: Pipeline, text: str) -> None:
    report = pipeline(text, published=THURSDAY)
    assert report.error is None
    assert report.document.text == text
    event = report.events[0]
    assert (event.trigger, event.place_text) == ("shelled", "Idlib")
    assert text[event.trigger_start : event.trigger_end] == "shelled"
    for mention in report.places:
        assert text[mention.start : mention.end] == mention.text


# --- arguments --------------------------------------------------------------------------------------------------------


def test_what_is_given_goes_before_what_the_document_says(pipeline: Pipeline) -> None:
    own = Document(text=SHELLED, id="a", title="A", source="AA", url="https://a.test", published=date(2020, 1, 2))
    assert pipeline(own).document == own
    given = pipeline(own, id="b", title="B", source="BB", url="https://b.test", published="2017-03-30").document
    assert given == Document(
        text=SHELLED, id="b", title="B", source="BB", url="https://b.test", published=date(2017, 3, 30)
    )
    assert pipeline(own, title="B").document.id == "a"
    assert pipeline(own, published=THURSDAY).document.published == THURSDAY


@pytest.mark.parametrize("day", ["yesterday", "30.3.2017", "2017-02-30"])
def test_a_bad_date_is_refused(pipeline: Pipeline, day: str) -> None:
    with pytest.raises(ValueError, match=day.replace(".", r"\.") if day != "2017-02-30" else "day"):
        pipeline(SHELLED, published=day)


def test_load_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        Pipeline.load(model=tmp_path / "nowhere")
    with pytest.raises(OntologyError, match="nowhere"):
        Pipeline.load(ontology=tmp_path / "nowhere.toml")


# --- resolve and locate -----------------------------------------------------------------------------------------------

TEXT = "Rebels shelled Idlib and Hama in Syria, the army said in Damascus."


def span(name: str) -> tuple[int, int]:
    return TEXT.index(name), TEXT.index(name) + len(name)


def test_resolve_answers_for_the_given_spans_in_their_order(pipeline: Pipeline) -> None:
    asked = [span("Syria"), span("Hama"), span("Rebels")]
    mentions = pipeline.resolve(TEXT, asked)
    assert [(mention.start, mention.end) for mention in mentions] == asked
    assert [mention.text for mention in mentions] == ["Syria", "Hama", "Rebels"]
    syria, hama, _ = mentions
    assert syria.place is not None
    assert syria.place.id == "geonames:163843"
    assert hama.place is not None
    assert hama.place.country == "SY"
    assert pipeline.resolve(TEXT, []) == ()


def test_locate_answers_for_the_given_trigger(pipeline: Pipeline) -> None:
    assert [mention.text for mention in pipeline.locate(TEXT, span("shelled"))] == ["Idlib", "Hama"]
    assert pipeline.locate("Rebels fled.", (7, 11)) == ()


@pytest.mark.parametrize("bad", [(-1, 4), (4, 4), (9, 4), (0, len(TEXT) + 1), (len(TEXT), len(TEXT) + 2)])
def test_spans_outside_the_text_are_refused(pipeline: Pipeline, bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"{bad[0]}:{bad[1]} does not lie in a text of {len(TEXT)} characters"):
        pipeline.resolve(TEXT, [span("Hama"), bad])
    with pytest.raises(ValueError, match=f"{bad[0]}:{bad[1]} does not lie in a text of {len(TEXT)} characters"):
        pipeline.locate(TEXT, bad)


def test_resolve_and_locate_survive_lone_surrogates(pipeline: Pipeline) -> None:
    assert pipeline.resolve(f"\ud800{TEXT}", [(span("Hama")[0] + 1, span("Hama")[1] + 1)])[0].text == "Hama"
    assert pipeline.locate(f"\ud800 {TEXT}", (span("shelled")[0] + 2, span("shelled")[1] + 2))


def test_model_digest_is_the_same_each_time(pipeline: Pipeline) -> None:
    assert len(pipeline.model_sha256) == 64
    assert Pipeline.load().model_sha256 == pipeline.model_sha256


@pytest.mark.parametrize("given", [None, b"Shelling hit Hama.", 7])
def test_what_is_no_text_is_refused_by_name(pipeline: Pipeline, given: object) -> None:
    words = f"give a text \\(str\\) or a geoevents.Document, not {type(given).__name__}"
    with pytest.raises(TypeError, match=words):
        pipeline(given)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=words):
        list(pipeline.pipe([given]))  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (
            "A bomb hit a market in Homs on Monday, killing five, the army said. Residents said 12 were killed.",
            [(5, "army (x)"), (12, "Residents (x)")],
        ),
        (
            "A bus fell into a river near Pune on Monday. Police said nine people died. The mayor said 14 people died.",
            [(9, "Police (x)"), (14, "mayor (x)")],
        ),
        (
            "A bomb hit a market in Homs on Monday, killing five, the army said. Five were killed, it said.",
            [],
        ),
    ],
)
def test_what_two_speakers_say_of_one_event_are_two_claims(text: str, claims: list, pipeline: Pipeline) -> None:
    [report] = pipeline.pipe([Document(text=text, id="x")])
    [event] = report.events
    assert [(claim.best, *claim.said_by) for claim in event.disagreements] == claims
    assert event.fatalities_best == (claims[0][0] if claims else 5)
