"""Kubernetes: what a quota, a level or a policy refuses, and what of it concerns no pod."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.kubernetes import SPACE, meta, pods, quota
from tests.rules.served.worlds import pair, stay, trap

# Sizes

_QUOTA: Final = stay(
    "kubernetes_resource_quota_v1.space",
    **quota(**{"requests.cpu": "20", "requests.memory": "64Gi", "pods": "90"}),
)
_SAYS_ALL: Final = {"cpu": "250m", "memory": "256Mi"}
_UNSIZED: Final = pods("importer", kind="cron_job_v1")
_SIZED: Final = pods("importer", requests=_SAYS_ALL, kind="cron_job_v1")


def _filled(name: str, **limit: Any) -> Json:
    return {
        "id": f"{SPACE}/{name}",
        "metadata": meta(name),
        "spec": [{"limit": [{"type": "Container", **limit}]}],
    }


_BOTH: Final = _filled("sizes", default={"memory": "1Gi"}, default_request={"cpu": "100m"})
_RANGE_GONE: Final = delete("kubernetes_limit_range_v1.sizes", _BOTH)
SIZES: Final = [
    pair(
        "defaults go that pods without a size need / while all pods say theirs",
        [_RANGE_GONE, _UNSIZED],
        [_RANGE_GONE, _SIZED],
        _QUOTA,
        pods("ledger", requests=_SAYS_ALL),
    ),
    pair(
        "a default goes that the quota counts / that it does not count",
        tweak(
            "kubernetes_limit_range_v1.sizes",
            _BOTH,
            spec=_filled("sizes", default={"memory": "1Gi"})["spec"],
        ),
        tweak(
            "kubernetes_limit_range_v1.sizes",
            _filled("sizes", default={"memory": "1Gi", "cpu": "1", "ephemeral-storage": "1Gi"}),
            spec=_filled("sizes", default={"memory": "1Gi", "cpu": "1"})["spec"],
        ),
        _QUOTA,
        _UNSIZED,
    ),
    pair(
        "a first quota counts what a job does not say / what a limit range fills in",
        create(
            "kubernetes_resource_quota_v1.limits",
            quota(**{"requests.cpu": "20", "requests.memory": "40Gi"}),
        ),
        [
            create(
                "kubernetes_resource_quota_v1.limits",
                quota(**{"requests.cpu": "20", "requests.memory": "40Gi"}),
            ),
            stay("kubernetes_limit_range_v1.sizes", **_BOTH),
        ],
        _UNSIZED,
    ),
]
SIZE_TRAPS: Final = [
    trap("another limit range fills in the memory only", _RANGE_GONE, _UNSIZED, _QUOTA,
         stay("kubernetes_limit_range_v1.more", **_filled("more", max={"memory": "2Gi"}))),
    trap("limits are said and not the requests of another kind", _RANGE_GONE, _QUOTA,
         pods("importer", requests={"memory": "1Gi"}, kind="cron_job_v1")),
]  # fmt: skip

PODS_REFUSED: Final = [*SIZES]
PODS_REFUSED_TRAPS: Final = [*SIZE_TRAPS]
