"""The language pipeline: what it finds, offsets on any text, no matter what neighbours a text has, and its errors."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from geoevents.errors import GeoeventsError, ModelError
from geoevents.language import BUNDLED, LABELS, load_language, looks_english, settle_names

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
USERS_OWN = next(path for path in SEEDS if path.name.startswith("000_"))

SENTENCES = [
    (
        "Mortar fire killed two shepherds near Tal Rifaat and al-Malikiyah, the Syrian army said.",
        "Tal Rifaat|PLACE al-Malikiyah|PLACE Syrian|NORP",
    ),
    (
        "Rescuers searched for survivors in Sindhupalchok, 60 km east of Kathmandu, on Tuesday.",
        "Sindhupalchok|PLACE Kathmandu|PLACE",
    ),
    (
        "PESHAWAR, Pakistan (AP) — Gunmen shot dead a police officer in Bannu.",
        "PESHAWAR|PLACE Pakistan|PLACE AP|ORG Bannu|PLACE",
    ),
    (
        "Nigerian troops drove Boko Haram out of Baga and Monguno.",
        "Nigerian|NORP Boko Haram|ORG Baga|PLACE Monguno|PLACE",
    ),
    ("Prime Minister Narendra Modi flew to Imphal after the riots.", "Narendra Modi|PERSON Imphal|PLACE"),
    (
        "Russian missiles hit Kramatorsk, Sloviansk and Druzhkivka in eastern Ukraine.",
        "Russian|NORP Kramatorsk|PLACE Sloviansk|PLACE Druzhkivka|PLACE Ukraine|PLACE",
    ),
    (
        "The United Nations said 4,000 people had fled Bambari for Bangui.",
        "United Nations|ORG Bambari|PLACE Bangui|PLACE",
    ),
    ("A ferry sank off Zanzibar; President Samia Hassan ordered an inquiry.", "Zanzibar|PLACE Samia Hassan|PERSON"),
    ("Colombian soldiers found the wreck near San Vicente del Caguan.", "Colombian|NORP San Vicente del Caguan|PLACE"),
    (
        "Flooding closed roads in Franklin County and Rutland, Vt., on Sunday.",
        "Franklin County|PLACE Rutland|PLACE Vt.|PLACE",
    ),
    (
        "Hezbollah fired rockets at Kiryat Shmona from southern Lebanon.",
        "Hezbollah|ORG Kiryat Shmona|PLACE Lebanon|PLACE",
    ),
    ("Tribal clashes in Shabwa and Abyan left 14 Yemenis dead.", "Shabwa|PLACE Abyan|PLACE Yemenis|NORP"),
]
PLACE_RECALL, NAME_RECALL = 0.9, 0.8
"""Floors over SENTENCES; they only rise."""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_language()


def names(doc: Doc) -> set[tuple[str, str]]:
    return {(entity.text, entity.label_) for entity in doc.ents}


def state(doc: Doc) -> tuple[object, ...]:
    """Everything later stages read."""
    return (
        [(t.text, t.tag_, t.pos_, t.lemma_, t.dep_, t.head.i, t.is_sent_start, str(t.morph)) for t in doc],
        [(e.start_char, e.end_char, e.label_) for e in (*doc.ents, *doc.spans["places"])],
    )


def test_bundled_pipeline_speaks_our_labels(nlp: Language) -> None:
    assert {*LABELS, "nsubj:pass", "obl", "acl:relcl"} <= set(nlp.get_pipe("geoevents_encoder").labels)
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*") if path.is_file()) < 30_000_000


def test_finds_names_in_news(nlp: Language) -> None:
    wanted, found = [], []
    for text, marks in SENTENCES:
        expected = {tuple(mark.rsplit("|", 1)) for mark in _split_marks(marks)}
        wanted += sorted(expected)
        found += sorted(expected & names(nlp(text)))
    places = [name for name in wanted if name[1] == "PLACE"]
    assert sum(name in found for name in places) >= PLACE_RECALL * len(places), sorted(set(places) - set(found))
    assert len(found) >= NAME_RECALL * len(wanted), sorted(set(wanted) - set(found))


def _split_marks(marks: str) -> list[str]:
    ends = [label for label in LABELS if f"|{label}" in marks]
    for label in ends:
        marks = marks.replace(f"|{label} ", f"|{label}\n")
    return marks.split("\n")


def test_users_own_document(nlp: Language) -> None:
    doc = nlp(USERS_OWN.read_text(encoding="utf-8"))
    found = names(doc)
    places = {text for text, label in found if label == "PLACE"}
    assert {
        "Hama",
        "Arza",
        "Bazam",
        "al-Samsam",
        "al-Shaihat Hills",
        "Geneva",
        "Switzerland",
        "Syria",
        "US",
        "U.S.",
        "United States",
        "Russia",
        "Damascus",
    } <= places
    assert {("Syrian", "NORP"), ("Farah al-Atassi", "PERSON"), ("SANA", "ORG")} <= found
    assert "Takfiri" not in places


def test_syntax_is_universal_dependencies(nlp: Language) -> None:
    doc = nlp("Rebels shelled the village on Monday. Nine civilians were killed by mines in Homs.")
    assert [sentence.text for sentence in doc.sents] == [
        "Rebels shelled the village on Monday.",
        "Nine civilians were killed by mines in Homs.",
    ]
    word = {token.text: token for token in doc}
    assert (word["shelled"].lemma_, word["shelled"].pos_, word["shelled"].tag_) == ("shell", "VERB", "VBD")
    assert (word["Rebels"].dep_, word["village"].dep_) == ("nsubj", "obj")
    assert (word["civilians"].dep_, word["civilians"].lemma_, word["killed"].lemma_) == (
        "nsubj:pass",
        "civilian",
        "kill",
    )
    assert word["Homs"].dep_.partition(":")[0] in ("obl", "nmod")
    assert (word["in"].dep_, word["in"].head) == ("case", word["Homs"])


@pytest.mark.parametrize("word", ["news", "bus", "police", "crisis"])
def test_lemma_of_singular_nouns_in_s(nlp: Language, word: str) -> None:
    assert nlp(f"The {word} came at once.")[1].lemma_ == word


def test_lines_without_full_stop_are_sentences(nlp: Language) -> None:
    doc = nlp(
        "Shelling in Homs kills four civilians\nThe army denied the attack on Sunday.\n\nRead more:\nTalks go on."
    )
    starts = {token.text for token in doc if token.is_sent_start}
    assert {"Shelling", "The", "Talks"} <= starts


@pytest.mark.parametrize(
    "text",
    [
        "🔥🔥 Shelling hit Aleppo 😱 and Homs👩‍👩‍👧 on Monday.",
        "Cafe\u0301s in Beiru\u0301t and Sa\u0303o Paulo closed; Ni\u0304amey, Mali\u200b and Aleppo did not.",
        "He said\u2028Aleppo\u2029 and\u00a0Homs were hit.",
        "\u202eAleppo\u202c \x00 Homs\r\n\r\n\tIdlib",
        "",
        " ",
        "\n\n",
        "İstanbul ẞ ﬁre in Aleppo",
    ],
)
def test_offsets_hold_on_any_text(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    for entity in doc.ents:
        assert text[entity.start_char : entity.end_char] == entity.text
    if "Aleppo" in text and "😱" in text:
        assert "Aleppo" in {entity.text for entity in doc.ents}


def test_a_result_does_not_depend_on_its_neighbours(nlp: Language) -> None:
    paragraphs = [line for path in SEEDS for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    texts = [path.read_text(encoding="utf-8") for path in SEEDS] + paragraphs
    texts = texts[:60]
    assert len(texts) == 60
    alone = [state(nlp(text)) for text in texts]
    assert [state(doc) for doc in nlp.pipe(texts, batch_size=64)] == alone
    assert [state(doc) for doc in nlp.pipe(reversed(texts), batch_size=7)] == alone[::-1]
    assert [state(doc) for doc in nlp.pipe(texts, batch_size=16, n_process=2)] == alone


def test_a_pipeline_written_to_disk_loads_again(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "again")
    text = USERS_OWN.read_text(encoding="utf-8")
    assert state(load_language(tmp_path / "again")(text)) == state(nlp(text))


def test_two_loads_agree(nlp: Language) -> None:
    text = USERS_OWN.read_text(encoding="utf-8")
    assert state(load_language()(text)) == state(nlp(text))


def test_other_pipelines_labels_become_ours(tmp_path: Path) -> None:
    other = spacy.load(BUNDLED, exclude=["ner"])
    ruler = other.add_pipe("entity_ruler", config={"overwrite_ents": True})
    ruler.add_patterns(
        [
            {"label": label, "pattern": word}
            for word, label in (
                ("Homs", "GPE"),
                ("Euphrates", "LOC"),
                ("Hall", "FAC"),
                ("Kurds", "NORP"),
                ("Ali", "PERSON"),
                ("UN", "ORG"),
                ("Monday", "DATE"),
            )
        ]
    )
    other.to_disk(tmp_path / "other")
    loaded = load_language(tmp_path / "other")
    doc = loaded("On Monday the UN met Ali and the Kurds in the Hall at Homs on the Euphrates.")
    assert names(doc) == {
        ("UN", "ORG"),
        ("Ali", "PERSON"),
        ("Kurds", "NORP"),
        ("Hall", "PLACE"),
        ("Homs", "PLACE"),
        ("Euphrates", "PLACE"),
    }
    assert names(next(iter(load_language(str(tmp_path / "other")).pipe([doc.text])))) == names(doc)


def marked(nlp: Language, text: str, *spans: tuple[str, str]) -> Doc:
    """A document with these names, in order, and nothing else found."""
    doc, at, ents = nlp.make_doc(text), 0, []
    for name, label in spans:
        at = text.index(name, at)
        ents.append(doc.char_span(at, at + len(name), label=label))
        at += len(name)
    doc.set_ents(ents)
    return doc


def test_a_surname_is_a_person_wherever_it_stands_alone(nlp: Language) -> None:
    text = "Police arrested Ray Kinney. Kinney denied it. Neighbours said Kinney had lived in Kinney, Texas."
    doc = marked(
        nlp,
        text,
        ("Ray Kinney", "PERSON"),
        ("Kinney", "PLACE"),
        ("Kinney", "ORG"),
        ("Kinney", "PLACE"),
        ("Texas", "PLACE"),
    )
    assert [e.label_ for e in settle_names(doc).ents] == ["PERSON", "PERSON", "PERSON", "PLACE", "PLACE"]


def test_most_mentions_decide_what_a_name_is(nlp: Language) -> None:
    doc = marked(
        nlp,
        "Fires burned in Hinton. Hinton closed its school. Hinton is calm.",
        ("Hinton", "PLACE"),
        ("Hinton", "PERSON"),
        ("Hinton", "PLACE"),
    )
    assert [e.label_ for e in settle_names(doc).ents] == ["PLACE"] * 3


def test_a_title_makes_a_person(nlp: Language) -> None:
    doc = marked(nlp, "Mr. Jordan flew to Jordan.", ("Jordan", "PLACE"), ("Jordan", "PLACE"))
    assert [e.label_ for e in settle_names(doc).ents] == ["PERSON", "PLACE"]


def test_an_armed_group_is_no_person(nlp: Language) -> None:
    doc = marked(
        nlp, "Fighters of Jabhat al-Nusra met Ali Nusra.", ("Jabhat al-Nusra", "PERSON"), ("Ali Nusra", "PERSON")
    )
    assert [e.label_ for e in settle_names(doc).ents] == ["ORG", "PERSON"]


def test_settled_names_stay_settled(nlp: Language) -> None:
    doc = nlp(USERS_OWN.read_text(encoding="utf-8"))
    before = state(doc)
    assert state(settle_names(doc)) == before


def test_missing_pipeline_says_what_to_install() -> None:
    with pytest.raises(ModelError, match=r"en_core_web_sm is not installed.*spacy download en_core_web_sm"):
        load_language("en_core_web_sm")
    with pytest.raises(ModelError, match=r"no language pipeline at .*nowhere"):
        load_language(Path("some/nowhere"))
    with pytest.raises(GeoeventsError):
        load_language("some/nowhere")


def test_pipeline_without_trees_or_names_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ModelError, match=r"no name recogniser \('ner'\) and no dependency parser \('parser'\)"):
        load_language(tmp_path / "blank")


def test_pipeline_of_another_language_is_refused(tmp_path: Path) -> None:
    spacy.blank("de").to_disk(tmp_path / "de")
    with pytest.raises(ModelError, match="is for language 'de'"):
        load_language(tmp_path / "de")


def test_broken_pipeline_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(BUNDLED, broken)
    graph = broken / "geoevents_encoder" / "encoder.onnx"
    graph.write_bytes(graph.read_bytes()[:5000])
    with pytest.raises(ModelError, match="broken is not a pipeline that spaCy"):
        load_language(broken)
    monkeypatch.setattr("geoevents.language.BUNDLED", broken)
    with pytest.raises(ModelError, match=r"bundled language pipeline is broken.*make model"):
        load_language()
    monkeypatch.setattr("geoevents.language.BUNDLED", tmp_path / "gone")
    with pytest.raises(ModelError, match="bundled language pipeline is missing"):
        load_language()


FOREIGN = {
    "French": (
        "Les inondations ont fait douze morts dans le sud du pays, où des milliers de "
        "personnes ont été évacuées dimanche soir."
    ),
    "Spanish": (
        "El terremoto dejó al menos veinte heridos en la provincia y derribó varias "
        "casas de adobe, según las autoridades."
    ),
    "German": (
        "Bei einem Brand in einer Fabrik am Rande der Stadt sind in der Nacht drei Menschen "
        "ums Leben gekommen, teilte die Polizei mit."
    ),
    "Italian": (
        "La frana ha travolto due case nella notte e i soccorritori cercano ancora "
        "tre persone tra le macerie del paese."
    ),
    "Portuguese": (
        "A polícia informou que o ônibus caiu de uma ponte no interior do estado e que "
        "onze passageiros morreram no acidente."
    ),
    "Indonesian": (
        "Banjir bandang melanda tiga desa di kaki gunung itu pada Minggu malam dan "
        "menewaskan sedikitnya sembilan warga."
    ),
    "Turkish": (
        "Depremde en az on iki kişi hayatını kaybetti ve kentte birçok bina yıkıldı, kurtarma çalışmaları sürüyor."
    ),
    "Arabic": "قتل خمسة أشخاص في قصف على أطراف المدينة صباح اليوم",
    "Russian": "В результате обстрела города погибли четыре человека, сообщили местные власти.",
    "Chinese": "昨晚发生的地震造成至少七人死亡",
    "short Arabic": "انفجار في المدينة",
}
ENGLISH = [
    "Floods in the south of the country killed twelve people and thousands were moved to safety on Sunday evening.",
    (
        "Troops retook Tal Rifaat, Kafr Nasih, Deir Jamal, Ayn Daqnah, Sheikh Issa, "
        "Harbal, al-Alqamiyah and Maraanaz from the rebels."
    ),
    "Suicide bomber kills 12 in Kabul mosque as talks resume",
    (
        "São Tomé, Nouakchott, Ouagadougou, Bobo-Dioulasso, Gaoua and Banfora were "
        "hit by the storm, says the météo service."
    ),
    "Quake hits Peru",
    "La Paz",
    "2017-03-30 12:00",
    "",
]


@pytest.mark.parametrize("tongue", FOREIGN)
def test_other_languages_are_noticed(tongue: str) -> None:
    assert not looks_english(FOREIGN[tongue])


@pytest.mark.parametrize("text", ENGLISH)
def test_english_passes(text: str) -> None:
    assert looks_english(text)


def test_seeds_are_english(nlp: Language) -> None:
    assert all(looks_english(path.read_text(encoding="utf-8")) for path in SEEDS)
    assert looks_english(nlp(USERS_OWN.read_text(encoding="utf-8")))
