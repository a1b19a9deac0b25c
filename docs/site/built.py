"""What the built site has to be, whoever built it: its links lead somewhere, it loads nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

_LOADING: Final = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
_NAMING: Final = {"canonical", "next", "prev"}
"""What a `link` may be for that loads nothing."""
_STYLE_LOADS: Final = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"](?:https?:)?//")


class Page(HTMLParser):
    """The anchors of a page, where it leads and what it loads."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__(convert_charrefs=True)
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag names."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "link" and found.get("rel") in _NAMING:
            return
        self.loads += [found[name] for name in _LOADING.get(tag, ()) if name in found]


def faults_of(site: Path, pages: list[str]) -> Iterator[str]:
    """What is wrong with a built site that should have these pages, a line for each fault."""
    built = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    for wanted in pages:
        if wanted.removesuffix(".md") + ".html" not in built:
            yield f"{wanted} was not built"
    read = {name: Page(path.read_text("utf-8")) for name, path in _of(built, ".html")}
    for name, page in read.items():
        for target in (*page.links, *page.loads):
            yield from _leads_nowhere(site, name, target, read)
        for loaded in page.loads:
            if urlsplit(loaded).netloc:
                yield f"{name} loads {loaded}"
    for name, path in _of(built, ".css"):
        if _STYLE_LOADS.search(path.read_text("utf-8")):
            yield f"{name} loads from elsewhere"
    yield from _unreached(read)


def _of(built: dict[str, Path], suffix: str) -> list[tuple[str, Path]]:
    return sorted((name, path) for name, path in built.items() if name.endswith(suffix))


def _leads_nowhere(site: Path, name: str, target: str, read: dict[str, Page]) -> Iterator[str]:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return
    path = unquote(parts.path)
    base = site if path.startswith("/") else (site / name).parent
    found = (base / path.lstrip("/")).resolve() if path else site / name
    if found.is_dir():
        found /= "index.html"
    if not found.is_file():
        yield f"{name}: {target} does not exist"
        return
    inside = found.relative_to(site).as_posix()
    if parts.fragment and inside in read and unquote(parts.fragment) not in read[inside].anchors:
        yield f"{name}: {target} leads to no heading"


def _unreached(read: dict[str, Page]) -> Iterator[str]:
    """Pages that no chain of links from the first page leads to."""
    seen, ahead = set(), ["index.html"]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in read:
            continue
        seen.add(name)
        parent = Path(name).parent
        for link in read[name].links:
            parts = urlsplit(link)
            if parts.path and not parts.netloc:
                ahead.append(_normal(parent / unquote(parts.path)))
    yield from (f"no link leads to {name}" for name in sorted(set(read) - seen - {"404.html"}))


def _normal(path: Path) -> str:
    kept: list[str] = []
    for part in path.parts:
        if part == "..":
            kept = kept[:-1]
        else:
            kept.append(part)
    return "/".join(kept)
