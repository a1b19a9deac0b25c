"""The commands of `iacrisk`, and how exceptions become exit codes."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from iacrisk import __version__
from iacrisk.assess import AssessedChange, Assessment, Circumstances, assess
from iacrisk.cli.output import Outputs, emit, fail
from iacrisk.config import load_policy, workspace_name
from iacrisk.errors import IacriskError, UnknownAddress
from iacrisk.gate import Environment, Verdict
from iacrisk.graph import build_graph
from iacrisk.graph.export import GraphFormat, export_graph
from iacrisk.plan import Plan, decode_plan, read_plan
from iacrisk.report import Format

INTERNAL_ERROR = 1
COULD_NOT_REVIEW = Verdict.COULD_NOT_REVIEW.exit_code

app = typer.Typer(
    name="iacrisk",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Judge what a Terraform or OpenTofu plan does before it is applied.",
    epilog="Exit codes: 0 allowed, 1 internal error, 2 could not review, "
    "3 approval required, 4 blocked.",
)

PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="plan JSON (`terraform show -json`), or - for stdin")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="policy file; default: the nearest iacrisk.toml")
]
EnvironmentOption = Annotated[
    Environment | None, typer.Option("--environment", help="instead of detecting it")
]
WorkspaceOption = Annotated[
    str, typer.Option("--workspace", help="workspace name; default: from TF_WORKSPACE")
]
BaseOption = Annotated[
    Path | None,
    typer.Option("--base", help="directory with the configuration before the change"),
]
SourceOption = Annotated[
    Path | None, typer.Option("--source", help="directory with the configuration after the change")
]


def run() -> None:
    """Run the command line and exit with the documented codes."""
    try:
        app()
    except IacriskError as error:
        fail(str(error), COULD_NOT_REVIEW)
    except RecursionError:
        fail("The plan is nested too deeply to be judged.", COULD_NOT_REVIEW)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(INTERNAL_ERROR) from None
    except Exception as error:  # noqa: BLE001 - a front door: never pass, never show a value
        fail(
            f"iacrisk failed ({type(error).__name__}). This is a bug; the plan was not judged.",
            INTERNAL_ERROR,
        )


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="show the version and exit")] = False,
) -> None:
    """Judge what a Terraform or OpenTofu plan does before it is applied."""
    if version:
        emit(f"iacrisk {__version__}\n")
        raise typer.Exit


@app.command()
def score(
    plan: PlanArgument,
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="console, json or markdown; may be given several times"),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", help="file for the --format at the same place; - for stdout"),
    ] = None,
    config: ConfigOption = None,
    environment: EnvironmentOption = None,
    workspace: WorkspaceOption = "",
    base: BaseOption = None,
    source: SourceOption = None,
) -> None:
    """Score a plan, say who is hit, and gate by exit code."""
    targets = Outputs.pair(formats or [], outputs or [])
    assessment = _assess(plan, config, environment, workspace, base, source)
    targets.write(assessment)
    raise typer.Exit(assessment.decision.verdict.exit_code)


@app.command()
def explain(
    plan: PlanArgument,
    address: Annotated[str, typer.Argument(help="address of the change, as in the report")],
    config: ConfigOption = None,
    environment: EnvironmentOption = None,
    workspace: WorkspaceOption = "",
    base: BaseOption = None,
    source: SourceOption = None,
) -> None:
    """Tell the whole story of one change."""
    from iacrisk.report.explanation import render_explanation  # noqa: PLC0415

    assessment = _assess(plan, config, environment, workspace, base, source)
    emit(render_explanation(assessment, _find(assessment, address)))


@app.command()
def graph(
    plan: PlanArgument,
    format_: Annotated[GraphFormat, typer.Option("--format", help="output format")] = (
        GraphFormat.DOT
    ),
    focus: Annotated[str, typer.Option("--focus", help="only what lies around this address")] = "",
) -> None:
    """Print the resource graph."""
    decoded = _decode(plan)
    built = build_graph(decoded)
    if focus and built.node(focus) is None:
        raise UnknownAddress(f"The plan has no {decoded.redactor.text(focus)}.")
    for item in built.unresolved:
        text = decoded.redactor.text(f"{item.address}: {item.reference}: {item.why}")
        emit(f"not followed: {text}\n", to_stderr=True)
    emit(export_graph(built, decoded.redactor, format_, focus or None))


@app.command()
def rules(
    rule: Annotated[str, typer.Argument(help="rule id; without it all rules are listed")] = "",
) -> None:
    """List the rules, or print one's page."""
    from iacrisk.report.rulebook import render_rule, render_rules  # noqa: PLC0415

    emit(render_rule(rule) if rule else render_rules())


def _assess(
    plan: str,
    config: Path | None,
    environment: Environment | None,
    workspace: str,
    base: Path | None,
    source: Path | None,
) -> Assessment:
    here = Path.cwd()
    policy = load_policy(config, here)
    circumstances = Circumstances(
        today=datetime.datetime.now(tz=datetime.UTC).date(),
        workspace=workspace or workspace_name(here),
        environment=environment or "",
        unguarded=_unguarded(base, source),
    )
    return assess(_decode(plan), policy, circumstances)


def _decode(plan: str) -> Plan:
    return decode_plan(read_plan(plan))


def _unguarded(base: Path | None, source: Path | None) -> frozenset[str]:
    if base is None:
        return frozenset()
    from iacrisk.source import vanished_guards  # noqa: PLC0415 - parsing HCL loads slowly

    return vanished_guards(base, source)


def _find(assessment: Assessment, address: str) -> AssessedChange:
    for item in assessment.changes:
        if address in (item.address, item.change.address):
            return item
    shown = assessment.plan.redactor.text(address)
    if address in assessment.plan.by_label:
        raise UnknownAddress(f"{shown} does not change in this plan.")
    raise UnknownAddress(f"The plan has no change of {shown}.")
