"""Build the documentation site and check it.

    python -m docs.site FOLDER

FOLDER is made anew and has to lie outside of the checkout. Exits with 1, and names each fault,
where a link leads nowhere, a page is in no menu, or a page would load something from elsewhere.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from docs.site.built import faults_of
from docs.site.staging import Faulty, stage

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the site into the folder that the arguments name."""
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("folder", type=Path, help="where it is put, outside of the checkout")
    folder = parser.parse_args(arguments).folder.resolve()
    if folder.is_relative_to(ROOT):
        parser.error(f"{folder} lies in the checkout")
    if folder.exists() and any(folder.iterdir()) and not (folder / "sitemap.xml").exists():
        parser.error(f"{folder} holds something else than an earlier site")
    try:
        pages = build(ROOT, folder)
    except Faulty as fault:
        sys.exit(str(fault))
    print(f"{len(pages)} pages in {folder}")


def build(root: Path, folder: Path) -> list[str]:
    """The site of a checkout; returns the pages. Raises Faulty."""
    with tempfile.TemporaryDirectory() as work:
        pages = stage(root, Path(work))
        command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", "mkdocs.yml"]
        ran = subprocess.run(  # noqa: S603 - our own command
            command, cwd=work, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise Faulty(ran.stdout + ran.stderr)
        site = Path(work) / "site"
        faults = sorted(set(faults_of(site, pages)))
        if faults:
            raise Faulty("\n".join(faults))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(site, folder)
    return pages


if __name__ == "__main__":
    main()
