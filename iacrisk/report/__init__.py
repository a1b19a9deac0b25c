"""From an assessment to text. A renderer decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from iacrisk.assess import Assessment


class Format(StrEnum):
    """The formats of `iacrisk score`."""

    CONSOLE = "console"
    JSON = "json"
    MARKDOWN = "markdown"


def renderer(format_: Format) -> Callable[[Assessment], str]:
    """The function that renders `format_`; each is imported only when it is wanted."""
    match format_:
        case Format.CONSOLE:
            from iacrisk.report.console import render_console  # noqa: PLC0415

            return render_console
        case Format.JSON:
            from iacrisk.report.json_report import render_json  # noqa: PLC0415

            return render_json
        case Format.MARKDOWN:
            from iacrisk.report.markdown import render_markdown  # noqa: PLC0415

            return render_markdown
