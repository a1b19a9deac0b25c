"""From an assessment to text. A renderer decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iacrisk.assess import Assessment


class Format(StrEnum):
    """The formats of `iacrisk score`."""

    CONSOLE = "console"
    JSON = "json"
    MARKDOWN = "markdown"


class GraphFormat(StrEnum):
    """The formats of `iacrisk graph`."""

    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"
    JSON = "json"


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
