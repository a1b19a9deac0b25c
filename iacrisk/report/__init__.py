"""From an assessment to text. A renderer decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iacrisk.assess import Assessment
    from iacrisk.report.batch import Batch


class Format(StrEnum):
    """The formats of `iacrisk score`."""

    CONSOLE = "console"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    ATLANTIS = "atlantis"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    AZURE = "azure"
    GITLAB_TERRAFORM = "gitlab-terraform"
    GITLAB_CODEQUALITY = "gitlab-codequality"


class GraphFormat(StrEnum):
    """The formats of `iacrisk graph`."""

    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"
    JSON = "json"
    SVG = "svg"
    PNG = "png"

    @property
    def is_picture(self) -> bool:
        """Whether it shows one change and who is around it, as the assessment says."""
        return self in {GraphFormat.SVG, GraphFormat.PNG}


def renderer(format_: Format) -> Callable[[Assessment], str]:
    """The function that renders one assessment as `format_`."""
    from iacrisk.report.batch import Batch, JudgedPlan  # noqa: PLC0415 - `--help` needs no values

    render = batch_renderer(format_)
    return lambda assessment: render(Batch(plans=(JudgedPlan(assessment=assessment),)))


def batch_renderer(format_: Format) -> Callable[[Batch], str]:
    """The function that renders `format_`; each is imported only when it is wanted."""
    match format_:
        case Format.CONSOLE:
            from iacrisk.report.console_batch import render_console_batch  # noqa: PLC0415

            return render_console_batch
        case Format.JSON:
            from iacrisk.report.json_batch import render_json_batch  # noqa: PLC0415

            return render_json_batch
        case Format.MARKDOWN:
            from iacrisk.report.markdown_batch import render_markdown_batch  # noqa: PLC0415

            return render_markdown_batch
        case Format.HTML:
            from iacrisk.report.page.render import render_html_batch  # noqa: PLC0415

            return render_html_batch
        case Format.ATLANTIS:
            from iacrisk.report.atlantis import render_atlantis  # noqa: PLC0415

            return render_atlantis
        case Format.SARIF:
            from iacrisk.report.sarif import render_sarif  # noqa: PLC0415

            return render_sarif
        case Format.JUNIT:
            from iacrisk.report.junit import render_junit  # noqa: PLC0415

            return render_junit
        case Format.GITHUB:
            from iacrisk.report.annotations import render_github  # noqa: PLC0415

            return render_github
        case Format.AZURE:
            from iacrisk.report.annotations import render_azure  # noqa: PLC0415

            return render_azure
        case Format.GITLAB_TERRAFORM:
            from iacrisk.report.gitlab import render_terraform  # noqa: PLC0415

            return render_terraform
        case Format.GITLAB_CODEQUALITY:
            from iacrisk.report.gitlab import render_code_quality  # noqa: PLC0415

            return render_code_quality
