"""The outputs of the action's score step, as lines for GITHUB_OUTPUT.

outputs.py FOLDER EXIT_CODE DELIMITER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(folder: Path, exit_code: str, delimiter: str) -> None:
    """Print each output; values of several lines stand between delimiters nobody can guess."""
    outputs = {
        "exit-code": exit_code,
        "comment": str(folder / "comment.md"),
        "report": str(folder / "report.json"),
        "sarif": str(folder / "report.sarif"),
        "headline": _headline(folder / "console.txt"),
        **_judged(folder / "report.json"),
    }
    for name, value in outputs.items():
        sys.stdout.write(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def _judged(report: Path) -> dict[str, str]:
    if not report.exists():
        return {"verdict": "could-not-review", "score": "", "held": ""}
    told: Any = json.loads(report.read_text("utf-8"))
    plans = [item["report"] for item in told["plans"]] if "plans" in told else [told]
    judged = [plan for plan in plans if plan is not None]
    waiting = [change for plan in judged for change in plan["changes"] if change["waits"]]
    return {
        "verdict": told["verdict"],
        "score": str(max((plan["score"] for plan in judged), default="")),
        "held": str(len(waiting)),
    }


def _headline(console: Path) -> str:
    lines = console.read_text("utf-8").splitlines() if console.exists() else []
    return "\n".join(lines[:2]) or "COULD NOT REVIEW"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
