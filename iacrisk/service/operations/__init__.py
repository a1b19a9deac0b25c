"""How the service is run: health, metrics, logs without secrets, traces when configured."""

from iacrisk.service.operations.health import Condition, healthz, readyz
from iacrisk.service.operations.logs import configure_logs
from iacrisk.service.operations.masking import Mask
from iacrisk.service.operations.metrics import metrics_route
from iacrisk.service.operations.tracing import start_tracing, stop_tracing, traced
from iacrisk.service.operations.watching import Watch
from iacrisk.service.operations.working import working

__all__ = [
    "Condition",
    "Mask",
    "Watch",
    "configure_logs",
    "healthz",
    "metrics_route",
    "readyz",
    "start_tracing",
    "stop_tracing",
    "traced",
    "working",
]
