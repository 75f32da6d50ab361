"""What a user says beforehand: the countries his texts are about, and places of his own."""

from __future__ import annotations

from pathlib import Path

import pytest

import geoevents
from gazetteer.layers import open_layer
from gazetteer.places import LonLat
from geoevents.countries import find_country
from geoevents.errors import InputError
from geoevents.evidence import MAX_GROUPS
from geoevents.mentions import find_names
from geoevents.pipeline import Pipeline
from geoevents.records import PlaceMention
from geoevents.resolve import Resolver


def place_in(pipeline: Pipeline, text: str, *countries: str, name: str, gazetteer: object = None) -> PlaceMention:
    """The first mention of a name, with a resolver that was told of countries."""
    resolver = Resolver(
        gazetteer or pipeline.gazetteer,  # type: ignore[arg-type]
        countries=countries,
    )
    doc = pipeline._parse(text)
    start = text.index(name)
    [mention] = resolver.resolve_spans(doc, [(start, start + len(name))])
    return mention


AMBIGUOUS = (
    ("Clashes broke out near Hama on Thursday.", "Hama", ("SY", "JP")),
    ("Gunmen opened fire in Tripoli on Thursday.", "Tripoli", ("LY", "LB")),
    ("Protesters marched in San Jose on Friday.", "San Jose", ("US", "CR")),
    ("Shots were fired in Valencia on Sunday.", "Valencia", ("VE", "ES")),
    ("Two officers were killed in Cartagena.", "Cartagena", ("CO", "ES")),
    ("Police in Birmingham arrested three men.", "Birmingham", ("GB", "US")),
    ("A fire broke out in London on Monday.", "London", ("GB", "CA")),
)


@pytest.mark.parametrize(
    ("text", "name", "country"), [(text, name, country) for text, name, many in AMBIGUOUS for country in many]
)
def test_the_country_a_text_is_about_decides_an_ambiguous_name(
    pipeline: Pipeline, text: str, name: str, country: str
) -> None:
    mention = place_in(pipeline, text, country, name=name)
    assert mention.place is not None
    assert mention.place.country == country
    country_name = find_country(country).name
    assert mention.reason is not None
    assert mention.reason.startswith(f"in {country_name}, which you say the texts are about")
    assert "named in the text" not in mention.reason


@pytest.mark.parametrize(
    ("text", "name", "country", "hint"),
    [
        ("He was born in Paris, France, and lives in Paris.", "Paris", "FR", "US"),
        ("Protests were held in Paris, Lyon and Marseille on Monday.", "Paris", "FR", "US"),
        ("An earthquake struck Tokyo and Osaka on Monday.", "Tokyo", "JP", "SY"),
        ("The bombing took place in Baghdad.", "Baghdad", "IQ", "SY"),
        ("Clashes were reported in Tripoli, the capital of Libya.", "Tripoli", "LY", "LB"),
        ("Talks were held in Moscow.", "Moscow", "RU", "US"),
        ("The army shelled Rastan, Talbiseh and Salamiyah.", "Rastan", "SY", "US"),
    ],
)
def test_a_hint_is_no_filter(pipeline: Pipeline, text: str, name: str, country: str, hint: str) -> None:
    mention = place_in(pipeline, text, hint, name=name)
    assert mention.place is not None
    assert mention.place.country == country


def test_several_countries_and_long_documents(pipeline: Pipeline) -> None:
    found = (p.name for p in pipeline.gazetteer.near(LonLat(lon=2.3, lat=48.8), 60) if p.feature_class == "P")
    names = [name for name in found if name.isascii() and name.isalpha()][:70]
    assert len(names) > MAX_GROUPS  # more names than are weighed together
    doc = pipeline._parse(" ".join(f"They shelled the town of {name}." for name in names))
    weighed = Resolver(pipeline.gazetteer, countries=("LB", "US")).weigh(doc, find_names(doc, pipeline.gazetteer))
    assert len({id(evidence) for evidence, _, _ in weighed.evidence}) == 2
    for evidence, _, _ in weighed.evidence:
        assert {"Lebanon", "United States"} <= {group.text for group in evidence.groups}
    for name, country in (("Tripoli", "LB"), ("Birmingham", "US"), ("San Jose", "US")):
        mention = place_in(pipeline, f"Shots were fired in {name}.", "LB", "US", name=name)
        assert mention.place is not None
        assert mention.place.country == country


@pytest.mark.parametrize(
    ("given", "code"),
    [("SY", "SY"), ("sy ", "SY"), ("Syria", "SY"), ("UK", "GB"), ("south korea", "KR"), ("Congo", "CG"), ("XK", "XK")],
)
def test_countries_by_code_and_name(given: str, code: str) -> None:
    assert find_country(given).country == code


@pytest.mark.parametrize(
    ("given", "advice"),
    [("Syia", "SY (Syria)?"), ("Lybia", "LY (Libya)?"), ("ZZ", "such as SY"), ("", "as SY"), ("Hama", "as SY")],
)
def test_an_unknown_country_is_refused_with_what_is_nearest(given: str, advice: str) -> None:
    with pytest.raises(InputError) as found:
        find_country(given)
    assert repr(given) in str(found.value)
    assert advice in str(found.value)


# --- places of one's own ----------------------------------------------------------------------------------------------


@pytest.fixture
def own(pipeline: Pipeline, tmp_path: Path) -> object:
    table = tmp_path / "places.csv"
    table.write_text(
        "name,lat,lon,country\nHama,35.5,36.2,SY\nTripoli,37.5,22.4,GR\nDeir Karout,35.6,36.4,\n", encoding="utf-8"
    )
    return pipeline.gazetteer.with_layers(open_layer(table))


@pytest.mark.parametrize(
    ("text", "name", "place_id"),
    [
        ("Clashes broke out in Hama on Thursday.", "Hama", "user:hama"),
        ("Clashes broke out in Hama and Aleppo in Syria.", "Hama", "user:hama"),
        ("The shop in Hama, Japan, opened.", "Hama", "geonames:1854028"),
        ("A fire broke out in Tripoli, Greece.", "Tripoli", "user:tripoli"),
        ("A fire broke out in Tripoli.", "Tripoli", "geonames:2210247"),
        ("Shells hit Deir Karout on Monday.", "Deir Karout", "user:deir-karout"),
    ],
)
def test_ones_own_place_goes_before_others_of_its_country(
    pipeline: Pipeline, own: object, text: str, name: str, place_id: str
) -> None:
    mention = place_in(pipeline, text, name=name, gazetteer=own)
    assert mention.place is not None
    assert mention.place.id == place_id
    assert mention.candidates[0].place.id == place_id
    assert len({candidate.place.id for candidate in mention.candidates}) == len(mention.candidates)
    if place_id == "user:hama":
        assert (mention.reason or "").startswith("a place of your own")
        assert mention.confidence > 0.5


def test_load_takes_countries() -> None:
    pipeline = geoevents.load(countries=["LB"])
    [mention] = pipeline("Gunmen opened fire in Tripoli on Thursday.").places
    assert mention.place is not None
    assert mention.place.country == "LB"
    with pytest.raises(InputError, match="no country is called 'Lebanom'"):
        geoevents.load(countries=["Lebanom"])
