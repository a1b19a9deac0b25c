"""G08: a provider is configured from an object that goes."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.graph import Origin
from iacrisk.plan import ActionKind
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)


@plan_rule(
    id="G08",
    name="provider-on-replaced-object",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def provider_on_replaced_object(context: Context) -> Iterator[Outcome]:
    """A provider is configured from an object that is replaced, deleted or created anew.

    What it flags
        A cluster, server or project that goes or is made again while existing resources are
        managed through a provider whose configuration refers to it.

    Why it matters
        The provider's endpoint and credentials are unknown during the plan: it talks to the
        wrong place or to none, and what it manages went with the old object.

    When it is fine
        Everything that is managed through the provider is new too.

    What to do instead
        Keep the cluster and what runs in it in two root modules. Take the inner resources out
        of the state before the outer one is replaced.

    References
    ----------
        Incident R047.
    """
    for change in context.plan.pending:
        renewed = change.destroys or change.kind is ActionKind.CREATE
        if change.mode != "managed" or change.deposed or not renewed:
            continue
        if context.type_of(change).is_made_again:
            continue
        held = [
            use.node.label
            for use in context.consumers(change)
            if use.reference.origin is Origin.PROVIDER or use.argument == "provider"
            if use.node.change is not None and stays(use.node.change)
        ]
        if held:
            yield Flag(
                address=change.label,
                what="A provider is configured from it, and what that provider manages stays in "
                f"the state: {some_of(sorted(held))}.",
                paths=change.replace_paths,
            )
