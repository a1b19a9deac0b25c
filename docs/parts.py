"""The generated parts of pages that are written by hand."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from docs.accuracy_tables import (
    daily_looks,
    first_look_sums,
    first_look_table,
    pair_table,
    rival_table,
    rival_totals,
)
from docs.diffs import diff_table, replacing_counts
from docs.hand_check import hand_check_tables
from docs.pages import table
from docs.usage import usage_table
from iacrisk.assess import AssessedChange, Assessment, Circumstances, assess
from iacrisk.catalog import Basis, known_types, resource_type
from iacrisk.classifier import MODEL_FOLDER, Manifest, Use, load_hit_model, load_model
from iacrisk.classifier.artifact import MANIFEST_FILE
from iacrisk.gate import Policy
from iacrisk.plan import Doubt, decode_plan, read_plan
from iacrisk.provenance.markers import CONFIDENCE, all_markers
from iacrisk.report.console import render_console
from iacrisk.report.explanation import render_explanation
from iacrisk.rules.own.expression import FUNCTIONS, NAMES
from iacrisk.score import ChangeScore, Part, hit_weight
from iacrisk.score.score import (
    ACTION_LIKELIHOOD,
    ACTION_SHARE,
    CLASS_STAKE,
    CONFIDENCE_LIKELIHOOD,
    SEVERITY_STAKE,
)
from iacrisk.training.card import Card, Share
from iacrisk.training.intents import read_intents
from iacrisk.training.operators.registry import OPERATORS
from iacrisk.training.operators.stack import Operator
from iacrisk.training.tables import BUDGETS, EVALUATION_FILE, Evaluation, SetReport

EXAMPLE: Final = "fixtures/plans/rds-replaced/plan.json"
EXAMPLE_ADDRESS: Final = "aws_db_instance.main"
_ROOT = Path(__file__).resolve().parent.parent


@cache
def example() -> Assessment:
    """The assessment of the plan that the pages show, under the default policy."""
    plan = decode_plan(read_plan(str(_ROOT / EXAMPLE)))
    around = Circumstances(today=datetime.date(2025, 1, 1))
    return assess(plan, Policy(), around, load_model(), load_hit_model())


def example_change() -> AssessedChange:
    """The change that the worked example is about."""
    return next(item for item in example().changes if item.address == EXAMPLE_ADDRESS)


def console_picture() -> str:
    """What `iacrisk score` prints for the example."""
    return _fenced(f"$ iacrisk score {EXAMPLE}\n{render_console(example())}")


def explanation_picture() -> str:
    """What `iacrisk explain` prints for the worked example."""
    assessment = example()
    change = next(item for item in assessment.changes if item.address == EXAMPLE_ADDRESS)
    shown = render_explanation(assessment, change)
    return _fenced(f"$ iacrisk explain {EXAMPLE} {EXAMPLE_ADDRESS}\n{shown}")


def marker_table() -> str:
    """The signs by which AI assistants mark what they write."""
    rows = [
        [tool, where, f"`{marker}`", f"{CONFIDENCE[letter]:.1f}"]
        for where, marker, tool, letter in sorted(all_markers(), key=lambda row: (row[2], row[0]))
    ]
    return "\n".join(table(["tool", "where", "sign", "confidence"], rows))


def class_table() -> str:
    """What is at stake, by class."""
    rows = [[str(name), f"{value:g}"] for name, value in CLASS_STAKE.items()]
    return "\n".join(table(["class", "stake"], rows))


def action_table() -> str:
    """How much of the stake an action risks, and how likely it hurts by itself."""
    rows = [
        [str(kind), f"{ACTION_SHARE[kind]:g}", f"{ACTION_LIKELIHOOD[kind]:g}"]
        for kind in ACTION_SHARE
    ]
    return "\n".join(table(["action", "share of the stake", "likelihood"], rows))


def finding_tables() -> str:
    """What a finding adds."""
    severities = [[s.name.lower(), f"{value:g}"] for s, value in SEVERITY_STAKE.items()]
    confidences = [[str(c), f"{value:g}"] for c, value in CONFIDENCE_LIKELIHOOD.items()]
    lines = [*table(["severity", "stake"], severities), ""]
    return "\n".join([*lines, *table(["confidence", "likelihood"], confidences)])


def worked_example() -> str:
    """The score of the example, term by term."""
    score = example_change().score
    terms = [
        [str(part), contribution.source, f"{contribution.value:g}"]
        for part in Part
        for contribution in score.contributions
        if contribution.part is part
    ]
    stake, reach = (max(_values(score, part)) for part in (Part.STAKE, Part.REACH))
    unharmed = " x ".join(f"(1 - {value:g})" for value in _values(score, Part.LIKELIHOOD))
    impact, likelihood = score.impact, score.likelihood
    return "\n".join(
        [
            *_example_stake(),
            "",
            *_example_reach(),
            "",
            "All terms and what they make:",
            "",
            *table(["part", "term", "value"], terms),
            "",
            "```text",
            f"impact     = 1 - (1 - {stake:g}) x (1 - {reach:g}) = {impact:.4f}",
            f"likelihood = 1 - {unharmed} = {likelihood:.4f}",
            f"score      = 100 x {impact:.4f} x {likelihood:.4f} = {score.score}",
            "```",
        ]
    )


def _example_stake() -> list[str]:
    change = example_change().change
    known = resource_type(change.type)
    share, stake = ACTION_SHARE[change.kind], CLASS_STAKE[known.resource_class]
    value = _values(example_change().score, Part.STAKE)[0]
    return [
        f"What the action puts at stake (class `{known.resource_class}`, recoverability "
        f"{known.recoverability:g}, destroyed first):",
        "",
        "```text",
        f"{stake:g} x {share:g} x (1 - 0.4 x {known.recoverability:g}) = {value:g}",
        "```",
    ]


def _example_reach() -> list[str]:
    hits = example_change().radius.reached
    rows = [
        [
            f"`{hit.address}`",
            str(resource_type(hit.type).resource_class),
            f"{hit.strength:g}",
            str(hit.hops),
            f"{hit_weight(hit):g}",
        ]
        for hit in hits
    ]
    total = math.fsum(map(hit_weight, hits))
    reach = _values(example_change().score, Part.REACH)[0]
    return [
        "Who is hit, and what each weighs:",
        "",
        *table(["hit", "class", "strength", "hops", "weight"], rows),
        "",
        "```text",
        f"W     = {total:g}",
        f"reach = 1 x (1 - 2^(-{total:g} / 4)) = {reach:g}",
        "```",
    ]


def _values(score: ChangeScore, part: Part) -> list[float]:
    return [term.value for term in score.contributions if term.part is part]


def threshold_table() -> str:
    """The bars in each environment."""
    policy = Policy()
    rows = []
    for name in msgspec.structs.asdict(policy.environments):
        settings = getattr(policy.environments, name)
        hold = policy.thresholds.hold if settings.hold is None else settings.hold
        block = policy.thresholds.block if settings.block is None else settings.block
        rows.append([name, str(hold), str(block) if block <= 100 else "never", str(settings.lower)])
    title = [
        "environment",
        "waits from",
        "blocked from",
        "steps that data and availability weigh less",
    ]
    return "\n".join(table(title, rows))


def doubt_table() -> str:
    """What each doubt leads to."""
    defaults = msgspec.structs.asdict(Policy().doubts)
    meanings = msgspec.json.schema(type(Policy().doubts))["$defs"]["Doubts"]["properties"]
    rows = []
    for doubt in Doubt:
        key = doubt.replace("-", "_")
        rows.append([f"`{doubt}`", meanings[key]["description"], str(defaults[key])])
    return "\n".join(table(["doubt", "when", "default consequence"], rows))


def expression_names() -> str:
    """What expressions of own rules may name."""
    rows = [[f"`{name}`", meaning] for name, meaning in NAMES.items()]
    return "\n".join(table(["name", "what it is"], rows))


def expression_functions() -> str:
    """What expressions of own rules may call."""
    rows = [[f"`{name}()`", meaning] for name, (_, meaning) in FUNCTIONS.items()]
    return "\n".join(table(["function", "what it does"], rows))


def catalog_counts() -> str:
    """How many types the catalog knows, and on what basis."""
    curated, pattern = (len(known_types(basis)) for basis in (Basis.CURATED, Basis.PATTERN))
    return f"Today {curated:,} types are curated and {pattern:,} guessed by pattern."


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def model_facts() -> str:
    """What model is shipped, and what it may do."""
    if not (MODEL_FOLDER / MANIFEST_FILE).exists():
        return "The folder models/ holds no model yet."
    manifest = load_model().manifest
    data = manifest.data
    lines = [
        f"Shipped: {manifest.kind}, trained with iacrisk {manifest.iacrisk} on {data['plans']} "
        f"plans ({data['harmful']} harmful, {data['changes']} changes) of {data['stacks']} stacks "
        f"and {data['families']} operator families.",
        _may(manifest),
    ]
    return "\n\n".join(lines)


def _may(manifest: Manifest) -> str:
    claim = manifest.guarantee
    if claim is None:
        return (
            "**It is advisory**: shown by `explain` and in the JSON report, and moving neither "
            "score nor verdict, for too few harmful cases stand behind it to claim anything."
        )
    said = (
        f"On plans like the lab's, with confidence {claim.confidence:g}, at most "
        f"{claim.alpha:.0%} of harmful plans pass rules and model together; {claim.cases} "
        "held-out harmful cases stand behind this."
    )
    if manifest.use is Use.ADVISORY:
        return f"**It is advisory**: it moves neither score nor verdict. {said}"
    return (
        f'**It may count**: with `[model] use = "as-shipped"` it puts a floor under scores. {said}'
    )


def model_tables() -> str:
    """How good the model is, beside its rivals, on each set of plans."""
    path = MODEL_FOLDER / EVALUATION_FILE
    if not path.exists():
        return "No evaluation yet."
    found = msgspec.json.decode(path.read_bytes(), type=Evaluation)
    between = (
        f"{found.between} further plans are neither harmful nor harmless (a guard gone, less "
        f"than needed left, an apply that stopped half way); rules hold "
        f"{found.between_held_by_rules:.0%} of them."
    )
    parts = [*(_set_tables(each) for each in found.sets), between, *_who_tables(found)]
    return "\n\n".join([*parts, *_transfer_tables(found)])


def _who_tables(found: Evaluation) -> list[str]:
    """How well those who suffer are named."""
    if not found.who:
        return []
    parts = ["### Who is hit"]
    head = ["named", "precision", "recall", "the party itself", "first that suffers"]
    for plans in dict.fromkeys(row.plans for row in found.who):
        rows = [row for row in found.who if row.plans == plans]
        cells = [[r.names, r.precision, r.recall, r.exact, r.rank] for r in rows]
        parts += [f"{plans.capitalize()}, {rows[0].number} plans:", "\n".join(table(head, cells))]
    return parts


def _transfer_tables(found: Evaluation) -> list[str]:
    """What carries over to services that training did not see."""
    if not found.services:
        return []
    rows = [
        [
            item.service,
            f"{item.harmful} of {item.plans}",
            f"{item.auc:.3f}",
            f"{item.auc_seen:.3f}",
            str(item.missed),
            str(item.missed_seen),
        ]
        for item in found.services
    ]
    head = ["service", "harmful", "AUC unseen", "AUC seen", "missed unseen", "missed seen"]
    tried = [[item.columns, item.auc] for item in found.ablations]
    return [
        "### What carries over",
        "\n".join(table(head, rows)),
        "\n".join(table(["a quick model of", "AUC"], tried)),
    ]


def _set_tables(found: SetReport) -> str:
    budgets = [f"recall at {budget:.0%}" for budget in BUDGETS]
    areas = [[j.judge, j.auc, j.average_precision, *j.recall] for j in found.judges]
    gates = [
        [j.judge, j.harmful_passed, j.harmless_held, _listed(j.missed)]
        for j in found.judges
        if j.harmful_passed
    ]
    misses = [
        [f"`{m.case}`".replace("|", "/"), m.worst, f"{m.chance:.2f}", str(m.rules)]
        for m in found.worst_misses
    ]
    parts = [
        f"### {found.name.capitalize()} stacks",
        f"{found.plans} plans of {found.stacks} stacks, {found.harmful} harmful "
        f"({_listed(found.by_harm)}). Calibration error {found.calibration_error}. Mean place of "
        f"the likeliest culprit: {found.culprit_rank}.",
        "\n".join(table(["judge", "AUC", "average precision", *budgets], areas)),
        "\n".join(table(["judge", "harmful passed", "harmless held", "passed, by harm"], gates)),
    ]
    if misses:
        title = ["worst misses of rules and model", "harm", "chance", "rules' highest score"]
        parts.append("\n".join(table(title, misses)))
    return "\n\n".join(parts)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"


def lab_card() -> str:
    """What the rows of the outcome lab consist of."""
    path = _ROOT / "fixtures" / "lab" / "rows" / "card.json"
    if not path.exists():
        return "No rows yet."
    card = msgspec.json.decode(path.read_bytes(), type=Card)
    repeats = f"{card.repeated} cases were run more than once; {card.unstable} of them differed."
    head = [
        f"{card.rows} rows, of which {card.usable} are usable: {card.harmful} harmful, "
        f"{card.usable - card.harmful} harmless; {card.combined} with more than one edit, "
        f"{card.unchanged} whose plan changes nothing.",
        f"Of {card.destroying.rows} plans that destroy something, {card.destroying.harmful} did "
        f"hard harm; of the other {card.usable - card.destroying.rows}, "
        f"{card.harmful - card.destroying.harmful} did.",
        f"{card.victims} hard breakages have an address, {card.victimless} have none. In "
        f"{card.untouched_victims} harmful rows a victim is a resource that the plan does not "
        "change.",
        repeats,
        f"{card.outdated} rows were made of an earlier version of their stack; the lab runs these "
        "cases again.",
    ]
    tables = [
        _counts("worst outcome", card.classes),
        _shares("stack", card.stacks),
        _shares("family of the edit", card.families),
        _counts("broken probes by concern", card.concerns),
        _counts("left out: the emulator's doing", card.artefacts),
        _counts("rejected before they were a row", card.rejected),
        _counts("versions", {f"{k} {', '.join(v)}": card.rows for k, v in card.versions.items()}),
    ]
    return "\n\n".join([*head, *filter(None, tables)])


def _counts(title: str, counts: Mapping[str, int]) -> str:
    rows = [[name, str(count)] for name, count in counts.items()]
    return "\n".join(table([title, "rows"], rows)) if rows else ""


def _shares(title: str, shares: Mapping[str, Share]) -> str:
    rows = [[name, str(each.rows), str(each.harmful)] for name, each in shares.items()]
    return "\n".join(table([title, "rows", "harmful"], rows)) if rows else ""


def operator_table() -> str:
    """The mutation operators of the lab by family."""
    families: dict[str, list[Operator]] = {}
    for operator in OPERATORS:
        families.setdefault(operator.family, []).append(operator)
    rows = [
        [family, str(len(found)), ", ".join(map(_marked, found))]
        for family, found in sorted(families.items())
    ]
    total = f"{len(OPERATORS)} operators in {len(families)} families."
    return "\n".join([total, "", *table(["family", "", "operators"], rows)])


def _marked(operator: Operator) -> str:
    mark = " (silent)" if operator.silent else " (calm)" if operator.calm else ""
    return f"`{operator.name}`{mark}"


def stack_table() -> str:
    """The base stacks of the lab with what they are."""
    folders = sorted((_ROOT / "fixtures/lab/stacks").glob("*/intents.toml"))
    rows = [[path.parent.name, read_intents(path).summary] for path in folders]
    return "\n".join(table(["stack", "what it is"], rows))


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "actions": action_table,
    "catalog": catalog_counts,
    "classes": class_table,
    "console": console_picture,
    "diffs": diff_table,
    "doubts": doubt_table,
    "explanation": explanation_picture,
    "expression-functions": expression_functions,
    "expression-names": expression_names,
    "findings": finding_tables,
    "hand-check": hand_check_tables,
    "lab-card": lab_card,
    "operators": operator_table,
    "first-looks": first_look_table,
    "daily-looks": daily_looks,
    "first-look-sums": first_look_sums,
    "pairs": pair_table,
    "rivals": rival_table,
    "rival-totals": rival_totals,
    "replacing": replacing_counts,
    "stacks": stack_table,
    "thresholds": threshold_table,
    "usage": usage_table,
    "worked-example": worked_example,
    "markers": marker_table,
    "model-facts": model_facts,
    "model-tables": model_tables,
}
