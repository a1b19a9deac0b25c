"""Pairs written before the rules and proofs that they are about: what takes another one's share.

At first sight 6 of the 18 dangers were held, and 4 of their harmless twins.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from tests.plans import Json, create, delete, replace, tweak
from tests.rules.served.worlds import pair, stay, trap

# Routes

_NETWORK: Final = stay(
    "google_compute_network.hub",
    id="projects/p/global/networks/hub",
    name="hub",
    self_link="https://www.googleapis.com/compute/v1/projects/p/global/networks/hub",
)
_MACHINE: Final = stay(
    "google_compute_instance.api",
    id="projects/p/zones/z/instances/api",
    name="api",
    tags=["api"],
    network_interface=[{"network": "projects/p/global/networks/hub"}],
)
_ROUTE: Final = {"network": "projects/p/global/networks/hub", "dest_range": "10.80.0.0/16"}
_VPN: Final = stay(
    "google_compute_route.office",
    id="projects/p/global/routes/office",
    name="office",
    priority=900,
    next_hop_vpn_tunnel="projects/p/regions/r/vpnTunnels/office",
    **_ROUTE,
)


def _peer(priority: int, destination: str = "10.80.0.0/16") -> Json:
    made = {"name": "peer", "priority": priority, "next_hop_ip": "10.1.0.9"}
    return create("google_compute_route.peer", {**_ROUTE, **made, "dest_range": destination})


# Texts of mail


def _text(name: str, value: str, zone: str = "z1") -> Json:
    made = {"name": name, "type": "TXT", "content": value, "ttl": 300, "zone_id": zone}
    return create("cloudflare_dns_record.new", made)


_SPF: Final = stay(
    "cloudflare_dns_record.spf",
    id="r1",
    zone_id="z1",
    name="@",
    type="TXT",
    content="v=spf1 include:_spf.google.com -all",
)
_SPF_SET: Final = {
    "id": "s1",
    "managed_zone": "corp",
    "name": "corp.example.",
    "type": "TXT",
    "ttl": 300,
    "rrdatas": ['"v=spf1 include:_spf.google.com -all"'],
}


def _texts_with(value: str) -> Json:
    texts = ['"v=spf1 include:_spf.google.com -all"', value]
    return tweak("google_dns_record_set.texts", _SPF_SET, rrdatas=texts)


_DMARC: Final = stay(
    "cloudflare_dns_record.dmarc",
    id="r2",
    zone_id="z1",
    name="_dmarc",
    type="TXT",
    content="v=DMARC1; p=reject",
)

# Caches at the edge

_BYPASS: Final[Json] = {
    "ref": "personal",
    "action": "set_cache_settings",
    "enabled": True,
    "expression": 'http.cookie contains "sid" or starts_with(http.request.uri.path, "/account")',
    "action_parameters": [{"cache": False}],
}
_ASSETS: Final[Json] = {
    "ref": "files",
    "action": "set_cache_settings",
    "enabled": True,
    "expression": 'http.host eq "www.example.com" and http.request.uri.path.extension in {"css"}',
    "action_parameters": [
        {"cache": True, "edge_ttl": [{"mode": "override_origin", "default": 600}]}
    ],
}
_CACHE: Final[Json] = {
    "id": "rs9",
    "zone_id": "z1",
    "kind": "zone",
    "phase": "http_request_cache_settings",
    "rules": [_ASSETS, _BYPASS],
}


def _cached(*rules: Json) -> Json:
    return tweak("cloudflare_ruleset.cache", _CACHE, rules=list(rules))


_EVERYTHING: Final = {**_ASSETS, "expression": 'http.host eq "www.example.com"'}
_MORE_FILES: Final = {
    **_ASSETS,
    "expression": 'http.host eq "www.example.com" and'
    ' http.request.uri.path.extension in {"css" "js" "woff2"}',
}

# Vault


def _rules(*paths: tuple[str, str]) -> str:
    return "".join(f'path "{path}" {{\n  capabilities = ["{what}"]\n}}\n' for path, what in paths)


_COMMON: Final = {
    "id": "common",
    "name": "common",
    "policy": _rules(("auth/token/renew-self", "update")),
}
_APP_POLICY: Final = stay(
    "vault_policy.billing",
    id="billing",
    name="billing",
    policy=_rules(("secret/data/billing/*", "read")),
)
_LOGIN: Final = stay(
    "vault_approle_auth_backend_role.billing",
    id="auth/approle/role/billing",
    role_name="billing",
    token_policies=["common", "billing"],
)


def _denies(path: str) -> Json:
    text = _rules(("auth/token/renew-self", "update"), (path, "deny"))
    return tweak("vault_policy.common", _COMMON, policy=text)


# Deployments

_ENVIRONMENT: Final = {
    "id": "shop:live",
    "repository": "shop",
    "environment": "live",
    "deployment_branch_policy": [{"protected_branches": False, "custom_branch_policies": True}],
}
_LIVE: Final = stay("github_repository_environment.live", **_ENVIRONMENT)
_TOKEN: Final = stay(
    "github_actions_environment_secret.token",
    id="shop:live:TOKEN",
    repository="shop",
    environment="live",
    secret_name="TOKEN",  # noqa: S106 - a name, no secret
)
_RULE_OF_MAIN: Final = stay(
    "github_repository_ruleset.trunk",
    id="9",
    repository="shop",
    target="branch",
    enforcement="active",
    conditions=[{"ref_name": [{"include": ["~DEFAULT_BRANCH", "refs/heads/stable/*"]}]}],
    rules=[{"pull_request": [{"required_approving_review_count": 1}]}],
)
_REPOSITORY: Final = stay(
    "github_repository.shop", id="shop", name="shop", default_branch="main", node_id="R_1"
)


def _may_deploy(pattern: str) -> Json:
    made = {"repository": "shop", "environment": "live", "branch_pattern": pattern}
    return create("github_repository_environment_deployment_policy.new", made)


# Logs


def _index(name: str, query: str, days: int = 30) -> Json:
    return stay(
        f"datadog_logs_index.{name}",
        id=name,
        name=name,
        retention_days=days,
        filter=[{"query": query}],
    )


_ORDER: Final = {"id": "order", "name": "order", "indexes": ["security", "web", "rest"]}
_INDEXES: Final = (
    _index("security", "source:(okta OR cloudtrail)", 450),
    _index("web", "service:web", 15),
    _index("rest", "*", 7),
)


def _reordered(*names: str) -> Json:
    return tweak("datadog_logs_index_order.order", _ORDER, indexes=list(names))


# People on call

_LAYER: Final[Json] = {
    "id": "L1",
    "name": "all day",
    "start": "2025-01-06T09:00:00+00:00",
    "rotation_virtual_start": "2025-01-06T09:00:00+00:00",
    "rotation_turn_length_seconds": 604800,
    "users": ["U1", "U2"],
    "restriction": [],
}
_SCHEDULE: Final = {"id": "SCH1", "name": "shop", "time_zone": "Europe/Paris", "layer": [_LAYER]}
_ESCALATION: Final = stay(
    "pagerduty_escalation_policy.shop",
    id="ESC1",
    name="shop",
    rule=[{"target": [{"type": "schedule_reference", "id": "SCH1"}]}],
)


def _weekly(start: int, days: int) -> Json:
    return {
        "type": "weekly_restriction",
        "start_day_of_week": start,
        "start_time_of_day": "00:00:00",
        "duration_seconds": days * 86400,
    }


def _on_call(*restrictions: list[Json]) -> Json:
    layers = [{**_LAYER, "restriction": one} for one in restrictions]
    return tweak("pagerduty_schedule.shop", _SCHEDULE, layer=layers)


# Controllers

_EDGE: Final[Json] = {
    "id": "edge",
    "name": "edge",
    "chart": "traefik",
    "namespace": "traefik",
    "values": ["ingressClass:\n  name: traefik\nproviders:\n  kubernetesIngress: {}\n"],
}
_INGRESS: Final = stay(
    "kubernetes_ingress_v1.books",
    id="books/books",
    metadata=[{"name": "books", "namespace": "books"}],
    spec=[{"ingress_class_name": "traefik", "rule": [{"host": "books.example.com"}]}],
)


def _watches(*spaces: str) -> Json:
    listed = "".join(f"      - {space}\n" for space in spaces)
    text = (
        "ingressClass:\n  name: traefik\nproviders:\n  kubernetesIngress:\n"
        f"    namespaces:\n{listed}"
    )
    return tweak("helm_release.edge", _EDGE, values=[text])


# Accounts

_ACCOUNT: Final = {
    "id": "projects/p/serviceAccounts/mailer@p.iam.gserviceaccount.com",
    "account_id": "mailer",
    "email": "mailer@p.iam.gserviceaccount.com",
    "member": "serviceAccount:mailer@p.iam.gserviceaccount.com",
}


def _function(account: str) -> Json:
    return stay(
        "google_cloudfunctions2_function.mails",
        id="functions/mails",
        name="mails",
        service_config=[{"service_account_email": account}],
    )


# Files that are deleted

_BUCKET: Final[Json] = {
    "id": "reports",
    "name": "reports",
    "versioning": [],
    "lifecycle_rule": [
        {
            "action": [{"type": "Delete"}],
            "condition": [{"age": 7, "matches_prefix": ["staging/"]}],
        }
    ],
}


def _deletes_below(*prefixes: str) -> Json:
    rules = copy.deepcopy(_BUCKET["lifecycle_rule"])
    rules[0]["condition"][0]["matches_prefix"] = list(prefixes)
    return tweak("google_storage_bucket.reports", _BUCKET, lifecycle_rule=rules)


# Node pools


def _pool(name: str, count: int, least: int) -> Json:
    before = {
        "id": f"pools/{name}",
        "name": name,
        "cluster": "c",
        "node_count": count,
        "autoscaling": [{"min_node_count": least, "max_node_count": 8}],
        "node_config": [{"machine_type": "n2-standard-8", "labels": {"kind": name}}],
    }
    after = {**before, "node_config": [{"machine_type": "n2-standard-16"}]}
    return replace(
        f"google_container_node_pool.{name}", before, after, "node_config.0.machine_type"
    )


# Topics

_TOPIC: Final = {
    "id": "lkc-1/prices.v1",
    "topic_name": "prices.v1",
    "kafka_cluster": [{"id": "lkc-1"}],
    "partitions_count": 6,
    "config": {"retention.ms": "86400000"},
}


def _acl(name: str, topic: str, who: str, pattern: str = "LITERAL") -> Json:
    return {
        "id": name,
        "kafka_cluster": [{"id": "lkc-1"}],
        "resource_type": "TOPIC",
        "resource_name": topic,
        "pattern_type": pattern,
        "principal": f"User:{who}",
        "operation": "READ",
        "permission": "ALLOW",
    }


_NEXT_TOPIC: Final = stay(
    "confluent_kafka_topic.v2",
    **{**_TOPIC, "id": "lkc-1/prices.v2", "topic_name": "prices.v2"},
)
_READS_NEXT: Final = stay("confluent_kafka_acl.next", **_acl("a2", "prices.v2", "sa-1"))
_ENDED: Final = (
    delete("confluent_kafka_topic.v1", _TOPIC),
    delete("confluent_kafka_acl.old", _acl("a1", "prices.v1", "sa-1")),
    _NEXT_TOPIC,
    _READS_NEXT,
)

# Sites

_APP: Final[Json] = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/fair",
    "name": "fair",
    "default_hostname": "fair.azurewebsites.net",
    "service_plan_id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/serverFarms/p",
}
_BINDING: Final = {
    "id": f"{_APP['id']}/hostNameBindings/fair.example.com",
    "app_service_name": "fair",
    "hostname": "fair.example.com",
}


def _alias(target: str) -> Json:
    return stay(
        "azurerm_dns_cname_record.fair",
        id="/subscriptions/s/dns/fair",
        name="fair",
        zone_name="example.com",
        fqdn="fair.example.com.",
        record=target,
    )


_SITE_GOES: Final = (
    delete("azurerm_linux_web_app.fair", _APP),
    delete("azurerm_app_service_custom_hostname_binding.fair", _BINDING),
)

# Invokers

_OPEN: Final[Json] = {"role": "roles/run.invoker", "member": "allUsers", "location": "r"}


def _run(name: str, ingress: str, account: str) -> Json:
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"projects/p/locations/r/services/{name}",
        name=name,
        ingress=ingress,
        location="r",
        template=[{"service_account": account, "containers": [{"image": f"x/{name}:1"}]}],
    )


_FRONT: Final = stay(
    "google_compute_region_network_endpoint_group.front",
    id="negs/front",
    name="front",
    cloud_run=[{"service": "front"}],
)

# Pods


def _deployment(name: str) -> Json:
    labels = {"app": name}
    return stay(
        f"kubernetes_deployment_v1.{name}",
        id=f"books/{name}",
        metadata=[{"name": name, "namespace": "books", "labels": labels}],
        spec=[
            {
                "selector": [{"match_labels": labels}],
                "template": [
                    {
                        "metadata": [{"labels": labels}],
                        "spec": [{"container": [{"name": name, "image": "x"}]}],
                    }
                ],
            }
        ],
    )


_SERVES: Final = stay(
    "kubernetes_service_v1.web",
    id="books/web",
    metadata=[{"name": "web", "namespace": "books"}],
    spec=[{"selector": {"app": "web"}, "port": [{"port": 80}]}],
)


def _policy(name: str, **spec: Any) -> Json:
    return {"metadata": [{"name": name, "namespace": "books"}], "spec": [spec]}


def _lets_in(app: str) -> Json:
    return stay(
        f"kubernetes_network_policy_v1.to_{app}",
        id=f"books/to-{app}",
        **_policy(
            f"to-{app}",
            pod_selector=[{"match_labels": {"app": app}}],
            policy_types=["Ingress"],
            ingress=[{"from": [{"namespace_selector": [{"match_labels": {"name": "edge"}}]}]}],
        ),
    )


_CLOSED: Final = create(
    "kubernetes_network_policy_v1.closed",
    _policy("closed", pod_selector=[{}], policy_types=["Ingress"]),
)

SHARES_TAKEN: Final = (
    pair(
        "a route wins by its priority / is there for the case that the other one fails",
        _peer(100),
        _peer(1000),
        _NETWORK,
        _MACHINE,
        _VPN,
    ),
    pair(
        "a second text for senders at one name / the first one at another",
        _text("@", "v=spf1 include:mailgun.org ~all"),
        _text("mg", "v=spf1 include:mailgun.org ~all"),
        _SPF,
    ),
    pair(
        "a set of texts gains a second one for senders / proves who owns the name",
        _texts_with('"v=spf1 include:mailgun.org -all"'),
        _texts_with('"google-site-verification=abc"'),
    ),
    pair(
        "a second policy for mail / a text beside it",
        _text("_dmarc", "v=DMARC1; p=none; rua=mailto:a@example.com"),
        _text("_domainkey", "o=-"),
        _DMARC,
    ),
    pair(
        "a cache takes a whole site / more kinds of files",
        _cached(_EVERYTHING, _BYPASS),
        _cached(_MORE_FILES, _BYPASS),
    ),
    pair(
        "a cache forgets whom it must not serve / is told of one more",
        _cached(_ASSETS),
        _cached(_ASSETS, _BYPASS, {**_BYPASS, "ref": "two", "expression": 'http.host eq "a"'}),
    ),
    pair(
        "a shared policy denies what another grants / what nobody has",
        _denies("secret/data/billing/*"),
        _denies("sys/raw/*"),
        _APP_POLICY,
        _LOGIN,
    ),
    pair(
        "a shared policy denies one of the secrets / all secrets, and the narrower grant wins",
        _denies("secret/data/billing/db"),
        _denies("secret/*"),
        _APP_POLICY,
        _LOGIN,
    ),
    pair(
        "branches deploy that nobody protects / a protected one does",
        _may_deploy("feature/*"),
        _may_deploy("stable/*"),
        _LIVE,
        _TOKEN,
        _RULE_OF_MAIN,
        _REPOSITORY,
    ),
    pair(
        "the catch-all comes first / a narrow one comes first",
        _reordered("rest", "security", "web"),
        _reordered("web", "security", "rest"),
        *_INDEXES,
    ),
    pair(
        "nobody is on call on weekends / others are",
        _on_call([_weekly(1, 5)]),
        _on_call([_weekly(1, 5)], [_weekly(6, 2)]),
        _ESCALATION,
    ),
    pair(
        "a proxy no longer watches a namespace with ingresses / it lists those it serves",
        _watches("shop"),
        _watches("shop", "books"),
        _INGRESS,
    ),
    pair(
        "an account goes that a function runs as / that none does",
        [
            delete("google_service_account.mailer", _ACCOUNT),
            _function("mailer@p.iam.gserviceaccount.com"),
        ],
        [
            delete("google_service_account.mailer", _ACCOUNT),
            _function("sender@p.iam.gserviceaccount.com"),
        ],
    ),
    pair(
        "all files are deleted after a week / those below one more scratch folder",
        _deletes_below(),
        _deletes_below("staging/", "tmp/"),
    ),
    pair(
        "a pool with nodes is replaced / one without",
        _pool("web", 5, 3),
        _pool("nightly", 0, 0),
    ),
    pair(
        "a topic goes that somebody may read / whose last reader goes with it",
        [
            *_ENDED,
            stay("confluent_kafka_acl.other", **_acl("a3", "prices.v1", "sa-2")),
        ],
        list(_ENDED),
    ),
    pair(
        "a site goes to which its name leads / whose name leads elsewhere",
        [*_SITE_GOES, _alias("fair.azurewebsites.net")],
        [*_SITE_GOES, _alias("d111111abcdef8.cloudfront.net")],
    ),
    pair(
        "everybody may call what the internet reaches / what only the balancer does",
        create("google_cloud_run_v2_service_iam_member.open", {**_OPEN, "name": "ledger"}),
        create("google_cloud_run_v2_service_iam_member.open", {**_OPEN, "name": "front"}),
        _run("ledger", "INGRESS_TRAFFIC_ALL", "ledger@p.iam.gserviceaccount.com"),
        _run("front", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "front@p.iam.gserviceaccount.com"),
        _FRONT,
    ),
    pair(
        "a denial shuts out the callers of a service / a policy lets them in",
        [_CLOSED, _deployment("web"), _deployment("worker"), _SERVES],
        [_CLOSED, _deployment("web"), _deployment("worker"), _SERVES, _lets_in("web")],
    ),
)

SHARES_TAKEN_TRAPS: Final = (
    trap(
        "the reader of a topic that goes is allowed by a prefix",
        *_ENDED,
        stay("confluent_kafka_acl.all", **_acl("a4", "prices", "sa-9", "PREFIXED")),
    ),
    trap(
        "a connector still names the topic",
        *_ENDED,
        stay(
            "confluent_connector.sink",
            id="lcc-1",
            config_nonsensitive={"name": "sink", "topics": "orders,prices.v1"},
        ),
    ),
    trap(
        "another name still leads to the site",
        *_SITE_GOES,
        _alias("d111111abcdef8.cloudfront.net"),
        stay(
            "azurerm_dns_cname_record.other",
            id="/subscriptions/s/dns/other",
            name="messe",
            zone_name="example.com",
            record="fair.azurewebsites.net",
        ),
    ),
    trap(
        "everybody may call it, and its account reads secrets",
        create("google_cloud_run_v2_service_iam_member.open", {**_OPEN, "name": "front"}),
        _run("front", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "front@p.iam.gserviceaccount.com"),
        _FRONT,
        stay(
            "google_project_iam_member.front",
            id="p/front",
            role="roles/secretmanager.secretAccessor",
            member="serviceAccount:front@p.iam.gserviceaccount.com",
        ),
    ),
    trap(
        "one who serves without a service is shut out",
        _CLOSED,
        _deployment("web"),
        _SERVES,
        _lets_in("web"),
        stay(
            "kubernetes_deployment_v1.metrics",
            id="books/metrics",
            metadata=[{"name": "metrics", "namespace": "books", "labels": {"app": "metrics"}}],
            spec=[
                {
                    "selector": [{"match_labels": {"app": "metrics"}}],
                    "template": [
                        {
                            "metadata": [{"labels": {"app": "metrics"}}],
                            "spec": [
                                {
                                    "container": [
                                        {
                                            "name": "metrics",
                                            "image": "x",
                                            "port": [{"container_port": 9090}],
                                        }
                                    ]
                                }
                            ],
                        }
                    ],
                }
            ],
        ),
    ),
    trap(
        "files below a folder that other things read are deleted",
        _deletes_below("staging/", "exports/"),
    ),
)
