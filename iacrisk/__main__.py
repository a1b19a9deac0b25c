"""Entry point of `iacrisk` and `python -m iacrisk`."""

from __future__ import annotations

import sys

from iacrisk import __version__


def main() -> None:
    """Run the command line; the version alone needs none of it."""
    if sys.argv[1:] == ["--version"]:
        print(f"iacrisk {__version__}")  # noqa: T201 - the fast path of a front door
        return
    from iacrisk.cli.app import run  # noqa: PLC0415 - after the fast path

    run()


if __name__ == "__main__":
    main()
