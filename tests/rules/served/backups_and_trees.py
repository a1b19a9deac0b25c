"""Backups that move to another policy, and trees that lead alarms to receivers."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, replace, tweak, update
from tests.rules.served.worlds import pair, stay, trap

# Backup policies


def _vm_policy(name: str, days: int, **tiers: Any) -> Json:
    blocks = {f"retention_{tier}": [{"count": count}] for tier, count in tiers.items()}
    daily = [{"count": days}]
    return {"id": f"/vaults/v/backupPolicies/{name}", "retention_daily": daily, **blocks}


def _moves(to: Any) -> Json:
    known = {"id": "/items/books", "backup_policy_id": "/vaults/v/backupPolicies/old"}
    return tweak("azurerm_backup_protected_vm.books", known, backup_policy_id=to)


def _to_unknown() -> Json:
    known = {"id": "/items/books", "backup_policy_id": "/vaults/v/backupPolicies/old"}
    hidden = {"backup_policy_id": True}
    return update(
        "azurerm_backup_protected_vm.books", known, {"id": "/items/books"}, after_unknown=hidden
    )


_OLD_POLICY: Final = stay(
    "azurerm_backup_policy_vm.old", **_vm_policy("old", 60, monthly=24, yearly=10)
)
_TO_NEW: Final = _moves("/vaults/v/backupPolicies/new")


def _plan_of(name: str, days: int | None) -> Json:
    lifecycle = [] if days is None else [{"delete_after": days}]
    rule = [{"rule_name": "nightly", "lifecycle": lifecycle}]
    return stay(f"aws_backup_plan.{name}", id=name, arn=f"arn:plan:{name}", rule=rule)


def _selection(to: str) -> Json:
    known = {"id": "S1", "name": "books", "plan_id": "old", "resources": ["arn:table"]}
    return replace("aws_backup_selection.books", known, {**known, "plan_id": to}, "plan_id")


def _association(to: str) -> Json:
    known = {"id": "A1", "backup_plan": "plans/old", "resource": "instances/books"}
    return tweak("google_backup_dr_backup_plan_association.books", known, backup_plan=to)


def _dr_plan(name: str, days: int) -> Json:
    rules = [{"rule_id": "daily", "backup_retention_days": days}]
    return stay(f"google_backup_dr_backup_plan.{name}", id=f"plans/{name}", backup_rules=rules)


def _span_policy(name: str, span: str) -> Json:
    rule = [{"life_cycle": [{"data_store_type": "VaultStore", "duration": span}]}]
    return stay(
        f"azurerm_data_protection_backup_policy_postgresql_flexible_server.{name}",
        id=f"/p/{name}",
        default_retention_rule=rule,
    )


# Trees


def _branch(point: str, *tests: tuple[str, str, str], **more: Any) -> Json:
    matcher = [{"label": name, "match": kind, "value": value} for name, kind, value in tests]
    return {"contact_point": point, "matcher": matcher, "continue": False, "policy": [], **more}


def _tree(*after: Json, before: tuple[Json, ...] | None = None) -> Json:
    known = {"contact_point": "mail", "policy": list(before or (_PAGED,))}
    return tweak("grafana_notification_policy.root", known, policy=list(after))


_PAGED: Final = _branch("pager", ("severity", "=", "critical"))
_OURS: Final = (("env", "=~", "prod|stage"),)
_WORLD: Final = (
    stay("grafana_contact_point.pager", name="pager", pagerduty=[{"integration_key": "x"}]),
    stay("grafana_contact_point.chat", name="chat", slack=[{"recipient": "#feed"}]),
    stay("grafana_contact_point.mail", name="mail", email=[{"addresses": ["ops@books.example"]}]),
    stay("grafana_contact_point.other", name="other", opsgenie=[{"api_key": "x"}]),
    stay(
        "grafana_rule_group.books",
        name="books",
        rule=[{"name": "Errors", "labels": {"severity": "critical", "env": "prod"}}],
    ),
)


def _config(*routes: Json) -> Json:
    return {
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": {"name": "books", "namespace": "books"},
        "spec": {
            "route": {"receiver": "chat", "routes": list(routes)},
            "receivers": [
                {"name": "chat", "slackConfigs": [{"channel": "#feed"}]},
                {"name": "pager", "pagerdutyConfigs": [{"routingKey": {"name": "p"}}]},
            ],
        },
    }


def _route(receiver: str, name: str, value: str, **more: Any) -> Json:
    return {"receiver": receiver, "matchers": [{"name": name, "value": value}], **more}


def _configured(*routes: Json) -> Json:
    paged = _config(_route("pager", "severity", "critical"))
    return tweak("kubernetes_manifest.config", {"manifest": paged}, manifest=_config(*routes))


_PROMETHEUS: Final = stay(
    "kubernetes_manifest.rules",
    manifest={
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "books", "namespace": "books"},
        "spec": {
            "groups": [
                {"rules": [{"alert": "Errors", "labels": {"severity": "critical", "app": "b"}}]}
            ]
        },
    },
)
BACKUPS_AND_TREES: Final = [
    pair(
        "a protected machine moves to a policy that keeps days / to one with the old tiers",
        [_TO_NEW, stay("azurerm_backup_policy_vm.new", **_vm_policy("new", 14))],
        [
            _TO_NEW,
            stay("azurerm_backup_policy_vm.new", **_vm_policy("new", 30, monthly=24, yearly=10)),
        ],
        _OLD_POLICY,
        stay("azurerm_linux_virtual_machine.books", id="/machines/books", name="books"),
        uses={
            "azurerm_backup_protected_vm.books": {
                "source_vm_id": ["azurerm_linux_virtual_machine.books.id"]
            }
        },
    ),
    pair(
        "a selection moves to a plan that keeps for a month / to one that keeps for ever",
        [_selection("new"), _plan_of("new", 30)],
        [_selection("new"), _plan_of("new", None)],
        _plan_of("old", 2555),
    ),
    pair(
        "an association of Google moves to a plan of a week / to one of more days",
        [_association("plans/new"), _dr_plan("new", 7)],
        [_association("plans/new"), _dr_plan("new", 45)],
        _dr_plan("old", 30),
    ),
    pair(
        "a database moves to a policy of a month / to one of as many years",
        [
            tweak(
                "azurerm_data_protection_backup_instance_postgresql_flexible_server.books",
                {"id": "/i/books", "backup_policy_id": "/p/old"},
                backup_policy_id="/p/new",
            ),
            _span_policy("new", "P30D"),
        ],
        [
            tweak(
                "azurerm_data_protection_backup_instance_postgresql_flexible_server.books",
                {"id": "/i/books", "backup_policy_id": "/p/old"},
                backup_policy_id="/p/new",
            ),
            _span_policy("new", "P1Y"),
        ],
        _span_policy("old", "P12M"),
    ),
    pair(
        "a branch in front takes alarms that called people / takes them and continues",
        _tree(_branch("chat", *_OURS), _PAGED),
        _tree(_branch("chat", *_OURS, **{"continue": True}), _PAGED),
        *_WORLD,
    ),
    pair(
        "alarms are led to a channel / others are",
        _tree(_branch("chat", ("severity", "=", "critical"))),
        _tree(_PAGED, _branch("chat", ("severity", "=", "warning"))),
        *_WORLD,
    ),
    pair(
        "a branch below the paging one sends some to a channel / stands behind one that pages all",
        _tree({**_PAGED, "policy": [_branch("chat", ("env", "=", "prod"))]}),
        _tree(
            {**_PAGED, "policy": [_branch("pager", *_OURS), _branch("chat", ("env", "=", "prod"))]}
        ),
        *_WORLD,
    ),
    pair(
        "an AlertmanagerConfig takes an application's alarms first / takes another one's",
        _configured(_route("chat", "app", "b"), _route("pager", "severity", "critical")),
        _configured(_route("chat", "app", "c"), _route("pager", "severity", "critical")),
        _PROMETHEUS,
    ),
]
BACKUPS_AND_TREES_TRAPS: Final = [
    trap("a policy that is new in the same plan and keeps less", _OLD_POLICY,
         _to_unknown(), create("azurerm_backup_policy_vm.new",
         {**_vm_policy("new", 14), "id": None}, after_unknown={"id": True}),
         uses={"azurerm_backup_protected_vm.books":
               {"backup_policy_id": ["azurerm_backup_policy_vm.new.id"]}}),
    trap("the paging branch goes", _tree(_branch("chat", *_OURS)), *_WORLD),
    trap("the paging branch asks for more", *_WORLD,
         _tree(_branch("pager", ("severity", "=", "critical"), ("tier", "=", "1")))),
    trap("a first branch without conditions, and no alarm in the plan",
         _tree(_branch("chat"), _PAGED), *_WORLD[:2]),
    trap("a receiver that is changed to a channel in the same plan",
         _tree(_branch("other", ("severity", "=", "critical"))), *_WORLD[:3], _WORLD[4],
         tweak("grafana_contact_point.other", {"name": "other", "opsgenie": [{"api_key": "x"}]},
               opsgenie=[], slack=[{"recipient": "#feed"}])),
]  # fmt: skip
