"""Made-up people: full names of many nations, so that a surname nobody has seen is not taken for a place."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import random
import re

import faker.providers.person as person_providers

_LATIN = re.compile(r"[A-Z][A-Za-zÀ-ž'’-]{2,}")
_ENGLISH = ("en_US", "en_GB", "en", "en_IE")

# What Faker lacks in Latin letters, as wire copy spells it.
_ARABIC_FIRST = """
Mohammed Ahmed Ali Hassan Hussein Omar Khaled Yousef Ibrahim Mahmoud Mustafa Abdullah Saleh Tariq Walid Samir
Nasser Jamal Karim Bashar Faisal Hamza Bilal Ziad Farouk Anwar Adnan Abdul Riad Nabil Fatima Aisha Mariam
Zainab Layla Huda Rania Noor Salma Amal Farah Hanan Maha Dina Reem Sana Muna Abu Umm
""".split()
_ARABIC_LAST = """
Assad Maliki Abadi Sadr Hashimi Jubouri Shammari Khatib Masri Halabi Homsi Najjar Haddad Sabbagh Qassem Saleh
Mansour Haftar Sarraj Houthi Ahmar Zawahiri Baghdadi Julani Zoubi Kurdi Turkmani Tikriti Dulaimi Obeidi Rubaie
Kabbani Jaafari Muallem Hijab Hariri Geagea Berri Nasrallah Haniyeh Sinwar Abbas Erekat Dahlan Sisi Morsi
Sabahi Ghannouchi Essebsi Bouteflika Tebboune Mahdi Burhan Dagalo Hamdok Awad Issa Shahin Darwish Rahal
Ghalioun
""".split()
_SLAVIC_FIRST = """
Vladimir Sergei Dmitry Alexei Andrei Ivan Mikhail Nikolai Oleg Yuri Igor Viktor Pavel Maxim Volodymyr
Oleksandr Serhiy Mykola Petro Andriy Yulia Olga Maria Natalia Svetlana Irina Tatiana Oksana Olena Iryna
Kateryna
""".split()
_SLAVIC_LAST = """
Ivanov Petrov Lavrov Peskov Shoigu Medvedev Kozlov Novikov Morozov Volkov Sokolov Zaitsev Pavlov Orlov Makarov
Zakharova Kuznetsova Shevchenko Kovalenko Bondarenko Tkachenko Kravchuk Poroshenko Zelensky Klymenko Reznikov
Kuleba Podolyak Danilov Syrskyi Budanov Melnyk Lysenko Petrenko Lukashenko Tikhanovskaya Girkin Zakharchenko
""".split()
_ASIAN_FIRST = """
Wang Li Zhang Liu Chen Yang Zhao Xi Kim Park Lee Choi Nguyen Tran Pham Aung Min Khin Thein Ko Ma Daw Somchai
Prayuth Nur Siti Joko Rajapaksa Mahinda Gotabaya Sheikh Narendra Rahul Amit Imran Nawaz Asif Bilawal Hamid
""".split()
_ASIAN_LAST = """
Wei Jinping Keqiang Xiaoming Jong-un Geun-hye Jae-in Van-Minh Duc-Thang Hlaing Suu Kyi Sein Zaw Oo Shwe Chan-
ocha Shinawatra Widodo Subianto Sirisena Wickremesinghe Hasina Zia Modi Gandhi Shah Khan Sharif Zardari Bhutto
Karzai Ghani Haqqani Akhundzada Massoud Dostum Yamamoto Suzuki Takahashi Abe Kishida Duterte Marcos Aquino
""".split()
_OWN = ((_ARABIC_FIRST, _ARABIC_LAST), (_SLAVIC_FIRST, _SLAVIC_LAST), (_ASIAN_FIRST, _ASIAN_LAST))


@functools.cache
def load_people() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """First names and surnames in Latin letters by locale, sorted. Source: Faker's name providers (MIT)."""
    people = {}
    for locale in sorted(module.name for module in pkgutil.iter_modules(person_providers.__path__)):
        provider = importlib.import_module(f"{person_providers.__name__}.{locale}").Provider
        parts: dict[str, set[str]] = {"first_names": set(), "last_names": set()}
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            kind = next((kind for kind in parts if attribute.startswith(kind)), None)
            if kind and isinstance(names, (dict, list, tuple)):
                parts[kind] |= {name for name in names if isinstance(name, str) and _LATIN.fullmatch(name)}
        if all(len(names) >= 20 for names in parts.values()):
            people[locale] = (tuple(sorted(parts["first_names"])), tuple(sorted(parts["last_names"])))
    return people


def make_person(rng: random.Random) -> str:
    """A full name: half of them English, a quarter Arabic, Slavic or Asian, the rest of any locale."""
    people, draw = load_people(), rng.random()
    if draw < 0.5:
        firsts, lasts = people[rng.choice(_ENGLISH)]
    elif draw < 0.75:
        firsts, lasts = (tuple(names) for names in rng.choice(_OWN))
    else:
        firsts, lasts = people[rng.choice(tuple(people))]
    first, last = rng.choice(firsts), rng.choice(lasts)
    if firsts == tuple(_ARABIC_FIRST) and rng.random() < 0.6:
        last = rng.choice(("al-", "al-", "al-", "Al-", "el-", "al ")) + last
    if rng.random() < 0.08:
        first += f" {rng.choice('ABCDEFGHJKLMNPRSTW')}."
    elif rng.random() < 0.05:
        last += f"-{rng.choice(lasts)}"
    return f"{first} {last}"
