"""Pairs on AWS: the plan shows all whom a change could concern, and whether it does.

At first sight 17 of the 20 dangers of this round were held, and 8 of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, replace, tweak
from tests.rules.served.worlds import Trap, pair, stay, trap

_ACCOUNT: Final = "111122223333"
_REGION: Final = f"eu-west-1:{_ACCOUNT}"


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _task(name: str, **more: Any) -> Json:
    variables = more.pop("variables", {})
    listed = [{"name": key, "value": value} for key, value in variables.items()]
    return stay(
        f"aws_ecs_task_definition.{name}",
        id=name,
        family=name,
        arn=f"arn:aws:ecs:{_REGION}:task-definition/{name}:3",
        container_definitions=json.dumps([{"name": name, "image": "x:1", "environment": listed}]),
        **more,
    )


def _service(name: str, **more: Any) -> Json:
    return stay(
        f"aws_ecs_service.{name}",
        id=f"arn:aws:ecs:{_REGION}:service/main/{name}",
        name=name,
        cluster=f"arn:aws:ecs:{_REGION}:cluster/main",
        task_definition=f"arn:aws:ecs:{_REGION}:task-definition/{name}:3",
        **{"desired_count": 4, **more},
    )


def _runs(name: str) -> dict[str, dict[str, list[str]]]:
    return {f"aws_ecs_service.{name}": {"task_definition": [f"aws_ecs_task_definition.{name}.arn"]}}


# Proxies of databases

_HOST: Final = "shop.proxy-c1ab2.eu-west-1.rds.amazonaws.com"
_PROXY: Final = tweak(
    "aws_db_proxy.shop",
    {"id": "shop-proxy", "name": "shop-proxy", "endpoint": _HOST, "require_tls": False},
    require_tls=True,
)
_ASKS: Final = {"aws_ecs_task_definition.web": {"container_definitions": ["aws_db_proxy.shop.arn"]}}


def _web(query: str, **more: str) -> Json:
    return _task("web", variables={"DATABASE_URL": f"postgres://u@{_HOST}:5432/o{query}", **more})


_OLD_SERVER: Final = tweak(
    "azurerm_mysql_server.shop",
    {
        "id": "/subscriptions/s/shop",
        "name": "acme-shop",
        "fqdn": "acme-shop.mysql.database.azure.com",
        "ssl_enforcement_enabled": False,
    },
    ssl_enforcement_enabled=True,
)


def _app(url: str) -> Json:
    return stay(
        "azurerm_linux_web_app.web", id="/subscriptions/s/web", name="web", app_settings={"DB": url}
    )


# Ceilings

_TARGET: Final = {
    "id": "service/main/web",
    "resource_id": "service/main/web",
    "service_namespace": "ecs",
    "scalable_dimension": "ecs:service:DesiredCount",
    "min_capacity": 2,
    "max_capacity": 40,
}
_LOWER: Final = tweak("aws_appautoscaling_target.web", _TARGET, max_capacity=12)
_GROUP: Final = {
    "id": "agents",
    "name": "agents",
    "min_size": 1,
    "max_size": 30,
    "desired_capacity": 12,
}
_MANAGER: Final = "https://www.googleapis.com/compute/v1/projects/p/zones/z/instanceGroupManagers/w"
_POLICY: Final = {"min_replicas": 1, "max_replicas": 30, "cooldown_period": 60}
_AUTOSCALER: Final = tweak(
    "google_compute_autoscaler.web",
    {"id": "a", "name": "web", "target": _MANAGER, "autoscaling_policy": [_POLICY]},
    autoscaling_policy=[{**_POLICY, "max_replicas": 9}],
)


def _managed(size: int) -> Json:
    return stay(
        "google_compute_instance_group_manager.web",
        id="w",
        name="w",
        self_link=_MANAGER,
        target_size=size,
    )


def _agents(running: int, **after: int) -> Json:
    before = {**_GROUP, "desired_capacity": running}
    return tweak("aws_autoscaling_group.agents", before, **{"max_size": 14, **after})


# Alarms

_PAGES: Final = f"arn:aws:sns:{_REGION}:pages"
_CHAT: Final = f"arn:aws:sns:{_REGION}:chat"
_ALARM: Final = {
    "id": "shop-errors",
    "alarm_name": "shop-errors",
    "arn": f"arn:aws:cloudwatch:{_REGION}:alarm:shop-errors",
    "alarm_actions": [_PAGES],
    "actions_enabled": True,
    "metric_name": "HTTPCode_Target_5XX_Count",
    "threshold": 20,
}
_QUIET: Final = tweak("aws_cloudwatch_metric_alarm.errors", _ALARM, alarm_actions=[])


def _above(rule: str, **more: Any) -> Json:
    values = {"alarm_actions": [_PAGES], "actions_enabled": True, **more}
    return stay(
        "aws_cloudwatch_composite_alarm.shop",
        id="shop",
        alarm_name="shop",
        alarm_rule=rule,
        **values,
    )


_MONITOR: Final = {
    "id": "401",
    "type": "query alert",
    "query": "avg(last_5m):sum:shop.errors{env:prod} > 5",
    "message": "Errors @pagerduty-shop",
}
_SILENT: Final = tweak("datadog_monitor.errors", _MONITOR, message="Errors")


def _monitors(query: str, message: str = "Shop is down @pagerduty-shop") -> Json:
    return stay("datadog_monitor.shop", id="500", type="composite", query=query, message=message)


# Roles of state machines and schedules

_ROLE: Final = f"arn:aws:iam::{_ACCOUNT}:role/flow"


def _function_arn(name: str) -> str:
    return f"arn:aws:lambda:{_REGION}:function:{name}"


def _may_invoke(*names: str, action: str = "lambda:InvokeFunction") -> str:
    return _document(
        {"Effect": "Allow", "Action": action, "Resource": [_function_arn(name) for name in names]}
    )


def _flow_role(*services: str) -> Json:
    trusted = [f"{one}.amazonaws.com" for one in services]
    return stay(
        "aws_iam_role.flow",
        id="flow",
        name="flow",
        arn=_ROLE,
        assume_role_policy=_document(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": trusted}}
        ),
    )


_ROLE_POLICY: Final = {"id": "flow:steps", "name": "steps", "role": "flow"}
_LESS: Final = tweak(
    "aws_iam_role_policy.flow",
    {**_ROLE_POLICY, "policy": _may_invoke("charge", "refund", "thank")},
    policy=_may_invoke("charge", "refund"),
)
_OF_ROLE: Final = {
    "aws_iam_role_policy.flow": {"role": ["aws_iam_role.flow.id"]},
    "aws_sfn_state_machine.flow": {"role_arn": ["aws_iam_role.flow.arn"]},
}


def _flow(**states: Json) -> Json:
    return stay(
        "aws_sfn_state_machine.flow",
        id="flow",
        name="flow-machine",
        arn=f"arn:aws:states:{_REGION}:stateMachine:flow",
        role_arn=_ROLE,
        definition=json.dumps({"StartAt": "Charge", "States": states}),
    )


_CHARGE: Final[Json] = {"Type": "Task", "Resource": _function_arn("charge"), "End": True}
_CATCHES: Final[Json] = {**_CHARGE, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Thank"}]}
_THANK: Final[Json] = {"Type": "Task", "Resource": _function_arn("thank"), "End": True}
_ANY: Final[Json] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName.$": "$.next"},
    "End": True,
}


def _schedule(name: str) -> Json:
    target = {"arn": _function_arn(name), "role_arn": _ROLE}
    return stay("aws_scheduler_schedule.nightly", id="n", name="nightly-run", target=[target])


# Copies of databases

_SNAPSHOT: Final = f"arn:aws:rds:{_REGION}:cluster-snapshot:catalog"
_COPY: Final = {
    "id": "mirror",
    "cluster_identifier": "mirror",
    "endpoint": "mirror.cluster-c1ab2.eu-west-1.docdb.amazonaws.com",
    "snapshot_identifier": f"{_SNAPSHOT}-2026-01",
    "skip_final_snapshot": True,
}
_PATH: Final = "snapshot_identifier"


def _restored(before: Json, **more: Any) -> Json:
    after = {**before, "snapshot_identifier": f"{_SNAPSHOT}-2026-02", **more}
    return replace("aws_docdb_cluster.mirror", before, after, _PATH)


_CATALOG_HOST: Final = "catalog.cluster-c1ab2.eu-west-1.docdb.amazonaws.com"
_CATALOG: Final = stay(
    "aws_docdb_cluster.catalog",
    id="catalog",
    cluster_identifier="catalog",
    endpoint=_CATALOG_HOST,
    snapshot_identifier=None,
)
_CATALOG_USER: Final = _task("catalog-api", variables={"MONGO_HOST": _CATALOG_HOST})
_MIRROR_USER: Final = _task("report", variables={"MONGO_HOST": str(_COPY["endpoint"])})
_DB_COPY: Final = {
    "id": "db-2",
    "identifier": "orders-mirror",
    "snapshot_identifier": "rds:orders-2026-01-05",
    "skip_final_snapshot": True,
}
_DB_AGAIN: Final = replace(
    "aws_db_instance.mirror",
    _DB_COPY,
    {**_DB_COPY, "snapshot_identifier": "rds:orders-2026-02-02"},
    _PATH,
)
_ORDERS: Final = stay(
    "aws_db_instance.orders",
    id="db-1",
    identifier="orders",
    endpoint="orders.c1ab2.eu-west-1.rds.amazonaws.com:5432",
)

# Organisations

_OWN: Final = "o-a1b2c3d4e5"
_OTHER: Final = "o-z9y8x7w6v5"
_TOPIC: Final = f"arn:aws:sns:{_REGION}:customers"


def _policy(kind: str, action: str, on: str, principal: Any, **tests: str) -> Json:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": on,
        "Condition": {"StringEquals": {kind: "sqs", **tests}}
        if kind
        else {"StringEquals": tests}
        if tests
        else {},
    }


def _topic(statement: Json) -> Json:
    accounts = [f"arn:aws:iam::{number}:root" for number in ("444455556666", "777788889999")]
    before = _policy("sns:Protocol", "sns:Subscribe", _TOPIC, accounts)
    return tweak(
        "aws_sns_topic_policy.customers",
        {"id": _TOPIC, "arn": _TOPIC, "policy": _document(before)},
        policy=_document(statement),
    )


def _everyone_may(*, on: str = "sns:Protocol", **tests: str) -> Json:
    return _policy(on, "sns:Subscribe", _TOPIC, "*", **tests)


_IN_OWN: Final = {"aws:PrincipalOrgID": _OWN}
_HOUSE: Final = stay("aws_organizations_organization.this", id=_OWN)
_BUCKET: Final = "arn:aws:s3:::exports"


def _member(number: str, house: str = _OWN) -> Json:
    return stay(
        f"aws_organizations_account.a{number}",
        id=number,
        name=f"team-{number}",
        parent_id="ou-1",
        arn=f"arn:aws:organizations::{_ACCOUNT}:account/{house}/{number}",
    )


def _bucket(principal: Any, **tests: str) -> str:
    return _document(_policy("", "s3:GetObject", f"{_BUCKET}/*", principal, **tests))


_EXPORTS: Final = tweak(
    "aws_s3_bucket_policy.exports",
    {"id": "exports", "bucket": "exports", "policy": _bucket("arn:aws:iam::444455556666:root")},
    policy=_bucket("*", **_IN_OWN),
)
_EXPORTS_BUCKET: Final = stay("aws_s3_bucket.exports", id="exports", bucket="exports", arn=_BUCKET)


def _regions(*names: str) -> str:
    return _document(
        {
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(names)}},
        }
    )


def _only(*names: str) -> Json:
    before = {
        "id": "p-1",
        "type": "SERVICE_CONTROL_POLICY",
        "content": _regions("eu-west-1", "eu-central-1", "us-east-2"),
    }
    return tweak("aws_organizations_policy.regions", before, content=_regions(*names))


def _stack(region: str) -> Json:
    return stay(
        f'aws_cloudformation_stack_set_instance.app["{region}"]',
        id=f"app,444455556666,{region}",
        stack_set_name="app",
        account_id="444455556666",
        region=region,
    )


_UNIT_POLICY: Final = stay(
    "aws_organizations_policy_attachment.unit", id="ou-1:p-1", policy_id="p-1", target_id="ou-1"
)

# Clusters

_VPC: Final[Json] = {
    "subnet_ids": ["subnet-1", "subnet-2"],
    "endpoint_private_access": True,
    "endpoint_public_access": True,
    "public_access_cidrs": ["0.0.0.0/0"],
    "cluster_security_group_id": "sg-c",
}
_CLUSTER: Final[Json] = {
    "id": "main",
    "name": "main",
    "arn": f"arn:aws:eks:{_REGION}:cluster/main",
    "access_config": [{"authentication_mode": "API"}],
    "vpc_config": [_VPC],
}


def _shut(**more: Any) -> Json:
    before = {**_CLUSTER, **more}
    return tweak(
        "aws_eks_cluster.main", before, vpc_config=[{**_VPC, "endpoint_public_access": False}]
    )


_DEPLOYS: Final = f"arn:aws:iam::{_ACCOUNT}:role/deploy"


def _project(name: str, role: str, subnets: list[str]) -> Json:
    inside = [{"vpc_id": "vpc-1", "subnets": subnets, "security_group_ids": ["sg-d"]}]
    return stay(
        f"aws_codebuild_project.{name}",
        id=name,
        name=f"{name}-project",
        service_role=role,
        vpc_config=inside if subnets else [],
    )


_INSIDE: Final = _project("deploy", _DEPLOYS, ["subnet-1"])
_ENTRY: Final = stay(
    "aws_eks_access_entry.deploy",
    id="main:deploy",
    cluster_name="main",
    principal_arn=_DEPLOYS,
    type="STANDARD",
)
_NODES: Final = stay(
    "aws_eks_node_group.main", id="main:n", cluster_name="main", node_group_name="n"
)
_VPN: Final = stay("aws_ec2_client_vpn_endpoint.staff", id="cvpn-1", vpc_id="vpc-1")


def _lets_in(name: str, **source: str) -> Json:
    return stay(
        f"aws_vpc_security_group_ingress_rule.{name}",
        id=f"sgr-{name}",
        security_group_id="sg-c",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        **source,
    )


_FROM_DEPLOY: Final = _lets_in("deploy", referenced_security_group_id="sg-d")
_FROM_STAFF: Final = _lets_in("staff", cidr_ipv4="10.20.0.0/16")
_CLUSTER_WORLD: Final = (_ENTRY, _NODES, _VPN, _FROM_DEPLOY, _FROM_STAFF)

KNOWN: Final = [
    pair(
        "a proxy asks for TLS of a service that does without / that uses it",
        [_PROXY, _web("?sslmode=disable")],
        [_PROXY, _web("?sslmode=verify-full")],
        _service("web"),
        uses={**_runs("web"), **_ASKS},
    ),
    pair(
        "an old server of Azure asks for TLS of an app that does without / that uses it",
        [_OLD_SERVER, _app("mysql://u@acme-shop.mysql.database.azure.com/o?sslmode=disabled")],
        [_OLD_SERVER, _app("mysql://u@acme-shop.mysql.database.azure.com/o?sslmode=require")],
    ),
    pair(
        "a ceiling falls below what runs / to three times what runs",
        [_LOWER, _service("web", desired_count=27)],
        [_LOWER, _service("web")],
    ),
    pair(
        "the largest size of a group falls close to its size / stays far above it",
        [_agents(12)],
        [_agents(4)],
    ),
    pair(
        "an autoscaler of Google may have half of what runs / three times as much",
        [_AUTOSCALER, _managed(20)],
        [_AUTOSCALER, _managed(3)],
    ),
    pair(
        "an alarm calls nobody and a composite has others / has it too",
        [_QUIET, _above("ALARM(shop-latency) OR ALARM(shop-cpu)")],
        [_QUIET, _above('ALARM("shop-errors") OR ALARM(shop-latency)')],
    ),
    pair(
        "a monitor calls nobody and a composite asks for both / for either",
        [_SILENT, _monitors("401 && 402")],
        [_SILENT, _monitors("401 || 402")],
    ),
    pair(
        "a role may no longer call what a path of failures calls / what nothing calls",
        [_LESS, _flow(Charge=_CATCHES, Thank=_THANK)],
        [_LESS, _flow(Charge=_CHARGE)],
        _flow_role("states"),
        uses=_OF_ROLE,
    ),
    pair(
        "a role may no longer call what a schedule starts / what it does not start",
        [_LESS, _schedule("thank")],
        [_LESS, _schedule("charge")],
        _flow_role("scheduler"),
        uses={
            "aws_iam_role_policy.flow": {"role": ["aws_iam_role.flow.id"]},
            "aws_scheduler_schedule.nightly": {"target": ["aws_iam_role.flow.arn"]},
        },
    ),
    pair(
        "a database in use is restored from a snapshot / a copy that nobody uses is",
        [_restored(_COPY), _MIRROR_USER],
        [_restored(_COPY)],
        _CATALOG,
        _CATALOG_USER,
    ),
    pair(
        "an instance in use is restored from a snapshot / a copy that nobody uses is",
        [_DB_AGAIN, _task("report", variables={"DB": "orders-mirror.c1ab2.rds.amazonaws.com"})],
        [_DB_AGAIN],
        _ORDERS,
        _task("shop", variables={"DB": "orders.c1ab2.eu-west-1.rds.amazonaws.com"}),
    ),
    pair(
        "a topic lets everybody subscribe / an organisation",
        [_topic(_everyone_may())],
        [_topic(_everyone_may(**_IN_OWN))],
    ),
    pair(
        "a bucket is for an organisation that the reader is not in / that it is in",
        [_EXPORTS, _member("444455556666", _OTHER)],
        [_EXPORTS, _member("444455556666")],
        _EXPORTS_BUCKET,
        uses={"aws_s3_bucket_policy.exports": {"bucket": ["aws_s3_bucket.exports.id"]}},
    ),
    pair(
        "a region is denied in which a stack set has a stack / has none",
        [_only("eu-west-1", "us-east-2")],
        [_only("eu-west-1", "eu-central-1")],
        _UNIT_POLICY,
        _member("444455556666"),
        _stack("eu-west-1"),
        _stack("eu-central-1"),
    ),
    pair(
        "the public endpoint of a cluster goes off and a project outside deploys / one inside",
        [_shut(), _project("deploy", _DEPLOYS, [])],
        [_shut(), _INSIDE, _project("scan", f"arn:aws:iam::{_ACCOUNT}:role/scan", [])],
        *_CLUSTER_WORLD,
    ),
]

KNOWN_TRAPS: Final[list[Trap]] = [
    trap(
        "a service names the proxy itself, beside its task",
        _PROXY,
        _web("?sslmode=require"),
        _service("web", tags={"proxy": _HOST}),
        uses={**_runs("web"), **_ASKS},
    ),
    trap("a client of the proxy knows the bare host", _PROXY, _web("?sslmode=require", HOST=_HOST)),
    trap("a ceiling of a service that the plan does not show", _LOWER),
    trap("a ceiling of a service that is scaled to zero", _LOWER, _service("web", desired_count=0)),
    trap("two and a half times what runs", _LOWER, _service("web", desired_count=5)),
    trap(
        "a schedule asks for more than the ceiling",
        _LOWER,
        _service("web"),
        stay(
            "aws_appautoscaling_scheduled_action.morning",
            id="m",
            resource_id="service/main/web",
            scalable_target_action=[{"min_capacity": 20, "max_capacity": 40}],
        ),
    ),
    trap("what runs falls beside its ceiling", _agents(4, desired_capacity=1)),
    trap(
        "a composite asks for two alarms", _QUIET, _above("ALARM(shop-errors) AND ALARM(shop-cpu)")
    ),
    trap(
        "a composite is switched off", _QUIET, _above("ALARM(shop-errors)", actions_enabled=False)
    ),
    trap("a composite calls others", _QUIET, _above("ALARM(shop-errors)", alarm_actions=[_CHAT])),
    trap(
        "a composite is held back by another alarm",
        _QUIET,
        _above(
            "ALARM(shop-errors)",
            actions_suppressor=[{"alarm": "deploys", "wait_period": 60, "extension_period": 60}],
        ),
    ),
    trap(
        "a composite is only made by the plan",
        _QUIET,
        create(
            "aws_cloudwatch_composite_alarm.shop",
            {"alarm_name": "shop", "alarm_rule": "ALARM(shop-errors)", "alarm_actions": [_PAGES]},
        ),
    ),
    trap("a composite goes off while the alarm is calm", _QUIET, _above("NOT ALARM(shop-errors)")),
    trap("a composite monitor calls others", _SILENT, _monitors("401 || 402", "Down @slack-shop")),
    trap(
        "a state machine takes the function from its input",
        _LESS,
        _flow(Charge=_ANY),
        _flow_role("states"),
        uses=_OF_ROLE,
    ),
    trap(
        "a function may run as the role too",
        _LESS,
        _flow(Charge=_CHARGE),
        _flow_role("states", "lambda"),
        uses=_OF_ROLE,
    ),
    trap(
        "a right on a pattern of names",
        tweak(
            "aws_iam_role_policy.flow",
            {**_ROLE_POLICY, "policy": _may_invoke("charge", "th*")},
            policy=_may_invoke("charge"),
        ),
        _flow(Charge=_CHARGE),
        _flow_role("states"),
        uses=_OF_ROLE,
    ),
    trap(
        "a key, which is used without being named",
        tweak(
            "aws_iam_role_policy.flow",
            {**_ROLE_POLICY, "policy": _may_invoke("thank", action="kms:Decrypt")},
            policy=_may_invoke(action="kms:Decrypt"),
        ),
        _flow(Charge=_CHARGE),
        _flow_role("states"),
        uses=_OF_ROLE,
    ),
    trap(
        "the database that the snapshots were taken of",
        replace(
            "aws_docdb_cluster.catalog",
            {**_COPY, "id": "catalog", "cluster_identifier": "catalog"},
            {
                **_COPY,
                "id": "catalog",
                "cluster_identifier": "catalog",
                "snapshot_identifier": f"{_SNAPSHOT}-2026-02",
            },
            _PATH,
        ),
    ),
    trap("a copy, and nobody in the plan uses the original", _restored(_COPY), _CATALOG),
    trap(
        "a copy that is protected from deletion",
        _restored({**_COPY, "deletion_protection": True}, deletion_protection=False),
        _CATALOG,
        _CATALOG_USER,
    ),
    trap(
        "a name leads to the copy",
        _restored(_COPY),
        _CATALOG,
        _CATALOG_USER,
        stay("aws_route53_record.db", id="r", name="db.acme.io", records=[_COPY["endpoint"]]),
    ),
    trap(
        "a copy is made anew for another key too",
        replace(
            "aws_docdb_cluster.mirror",
            {**_COPY, "kms_key_id": "k1"},
            {**_COPY, "kms_key_id": "k2", "snapshot_identifier": f"{_SNAPSHOT}-2026-02"},
            _PATH,
            "kms_key_id",
        ),
        _CATALOG,
        _CATALOG_USER,
    ),
    trap(
        "another organisation than ours",
        _topic(_everyone_may(**_IN_OWN)),
        stay("aws_organizations_organization.this", id=_OTHER),
    ),
    trap(
        "a condition more",
        _topic(_everyone_may(**{**_IN_OWN, "aws:PrincipalTag/team": "crm"})),
        _HOUSE,
    ),
    trap("a reader whose organisation nothing tells", _EXPORTS, _EXPORTS_BUCKET),
    trap(
        "an account whose region nothing tells",
        _only("eu-west-1", "eu-central-1"),
        _UNIT_POLICY,
        _member("444455556666"),
    ),
    trap(
        "a cluster whose own map lets in others",
        _shut(access_config=[{"authentication_mode": "API_AND_CONFIG_MAP"}]),
        _INSIDE,
        *_CLUSTER_WORLD,
    ),
    trap("nobody is seen to run as the principal", _shut(), *_CLUSTER_WORLD),
    trap(
        "the cluster does not let in the group of the project",
        _shut(),
        _INSIDE,
        _ENTRY,
        _NODES,
        _VPN,
        _FROM_STAFF,
    ),
    trap("people have no way in", _shut(), _INSIDE, _ENTRY, _NODES, _FROM_DEPLOY, _FROM_STAFF),
    trap(
        "the run itself calls the API",
        _shut(),
        _INSIDE,
        *_CLUSTER_WORLD,
        stay("kubernetes_namespace.shop", id="shop", metadata=[{"name": "shop"}]),
    ),
    trap(
        "the project runs in other subnets",
        _shut(),
        _project("deploy", _DEPLOYS, ["subnet-9"]),
        *_CLUSTER_WORLD,
    ),
]
