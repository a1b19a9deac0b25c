"""Makes once what every judging process would make anew: models, tables and digests."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from iacrisk.service.scoring.job import Job
from iacrisk.service.scoring.worker import score_plan

SMALL_PLAN: Final = b"""{"format_version": "1.2", "terraform_version": "1.11.0",
  "resource_changes": [{
  "address": "aws_security_group.app", "mode": "managed", "type": "aws_security_group",
  "name": "app", "provider_name": "registry.terraform.io/hashicorp/aws",
  "change": {"actions": ["update"], "before": {"id": "sg-1", "ingress": []},
    "after": {"id": "sg-1", "ingress": [], "tags": {"team": "a"}}, "after_unknown": {}}}]}"""


def warm_up() -> None:
    """Judge it; should that fail, plans are judged as well, only slower."""
    with suppress(Exception), TemporaryDirectory(prefix="iacrisk-") as folder:
        plan = Path(folder, "plan.json")
        plan.write_bytes(SMALL_PLAN)
        score_plan(Job(plan=str(plan)))
    gc.freeze()  # collecting would copy what the processes share
