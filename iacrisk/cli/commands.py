"""What the commands do; imported when one runs, so that help and version stay light."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment, Circumstances, assess
from iacrisk.classifier import HitModel, Model, load_hit_model, load_model
from iacrisk.classifier.loading import place_of
from iacrisk.cli.checkout import main_file, repository, seen_from
from iacrisk.cli.output import Outputs, emit, emit_bytes
from iacrisk.config import Settings, host_variables, load_settings, workspace_name
from iacrisk.errors import SettingsError, UnknownAddress, UnknownRule, UnusableModel
from iacrisk.gate import Environment, ModelUse, Policy
from iacrisk.graph import build_graph
from iacrisk.plan import STDIN, Plan, decode_plan, read_plan
from iacrisk.provenance import NOTHING_TOLD, Author, Claim, Text, Told
from iacrisk.provenance.claim import without_numbers
from iacrisk.report import GraphFormat
from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.plain import plain
from iacrisk.source import Edits, Located, SourceFacts, holds_configuration, locate

if TYPE_CHECKING:
    from iacrisk.report.picture import Scene

_TOLD_EVERY: Final = 200


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """What the commands that judge a plan are given."""

    plan: str = ""
    config: Path | None = None
    environment: str = ""
    workspace: str = ""
    base: str = ""
    source: Path | None = None
    provenance: Author | None = None
    commits: str = ""
    claim: str = ""
    claim_file: Path | None = None
    one_of_several: bool = False


class Approving(msgspec.Struct, frozen=True, kw_only=True):
    """Where approvals are and whom they count from."""

    folder: Path | None = None
    allowed_signers: Path | None = None
    authors: tuple[str, ...] = ()
    subject: str = ""


NO_APPROVALS: Final = Approving()


def diff(base: str, head: str, inputs: Inputs, outputs: Outputs, *, soft: bool = False) -> int:
    """Write the reports of what the text alone tells; returns the exit code of the verdict."""
    from iacrisk.source.comparison import compare  # noqa: PLC0415 - parsing HCL loads slowly
    from iacrisk.source.hcl import Parsing  # noqa: PLC0415 - the same
    from iacrisk.source.provisional import provisional_plan  # noqa: PLC0415 - the same
    from iacrisk.source.trees import open_tree  # noqa: PLC0415 - the same

    folders = [Path(stated) if Path(stated).is_dir() else None for stated in (base, head)]
    beside = next((folder for folder in reversed(folders) if folder), Path.cwd())
    with open_tree(base, beside) as before, open_tree(head, beside) as after:
        parse = Parsing()
        made = provisional_plan(before, after, _tell_progress, parse)
        edits = compare(before, after, parse=parse)
    plan = decode_plan(made.plan_json)
    located = _locate(folders[1], plan)
    facts = SourceFacts(
        places=located.places if located else {}, edits=edits, provisional=made.undecided
    )
    settings = load_settings(inputs.config, Path.cwd())
    around = _circumstances(inputs, settings, facts, "")  # the model of risk knows plans
    assessment = _assess_quietly(plan, settings.policy, around)
    root = repository()
    judged = JudgedPlan(name=head, main=main_file(folders[1] or Path()), assessment=assessment)
    folder = seen_from(root, Path.cwd())
    outputs.write(Batch(plans=(judged,), soft=soft, folder=folder, root=root.as_posix()))
    return assessment.decision.verdict.exit_code


def explain(inputs: Inputs, address: str) -> None:
    """Print the story of one change; raises UnknownAddress."""
    from iacrisk.report.explanation import render_explanation  # noqa: PLC0415 - rarely wanted

    assessment = _assess(inputs)
    emit(render_explanation(assessment, _find(assessment, address)))


def picture(inputs: Inputs, format_: GraphFormat, focus: str, *, by_module: bool) -> None:
    """Print the picture of one resource, of the riskiest change, or of all modules."""
    scene = _scene(inputs, focus, by_module=by_module)
    if format_ is GraphFormat.PNG:
        from iacrisk.report.picture.png import render_png  # noqa: PLC0415 - of an extra

        emit_bytes(render_png(scene))
    else:
        from iacrisk.report.picture import render_svg  # noqa: PLC0415 - rarely wanted

        emit(render_svg(scene))


def _scene(inputs: Inputs, focus: str, *, by_module: bool) -> Scene:
    from iacrisk.report import picture  # noqa: PLC0415 - rarely wanted

    assessment = assess_for_gate(inputs)
    if by_module:
        return picture.modules_scene(assessment)
    if focus:
        return _focused(assessment, focus)
    if assessment.changes:
        return picture.scene_of(assessment, assessment.changes[0])
    return picture.nothing_scene()


def _focused(assessment: Assessment, address: str) -> Scene:
    """The picture of a change, or of a resource that stays as it is; raises UnknownAddress."""
    from iacrisk.report import picture  # noqa: PLC0415 - rarely wanted

    for item in assessment.changes:
        if address in (item.address, item.change.address):
            return picture.scene_of(assessment, item)
    node = assessment.graph.node(address)
    if node is None or not node.is_resource:
        raise UnknownAddress(f"The plan has no {plain(assessment.plan.redactor.text(address))}.")
    return picture.unchanged_scene(assessment, node)


def graph(plan: str, format_: GraphFormat, focus: str) -> None:
    """Print the graph, and on standard error what could not be followed."""
    from iacrisk.report.graph_formats import export_graph  # noqa: PLC0415 - rarely wanted

    decoded = _decode(plan)
    built = build_graph(decoded)
    if focus and built.node(focus) is None:
        raise UnknownAddress(f"The plan has no {decoded.redactor.text(focus)}.")
    for item in built.unresolved:
        text = decoded.redactor.text(f"{item.address}: {item.reference}: {item.why}")
        emit(f"not followed: {plain(text)}\n", to_stderr=True)
    emit(export_graph(built, decoded.redactor, format_, focus or None))


def rules(rule_id: str, config: Path | None) -> None:
    """Print the list of rules or one's page; raises UnknownRule."""
    from iacrisk.report.rulebook import render_rule, render_rules  # noqa: PLC0415 - rarely wanted

    own = load_settings(config, Path.cwd()).own.rules
    emit(render_rule(rule_id, own) if rule_id else render_rules(own))


def try_rules(inputs: Inputs, rule_id: str) -> None:
    """Print what the own rules say of the plan; raises UnknownRule."""
    from iacrisk.report.rule_trial import render_trial  # noqa: PLC0415 - rarely wanted

    assessment = _assess(inputs, asks_model=False)
    own = assessment.own.rules
    tried = tuple(rule for rule in own if rule_id.lower() in ("", rule.id.lower()))
    if not tried:
        known = ", ".join(rule.id for rule in own) or "none"
        raise UnknownRule(f"There is no own rule {rule_id!r} to be tried; there are: {known}.")
    emit(render_trial(assessment, tried))


def assess_for_gate(inputs: Inputs) -> Assessment:
    """The assessment that the gate decides by, with what the model says of it."""
    return _assess(inputs)


def _assess(inputs: Inputs, *, asks_model: bool = True) -> Assessment:
    settings = load_settings(inputs.config, Path.cwd())
    policy = settings.policy
    asked = asks_model and policy.model.use is not ModelUse.OFF
    model, problem = _model(policy) if asked else (None, "")
    plan = _decode(inputs.plan)
    facts = _source_facts(inputs, plan)
    around = _circumstances(inputs, settings, facts, problem)
    return _assess_quietly(plan, policy, around, model)


def _assess_quietly(
    plan: Plan, policy: Policy, around: Circumstances, model: Model | None = None
) -> Assessment:
    """What rules of packages print must not stand in a report on standard output."""
    naming, problem = _naming(policy)
    around = msgspec.structs.replace(around, naming_problem=problem)
    if not around.own.plugins:
        return assess(plan, policy, around, model, naming)
    with redirect_stdout(sys.stderr):
        return assess(plan, policy, around, model, naming)


def _circumstances(
    inputs: Inputs, settings: Settings, source: SourceFacts, model_problem: str
) -> Circumstances:
    return Circumstances(
        today=datetime.datetime.now(tz=datetime.UTC).date(),
        workspace=inputs.workspace or workspace_name(Path.cwd()),
        environment=_environment(inputs.environment),
        source=source,
        model_problem=model_problem,
        own=settings.own,
        told=_told(inputs, settings.policy),
    )


def _told(inputs: Inputs, policy: Policy) -> Told:
    """Who wrote the change and what they claim. Most runs ask neither."""
    variables = host_variables() if policy.provenance.detect else {}
    claims = tuple(_claims(inputs))
    if inputs.one_of_several:
        claims = tuple(map(without_numbers, claims))
    if not variables and not inputs.commits and inputs.provenance is None and not claims:
        return NOTHING_TOLD
    from iacrisk.provenance.gathering import gather, told_of  # noqa: PLC0415 - see above

    folder = inputs.source or Path.cwd()
    record = gather(variables, folder, inputs.commits)
    told = told_of(record, inputs.provenance, policy.provenance.sure_from, claims)
    said = (Text(where="claim", text=inputs.claim),) if inputs.claim else ()
    return msgspec.structs.replace(told, texts=(*told.texts, *said))


def _claims(inputs: Inputs) -> Iterator[Claim]:
    if inputs.claim:
        from iacrisk.provenance.sentences import read_sentence  # noqa: PLC0415 - only with a claim

        yield read_sentence(inputs.claim, "--claim")
    if inputs.claim_file is not None:
        from iacrisk.config.claims import read_claim_file  # noqa: PLC0415 - the same

        yield read_claim_file(inputs.claim_file)


def _model(policy: Policy) -> tuple[Model | None, str]:
    """The model to ask, or why there is none."""
    try:
        return load_model(*place_of(policy.model.folder, policy.model.allowed_signers)), ""
    except UnusableModel as error:
        return None, str(error)


def _naming(policy: Policy) -> tuple[HitModel | None, str]:
    """The model that sorts those who are hit, or why there is none: then all of them are named."""
    if policy.model.use is ModelUse.OFF:
        return None, ""
    try:
        return load_hit_model(*place_of(policy.model.folder, policy.model.allowed_signers)), ""
    except UnusableModel as error:
        return None, str(error)


def _environment(stated: str) -> str:
    known = [environment.value for environment in Environment]
    if stated and stated not in known:
        raise SettingsError(f"--environment is one of {', '.join(known)}.")
    return stated


def _decode(plan: str) -> Plan:
    return decode_plan(read_plan(plan))


def _source_facts(inputs: Inputs, plan: Plan) -> SourceFacts:
    head = inputs.source or _beside(inputs.plan)
    located = _locate(head, plan)
    return SourceFacts(
        places=located.places if located else {},
        problems=located.problems if located else (),
        edits=_edits(inputs.base, head) if inputs.base else Edits(),
    )


def _locate(folder: Path | None, plan: Plan) -> Located | None:
    if folder is None:
        return None
    return locate(folder, {change.block_address for change in plan.pending})


def _edits(base: str, head: Path | None) -> Edits:
    from iacrisk.source.comparison import compare  # noqa: PLC0415 - parsing HCL loads slowly
    from iacrisk.source.trees import Directory, open_tree  # noqa: PLC0415 - the same

    with open_tree(base, head) as before:
        return compare(before, Directory(head) if head else None, _tell_progress)


def _tell_progress(parsed: int) -> None:
    if parsed % _TOLD_EVERY == 0:
        emit(f"iacrisk: {parsed:,} configuration files read\n", to_stderr=True)


def _beside(plan: str) -> Path | None:
    """The plan's directory, where it holds configuration."""
    folder = Path(plan).parent
    return folder if plan != STDIN and holds_configuration(folder) else None


def _find(assessment: Assessment, address: str) -> AssessedChange:
    for item in assessment.changes:
        if address in (item.address, item.change.address):
            return item
    shown = plain(assessment.plan.redactor.text(address))
    if address in assessment.plan.by_label:
        raise UnknownAddress(f"{shown} does not change in this plan.")
    raise UnknownAddress(f"The plan has no change of {shown}.")
