"""Pages become the generator's input only where every one has its place and every link leads on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docs.site.links import anchors, links
from docs.site.staging import Faulty, stage
from tests.conftest import ROOT
from tests.docs.site.conftest import Checkout

PAGES = {"README.md": "# Home\n\n[a](docs/a.md#one)\n", "docs/a.md": "# A\n\n## One\n\nText.\n"}
NAVIGATION = "- Home: README.md\n- docs/a.md\n"


def staged(root: Path, folder: Path) -> str:
    stage(root, folder)
    return (folder / "docs" / "index.md").read_text("utf-8")


def test_links_between_pages_stay_links_between_pages(checkout: Checkout, tmp_path: Path) -> None:
    root = checkout(PAGES, NAVIGATION)

    assert staged(root, tmp_path / "out") == "# Home\n\n[a](a.md#one)\n"


def test_what_is_no_page_is_linked_in_the_repository(checkout: Checkout, tmp_path: Path) -> None:
    home = "[s](iacrisk/assess.py) [f](fixtures) [j](docs/schema/a.json)\n"
    files = {"iacrisk/assess.py": "", "fixtures/x": "", "docs/schema/a.json": "{}"}
    root = checkout(PAGES | files | {"README.md": home}, NAVIGATION)

    assert staged(root, tmp_path / "out") == (
        "[s](https://github.com/iacrisk/iacrisk/blob/main/iacrisk/assess.py) "
        "[f](https://github.com/iacrisk/iacrisk/tree/main/fixtures) [j](schema/a.json)\n"
    )
    assert (tmp_path / "out" / "docs" / "schema" / "a.json").read_text() == "{}"


def test_code_and_addresses_on_the_web_stay(checkout: Checkout, tmp_path: Path) -> None:
    home = "`[x](gone.md)` [w](https://example.com/a.md)\n\n```md\n[y](gone.md)\n```\n"
    root = checkout(PAGES | {"README.md": home}, NAVIGATION)

    assert staged(root, tmp_path / "out") == home


@pytest.mark.parametrize(
    ("pages", "navigation", "fault"),
    [
        (PAGES, "- README.md\n", "navigation.yml does not name docs/a.md"),
        (PAGES, NAVIGATION + "- docs/b.md\n", "names docs/b.md, which does not exist"),
        (PAGES, NAVIGATION + "- Again:\n  - docs/a.md\n", "names docs/a.md twice"),
        (PAGES, NAVIGATION + "- B: docs/b*.md\n", "names docs/b*.md, which does not exist"),
        (PAGES | {"docs/a.md": "[x](b.md)"}, NAVIGATION, "docs/a.md: b.md does not exist"),
        (PAGES | {"docs/a.md": "[x](../../b)"}, NAVIGATION, "docs/a.md: ../../b does not exist"),
        (PAGES | {"docs/a.md": "# A"}, NAVIGATION, "README.md: docs/a.md#one leads to no heading"),
        (PAGES | {"docs/a.md": "## One\n[x](#two)"}, NAVIGATION, "docs/a.md: #two leads to no"),
        (PAGES | {"docs/a.md": "## One\n- x\n\n  more"}, NAVIGATION, "needs four spaces: more"),
        (PAGES | {"docs/a.md": "## One\n- x\n  - y"}, NAVIGATION, "needs four spaces: - y"),
        (PAGES | {"docs/a.md": "## One\n- x\n  ```\n  ```"}, NAVIGATION, "four spaces: ```"),
    ],
)
def test_a_fault_is_named(
    pages: dict[str, str], navigation: str, fault: str, checkout: Checkout, tmp_path: Path
) -> None:
    with pytest.raises(Faulty) as raised:
        stage(checkout(pages, navigation), tmp_path / "out")

    assert fault in str(raised.value)


def test_a_glob_gives_a_section_in_order(checkout: Checkout, tmp_path: Path) -> None:
    pages = {f"docs/r/{name}.md": f"# {name}" for name in ("B2", "B1")}
    root = checkout(PAGES | pages, NAVIGATION + "- Rules: docs/r/*.md\n")
    stage(root, tmp_path / "out")
    written = (tmp_path / "out" / "mkdocs.yml").read_text("utf-8").partition("\nnav: ")[2]

    assert yaml.safe_load(written)[-1] == {"Rules": ["r/B1.md", "r/B2.md"]}


def test_every_page_of_this_checkout_is_in_the_menu_and_its_links_lead_on(tmp_path: Path) -> None:
    pages = stage(ROOT, tmp_path / "out")

    assert {"index.md", "rules/D02.md", "hosts/index.md", "changelog.md"} <= set(pages)


def test_headings_have_the_anchors_of_github() -> None:
    page = (
        "# One & two\n## `a_b` c\n## Same\n## Same\n```\n# no heading\n```\n### [L](x.md)'s *end*\n"
    )

    assert anchors(page) == {"one--two", "a_b-c", "same", "same-1", "ls-end"}
    assert links(page) == [("x.md", "")]


@pytest.mark.parametrize("folder", [ROOT / "site", ROOT / "docs", ROOT.parent])
def test_nothing_but_an_earlier_site_is_overwritten(folder: Path) -> None:
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "docs.site", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 2
    assert "lies in the checkout" in ran.stderr or "something else" in ran.stderr
