"""S19: two resources that write the same thing."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog import attachment
from iacrisk.catalog.singletons import ONE_EACH
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule


@rule(
    id="S19",
    name="second-owner",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE},
    types=ONE_EACH,
)
def second_owner(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A second resource takes over a document of which the object has only one.

    What it flags
        The create of a bucket policy, bucket notification, lifecycle configuration, queue or topic
        policy and the like, for an object whose one such document another resource of the plan
        manages and keeps.

    Why it matters
        The provider writes the whole document. The plan shows a harmless create, and after the
        apply the triggers, rules or grants of the first resource are gone.

    When it is fine
        Never; the two resources overwrite each other from now on.

    What to do instead
        Add the new entry to the resource that manages the document already.

    References
        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_notification
    """
    argument = ONE_EACH[change.type]
    owner = change.after.get(argument) if argument else ""
    if owner in (None, UNKNOWN):
        return
    for other in _owners(change.type, context).get(str(owner), ()):
        yield Flag(
            what=f"{other.label} manages the same document, and what it says is overwritten.",
            paths=((argument,),) if argument else (),
            hurts=(other.label, *_served(other, context)),
        )


def _served(owner: ResourceChange, context: Context) -> tuple[str, ...]:
    """Whom the overwritten document served: what it refers to, save what it is written to."""
    argument = ONE_EACH[owner.type]
    uses = context.graph.dependencies(owner.label)
    return tuple(
        use.node.label
        for use in uses
        if use.argument.partition(".")[0] != argument and not attachment(use.node.type)
    )


def _owners(type_name: str, context: Context) -> dict[str, list[ResourceChange]]:
    """The resources of the type that exist and stay, by the object they write to."""

    def build() -> dict[str, list[ResourceChange]]:
        argument = ONE_EACH[type_name]
        found: dict[str, list[ResourceChange]] = {}
        for other in context.changes_of(type_name):
            if stays(other):
                owner = other.before.get(argument) if argument else ""
                found.setdefault(str(owner), []).append(other)
        return found

    return once(context.plan, ("second owner", type_name), build)
