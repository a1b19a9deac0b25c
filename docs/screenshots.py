"""Take the pictures of the page that the documentation shows.

    python -m docs.screenshots [FOLDER] [--only TEXT]

Writes small PNGs into docs/images, or into FOLDER: three sizes of plan, light and dark, desk and
phone, to be looked at after a change of the page. Needs Chromium and Playwright (extra `test`);
what letters look like depends on the machine's fonts.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from playwright.sync_api import sync_playwright

from docs.merged import merged_plan
from iacrisk.assess import Circumstances, assess
from iacrisk.classifier import MODEL_FOLDER, load_hit_model, load_model
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan
from iacrisk.report import Format, renderer
from tests.benchmark.generate import make_plan

IMAGES: Final = Path(__file__).resolve().parent / "images"
LARGEST: Final = 200_000
"""Bytes of a picture."""
TODAY: Final = datetime.date(2026, 11, 1)
DESK: Final = (1280, 860)
PHONE: Final = (390, 844)
_OPEN: Final = (
    "id => { const row = document.getElementById(id); row.open = true; row.scrollIntoView() }"
)


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One picture: of which page, how large, and what was done before."""

    name: str
    page: str
    size: tuple[int, int] = DESK
    scheme: str = "light"
    change: int | None = None
    script: str = ""


SHOTS: Final = (
    Shot(name="page-30", page="30"),
    Shot(name="page-30-dark", page="30", scheme="dark"),
    Shot(name="page-30-phone", page="30", size=PHONE),
    Shot(name="page-change", page="30", change=1, size=(1280, 1180)),
    Shot(name="page-change-phone", page="30", change=1, size=PHONE),
    Shot(name="page-change-dark", page="30", change=3, size=(1280, 1000), scheme="dark"),
    Shot(name="page-400", page="400"),
    Shot(name="page-400-dark", page="400", scheme="dark"),
    Shot(name="page-400-phone", page="400", size=PHONE),
    Shot(name="page-5000", page="5000"),
    Shot(
        name="page-5000-filtered",
        page="5000",
        size=(1280, 720),
        script="const form = document.querySelector('.filters'); form.waits.checked = true;"
        " form.text.value = 'aws_db_instance'; form.dispatchEvent(new Event('input'));"
        " form.scrollIntoView()",
    ),
    Shot(name="page-5000-dark", page="5000", scheme="dark"),
    Shot(name="page-5000-phone", page="5000", size=PHONE, scheme="dark"),
)
PLANS: Final[dict[str, Callable[[], bytes]]] = {
    "30": merged_plan,
    "400": lambda: make_plan(400),
    "5000": lambda: make_plan(5000),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of the page.")
    parser.add_argument("folder", nargs="?", type=Path, default=IMAGES)
    parser.add_argument("--only", default="", help="those whose names hold this")
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if asked.only in shot.name]
    with tempfile.TemporaryDirectory() as scratch:
        pages = dict(_pages({shot.page for shot in shots}, Path(scratch)))
        for shot, picture in _taken(shots, pages):
            target = asked.folder / f"{shot.name}.png"
            target.write_bytes(picture)
            large = "  TOO LARGE" if len(picture) > LARGEST else ""
            print(f"{len(picture) / 1000:6.0f} kB  {target.name}{large}")


def _pages(wanted: set[str], scratch: Path) -> Iterator[tuple[str, str]]:
    for name in sorted(wanted):
        assessment = assess(
            decode_plan(PLANS[name]()),
            Policy(),
            Circumstances(today=TODAY),
            load_model(MODEL_FOLDER, None),
            load_hit_model(MODEL_FOLDER, None),
        )
        file = scratch / f"{name}.html"
        file.write_text(renderer(Format.HTML)(assessment), "utf-8")
        yield name, file.as_uri()


def _taken(shots: Sequence[Shot], pages: dict[str, str]) -> Iterator[tuple[Shot, bytes]]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in shots:
            yield shot, _take(browser, shot, pages[shot.page])
        browser.close()


def _take(browser: Any, shot: Shot, address: str) -> bytes:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,
        reduced_motion="reduce",
        device_scale_factor=2 if shot.size == PHONE else 1,
    )
    page = context.new_page()
    page.goto(address)
    if shot.change is not None:
        page.evaluate(_OPEN, f"p1-c{shot.change}")
    if shot.script:
        page.evaluate(f"() => {{ {shot.script} }}")
    page.wait_for_timeout(150)
    picture: bytes = page.screenshot()
    context.close()
    return picture


if __name__ == "__main__":
    main()
