"""A map in a notebook: shown inline, in a frame that what it shows cannot leave."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import open_browser
from eventsample import REPORT
from payloads import PAYLOADS

import geoevents


class Frames(HTMLParser):
    """All tags of what a notebook is given."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_drawn_map_is_the_saved_one(tmp_path: Path) -> None:
    page = geoevents.draw_map(REPORT, title="Hama")
    page.save(tmp_path / "a.html")
    geoevents.save_map(REPORT, tmp_path / "b.html", title="Hama")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes() == page.html.encode()
    with pytest.raises(geoevents.OutputError, match="must end in one of"):
        page.save(tmp_path / "a.pdf")


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_notebook_gets_one_frame_whatever_the_text(payload: str) -> None:
    page = geoevents.MapPage(html=f"<!DOCTYPE html><p>{payload}</p>")
    [(tag, attributes)] = Frames(page._repr_html_()).tags
    assert tag == "iframe"
    assert attributes["srcdoc"] == html.unescape(html.escape(page.html))
    assert "allow-same-origin" not in str(attributes["sandbox"])


def test_the_frame_draws_the_map_without_a_word_or_a_request(tmp_path: Path) -> None:
    path = tmp_path / "notebook.html"
    page = geoevents.draw_map(REPORT)
    path.write_text(
        f"<!DOCTYPE html><html data-ready=true><meta charset=utf-8><body>{page._repr_html_()}", encoding="utf-8"
    )
    with open_browser(tmp_path) as browser:
        browser.open(path)
        browser.driver.switch_to.frame(0)
        browser.wait("return document.querySelectorAll('.item').length > 0 || null")
        assert "2,200" in browser.text("body")
        browser.run("document.querySelector('.item').click()")
        browser.wait("return !document.getElementById('panel').hidden")
        assert (
            browser.run("try { return parent.document.title } catch (error) { return error.name }") == "SecurityError"
        )
        browser.driver.switch_to.default_content()
        visit = browser.visit()
        assert visit.requests == ()
        assert visit.console == ()
