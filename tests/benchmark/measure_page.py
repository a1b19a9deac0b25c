"""Measure the HTML report in a real browser.

    python -m tests.benchmark.measure_page [CHANGES ...] [--runs N]

For each size a plan is generated and judged, the page written, and opened N times in a fresh
context of headless Chromium. The table shows medians: how long writing it took, its size, when the
first content was painted, when everything was read, how long a search and a sort take until the
next frame, and how many elements the page has. Nothing is asserted: the machine decides about
seconds.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from playwright.sync_api import sync_playwright

from iacrisk.assess import Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan
from iacrisk.report import Format, renderer
from tests.benchmark.generate import make_plan

SIZES = (30, 400, 5000)
TODAY = datetime.date(2026, 3, 1)
_TIMES = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const [whole] = performance.getEntriesByType("navigation");
  return [paint.startTime, whole.loadEventEnd];
}"""
_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
_SEARCH = f"""async () => {{
  const form = document.querySelector(".filters");
  const start = performance.now();
  form.text.value = "aws_db_instance";
  form.dispatchEvent(new Event("input"));
  await {_FRAME};
  return performance.now() - start;
}}"""
_SORT = f"""async () => {{
  const start = performance.now();
  document.querySelector("[data-sort=address]")?.click();
  await {_FRAME};
  return performance.now() - start;
}}"""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One opening of a page, in milliseconds."""

    painted: float
    loaded: float
    search: float
    sort: float
    elements: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the HTML report in Chromium.")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="CHANGES")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args(arguments)
    print(
        "| changes | written s | MB | first paint ms | loaded ms | search ms | sort ms | elements |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for size in asked.sizes:
            print(_row(size, browser, Path(folder), asked.runs))
        browser.close()


def _row(size: int, browser: Any, folder: Path, runs: int) -> str:
    assessment = assess(decode_plan(make_plan(size)), Policy(), Circumstances(today=TODAY))
    start = time.perf_counter()
    text = renderer(Format.HTML)(assessment)
    written = time.perf_counter() - start
    file = folder / f"{size}.html"
    file.write_text(text, "utf-8")
    found = [_open(browser, file.as_uri()) for _ in range(runs)]
    cells = [
        f"{size:,}",
        f"{written:.2f}",
        f"{len(text.encode()) / 1e6:.2f}",
        *(
            f"{median(getattr(each, name) for each in found):,.0f}"
            for name in Opened.__struct_fields__
        ),
    ]
    return f"| {' | '.join(cells)} |"


def _open(browser: Any, address: str) -> Opened:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(200)
    painted, loaded = page.evaluate(_TIMES)
    search, sort = page.evaluate(_SEARCH), page.evaluate(_SORT)
    elements = page.evaluate("document.querySelectorAll('*').length")
    context.close()
    return Opened(painted=painted, loaded=loaded, search=search, sort=sort, elements=elements)


if __name__ == "__main__":
    main()
