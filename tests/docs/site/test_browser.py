"""The site in a real browser: nothing is fetched from elsewhere, and the search finds."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PAGES = ("index.html", "quickstart.html", "architecture.html", "rules/D02.html", "settings.html")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name above
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served on this machine."""
    handler = functools.partial(Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is in the extra `test`")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on PATH (see .ci/packages)")
    with api.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Watched:
    """A page of the browser, with what it asked of other hosts and complained about."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        """A fresh context with these options."""
        self.page = browser.new_context(**options).new_page()
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self._address = address
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)

    def open(self, page: str) -> Any:
        """The page, loaded to the end."""
        self.page.goto(self._address + page, wait_until="networkidle")
        return self.page

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
def test_pages_fit_and_ask_no_other_host(
    width: int, scheme: str, browser: Any, address: str
) -> None:
    size = {"width": width, "height": 844}
    watched = Watched(browser, address, viewport=size, color_scheme=scheme)
    too_wide = []
    for name in PAGES:
        page = watched.open(name)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            too_wide.append(name)

    assert (too_wide, watched.elsewhere, watched.complaints) == ([], [], [])


def test_the_search_finds_a_rule(browser: Any, address: str) -> None:
    watched = Watched(browser, address, viewport={"width": 1280, "height": 900})
    page = watched.open("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("stateful-replace")
    page.get_by_text("A resource that holds data is").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/D02.html*")

    assert (watched.elsewhere, watched.complaints) == ([], [])


def test_the_dark_scheme_follows_the_system(browser: Any, address: str) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = Watched(browser, address, color_scheme=scheme).open("index.html")
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert grounds[0] != grounds[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read_by_everybody(scheme: str, browser: Any, address: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    theirs = {"scrollable-region-focusable"}  # around wide tables, by the theme's own script
    watched = Watched(browser, address, color_scheme=scheme)
    found = [
        (name, fault["id"], fault["nodes"][0]["html"])
        for name in PAGES
        for fault in axe.run(watched.open(name)).response["violations"]
        if fault["impact"] in {"critical", "serious"} and fault["id"] not in theirs
    ]

    assert found == []
