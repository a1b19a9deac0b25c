"""The commands of `iacrisk`, and how exceptions become exit codes."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from iacrisk import __version__
from iacrisk.cli.answer import (
    INTERNAL_ERROR,
    Answer,
    Answered,
    Failure,
    asks_for_atlantis,
    failure_of,
    guarded,
    make_answer,
)
from iacrisk.cli.options import (
    OUTCOMES,
    OWN_MODEL,
    ApprovalsOption,
    AuditOption,
    AuthorOption,
    BaseOption,
    ClaimFileOption,
    ClaimOption,
    CommitsOption,
    ConfigOption,
    DataOption,
    EnvironmentOption,
    ExitMapOption,
    FormatOption,
    ModelsOption,
    OutputOption,
    PlanArgument,
    PlansArgument,
    ProvenanceOption,
    SettingsFileOption,
    SignersOption,
    SoftOption,
    SourceOption,
    SubjectOption,
    WorkspaceOption,
)
from iacrisk.cli.output import Outputs, emit
from iacrisk.report import GraphFormat
from iacrisk.training.outcome import HardHarm, Said

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


def run() -> None:
    """Run the command line and exit with the documented codes."""
    gc.disable()  # a run is short and makes few cycles; looking for them takes a third of it
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(INTERNAL_ERROR) from None
    except Answered:
        raise
    except SystemExit as left:
        if left.code in {None, 0} or not asks_for_atlantis():
            raise
        Answer(is_atlantis=True).tell(Failure(problem="The command cannot be understood."))
        raise SystemExit(0) from None
    except Exception as error:  # noqa: BLE001 - a front door: never pass, never show a value
        answer = Answer(is_atlantis=asks_for_atlantis())
        failure = failure_of(error)
        answer.tell(failure)
        raise SystemExit(answer.code(failure.exit_code)) from None


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
    plans: PlansArgument,
    formats: FormatOption = None,
    outputs: OutputOption = None,
    config: ConfigOption = None,
    environment: EnvironmentOption = "",
    workspace: WorkspaceOption = "",
    base: BaseOption = "",
    source: SourceOption = None,
    provenance: ProvenanceOption = None,
    commits: CommitsOption = "",
    claim: ClaimOption = "",
    claim_file: ClaimFileOption = None,
    exit_map: ExitMapOption = "",
    soft: SoftOption = False,
    approvals: ApprovalsOption = None,
    allowed_signers: SignersOption = None,
    authors: AuthorOption = None,
    subject: SubjectOption = "",
    audit: AuditOption = None,
) -> None:
    """Score plans, say who is hit, and gate by exit code."""
    targets = Outputs.pair(formats or [], outputs or [])
    answer = make_answer(exit_map, soft=soft, is_atlantis=targets.for_atlantis)

    def work() -> int:
        from iacrisk.cli import commands, scoring  # noqa: PLC0415 - help stays light

        inputs = commands.Inputs(
            config=config,
            environment=environment,
            workspace=workspace,
            base=base,
            source=source,
            provenance=provenance,
            commits=commits,
            claim=claim,
            claim_file=claim_file,
        )
        approving = commands.Approving(
            folder=approvals,
            allowed_signers=allowed_signers,
            authors=tuple(authors or ()),
            subject=subject,
        )
        task = scoring.Task(inputs=inputs, approving=approving, audit=audit)
        return scoring.score(plans, task, targets, answer)

    raise Answered(guarded(answer, work))


@app.command()
def diff(
    base: Annotated[
        str, typer.Argument(help="configuration before: a directory or a Git revision")
    ],
    head: Annotated[str, typer.Argument(help="configuration after: a directory or a Git revision")],
    formats: FormatOption = None,
    outputs: OutputOption = None,
    config: ConfigOption = None,
    environment: EnvironmentOption = "",
    workspace: WorkspaceOption = "",
    exit_map: ExitMapOption = "",
    soft: SoftOption = False,
) -> None:
    """Score a change of configuration provisionally, without a plan."""
    targets = Outputs.pair(formats or [], outputs or [])
    answer = make_answer(exit_map, soft=soft, is_atlantis=targets.for_atlantis)

    def work() -> int:
        from iacrisk.cli import commands  # noqa: PLC0415 - help stays light

        inputs = commands.Inputs(config=config, environment=environment, workspace=workspace)
        return commands.diff(base, head, inputs, targets, soft=soft)

    raise Answered(guarded(answer, work))


@app.command()
def explain(
    plan: PlanArgument,
    address: Annotated[str, typer.Argument(help="address of the change, as in the report")],
    config: ConfigOption = None,
    environment: EnvironmentOption = "",
    workspace: WorkspaceOption = "",
    base: BaseOption = "",
    source: SourceOption = None,
    provenance: ProvenanceOption = None,
    commits: CommitsOption = "",
    claim: ClaimOption = "",
    claim_file: ClaimFileOption = None,
) -> None:
    """Tell the whole story of one change."""
    from iacrisk.cli import commands  # noqa: PLC0415 - help stays light

    inputs = commands.Inputs(
        plan=plan,
        config=config,
        environment=environment,
        workspace=workspace,
        base=base,
        source=source,
        provenance=provenance,
        commits=commits,
        claim=claim,
        claim_file=claim_file,
    )
    commands.explain(inputs, address)


@app.command()
def graph(
    plan: PlanArgument,
    format_: Annotated[GraphFormat, typer.Option("--format", help="output format")] = (
        GraphFormat.DOT
    ),
    focus: Annotated[
        str,
        typer.Option(
            "--focus",
            help="only what lies around this address; picture: this, else the riskiest change",
        ),
    ] = "",
    by_module: Annotated[
        bool,
        typer.Option("--by-module", help="picture: all modules and what harm goes between them"),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Print the resource graph, or draw a change and who is hit by it (svg, png)."""
    from iacrisk.cli import commands  # noqa: PLC0415 - help stays light

    if format_.is_picture:
        inputs = commands.Inputs(plan=plan, config=config)
        commands.picture(inputs, format_, focus, by_module=by_module)
    else:
        commands.graph(plan, format_, focus)


@app.command()
def rules(
    rule: Annotated[str, typer.Argument(help="rule id; without it all rules are listed")] = "",
    config: ConfigOption = None,
    test: Annotated[
        str,
        typer.Option("--test", metavar="PLAN", help="say what your own rules do on this plan"),
    ] = "",
) -> None:
    """List the rules, your own among them, print one's page, or try your own on a plan."""
    from iacrisk.cli import commands  # noqa: PLC0415 - help stays light

    if test:
        commands.try_rules(commands.Inputs(plan=test, config=config), rule)
    else:
        commands.rules(rule, config)


@app.command()
def feedback(
    plan: PlanArgument,
    outcome: Annotated[
        Said,
        typer.Option(
            "--outcome",
            help="ok: nobody was hurt; incident: data, traffic, access or secrecy was lost; "
            "reverted: taken back without such harm",
        ),
    ],
    addresses: Annotated[
        list[str] | None,
        typer.Option("--address", help="address of who was hit; may be given several times"),
    ] = None,
    harm: Annotated[
        HardHarm, typer.Option("--harm", help="of an incident, the worst of it")
    ] = "outage",
    data: DataOption = OUTCOMES,
    group: Annotated[
        str,
        typer.Option(
            "--group",
            help="name of the root module; default: told from the resources when training",
        ),
    ] = "",
    note: Annotated[str, typer.Option("--note", help="a remark, kept with the outcome")] = "",
) -> None:
    """Record what a plan did, for `iacrisk train` to learn from."""
    from iacrisk.cli import learning  # noqa: PLC0415 - help stays light

    learning.feedback(
        plan,
        data,
        outcome=outcome,
        addresses=tuple(addresses or ()),
        harm=harm,
        group=group,
        note=note,
    )


@app.command()
def approve(
    plan: PlanArgument,
    key: Annotated[
        Path, typer.Option("--key", help="SSH key; of one in an agent, its public half")
    ],
    reason: Annotated[str, typer.Option("--reason", help="why the plan may go through")],
    expires: Annotated[
        str, typer.Option("--expires", help="how long the approval holds: 90m, 24h, 7d")
    ] = "24h",
    approver: Annotated[
        str, typer.Option("--approver", help="your name in allowed_signers; default: Git's e-mail")
    ] = "",
    approvals: Annotated[
        Path, typer.Option("--approvals", help="folder that the approval is written to")
    ] = Path("approvals"),
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    config: ConfigOption = None,
    environment: EnvironmentOption = "",
    workspace: WorkspaceOption = "",
    base: BaseOption = "",
    source: SourceOption = None,
    provenance: ProvenanceOption = None,
    commits: CommitsOption = "",
    claim: ClaimOption = "",
    claim_file: ClaimFileOption = None,
    subject: SubjectOption = "",
    audit: AuditOption = None,
) -> None:
    """Show what holds a plan, and sign that it may go through."""
    from iacrisk.cli import approvals as approving  # noqa: PLC0415 - help stays light
    from iacrisk.cli import commands  # noqa: PLC0415 - the same

    inputs = commands.Inputs(
        plan=plan,
        config=config,
        environment=environment,
        workspace=workspace,
        base=base,
        source=source,
        provenance=provenance,
        commits=commits,
        claim=claim,
        claim_file=claim_file,
    )
    asked = approving.Asked(
        key=key, reason=reason, expires=expires, approver=approver, folder=approvals, is_sure=yes
    )
    approving.approve(inputs, asked, subject, audit)


@app.command()
def verify_approval(
    file: Annotated[Path, typer.Argument(help="an approval")],
    plan: PlanArgument,
    allowed_signers: SignersOption = None,
    authors: AuthorOption = None,
    config: ConfigOption = None,
    environment: EnvironmentOption = "",
    workspace: WorkspaceOption = "",
    base: BaseOption = "",
    source: SourceOption = None,
    provenance: ProvenanceOption = None,
    commits: CommitsOption = "",
    claim: ClaimOption = "",
    claim_file: ClaimFileOption = None,
    subject: SubjectOption = "",
) -> None:
    """Tell what an approval says, and whether it counts for a plan."""
    from iacrisk.cli import approvals as approving  # noqa: PLC0415 - help stays light
    from iacrisk.cli import commands  # noqa: PLC0415 - the same

    inputs = commands.Inputs(
        plan=plan,
        config=config,
        environment=environment,
        workspace=workspace,
        base=base,
        source=source,
        provenance=provenance,
        commits=commits,
        claim=claim,
        claim_file=claim_file,
    )
    bench = commands.Approving(
        allowed_signers=allowed_signers, authors=tuple(authors or ()), subject=subject
    )
    raise typer.Exit(approving.verify_approval(file, inputs, bench))


token_app = typer.Typer(help="Tokens of the service's API.", no_args_is_help=True)
app.add_typer(token_app, name="token")


@token_app.command()
def create(
    name: Annotated[str, typer.Argument(help="what it is for, such as the name of a CI")],
    days: Annotated[int, typer.Option("--days", min=1, help="how long it holds")] = 365,
    settings: SettingsFileOption = None,
) -> None:
    """Make a token and print it, this once."""
    from iacrisk.cli import serving  # noqa: PLC0415 - help stays light

    serving.create_token(name, days, settings)


@token_app.command(name="list")
def list_(settings: SettingsFileOption = None) -> None:
    """List the tokens, without their secrets."""
    from iacrisk.cli import serving  # noqa: PLC0415 - help stays light

    serving.list_all_tokens(settings)


@token_app.command()
def revoke(
    token: Annotated[str, typer.Argument(help="its id, as it is listed")],
    settings: SettingsFileOption = None,
) -> None:
    """Let a token count no more."""
    from iacrisk.cli import serving  # noqa: PLC0415 - help stays light

    serving.revoke(token, settings)


audit_app = typer.Typer(help="The audit log.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")


@audit_app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="the audit log")],
    holds: Annotated[
        str, typer.Option("--holds", help="digest of an entry that has to be in it")
    ] = "",
) -> None:
    """Check an audit log: nothing altered, left out or cut off in the middle."""
    from iacrisk.cli.audit import verify_log  # noqa: PLC0415 - help stays light

    verify_log(file, holds)


@app.command()
def serve(settings: SettingsFileOption = None) -> None:
    """Answer run tasks of HCP Terraform, and give reviewers a page to decide on."""
    from iacrisk.cli import serving  # noqa: PLC0415 - help stays light

    serving.serve(settings)


@app.command()
def train(
    data: DataOption = OUTCOMES,
    output: Annotated[
        Path, typer.Option("--output", help="folder for the model; written only if it passes")
    ] = OWN_MODEL,
    key: Annotated[
        Path | None, typer.Option("--key", help="SSH key to sign the model with")
    ] = None,
    models: ModelsOption = None,
) -> None:
    """Learn from recorded outcomes, together with the lab's."""
    from iacrisk.cli import learning  # noqa: PLC0415 - help stays light

    learning.train(data, output, key, models)


@app.command(name="eval")
def evaluate(
    rows: Annotated[
        Path | None,
        typer.Option(
            "--rows", help="folder with the lab's rows; default: the examples beside the model"
        ),
    ] = None,
    models: ModelsOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="compare with the evaluation beside the model, too")
    ] = False,
) -> None:
    """Judge the model anew and print the tables of its card."""
    from iacrisk.cli import learning  # noqa: PLC0415 - help stays light

    learning.evaluate(rows, models, check=check)
