"""Resolution: the real gazetteer and the shipped weights on sentences whose answer any reader knows."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest

from gazetteer.places import Place
from gazetteer.store import Gazetteer
from geoevents.anchors import Anchors, Located
from geoevents.candidates import MAX_OPTIONS, find_options
from geoevents.errors import ModelError
from geoevents.evidence import FEATURES, LOCAL_FEATURES, contains, kilometres
from geoevents.idioms import find_home
from geoevents.mentions import names_from_spans
from geoevents.ranker import Ranker, Weights, load_weights
from geoevents.records import Document, PlaceMention
from geoevents.resolve import Resolver


@lru_cache
def resolver() -> Resolver:
    return Resolver(Gazetteer.open())


@lru_cache
def language():
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


def resolve(marked: str, using: Resolver | None = None) -> list[PlaceMention]:
    """The mentions of the names in brackets."""
    text, spans = "", []
    for piece in re.finditer(r"\[([^\]]+)\]|[^\[\]]+", marked):
        if piece[1]:
            spans.append((len(text), len(text) + len(piece[1])))
        text += piece[1] or piece[0]
    doc = language()(text)
    using = using or resolver()
    return list(using.resolve(doc, names_from_spans(doc, spans, using.candidates.matches)))


def told(mention: PlaceMention) -> tuple[str | None, str | None]:
    """Country, and state where it is the point."""
    return (mention.place.country, mention.place.admin1) if mention.place else (None, None)


@pytest.mark.parametrize(
    ("marked", "country", "admin1"),
    [
        ("A fire in [Paris], [Texas], killed three.", "US", "Texas"),
        ("Protesters marched through [Paris], police in [France] said.", "FR", "Île-de-France"),
        ("He was born in [Springfield], [Mo.]", "US", "Missouri"),
        ("Police in [London], [Ontario], arrested two men.", "CA", "Ontario"),
        ("Police in [London] arrested two men.", "GB", "England"),
        ("A bomb scare closed a school in [Birmingham], [Alabama].", "US", "Alabama"),
        ("The tornado hit [Moscow], [Idaho].", "US", "Idaho"),
        ("[Moscow] and [Kyiv] traded blame.", "RU", "Moscow"),
        ("The cathedral of [Cordoba] in [Spain] reopened.", "ES", "Andalusia"),
        ("Militias fought in [Tripoli], the capital of [Libya].", "LY", "Tripoli"),
    ],
)
def test_the_words_beside_a_name_decide(marked: str, country: str, admin1: str) -> None:
    assert told(resolve(marked)[0]) == (country, admin1)


@pytest.mark.parametrize(
    ("marked", "country"),
    [
        ("[Russian] troops crossed into [Georgia] near [Gori], officials in [Tbilisi] said.", "GE"),
        ("Polls opened in [Florida], [Alabama] and [Georgia], and in [Atlanta] and [Savannah] lines were long.", "US"),
    ],
)
def test_the_rest_of_the_document_decides_between_two_georgias(marked: str, country: str) -> None:
    georgia = next(m for m in resolve(marked) if m.text == "Georgia")
    assert told(georgia)[0] == country


@pytest.mark.parametrize("name", ["California", "Florida", "Illinois"])
def test_a_states_name_is_not_a_hamlets(name: str) -> None:
    mention = resolve(f"Polls opened in [{name}] after a storm; [Washington] sent help.")[0]
    assert mention.place is not None
    assert mention.place.feature_code == "ADM1"


@pytest.mark.parametrize("name", ["Red Sea", "Middle East"])
def test_a_seas_or_regions_name_is_not_a_divisions_or_a_towns(name: str) -> None:
    mention = resolve(f"Ships were attacked in the [{name}], [Yemen] said.")[0]
    assert mention.place is not None
    assert mention.place.country is None


def test_a_bare_name_means_the_seat_and_with_its_class_word_the_division() -> None:
    city, province = resolve("Clashes broke out in [Hama] in Syria. The army left [Hama] province.")
    assert city.place is not None
    assert province.place is not None
    assert city.place.feature_class == "P"
    assert province.place.feature_code == "ADM1"
    assert city.place.country == province.place.country == "SY"


def test_one_sense_per_document_unless_the_words_beside_tell_them_apart() -> None:
    first, _, second, french, _, last = resolve(
        "[Paris], [Texas], was hit. [Paris] has no power. She moved from [Paris], [France]. In [Paris] she was happy."
    )
    assert [told(m)[0] for m in (first, second, french, last)] == ["US", "US", "FR", "FR"]


def test_demonyms_are_evidence_of_their_country() -> None:
    mentions = resolve("[Lebanese] soldiers clashed with gunmen in [Tripoli], [Lebanese] media said.")
    assert [(m.kind, told(m)[0]) for m in mentions] == [("demonym", "LB"), ("place", "LB"), ("demonym", "LB")]


def test_candidates_are_ranked_and_say_why() -> None:
    mention = resolve("[Texas]' [Paris] had a fire that killed three.")[1]
    assert 2 <= len(mention.candidates) <= 6
    assert mention.candidates[0].place == mention.place
    assert "named after Texas" in mention.candidates[0].reasons
    assert mention.reason is not None
    assert "named after Texas" in mention.reason
    scores = [c.score for c in mention.candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.00001
    assert mention.confidence == mention.candidates[0].confidence > 0.7


@pytest.mark.parametrize(
    ("marked", "country", "code"),
    [
        ("A fire in [Mexico], [Missouri], killed three.", "US", "PPL"),
        ("A fire near [Victoria], the capital of the [Seychelles], killed three.", "SC", "PPLC"),
        ("Hospitals in [Washington] state reported 12 cases.", "US", "ADM1"),
        ("Pakistan's [Punjab] province was flooded.", "PK", "ADM1"),
    ],
)
def test_where_the_words_beside_leave_no_choice_there_is_no_other_candidate(marked, country, code) -> None:
    mention = resolve(marked)[0]
    assert mention.place is not None
    assert (mention.place.country, mention.place.feature_code) == (country, code)
    assert all(c.place.feature_code[0] == code[0] for c in mention.candidates)


def test_a_city_of_a_province_makes_the_province_no_city() -> None:
    hunan = resolve("In the [Hunan] city of [Yueyang] reservoirs overflowed.")[0]
    assert hunan.place is not None
    assert (hunan.place.country, hunan.place.feature_code) == ("CN", "ADM1")


def test_a_list_of_countries_is_no_pair() -> None:
    mexico, cuba, peru = resolve("Envoys of [Mexico], [Cuba], and [Peru] met.")
    assert [m.place and m.place.country for m in (mexico, cuba, peru)] == ["MX", "CU", "PE"]


def test_the_publishers_town_and_the_country_asked_for_speak_before_the_text() -> None:
    def read(countries: tuple[str, ...] = (), source: str | None = None) -> list[str | None]:
        text = "Shops in Barcelona stayed closed. Springfield is near Paris."
        doc = language()(text)
        spans = [(text.index(name), text.index(name) + len(name)) for name in ("Barcelona", "Springfield", "Paris")]
        using = Resolver(Gazetteer.open(), countries=countries)
        names = names_from_spans(doc, spans, using.candidates.matches)
        mentions = using.resolve(doc, names, Document(text=text, source=source))
        return [m.place.admin1 if m.place else None for m in mentions]

    assert read(source="Lexington Herald-Leader")[1:] == ["Kentucky", "Kentucky"]
    assert read(countries=("ES",))[0] == "Catalonia"
    assert read(countries=("VE",))[0] == "Anzoátegui"


def test_confidence_is_lower_where_less_is_known() -> None:
    sure = resolve("A fire in [Springfield], [Illinois], killed three.")[0]
    unsure = resolve("A fire in [Springfield] killed three.")[0]
    assert sure.confidence > 0.9 > unsure.confidence + 0.2


def test_unknown_names_are_anchored_at_the_city_whose_suburbs_are_meant() -> None:
    hama, *unknown = resolve(
        "Clashes are underway near the city of [Hama] in Syria. It was a heavy day. Soldiers had retaken [Qwrzatch] "
        "town as well as [al-Bzqamm] and [al-Shkwaihat Hills] in the city's suburbs."
    )
    assert hama.place is not None
    assert len(unknown) == 3
    for mention in unknown:
        assert mention.place is None
        assert mention.anchor == hama.place
        assert mention.position == hama.place.position
        assert mention.uncertainty_m is not None
        assert hama.place.uncertainty_m + 10_000 <= mention.uncertainty_m <= 30_000
        assert mention.reason is not None
        assert "suburbs" in mention.reason


def test_an_unknown_name_without_an_anchor_is_listed_and_not_drawn() -> None:
    (mention,) = resolve("Nobody has heard of [Qwrzatch] before.")
    assert (mention.place, mention.position, mention.anchor) == (None, None, None)
    assert mention.reason is not None
    assert "no gazetteer knows" in mention.reason


def test_a_country_is_no_anchor() -> None:
    mentions = resolve("The village of [Qwrzatch] in [Syria] fell.")
    assert mentions[0].position is None


def test_a_likeness_on_another_continent_is_not_accepted() -> None:
    mentions = resolve(
        "[Syrian] soldiers near [Hama], [Homs] and [Idlib] in [Syria] had retaken [Bazam], "
        "state media in [Damascus] said."
    )
    bazam = next(m for m in mentions if m.text == "Bazam")
    assert bazam.place is None
    assert bazam.anchor is not None
    assert bazam.anchor.country == "SY"


def test_a_body_named_after_a_place_is_drawn_there_but_is_not_the_place() -> None:
    (mention,) = resolve("The vote of [Harare City Council] was close.")
    assert mention.place is None
    assert mention.anchor is not None
    assert mention.anchor.name == "Harare"
    assert mention.uncertainty_m is not None
    assert mention.uncertainty_m > mention.anchor.uncertainty_m


def test_a_relation_moves_the_point_and_not_the_span() -> None:
    (mention,) = resolve("The blaze broke out 12 km north-east of [Castelo Branco].")
    assert mention.text == "Castelo Branco"
    assert mention.relation == "12 km north-east of"
    assert mention.place is not None
    assert mention.position is not None
    moved = Place(
        id="x:1", name="x", lon=mention.position.lon, lat=mention.position.lat, feature_class="P", feature_code="PPL"
    )
    assert kilometres(mention.place, moved) == pytest.approx(12, rel=0.01)


def test_a_direction_inside_the_name_is_a_relation() -> None:
    (mention,) = resolve("Floods hit [southern Niger].")
    assert told(mention)[0] == "NE"
    assert mention.relation == "southern"
    assert mention.place is not None
    assert mention.position is not None
    assert mention.position.lat < mention.place.lat


def test_the_same_text_gives_the_same_answer_whatever_came_before() -> None:
    text = "[Athens], [Ga.], and [Springfield] are far from [Paris]; in [Hama] nobody knows [Qwrzatch]."
    fresh = resolve(text, Resolver(Gazetteer.open()))
    resolve("[Springfield], [Ohio], is not [Athens], [Greece].")
    assert resolve(text) == fresh


def test_given_spans_come_back_in_their_order_with_the_rest_as_context() -> None:
    text = "A fire in Paris, Texas, killed three. Firemen came from Dallas."
    doc = language()(text)
    spans = [(text.index("Dallas"), text.index("Dallas") + 6), (10, 15), (10, 15)]
    dallas, paris, again = resolver().resolve_spans(doc, spans)
    assert (dallas.text, paris.text) == ("Dallas", "Paris")
    assert paris == again
    assert told(paris) == ("US", "Texas")


def test_a_long_document_is_resolved_in_stretches() -> None:
    names = [m.name for m in Gazetteer.open().prefix("san ", 400)]
    mentions = resolve(" and ".join(f"[{name}]" for name in dict.fromkeys(names)))
    assert len(mentions) > 150
    assert all(m.place is not None or m.reason for m in mentions)


class Oracle:
    """A geocoder that knows one name, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def geocode(self, name: str, *, country: str | None = None) -> tuple[Place, ...]:
        self.asked.append((name, country))
        if name != "Qwrzatch":
            return ()
        return (
            Place(
                id="nominatim:1",
                name=name,
                lon=36.8,
                lat=35.2,
                feature_class="P",
                feature_code="PPL",
                country="SY",
                uncertainty_m=1500,
            ),
        )


def test_the_geocoder_is_asked_for_unknown_names_only() -> None:
    oracle = Oracle()
    using = Resolver(Gazetteer.open(), oracle)  # type: ignore[arg-type]
    text = "The army near [Hama] and [Homs] in [Syria] took [Qwrzatch], then [Zzyqwx], along [Qwrk Street]."
    mentions = {m.text: m for m in resolve(text, using)}
    assert oracle.asked == [("Qwrzatch", "SY"), ("Zzyqwx", "SY")]
    assert mentions["Qwrzatch"].place is not None
    assert mentions["Qwrzatch"].place.id == "nominatim:1"
    assert mentions["Zzyqwx"].place is None


def test_containment_goes_by_divisions_and_distance() -> None:
    gazetteer = Gazetteer.open()
    texas = next(m.place for m in gazetteer.lookup("Texas") if m.place.feature_code == "ADM1")
    france = next(m.place for m in gazetteer.lookup("France") if m.place.is_country)
    dallas = next(m.place for m in gazetteer.lookup("Dallas") if m.place.admin1 == "Texas")
    assert contains(texas, dallas)
    assert not contains(france, dallas)
    assert not contains(dallas, texas)
    assert not contains(texas, texas)


def test_candidates_are_few_and_their_order_is_fixed() -> None:
    gazetteer = Gazetteer.open()
    options = find_options("Santa Maria", gazetteer)
    assert 2 <= len(options) <= MAX_OPTIONS
    assert options == find_options("Santa Maria", Gazetteer.open())
    assert find_options("Harare City Council", gazetteer)[0].tier == "part"


def test_an_anchor_needs_a_place_small_enough_to_say_something() -> None:
    sea = Place(id="x:1", name="Sea", lon=0, lat=0, feature_class="H", feature_code="SEA", uncertainty_m=400_000)
    town = Place(id="x:2", name="Town", lon=1, lat=1, feature_class="P", feature_code="PPL")
    text = "The Sea is wide. Foo lies in Town."
    assert Anchors(text, [Located(start=4, end=7, place=sea)]).find(17, 20) is None
    anchor = Anchors(text, [Located(start=4, end=7, place=sea), Located(start=29, end=33, place=town)]).find(17, 20)
    assert anchor is not None
    assert (anchor.place, anchor.reason) == (town, "named as in Town")


def test_a_texts_idiom_and_address_tell_where_it_is_at_home() -> None:
    assert find_home("The sheriff closed I-75; call (318) 619-3946.")["US"] > find_home("The sheriff left.")["US"] > 0
    assert "IN" in find_home("Flood losses reached 40 crore rupees in two taluks.")
    assert find_home("Rain.", Document(text="Rain.", url="https://www.example.co.uk/x")).keys() == {"GB"}
    assert find_home("Rain.", Document(text="Rain.", url="https://example.io/x")) == {}


def test_the_shipped_weights_are_for_these_features() -> None:
    weights = load_weights()
    assert set(weights.joint) == set(FEATURES)
    assert set(weights.alone) == set(LOCAL_FEATURES)
    assert set(weights.last) == set(weights.hidden) == set(FEATURES)
    assert weights.joint["inside_after"] > weights.joint["outside_after"]
    with pytest.raises(ModelError, match="unknown features: luck"):
        Weights(alone={"luck": 1.0}, joint={}, last={}, hidden={}, bias=(), out=())
    with pytest.raises(ModelError, match="do not agree in number"):
        Weights(alone={}, joint={}, last={}, hidden={"share": (1.0,)}, bias=(), out=())


def test_a_features_contribution_is_what_the_score_loses_without_it() -> None:
    weights = Weights(
        alone={}, joint={}, last={"share": 2.0}, hidden={"share": (1.0,), "first": (1.0,)}, bias=(-1.0,), out=(3.0,)
    )
    row = np.zeros(len(FEATURES))
    row[FEATURES.index("share")], row[FEATURES.index("first")] = 0.5, 1.0
    assert Ranker(weights).score(row[None])[0] == pytest.approx(2.5)
    assert Ranker(weights).contributions(row) == {"share": pytest.approx(2.5), "first": pytest.approx(1.5)}


def test_broken_weights_say_what_to_do(tmp_path) -> None:
    for content in ("", "{}", "[1]"):
        path = tmp_path / "resolver.json"
        path.write_text(content)
        with pytest.raises(ModelError, match="reinstall geoevents"):
            load_weights(path)
    with pytest.raises(ModelError, match="cannot be read"):
        load_weights(tmp_path / "none.json")
