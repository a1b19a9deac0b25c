"""From values to one HTML file that needs nothing else: no network, no other file.

Its content security policy allows the style and the script that stand in it, by their hashes, and
nothing beside them: no image, font, frame, form or connection. Everything works without the script.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec
from markupsafe import Markup

from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.page.values import PageView
from iacrisk.report.page.view import view_of
from iacrisk.report.page.wording import FILTERS, GLOBALS
from iacrisk.report.picture import picture_script, picture_style
from iacrisk.report.words import SOFT, verdict_words

HERE: Final = Path(__file__).parent
TEMPLATES: Final = HERE / "templates"
_ASSETS: Final = HERE / "assets"


class PlanOnPage(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of a page: judged, or the reason why it could not be."""

    name: str
    verdict: str
    verdict_words: str
    view: PageView | None
    problem: str = ""
    remedy: str = ""


def render_page(view: PageView) -> str:
    """The page on one plan."""
    return _render([_plan("", view)], view.headline, soft="")


def render_html_batch(batch: Batch) -> str:
    """The page on the plans of a run; several have an index at its head."""
    plans = [_judged(item) for item in batch.plans]
    if len(plans) == 1 and plans[0].view is not None:
        title = plans[0].view.headline
    else:
        title = f"{verdict_words(batch.verdict).upper()}: the worst of {len(plans)} plans"
    return _render(plans, title, soft=SOFT if batch.soft else "")


def environment(folder: Path | None = None) -> jinja2.Environment:
    """Jinja as the page uses it: everything is escaped, an unknown name is an error.

    `folder` holds further templates, which may import the page's `parts.html`.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*filter(None, [folder]), TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(GLOBALS)
    return made


@cache
def style() -> str:
    """The one style sheet, for the page and for the service."""
    return f"{(_ASSETS / 'page.css').read_text('utf-8')}\n{picture_style()}\n"


@cache
def script() -> str:
    """The page's script: filter, sort, search, keys, and the life of the pictures."""
    return f"{(_ASSETS / 'page.js').read_text('utf-8')}\n{picture_script()}"


@cache
def _environment() -> jinja2.Environment:
    return environment()


def _render(plans: list[PlanOnPage], title: str, soft: str) -> str:
    template = _environment().get_template("page.html")
    values: dict[str, Any] = {
        "plans": plans,
        "title": title,
        "soft": soft,
        "style": Markup(style()),  # noqa: S704 - ours
        "script": Markup(script()),  # noqa: S704 - ours
        "csp": content_policy(style(), script()),
    }
    return template.render(values)


def content_policy(style_text: str, script_text: str) -> str:
    """What the file may do: apply this style and run this script."""
    return (
        "default-src 'none'; "
        f"style-src {_source(style_text)}; script-src {_source(script_text)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _plan(name: str, view: PageView) -> PlanOnPage:
    return PlanOnPage(name=name, verdict=view.verdict, verdict_words=view.verdict_words, view=view)


def _judged(judged: JudgedPlan) -> PlanOnPage:
    if judged.assessment is not None:
        return _plan(judged.name, view_of(judged.assessment))
    fault = judged.fault or Fault(problem="It was not judged.")
    return PlanOnPage(
        name=judged.name,
        verdict=judged.verdict.value,
        verdict_words=verdict_words(judged.verdict).upper(),
        view=None,
        problem=fault.problem,
        remedy=fault.remedy,
    )
