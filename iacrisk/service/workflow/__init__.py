"""The durable workflow of one task result: fetch, score, hold, call back."""

from iacrisk.service.workflow.engine import Engine, land, launch
from iacrisk.service.workflow.run_task import decision_taken, start, wake
from iacrisk.service.workflow.supervision import supervise

__all__ = ["Engine", "decision_taken", "land", "launch", "start", "supervise", "wake"]
