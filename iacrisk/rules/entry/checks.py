"""E10: a health check asks for something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.admission import CHECK_CODES, CHECKS
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.in_use import is_in_use
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_HOLDS_ITS_OWN_TARGETS: Final = frozenset(
    {"aws_elb", "aws_globalaccelerator_endpoint_group", "digitalocean_loadbalancer"}
)
_NO_QUESTION: Final = (None, "", 0)
_OPEN_PORT_WILL_DO: Final = ("TCP", "Tcp", "tcp")


@rule(
    id="E10",
    name="health-check-changed",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*CHECKS, *CHECK_CODES},
)
def health_check_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A health check of something in use asks for another path, port or answer.

    What it flags
        Another path, port, protocol or host in the health check of a target group, load
        balancer, backend or DNS record, and fewer status codes that count as healthy.

    Why it matters
        The check changes for all targets at once. Where they do not answer it, every one of
        them is taken out within a minute, or killed and started again in a loop.

    When it is fine
        All running versions answer the new check already. Not flagged: intervals, timeouts and
        thresholds, more codes that count as healthy, a check that only wants an open port, a
        check that nothing uses.

    What to do instead
        Release the new path first, change the check when every target has it.

    References
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """
    if change.type not in _HOLDS_ITS_OWN_TARGETS and not is_in_use(change, context):
        return
    for path in CHECKS.get(change.type, ()):
        yield from _asked(change, path)
    path = CHECK_CODES.get(change.type, "")
    before, after = change.was(path), change.becomes(path)
    if path and before and after is UNKNOWN:
        yield Undecided(why="What counts as healthy is not known yet.", paths=(parse_path(path),))
    elif path and before and after and not _codes(before) <= _codes(after):
        what = f"The health check takes {after} for healthy, no longer {before}."
        yield Flag(what=what, paths=(parse_path(path),))


def _asked(change: ResourceChange, path: str) -> Iterator[Outcome]:
    before, after = _question(change, change.was(path)), _question(change, change.becomes(path))
    if before == after or before in _NO_QUESTION:
        return
    if after is UNKNOWN:
        yield Undecided(why="What the check asks for is not known yet.", paths=(parse_path(path),))
    elif after not in (*_NO_QUESTION, *_OPEN_PORT_WILL_DO):
        name = path.rpartition(".")[2].replace("_", " ")
        what = f"The health check asks for {name} {after} instead of {before}."
        yield Flag(what=what, paths=(parse_path(path),))


def _question(change: ResourceChange, value: Any) -> Any:
    return change.was("port") if value == "traffic-port" else _plain(value)


def _plain(value: Any) -> Any:
    """Ports come as numbers or texts."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _codes(value: Any) -> set[int]:
    """The status codes of `200,202` and `200-399`; of letters (`2xx`) all hundred."""
    codes: set[int] = set()
    for part in str(value).split(","):
        low, _, high = part.strip().lower().partition("-")
        first, last = low.replace("x", "0"), (high or low).replace("x", "9")
        if first.isdecimal() and last.isdecimal():
            codes.update(range(int(first), int(last) + 1))
    return codes
