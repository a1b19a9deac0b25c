"""The arguments and options that commands share: each is declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iacrisk.provenance.provenance import Author
from iacrisk.report import Format

PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="plan JSON (`terraform show -json`), or - for stdin")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="policy file; default: the nearest iacrisk.toml")
]
EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--environment",
        help="production, staging, development or preview, instead of detecting it",
    ),
]
WorkspaceOption = Annotated[
    str, typer.Option("--workspace", help="workspace name; default: from TF_WORKSPACE")
]
PlansArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="PLAN...",
        help="plan JSON (`terraform show -json`), - for stdin, or a folder: every file in it "
        "whose name ends in plan.json; the worst verdict decides",
    ),
]
FormatOption = Annotated[
    list[Format] | None,
    typer.Option("--format", help=f"{', '.join(Format)}; may be given several times"),
]
ExitMapOption = Annotated[
    str,
    typer.Option(
        "--exit-map",
        help="other exit codes for hosts that need them, such as 3=0,4=1; 1 and 2 never become 0",
    ),
]
SoftOption = Annotated[
    bool, typer.Option("--soft", help="exit with 0 whatever the verdict, and say so")
]
OutputOption = Annotated[
    list[str] | None,
    typer.Option("--output", help="file for the --format at the same place; - for stdout"),
]
BaseOption = Annotated[
    str,
    typer.Option(
        "--base",
        help="configuration before the change: a directory, or a Git revision of --source",
    ),
]
SourceOption = Annotated[
    Path | None,
    typer.Option(
        "--source",
        help="directory with the configuration after the change; "
        "default: the plan's, when it holds .tf files",
    ),
]
ProvenanceOption = Annotated[
    Author | None,
    typer.Option(
        "--provenance", help="who wrote the change; beside it the CI host's variables are read"
    ),
]
CommitsOption = Annotated[
    str,
    typer.Option(
        "--commits",
        metavar="RANGE",
        help="read these commits of the --source's or working directory's repository for who "
        "wrote the change: BASE..HEAD, or BASE up to HEAD; "
        "default: those of the pull request that the CI host names",
    ),
]
ClaimOption = Annotated[
    str,
    typer.Option("--claim", help="what the change is said to do; what is outside it is a finding"),
]
ClaimFileOption = Annotated[
    Path | None,
    typer.Option("--claim-file", help="the same as a TOML or JSON file with types and actions"),
]
DataOption = Annotated[
    Path, typer.Option("--data", help="folder of recorded outcomes, one file for each plan")
]
ModelsOption = Annotated[
    Path | None, typer.Option("--models", help="folder of a model; default: the shipped one")
]
OUTCOMES = Path(".iacrisk") / "outcomes"
OWN_MODEL = Path(".iacrisk") / "model"

ApprovalsOption = Annotated[
    Path | None, typer.Option("--approvals", help="folder with approvals of this plan")
]
SettingsFileOption = Annotated[
    Path | None, typer.Option("--settings", help="TOML file with the service's settings")
]
SignersOption = Annotated[
    Path | None,
    typer.Option("--allowed-signers", help="whose keys count, in the format of ssh-keygen and Git"),
]
AuthorOption = Annotated[
    list[str] | None,
    typer.Option("--author", help="who wrote the change and may not approve it; several times"),
]
SubjectOption = Annotated[
    str,
    typer.Option(
        "--subject",
        help="what the plan is applied to beside the workspace, such as repository and directory; "
        "an approval holds for the same text only",
    ),
]
AuditOption = Annotated[
    Path | None, typer.Option("--audit", help="audit log to which the outcome is appended")
]
