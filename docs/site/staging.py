"""The repository's Markdown as the generator takes it: copied, with its links put right."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any, Final

import yaml

from docs.site.diagrams import draw_diagrams
from docs.site.links import anchors, put_links, without_fences

_HERE: Final = "docs/site"
REPOSITORY: Final = "https://github.com/iacrisk/iacrisk"
_ASSETS: Final = frozenset({".json", ".png", ".svg", ".webp", ".html"})

Navigation = list[Any]


class Faulty(Exception):
    """The pages cannot become a site, or the site is not as it should be: a line for each fault."""


def stage(root: Path, folder: Path) -> list[str]:
    """Write the generator's input into `folder`; returns its pages. Raises Faulty."""
    navigation, pages = read_navigation(root)
    targets = {page: target_of(page) for page in pages}
    source = folder / "docs"
    faults: list[str] = []
    for page, target in targets.items():
        text = (root / page).read_text("utf-8")
        written = source / target
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(_staged(root, page, text, targets, faults), "utf-8")
        if half_indented(text):
            faults.append(f"{page}: what stands in a list needs four spaces: {half_indented(text)}")
    if faults:
        raise Faulty("\n".join(faults))
    for asset in (path for path in (root / "docs").rglob("*") if path.suffix in _ASSETS):
        copied = source / asset.relative_to(root / "docs")
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(asset, copied)
    shutil.copy(root / _HERE / "site.css", source)
    (folder / "mkdocs.yml").write_text(_configuration(root, navigation), "utf-8")
    return list(targets.values())


def half_indented(text: str) -> str:
    """The first line that GitHub takes for a part of a list and the site does not, or ""."""
    found = re.search(
        r"\n\n( {1,3}\S.*)|^( {1,3}(?:```|~~~|[-*] ).*)", without_fences(text), re.MULTILINE
    )
    return (found[1] or found[2]).strip() if found else ""


def target_of(page: str) -> str:
    """Where a page of the repository lies in the site's source."""
    path = PurePosixPath(page)
    name = "index.md" if path.name == "README.md" else path.name.lower()
    inside = path.parent.relative_to("docs") if path.parts[0] == "docs" else path.parent
    return str(inside / (path.name if path.parts[0] == "docs" and name != "index.md" else name))


def read_navigation(root: Path) -> tuple[Navigation, list[str]]:
    """The navigation with its globs filled in, and every page once. Raises Faulty."""
    listed = yaml.safe_load((root / _HERE / "navigation.yml").read_text("utf-8"))
    pages: list[str] = []
    navigation = [_entry(root, entry, pages) for entry in listed]
    known = {path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md")}
    missing = [page for page in pages if not (root / page).is_file()]
    faults = [f"navigation.yml does not name {page}" for page in sorted(known - set(pages))]
    faults += [f"navigation.yml names {page}, which does not exist" for page in missing]
    faults += [f"navigation.yml names {page} twice" for page, n in Counter(pages).items() if n > 1]
    if faults:
        raise Faulty("\n".join(faults))
    return navigation, pages


def _entry(root: Path, entry: Any, pages: list[str]) -> Any:
    """An entry of the navigation as the generator wants it; its pages are noted."""
    if isinstance(entry, dict):
        [(title, inner)] = entry.items()
        if isinstance(inner, list):
            return {title: [_entry(root, each, pages) for each in inner]}
        if "*" in inner:
            found = sorted(path.relative_to(root).as_posix() for path in root.glob(inner))
            return {title: [_entry(root, each, pages) for each in found or [inner]]}
        return {title: _entry(root, inner, pages)}
    pages.append(entry)
    return target_of(entry)


def _staged(root: Path, page: str, text: str, targets: Mapping[str, str], faults: list[str]) -> str:
    """The page's text for the site; each link that leads nowhere is a fault."""

    def put(path: str, anchor: str) -> str:
        found = normpath(str(PurePosixPath(page).parent / path)) if path else page
        if not (root / found).exists() or found.startswith(".."):
            faults.append(f"{page}: {path} does not exist")
            return path
        if anchor and found.endswith(".md") and anchor[1:] not in anchors(_read(root / found)):
            faults.append(f"{page}: {path}{anchor} leads to no heading")
        if not path:
            return anchor
        return _placed(root, page, found, targets) + anchor

    return draw_diagrams(put_links(text, put))


def _placed(root: Path, page: str, found: str, targets: Mapping[str, str]) -> str:
    """Where a link of a page to a file or folder of the repository leads in the site."""
    parent = str(PurePosixPath(targets[page]).parent)
    if found in targets:
        return relpath(targets[found], parent)
    if found.startswith("docs/") and PurePosixPath(found).suffix in _ASSETS:
        return relpath(found.removeprefix("docs/"), parent)
    kind = "tree" if (root / found).is_dir() else "blob"
    return f"{REPOSITORY}/{kind}/main/{found}"


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _configuration(root: Path, navigation: Navigation) -> str:
    """The generator's whole configuration."""
    look = (root / _HERE / "mkdocs.yml").read_text("utf-8")
    return f"{look}docs_dir: docs\nsite_dir: site\nnav: {json.dumps(navigation)}\n"
