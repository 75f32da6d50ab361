"""The HTML page: folium makes the map, its controls and layers, and our own scripts do the rest.

folium and branca run text as Jinja templates, so no text from outside is ever handed to them: it travels in one JSON
block, and the page's scripts put it on screen as text. This is the one file that imports folium.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import Any

import folium
from branca.element import CssLink, Figure, JavascriptLink

from .basemap import Basemap, read_basemap
from .collection import check, first_position
from .columns import pack
from .errors import MapAssetError, MapDataError
from .scripts import our_script
from .style import legend

COMPRESS_ABOVE = 1_000_000
"""Characters of data above which the block is compressed: so 1,000 events with their articles stay below 2 MB, while a
small page can be read with an editor."""

ARTICLES_UP_TO = 2_000
"""Events above which the page shows their sentences, and not the articles."""

MIN_ZOOM = 1
DEFAULT_TITLE = "Reported events"
VENDORED = {"leaflet": "leaflet.js", "leaflet_css": "leaflet.css"}
"""folium's name for a link, and the file that stands in for it."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
UNSAFE_IN_SCRIPT = {letter: f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
TEMPLATE_BRACE = re.compile(r"\{(?=[{%#])")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def draw(geojson: dict[str, Any], *, title: str | None = None, basemap: str = "world") -> str:
    """The map of a FeatureCollection as one HTML page that needs no other file and, tiles aside, no network.

    `basemap` is "world", "none", "tiles:URL" or the path of a GeoJSON file. The same input gives the same page, to the
    byte. A lone surrogate, which no file can hold, is shown as U+FFFD. Raises MapDataError and BasemapError.
    """
    properties = check(geojson)
    ground = read_basemap(basemap)
    title = LONE_SURROGATE.sub("\ufffd", title or DEFAULT_TITLE)
    style = legend() | {"title": title, "credit": ground.credit}
    figure = _Figure(title=title, ground=ground)
    figure.add_block("words", _to_json(_words()))
    figure.add_block("style", _to_json(style))
    if ground.shapes:
        figure.add_block("ground", _escape(ground.shapes))
    figure.add_block(
        "events", _to_json(pack(geojson, properties) if len(geojson["features"]) > ARTICLES_UP_TO else geojson)
    )
    _make_map(first_position(geojson) or (0.0, 20.0), ground).add_to(figure)
    return figure.render()


def _make_map(start: tuple[float, float], ground: Basemap) -> folium.Map:
    """folium's map and controls. It opens roughly on the events; the page fits it once it knows its own size."""
    longitude, latitude = start
    made = folium.Map(
        location=[latitude, longitude],
        zoom_start=2,
        tiles=None,
        zoom_snap=1 if ground.tiles else 0.25,  # Tiles blur between whole zooms; our canvases do not.
        # Without tiles folium drops min_zoom and max_zoom; these, in Leaflet's spelling, it passes on.
        minZoom=MIN_ZOOM,
        maxZoom=ground.max_zoom,
        attribution_control=False,
    )
    # jQuery, Bootstrap and the icon fonts, which folium brings along, have no use here.
    made.default_js = [link for link in made.default_js if link[0] in VENDORED]
    made.default_css = [link for link in made.default_css if link[0] in VENDORED]
    # branca's ids are random, and would make every page differ.
    made._id = "events"
    if ground.tiles:
        tiles = folium.TileLayer(tiles=ground.tiles, attr=" ", max_zoom=ground.max_zoom, control=False)
        tiles._id = "ground"
        tiles.add_to(made)
    return made


class _Figure(Figure):
    """A branca figure whose page is ours: vendored links, one policy, and data that no template engine reads."""

    def __init__(self, *, title: str, ground: Basemap) -> None:
        super().__init__()
        self.page_title = title
        self.ground = ground
        self.blocks: list[str] = []

    def add_block(self, name: str, text: str) -> None:
        """Adds JSON text, already escaped, that scripts find by `name`; compressed when it is long."""
        encoding = ""
        if len(text) > COMPRESS_ABOVE:
            # zlib's format, not gzip's: gzip's header differs between systems.
            text = base64.b64encode(zlib.compress(text.encode("utf-8"), 6)).decode("ascii")
            encoding = ' data-encoding="deflate"'
        self.blocks.append(f'<script type="application/json" id="data-{name}"{encoding}>{text}</script>')

    def render(self, **kwargs: Any) -> str:
        """The whole page."""
        for child in self._children.values():
            child.render(**kwargs)
        links = self._vendored()
        styles = [text for name, text in links if name.endswith(".css")] + [_asset("page.css")]
        scripts = [text for name, text in links if name.endswith(".js")]
        scripts += [self.script.render(**kwargs), our_script()]
        page = Template(_asset("page.html"))
        # One pass, and what is put in is not read again.
        return page.substitute(
            policy=_policy(styles, scripts, self.ground.host),
            title=html.escape(CONTROLS.sub(" ", self.page_title)),
            language=_words()["language"],
            **{name: html.escape(text) for name, text in _words()["page"].items()},
            styles="\n".join(f"<style>{text}</style>" for text in styles),
            map=self.html.render(**kwargs).strip(),
            data="\n".join(self.blocks),
            scripts="\n".join(f"<script>{text}</script>" for text in scripts),
        )

    def _vendored(self) -> list[tuple[str, str]]:
        """File name and text for each link in folium's header.

        The map's own header is left out: it forbids zooming the page, and page.css places the map. Raises
        MapAssetError for anything we do not know, which an upgrade of folium may bring.
        """
        known_markup = {"meta_http", *self._children}
        found = []
        for name, child in self.header._children.items():
            if isinstance(child, JavascriptLink | CssLink):
                if name not in VENDORED:
                    raise MapAssetError(f"folium asks for {name!r} ({child.url}), which is not vendored in maps/assets")
                found.append((VENDORED[name], _asset(VENDORED[name])))
            elif name not in known_markup:
                raise MapAssetError(f"folium puts {name!r} into the page's head, which page.py does not know")
        return found


def _asset(name: str) -> str:
    try:
        return (resources.files(__package__) / "assets" / name).read_text("utf-8")
    except OSError as error:
        raise MapAssetError(f"maps/assets/{name} is missing: install geoevents again ({error})") from error


def _words() -> dict[str, Any]:
    """The page's words, a table to a language; `page` holds those of page.html by name."""
    words: dict[str, Any] = json.loads(_asset("words.json"))
    return words


def _policy(styles: Iterable[str], scripts: Iterable[str], host: str | None) -> str:
    """The page's Content-Security-Policy: only the scripts and styles named here run, and nothing is fetched."""

    def hashes(texts: Iterable[str]) -> str:
        digests = (base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") for text in texts)
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes(scripts)}",
            f"style-src {hashes(styles)}",
            f"img-src data: blob:{' ' + host if host else ''}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _to_json(value: object) -> str:
    """JSON for a script block. Raises MapDataError for what JSON cannot hold: NaN, a date, a set, a cycle."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise MapDataError(f"the GeoJSON holds something that is not JSON: {error}") from error
    return _escape(LONE_SURROGATE.sub("\ufffd", text))


def _escape(text: str) -> str:
    """JSON text that neither HTML, nor JavaScript, nor Jinja can mistake for its own."""
    for letter, escape in UNSAFE_IN_SCRIPT.items():
        text = text.replace(letter, escape)
    return TEMPLATE_BRACE.sub(r"\\u007b", text)
