"""Scale: how many of something run, up, down and to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.literals import change
from iacrisk.training.operators.numbers import lowered_to
from iacrisk.training.operators.stack import Operator
from iacrisk.training.operators.syntax import Expression

_COUNTS = frozenset(
    {
        "desired",
        "desired_capacity",
        "desired_count",
        "min",
        "min_size",
        "nodes",
        "number_of_nodes",
        "num_cache_nodes",
        "replicas",
        "shard_count",
        "shards",
        "tasks",
    }
)
_SHARDS = frozenset({"shard_count", "shards", "number_of_nodes"})
"""Of these there has to be one."""
_LIMITS = frozenset({"max", "max_size", "max_capacity"})
_THROUGHPUT = frozenset(
    {
        "read_capacity",
        "write_capacity",
        "throttle",
        "throttling_burst_limit",
        "throttling_rate_limit",
        "provisioned_throughput_in_mibps",
    }
)
_CONCURRENCY = frozenset({"reserved_concurrent_executions", "concurrency"})
_FAMILY = "scale"
_NUMBER = ("number",)


def _fewer(value: Expression) -> Iterator[str]:
    number = int(value.text)
    if number > 1:
        yield from (str(number - 1), "1")


def _more(value: Expression) -> Iterator[str]:
    number = int(value.text)
    yield from (str(number + 1), str(max(2, number * 2)))


OPERATORS: tuple[Operator, ...] = (
    change("scale-in", _FAMILY, _COUNTS, _NUMBER, _fewer),
    change("scale-out", _FAMILY, _COUNTS, _NUMBER, _more, calm=True, share=2),
    change("scale-to-zero", _FAMILY, (_COUNTS - _SHARDS) | _CONCURRENCY, _NUMBER, lowered_to(0)),
    change("raise-limit", _FAMILY, _LIMITS, _NUMBER, _more, calm=True),
    change("lower-limit", _FAMILY, _LIMITS, _NUMBER, _fewer),
    change("raise-throughput", _FAMILY, _THROUGHPUT, _NUMBER, _more, calm=True),
    change("lower-throughput", _FAMILY, _THROUGHPUT, _NUMBER, lowered_to(5, 1)),
    change("raise-concurrency", _FAMILY, _CONCURRENCY, _NUMBER, _more, calm=True),
)
