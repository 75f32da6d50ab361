"""A real browser without a network for tests: Chromium through Selenium, with its console and its requests."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
CHROMEDRIVER = ("/usr/bin/chromedriver", "chromedriver")
REQUIRE = "GEOEVENTS_REQUIRE_BROWSER"
DESKTOP = (1280, 800)
PHONE = (390, 844)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What happened on a page: console messages, and addresses asked for besides the page itself."""

    console: tuple[str, ...]
    requests: tuple[str, ...]


class Browser:
    """One Chromium, used for page after page."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> None:
        """Opens a page from disk and waits until its script has drawn it."""
        self._command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._command(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False
        )
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(page.as_uri())
        self.wait("return document.documentElement.dataset.ready === 'true'")

    def run(self, script: str, *arguments: object) -> Any:
        """Runs the body of a function in the page (not held by its policy) and returns what it returns."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, seconds: float = 10) -> None:
        """Waits until a script returns something true."""
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.driver, seconds, poll_frequency=0.02).until(lambda driver: driver.execute_script(script))

    def text(self, selector: str) -> str:
        """textContent of the first element that matches: the text as it is, not as it is laid out."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def press(self, *keys: str) -> None:
        """Presses keys where the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def click_at(self, x: float, y: float) -> None:
        """Clicks a point of the window with a real mouse."""
        for kind in ("mousePressed", "mouseReleased"):
            self._command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Drags from one point of the window to another with a real mouse."""
        for kind, at in (
            ("mousePressed", (x, y)),
            ("mouseMoved", ((x + to_x) / 2, (y + to_y) / 2)),
            ("mouseMoved", (to_x, to_y)),
            ("mouseReleased", (to_x, to_y)),
        ):
            self._command("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)

    def print_preview(self, script: str) -> tuple[Any, ...]:
        """The sheet's width and height in points when printed, and what a script returns on the page for print."""
        made = base64.b64decode(self._command("Page.printToPDF", preferCSSPageSize=True)["data"])
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made)
        assert box, "a PDF without pages"
        self._command("Emulation.setEmulatedMedia", media="print")
        try:
            return ((round(float(box[1])), round(float(box[2]))), *self.run(script))
        finally:
            self._command("Emulation.setEmulatedMedia", media="")

    def cpu_seconds(self) -> float:
        """CPU time that the page's main thread has spent on tasks: what a busy machine does not stretch."""
        self._command("Performance.enable", timeDomain="threadTicks")
        metrics = self._command("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")

    def visit(self) -> Visit:
        """What the console and the network saw since the page was opened."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                params = message["params"]
                asked.append(str(params.get("url") or params["request"]["url"]))
        own = self.driver.current_url
        console = tuple(f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser"))
        return Visit(console=console, requests=tuple(url for url in asked if url.split("#")[0] != own.split("#")[0]))

    def shoot(self, path: Path) -> None:
        """Saves a picture of the window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))

    def _command(self, command: str, **parameters: object) -> Any:
        return self.driver.execute_cdp_cmd(command, parameters)


def _find(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def open_browser(downloads: Path) -> Iterator[Browser]:
    """A headless Chromium that cannot reach anything. Skips the test where there is none, or fails it if
    GEOEVENTS_REQUIRE_BROWSER=1."""
    chromium, chromedriver = _find(CHROMIUM), _find(CHROMEDRIVER)
    if not chromium or not chromedriver:
        missing = "no Chromium" if not chromium else "no chromedriver"
        reason = f"{missing} on this machine: `apt-get install chromium chromium-driver` runs the browser tests"
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--lang=en",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=chromedriver))
    try:
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        yield Browser(driver)
    finally:
        driver.quit()
