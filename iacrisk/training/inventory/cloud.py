"""Questions to the emulated AWS, asked politely: all pages, and nothing of unused services."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from iacrisk.training.emulation.client import Emulator

SIGNED_AS = {
    "cloudwatch": "monitoring",
    "efs": "elasticfilesystem",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "apigatewayv2": "apigateway",
}
"""How a service of boto3 signs its calls, where the names differ."""


class Cloud:
    """The emulated AWS as the readers see it."""

    def __init__(self, emulator: Emulator, services: frozenset[str]) -> None:
        """`services` are those that anything was ever asked of, as they sign."""
        self.client: Callable[[str], Any] = emulator.client
        self.services = services
        self._error: Any = import_module("botocore.exceptions").ClientError

    def uses(self, *services: str) -> bool:
        """Whether one of these may hold anything."""
        return any(SIGNED_AS.get(service, service) in self.services for service in services)

    def list(self, service: str, operation: str, key: str, **options: Any) -> list[Any]:
        """All items of a listing, over all pages; nothing of a service that is not in use."""
        if not self.uses(service):
            return []
        client = self.client(service)
        if not client.can_paginate(operation):
            return list(getattr(client, operation)(**options).get(key) or ())
        pages = client.get_paginator(operation).paginate(**options)
        return [item for page in pages for item in page.get(key) or ()]

    def ask(self, service: str, operation: str, **options: Any) -> Any:
        """One answer, or None when AWS says that there is none."""
        try:
            return getattr(self.client(service), operation)(**options)
        except self._error:
            return None


def tags_of(item: Any) -> dict[str, str]:
    """The tags of an answer in EC2's manner."""
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags") or ()}
