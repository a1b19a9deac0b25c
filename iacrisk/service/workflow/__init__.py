"""The durable workflow of one task result: fetch, score, hold, call back."""

from iacrisk.service.workflow.engine import Engine, cancel_all, land, launch
from iacrisk.service.workflow.run_task import decision_taken, start, wake
from iacrisk.service.workflow.supervision import supervise

__all__ = ["Engine", "cancel_all", "decision_taken", "land", "launch", "start", "supervise", "wake"]
