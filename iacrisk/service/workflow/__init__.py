"""The durable workflow of one task result: fetch, score, hold, call back."""

from iacrisk.service.workflow.engine import Engine, land, launch
from iacrisk.service.workflow.run_task import start, wake
from iacrisk.service.workflow.supervision import supervise

__all__ = ["Engine", "land", "launch", "start", "supervise", "wake"]
