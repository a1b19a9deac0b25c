"""S13: the plan seems to be made for another place than it is applied to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange, wire
from iacrisk.rules.context import Context
from iacrisk.rules.readers.environment_tags import environment_in, is_environment_hidden
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
)

_FEWEST: Final = 2
_TAGS: Final = frozenset({"labels", "tags", "tags_all"})
_CLUSTER_PROVIDERS: Final = frozenset({"helm", "kubectl", "kubernetes"})
_SAYS_WHICH: Final = frozenset(
    {"cluster_ca_certificate", "config_context", "config_context_cluster", "exec", "host", "token"}
)
_CHANGED: Final = frozenset({ActionKind.UPDATE, ActionKind.REPLACE})


@plan_rule(
    id="S13",
    name="made-for-another-place",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def made_for_another_place(context: Context) -> Iterator[Outcome]:
    """The plan rewrites one environment as if it were another.

    What it flags
        Two or more existing objects, and most of those that change and name an environment,
        whose tags go from one environment to another in the same plan; and, as a remark,
        objects of a cluster that are destroyed through a Kubernetes or Helm provider of which
        nothing says which cluster it talks to, so that the shell of whoever applies decides.

    Why it matters
        It is what a variables file, a workspace or a state key of another environment looks
        like. Everything else in the plan then follows from the wrong values too.

    When it is fine
        The tags were wrong and are put right, which a plan of nothing but tags shows.

    What to do instead
        Compare workspace, backend key, variables file and account. Give the provider the
        cluster by a data source or a variable.

    References
        Incidents R001, R007, R008, R009, R010, R011.
    """
    yield from _relabelled(context)
    for provider in sorted(_CLUSTER_PROVIDERS):
        yield from _cluster_of_the_shell(provider, context)


def _relabelled(context: Context) -> Iterator[Outcome]:
    moves: Counter[tuple[str, str]] = Counter()
    stays = hidden = 0
    more_than_tags = False
    for change in context.plan.pending:
        raw = change.raw.change
        was = environment_in(raw.before) if change.kind in _CHANGED else None
        if was is None:
            continue
        becomes = environment_in(raw.after)
        if becomes is not None and becomes != was:
            moves[was, becomes] += 1
            more_than_tags = more_than_tags or bool(change.changed - _TAGS)
        elif becomes is None and is_environment_hidden(raw.after_unknown):
            hidden += 1
        else:
            stays += 1
    moved = sum(moves.values())
    if moved >= _FEWEST and moved > stays:
        (was, becomes), _ = moves.most_common(1)[0]
        yield Flag(
            what=f"Tags of {moved} objects of {was} now say {becomes}.",
            confidence=None if more_than_tags else Confidence.LOW,
        )
    elif moved + hidden >= _FEWEST and hidden:
        yield Undecided(why="Which environment the tags will name is not known yet.")


def _cluster_of_the_shell(provider: str, context: Context) -> Iterator[Outcome]:
    configuration = context.plan.document.configuration
    if configuration is None:
        return
    blocks = [
        block for block in (configuration.provider_config or {}).values() if block.name == provider
    ]
    if blocks and any(_says_which(block) for block in blocks):
        return
    gone = [change for change in context.plan.pending if _is_lost(change, provider)]
    if gone:
        yield Flag(
            address=gone[0].label,
            what="Nothing in the provider says which cluster this happens in.",
            severity=Severity.MEDIUM,
            confidence=Confidence.LOW,
        )


def _is_lost(change: ResourceChange, provider: str) -> bool:
    return change.destroys and change.mode == "managed" and change.provider == provider


def _says_which(block: wire.ProviderConfig) -> bool:
    expressions = block.expressions or {}
    inner = expressions.get("kubernetes")
    layers = [expressions, *(inner if isinstance(inner, list) else [inner])]
    for layer in layers:
        if not isinstance(layer, dict):
            continue
        path = layer.get("config_path")
        by_reference = isinstance(path, dict) and bool(path.get("references"))
        if by_reference or _SAYS_WHICH & layer.keys():
            return True
    return False
