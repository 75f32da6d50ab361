"""The page in a real browser without a network: what a reader sees and does, and what hostile texts cannot do."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, PHONE, Browser, open_browser
from mapsample import many, sample, save
from payloads import MARKER, PAYLOADS, shown
from selenium.webdriver.common.keys import Keys

from geoevents.corrections import read_corrections
from maps.collection import LISTS_OF_TEXT, TEXTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[Browser]:
    with open_browser(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(folder: Path) -> Path:
    path = folder / "sample.html"
    save(sample(), path, title="A sample")
    return path


def hostile() -> dict[str, Any]:
    """An event and a document for each payload, which stands in every text they have."""
    features, documents = [], []
    for number, payload in enumerate(PAYLOADS.values()):
        length = len(payload)
        properties = dict.fromkeys(TEXTS, payload) | dict.fromkeys(LISTS_OF_TEXT, (payload, payload))
        properties |= {"trigger_start": 0, "trigger_end": length, "sentence_start": 0, "sentence_end": length}
        properties |= {"place_start": 0, "place_end": length, "fatalities_best": 3, "place_confidence": 0.5}
        # Codes decide how words are put together: the event type alone is hostile in every second event.
        properties |= {"modality": "asserted", "event_mode": None} if number % 2 else {}
        told = dict.fromkeys(("document_id", "document_title", "source", "url", "sentence", "attribution"), payload)
        properties["reports"] = [told, told | {"figures": {payload: {"best": 1}}, "reprints": [told]}]
        claim = {"count": payload, "low": 1, "best": 2, "high": None, "said_by": [payload], "published": payload}
        properties["disagreements"] = [claim, claim | {"said_by": payload}]
        properties["place_alternatives"] = [{"id": payload, "name": payload, "confidence": 0.1}]
        properties[payload] = {payload: payload}
        point = {"type": "Point", "coordinates": [number % 12 * 3.0, number // 12 * 3.0]}
        geometry = None if number % 10 == 9 else point
        features.append({"type": "Feature", "id": payload, "geometry": geometry, "properties": properties})
        place = dict.fromkeys(("text", "kind", "name", "place_id", "reason", "relation"), payload)
        places = [place | {"start": 0, "end": length}, place | {"kind": "place", "lon": None, "start": 0, "end": 1}]
        document = dict.fromkeys(("id", "title", "source", "url", "published", "text"), payload)
        documents.append(document | {"places": places, "error": payload, "notes": [payload]})
    about = {"version": "0", "options": dict(PAYLOADS), "documents": documents}
    return {"type": "FeatureCollection", "features": features, "geoevents": about}


OPEN_EACH = """
    const text = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
    return [...document.querySelectorAll("#side .item")].map((item) => {
      item.click();
      const links = [...document.querySelectorAll("#panel a")].map((link) => link.protocol + " " + link.rel);
      return {
        listed: item.querySelector(".headline bdi").textContent,
        headline: text("#panel h2 bdi")[0], facts: text("#panel dd bdi"), evidence: text("#panel .evidence")[0],
        source: text("#panel .source bdi"), article: text("#panel .article .text")[0],
        title: text("#panel .article h3")[0], links, address: text("#panel .source .address")[0],
      };
    });
"""


def assert_untouched(browser: Browser, folder: Path) -> None:
    assert browser.run("return typeof window.__pwned") == "undefined"
    assert browser.run("return typeof ({}).polluted") == "undefined"
    visit = browser.visit()
    assert visit.console == ()
    assert visit.requests == ()
    assert not (folder / MARKER).exists()


def test_hostile_texts_are_shown_and_do_nothing(
    browser: Browser, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    save(hostile(), folder / "hostile.html", title="".join(PAYLOADS.values())[:20000], basemap="none")
    browser.open(folder / "hostile.html")
    opened = browser.run(OPEN_EACH)
    assert len(opened) == len(PAYLOADS)
    expected = {shown(payload) for payload in PAYLOADS.values()}
    assert {event["headline"] for event in opened} == expected
    for event in opened:
        payload = event["headline"]
        assert event["listed"] == event["evidence"] == event["article"] == event["title"] == payload
        assert event["facts"].count(payload) >= 7, event["facts"]
        assert payload in event["source"]
        # The address is a link only where it is one to the web; anything else is text.
        is_web = re.match(r"https?://", payload) is not None
        assert event["links"] == (["https: noopener noreferrer"] if is_web else [])
        assert event["address"] == (None if is_web else payload)
    assert_untouched(browser, folder)


def test_hostile_names_are_drawn_and_hovered(browser: Browser, folder: Path) -> None:
    save(hostile(), folder / "hostile.html", basemap="none")
    browser.open(folder / "hostile.html")
    hovered = browser.run(
        """
        map_events.setView([12, 16], 5, { animate: false });
        const tips = new Set();
        for (let x = 0; x < 900; x += 20) {
          for (let y = 0; y < 780; y += 20) {
            map_events.fire("mousemove", { containerPoint: L.point(x, y) });
            const tip = document.getElementById("tip");
            if (!tip.hidden) tips.add(tip.textContent);
          }
        }
        return [...tips];
        """
    )
    assert len(hovered) > 30
    assert_untouched(browser, folder)


@pytest.mark.parametrize("name", ["title closer", "jinja cycler", "nul", "python template", "proto", "bidi unclosed"])
def test_hostile_title(browser: Browser, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(folder)
    save(sample(), folder / "title.html", title=PAYLOADS[name])
    browser.open(folder / "title.html")
    assert browser.text("#title") == PAYLOADS[name]
    assert browser.text("#status").startswith("40 events")
    assert_untouched(browser, folder)


def test_policy_stops_a_script_that_gets_in(browser: Browser, page: Path) -> None:
    # Were our own code ever to let markup through, the policy is what stands between it and the reader.
    browser.open(page)
    browser.run(
        """
        const markup = "<img src=x onerror='window.__pwned=1'><a href='javascript:window.__pwned=1' id=bad>x</a>";
        document.body.insertAdjacentHTML("beforeend", markup);
        const script = document.createElement("script");
        script.textContent = "window.__pwned=1";
        document.body.append(script);
        document.getElementById("bad").click();
        return fetch("http://evil.test/").catch(() => {});
        """
    )
    browser.wait("return document.getElementById('bad') !== null")
    assert browser.run("return typeof window.__pwned") == "undefined"
    visit = browser.visit()
    assert len([line for line in visit.console if "Content Security Policy" in line]) >= 4


def test_page_opens_clean(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.text("#title") == "A sample"
    assert browser.text("#status") == "40 events · 4 not on the map"
    assert browser.run("return document.querySelectorAll('#list .item').length") == 36
    assert "GeoNames (CC BY 4.0)" in browser.text("#credit")
    assert "not an endorsement" in browser.text("#credit")
    visit = browser.visit()
    assert visit.console == ()
    assert visit.requests == ()


def open_event(browser: Browser, trigger: str) -> None:
    """Opens the event of a trigger from the list."""
    found = browser.run(
        """
        for (const item of document.querySelectorAll("#side .item")) {
          item.click();
          if (document.querySelector("#panel .evidence mark.trigger").textContent === arguments[0]) return true;
        }
        return false;
        """,
        trigger,
    )
    assert found, trigger


def facts(browser: Browser) -> dict[str, str]:
    """The table of facts of the open event."""
    rows = browser.run(
        """
        const rows = [...document.querySelectorAll("#panel dt")];
        return rows.map((name) => [name.textContent, name.nextSibling.textContent]);
        """
    )
    return dict(rows)


def test_what_was_corrected_by_hand_has_no_chance(browser: Browser, folder: Path) -> None:
    properties = {"event_type": "ASSAULT", "place_name": "Arza", "place_confidence": 1.0, "corrected": "c.csv row 3"}
    properties |= {"place_reason": "corrected by c.csv row 3", "sentence": "Shells hit Arza.", "modality": "asserted"}
    feature = {"type": "Feature", "id": "a", "geometry": {"type": "Point", "coordinates": [36.7, 35.2]}}
    collection = {"type": "FeatureCollection", "features": [feature | {"properties": properties}]}
    save(collection, folder / "corrected.html")
    browser.open(folder / "corrected.html")
    browser.run("document.querySelector('#side .item').click()")
    told = facts(browser)
    assert (told["How sure"], told["Why there"]) == ("Place: corrected by hand", "corrected by c.csv row 3")


def test_evidence_says_what_where_when_how_many_and_how_sure(browser: Browser, page: Path) -> None:
    browser.open(page)
    open_event(browser, "clashes")
    assert browser.text("#panel h2") == "Armed clash – Hama"
    assert facts(browser) == {
        "What": "Armed clash · military",
        "When": "30 March 2017, known to the day · written “on Thursday”",
        "Casualties": "at least 2,200 killed",
        "According to": "the state agency",
        "Where": "near Hama, Syria",
        "How precisely": "near a named place; within 20 km of the point, if this is the place that was meant",
        "How sure": "Place: very likely (93 %)Event: very likely (82 %)",
        "Why there": "the best known place of this name; Hama is named with its country",
    }
    assert browser.text("#panel .evidence mark.place") == "Hama"
    assert (
        browser.run("return document.querySelector('#panel .source a').href")
        == "https://news.example.org/2017/03/30/hama"
    )


def test_offsets_count_characters_not_utf16_units(browser: Browser, page: Path) -> None:
    browser.open(page)
    open_event(browser, "recaptured")  # It follows an emoji in its article.
    assert browser.text("#panel .article .text mark.trigger") == "recaptured"
    assert browser.text("#panel .article .text mark.place") == "Hama"


def test_alternatives_and_ranges_are_in_words(browser: Browser, page: Path) -> None:
    browser.open(page)
    open_event(browser, "shot")
    assert facts(browser)["Or else"] == "Paris, France (22 %) 48.85, 2.35Paris, Kentucky (5 %) 38.21, -84.25"
    assert facts(browser)["How sure"].startswith("Place: likely (71 %)")
    open_event(browser, "Floods")
    assert facts(browser)["Casualties"] == "24 to 99 missing (best figure 36)"
    open_event(browser, "Cholera")
    assert facts(browser)["When"] == "18 to 24 March 2019, known to the week"


def test_keyboard_opens_steps_and_closes(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('#list .item').focus()")
    browser.press(Keys.ARROW_DOWN, Keys.ENTER)
    assert browser.text("#panel .position") == "2 of 40"
    assert browser.run("return document.activeElement.className") == "panel-title"
    browser.press(Keys.ARROW_RIGHT)
    assert browser.text("#panel .position") == "3 of 40"
    browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert browser.text("#panel .position") == "1 of 40"
    browser.press(Keys.ESCAPE)
    assert browser.run("return document.getElementById('panel').hidden")
    assert browser.run("return document.activeElement.dataset.index") == "0"


def test_search_and_filters_work_together(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press("/")
    browser.press("VALPARAISO")
    assert browser.text("#status") == "3 of 40 events"
    assert browser.run("return document.getElementById('search').value") == "VALPARAISO"
    browser.run("[...document.querySelectorAll('.group')].find((g) => g.textContent.includes('hazards')).click()")
    assert browser.text("#status") == "2 of 40 events"
    browser.run("document.getElementById('search').focus()")
    browser.press(Keys.ESCAPE)
    assert browser.text("#status") == "31 of 40 events · 3 not on the map"
    browser.press("no such thing")
    assert browser.text("#list li") == "No event matches. Show all events"
    browser.run("document.querySelector('#list button').click()")
    assert browser.text("#status") == "40 events · 4 not on the map"
    assert browser.run("return document.querySelectorAll('.group input:not(:checked)').length") == 0


LISTED = """
    return [...document.querySelectorAll("#list .item")].map((item) => item.querySelector(arguments[0]).textContent);
"""


def choose(browser: Browser, order: str) -> None:
    """Puts the list in the order of that name."""
    browser.run(
        """
        const select = document.getElementById("order");
        select.value = arguments[0];
        select.dispatchEvent(new Event("change"));
        """,
        order,
    )


def test_list_can_be_ordered_and_shows_the_toll(browser: Browser, page: Path) -> None:
    browser.open(page)
    first = browser.run(LISTED, ".headline")
    choose(browser, "Most killed first")
    assert browser.run(LISTED, ".byline")[0].startswith("at least 2,200 killed · 30 March 2017")
    tolls = [re.match(r"(?:at least )?([\d,]+)(?: to [\d,]+)? killed", line) for line in browser.run(LISTED, ".byline")]
    killed = [int(toll[1].replace(",", "")) for toll in tolls if toll]
    assert len(killed) > 3
    assert killed == sorted(killed, reverse=True)
    assert not any(tolls[len(killed) :])
    # The arrows of the panel follow the order that the reader sees.
    browser.run("document.querySelectorAll('#list .item')[1].click()")
    assert browser.text("#panel .position") == "2 of 40"
    choose(browser, "Least sure place first")
    assert browser.text("#panel .position") != "2 of 40"
    assert browser.text("#panel .position").endswith(" of 40")
    assert "Arza" in browser.run(LISTED, ".headline")[0]
    choose(browser, "Oldest first")
    years = [int(re.search(r"\d{4}", line)[0]) for line in browser.run(LISTED, ".byline")]  # type: ignore[index]
    assert years == sorted(years)
    choose(browser, "Newest first")
    assert browser.run(LISTED, ".headline") == first


def test_all_brings_the_results_back_into_view(browser: Browser, page: Path) -> None:
    browser.open(page)
    start = browser.run("return [map_events.getZoom(), map_events.getCenter().lng]")
    open_event(browser, "clashes")
    # The last of the events that were opened in quick succession is the one in view.
    browser.wait("return map_events.getZoom() > 6 && map_events.getBounds().contains([35.13179, 36.75783])")
    browser.press(Keys.ESCAPE)
    browser.run("document.querySelector('.fit a').click()")
    browser.wait(f"return map_events.getZoom() === {start[0]}")
    assert browser.run("return map_events.getCenter().lng") == pytest.approx(start[1], abs=0.5)
    browser.press("/")
    browser.press("valparaiso")
    browser.run("document.querySelector('.fit a').click()")
    browser.wait("return map_events.getZoom() > 6")
    assert browser.run("return map_events.getBounds().contains([-33.036, -71.62725])")


def test_no_zoom_leaves_the_reader_without_a_name(browser: Browser, page: Path) -> None:
    browser.open(page)
    names = """
        const written = new Set();
        const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
          written.add(text);
          return write.call(this, text, ...at);
        };
        map_events.setView([arguments[0], arguments[1]], arguments[2], { animate: false });
        CanvasRenderingContext2D.prototype.fillText = write;
        return [...written];
    """
    rural_cambodia, kalahari = (13.8, 105.0), (-22.0, 22.0)
    assert {"Surin", "Siem Reap"} <= set(browser.run(names, *rural_cambodia, 7))
    assert len(browser.run(names, *kalahari, 8)) >= 2
    assert browser.run("map_events.setZoom(18, { animate: false }); return map_events.getZoom()") == 10


def test_merged_events_show_where_the_place_and_the_toll_are_told(browser: Browser, folder: Path) -> None:
    text = "Gunmen attacked the station at dawn. 🕊 The town of Mora was in panic! Nine guards died. It ended at noon."
    sentences = [(0, 36), (text.index("Nine"), text.index(" It"))]
    told = [
        {"document_id": "a", "sentence": text[start:end], "sentence_start": start, "sentence_end": end, "figures": {}}
        for start, end in sentences
    ]
    told[1]["figures"] = {"fatalities": {"low": 9, "best": 9, "high": 9}}
    at = text.index("Mora")
    properties = {
        "document_id": "a", "sentence": text[:36], "sentence_start": 0, "sentence_end": 36, "trigger_start": 7,
        "trigger_end": 15, "place_text": "Mora", "place_start": at, "place_end": at + 4, "reports": told,
        "date_text": "at dawn", "place_confidence": 0.7,
        "place_alternatives": [{"name": "Mora, Sweden", "confidence": 0.28}, {"name": "Moora", "confidence": 0.004}],
    }  # fmt: skip
    point = {"type": "Point", "coordinates": [14.1, 11.0]}
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": "1", "geometry": point, "properties": properties}],
        "geoevents": {"documents": [{"id": "a", "text": text, "places": []}]},
    }
    save(collection, folder / "merged.html")
    browser.open(folder / "merged.html")
    assert browser.text("#list .byline") == "no date, written “at dawn”"
    browser.run("document.querySelector('#list .item').click()")
    quotes = browser.run("return [...document.querySelectorAll('#panel .evidence')].map((quote) => quote.textContent)")
    assert quotes == [text[:36], "🕊 The town of Mora was in panic!", text[:36], "Nine guards died."]
    assert browser.text("#panel .evidence mark.place") == "Mora"
    assert browser.run("return document.querySelector('#panel .reports').open")
    assert browser.text("#panel .reports summary") == "Told in 2 sentences"
    assert browser.text("#panel .reports strong") == "9 killed"
    assert facts(browser)["When"].startswith("not known: the day of publication, to count from, is missing")
    assert facts(browser)["Or else"] == "Mora, Sweden (28 %)"
    # The figures of one telling stand at its first sentence; nothing says that this is the sentence that gives them.
    told[0]["figures"], told[1]["figures"] = told[1]["figures"], {}
    save(collection, folder / "merged.html")
    browser.open(folder / "merged.html")
    browser.run("document.querySelector('#list .item').click()")
    assert browser.text("#panel .reports") == "Told in 1 more sentenceaNine guards died."


def merged() -> dict[str, Any]:
    """An event of two reports that disagree, one of them reprinted, and two events without a date."""
    said = "Shells killed five people in Hama."
    properties: dict[str, Any] = {"event_type": "ASSAULT", "event_mode": "heavy-weapons", "document_id": "a"}
    properties |= {"trigger": "killed", "trigger_start": 7, "trigger_end": 13, "sentence": said, "sentence_start": 0}
    properties |= {"sentence_end": 34, "place_name": "Hama", "place_text": "Hama", "place_start": 29, "place_end": 33}
    properties |= {"fatalities_low": 5, "fatalities_best": 7, "fatalities_high": 7, "date_start": "2017-03-30"}
    properties |= {"type_confidence": 0.97, "link_confidence": 0.9, "event_confidence": 0.873, "source": "Wire"}
    report = {"document_id": "a", "document_title": "Shelling", "source": "Wire", "sentence": said, "sentence_start": 0}
    copied = {"document_id": "c", "document_title": "Shells fall", "source": "Daily"}
    other = {"document_id": "b", "source": "SANA", "sentence": "Seven died in Hama.", "published": "2017-03-31"}
    other |= {"url": "https://sana.example.org/1", "figures": {"fatalities": {"low": 7, "best": 7, "high": 7}}}
    properties["reports"] = [
        report | {"reprints": [copied], "figures": {"fatalities": {"low": 5, "best": 5, "high": 5}}},
        other,
    ]
    claim = {"count": "fatalities", "low": 5, "best": 5, "high": 5, "said_by": ["Wire"], "published": "2017-03-30"}
    properties["disagreements"] = [claim, claim | {"low": 7, "best": 7, "high": 7, "said_by": ["SANA"]}]
    features = [{"type": "Feature", "id": "m", "geometry": {"type": "Point", "coordinates": [36.75, 35.13]}}]
    features[0]["properties"] = properties
    for number in range(2):
        undated = {"event_type": "PROTEST", "sentence": "People marched.", "document_id": "d", "source": "Daily"}
        features.append({"type": "Feature", "id": f"u{number}", "geometry": None, "properties": undated})
    later = properties | {"date_start": "2017-04-20", "reports": [], "disagreements": []}
    features.append({"type": "Feature", "id": "l", "geometry": features[0]["geometry"], "properties": later})
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture(scope="module")
def merged_page(folder: Path) -> Path:
    save(merged(), folder / "several.html", basemap="none")
    return folder / "several.html"


def test_merged_event_lists_its_reports_and_where_they_disagree(browser: Browser, merged_page: Path) -> None:
    browser.open(merged_page)
    browser.run("document.querySelectorAll('#list .item')[1].click()")
    told = facts(browser)
    assert told["Casualties"] == "5 to 7 killed"
    assert told["Figures differ"] == "5 killed – Wire · 30 March 20177 killed – SANA · 30 March 2017"
    assert told["Told by"] == "Wire, Daily, SANA"
    sure = (
        "That the words tell of it: almost certain (97 %)That it was there: very likely (90 %)Event: very likely (87 %)"
    )
    assert told["How sure"] == sure
    reports = browser.run("return [...document.querySelectorAll('#panel .reports li')].map((li) => li.textContent)")
    assert reports == [
        "Wire · Shelling5 killedShells killed five people in Hama.The same words in: Daily, Shells fall",
        "SANA · b · 31 March 20177 killedSeven died in Hama.Open the source at sana.example.org",
    ]
    assert browser.visit().console == ()


WRITTEN = """
    window.written = [];
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      window.written.push(text);
      return write.call(this, text, ...rest);
    };
"""


def test_places_of_the_evidence_show_themselves_on_the_map(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run(WRITTEN)
    open_event(browser, "shot")
    shown = browser.run(
        """
        const [first, second] = document.querySelectorAll("#panel dd li .spot");
        const over = (element, kind) => {
          window.written = [];
          element.dispatchEvent(new Event(kind));
          return window.written.includes(element.textContent);
        };
        const mark = document.querySelector("#panel .article mark.spot");
        return [over(first, "mouseenter"), over(first, "mouseleave"), over(second, "focus"), mark.tabIndex,
          (mark.dispatchEvent(new Event("mouseenter")), window.written.at(-1))];
        """
    )
    assert shown == [True, False, True, 0, "Paris"]
    browser.run("document.querySelector('#panel dd li .spot').click()")
    browser.wait("return map_events.getBounds().contains([48.85, 2.35])")


def test_search_forgives_typing_errors_and_says_so(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press("/")
    browser.press("valpariaso")
    assert browser.text("#status") == "3 of 40 events · nothing is written “valpariaso”: shown is “valparaiso”"
    browser.press(Keys.ESCAPE)
    browser.press("demonstartion")
    assert browser.text("#status").startswith("3 of 40 events · nothing is written")
    browser.press(Keys.ESCAPE)
    browser.press("qqqqqqqq")
    assert browser.text("#status") == "0 of 40 events"


def tick(browser: Browser, facet: str, label: str) -> None:
    """Ticks a choice of a facet."""
    browser.run(
        """
        document.getElementById("filters").open = true;
        const drawer = document.querySelector(`[data-facet=${arguments[0]}]`);
        drawer.open = true;
        drawer.dispatchEvent(new Event("toggle"));
        const rows = [...drawer.querySelectorAll(".choice")];
        const named = rows.find((row) => row.querySelector(".group-name").textContent === arguments[1]);
        named.querySelector("input").click();
        """,
        facet,
        label,
    )


def counts(browser: Browser, facet: str) -> dict[str, str]:
    """The choices of a facet with their counts."""
    rows = browser.run(
        """
        const rows = [...document.querySelectorAll(`[data-facet=${arguments[0]}] .choice`)];
        return rows.map((row) => [".group-name", ".count"].map((name) => row.querySelector(name).textContent));
        """,
        facet,
    )
    return dict(rows)


def test_filters_work_together_and_their_counts_follow(browser: Browser, page: Path) -> None:
    browser.open(page)
    tick(browser, "toll", "no figures")
    none = browser.text("#status")
    tick(browser, "toll", "no figures")
    tick(browser, "country", "Syria")
    listed = set(browser.run(LISTED, ".headline bdi"))
    assert listed == {"Hama", "Kafr Zita", "Arza"}
    total = int(browser.text("#status").split()[0])
    # Of its own choices a facet counts what the others leave; the others count what it leaves.
    assert int(counts(browser, "country")["Kenya"]) > 0
    assert sum(map(int, counts(browser, "toll").values())) == total
    tick(browser, "kind", "Shelling")
    shelling = int(browser.text("#status").split()[0])
    assert 0 < shelling < total
    assert counts(browser, "kind")["Shelling"] == str(shelling)
    assert browser.text("[data-facet=country] .chosen") == " · 1 chosen"
    browser.run("[...document.querySelectorAll('#facets button')].at(-1).click()")
    assert browser.text("#status") == "40 events · 4 not on the map"
    assert none != "40 events · 4 not on the map"
    tick(browser, "precision", "somewhere in a country")
    assert browser.run(LISTED, ".headline") != []
    assert all("somewhere in Mali" in line for line in browser.run(LISTED, ".headline"))


def test_time_is_brushed_stepped_and_played(browser: Browser, page: Path) -> None:
    browser.open(page)
    left, top, width = browser.run(
        """
        const box = document.querySelector("#time canvas").getBoundingClientRect();
        return [box.left, box.top, box.width];
        """
    )
    browser.drag(left + width * 0.8, top + 20, left + width - 1, top + 20)
    few = int(browser.text("#status").split()[0])
    assert 0 < few < 40
    assert browser.text("#time .said").endswith("2024")
    years = {re.search(r"\d{4}", line)[0] for line in browser.run(LISTED, ".byline")}  # type: ignore[index]
    assert years <= {"2022", "2023", "2024"}
    browser.run("document.querySelector('#time .from').focus()")
    before = browser.text("#time .said")
    browser.press(Keys.ARROW_LEFT)
    assert browser.text("#time .said") != before
    words = browser.run("return document.querySelector('#time .from').getAttribute('aria-valuetext')")
    assert browser.text("#time .said").startswith(words.rsplit(" ", 1)[0])
    press = "document.querySelector(`#time [aria-label='${arguments[0]}']`).click()"
    before = browser.text("#time .said")
    browser.run(press, "One step back")
    assert browser.text("#time .said") != before
    browser.run("[...document.querySelectorAll('#time .steps button')].at(-1).click()")
    assert browser.text("#status") == "40 events · 4 not on the map"
    browser.run(press, "Play")
    first = browser.text("#time .said")
    assert first.startswith("14 April 2016 to")
    browser.wait(f"return document.querySelector('#time .said').textContent !== {json.dumps(first)}")
    browser.run(press, "Pause")
    assert browser.run("return document.querySelector('#time [aria-label=Play]') !== null")


def test_undated_events_are_counted_and_reachable(browser: Browser, merged_page: Path) -> None:
    browser.open(merged_page)
    assert browser.text("#time .undated label") == "2 events have no date"
    for choice, status in (
        ("without", "2 of 4 events"),
        ("only", "2 of 4 events · 2 not on the map"),
        ("with", "4 events · 2 not on the map"),
    ):
        browser.run(
            """
            const select = document.getElementById("undated");
            select.value = arguments[0];
            select.dispatchEvent(new Event("change"));
            """,
            choice,
        )
        assert browser.text("#status") == status


def test_address_keeps_what_is_looked_at(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press("/")
    browser.press("hama")
    tick(browser, "kind", "Shelling")
    choose(browser, "Oldest first")
    browser.run("document.querySelector('#list .item').click()")
    browser.wait("return location.hash.includes('event=')")
    browser.wait("return map_events.getZoom() > 6")
    browser.wait("return location.hash.includes('view=')")
    state = "return [location.hash, ...['#status', '#panel h2'].map((s) => document.querySelector(s)?.textContent)]"
    seen = browser.run(state)
    browser.run("location.hash = ''")
    browser.wait("return document.querySelector('#status').textContent.startsWith('40 events')")
    assert browser.run("return document.getElementById('panel').hidden")
    assert browser.run("return document.getElementById('search').value") == ""
    browser.run("location.hash = arguments[0]", seen[0])
    browser.wait("return !document.getElementById('panel').hidden")
    again = browser.run(state)
    assert again[1:] == seen[1:]
    (kept, view), (kept_before, before) = (hash.split("&view=") for hash in (again[0], seen[0]))
    assert kept == kept_before
    numbers = [[float(number) for number in text.split("%2C")] for text in (view, before)]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.01)  # Leaflet moves by whole pixels.
    assert browser.run("return document.getElementById('order').selectedIndex") == 1
    browser.run("location.hash = '#list'")  # The link that skips to the list is no state.
    assert browser.text("#panel h2") == seen[2]


def test_a_country_is_a_name_on_a_plate_not_a_point_in_the_desert(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run(WRITTEN)
    browser.run("map_events.setView([18, -2], 6, { animate: false })")
    assert "Mali" in browser.run("return window.written")
    browser.run("map_events.fire('mousemove', { containerPoint: L.point(460, 400) })")
    assert browser.text("#tip").endswith("somewhere in Mali")
    browser.click_at(360 + 460, 400)
    assert browser.text("#panel h2").endswith("– somewhere in Mali")


def test_corrections_leave_as_a_file_that_is_read_again(browser: Browser, page: Path, folder: Path) -> None:
    browser.open(page)
    press = """
        const rows = [...document.querySelectorAll("#panel .correct button")];
        rows.find((row) => row.textContent === arguments[0]).click();
    """
    open_event(browser, "shot")
    browser.run(press, "It is Paris, France")
    assert browser.text("#panel .correct .put-right") == "You say: Paris is Paris, France"
    open_event(browser, "clashes")
    browser.run(press, "This is no event")
    assert browser.text(".item[aria-current] .put-right") == "You say: this is no event"
    open_event(browser, "struck")
    browser.run("map_events.setView([32.5, 130.5], 9, { animate: false })")
    browser.run("document.querySelector('#panel .correct').open = true")
    browser.click_at(360 + 300, 400)
    assert browser.text("#panel .correct .put-right").startswith("You say: Kumamoto is 32.")
    open_event(browser, "burned")
    browser.run(press, "Valparaíso is no place")
    assert browser.text("#put-right") == "Download 4 corrections"
    browser.run(press, "Undo")
    assert browser.text("#put-right") == "Download 3 corrections"
    rows = read_corrections(downloaded(browser, folder, "put-right", "corrections.csv"))
    assert [(row.document_id, row.text, row.action) for row in rows] == [
        ("texas.txt", "Paris", "place"),
        ("hama.txt", "clashes", "no_event"),
        ("kumamoto.txt", "Kumamoto", "place"),
    ]
    assert rows[0].place_id == "geonames:2988507"
    text = next(story for story in sample()["geoevents"]["documents"] if story["id"] == "hama.txt")["text"]
    assert text[rows[1].start : rows[1].end] == "clashes"
    assert rows[2].position is not None
    assert 32 < rows[2].position.lat < 33


def test_citation_is_copied(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    open_event(browser, "clashes")
    browser.run("document.querySelector('#panel .cite button').click()")
    browser.wait("return document.querySelector('#panel .cite [role=status]').textContent === 'Copied'")
    assert browser.run("return window.copied") == (
        "“Heavy clashes broke out near the western city of Hama on Thursday, and about 2,200 fighters have been killed "
        "in less than a week, the state agency says.” Example Wire, “Army and militants clash near Hama”, "
        "30 March 2017, https://news.example.org/2017/03/30/hama. "
        "Read by geoevents: Armed clash, Hama, 30 March 2017 [event-0]."
    )


def test_click_on_the_map_opens_events_and_lists_those_at_one_point(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("map_events.setView([64.7337, 177.4904], 6, { animate: false })")
    browser.click_at(360 + 460, 400)
    assert browser.text("#panel h2") == "Cold wave – Anadyr"
    browser.press(Keys.ESCAPE)
    browser.run("map_events.setView([-1.28333, 36.81667], 9, { animate: false })")
    browser.click_at(360 + 460, 400)
    assert browser.text("#panel h2") == "2 events – Nairobi"
    browser.run("document.querySelector('#panel .item').click()")
    assert browser.text("#panel .others summary") == "1 more event at this point"


def test_click_on_a_cluster_of_places_comes_closer(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("map_events.setView([-1.28333, 36.81667], 3, { animate: false })")
    browser.click_at(360 + 460, 400)
    browser.wait("return map_events.getZoom() > 5")
    assert browser.run("return document.getElementById('panel').hidden")


def test_unlocated_events_and_names_have_a_list_of_their_own(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run("return document.querySelectorAll('#unlocated .item').length") == 4
    assert browser.text("#unlocated details li") == "Arza in Army and militants clash near Hama"
    browser.run("document.querySelector('#unlocated .item').click()")
    assert "Where" not in facts(browser)


def downloaded(browser: Browser, folder: Path, button: str, name: str) -> Path:
    """The file that a button of the page hands over."""
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    path = folder / name
    path.unlink(missing_ok=True)
    browser.run("document.getElementById(arguments[0]).click()", button)
    for _ in range(500):
        if path.exists():
            return path
        browser.run("return new Promise((resolve) => setTimeout(resolve, 20))")
    raise AssertionError(f"no {name} came")


def test_what_is_shown_can_be_taken_away(browser: Browser, page: Path, folder: Path) -> None:
    browser.open(page)
    browser.press("/")
    browser.press("anadyr")
    found = json.loads(downloaded(browser, folder, "download", "events.geojson").read_text("utf-8"))
    assert [feature["properties"]["place_name"] for feature in found["features"]] == ["Anadyr"]
    assert found["features"][0] in sample()["features"]
    with downloaded(browser, folder, "table", "events.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    properties = found["features"][0]["properties"]
    assert (row["longitude"], row["latitude"]) == ("177.4904", "64.7337")
    assert (row["place_name"], row["sentence"]) == ("Anadyr", properties["sentence"])
    assert set(properties) < set(row)
    picture = downloaded(browser, folder, "picture", "events.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 1280 - 360
    assert_no_complaint(browser)


def assert_no_complaint(browser: Browser) -> None:
    visit = browser.visit()
    assert visit.console == ()
    assert [url for url in visit.requests if not url.startswith("blob:")] == []


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1", "@x", "-2+3", "\tx"])
def test_csv_runs_no_formula(browser: Browser, formula: str) -> None:
    call = "return csvOf(['a', 'b'], [[...arguments]])"
    made = browser.run(f"{scripts('text', 'words', 'take')}\n{call}", formula, -2.5)
    rows = list(csv.reader(made.splitlines()))
    assert rows[1] == ["'" + formula, "-2.5"]


def test_opens_across_the_antimeridian_the_short_way(browser: Browser, folder: Path) -> None:
    collection = sample()
    collection["features"] = [f for f in collection["features"] if f["properties"]["document_id"] == "fiji.txt"]
    save(collection, folder / "fiji.html")
    browser.open(folder / "fiji.html")
    assert browser.run("return map_events.getZoom()") > 6


PIXEL = """
    const [lat, lon] = arguments;
    map_events.setView([lat, lon], 5, { animate: false });
    const canvas = document.querySelector(".leaflet-tile-pane canvas");
    const { x, y } = map_events.getSize().divideBy(2);
    const data = canvas.getContext("2d").getImageData(x - 3, y - 3, 7, 7).data;
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4) colours.add(data.slice(i, i + 4).join());
    return [...colours];
"""
LAND, SEA = "247,245,240,255", "0,0,0,0"


@pytest.mark.parametrize(
    ("lat", "lon", "colour"),
    [
        (67.0, 180.0, LAND),  # Chukotka, on the antimeridian itself: no seam
        (67.0, -179.0, LAND),
        (67.0, 179.0, LAND),
        (71.1, 180.6, LAND),  # Wrangel Island, seen from the east
        (60.0, 180.0, SEA),
        (-17.8, 178.0, LAND),  # Viti Levu
        (-25.0, 180.0, SEA),
        (-80.0, 60.0, LAND),
        (-83.0, 179.9, SEA),  # the Ross Ice Shelf is not land in the data
        (42.0, 51.0, SEA),  # the Caspian Sea is a hole in the land
        (44.5, 3.0, LAND),
    ],
)
def test_base_map_has_land_where_land_is(browser: Browser, page: Path, lat: float, lon: float, colour: str) -> None:
    if browser.driver.current_url != page.as_uri():
        browser.open(page)
    assert browser.run(PIXEL, lat, lon) == [colour]


def test_ten_thousand_events_come_compressed_and_a_page_at_a_time(browser: Browser, folder: Path) -> None:
    save(many(10_000), folder / "many.html")
    assert (folder / "many.html").stat().st_size < 6_000_000
    browser.open(folder / "many.html")
    assert browser.text("#status").startswith("10,000 events")
    assert browser.run("return document.querySelectorAll('#list .item').length") == 100
    browser.run("document.getElementById('more').click()")
    assert browser.run("return document.querySelectorAll('#list .item').length") == 200
    browser.run("document.querySelector('#list .item').click()")
    assert browser.text("#panel .evidence mark.trigger") in browser.text("#list .item .snippet")
    assert browser.run("return document.querySelector('#panel .article')") is None
    spent = []
    for _ in range(3):
        before = browser.cpu_seconds()
        browser.run("document.querySelector('.group input').click()")
        spent.append(browser.cpu_seconds() - before)
    assert min(spent) < 0.25
    visit = browser.visit()
    assert visit.console == ()
    assert visit.requests == ()


def test_empty_collection_is_a_page_too(browser: Browser, folder: Path) -> None:
    save({"type": "FeatureCollection", "features": []}, folder / "empty.html", basemap="none")
    browser.open(folder / "empty.html")
    assert browser.text("#status") == "0 events"
    assert browser.text("#list") == "This file has no events."
    documents = [{"id": "a.txt", "error": "it does not look English", "places": []}, {"id": "b.txt", "places": []}]
    about = {"documents": documents}
    save({"type": "FeatureCollection", "features": [], "geoevents": about}, folder / "empty.html", basemap="none")
    browser.open(folder / "empty.html")
    said = browser.text("#list")
    assert said.startswith("No event was found in 2 texts. What could not be read is told below. Only English is read")
    assert browser.visit().console == ()


def test_foreign_points_without_our_properties_are_drawn(browser: Browser, folder: Path) -> None:
    point = {"type": "Point", "coordinates": [10, 50]}
    collection = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": point, "properties": None}]}
    save(collection, folder / "foreign.html")
    browser.open(folder / "foreign.html")
    browser.run("document.querySelector('#list .item').click()")
    assert browser.text("#panel h2") == "Event – place unknown"
    assert browser.visit().console == ()


def test_tiles_are_asked_of_their_host_and_nothing_else(browser: Browser, folder: Path) -> None:
    save(sample(), folder / "tiles.html", basemap="tiles:http://tiles.evil.test/{z}/{x}/{y}.png")
    browser.open(folder / "tiles.html")
    visit = browser.visit()
    assert visit.requests
    assert {url.split("/")[2] for url in visit.requests} == {"tiles.evil.test"}
    assert not [line for line in visit.console if "Content Security Policy" in line]
    assert "Map tiles: tiles.evil.test" in browser.text("#credit")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("countInWords(5, null, null, 'killed')", "at least 5 killed"),
        ("countInWords(null, null, 9, 'killed')", "at most 9 killed"),
        ("countInWords(2, 5, null, 'killed')", "at least 2 killed (best figure 5)"),
        ("countInWords(3, 3, 3, 'killed')", "3 killed"),
        ("countInWords(24, 36, 99, 'killed')", "24 to 99 killed (best figure 36)"),
        ("countInWords(24, 24, 99, 'killed')", "24 to 99 killed"),
        ("countInWords(0, 0, 0, 'killed')", "0 killed"),
        ("countInWords(null, null, null, 'killed')", None),
        ("countInWords(undefined, 1200, undefined, 'hurt')", "1,200 hurt"),
        ("datesInWords({date_start: '2017-03-30', date_end: '2017-03-30'})", "30 March 2017"),
        ("datesInWords({date_start: '2017-03-24', date_end: '2017-03-30'})", "24 to 30 March 2017"),
        ("datesInWords({date_start: '2017-02-24', date_end: '2017-03-30'})", "24 February to 30 March 2017"),
        ("datesInWords({date_start: '2016-12-31', date_end: '2017-01-01'})", "31 December 2016 to 1 January 2017"),
        ("datesInWords({date_start: '2014-01-01', date_end: '2014-12-31'})", "2014"),
        ("datesInWords({date_start: '2016-02-01', date_end: '2016-02-29'})", "February 2016"),
        ("datesInWords({date_start: '2017-02-01', date_end: '2017-02-27'})", "1 to 27 February 2017"),
        ("datesInWords({date_start: '2013-01-01', date_end: '2014-12-31'})", "1 January 2013 to 31 December 2014"),
        ("datesInWords({date_end: '2017-01-01T10:00'})", "1 January 2017"),
        ("datesInWords({date_start: 'soon', date_end: 'later'})", "soon to later"),
        ("datesInWords({date_start: '2017-13-01'})", "2017-13-01"),
        ("datesInWords({})", None),
        ("radiusInWords(800)", "within 800 m"),
        ("radiusInWords(1234567)", "within 1,235 km"),
        ("chanceInWords(0.96)", "almost certain (96 %)"),
        ("chanceInWords(0)", "doubtful (0 %)"),
        ("countryInWords('SY')", "Syria"),
        ("countryInWords('not a country')", "not a country"),
        ("say('events', 1)", "1 event"),
        ("say('events', 1200)", "1,200 events"),
        ("word('modality', 'constructor')", None),
    ],
)
def test_numbers_and_dates_in_words(browser: Browser, call: str, words: str | None) -> None:
    assert browser.run(f"{scripts('words')}\nreturn {call};") == words


@pytest.mark.parametrize(
    ("text", "offset", "unit"),
    [("abc", 2, 2), ("a🕊b", 2, 3), ("🕊🕊", 1, 2), ("🕊", 9, 2), ("", 0, 0), ("abc", 9, 3)],
)
def test_python_offsets_become_utf16_units(browser: Browser, text: str, offset: int, unit: int) -> None:
    script = (resources.files("maps") / "assets/text.js").read_text("utf-8")
    assert browser.run(f"{script}\nreturn offsets(arguments[0])(arguments[1]);", text, offset) == unit


def test_overlapping_marks_keep_the_text_whole(browser: Browser) -> None:
    script = (resources.files("maps") / "assets/text.js").read_text("utf-8")
    marks = [(2, 6, "a"), (4, 9, "b"), (4, 4, "empty"), (0, 10, "c"), (8, 99, "d")]
    found = browser.run(
        f"""{script}
        const marks = arguments[1].map(([start, end, name]) => ({{ start, end: Math.min(end, 10), name }}));
        return marked(arguments[0], marks).map((node) => [node.className ?? "", node.textContent]);
        """,
        "0123456789",
        marks,
    )
    assert "".join(text for _, text in found) == "0123456789"
    assert found == [["c", "01"], ["c a", "23"], ["c a b", "45"], ["c b", "67"], ["c b d", "8"], ["c d", "9"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_fits_the_screen(browser: Browser, folder: Path, size: tuple[int, int], scheme: str) -> None:
    save(many(500), folder / "wide.html")  # Three-digit counts need the most room.
    browser.open(folder / "wide.html", size, scheme)
    open_all = "for (const drawer of document.querySelectorAll('details')) drawer.open = true"
    browser.run(open_all)
    browser.run("document.querySelector('#list .item').click()")
    browser.run(open_all)
    wide = browser.run(
        """
        const wide = (element) => element.scrollWidth > element.clientWidth + 1;
        return ["#side", "#panel", "#panel .content", "body"].filter((name) => wide(document.querySelector(name)));
        """
    )
    assert wide == []
    panel = browser.run(
        "const r = document.getElementById('panel').getBoundingClientRect(); return [r.left, r.right, r.top, r.bottom]"
    )
    assert panel[0] >= 0
    assert panel[1] <= size[0]
    assert panel[2] >= (250 if size == PHONE else 0)  # On a phone the map stays in sight above the sheet.
    assert panel[3] <= size[1]
    paper = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 27, 32)"}[scheme]


def test_prints_on_a4_dark_on_light(browser: Browser, page: Path) -> None:
    browser.open(page, scheme="dark")
    browser.run("document.querySelector('#list .item').click()")
    sheet, hidden, ink = browser.print_preview(
        """
        const gone = (name) => document.querySelector(name).checkVisibility() === false;
        return [[".search", "#side > footer", ".steps", ".correct", ".leaflet-control-zoom"].map(gone),
          getComputedStyle(document.body).color];
        """
    )
    assert sheet == (595, 842)
    assert hidden == [True] * 5
    assert ink == "rgb(26, 29, 33)"


def test_everything_one_can_press_has_a_name(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('#list .item').click()")
    nameless = browser.run(
        """
        const label = (element) => element.getAttribute("aria-label") || element.labels?.[0]?.textContent;
        const all = [...document.querySelectorAll("button, a, input, select, summary")];
        return all.filter((element) => !(label(element) || element.textContent).trim()).map((e) => e.outerHTML);
        """
    )
    assert nameless == []
    assert browser.run("return document.documentElement.lang") == "en"


def test_missing_browser_skips_or_fails_when_one_is_required(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("browser.CHROMIUM", ("no-such-browser",))
    monkeypatch.delenv("GEOEVENTS_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine: `apt-get"), open_browser(folder):
        pass
    monkeypatch.setenv("GEOEVENTS_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"), open_browser(folder):
        pass


def scripts(*names: str) -> str:
    """The sources of some of the page's scripts, to be run in a page, which has Leaflet."""
    assets = resources.files("maps") / "assets"
    sources = "\n".join((assets / f"{name}.js").read_text("utf-8") for name in names)
    return f"{sources}\nreadWords({(assets / 'words.json').read_text('utf-8')});\n"


@pytest.mark.parametrize("zoom", [0, 2, 5, 9])
def test_symbols_never_cover_each_other_and_none_is_lost(browser: Browser, page: Path, zoom: int) -> None:
    browser.open(page)
    points = [[(i * 137.50776) % 360 - 180, ((i * 61.8034) % 140) - 70, i % 8] for i in range(1500)]
    covered, total, groups = browser.run(
        scripts("text", "words", "data", "symbols", "canvas", "layer")
        + """
        const events = arguments[0].map(([lon, lat, group], index) => ({ lon, lat, group, index, located: true }));
        const world = 256 * 2 ** arguments[1];
        const made = cluster(groupByPoint([...events, ...events.slice(0, 300)]), world);
        let covered = 0;
        for (const a of made) for (const b of made) {
          const gap = Math.hypot(a.x - b.x, a.y - b.y) * world;
          if (a !== b && gap < a.radius + b.radius - 2.001) covered += 1;
        }
        const sum = (list) => list.reduce((total, value) => total + value, 0);
        return [covered, sum(made.map((one) => one.size)), sum(made.map((one) => sum(one.counts)))];
        """,
        points,
        zoom,
    )
    assert covered == 0
    assert total == groups == 1800


@pytest.mark.parametrize(
    ("lon", "lat", "metres"), [(36.7, 35.1, 20_000), (179.9, -17, 300_000), (0, 0, 700_000), (-60, 72, 900_000)]
)
def test_circle_of_uncertainty_has_its_radius_everywhere(
    browser: Browser, page: Path, lon: float, lat: float, metres: int
) -> None:
    from geopy.distance import great_circle

    browser.open(page)
    points = browser.run(
        scripts("text", "words", "data", "symbols", "canvas", "layer")
        + """
        return circleAround(...arguments).map(({ x, y }) => {
          const lat = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
          return [(x - 0.5) * 360, lat];
        });
        """,
        lon,
        lat,
        metres,
    )
    assert len(points) == 96
    for east, north in points:
        assert great_circle((lat, lon), (north, east)).meters == pytest.approx(metres, rel=1e-3)
