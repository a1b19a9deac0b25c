"""Opens pages in a real Chromium and watches what they do."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from iacrisk.assess import Assessment
from iacrisk.report import Format, renderer
from tests.benchmark.generate import make_plan
from tests.report.page.test_view import judged

DESKTOP: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 390, "height": 844}


class Open(Protocol):
    """Opens a page in a fresh context; the test fails where it complains or asks for anything."""

    def __call__(self, page: str | Assessment, *, calm: bool = True, **options: Any) -> Any:
        """The loaded page of the browser. `options` are those of a browser context.

        `calm`: complaints fail the test.
        """


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium without a window; closed before other tests start theirs."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if path is None:
        pytest.skip("Chromium is not installed (see .ci/packages)")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """`opened(assessment, color_scheme="dark")`."""
    troubles: list[str] = []
    requests: list[str] = []
    with contextlib.ExitStack() as stack:

        def come(page: str | Assessment, *, calm: bool = True, **options: Any) -> Any:
            text = page if isinstance(page, str) else renderer(Format.HTML)(page)
            file = tmp_path / f"report-{len(list(tmp_path.iterdir()))}.html"
            file.write_text(text, "utf-8")
            context = chromium.new_context(**{"viewport": DESKTOP, **options})
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            asked = requests if calm else []
            return _watched(context.new_page(), file.as_uri(), troubles if calm else [], asked)

        yield come
    assert troubles == []
    own = tmp_path.as_uri()
    assert [address for address in requests if not address.startswith(own)] == []


def _watched(page: Any, address: str, troubles: list[str], requests: list[str]) -> Any:
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(f"a dialog: {dialog.message}"))
    page.on("console", lambda said: troubles.append(f"{said.type}: {said.text}"))
    page.on("request", lambda asked: requests.append(asked.url))
    page.goto(address)
    return page


@pytest.fixture(scope="session")
def ordinary() -> Assessment:
    """A plan of 120 changes, some of which wait and many of which are folded."""
    return judged(make_plan(120))


def shown(page: Any) -> list[str]:
    """The addresses of the changes that the filter leaves, folded ones included."""
    found: list[str] = page.eval_on_selector_all(
        ".change:not([hidden])",
        "rows => rows.map(row => row.querySelector('.address').textContent)",
    )
    return found
