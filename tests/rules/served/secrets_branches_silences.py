"""Pairs written before the rules and proofs that they are about, with counterparts on AWS.

At first sight 9 of the first 19 dangers were held, and 6 of their harmless twins; the pair of
security groups came later.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from tests.plans import Json, create, delete, replace, tweak
from tests.rules.served import google, kubernetes
from tests.rules.served.worlds import pair, stay, trap

# Versions of secrets

_VERSION: Final[Json] = {
    "id": f"projects/{google.NUMBER}/secrets/rates-token/versions/5",
    "secret": f"projects/{google.PROJECT}/secrets/rates-token",
    "version": "5",
    "enabled": True,
}


def _reads(version: str) -> Json:
    env = {
        "name": "TOKEN",
        "value_source": [{"secret_key_ref": [{"secret": "rates-token", "version": version}]}],
    }
    return stay(
        "google_cloud_run_v2_job.rates",
        id="jobs/rates",
        name="rates",
        template=[{"template": [{"containers": [{"image": "x/y:1", "env": [env]}]}]}],
    )


_AWS_SECRET: Final = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rates-AbCdEf"  # noqa: S105
_STAGED: Final = {
    "id": f"{_AWS_SECRET}|v-17",
    "secret_id": _AWS_SECRET,
    "version_id": "0f6a2d1e-7d8b-4a52-9c1f-4f5d8f3a7b17",
    "version_stages": ["BLUE", "AWSPREVIOUS"],
}


def _task(suffix: str) -> Json:
    return stay(
        "aws_ecs_task_definition.rates",
        id="rates",
        family="rates",
        container_definitions=(
            '[{"name":"rates","image":"x/y:1","secrets":[{"name":"TOKEN","valueFrom":"'
            f'{_AWS_SECRET}{suffix}"}}]}}]'
        ),
    )


_SECRETS: Final = [
    pair(
        "a version that a job names is destroyed / while the job reads the latest",
        [delete("google_secret_manager_secret_version.old", _VERSION), _reads("5")],
        [delete("google_secret_manager_secret_version.old", _VERSION), _reads("latest")],
        stay(
            "google_secret_manager_secret_version.new",
            **{**_VERSION, "id": _VERSION["id"][:-1] + "6", "version": "6"},
        ),
    ),
    pair(
        "a version loses the label by which a task reads it / one that no task names",
        [
            tweak("aws_secretsmanager_secret_version.t", _STAGED, version_stages=["AWSPREVIOUS"]),
            _task("::BLUE:"),
        ],
        [
            tweak("aws_secretsmanager_secret_version.t", _STAGED, version_stages=["AWSPREVIOUS"]),
            _task(""),
        ],
    ),
    pair(
        "a version that a task names goes / while the task reads the current one",
        [
            delete("aws_secretsmanager_secret_version.t", _STAGED),
            _task(f":::{_STAGED['version_id']}"),
        ],
        [delete("aws_secretsmanager_secret_version.t", _STAGED), _task("")],
    ),
]

# Network policies

_DENY: Final[Json] = {
    "metadata": kubernetes.meta("deny"),
    "spec": [{"pod_selector": [{}], "policy_types": ["Ingress"], "ingress": []}],
}


def _policy(app: str) -> Json:
    peer = {"namespace_selector": [{"match_labels": {"kubernetes.io/metadata.name": "edge"}}]}
    return stay(
        "kubernetes_network_policy_v1.edge",
        id="billing/edge",
        metadata=kubernetes.meta("edge"),
        spec=[
            {
                "pod_selector": [{"match_labels": {"app": app}}],
                "policy_types": ["Ingress"],
                "ingress": [{"from": [peer]}],
            }
        ],
    )


_POLICIES: Final = [
    pair(
        "a first denial, and the ingress may enter other pods / these pods",
        [create("kubernetes_network_policy_v1.deny", _DENY), _policy("shelf")],
        [create("kubernetes_network_policy_v1.deny", _DENY), _policy("ledger")],
        kubernetes.pods("ledger"),
    ),
]

# Protected branches

_RULES: Final = {
    "id": "rs1",
    "name": "main",
    "repository": "ledger",
    "target": "branch",
    "enforcement": "active",
    "rules": [{"deletion": True, "pull_request": [{"required_approving_review_count": 2}]}],
}


def _names(*include: str) -> list[Json]:
    return [{"ref_name": [{"include": list(include), "exclude": []}]}]


_BRANCH: Final = {
    "id": "b1",
    "repository_id": "ledger",
    "pattern": "main",
    "enforce_admins": True,
    "required_pull_request_reviews": [{"required_approving_review_count": 2}],
}
_GITLAB: Final = {"id": "7:main", "project": "7", "branch": "main", "push_access_level": "no one"}
_APPROVAL: Final = (
    '{"Version":"2018-11-08","DestinationReferences":["refs/heads/%s"],"Statements":[{"Type":'
    '"Approvers","NumberOfApprovalsNeeded":2,"ApprovalPoolMembers":["*"]}]}'
)

_BRANCHES: Final = [
    pair(
        "a protection leaves the default branch / takes more branches in",
        tweak("github_branch_protection.main", _BRANCH, pattern="v*"),
        tweak("github_branch_protection.main", _BRANCH, pattern="ma[is]*"),
        stay("github_branch_default.ledger", id="ledger", repository="ledger", branch="main"),
    ),
    pair(
        "rules for a repository leave its default branch / take another one in",
        tweak(
            "github_repository_ruleset.main",
            {**_RULES, "conditions": _names("~DEFAULT_BRANCH", "refs/heads/v*")},
            conditions=_names("refs/heads/v*"),
        ),
        tweak(
            "github_repository_ruleset.main",
            {**_RULES, "conditions": _names("~DEFAULT_BRANCH", "refs/heads/v*")},
            conditions=_names("~DEFAULT_BRANCH", "refs/heads/v*", "refs/heads/next"),
        ),
    ),
    pair(
        "GitLab's protection is made anew for another branch / another protects the branch",
        replace("gitlab_branch_protection.main", _GITLAB, {**_GITLAB, "branch": "v*"}, "branch"),
        [
            replace(
                "gitlab_branch_protection.main", _GITLAB, {**_GITLAB, "branch": "v*"}, "branch"
            ),
            create("gitlab_branch_protection.all", {**_GITLAB, "branch": "m*"}),
        ],
    ),
    pair(
        "CodeCommit's approvals leave a branch / take one more reviewer",
        tweak(
            "aws_codecommit_approval_rule_template.two",
            {"id": "two", "name": "two", "content": _APPROVAL % "main"},
            content=_APPROVAL % "next",
        ),
        tweak(
            "aws_codecommit_approval_rule_template.two",
            {"id": "two", "name": "two", "content": _APPROVAL % "main"},
            content=(_APPROVAL % "main").replace(":2,", ":3,"),
        ),
    ),
]

# Silence

_SUB: Final = "/subscriptions/0b1d7a52-9d3f-4a35-8f0e-6f2f7f5b8a11"


def _suppression(**changed: Any) -> Json:
    values = {"name": "quiet", "resource_group_name": "rg-ops", "enabled": True, "scopes": [_SUB]}
    return create(
        "azurerm_monitor_alert_processing_rule_suppression.quiet",
        {**values, "schedule": [], **changed},
    )


_SILENCE: Final = [
    pair(
        "a downtime for production without an end / until the morning",
        create(
            "datadog_downtime_schedule.move",
            {
                "scope": "env:prod",
                "monitor_identifier": {"monitor_id": None, "monitor_tags": ["team:ledger"]},
                "one_time_schedule": {"start": "2026-02-01T20:00:00Z", "end": None},
            },
        ),
        create(
            "datadog_downtime_schedule.move",
            {
                "scope": "env:prod",
                "monitor_identifier": {"monitor_id": None, "monitor_tags": ["team:ledger"]},
                "one_time_schedule": {
                    "start": "2026-02-01T20:00:00Z",
                    "end": "2026-02-02T04:00:00Z",
                },
            },
        ),
    ),
    pair(
        "alerts of a subscription are suppressed for good / on one night",
        _suppression(),
        _suppression(
            schedule=[
                {
                    "effective_from": "2026-02-01T22:00:00",
                    "effective_until": "2026-02-02T04:00:00",
                    "time_zone": "UTC",
                }
            ]
        ),
    ),
    pair(
        "CloudWatch's alarm acts no more / is described",
        tweak(
            "aws_cloudwatch_metric_alarm.errors",
            {
                "id": "errors",
                "alarm_name": "errors",
                "actions_enabled": True,
                "alarm_actions": ["arn:aws:sns:eu-west-1:111122223333:page"],
            },
            actions_enabled=False,
        ),
        tweak(
            "aws_cloudwatch_metric_alarm.errors",
            {
                "id": "errors",
                "alarm_name": "errors",
                "actions_enabled": True,
                "alarm_actions": ["arn:aws:sns:eu-west-1:111122223333:page"],
            },
            alarm_description="Errors of the shop.",
        ),
    ),
    pair(
        "maintenance of a year / of three hours",
        create(
            "pagerduty_maintenance_window.move",
            {
                "start_time": "2026-02-01T20:00:00Z",
                "end_time": "2027-02-01T20:00:00Z",
                "services": ["PLEDGER"],
            },
        ),
        create(
            "pagerduty_maintenance_window.move",
            {
                "start_time": "2026-02-01T20:00:00Z",
                "end_time": "2026-02-01T23:00:00Z",
                "services": ["PLEDGER"],
            },
        ),
    ),
]

# Harmless: what still serves

_TOPIC: Final = f"projects/{google.PROJECT}/topics/trades"


def _subscription(retention: str, kind: str) -> Json:
    before = {
        "id": f"projects/{google.PROJECT}/subscriptions/trades-{kind}",
        "name": f"trades-{kind}",
        "topic": _TOPIC,
        "message_retention_duration": retention,
        "filter": 'attributes.side = "buy"',
    }
    after = {**before, "filter": 'attributes.side = "sell"'}
    return replace("google_pubsub_subscription.t", before, after, "filter")


def _queue(seconds: int) -> Json:
    before = {
        "id": "https://sqs.eu-west-1.amazonaws.com/111122223333/trades",
        "arn": "arn:aws:sqs:eu-west-1:111122223333:trades",
        "name": "trades",
        "fifo_queue": False,
        "message_retention_seconds": seconds,
    }
    return replace("aws_sqs_queue.t", before, {**before, "fifo_queue": True}, "fifo_queue")


_VAULT: Final = f"{_SUB}/resourceGroups/rg-care/providers/Microsoft.KeyVault/vaults/kv-care"
_ROLE: Final = {
    "id": f"{_SUB}/providers/Microsoft.Authorization/roleAssignments/1",
    "principal_id": "3d0f6c1e-0000-4000-8000-000000000001",
    "role_definition_name": "Key Vault Secrets User",
    "scope": f"{_VAULT}/secrets/db",
}
_RECORD: Final = {
    "id": "r1",
    "zone_id": "Z1",
    "type": "CNAME",
    "ttl": 60,
}


_STORE: Final = {
    "id": f"{_SUB}/resourceGroups/rg-care/providers/Microsoft.Storage/storageAccounts/stcare",
    "name": "stcare",
    "shared_access_key_enabled": True,
    "default_to_oauth_authentication": False,
}


def _app(name: str, **more: Any) -> Json:
    values = {
        "id": f"{_SUB}/resourceGroups/rg-care/providers/Microsoft.Web/sites/{name}",
        "name": name,
        "identity": [{"type": "SystemAssigned", "principal_id": f"p-{name}"}],
        "storage_account_name": "stcare",
        "app_settings": {"MODE": "fast"},
    }
    return stay(f"azurerm_linux_function_app.{name}", **{**values, **more})


def _reader(name: str) -> Json:
    return stay(
        f"azurerm_role_assignment.{name}",
        id=f"a-{name}",
        principal_id=f"p-{name}",
        role_definition_name="Storage Blob Data Owner",
        scope=_STORE["id"],
    )


_NO_KEYS: Final = tweak(
    "azurerm_storage_account.care",
    _STORE,
    shared_access_key_enabled=False,
    default_to_oauth_authentication=True,
)
_NET: Final = f"{_SUB}/resourceGroups/rg-care/providers/Microsoft.Network"
_ENTRY: Final = {
    "id": f"{_NET}/networkSecurityGroups/nsg-app/securityRules/https",
    "name": "https",
    "network_security_group_name": "nsg-app",
    "resource_group_name": "rg-care",
    "priority": 110,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "source_port_range": "*",
    "destination_port_range": "8443",
    "source_address_prefix": "10.9.0.0/16",
    "destination_address_prefix": "*",
}


def _subnet(name: str, prefix: str) -> Json:
    return stay(
        f"azurerm_subnet.{name}",
        id=f"{_NET}/virtualNetworks/vnet/subnets/{name}",
        name=name,
        address_prefixes=[prefix],
    )


_NETWORK: Final = (
    stay(
        "azurerm_virtual_network.vnet",
        id=f"{_NET}/virtualNetworks/vnet",
        name="vnet",
        address_space=["10.9.0.0/16"],
    ),
    _subnet("app", "10.9.1.0/24"),
    _subnet("edge", "10.9.2.0/24"),
    _subnet("tools", "10.9.3.0/24"),
    stay(
        "azurerm_network_security_group.app",
        id=f"{_NET}/networkSecurityGroups/nsg-app",
        name="nsg-app",
        resource_group_name="rg-care",
    ),
    stay(
        "azurerm_subnet_network_security_group_association.app",
        id=f"{_NET}/virtualNetworks/vnet/subnets/app",
        subnet_id=f"{_NET}/virtualNetworks/vnet/subnets/app",
        network_security_group_id=f"{_NET}/networkSecurityGroups/nsg-app",
    ),
    stay(
        "azurerm_linux_virtual_machine_scale_set.app",
        id="vmss-app",
        name="vmss-app",
        network_interface=[
            {"ip_configuration": [{"subnet_id": f"{_NET}/virtualNetworks/vnet/subnets/app"}]}
        ],
    ),
    stay(
        "azurerm_application_gateway.edge",
        id="agw-edge",
        name="agw-edge",
        gateway_ip_configuration=[{"subnet_id": f"{_NET}/virtualNetworks/vnet/subnets/edge"}],
    ),
    stay(
        "azurerm_network_security_rule.own",
        **{
            **_ENTRY,
            "id": f"{_NET}/networkSecurityGroups/nsg-app/securityRules/own",
            "name": "own",
            "priority": 120,
            "protocol": "*",
            "destination_port_range": "*",
            "source_address_prefix": "10.9.1.0/24",
        },
    ),
    stay(
        "azurerm_network_security_rule.deny",
        **{
            **_ENTRY,
            "id": f"{_NET}/networkSecurityGroups/nsg-app/securityRules/deny",
            "name": "deny",
            "priority": 4000,
            "access": "Deny",
            "protocol": "*",
            "destination_port_range": "*",
            "source_address_prefix": "*",
        },
    ),
)
_NETWORK_USES: Final = {
    "azurerm_network_security_rule.https": {
        "network_security_group_name": ["azurerm_network_security_group.app.name"]
    },
    "azurerm_network_security_rule.own": {
        "network_security_group_name": ["azurerm_network_security_group.app.name"]
    },
    "azurerm_network_security_rule.deny": {
        "network_security_group_name": ["azurerm_network_security_group.app.name"]
    },
    "azurerm_subnet_network_security_group_association.app": {
        "subnet_id": ["azurerm_subnet.app.id"],
        "network_security_group_id": ["azurerm_network_security_group.app.id"],
    },
    "azurerm_linux_virtual_machine_scale_set.app": {"network_interface": ["azurerm_subnet.app.id"]},
    "azurerm_application_gateway.edge": {"gateway_ip_configuration": ["azurerm_subnet.edge.id"]},
}


_GROUP_ENTRY: Final = {
    "id": "sgr-1",
    "security_group_id": "sg-app",
    "ip_protocol": "tcp",
    "from_port": 8443,
    "to_port": 8443,
    "cidr_ipv4": "10.9.0.0/16",
}


def _aws_subnet(name: str, block: str) -> Json:
    return stay(f"aws_subnet.{name}", id=f"subnet-{name}", vpc_id="vpc-1", cidr_block=block)


_AWS_NETWORK: Final = (
    stay("aws_vpc.core", id="vpc-1", cidr_block="10.9.0.0/16"),
    _aws_subnet("app", "10.9.1.0/24"),
    _aws_subnet("edge", "10.9.2.0/24"),
    _aws_subnet("tools", "10.9.3.0/24"),
    stay("aws_security_group.app", id="sg-app", name="app", vpc_id="vpc-1"),
    stay(
        "aws_vpc_security_group_ingress_rule.own",
        **{**_GROUP_ENTRY, "id": "sgr-2", "cidr_ipv4": "10.9.1.0/24"},
    ),
    stay(
        "aws_instance.app",
        id="i-1",
        subnet_id="subnet-app",
        vpc_security_group_ids=["sg-app"],
    ),
    stay("aws_lb.edge", id="lb-edge", name="edge", internal=True, subnets=["subnet-edge"]),
)
_AWS_USES: Final = {
    "aws_vpc_security_group_ingress_rule.web": {"security_group_id": ["aws_security_group.app.id"]},
    "aws_vpc_security_group_ingress_rule.own": {"security_group_id": ["aws_security_group.app.id"]},
    "aws_instance.app": {
        "subnet_id": ["aws_subnet.app.id"],
        "vpc_security_group_ids": ["aws_security_group.app.id"],
    },
    "aws_lb.edge": {"subnets": ["aws_subnet.edge.id"]},
}


def _aws_narrowed(block: str, before: str = "10.9.0.0/16") -> Json:
    old = {**_GROUP_ENTRY, "cidr_ipv4": before}
    return tweak("aws_vpc_security_group_ingress_rule.web", old, cidr_ipv4=block)


def _narrowed(prefix: str) -> Json:
    return tweak("azurerm_network_security_rule.https", _ENTRY, source_address_prefix=prefix)


_HARMLESS: Final = [
    pair(
        "a subscription of a week / of ten minutes that nobody reads is exchanged",
        _subscription("604800s", "ledger"),
        _subscription("600s", "peek"),
        stay("google_pubsub_topic.trades", id=_TOPIC, name="trades"),
    ),
    pair("a queue of four days / of one minute is exchanged", _queue(345600), _queue(60)),
    pair(
        "the role on one secret goes / while the same one stays on its vault",
        delete("azurerm_role_assignment.one", _ROLE),
        [
            delete("azurerm_role_assignment.one", _ROLE),
            stay(
                "azurerm_role_assignment.all",
                **{**_ROLE, "id": _ROLE["id"][:-1] + "2", "scope": _VAULT},
            ),
        ],
    ),
    pair(
        "keys of a store go off while an app has one / while all have identities",
        [_NO_KEYS, _app("a"), _app("b", storage_account_access_key="Zm9v")],
        [_NO_KEYS, _app("a"), _app("b", storage_uses_managed_identity=True)],
        _reader("a"),
        _reader("b"),
    ),
    pair(
        "an entry is narrowed to an empty subnet / to the subnet of the gateway",
        _narrowed("10.9.3.0/24"),
        _narrowed("10.9.2.0/24"),
        *_NETWORK,
        uses=_NETWORK_USES,
    ),
    pair(
        "a security group is narrowed to an empty subnet / to the subnet of the balancer",
        _aws_narrowed("10.9.3.0/24"),
        _aws_narrowed("10.9.2.0/24"),
        *_AWS_NETWORK,
        uses=_AWS_USES,
    ),
    pair(
        "a service narrows to one of many pods / to those that grow with the load",
        [
            kubernetes.moved({"app": "till"}, {"app": "till", "part": "canary"}),
            kubernetes.pods("till", {"app": "till", "part": "main"}, replicas=12),
            kubernetes.pods("canary", {"app": "till", "part": "canary"}, replicas=1),
        ],
        [
            kubernetes.moved({"app": "till"}, {"app": "till", "part": "main"}),
            kubernetes.pods("till", {"app": "till", "part": "main"}, replicas=12),
            kubernetes.pods("canary", {"app": "till", "part": "canary"}, replicas=1),
            stay(
                "kubernetes_horizontal_pod_autoscaler_v2.till",
                id="billing/till",
                metadata=kubernetes.meta("till"),
                spec=[
                    {
                        "min_replicas": 4,
                        "max_replicas": 30,
                        "scale_target_ref": [{"kind": "Deployment", "name": "till"}],
                    }
                ],
            ),
        ],
    ),
    pair(
        "the record of a shop / of a preview goes",
        delete(
            'aws_route53_record.site["pay"]',
            {**_RECORD, "name": "pay.tern.example", "records": ["pay.eu.tern.example"]},
        ),
        delete(
            'aws_route53_record.site["pr-77"]',
            {**_RECORD, "name": "pr-77.tern.example", "records": ["pr-77.apps.tern.example"]},
        ),
        stay(
            'aws_route53_record.site["www"]',
            **{**_RECORD, "id": "r2", "name": "www.tern.example", "records": ["x.tern.example"]},
        ),
        stay(
            'aws_route53_record.site["pr-80"]',
            **{**_RECORD, "id": "r3", "name": "pr-80.tern.example", "records": ["y.tern.example"]},
        ),
    ),
]

_TILL: Final = kubernetes.pods("till", {"app": "till", "part": "main"}, replicas=12)
_CANARY: Final = kubernetes.pods("canary", {"app": "till", "part": "canary"}, replicas=10)
_TO_MAIN: Final = kubernetes.moved({"app": "till"}, {"app": "till", "part": "main"})


def _headless() -> Json:
    item = copy.deepcopy(_TO_MAIN)
    for side in ("before", "after"):
        item["change"][side]["spec"][0]["cluster_ip"] = "None"
    return item


def _scaled(most: int) -> Json:
    return stay(
        "kubernetes_horizontal_pod_autoscaler_v2.till",
        id="billing/till",
        metadata=kubernetes.meta("till"),
        spec=[
            {
                "min_replicas": 4,
                "max_replicas": most,
                "scale_target_ref": [{"kind": "Deployment", "name": "till"}],
            }
        ],
    )


_PREVIEW: Final = delete(
    "cloudflare_record.preview",
    {
        "id": "r9",
        "zone_id": "z",
        "name": "pr-77",
        "hostname": "pr-77.tern.example",
        "type": "CNAME",
        "content": "pr-77.apps.tern.example",
        "proxied": True,
    },
)
_SHOP: Final = tuple(
    stay(
        f"cloudflare_record.{name}",
        id=name,
        zone_id="z",
        name=name,
        type="CNAME",
        hostname=f"{name}.tern.example",
        content="eu.tern.example",
        proxied=True,
    )
    for name in ("shop", "www", "api")
)

_LOOKS: Final = [
    trap(
        "messages of ten minutes, and an alarm names the subscription",
        _subscription("600s", "peek"),
        stay(
            "google_monitoring_alert_policy.peek",
            id="a",
            conditions=[{"filter": 'resource.labels.subscription_id="trades-peek"'}],
        ),
    ),
    trap(
        "messages of ten minutes that are kept after they were read",
        replace(
            "google_pubsub_subscription.t",
            {**_subscription("600s", "peek")["change"]["before"], "retain_acked_messages": True},
            _subscription("600s", "peek")["change"]["after"],
            "filter",
        ),
    ),
    trap(
        "a route still serves the name of the preview",
        _PREVIEW,
        *_SHOP,
        stay("cloudflare_workers_route.p", id="w", zone_id="z", pattern="pr-77.tern.example/*"),
    ),
    trap(
        "an entry that admitted more than the plan's own network is narrowed",
        _aws_narrowed("10.9.2.0/24", before="10.0.0.0/8"),
        *_AWS_NETWORK,
        uses=_AWS_USES,
    ),
    trap(
        "somebody lives in a subnet that is shut out",
        _aws_narrowed("10.9.2.0/24"),
        *_AWS_NETWORK,
        stay("aws_instance.tool", id="i-2", subnet_id="subnet-tools"),
        uses={**_AWS_USES, "aws_instance.tool": {"subnet_id": ["aws_subnet.tools.id"]}},
    ),
    trap("fewer pods, and nothing makes them more", _TO_MAIN, _TILL, _CANARY),
    trap("an autoscaler that cannot make up for it", _TO_MAIN, _TILL, _CANARY, _scaled(15)),
    trap("pods that are asked by their own names", _headless(), _TILL, _CANARY, _scaled(40)),
    trap(
        "the same role stays on another vault, whose name begins alike",
        delete("azurerm_role_assignment.one", _ROLE),
        stay("azurerm_role_assignment.all", **{**_ROLE, "id": "2", "scope": _VAULT[:-1]}),
    ),
    trap(
        "the same role stays on a sibling of the secret",
        delete("azurerm_role_assignment.one", _ROLE),
        stay(
            "azurerm_role_assignment.all",
            **{**_ROLE, "id": "2", "scope": f"{_VAULT}/secrets/other"},
        ),
    ),
]

_BACKEND: Final = {"service": [{"name": "ledger", "port": [{"number": 80}]}]}
_NO_HOST: Final = stay(
    "kubernetes_ingress_v1.rest",
    metadata=kubernetes.meta("rest"),
    spec=[{"default_backend": [_BACKEND], "rule": []}],
)
_ROUTE: Final = stay(
    "kubernetes_manifest.route",
    manifest={
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "pay", "namespace": kubernetes.SPACE},
        "spec": {
            "hostnames": ["pay.tern.example"],
            "rules": [{"backendRefs": [{"name": "ledger", "port": 80}]}],
        },
    },
)
_FIRST_POLICY: Final = create("kubernetes_network_policy.ledger", kubernetes.admission("portal"))
_TIERS: Final = (
    kubernetes.moved({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
    kubernetes.pods("ledger", {"app": "ledger", "tier": "api"}),
    kubernetes.pods("ledger_b", {"app": "ledger"}),
    stay("kubernetes_ingress_v1.web", **kubernetes.ingress("pr-7.preview.lumen.example")),
)
_OPEN: Final = [
    trap("a route of a gateway leads to the pods", _FIRST_POLICY, *kubernetes.SERVED, _ROUTE),
    trap("all that fits no rule goes to the pods", _FIRST_POLICY, *kubernetes.SERVED, _NO_HOST),
    trap("previews lead to the service, and a route of a gateway", *_TIERS, _ROUTE),
    trap("previews lead to the service, and all that fits no rule", *_TIERS, _NO_HOST),
]

SECRETS_BRANCHES_SILENCES_TRAPS: Final = [*_LOOKS, *_OPEN]
SECRETS_BRANCHES_SILENCES: Final = [*_SECRETS, *_POLICIES, *_BRANCHES, *_SILENCE, *_HARMLESS]
