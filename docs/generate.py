"""Write the generated documentation, or check that it is fresh.

    python -m docs.generate [--check]

Whole pages are generated into docs/: rules/, settings.md, commands.md and schema/. In pages
written by hand, what stands between `<!-- begin NAME -->` and `<!-- end -->` is generated.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs.pages import whole_pages
from docs.parts import PARTS
from docs.site.staging import Faulty, read_navigation

ROOT = Path(__file__).resolve().parent.parent
WHOLE_FOLDERS = ("docs/rules", "docs/schema")
_PART = re.compile(
    r"(?P<begin><!-- begin (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every file that is not as it should be; with --check, name them and fail.

    A page that the menu of the site does not name is a failure as well.
    """
    parser = argparse.ArgumentParser(description="Generate the documentation.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where stale")
    asked = parser.parse_args(arguments)
    wrong = stale_files(ROOT)
    for path, text in wrong.items():
        print(f"{'stale' if asked.check else 'written'}: {path}")
        if not asked.check:
            _put(ROOT / path, text)
    if asked.check and wrong:
        sys.exit("Run: python -m docs.generate")
    try:
        read_navigation(ROOT)
    except Faulty as fault:
        sys.exit(f"The site's menu, docs/site/navigation.yml: {fault}")


def stale_files(root: Path) -> dict[str, str | None]:
    """The files that differ from what they should hold, with that text; None for leftovers."""
    wanted: dict[str, str | None] = {**whole_pages(), **_pages_with_parts(root)}
    for folder in WHOLE_FOLDERS:
        for path in (root / folder).glob("*"):
            wanted.setdefault(path.relative_to(root).as_posix(), None)
    return {path: text for path, text in sorted(wanted.items()) if _held(root / path) != text}


def fill_parts(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """`text` with every marked part filled anew; raises KeyError for a name nobody makes."""

    def filled(match: re.Match[str]) -> str:
        return f"{match['begin']}\n{parts[match['name']]().strip()}\n\n{match['end']}"

    return _PART.sub(filled, text)


def _pages_with_parts(root: Path) -> dict[str, str]:
    pages = [root / "README.md", *(root / "docs").glob("*.md")]
    texts = {page.relative_to(root).as_posix(): page.read_text("utf-8") for page in pages}
    return {path: fill_parts(text, PARTS) for path, text in texts.items() if _PART.search(text)}


def _held(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def _put(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
