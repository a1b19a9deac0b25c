"""Play HCP Terraform by hand, to a service that runs on this machine.

    python -m tests.service.play_hcp http://127.0.0.1:8080/v1/run-task PLAN --key KEY --folder .

It says how the service has to be started so that it trusts this HCP Terraform, delivers a run for
each plan, and prints what the service calls back until each is final.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.service.fake_hcp import API_HOST, ARCHIVE_HOST, Callback, FakeHcp, TaskResult


def main(arguments: Sequence[str] | None = None) -> int:
    """Deliver plans to a service and print what it calls back, until each is final."""
    parser = argparse.ArgumentParser(description="Play HCP Terraform to a run-task service.")
    parser.add_argument("webhook", help="the service's run-task URL")
    parser.add_argument("plans", type=Path, nargs="+", metavar="PLAN", help="plan JSON files")
    parser.add_argument("--key", required=True, help="the run task's HMAC key")
    parser.add_argument("--stage", default="post_plan")
    parser.add_argument("--author", default="mallory", help="who created the runs")
    parser.add_argument("--timeout", type=float, default=3600)
    parser.add_argument("--folder", type=Path, help="where the authority's ca.pem is written")
    asked = parser.parse_args(arguments)
    with FakeHcp(key=asked.key, folder=asked.folder) as hcp:
        print("Start the service with this in its environment:")  # noqa: T201
        for name, value in _environment(hcp).items():
            print(f"  {name}={value}")  # noqa: T201
        input("Then press Enter. ")
        print("ping:", hcp.ping(asked.webhook))  # noqa: T201
        for plan in asked.plans:
            result = hcp.run(plan.read_bytes(), stage=asked.stage, run_created_by=asked.author)
            print(plan, "webhook:", hcp.deliver(result, asked.webhook, tries=3))  # noqa: T201
            for callback in _as_they_come(hcp, result, asked.timeout):
                print(json.dumps(callback.body, indent=2))  # noqa: T201
    return 0


def _as_they_come(hcp: FakeHcp, result: TaskResult, timeout: float) -> Iterator[Callback]:
    seen, until = 0, time.monotonic() + timeout
    while not result.finals and time.monotonic() < until:
        with contextlib.suppress(AssertionError):
            hcp.wait_final(result, timeout=1)
        yield from result.callbacks[seen:]
        seen = len(result.callbacks)


def _environment(hcp: FakeHcp) -> dict[str, str]:
    return {
        "IACRISK_HCP_HMAC_KEY": hcp.key,
        "IACRISK_HCP_HOSTS": API_HOST,
        "IACRISK_HCP_DOWNLOAD_HOSTS": ARCHIVE_HOST,
        "IACRISK_HCP_ALLOW_PRIVATE_ADDRESSES": "true",
        "IACRISK_HCP_CA_FILE": str(hcp.authority.resolve()),
    }


if __name__ == "__main__":
    sys.exit(main())
