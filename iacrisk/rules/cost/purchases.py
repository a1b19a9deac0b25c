"""Q01, Q02, Q05: dear machines, many at once, and purchases that bind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.costs import BINDING, DEAR, MACHINE_TYPES
from iacrisk.catalog.workloads import MACHINES, NODE_POOLS
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import exists_today
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)

_PAID: Final = MACHINES | NODE_POOLS.keys() | MACHINE_TYPES.keys() | {"aws_nat_gateway"}
_MANY: Final = 10
_TIMES: Final = 3


@rule(
    id="Q01",
    name="expensive-machine",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.COST,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=MACHINE_TYPES,
)
def expensive_machine(
    change: ResourceChange,
    context: Context,  # noqa: ARG001 - the name of the machine type says it all
) -> Iterator[Outcome]:
    """A machine of several dollars an hour is started, or one becomes such a machine.

    What it flags
        A new machine, database or warehouse whose machine type has accelerators, very much
        memory, or is among the largest of its kind. It is a remark: prices are not known here.

    Why it matters
        It is paid from the first second, and nobody sees the bill before the end of the month.

    When it is fine
        The work needs it and somebody knows what it costs.

    What to do instead
        Start with a smaller one, put a budget alarm on the account, and a date on its end.

    References
        Incident R200.
    """
    name = MACHINE_TYPES[change.type]
    before, after = change.before.get(name), change.after.get(name)
    if before == after:
        return
    if after is UNKNOWN:
        if isinstance(before, str):
            yield Undecided(why="How large it will be is not known yet.", paths=((name,),))
    elif _is_dear(after) and not _is_dear(before):
        yield Flag(what=f"It is a {after}, which is paid by the hour.", paths=((name,),))


def _is_dear(value: object) -> bool:
    return isinstance(value, str) and DEAR.fullmatch(value) is not None


@plan_rule(
    id="Q02",
    name="many-at-once",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.COST,
)
def many_at_once(context: Context) -> Iterator[Outcome]:
    """One block starts many times the machines that it had.

    What it flags
        Ten or more new instances of one block of machines, databases, node pools or NAT
        gateways that is there already, and three times as many as there are. A block that is
        all new passes: that is what a first plan looks like. It is a remark.

    Why it matters
        A digit too much in a count, or a loop over the wrong list, is paid by the hour.

    When it is fine
        The load really grows that much.

    What to do instead
        Grow in steps, and let a variable's `validation` refuse what nobody would ask for.

    References
        Incident R200.
    """
    new: Counter[tuple[str, str, str]] = Counter()
    old: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], str] = {}
    for change in context.plan.changes:
        if change.type in _PAID and change.mode == "managed":
            block = (change.module_address, change.type, change.name)
            if change.kind is ActionKind.CREATE:
                new[block] += 1
                first.setdefault(block, change.label)
            elif exists_today(change) and change.kind is not ActionKind.DELETE:
                old[block] += 1
    for block, number in sorted(new.items()):
        if old[block] and number >= _MANY and number >= _TIMES * old[block]:
            yield Flag(
                address=first[block],
                what=f"{number} more are started beside the {old[block]} that run.",
            )


@rule(
    id="Q05",
    name="binding-purchase",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.COST,
    kinds={ActionKind.CREATE},
    types=BINDING,
)
def binding_purchase(
    change: ResourceChange,
    context: Context,  # noqa: ARG001 - that it is bought says it all
) -> Iterator[Outcome]:
    """The apply buys something that cannot be given back.

    What it flags
        The create of a reservation, a savings plan, a commitment, a subscription for a year or
        a domain.

    Why it matters
        `terraform destroy` takes it out of the state and leaves the contract.

    When it is fine
        Whoever may spend the money said yes.

    What to do instead
        Let a person buy it in the console after a second look, and import it.

    References
        https://docs.aws.amazon.com/savingsplans/latest/userguide/sp-purchase.html
    """
    yield Flag(what=f"A {change.type} is bought for its whole term.")
