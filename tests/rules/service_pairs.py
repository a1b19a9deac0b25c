"""Pairs for Cloudflare, code hosts, Vault, monitoring, data and login services, small clouds."""

from __future__ import annotations

from typing import Any, Final

from tests.pairs import Pair
from tests.plans import create, delete, noop, plan, replace, tweak

Json = dict[str, Any]


def turned(name: str, address: str, before: Json, danger: Json, twin: Json) -> Pair:
    """Both plans update the same object, by other attributes."""
    return Pair(name, plan(tweak(address, before, **danger)), plan(tweak(address, before, **twin)))


RECORD: Final = {
    "id": "r1",
    "zone_id": "z1",
    "name": "shop",
    "hostname": "shop.example.com",
    "type": "A",
    "value": "203.0.113.10",
    "proxied": True,
    "ttl": 1,
    "comment": "",
}
ACCESS_APP: Final = {"id": "a1", "zone_id": "z1", "name": "admin", "domain": "admin.example.com"}
MONITOR: Final = {
    "id": "17",
    "name": "errors",
    "type": "metric alert",
    "query": "avg(last_5m):sum:errors{env:live} > 50",
    "message": "Too many errors @pagerduty-shop",
    "priority": 1,
}
ATLAS: Final = {
    "id": "c1",
    "name": "orders",
    "project_id": "p1",
    "backup_enabled": True,
    "pit_enabled": True,
    "termination_protection_enabled": True,
    "paused": False,
}
TOPIC: Final = {
    "id": "lkc-1/orders",
    "topic_name": "orders",
    "partitions_count": 12,
    "config": {"retention.ms": "604800000", "cleanup.policy": "compact"},
}
ESCALATION: Final = {
    "id": "E1",
    "name": "shop",
    "rule": [{"escalation_delay_in_minutes": 10, "target": [{"type": "user", "id": "U1"}]}],
}
BRANCH: Final = {
    "id": "b1",
    "repository_id": "shop",
    "pattern": "main",
    "enforce_admins": True,
    "allows_force_pushes": False,
    "required_pull_request_reviews": [{"required_approving_review_count": 2}],
    "required_status_checks": [{"strict": True, "contexts": ["build", "test"]}],
}
RULESET: Final[Json] = {
    "id": "rs1",
    "zone_id": "z1",
    "kind": "zone",
    "phase": "http_request_firewall_custom",
    "rules": [
        {"ref": "a", "action": "block", "expression": 'http.request.uri.path eq "/admin"',
         "enabled": True, "description": "admin"},
        {"ref": "b", "action": "managed_challenge", "expression": "cf.threat_score gt 20",
         "enabled": True, "description": "threat"},
    ],
}  # fmt: skip


def rules(*changed: Json) -> list[Json]:
    return [{**old, **new} for old, new in zip(RULESET["rules"], changed, strict=False)]


PAIRS: Final = (
    # Cloudflare
    turned(
        "the proxy before the origin goes / a comment",
        "cloudflare_record.shop",
        RECORD,
        {"proxied": False},
        {"comment": "shop", "ttl": 300},
    ),
    turned(
        "the whole zone is paused / its plan grows",
        "cloudflare_zone.main",
        {"id": "z1", "zone": "example.com", "paused": False, "plan": "free", "type": "full"},
        {"paused": True},
        {"plan": "pro"},
    ),
    turned(
        "plain traffic to the origin / compression",
        "cloudflare_zone_settings_override.main",
        {"id": "z1", "settings": [{"ssl": "strict", "brotli": "off", "min_tls_version": "1.2"}]},
        {"settings": [{"ssl": "off", "brotli": "off", "min_tls_version": "1.2"}]},
        {"settings": [{"ssl": "strict", "brotli": "on", "min_tls_version": "1.2"}]},
    ),
    Pair(
        "a zone setting lets plain HTTP in / turns on early hints",
        plan(
            tweak(
                "cloudflare_zone_setting.s",
                {"id": "s", "zone_id": "z1", "setting_id": "ssl", "value": "strict"},
                value="flexible",
            )
        ),
        plan(
            tweak(
                "cloudflare_zone_setting.s",
                {"id": "s", "zone_id": "z1", "setting_id": "early_hints", "value": "off"},
                value="on",
            )
        ),
    ),
    turned(
        "a blocking rule is switched off / described",
        "cloudflare_ruleset.waf",
        RULESET,
        {"rules": rules({"enabled": False}, {})},
        {"rules": rules({"description": "admin area"}, {})},
    ),
    turned(
        "a blocking rule goes / a rule that only logs comes",
        "cloudflare_ruleset.waf",
        RULESET,
        {"rules": RULESET["rules"][1:]},
        {
            "rules": [
                *RULESET["rules"],
                {"ref": "c", "action": "log", "expression": "true", "enabled": True},
            ]
        },
    ),
    turned(
        "everybody is blocked / one path is",
        "cloudflare_ruleset.waf",
        RULESET,
        {
            "rules": [
                *RULESET["rules"],
                {"ref": "c", "action": "block", "expression": "true", "enabled": True},
            ]
        },
        {
            "rules": [
                *RULESET["rules"],
                {
                    "ref": "c",
                    "action": "block",
                    "expression": 'http.request.uri.path eq "/wp-login.php"',
                    "enabled": True,
                },
            ]
        },
    ),
    turned(
        "people get in without a login / one more group with one",
        "cloudflare_zero_trust_access_policy.p",
        {
            "id": "p1",
            "application_id": "a1",
            "name": "staff",
            "decision": "allow",
            "include": [{"group": ["g1"]}],
        },
        {"decision": "bypass", "include": [{"everyone": True}]},
        {"include": [{"group": ["g1", "g2"]}]},
    ),
    Pair(
        "the login before a live name goes / before one that goes too",
        plan(
            noop("cloudflare_record.admin", {**RECORD, "hostname": "admin.example.com"}),
            delete("cloudflare_zero_trust_access_application.a", ACCESS_APP),
        ),
        plan(
            tweak(
                "cloudflare_zero_trust_access_application.a",
                {**ACCESS_APP, "session_duration": "24h", "logo_url": ""},
                logo_url="https://example.com/logo.png",
            ),
        ),
    ),
    turned(
        "a tunnel no longer serves a name / serves one more",
        "cloudflare_zero_trust_tunnel_cloudflared_config.t",
        {
            "id": "t1",
            "tunnel_id": "t1",
            "config": [
                {
                    "ingress_rule": [
                        {"hostname": "shop.example.com", "service": "http://shop:80"},
                        {"hostname": "pay.example.com", "service": "http://pay:80"},
                        {"hostname": "", "service": "http_status:404"},
                    ]
                }
            ],
        },
        {
            "config": [
                {
                    "ingress_rule": [
                        {"hostname": "shop.example.com", "service": "http://shop:80"},
                        {"hostname": "", "service": "http_status:404"},
                    ]
                }
            ]
        },
        {
            "config": [
                {
                    "ingress_rule": [
                        {"hostname": "shop.example.com", "service": "http://shop:80"},
                        {"hostname": "pay.example.com", "service": "http://pay:80"},
                        {"hostname": "new.example.com", "service": "http://new:80"},
                        {"hostname": "", "service": "http_status:404"},
                    ]
                }
            ]
        },
    ),
    Pair(
        "a worker's route goes / a cache rule comes",
        plan(
            delete(
                "cloudflare_workers_route.r",
                {"id": "r", "zone_id": "z1", "pattern": "shop.example.com/*", "script_name": "s"},
            )
        ),
        plan(
            create(
                "cloudflare_page_rule.r", {"zone_id": "z1", "target": "shop.example.com/static/*"}
            )
        ),
    ),
    turned(
        "a load balancer loses a pool / gets one",
        "cloudflare_load_balancer.lb",
        {
            "id": "lb",
            "zone_id": "z1",
            "name": "shop.example.com",
            "default_pools": ["p1", "p2"],
            "fallback_pool": "p1",
        },
        {"default_pools": ["p3"], "fallback_pool": "p3"},
        {"default_pools": ["p1", "p2", "p3"]},
    ),
    # GitHub, GitLab
    turned(
        "nobody has to review / one more check has to pass",
        "github_branch_protection.main",
        BRANCH,
        {"required_pull_request_reviews": []},
        {"required_status_checks": [{"strict": True, "contexts": ["build", "lint", "test"]}]},
    ),
    turned(
        "administrators may skip the rules / two become three reviews",
        "github_branch_protection.main",
        BRANCH,
        {"enforce_admins": False, "allows_force_pushes": True},
        {"required_pull_request_reviews": [{"required_approving_review_count": 3}]},
    ),
    Pair(
        "a branch's protection goes / a ruleset comes",
        plan(delete("github_branch_protection.main", BRANCH)),
        plan(
            create(
                "github_repository_ruleset.main",
                {"name": "main", "repository": "shop", "target": "branch", "enforcement": "active"},
            )
        ),
    ),
    turned(
        "a ruleset is switched off / switched on",
        "github_repository_ruleset.main",
        {"id": "1", "name": "main", "repository": "shop", "enforcement": "active", "rules": [{}]},
        {"enforcement": "disabled"},
        {"rules": [{"required_signatures": True}]},
    ),
    turned(
        "a repository is archived / described",
        "github_repository.shop",
        {"id": "shop", "name": "shop", "archived": False, "description": "", "has_wiki": True},
        {"archived": True},
        {"description": "The shop", "has_wiki": False},
    ),
    turned(
        "anybody's actions run / logs are kept longer",
        "github_actions_organization_permissions.org",
        {"id": "org", "allowed_actions": "selected", "enabled_repositories": "all"},
        {"allowed_actions": "all"},
        {"enabled_repositories": "selected"},
    ),
    Pair(
        "a team's list of members is owned / a member is added",
        plan(
            create(
                "github_team_members.t",
                {"team_id": "7", "members": [{"username": "ada", "role": "maintainer"}]},
            )
        ),
        plan(
            create(
                "github_team_membership.t", {"team_id": "7", "username": "ada", "role": "member"}
            )
        ),
    ),
    turned(
        "deployments wait for nobody / for one more",
        "github_repository_environment.live",
        {
            "id": "shop:live",
            "repository": "shop",
            "environment": "live",
            "reviewers": [{"teams": [1]}],
            "wait_timer": 0,
        },
        {"reviewers": []},
        {"reviewers": [{"teams": [1, 2]}], "wait_timer": 5},
    ),
    turned(
        "history may be rewritten / only maintainers merge",
        "gitlab_branch_protection.main",
        {
            "id": "1:main",
            "project": "1",
            "branch": "main",
            "allow_force_push": False,
            "merge_access_level": "developer",
            "push_access_level": "no one",
        },
        {"allow_force_push": True, "push_access_level": "developer"},
        {"merge_access_level": "maintainer"},
    ),
    Pair(
        "a pipeline's variable goes / a label",
        plan(
            delete(
                "gitlab_project_variable.key",
                {"id": "1:KEY:*", "project": "1", "key": "DEPLOY_KEY", "protected": True},
            )
        ),
        plan(delete("gitlab_project_label.l", {"id": "1:bug", "project": "1", "name": "bug"})),
    ),
    # Vault
    turned(
        "fewer versions of secrets are kept / more",
        "vault_kv_secret_backend_v2.kv",
        {"id": "kv/config", "mount": "kv", "max_versions": 20, "delete_version_after": 0},
        {"max_versions": 1},
        {"max_versions": 50},
    ),
    turned(
        "a workload can no longer log in / one more can",
        "vault_kubernetes_auth_backend_role.api",
        {
            "id": "auth/kubernetes/role/api",
            "backend": "kubernetes",
            "role_name": "api",
            "bound_service_account_names": ["api", "worker"],
            "bound_service_account_namespaces": ["shop"],
            "token_policies": ["api"],
        },
        {"bound_service_account_names": ["api"]},
        {"bound_service_account_names": ["api", "worker", "cron"]},
    ),
    turned(
        "a role may log in from everywhere / its tokens live longer",
        "vault_kubernetes_auth_backend_role.api",
        {
            "id": "auth/kubernetes/role/api",
            "backend": "kubernetes",
            "bound_service_account_names": ["api"],
            "bound_service_account_namespaces": ["shop"],
            "token_policies": ["api"],
            "token_ttl": 3600,
        },
        {"bound_service_account_names": ["*"], "bound_service_account_namespaces": ["*"]},
        {"token_ttl": 7200},
    ),
    turned(
        "a database role may no longer be used / one more",
        "vault_database_secret_backend_connection.db",
        {
            "id": "db/config/orders",
            "backend": "db",
            "name": "orders",
            "allowed_roles": ["api", "report"],
        },
        {"allowed_roles": ["api"]},
        {"allowed_roles": ["api", "report", "batch"]},
    ),
    turned(
        "certificates for a domain are no longer issued / for one more",
        "vault_pki_secret_backend_role.web",
        {
            "id": "pki/roles/web",
            "backend": "pki",
            "name": "web",
            "allowed_domains": ["shop.internal", "pay.internal"],
        },
        {"allowed_domains": ["shop.internal"]},
        {"allowed_domains": ["shop.internal", "pay.internal", "new.internal"]},
    ),
    turned(
        "a transit key may be deleted / rotates by itself",
        "vault_transit_secret_backend_key.k",
        {"id": "transit/keys/k", "name": "k", "deletion_allowed": False, "auto_rotate_period": 0},
        {"deletion_allowed": True},
        {"auto_rotate_period": 2592000},
    ),
    Pair(
        "a login method goes / is described",
        plan(delete("vault_auth_backend.k8s", {"id": "kubernetes", "type": "kubernetes"})),
        plan(
            tweak(
                "vault_auth_backend.k8s",
                {"id": "kubernetes", "type": "kubernetes", "description": ""},
                description="pods",
            )
        ),
    ),
    Pair(
        "a limit for all requests is set low / on one path and high",
        plan(create("vault_quota_rate_limit.q", {"name": "global", "path": "", "rate": 1})),
        plan(create("vault_quota_rate_limit.q", {"name": "kv", "path": "kv/", "rate": 5000})),
    ),
    # Monitoring
    turned(
        "an alarm wakes nobody / has another priority",
        "datadog_monitor.errors",
        MONITOR,
        {"message": "Too many errors"},
        {"priority": 2},
    ),
    Pair(
        "an alarm that wakes people goes / a dashboard goes",
        plan(delete("datadog_monitor.errors", MONITOR)),
        plan(delete("datadog_dashboard.d", {"id": "d-1", "title": "Errors"})),
    ),
    Pair(
        "every alarm is silenced / those of one host",
        plan(
            create(
                "datadog_downtime_schedule.d",
                {"scope": "*", "monitor_identifier": [{"monitor_tags": ["*"]}]},
            )
        ),
        plan(
            create(
                "datadog_downtime_schedule.d",
                {"scope": "host:build-7", "monitor_identifier": [{"monitor_id": 17}]},
            )
        ),
    ),
    turned(
        "logs are kept for three days / for thirty",
        "datadog_logs_index.main",
        {"id": "main", "name": "main", "retention_days": 15, "daily_limit": 1000000},
        {"retention_days": 3},
        {"retention_days": 30},
    ),
    turned(
        "all logs are dropped / health checks are",
        "datadog_logs_index.main",
        {"id": "main", "name": "main", "retention_days": 15, "exclusion_filter": []},
        {
            "exclusion_filter": [
                {
                    "name": "all",
                    "is_enabled": True,
                    "filter": [{"query": "*", "sample_rate": 1.0}],
                }
            ]
        },
        {
            "exclusion_filter": [
                {
                    "name": "health",
                    "is_enabled": True,
                    "filter": [{"query": "@http.url:/healthz", "sample_rate": 1.0}],
                }
            ]
        },
    ),
    turned(
        "the last one who is called goes / one more is called",
        "pagerduty_escalation_policy.shop",
        ESCALATION,
        {"rule": [{"escalation_delay_in_minutes": 10, "target": []}]},
        {
            "rule": [
                {
                    "escalation_delay_in_minutes": 10,
                    "target": [{"type": "user", "id": "U1"}, {"type": "user", "id": "U2"}],
                }
            ]
        },
    ),
    Pair(
        "a pager service goes / a tag of it",
        plan(delete("pagerduty_service.shop", {"id": "S1", "name": "shop"})),
        plan(delete("pagerduty_tag.t", {"id": "T1", "label": "shop"})),
    ),
    Pair(
        "an integration key is made anew / an extension gets a name",
        plan(
            replace(
                "pagerduty_service_integration.i",
                {"id": "I1", "name": "cloudwatch", "integration_key": "k", "service": "S1"},
                {"name": "cloudwatch", "service": "S2"},
                "service",
            )
        ),
        plan(
            tweak(
                "pagerduty_service_integration.i",
                {"id": "I1", "name": "cloudwatch", "service": "S1"},
                name="alarms",
            )
        ),
    ),
    Pair(
        "alert rules go / a dashboard goes",
        plan(
            delete(
                "grafana_rule_group.g",
                {"id": "1", "name": "shop", "rule": [{"name": "errors", "is_paused": False}]},
            )
        ),
        plan(delete("grafana_dashboard.d", {"id": "1", "uid": "d", "config_json": "{}"})),
    ),
    turned(
        "alerts go to another place / are grouped otherwise",
        "grafana_notification_policy.root",
        {"id": "policy", "contact_point": "pager", "group_by": ["alertname"]},
        {"contact_point": "mail"},
        {"group_by": ["alertname", "cluster"]},
    ),
    turned(
        "alert rules are paused / looked at more often",
        "grafana_rule_group.g",
        {
            "id": "1",
            "name": "shop",
            "interval_seconds": 60,
            "rule": [{"name": "errors", "is_paused": False}],
        },
        {"rule": [{"name": "errors", "is_paused": True}]},
        {"interval_seconds": 30},
    ),
    # Databases and streams
    turned(
        "the way back in time is cut / is longer",
        "snowflake_database.orders",
        {"id": "ORDERS", "name": "ORDERS", "data_retention_time_in_days": 14},
        {"data_retention_time_in_days": 0},
        {"data_retention_time_in_days": 30},
    ),
    Pair(
        "a table is made anew / a view is",
        plan(
            replace(
                "snowflake_table.orders",
                {"id": "A|B|ORDERS", "name": "ORDERS", "cluster_by": []},
                {"name": "ORDERS_2"},
                "name",
            )
        ),
        plan(
            replace(
                "snowflake_view.orders",
                {"id": "A|B|V", "name": "V", "statement": "select 1"},
                {"name": "V", "statement": "select 2"},
                "statement",
            )
        ),
    ),
    turned(
        "a column goes / a column comes",
        "snowflake_table.orders",
        {"id": "A|B|ORDERS", "column": [{"name": "ID"}, {"name": "TOTAL"}]},
        {"column": [{"name": "ID"}]},
        {"column": [{"name": "ID"}, {"name": "TOTAL"}, {"name": "NOTE"}]},
    ),
    turned(
        "fewer networks get in / one more",
        "snowflake_network_policy.main",
        {"id": "MAIN", "name": "MAIN", "allowed_ip_list": ["198.51.100.0/24", "203.0.113.7"]},
        {"allowed_ip_list": ["203.0.113.7"]},
        {"allowed_ip_list": ["198.51.100.0/24", "203.0.113.7", "203.0.113.9"]},
    ),
    turned(
        "a loading task stops / runs with more",
        "snowflake_task.load",
        {"id": "T", "name": "LOAD", "started": True, "warehouse": "WH", "schedule": "60 MINUTE"},
        {"started": False},
        {"schedule": "30 MINUTE"},
    ),
    turned(
        "a person's login is switched off / gets another default",
        "snowflake_user.etl",
        {"id": "ETL", "name": "ETL", "disabled": "false", "default_warehouse": "WH"},
        {"disabled": "true"},
        {"default_warehouse": "WH2"},
    ),
    turned(
        "a mask shows everything / is described",
        "snowflake_masking_policy.mail",
        {"id": "M", "name": "MAIL", "body": "case when x then val else '***' end", "comment": ""},
        {"body": "val"},
        {"comment": "mail"},
    ),
    turned(
        "backups of a cluster end / a label",
        "mongodbatlas_advanced_cluster.orders",
        {**ATLAS, "labels": []},
        {"backup_enabled": False},
        {"labels": [{"key": "team", "value": "shop"}]},
    ),
    turned(
        "a cluster is paused / guarded",
        "mongodbatlas_advanced_cluster.orders",
        {**ATLAS, "termination_protection_enabled": False},
        {"paused": True},
        {"termination_protection_enabled": True},
    ),
    turned(
        "snapshots are kept for a day / longer",
        "mongodbatlas_cloud_backup_schedule.s",
        {
            "id": "s",
            "cluster_name": "orders",
            "policy_item_daily": [{"frequency_interval": 1, "retention_value": 30}],
        },
        {"policy_item_daily": [{"frequency_interval": 1, "retention_value": 1}]},
        {"policy_item_daily": [{"frequency_interval": 1, "retention_value": 60}]},
    ),
    Pair(
        "an address of live clients goes / a wider one stays",
        plan(
            noop("mongodbatlas_advanced_cluster.orders", ATLAS),
            delete(
                "mongodbatlas_project_ip_access_list.office",
                {"id": "x", "project_id": "p1", "cidr_block": "198.51.100.0/24"},
            ),
            references={"mongodbatlas_advanced_cluster.orders": {}},
        ),
        plan(
            noop("mongodbatlas_advanced_cluster.orders", ATLAS),
            noop(
                "mongodbatlas_project_ip_access_list.wide",
                {"id": "y", "project_id": "p1", "cidr_block": "198.51.0.0/16"},
            ),
            delete(
                "mongodbatlas_project_ip_access_list.office",
                {"id": "x", "project_id": "p1", "cidr_block": "198.51.100.0/24"},
            ),
        ),
    ),
    Pair(
        "a search index that applications ask goes / is added",
        plan(
            delete(
                "mongodbatlas_search_index.s",
                {"id": "s", "cluster_name": "orders", "name": "default"},
            )
        ),
        plan(create("mongodbatlas_search_index.s", {"cluster_name": "orders", "name": "default"})),
    ),
    turned(
        "messages live for an hour / for a month",
        "confluent_kafka_topic.orders",
        TOPIC,
        {"config": {"retention.ms": "3600000", "cleanup.policy": "compact"}},
        {"config": {"retention.ms": "2592000000", "cleanup.policy": "compact"}},
    ),
    turned(
        "the last value of every key is deleted by age / compaction is tuned",
        "kafka_topic.orders",
        {
            "id": "orders",
            "name": "orders",
            "partitions": 12,
            "config": {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.5"},
        },
        {"config": {"cleanup.policy": "delete", "min.cleanable.dirty.ratio": "0.5"}},
        {"config": {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.3"}},
    ),
    Pair(
        "a topic goes / a topic comes",
        plan(delete("confluent_kafka_topic.orders", TOPIC)),
        plan(create("confluent_kafka_topic.more", {"topic_name": "more", "partitions_count": 6})),
    ),
    Pair(
        "consumers are denied / one more reads",
        plan(
            create(
                "confluent_kafka_acl.a",
                {
                    "resource_type": "TOPIC",
                    "resource_name": "orders",
                    "pattern_type": "LITERAL",
                    "principal": "User:*",
                    "operation": "READ",
                    "permission": "DENY",
                },
            )
        ),
        plan(
            create(
                "confluent_kafka_acl.a",
                {
                    "resource_type": "TOPIC",
                    "resource_name": "orders",
                    "pattern_type": "LITERAL",
                    "principal": "User:sa-1",
                    "operation": "READ",
                    "permission": "ALLOW",
                },
            )
        ),
    ),
    turned(
        "schemas may break readers / are checked further back",
        "confluent_subject_config.orders",
        {"id": "lsrc/orders", "subject_name": "orders", "compatibility_level": "BACKWARD"},
        {"compatibility_level": "NONE"},
        {"compatibility_level": "FULL_TRANSITIVE"},
    ),
    turned(
        "a connector stops / gets a task more",
        "confluent_connector.sink",
        {"id": "c", "status": "RUNNING", "config_nonsensitive": {"tasks.max": "2"}},
        {"status": "PAUSED"},
        {"config_nonsensitive": {"tasks.max": "3"}},
    ),
    # Login services
    turned(
        "an application may no longer return / one more address",
        "auth0_client.shop",
        {"id": "c", "name": "shop", "callbacks": ["https://shop.example.com/cb"]},
        {"callbacks": ["https://new.example.com/cb"]},
        {"callbacks": ["https://shop.example.com/cb", "https://new.example.com/cb"]},
    ),
    Pair(
        "a directory of users goes / a screen's text changes",
        plan(delete("auth0_connection.users", {"id": "con", "name": "users", "strategy": "auth0"})),
        plan(
            tweak(
                "auth0_prompt_custom_text.t",
                {"id": "t", "prompt": "login", "body": "{}"},
                body='{"login": {}}',
            )
        ),
    ),
    turned(
        "attacks are no longer held off / people hear of them",
        "auth0_attack_protection.main",
        {"id": "a", "brute_force_protection": [{"enabled": True, "max_attempts": 10}]},
        {"brute_force_protection": [{"enabled": False, "max_attempts": 10}]},
        {"brute_force_protection": [{"enabled": True, "max_attempts": 5}]},
    ),
    Pair(
        "everybody is refused at sign-on / a rule for one group needs a second factor",
        plan(
            create(
                "okta_policy_rule_signon.deny",
                {
                    "policy_id": "p",
                    "name": "deny",
                    "access": "DENY",
                    "network_connection": "ANYWHERE",
                    "priority": 1,
                    "status": "ACTIVE",
                },
            )
        ),
        plan(
            create(
                "okta_policy_rule_signon.more",
                {
                    "policy_id": "p",
                    "name": "more",
                    "access": "ALLOW",
                    "mfa_required": True,
                    "network_connection": "ANYWHERE",
                    "status": "INACTIVE",
                },
            )
        ),
    ),
    turned(
        "an application may no longer return there / has a logo",
        "okta_app_oauth.shop",
        {"id": "a", "label": "shop", "redirect_uris": ["https://shop.example.com/cb"], "logo": ""},
        {"redirect_uris": ["https://new.example.com/cb"]},
        {"logo": "logo.png"},
    ),
    Pair(
        "a group that gives access goes / a rule adds people",
        plan(delete("okta_group.staff", {"id": "g", "name": "staff"})),
        plan(create("okta_group_rule.r", {"name": "r", "status": "ACTIVE"})),
    ),
    # Edge, mesh, jobs
    turned(
        "a name is no longer served / one more",
        "fastly_service_vcl.shop",
        {
            "id": "s",
            "name": "shop",
            "domain": [{"name": "shop.example.com"}, {"name": "pay.example.com"}],
            "backend": [{"name": "origin", "address": "origin.example.com"}],
        },
        {"domain": [{"name": "shop.example.com"}]},
        {
            "domain": [
                {"name": "shop.example.com"},
                {"name": "pay.example.com"},
                {"name": "new.example.com"},
            ]
        },
    ),
    Pair(
        "calls between services are denied / one caller is let in",
        plan(
            create(
                "consul_config_entry.i",
                {
                    "kind": "service-intentions",
                    "name": "*",
                    "config_json": '{"Sources":[{"Name":"*","Action":"deny","Type":"consul"}]}',
                },
            )
        ),
        plan(
            create(
                "consul_config_entry.i",
                {
                    "kind": "service-intentions",
                    "name": "api",
                    "config_json": '{"Sources":[{"Name":"web","Action":"allow","Type":"consul"}]}',
                },
            )
        ),
    ),
    Pair(
        "keys that programs read go / come",
        plan(delete("consul_keys.app", {"id": "k", "key": [{"path": "app/db", "value": "x"}]})),
        plan(create("consul_keys.app", {"key": [{"path": "app/new", "value": "x"}]})),
    ),
    turned(
        "a job runs nothing / another version",
        "nomad_job.api",
        {
            "id": "api",
            "jobspec": 'job "api" {\n  group "g" {\n    count = 4\n    task "t" {\n'
            '      config { image = "api:1" }\n    }\n  }\n}\n',
        },
        {
            "jobspec": 'job "api" {\n  group "g" {\n    count = 0\n    task "t" {\n'
            '      config { image = "api:1" }\n    }\n  }\n}\n'
        },
        {
            "jobspec": 'job "api" {\n  group "g" {\n    count = 4\n    task "t" {\n'
            '      config { image = "api:2" }\n    }\n  }\n}\n'
        },
    ),
    # Small clouds
    turned(
        "machines lose their way in / get one more",
        "digitalocean_firewall.web",
        {
            "id": "f",
            "name": "web",
            "droplet_ids": [1, 2],
            "inbound_rule": [
                {"protocol": "tcp", "port_range": "443", "source_addresses": ["0.0.0.0/0"]},
                {"protocol": "tcp", "port_range": "22", "source_addresses": ["198.51.100.0/24"]},
            ],
        },
        {
            "inbound_rule": [
                {"protocol": "tcp", "port_range": "22", "source_addresses": ["198.51.100.0/24"]}
            ]
        },
        {
            "inbound_rule": [
                {"protocol": "tcp", "port_range": "443", "source_addresses": ["0.0.0.0/0"]},
                {"protocol": "tcp", "port_range": "22", "source_addresses": ["198.51.100.0/24"]},
                {"protocol": "tcp", "port_range": "80", "source_addresses": ["0.0.0.0/0"]},
            ]
        },
    ),
    turned(
        "a database cluster has one node left / one more",
        "digitalocean_database_cluster.db",
        {"id": "db", "name": "orders", "engine": "pg", "node_count": 3, "size": "db-s-2vcpu-4gb"},
        {"node_count": 1},
        {"node_count": 4},
    ),
    turned(
        "objects may be read by all / are kept in versions",
        "digitalocean_spaces_bucket.b",
        {"id": "b", "name": "b", "acl": "private", "versioning": [{"enabled": False}]},
        {"acl": "public-read"},
        {"versioning": [{"enabled": True}]},
    ),
    turned(
        "a server's type is another / a label",
        "hcloud_server.web",
        {"id": "1", "name": "web", "server_type": "cx22", "labels": {}, "backups": True},
        {"server_type": "cx32", "backups": False},
        {"labels": {"team": "shop"}},
    ),
)
