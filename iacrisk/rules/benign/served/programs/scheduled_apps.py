"""A plan of Azure is made smaller on which nothing is left but apps that nobody waits for."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.sizes import is_smaller
from iacrisk.rules.readers.siblings import stays

PLANS: Final = frozenset({"azurerm_service_plan"})
_APPS: Final = regex(r"^azurerm_(linux|windows)_(web|function)_app(_slot)?$")
_SIZE: Final = frozenset({"sku_name", "worker_count", "zone_balancing_enabled"})
_SCHEDULE: Final = regex(r"(^|_)(schedule|cron)(_|$)", re.IGNORECASE)
_TIME: Final = regex(r"\d")


def why_only_scheduled(change: ResourceChange, context: Context) -> str | None:
    """Why nobody waits longer: what is left runs by a schedule, the others run on another plan."""
    rest = change.changed - _SIZE
    if (rest and explain(change, context, *rest) is None) or not change.after.get("worker_count"):
        return None
    on = _apps_by_plan(context)
    left = on.get(_id(change), [])
    if not left or not all(stays(one) and _is_scheduled(one, context) for one in left):
        return None
    if any(
        _is_as_large(one, change) and on.get(_id(one)) for one in context.changes_of(change.type)
    ):
        return "apps that run by a schedule alone are left on it, the others have a plan as large"
    return None


def _id(change: ResourceChange) -> str:
    return str(change.before.get("id")).lower()


def _apps_by_plan(context: Context) -> dict[str, list[ResourceChange]]:
    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.plan.changes:
            if _APPS.match(one.type):
                sides = (one.before, one.after)
                plans = {str(side.get("service_plan_id")).lower() for side in sides}
                for plan in plans:
                    index.setdefault(plan, []).append(one)
        return index

    return once(context.plan, "apps by plan", build)


def _is_scheduled(app: ResourceChange, context: Context) -> bool:
    """Whether the app says when it runs, and nothing in the plan leads to it or names it."""
    settings = mapping(app.before.get("app_settings"))
    told = any(_SCHEDULE.search(name) and _TIME.search(str(settings[name])) for name in settings)
    host = str(app.before.get("default_hostname") or "").lower()
    if not told or not host:
        return False
    words = (host, f'"{str(app.before.get("name")).lower()}"')
    if any(use.node.is_resource for use in context.consumers(app)):
        return False
    others = (_text(one) for one in context.plan.changes if one is not app)
    return not any(word in text for text in others for word in words)


def _text(change: ResourceChange) -> str:
    return bytes(change.raw.change.after).decode("utf-8", "replace").lower()


def _is_as_large(other: ResourceChange, change: ResourceChange) -> bool:
    """Whether another plan has what this one had: as many machines of the same size or more."""
    if other is change or not stays(other):
        return False
    before, after = change.before, other.before
    size, larger = before.get("sku_name"), after.get("sku_name")
    same = size == larger or is_smaller(larger, size)
    return same and _count(after) >= _count(before) and other.after == other.before


def _count(values: dict[str, Any]) -> int:
    found = values.get("worker_count")
    return found if isinstance(found, int) else 0
