from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.context import Context
from iacrisk.rules.database import RULES
from iacrisk.rules.database.engine_version import major_change
from iacrisk.rules.engine import review
from iacrisk.rules.rule import Confidence, Review, Severity
from tests.plans import change, create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
Pairs = set[tuple[str, str]]
Weights = dict[tuple[str, str], tuple[Severity, Confidence]]


def judged(reviewed: Plan) -> Review:
    result = review(Context(reviewed, build_graph(reviewed)), rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.undecided == ()
    return {(finding.rule, finding.address) for finding in result.findings}


def weights(*changes: Json, **fields: Any) -> Weights:
    result = judged(plan(*changes, **fields))
    return {(item.rule, item.address): (item.severity, item.confidence) for item in result.findings}


def undecided(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.findings == ()
    return {(item.rule, item.address) for item in result.undecided}


ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - a source in a firewall rule, not a bind


# B01


@pytest.mark.parametrize(
    ("engine", "before", "after", "expected"),
    [
        ("postgres", "13.4", "14.1", ((13,), (14,))),
        ("postgres", "14.1", "14.7", None),
        ("postgres", "14.7", "14", None),
        ("postgres", "9.6.1", "10.2", ((9,), (10,))),
        ("postgres", "9.5.1", "9.6.1", ((9, 5), (9, 6))),
        ("mysql", "5.7.38", "8.0.28", ((5, 7), (8, 0))),
        ("mysql", "8.0.28", "8.0.36", None),
        ("aurora-mysql", "5.7.mysql_aurora.2.11", "8.0.mysql_aurora.3.4", ((5, 7), (8, 0))),
        ("google POSTGRES_13", "POSTGRES_13", "POSTGRES_15", ((13,), (15,))),
        ("google MYSQL_5_7", "MYSQL_5_7", "MYSQL_8_0", ((5, 7), (8, 0))),
        ("opensearch", "OpenSearch_1.3", "OpenSearch_2.5", ((1,), (2,))),
        ("redis", "6.x", "7.0", ((6,), (7,))),
        ("rdb", "PostgreSQL-14", "PostgreSQL-15", ((14,), (15,))),
        ("x", None, "1", None),
        ("x", "latest", "1", None),
        ("x", True, "1", None),
    ],
)
def test_the_major_part_of_a_version(
    engine: str, before: Any, after: Any, expected: object
) -> None:
    assert major_change(engine, before, after) == expected


@pytest.mark.parametrize(
    ("type_name", "argument", "before", "after"),
    [
        ("aws_db_instance", "engine_version", "13.4", "14.1"),
        ("aws_rds_cluster", "engine_version", "13.4", "15.2"),
        ("aws_opensearch_domain", "engine_version", "OpenSearch_1.3", "OpenSearch_2.5"),
        ("azurerm_postgresql_flexible_server", "version", "12", "14"),
        ("google_sql_database_instance", "database_version", "MYSQL_5_7", "MYSQL_8_0"),
    ],
)
def test_a_major_upgrade_is_serious(type_name: str, argument: str, before: str, after: str) -> None:
    found = weights(tweak(f"{type_name}.d", {argument: before}, **{argument: after}))
    assert found == {("B01", f"{type_name}.d"): (Severity.HIGH, Confidence.HIGH)}


def test_a_step_back_that_rebuilds_is_critical() -> None:
    version = {"engine": "redis", "engine_version": "7.0"}
    back = replace(
        "aws_elasticache_cluster.c",
        version,
        {**version, "engine_version": "6.2"},
        "engine_version",
    )
    assert weights(back) == {
        ("B01", "aws_elasticache_cluster.c"): (Severity.CRITICAL, Confidence.HIGH)
    }


def test_a_blue_green_upgrade_is_only_worth_a_look() -> None:
    before = {"engine_version": "13.4", "blue_green_update": [{"enabled": True}]}
    found = weights(tweak("aws_db_instance.d", before, engine_version="14.1"))
    assert found == {("B01", "aws_db_instance.d"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_a_minor_upgrade_at_the_window_passes() -> None:
    before = {"engine": "postgres", "engine_version": "14.1", "apply_immediately": False}
    assert findings(tweak("aws_db_instance.d", before, engine_version="14.7")) == set()


def test_an_unknown_version_is_undecided() -> None:
    unknown = update(
        "aws_db_instance.d", {"engine_version": "14"}, {}, after_unknown={"engine_version": True}
    )
    assert undecided(unknown) == {("B01", "aws_db_instance.d")}


# B02

CLASS = {"instance_class": "db.m6g.large", "multi_az": True, "apply_immediately": True}


def test_a_new_class_at_once_is_flagged_and_worse_without_a_standby() -> None:
    resize = {"instance_class": "db.m6g.xlarge"}
    alone = tweak("aws_db_instance.d", {**CLASS, "multi_az": False}, **resize)
    key = ("B02", "aws_db_instance.d")
    assert weights(tweak("aws_db_instance.d", CLASS, **resize)) == {
        key: (Severity.MEDIUM, Confidence.HIGH)
    }
    assert weights(alone) == {key: (Severity.HIGH, Confidence.HIGH)}


@pytest.mark.parametrize("immediately", [False, None])
def test_a_new_class_at_the_window_passes(immediately: bool | None) -> None:
    before = {**CLASS, "apply_immediately": immediately}
    assert findings(tweak("aws_db_instance.d", before, instance_class="db.m6g.xlarge")) == set()


def test_growth_and_tags_at_once_pass() -> None:
    before = {**CLASS, "allocated_storage": 100, "tags": {}}
    grown = tweak("aws_db_instance.d", before, allocated_storage=200, tags={"a": "b"})
    assert findings(grown) == set()


def test_turning_apply_immediately_on_alone_passes() -> None:
    before = {**CLASS, "apply_immediately": False}
    assert findings(tweak("aws_db_instance.d", before, apply_immediately=True)) == set()


def test_whether_it_is_at_once_can_be_undecided() -> None:
    unknown = update(
        "aws_db_instance.d",
        {**CLASS, "apply_immediately": None},
        {"instance_class": "db.m6g.xlarge", "multi_az": True},
        after_unknown={"apply_immediately": True},
    )
    assert undecided(unknown) == {("B02", "aws_db_instance.d")}


def member(name: str, new_class: str) -> Json:
    before = {"cluster_identifier": "c", "instance_class": "a", "apply_immediately": True}
    return tweak(f"aws_rds_cluster_instance.{name}", before, instance_class=new_class)


def test_all_members_of_a_cluster_at_once_leave_nothing_to_fail_over_to() -> None:
    both = weights(member("a", "b"), member("b", "b"))
    one = weights(member("a", "b"), noop("aws_rds_cluster_instance.b", {"cluster_identifier": "c"}))
    assert set(both.values()) == {(Severity.HIGH, Confidence.HIGH)}
    assert one == {("B02", "aws_rds_cluster_instance.a"): (Severity.MEDIUM, Confidence.HIGH)}


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        (
            "google_sql_database_instance",
            {"settings": [{"tier": "db-n1-2", "availability_type": "REGIONAL"}]},
            {"settings": [{"tier": "db-n1-4", "availability_type": "REGIONAL"}]},
        ),
        (
            "azurerm_postgresql_flexible_server",
            {"sku_name": "GP_2", "high_availability": [{"mode": "ZoneRedundant"}]},
            {"sku_name": "GP_4", "high_availability": [{"mode": "ZoneRedundant"}]},
        ),
        ("aws_redshift_cluster", {"node_type": "ra3.4x"}, {"node_type": "ra3.16x"}),
    ],
)
def test_services_without_a_window_restart_at_once(
    type_name: str, before: Json, after: Json
) -> None:
    found = weights(update(f"{type_name}.d", before, after))
    assert found == {("B02", f"{type_name}.d"): (Severity.MEDIUM, Confidence.HIGH)}


def test_an_activation_policy_of_never_stops_the_database() -> None:
    found = weights(
        update(
            "google_sql_database_instance.d",
            {"settings": [{"activation_policy": "ALWAYS"}]},
            {"settings": [{"activation_policy": "NEVER"}]},
        )
    )
    assert found == {
        ("B02", "google_sql_database_instance.d"): (Severity.CRITICAL, Confidence.HIGH)
    }


# B03


def test_the_default_parameters_are_worse_than_other_ones() -> None:
    before = {"parameter_group_name": "tuned"}
    key = ("B03", "aws_db_instance.d")
    found = weights(tweak("aws_db_instance.d", before, parameter_group_name="default.postgres16"))
    other = weights(tweak("aws_db_instance.d", before, parameter_group_name="tuned-2"))
    assert found == {key: (Severity.HIGH, Confidence.MEDIUM)}
    assert other == {key: (Severity.MEDIUM, Confidence.MEDIUM)}


def parameters(*items: tuple[str, str, str]) -> Json:
    return {
        "parameter": [
            {"name": name, "value": value, "apply_method": method} for name, value, method in items
        ]
    }


def test_a_static_parameter_is_a_note_and_a_dynamic_one_passes() -> None:
    static = update(
        "aws_db_parameter_group.p", parameters(), parameters(("m", "1", "pending-reboot"))
    )
    dynamic = update("aws_db_parameter_group.p", parameters(), parameters(("m", "1", "immediate")))
    assert weights(static) == {
        ("B03", "aws_db_parameter_group.p"): (Severity.LOW, Confidence.MEDIUM)
    }
    assert findings(dynamic) == set()


# B04


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        ("aws_db_instance", {"multi_az": True}, {"multi_az": False}),
        (
            "aws_elasticache_replication_group",
            {"automatic_failover_enabled": True},
            {"automatic_failover_enabled": False},
        ),
        (
            "aws_elasticache_replication_group",
            {"num_cache_clusters": 3},
            {"num_cache_clusters": 1},
        ),
        (
            "google_sql_database_instance",
            {"settings": [{"availability_type": "REGIONAL"}]},
            {"settings": [{"availability_type": "ZONAL"}]},
        ),
        (
            "azurerm_postgresql_flexible_server",
            {"high_availability": [{"mode": "ZoneRedundant"}]},
            {"high_availability": []},
        ),
        (
            "azurerm_storage_account",
            {"account_replication_type": "GRS"},
            {"account_replication_type": "LRS"},
        ),
        ("azurerm_cosmosdb_account", {"geo_location": [{}, {"a": 1}]}, {"geo_location": [{}]}),
        ("digitalocean_database_cluster", {"node_count": 2}, {"node_count": 1}),
    ],
)
def test_a_database_that_loses_its_standby_is_flagged(
    type_name: str, before: Json, after: Json
) -> None:
    down = update(f"{type_name}.d", before, after)
    up = update(f"{type_name}.d", after, before)
    assert findings(down) == {("B04", f"{type_name}.d")}
    assert findings(up) == set()


def test_two_copies_that_stay_are_enough() -> None:
    group = {"num_cache_clusters": 4}
    fewer = tweak("aws_elasticache_replication_group.g", group, num_cache_clusters=3)
    assert findings(fewer) == set()


def instances(kept: int, gone: int, type_name: str = "aws_rds_cluster") -> list[Json]:
    member = {"cluster_identifier": "c"}
    return [
        *[noop(f"{type_name}_instance.k{n}", member) for n in range(kept)],
        *[delete(f"{type_name}_instance.g{n}", member) for n in range(gone)],
    ]


def test_a_cluster_without_instances_is_critical_and_with_one_serious() -> None:
    cluster = noop("aws_rds_cluster.c", {"cluster_identifier": "c"})
    key = ("B04", "aws_rds_cluster_instance.g0")
    assert weights(cluster, *instances(0, 2)) == {key: (Severity.CRITICAL, Confidence.HIGH)}
    assert weights(cluster, *instances(1, 1)) == {key: (Severity.HIGH, Confidence.MEDIUM)}


def test_a_reader_of_several_may_go_and_so_may_the_whole_cluster() -> None:
    cluster = noop("aws_docdb_cluster.c", {"cluster_identifier": "c"})
    gone = delete("aws_docdb_cluster.c", {"cluster_identifier": "c"})
    assert findings(cluster, *instances(2, 1, "aws_docdb_cluster")) == set()
    assert findings(gone, *instances(0, 2, "aws_docdb_cluster")) == set()


def test_an_unknown_number_of_copies_is_undecided() -> None:
    unknown = update("aws_db_instance.d", {"multi_az": True}, {}, after_unknown={"multi_az": True})
    assert undecided(unknown) == {("B04", "aws_db_instance.d")}


# B05


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        (
            "aws_db_parameter_group",
            parameters(("rds.force_ssl", "0", "immediate")),
            parameters(("rds.force_ssl", "1", "immediate")),
        ),
        (
            "azurerm_postgresql_flexible_server_configuration",
            {"name": "require_secure_transport", "value": "off"},
            {"name": "require_secure_transport", "value": "on"},
        ),
        (
            "google_sql_database_instance",
            {"settings": [{"ip_configuration": [{"ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}]}]},
            {"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY"}]}]},
        ),
        ("azurerm_mssql_server", {"minimum_tls_version": "1.0"}, {"minimum_tls_version": "1.2"}),
    ],
)
def test_tls_that_becomes_required_is_flagged_and_relaxed_is_not_its_business(
    type_name: str, before: Json, after: Json
) -> None:
    found = weights(update(f"{type_name}.d", before, after))
    assert found == {("B05", f"{type_name}.d"): (Severity.MEDIUM, Confidence.MEDIUM)}
    back = findings(update(f"{type_name}.d", after, before))
    assert not any(rule == "B05" for rule, _ in back)


# B06


@pytest.mark.parametrize(
    ("type_name", "argument"),
    [
        ("aws_db_instance", "publicly_accessible"),
        ("aws_rds_cluster_instance", "publicly_accessible"),
        ("aws_redshift_cluster", "publicly_accessible"),
        ("azurerm_cosmosdb_account", "public_network_access_enabled"),
        ("azurerm_redis_cache", "public_network_access_enabled"),
    ],
)
def test_a_public_endpoint_is_critical_and_taking_it_away_passes(
    type_name: str, argument: str
) -> None:
    address = f"{type_name}.d"
    opened = weights(tweak(address, {argument: False}, **{argument: True}))
    assert opened == {("B06", address): (Severity.CRITICAL, Confidence.HIGH)}
    assert findings(tweak(address, {argument: True}, **{argument: False})) == set()


def test_a_server_that_needs_firewall_rules_weighs_less() -> None:
    opened = weights(
        tweak(
            "azurerm_mssql_server.s",
            {"public_network_access_enabled": False},
            public_network_access_enabled=True,
        )
    )
    assert opened == {("B06", "azurerm_mssql_server.s"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_a_new_database_that_is_public_is_serious_unless_that_is_the_default() -> None:
    new = create("aws_db_instance.d", {"publicly_accessible": True})
    usual = create("azurerm_mssql_server.s", {"public_network_access_enabled": True})
    assert weights(new) == {("B06", "aws_db_instance.d"): (Severity.HIGH, Confidence.MEDIUM)}
    assert findings(usual) == set()


def google(*networks: str) -> Json:
    items = [{"value": network} for network in networks]
    return {"settings": [{"ip_configuration": [{"authorized_networks": items}]}]}


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        ("google_sql_database_instance", google("10.0.0.0/8"), google("0.0.0.0/0")),
        (
            "digitalocean_database_firewall",
            {},
            {"rule": [{"type": "ip_addr", "value": "0.0.0.0/0"}]},
        ),
        ("mongodbatlas_project_ip_access_list", {}, {"cidr_block": "0.0.0.0/0"}),
        (
            "azurerm_mssql_firewall_rule",
            {"start_ip_address": "9.9.9.9", "end_ip_address": "9.9.9.9"},
            {"start_ip_address": ANY_ADDRESS, "end_ip_address": "255.255.255.255"},
        ),
        ("scaleway_rdb_acl", {"acl_rules": []}, {"acl_rules": [{"ip": "0.0.0.0/0"}]}),
        ("aiven_pg", {}, {"pg_user_config": [{"ip_filter": ["0.0.0.0/0"]}]}),
    ],
)
def test_the_whole_internet_admitted_is_critical(type_name: str, before: Json, after: Json) -> None:
    found = weights(update(f"{type_name}.d", before, after))
    assert found == {("B06", f"{type_name}.d"): (Severity.CRITICAL, Confidence.HIGH)}


@pytest.mark.parametrize(
    ("type_name", "after"),
    [
        ("google_sql_database_instance", google("203.0.113.7/32")),
        (
            "azurerm_mssql_firewall_rule",
            {"start_ip_address": "203.0.113.7", "end_ip_address": "203.0.113.9"},
        ),
        ("mongodbatlas_project_ip_access_list", {"cidr_block": "203.0.113.7/32"}),
    ],
)
def test_a_few_addresses_admitted_pass(type_name: str, after: Json) -> None:
    assert findings(update(f"{type_name}.d", {}, after)) == set()


def test_all_of_azure_admitted_is_worth_a_look() -> None:
    rule = {"start_ip_address": ANY_ADDRESS, "end_ip_address": ANY_ADDRESS}
    assert weights(create("azurerm_mssql_firewall_rule.r", rule)) == {
        ("B06", "azurerm_mssql_firewall_rule.r"): (Severity.MEDIUM, Confidence.MEDIUM)
    }


def test_a_database_without_its_firewall_is_open_unless_it_goes_too() -> None:
    firewall = delete("digitalocean_database_firewall.f", {"cluster_id": "c-1234567890"})
    cluster = {"id": "c-1234567890"}
    key = ("B06", "digitalocean_database_firewall.f")
    assert findings(firewall, noop("digitalocean_database_cluster.c", cluster)) == {key}
    assert findings(firewall, delete("digitalocean_database_cluster.c", cluster)) == set()


def test_unknown_sources_and_switches_are_undecided() -> None:
    switch = update(
        "aws_db_instance.d",
        {"publicly_accessible": False},
        {},
        after_unknown={"publicly_accessible": True},
    )
    sources = create(
        "mongodbatlas_project_ip_access_list.l", {}, after_unknown={"cidr_block": True}
    )
    assert undecided(switch, sources) == {
        ("B06", "aws_db_instance.d"),
        ("B06", "mongodbatlas_project_ip_access_list.l"),
    }


# B07, B08, B09


def test_a_new_password_is_worth_a_look_and_the_first_one_passes() -> None:
    found = weights(tweak("aws_db_instance.d", {"password": "old"}, password="new"))  # noqa: S106
    assert found == {("B07", "aws_db_instance.d"): (Severity.MEDIUM, Confidence.MEDIUM)}
    assert findings(tweak("aws_db_instance.d", {"password": None}, password="new")) == set()  # noqa: S106


def index(name: str, hash_key: str = "id", **fields: Any) -> Json:
    return {"name": name, "hash_key": hash_key, "projection_type": "ALL", **fields}


def table(*indexes: Json) -> Json:
    return {"global_secondary_index": list(indexes)}


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(table(index("a")), id="removed"),
        pytest.param(table(index("a"), index("b", "other")), id="other key"),
        pytest.param(table(index("a"), index("b", projection_type="KEYS_ONLY")), id="projection"),
        pytest.param(table(), id="all of them"),
    ],
)
def test_an_index_that_goes_or_is_rebuilt_is_serious(after: Json) -> None:
    before = table(index("a"), index("b"))
    assert findings(update("aws_dynamodb_table.t", before, after)) == {
        ("B08", "aws_dynamodb_table.t")
    }


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(table(index("b"), index("a")), id="order"),
        pytest.param(table(index("a"), index("b"), index("c")), id="one more"),
        pytest.param(table(index("a", read_capacity=9), index("b")), id="capacity"),
    ],
)
def test_indexes_that_stay_pass(after: Json) -> None:
    assert findings(update("aws_dynamodb_table.t", table(index("a"), index("b")), after)) == set()


@pytest.mark.parametrize(
    ("type_name", "argument", "before", "after"),
    [
        ("aws_db_instance", "identifier", "orders", "orders-2"),
        ("aws_db_instance", "port", 5432, 5433),
        ("aws_rds_cluster", "port", 3306, 3307),
    ],
)
def test_an_address_changed_in_place_is_flagged(
    type_name: str, argument: str, before: Any, after: Any
) -> None:
    found = weights(tweak(f"{type_name}.d", {argument: before}, **{argument: after}))
    assert found == {("B09", f"{type_name}.d"): (Severity.HIGH, Confidence.MEDIUM)}


def test_a_renamed_database_whose_endpoint_is_read_is_certain() -> None:
    found = weights(
        tweak("aws_db_instance.d", {"identifier": "a", "address": "a.rds"}, identifier="b"),
        noop("aws_lambda_function.f", {"environment": [{"variables": {"HOST": "a.rds"}}]}),
        references={"aws_lambda_function.f": {"environment": ["aws_db_instance.d.address"]}},
    )
    assert found == {("B09", "aws_db_instance.d"): (Severity.HIGH, Confidence.HIGH)}


def test_the_plain_port_of_a_cache_closed_is_worth_a_look() -> None:
    cache = "azurerm_redis_cache.c"
    found = weights(tweak(cache, {"non_ssl_port_enabled": True}, non_ssl_port_enabled=False))
    assert found == {("B09", cache): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_another_argument_of_the_database_passes() -> None:
    before = {"identifier": "a", "port": 5432, "backup_retention_period": 7}
    assert findings(tweak("aws_db_instance.d", before, backup_retention_period=14)) == set()


@pytest.mark.parametrize("odd", [None, "text", 7, True, [1, None], {"a": []}])
@pytest.mark.parametrize("action", [("update",), ("delete", "create"), ("create",)])
def test_odd_values_do_not_make_a_rule_raise(odd: Any, action: tuple[str, ...]) -> None:
    types = {
        "aws_db_instance": "engine_version",
        "aws_rds_cluster_instance": "cluster_identifier",
        "google_sql_database_instance": "settings",
        "azurerm_cosmosdb_account": "geo_location",
        "azurerm_mssql_firewall_rule": "start_ip_address",
        "digitalocean_database_firewall": "rule",
        "aws_dynamodb_table": "global_secondary_index",
        "aws_db_parameter_group": "parameter",
        "aws_msk_cluster": "broker_node_group_info",
    }
    judged(
        plan(
            *[
                change(f"{name}.x", *action, before={argument: odd}, after={argument: "other"})
                for name, argument in types.items()
            ],
            *[
                change(f"{name}.y", *action, before={argument: "other"}, after={argument: odd})
                for name, argument in types.items()
            ],
            *[
                change(f"{name}.z", *action, before=odd, after=odd, after_unknown=True)
                for name in types
            ],
        )
    )
