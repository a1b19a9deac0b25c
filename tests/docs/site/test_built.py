"""The built site holds together, loads nothing, and a fault in it is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs.site.__main__ import build
from docs.site.built import faults_of
from docs.site.staging import Faulty, read_navigation, target_of
from tests.conftest import ROOT
from tests.docs.site.conftest import Checkout

INDEX = '<a href="a.html#one">a</a><link rel="next" href="a.html">'


@pytest.mark.parametrize(
    ("index", "page", "faults"),
    [
        (INDEX, '<h2 id="one">', []),
        (INDEX, '<h2 id="two">', ["index.html: a.html#one leads to no heading"]),
        (INDEX, '<h2 id="one"><a href="b.html">', ["a.html: b.html does not exist"]),
        (INDEX, '<h2 id="one"><img src="b.png">', ["a.html: b.png does not exist"]),
        (INDEX, '<h2 id="one"><a href="https://example.com">', []),
        (INDEX, '<h2 id="one"><script src="//cdn.example">', ["a.html loads //cdn.example"]),
        (INDEX, '<h2 id="one"><link rel="icon" href="https://c/i">', ["a.html loads https://c/i"]),
        ("", '<h2 id="one">', ["no link leads to a.html"]),
    ],
)
def test_a_fault_of_a_page_is_found(
    index: str, page: str, faults: list[str], tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(index, "utf-8")
    (tmp_path / "a.html").write_text(page, "utf-8")

    assert list(faults_of(tmp_path, ["index.md", "a.md"])) == faults


def test_a_style_that_loads_and_a_page_that_is_missing_are_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("", "utf-8")
    (tmp_path / "a.css").write_text("x{background:url(https://example.com/a.png)}", "utf-8")

    assert list(faults_of(tmp_path, ["index.md", "b.md"])) == [
        "b.md was not built",
        "a.css loads from elsewhere",
    ]


def test_every_page_is_in_the_site(site: Path) -> None:
    _, pages = read_navigation(ROOT)

    assert list(faults_of(site, [target_of(page) for page in pages])) == []


def test_a_link_that_breaks_in_the_built_site_is_found(site: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(site, tmp_path / "copy")
    (copy / "rules" / "D02.html").unlink()

    faults = list(faults_of(copy, ["rules/D02.md"]))
    assert "rules/D02.md was not built" in faults
    assert any(fault.startswith("rules/index.html: D02.html") for fault in faults)


def test_a_checkout_with_a_picture_that_is_missing_gives_no_site(
    checkout: Checkout, tmp_path: Path
) -> None:
    pytest.importorskip("zensical", reason="zensical is in the extra `docs`")
    root = checkout({"README.md": '# Home\n\n<img src="gone.png">\n'}, "- README.md\n")

    with pytest.raises(Faulty, match=r"index\.html: gone\.png does not exist"):
        build(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()
