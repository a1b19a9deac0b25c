"""Pairs for Google Cloud, written before the tool was asked: small changes with users.

At first sight 25 of the 31 dangers were held, and 3 of their harmless twins.
"""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay

_P: Final = "projects/lumen"
_LINK: Final = f"https://www.googleapis.com/compute/v1/{_P}"


def run(name: str, account: str = "", **env: str) -> Json:
    variables = [{"name": key, "value": value} for key, value in env.items()]
    container = {"image": f"eu.gcr.io/lumen/{name}:4", "env": variables}
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"{_P}/locations/r/services/{name}",
        name=name,
        uri=f"https://{name}-abc123-ew.a.run.app",
        ingress="INGRESS_TRAFFIC_ALL",
        template=[
            {
                "service_account": f"{account or name}@lumen.iam.gserviceaccount.com",
                "timeout": "300s",
                "scaling": [{"min_instance_count": 1, "max_instance_count": 80}],
                "containers": [container],
            }
        ],
    )


def _run_template(name: str, **changed: Any) -> Json:
    before = run(name)["change"]["before"]
    template = {**before["template"][0], **changed}
    return tweak(f"google_cloud_run_v2_service.{name}", before, template=[template])


_SUBSCRIPTION: Final[Json] = {
    "id": f"{_P}/subscriptions/bookings-mailer",
    "name": "bookings-mailer",
    "topic": f"{_P}/topics/bookings",
    "ack_deadline_seconds": 30,
    "push_config": [{"push_endpoint": "https://mailer-abc123-ew.a.run.app/events"}],
    "dead_letter_policy": [
        {"dead_letter_topic": f"{_P}/topics/bookings-dead", "max_delivery_attempts": 10}
    ],
}


def _subscription(**changed: Any) -> Json:
    return tweak("google_pubsub_subscription.mailer", _SUBSCRIPTION, **changed)


_TOPIC: Final = stay("google_pubsub_topic.bookings", id=f"{_P}/topics/bookings", name="bookings")
_QUEUE: Final[Json] = {
    "id": f"{_P}/locations/r/queues/invoices",
    "name": "invoices",
    "rate_limits": [{"max_dispatches_per_second": 500, "max_concurrent_dispatches": 200}],
}


def _notification(topic: str) -> Json:
    return {
        "id": f"uploads/notificationConfigs/{topic}",
        "bucket": "lumen-uploads",
        "topic": f"//pubsub.googleapis.com/{_P}/topics/{topic}",
        "event_types": ["OBJECT_FINALIZE"],
        "payload_format": "JSON_API_V1",
    }


def _topic(name: str) -> Json:
    return stay(f"google_pubsub_topic.{name}", id=f"{_P}/topics/{name}", name=name)


_NOTIFIED: Final = {
    f"google_storage_notification.{name}": {"topic": [f"google_pubsub_topic.{name}.id"]}
    for name in ("uploads", "trial")
} | {"google_pubsub_subscription.scan": {"topic": ["google_pubsub_topic.uploads.id"]}}

# Machines and networks

_NET: Final = stay(
    "google_compute_network.main",
    id=f"{_P}/global/networks/main",
    name="main",
    self_link=f"{_LINK}/global/networks/main",
    auto_create_subnetworks=False,
)


def _vm(name: str, *tags: str, address: str = "10.20.0.5") -> Json:
    return stay(
        f"google_compute_instance.{name}",
        id=f"{_P}/zones/z/instances/{name}",
        name=name,
        tags=list(tags),
        desired_status="RUNNING",
        network_interface=[
            {
                "network": f"{_LINK}/global/networks/main",
                "subnetwork": f"{_LINK}/regions/r/subnetworks/apps",
                "network_ip": address,
            }
        ],
        metadata={"backup-bucket": "lumen-dumps"},
    )


_IN_NET: Final = {
    "google_compute_instance.api": {"network_interface": ["google_compute_subnetwork.apps.id"]},
    "google_compute_subnetwork.apps": {"network": ["google_compute_network.main.id"]},
    "google_compute_firewall.new": {"network": ["google_compute_network.main.id"]},
    "google_compute_route.new": {"network": ["google_compute_network.main.id"]},
}
_SUBNET: Final[Json] = {
    "id": f"{_P}/regions/r/subnetworks/apps",
    "name": "apps",
    "region": "r",
    "ip_cidr_range": "10.20.0.0/20",
    "network": f"{_LINK}/global/networks/main",
    "private_ip_google_access": True,
    "log_config": [],
}
_APPS: Final = stay("google_compute_subnetwork.apps", **_SUBNET)


def _denies(port: str, tag: str) -> Json:
    return create(
        "google_compute_firewall.new",
        {
            "name": "new",
            "network": f"{_LINK}/global/networks/main",
            "direction": "INGRESS",
            "priority": 200,
            "deny": [{"protocol": "tcp", "ports": [port]}],
            "source_ranges": ["10.0.0.0/8"],
            "target_tags": [tag],
            "disabled": False,
        },
    )


_ADMITTED: Final = stay(
    "google_compute_firewall.app",
    id=f"{_P}/global/firewalls/app",
    name="app",
    network=f"{_LINK}/global/networks/main",
    direction="INGRESS",
    priority=1000,
    allow=[{"protocol": "tcp", "ports": ["8443"]}],
    source_ranges=["10.0.0.0/8"],
    target_tags=["api"],
    disabled=False,
)


def _route(destination: str, *tags: str) -> Json:
    return create(
        "google_compute_route.new",
        {
            "name": "new",
            "network": f"{_LINK}/global/networks/main",
            "dest_range": destination,
            "priority": 100,
            "next_hop_instance": f"{_LINK}/zones/z/instances/proxy",
            "tags": list(tags),
        },
    )


_OUT: Final = stay(
    "google_compute_route.out",
    id=f"{_P}/global/routes/out",
    name="out",
    network=f"{_LINK}/global/networks/main",
    dest_range="0.0.0.0/0",
    priority=1000,
    next_hop_gateway="default-internet-gateway",
    tags=[],
)


def _answer(name: str) -> Json:
    return create(
        "google_dns_response_policy_rule.new",
        {
            "response_policy": "inside",
            "rule_name": "new",
            "dns_name": f"{name}.",
            "local_data": [{"local_datas": [{"name": f"{name}.", "type": "A", "ttl": 60,
                                             "rrdatas": ["10.20.9.9"]}]}],
        },
    )  # fmt: skip


_DNS_API: Final = stay(
    "google_dns_record_set.pay",
    id="pay",
    name="pay.lumen.example.",
    type="A",
    ttl=300,
    managed_zone="public",
    rrdatas=["34.1.2.3"],
)

# Rights and keys

_ROLE: Final[Json] = {
    "id": f"{_P}/roles/exporter",
    "name": f"{_P}/roles/exporter",
    "role_id": "exporter",
    "title": "Exporter",
    "stage": "GA",
    "permissions": ["bigquery.jobs.create", "bigquery.tables.getData", "storage.objects.create"],
}


def _role(*permissions: str) -> Json:
    return tweak("google_project_iam_custom_role.exporter", _ROLE, permissions=list(permissions))


_ROLE_GIVEN: Final = stay(
    "google_project_iam_member.exporter",
    id="m1",
    project="lumen",
    role=f"{_P}/roles/exporter",
    member="serviceAccount:export@lumen.iam.gserviceaccount.com",
)


def _account(name: str) -> Json:
    return {
        "id": f"{_P}/serviceAccounts/{name}@lumen.iam.gserviceaccount.com",
        "name": f"{_P}/serviceAccounts/{name}@lumen.iam.gserviceaccount.com",
        "account_id": name,
        "email": f"{name}@lumen.iam.gserviceaccount.com",
        "disabled": False,
    }


def disables(name: str) -> Json:
    return tweak(f"google_service_account.{name}", _account(name), disabled=True)


def version(number: int) -> Json:
    return {
        "id": f"{_P}/secrets/psp/versions/{number}",
        "name": f"{_P}/secrets/psp/versions/{number}",
        "secret": f"{_P}/secrets/psp",
        "version": str(number),
        "enabled": True,
    }


PINNED: Final = stay(
    "google_cloud_run_v2_service.pay",
    id=f"{_P}/locations/r/services/pay",
    name="pay",
    template=[
        {
            "containers": [
                {
                    "image": "eu.gcr.io/lumen/pay:2",
                    "env": [
                        {
                            "name": "PSP_KEY",
                            "value_source": [
                                {"secret_key_ref": [{"secret": "psp", "version": "3"}]}
                            ],
                        }
                    ],
                }
            ]
        }
    ],
)
SECRET: Final = stay(
    "google_secret_manager_secret.psp",
    id=f"{_P}/secrets/psp",
    secret_id="psp",  # noqa: S106 - a name, no secret
)

# Databases and tables

_SQL: Final[Json] = {
    "id": "ledger",
    "name": "ledger",
    "database_version": "POSTGRES_15",
    "connection_name": "lumen:r:ledger",
    "settings": [
        {
            "tier": "db-custom-8-32768",
            "database_flags": [
                {"name": "max_connections", "value": "600"},
                {"name": "log_min_duration_statement", "value": "2000"},
            ],
            "ip_configuration": [{"ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}],
            "insights_config": [],
        }
    ],
}


def sql(**changed: Any) -> Json:
    settings = {**_SQL["settings"][0], **changed}
    return tweak("google_sql_database_instance.ledger", _SQL, settings=[settings])


_LEDGER: Final = run("ledger_api", DB_HOST="10.30.0.3", INSTANCE="lumen:r:ledger")
_FIELD: Final = '{"name":"%s","type":"STRING","mode":"NULLABLE"}'


def _schema(*names: str) -> str:
    return "[" + ",".join(_FIELD % name for name in names) + "]"


_TABLE: Final[Json] = {
    "id": f"{_P}/datasets/sales/tables/orders",
    "dataset_id": "sales",
    "table_id": "orders",
    "schema": _schema("order_id", "customer", "amount"),
}
_DATASET: Final[Json] = {
    "id": f"{_P}/datasets/sales",
    "dataset_id": "sales",
    "description": "Sales",
    "default_table_expiration_ms": None,
}

# Watches

_SINK: Final[Json] = {
    "id": f"{_P}/sinks/audit",
    "name": "audit",
    "destination": f"bigquery.googleapis.com/{_P}/datasets/audit",
    "filter": 'logName:"cloudaudit.googleapis.com"',
    "description": "",
    "exclusions": [],
}
_METRIC: Final[Json] = {
    "id": "payment_failures",
    "name": "payment_failures",
    "filter": 'resource.type="cloud_run_revision" AND jsonPayload.event="payment_failed"',
    "description": "",
}
_ALERT: Final[Json] = {
    "id": f"{_P}/alertPolicies/1",
    "name": f"{_P}/alertPolicies/1",
    "display_name": "Payments fail",
    "enabled": True,
    "notification_channels": [f"{_P}/notificationChannels/7"],
    "conditions": [
        {
            "condition_threshold": [
                {"filter": 'metric.type="logging.googleapis.com/user/payment_failures"'}
            ]
        }
    ],
}

# Balancers

_CHECK: Final[Json] = {
    "id": f"{_P}/global/healthChecks/web",
    "name": "web",
    "check_interval_sec": 5,
    "http_health_check": [{"port": 8080, "request_path": "/healthz"}],
    "log_config": [{"enable": False}],
}
_BACKEND: Final[Json] = {
    "id": f"{_P}/global/backendServices/web",
    "name": "web",
    "timeout_sec": 3600,
    "port_name": "http",
    "health_checks": [f"{_P}/global/healthChecks/web"],
    "log_config": [{"enable": True, "sample_rate": 0.1}],
    "backend": [{"group": f"{_LINK}/zones/z/instanceGroups/web", "capacity_scaler": 1}],
}
_WEB: Final = stay("google_compute_backend_service.web", **_BACKEND)
_BALANCED: Final = {
    "google_compute_backend_service.web": {
        "health_checks": ["google_compute_health_check.web.id"],
        "backend": ["google_compute_instance_group_manager.web.instance_group"],
    },
    "google_compute_url_map.shop": {"default_service": ["google_compute_backend_service.web.id"]},
    "google_compute_target_https_proxy.shop": {
        "url_map": ["google_compute_url_map.shop.id"],
        "ssl_certificates": ["google_compute_managed_ssl_certificate.shop.id"],
    },
}


def _paths(*pairs: tuple[str, str]) -> Json:
    rules = [
        {"paths": [path], "service": f"{_P}/global/backendServices/{to}"} for path, to in pairs
    ]
    return {
        "id": f"{_P}/global/urlMaps/shop",
        "name": "shop",
        "default_service": f"{_P}/global/backendServices/web",
        "host_rule": [{"hosts": ["shop.example"], "path_matcher": "all"}],
        "path_matcher": [
            {
                "name": "all",
                "default_service": f"{_P}/global/backendServices/web",
                "path_rule": rules,
            }
        ],
    }


_MAP: Final = _paths(("/api/*", "web"), ("/img/*", "img"))
_CERTIFICATES: Final = [
    stay(
        f"google_compute_managed_ssl_certificate.{name}",
        id=f"{_P}/global/sslCertificates/{name}",
        name=name,
        self_link=f"{_LINK}/global/sslCertificates/{name}",
        managed=[{"domains": [f"{name}.example"]}],
    )
    for name in ("shop", "pay", "blog")
]
_PROXY: Final[Json] = {
    "id": f"{_P}/global/targetHttpsProxies/shop",
    "name": "shop",
    "url_map": f"{_P}/global/urlMaps/shop",
    "ssl_certificates": [f"{_LINK}/global/sslCertificates/{name}" for name in ("shop", "pay")],
}


def _certificates(*names: str) -> Json:
    listed = [f"{_LINK}/global/sslCertificates/{name}" for name in names]
    return tweak("google_compute_target_https_proxy.shop", _PROXY, ssl_certificates=listed)


_GROUP: Final[Json] = {
    "id": f"{_P}/zones/z/instanceGroupManagers/web",
    "name": "web",
    "instance_group": f"{_LINK}/zones/z/instanceGroups/web",
    "target_size": 6,
    "named_port": [{"name": "http", "port": 8080}],
}

# Clusters

_NODES: Final[Json] = {
    "id": f"{_P}/locations/r/clusters/core/nodePools/main",
    "name": "main",
    "cluster": "core",
    "autoscaling": [{"min_node_count": 2, "max_node_count": 20}],
    "node_config": [{"machine_type": "n2-standard-8", "labels": {}, "taint": []}],
}
_CLUSTER: Final[Json] = {
    "id": f"{_P}/locations/r/clusters/core",
    "name": "core",
    "master_authorized_networks_config": [
        {
            "cidr_blocks": [
                {"cidr_block": "198.51.100.8/32", "display_name": "ci"},
                {"cidr_block": "203.0.113.0/28", "display_name": "office"},
            ]
        }
    ],
}
_SHOP_PODS: Final = stay(
    "kubernetes_deployment_v1.shop",
    id="shop/shop",
    metadata=[{"namespace": "shop", "name": "shop"}],
    spec=[
        {
            "replicas": 12,
            "template": [
                {
                    "metadata": [{"labels": {"app": "shop"}}],
                    "spec": [{"container": [{"name": "shop", "image": "eu.gcr.io/lumen/shop:9"}]}],
                }
            ],
        }
    ],
)


def _admits(*ranges: str) -> Json:
    listed = [{"cidr_block": text, "display_name": ""} for text in ranges]
    return tweak(
        "google_container_cluster.core",
        _CLUSTER,
        master_authorized_networks_config=[{"cidr_blocks": listed}],
    )


_JOB: Final[Json] = {
    "id": f"{_P}/locations/r/jobs/settle",
    "name": "settle",
    "schedule": "*/10 * * * *",
    "description": "",
    "paused": False,
    "http_target": [{"uri": "https://settle-abc123-ew.a.run.app/run", "http_method": "POST"}],
}
_IMAGES: Final[Json] = {
    "id": f"{_P}/locations/r/repositories/apps",
    "name": "apps",
    "repository_id": "apps",
    "format": "DOCKER",
    "cleanup_policy_dry_run": False,
    "cleanup_policies": [],
}


def cleans(state: str, age: str) -> Json:
    condition = {"tag_state": state, "older_than": age}
    policy = {"id": "old", "action": "DELETE", "condition": [condition]}
    return tweak("google_artifact_registry_repository.apps", _IMAGES, cleanup_policies=[policy])


def _iap(member: str) -> Json:
    return {
        "id": f"iap/{member}",
        "web_backend_service": "web",
        "role": "roles/iap.httpsResourceAccessor",
        "member": member,
    }


_PEERING: Final[Json] = {
    "id": "main/hub",
    "name": "hub",
    "network": f"{_LINK}/global/networks/main",
    "peer_network": "https://www.googleapis.com/compute/v1/projects/hub/global/networks/hub",
    "export_custom_routes": True,
    "import_custom_routes": True,
    "import_subnet_routes_with_public_ip": False,
}

GOOGLE_IN_PLACE: Final = [
    pair(
        "messages are pushed to another address / get more time",
        _subscription(push_config=[{"push_endpoint": "https://mailer-old-ew.a.run.app/events"}]),
        _subscription(ack_deadline_seconds=60),
        _TOPIC,
        run("mailer"),
    ),
    pair(
        "messages that fail are no longer put aside / are tried more often",
        _subscription(dead_letter_policy=[]),
        _subscription(
            dead_letter_policy=[
                {"dead_letter_topic": f"{_P}/topics/bookings-dead", "max_delivery_attempts": 20}
            ]
        ),
        _TOPIC,
        run("mailer"),
    ),
    pair(
        "a queue hands out one task a second / more than before",
        tweak(
            "google_cloud_tasks_queue.invoices",
            _QUEUE,
            rate_limits=[{"max_dispatches_per_second": 1, "max_concurrent_dispatches": 1}],
        ),
        tweak(
            "google_cloud_tasks_queue.invoices",
            _QUEUE,
            rate_limits=[{"max_dispatches_per_second": 600, "max_concurrent_dispatches": 300}],
        ),
        run("invoicing", QUEUE=f"{_P}/locations/r/queues/invoices"),
    ),
    pair(
        "uploads are no longer told to who scans them / to a topic nobody reads",
        delete("google_storage_notification.uploads", _notification("uploads")),
        delete("google_storage_notification.trial", _notification("trial")),
        _topic("uploads"),
        _topic("trial"),
        stay(
            "google_pubsub_subscription.scan",
            id=f"{_P}/subscriptions/scan",
            name="scan",
            topic=f"{_P}/topics/uploads",
        ),
        stay("google_storage_bucket.uploads", id="lumen-uploads", name="lumen-uploads"),
        uses=_NOTIFIED,
    ),
    pair(
        "the version that a service is pinned to is disabled / an older one",
        tweak("google_secret_manager_secret_version.v3", version(3), enabled=False),
        tweak("google_secret_manager_secret_version.v2", version(2), enabled=False),
        SECRET,
        PINNED,
    ),
    pair(
        "the port of the application is denied first / one of remote desktops",
        _denies("8443", "api"),
        _denies("3389", "api"),
        _NET,
        _APPS,
        _ADMITTED,
        _vm("api", "api"),
        uses=_IN_NET,
    ),
    pair(
        "half of the internet is led to a proxy / for machines that do not exist yet",
        _route("0.0.0.0/1"),
        _route("0.0.0.0/1", "proxied"),
        _NET,
        _APPS,
        _OUT,
        _vm("api", "api"),
        uses=_IN_NET,
    ),
    pair(
        "a name that a service calls is answered otherwise inside / one nobody calls",
        _answer("pay.lumen.example"),
        _answer("ads.tracker.example"),
        _DNS_API,
        run("checkout", PAY_URL="https://pay.lumen.example"),
        stay("google_dns_response_policy.inside", id="inside", response_policy_name="inside"),
    ),
    pair(
        "a role loses what its holder does / gains",
        _role("bigquery.jobs.create", "bigquery.tables.getData"),
        _role(*_ROLE["permissions"], "storage.objects.list"),
        _ROLE_GIVEN,
        run("export", BUCKET="lumen-exports"),
    ),
    pair(
        "one instance at most answers / one more is kept warm",
        _run_template("shop", scaling=[{"min_instance_count": 1, "max_instance_count": 1}]),
        _run_template("shop", scaling=[{"min_instance_count": 3, "max_instance_count": 80}]),
    ),
    pair(
        "requests are cut after ten seconds / may take longer",
        _run_template("render", timeout="10s"),
        _run_template("render", timeout="900s"),
    ),
    pair(
        "clients of a database need a certificate / statements are observed",
        sql(ip_configuration=[{"ssl_mode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}]),
        sql(insights_config=[{"query_insights_enabled": True}]),
        _LEDGER,
    ),
    pair(
        "a database takes a tenth of the connections / logs slower statements alone",
        sql(
            database_flags=[
                {"name": "max_connections", "value": "60"},
                {"name": "log_min_duration_statement", "value": "2000"},
            ]
        ),
        sql(
            database_flags=[
                {"name": "max_connections", "value": "600"},
                {"name": "log_min_duration_statement", "value": "5000"},
            ]
        ),
        _LEDGER,
    ),
    pair(
        "a column goes from a table / one comes",
        tweak("google_bigquery_table.orders", _TABLE, schema=_schema("order_id", "amount")),
        tweak(
            "google_bigquery_table.orders",
            _TABLE,
            schema=_schema("order_id", "customer", "amount", "coupon"),
        ),
    ),
    pair(
        "new tables expire after a day / a data set is described",
        tweak("google_bigquery_dataset.sales", _DATASET, default_table_expiration_ms=86400000),
        tweak("google_bigquery_dataset.sales", _DATASET, description="Sales of all shops"),
        stay("google_bigquery_table.orders", **_TABLE),
    ),
    pair(
        "the audit trail keeps errors alone / is described",
        tweak(
            "google_logging_project_sink.audit",
            _SINK,
            filter='logName:"cloudaudit.googleapis.com" AND severity>=ERROR',
        ),
        tweak("google_logging_project_sink.audit", _SINK, description="Audit trail"),
    ),
    pair(
        "a metric counts another event than its alarm is for / is described",
        tweak(
            "google_logging_metric.failures",
            _METRIC,
            filter='resource.type="cloud_run_revision" AND jsonPayload.event="pay_failed_v2"',
        ),
        tweak("google_logging_metric.failures", _METRIC, description="Failed payments"),
        stay("google_monitoring_alert_policy.pay", **_ALERT),
    ),
    pair(
        "an alarm calls nobody / one more",
        tweak("google_monitoring_alert_policy.pay", _ALERT, notification_channels=[]),
        tweak(
            "google_monitoring_alert_policy.pay",
            _ALERT,
            notification_channels=[f"{_P}/notificationChannels/{n}" for n in (7, 8)],
        ),
    ),
    pair(
        "health is asked at another path / checks are logged",
        tweak(
            "google_compute_health_check.web",
            _CHECK,
            http_health_check=[{"port": 8080, "request_path": "/status/deep"}],
        ),
        tweak("google_compute_health_check.web", _CHECK, log_config=[{"enable": True}]),
        _WEB,
        stay("google_compute_instance_group_manager.web", **_GROUP),
        uses=_BALANCED,
    ),
    pair(
        "connections are cut after thirty seconds / more requests are logged",
        tweak("google_compute_backend_service.web", _BACKEND, timeout_sec=30),
        tweak(
            "google_compute_backend_service.web",
            _BACKEND,
            log_config=[{"enable": True, "sample_rate": 1.0}],
        ),
        stay("google_compute_instance_group_manager.web", **_GROUP),
        uses=_BALANCED,
    ),
    pair(
        "images are served by the shop instead / a new path is led to them",
        tweak("google_compute_url_map.shop", _MAP, **_paths(("/api/*", "web"))),
        tweak(
            "google_compute_url_map.shop",
            _MAP,
            **_paths(("/api/*", "web"), ("/img/*", "img"), ("/thumbs/*", "img")),
        ),
        _WEB,
        uses=_BALANCED,
    ),
    pair(
        "the certificate of a name in use goes from the proxy / one comes",
        _certificates("shop"),
        _certificates("shop", "pay", "blog"),
        *_CERTIFICATES,
        stay(
            "google_dns_record_set.pay",
            id="p",
            name="pay.example.",
            type="A",
            managed_zone="pay",
            rrdatas=["34.9.9.9"],
        ),
        stay("google_compute_url_map.shop", **_MAP),
        uses=_BALANCED,
    ),
    pair(
        "an account that a service runs as is disabled / one that nobody has",
        disables("books"),
        disables("retired"),
        run("books"),
        run("shelf"),
    ),
    pair(
        "new pods must tolerate a taint / nodes may be more",
        tweak(
            "google_container_node_pool.main",
            _NODES,
            node_config=[
                {
                    "machine_type": "n2-standard-8",
                    "labels": {},
                    "taint": [{"key": "batch", "value": "yes", "effect": "NO_EXECUTE"}],
                }
            ],
        ),
        tweak(
            "google_container_node_pool.main",
            _NODES,
            autoscaling=[{"min_node_count": 2, "max_node_count": 30}],
        ),
        stay("google_container_cluster.core", **_CLUSTER),
        _SHOP_PODS,
        uses={"google_container_node_pool.main": {"cluster": ["google_container_cluster.core.id"]}},
    ),
    pair(
        "the build machines no longer reach the cluster / another office does as well",
        _admits("203.0.113.0/28"),
        _admits("198.51.100.8/32", "203.0.113.0/28", "203.0.113.64/28"),
        _SHOP_PODS,
    ),
    pair(
        "machines answer at another port than the balancer asks / at one more",
        tweak(
            "google_compute_instance_group_manager.web",
            _GROUP,
            named_port=[{"name": "http", "port": 9090}],
        ),
        tweak(
            "google_compute_instance_group_manager.web",
            _GROUP,
            named_port=[{"name": "http", "port": 8080}, {"name": "metrics", "port": 9090}],
        ),
        _WEB,
        uses=_BALANCED,
    ),
    pair(
        "payments are settled once a year / the job is described",
        tweak("google_cloud_scheduler_job.settle", _JOB, schedule="0 3 1 1 *"),
        tweak("google_cloud_scheduler_job.settle", _JOB, description="Settles payments"),
        run("settle"),
    ),
    pair(
        "images of releases are deleted after a week / those without a tag",
        cleans("ANY", "604800s"),
        cleans("UNTAGGED", "2592000s"),
        stay(
            "google_cloud_run_v2_service.quotes",
            id=f"{_P}/locations/r/services/quotes",
            name="quotes",
            template=[{"containers": [{"image": "r-docker.pkg.dev/lumen/apps/quotes:1.4"}]}],
        ),
    ),
    pair(
        "machines without an address lose Google's interfaces / flows are logged",
        tweak("google_compute_subnetwork.apps", _SUBNET, private_ip_google_access=False),
        tweak(
            "google_compute_subnetwork.apps",
            _SUBNET,
            log_config=[{"aggregation_interval": "INTERVAL_5_SEC", "flow_sampling": 0.5}],
        ),
        _NET,
        _vm("api", "api"),
        uses=_IN_NET,
    ),
    pair(
        "the hub no longer learns the routes / is offered public subnets",
        tweak("google_compute_network_peering.hub", _PEERING, export_custom_routes=False),
        tweak(
            "google_compute_network_peering.hub", _PEERING, import_subnet_routes_with_public_ip=True
        ),
        _NET,
        _APPS,
        _vm("api", "api"),
        uses=_IN_NET
        | {"google_compute_network_peering.hub": {"network": ["google_compute_network.main.id"]}},
    ),
    pair(
        "the staff no longer get in through the proxy / somebody who left",
        delete("google_iap_web_backend_service_iam_member.a", _iap("group:staff@lumen.example")),
        delete(
            "google_iap_web_backend_service_iam_member.b",
            _iap("deleted:user:eve@lumen.example?uid=1"),
        ),
        _WEB,
        stay("google_iap_web_backend_service_iam_member.a", **_iap("group:staff@lumen.example")),
        stay(
            "google_iap_web_backend_service_iam_member.b",
            **_iap("deleted:user:eve@lumen.example?uid=1"),
        ),
    ),
]
