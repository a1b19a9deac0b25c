"""Who is hit by a change: carriers pass it on, endpoints end it, attachments act on others."""

from __future__ import annotations

import pytest

from iacrisk.graph import (
    BlastRadius,
    Effect,
    Graph,
    NodeKind,
    blast_radius,
    build_graph,
    impaired,
    live_users,
    with_named,
)
from iacrisk.plan import Plan
from tests.plans import Json, create, delete, noop, plan, replace, tweak, update


def hops(radius: BlastRadius) -> list[tuple[str, int]]:
    """All that is reached in order, each with its distance."""
    return [(hit.address, hit.hops) for hit in radius.reached]


def graph_of(*changes: Json, **references: dict[str, list[str]]) -> Graph:
    """A graph; the references of `aws_a__b` are those of the block aws_a.b."""
    return build_graph(
        plan(
            *changes,
            references={name.replace("__", "."): value for name, value in references.items()},
        )
    )


@pytest.fixture
def network() -> Graph:
    """A VPC, two subnets, instances, and what filters and routes their packets."""
    return graph_of(
        noop("aws_vpc.v"),
        noop("aws_subnet.a"),
        noop("aws_subnet.b"),
        noop("aws_instance.a"),
        noop("aws_instance.b"),
        noop("aws_security_group.g"),
        delete("aws_security_group_rule.r"),
        noop("aws_route_table.t"),
        delete("aws_route.r"),
        noop("aws_route_table_association.a"),
        aws_subnet__a={"vpc_id": ["aws_vpc.v.id"]},
        aws_subnet__b={"vpc_id": ["aws_vpc.v.id"]},
        aws_instance__a={
            "subnet_id": ["aws_subnet.a.id"],
            "vpc_security_group_ids": ["aws_security_group.g.id"],
        },
        aws_instance__b={"subnet_id": ["aws_subnet.b.id"]},
        aws_security_group__g={"vpc_id": ["aws_vpc.v.id"]},
        aws_security_group_rule__r={"security_group_id": ["aws_security_group.g.id"]},
        aws_route_table__t={"vpc_id": ["aws_vpc.v.id"]},
        aws_route__r={"route_table_id": ["aws_route_table.t.id"]},
        aws_route_table_association__a={
            "route_table_id": ["aws_route_table.t.id"],
            "subnet_id": ["aws_subnet.a.id"],
        },
    )


@pytest.mark.parametrize("effect", [Effect.GONE, Effect.REPLACED, Effect.IMPAIRED])
def test_a_rule_hits_the_group_and_the_instances_that_use_it(
    network: Graph, effect: Effect
) -> None:
    radius = blast_radius(network, "aws_security_group_rule.r", effect)
    assert hops(radius) == [("aws_security_group.g", 1), ("aws_instance.a", 2)]
    assert not radius.more


def test_a_route_hits_only_the_instances_of_the_subnets_it_is_associated_with(
    network: Graph,
) -> None:
    radius = blast_radius(network, "aws_route.r", Effect.GONE)
    assert hops(radius) == [
        ("aws_route_table.t", 1),
        ("aws_subnet.a", 3),
        ("aws_instance.a", 4),
    ]
    assert [step.address for step in radius.reached[-1].path] == [
        "aws_route_table.t",
        "aws_route_table_association.a",
        "aws_subnet.a",
        "aws_instance.a",
    ]


def test_a_policy_hits_the_functions_of_the_roles_it_is_attached_to() -> None:
    graph = graph_of(
        update("aws_iam_policy.p", {"policy": "a"}, {"policy": "b"}),
        noop("aws_iam_role.r"),
        noop("aws_iam_role.other"),
        noop("aws_iam_role_policy_attachment.a"),
        noop("aws_lambda_function.f"),
        noop("aws_lambda_function.other"),
        aws_iam_role_policy_attachment__a={
            "policy_arn": ["aws_iam_policy.p.arn"],
            "role": ["aws_iam_role.r.name"],
        },
        aws_lambda_function__f={"role": ["aws_iam_role.r.arn"]},
        aws_lambda_function__other={"role": ["aws_iam_role.other.arn"]},
    )
    radius = blast_radius(graph, "aws_iam_policy.p", Effect.IMPAIRED)
    assert hops(radius) == [("aws_iam_role.r", 2), ("aws_lambda_function.f", 3)]


def test_an_endpoint_ends_the_walk() -> None:
    graph = graph_of(
        delete("aws_db_instance.d"),
        noop("aws_instance.a"),
        noop("aws_route53_record.x"),
        aws_instance__a={"user_data": ["aws_db_instance.d.address"]},
        aws_route53_record__x={"records": ["aws_instance.a.private_ip"]},
    )
    radius = blast_radius(graph, "aws_db_instance.d", Effect.GONE)
    assert hops(radius) == [("aws_instance.a", 1)]


def test_a_changed_attribute_hits_only_those_who_read_it() -> None:
    graph = graph_of(
        update("aws_lb.l", {"name": "a"}, {"name": "b"}),
        noop("aws_route53_record.name"),
        noop("aws_lb_listener.arn"),
        noop("aws_instance.whole"),
        aws_route53_record__name={"records": ["aws_lb.l.dns_name"]},
        aws_lb_listener__arn={"x": ["aws_lb.l.arn"]},
        aws_instance__whole={"user_data": ["aws_lb.l"]},
    )
    radius = blast_radius(graph, "aws_lb.l", Effect.CHANGED, frozenset({"dns_name"}))
    assert sorted(hops(radius)) == [("aws_instance.whole", 1), ("aws_route53_record.name", 1)]


def test_no_effect_hits_nobody(network: Graph) -> None:
    assert blast_radius(network, "aws_vpc.v", Effect.NONE) == BlastRadius(
        address="aws_vpc.v", effect=Effect.NONE
    )


def test_a_label_that_is_no_node_hits_nobody(network: Graph) -> None:
    assert blast_radius(network, "aws_vpc.x", Effect.GONE).hits == ()


@pytest.mark.parametrize(
    ("effect", "hit"),
    [
        (Effect.GONE, True),
        (Effect.REPLACED, True),
        (Effect.IMPAIRED, False),
        (Effect.CHANGED, False),
    ],
)
def test_order_alone_counts_only_where_the_object_goes(effect: Effect, hit: bool) -> None:
    graph = graph_of(
        delete("aws_db_instance.d"),
        noop("aws_instance.a"),
        aws_instance__a={"depends_on": ["aws_db_instance.d"]},
    )
    radius = blast_radius(graph, "aws_db_instance.d", effect)
    assert bool(radius.hits) is hit
    assert all(item.strength < 0.5 for item in radius.hits)


@pytest.mark.parametrize(
    ("user", "hit"),
    [
        (noop("aws_instance.a"), True),
        (update("aws_instance.a", {}, {"x": 1}), True),
        (replace("aws_instance.a", {}, {}), True),
        (create("aws_instance.a"), False),
        (delete("aws_instance.a"), False),
    ],
)
def test_only_what_exists_and_stays_can_be_hit(user: Json, hit: bool) -> None:
    graph = graph_of(
        delete("aws_db_instance.d"),
        user,
        aws_instance__a={"user_data": ["aws_db_instance.d.address"]},
    )
    assert bool(blast_radius(graph, "aws_db_instance.d", Effect.GONE).hits) is hit


def test_data_sources_pass_the_effect_on_and_are_no_victims() -> None:
    graph = graph_of(
        delete("aws_vpc.v"),
        noop("data.aws_subnets.all"),
        noop("aws_instance.a"),
        data__aws_subnets__all={"vpc": ["aws_vpc.v.id"]},
        aws_instance__a={"subnet_id": ["data.aws_subnets.all.ids"]},
    )
    assert hops(blast_radius(graph, "aws_vpc.v", Effect.GONE)) == [("aws_instance.a", 2)]


def test_root_outputs_are_hit_as_what_others_read() -> None:
    judged = plan(
        delete("aws_db_instance.d"),
        configuration={
            "root_module": {
                "resources": [
                    {"address": "aws_db_instance.d", "type": "aws_db_instance", "name": "d"}
                ],
                "outputs": {
                    "url": {
                        "expression": {
                            "references": ["aws_db_instance.d.address", "aws_db_instance.d"]
                        }
                    }
                },
            }
        },
    )
    (hit,) = blast_radius(build_graph(judged), "aws_db_instance.d", Effect.GONE).hits
    assert (hit.address, hit.type, hit.kind) == ("output.url", "output", NodeKind.OUTPUT)


def fan(size: int) -> Plan:
    """A VPC with `size` subnets, each with an instance."""
    entries = [delete("aws_vpc.v")]
    references: dict[str, dict[str, list[str]]] = {}
    for number in range(size):
        entries += [noop(f"aws_subnet.s{number}"), noop(f"aws_instance.i{number}")]
        references[f"aws_subnet.s{number}"] = {"vpc_id": ["aws_vpc.v.id"]}
        references[f"aws_instance.i{number}"] = {"subnet_id": [f"aws_subnet.s{number}.id"]}
    return plan(*entries, references=references)


@pytest.mark.parametrize(
    ("limit", "hits", "more"),
    [(None, 20, False), (20, 20, False), (21, 20, False), (19, 19, True), (1, 1, True)],
)
def test_a_limit_says_whether_there_are_more(limit: int | None, hits: int, more: bool) -> None:
    graph = build_graph(fan(10))
    radius = blast_radius(graph, "aws_vpc.v", Effect.GONE, limit=limit)
    assert (len(radius.reached), radius.more) == (hits, more)


def test_the_nearest_come_first_and_each_once() -> None:
    radius = blast_radius(build_graph(fan(10)), "aws_vpc.v", Effect.GONE)
    distances = [hit.hops for hit in radius.reached]
    assert distances == sorted(distances)
    assert len({hit.address for hit in radius.reached}) == 20


def test_a_walk_is_the_same_each_time() -> None:
    first, second = (blast_radius(build_graph(fan(10)), "aws_vpc.v", Effect.GONE) for _ in range(2))
    assert first == second


def test_cycles_of_carriers_end() -> None:
    graph = graph_of(
        delete("aws_security_group.a"),
        noop("aws_security_group.b"),
        noop("aws_security_group.c"),
        aws_security_group__a={"x": ["aws_security_group.c.id"]},
        aws_security_group__b={"x": ["aws_security_group.a.id"]},
        aws_security_group__c={"x": ["aws_security_group.b.id"]},
    )
    assert hops(blast_radius(graph, "aws_security_group.a", Effect.GONE)) == [
        ("aws_security_group.b", 1),
        ("aws_security_group.c", 2),
    ]


def test_the_live_users_of_a_carrier_are_the_endpoints_behind_it(network: Graph) -> None:
    assert sorted(live_users(network, "aws_vpc.v")) == ["aws_instance.a", "aws_instance.b"]
    assert live_users(network, "aws_instance.a") == ()


def test_an_interface_endpoint_is_hit_and_a_gateway_endpoint_passes_on() -> None:
    graph = graph_of(
        tweak("aws_security_group.g", {"ingress": []}, ingress=[{}]),
        noop("aws_vpc_endpoint.secrets", {"vpc_endpoint_type": "Interface"}),
        noop("aws_vpc_endpoint.s3", {"route_table_ids": ["rtb-1"]}),
        aws_vpc_endpoint__secrets={"security_group_ids": ["aws_security_group.g.id"]},
        aws_vpc_endpoint__s3={"policy": ["aws_security_group.g.id"]},
    )
    radius = blast_radius(graph, "aws_security_group.g", Effect.IMPAIRED)
    assert hops(radius) == [("aws_vpc_endpoint.secrets", 1)]


@pytest.mark.parametrize("label", ["aws_vpc.v", "aws_security_group_rule.r", "aws_route.r"])
def test_the_impaired_are_those_whom_the_walk_with_paths_hits(network: Graph, label: str) -> None:
    radius = blast_radius(network, label, Effect.IMPAIRED)

    assert {node.label for node in impaired(network, label)} == {
        hit.address for hit in radius.reached
    }


def test_nobody_is_impaired_by_a_label_that_is_no_node(network: Graph) -> None:
    assert list(impaired(network, "aws_vpc.other")) == []


def test_those_whom_a_rule_names_come_first_and_each_once(network: Graph) -> None:
    radius = blast_radius(network, "aws_vpc.v", Effect.GONE)
    named = [("S19", "aws_instance.a"), ("S19", "aws_vpc.v"), ("S19", "no.such")]

    assert with_named(network, radius, named) == radius

    nobody = blast_radius(network, "aws_vpc.v", Effect.NONE)
    [hit] = with_named(network, nobody, named).hits
    assert (hit.address, hit.hops, hit.path[0].reference) == ("aws_instance.a", 1, "what S19 found")


def test_a_walk_ends_where_no_real_network_is_as_deep() -> None:
    groups = [noop(f"aws_security_group.g{n}") for n in range(40)]
    uses = {
        f"aws_security_group__g{n + 1}": {"x": [f"aws_security_group.g{n}.id"]} for n in range(39)
    }
    radius = blast_radius(graph_of(*groups, **uses), "aws_security_group.g0", Effect.GONE)
    assert [hit.hops for hit in radius.reached] == list(range(1, 25))


def test_a_carrier_of_traffic_counts_and_those_behind_it_are_named(network: Graph) -> None:
    radius = blast_radius(network, "aws_vpc.v", Effect.IMPAIRED)

    assert {hit.address for hit in radius.hits} == {"aws_instance.a", "aws_instance.b"}
    assert {hit.address for hit in radius.reached} >= {"aws_subnet.a", "aws_security_group.g"}


def test_a_carrier_is_named_where_nobody_is_known_behind_it() -> None:
    graph = graph_of(
        noop("aws_vpc.v"),
        noop("aws_subnet.a"),
        aws_subnet__a={"vpc_id": ["aws_vpc.v.id"]},
    )
    [hit] = blast_radius(graph, "aws_vpc.v", Effect.IMPAIRED).hits
    assert hit.address == "aws_subnet.a"


def test_a_carrier_is_named_where_the_change_is_a_part_of_it(network: Graph) -> None:
    radius = blast_radius(network, "aws_route.r", Effect.GONE)
    assert [hit.address for hit in radius.hits] == ["aws_route_table.t", "aws_instance.a"]


def test_a_rule_names_a_carrier_on_the_way() -> None:
    graph = build_graph(fan(1))
    radius = blast_radius(graph, "aws_vpc.v", Effect.IMPAIRED)
    assert [hit.address for hit in radius.hits] == ["aws_instance.i0"]

    named = with_named(graph, radius, [("N15", "aws_subnet.s0")])
    assert [hit.address for hit in named.hits] == ["aws_subnet.s0", "aws_instance.i0"]
    assert len(named.reached) == 2


def test_values_tell_which_of_all_instances_is_meant() -> None:
    graph = graph_of(
        tweak('aws_subnet.s["a"]', {"id": "subnet-aaaa"}, tags={}),
        tweak('aws_subnet.s["b"]', {"id": "subnet-bbbb"}, tags={}),
        noop("aws_instance.i", {"id": "i-12345678", "subnet_id": "subnet-aaaa"}),
        noop("aws_lambda_function.f", {"id": "f", "environment": "10.0.0.0/24"}),
        aws_instance__i={"subnet_id": ["aws_subnet.s"]},
        aws_lambda_function__f={"environment": ["aws_subnet.s"]},
    )
    assert live_users(graph, 'aws_subnet.s["a"]') == ("aws_instance.i", "aws_lambda_function.f")
    assert live_users(graph, 'aws_subnet.s["b"]') == ("aws_lambda_function.f",)


def test_two_that_share_a_name_do_not_use_each_other() -> None:
    words = {"id": "acme-core", "name": "acme-core"}
    cluster = {"id": "arn:aws:ecs:x", "arn": "arn:x/acme-core", "name": "acme-core"}
    graph = graph_of(
        noop("aws_db_subnet_group.g", words),
        noop("aws_ecs_cluster.c", cluster),
        noop("aws_db_instance.d", {"id": "db-1", "db_subnet_group_name": "acme-core"}),
    )
    assert [use.node.label for use in graph.consumers("aws_db_subnet_group.g")] == [
        "aws_db_instance.d"
    ]


@pytest.mark.parametrize(("changed", "hit"), [("ttl", False), ("arn", True)])
def test_whoever_holds_an_id_is_hit_only_when_the_id_changes(changed: str, *, hit: bool) -> None:
    graph = graph_of(
        noop("aws_dynamodb_table.t", {"id": "ledger-2024"}),
        noop("aws_lambda_function.f", {"id": "f", "environment": ["ledger-2024"]}),
    )
    radius = blast_radius(graph, "aws_dynamodb_table.t", Effect.CHANGED, frozenset({changed}))
    assert bool(radius.hits) is hit


@pytest.mark.parametrize(("effect", "hit"), [(Effect.IMPAIRED, False), (Effect.REPLACED, True)])
def test_an_alarm_is_hit_by_a_new_name_and_not_by_harm(effect: Effect, *, hit: bool) -> None:
    graph = graph_of(
        noop("aws_db_instance.d"),
        noop("aws_cloudwatch_metric_alarm.a"),
        aws_cloudwatch_metric_alarm__a={"dimensions": ["aws_db_instance.d.identifier"]},
    )
    assert bool(blast_radius(graph, "aws_db_instance.d", effect).hits) is hit


def test_a_subscription_hits_its_receiver_and_not_the_topic_with_its_others() -> None:
    graph = graph_of(
        tweak("aws_sns_topic_subscription.s", {"raw": False}, raw=True),
        noop("aws_sns_topic.t"),
        noop("aws_sqs_queue.q"),
        noop("aws_lambda_function.other"),
        aws_sns_topic_subscription__s={
            "topic_arn": ["aws_sns_topic.t.arn"],
            "endpoint": ["aws_sqs_queue.q.arn"],
        },
        aws_lambda_function__other={"environment": ["aws_sns_topic.t.arn"]},
    )
    radius = blast_radius(graph, "aws_sns_topic_subscription.s", Effect.IMPAIRED)
    assert hops(radius) == [("aws_sqs_queue.q", 1)]


def test_an_attachment_by_each_value_acts_on_what_its_argument_holds() -> None:
    graph = graph_of(
        create("aws_route.r", {"route_table_id": "rtb-1"}),
        noop("aws_route_table.one", {"id": "rtb-1"}),
        noop("aws_route_table.two", {"id": "rtb-2"}),
        aws_route__r={"for_each": ["aws_route_table.one.id", "aws_route_table.two.id"]},
    )
    radius = blast_radius(graph, "aws_route.r", Effect.IMPAIRED)
    assert hops(radius) == [("aws_route_table.one", 1)]


def test_a_part_of_a_secrets_arn_names_it() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments/api"
    graph = graph_of(
        noop("aws_secretsmanager_secret.s", {"id": f"{arn}-abcDEF", "arn": f"{arn}-abcDEF"}),
        noop("aws_ecs_task_definition.t", {"container_definitions": f'["{arn}:KEY::"]'}),
        noop("aws_ecs_task_definition.o", {"container_definitions": f'["{arn}-2:KEY::"]'}),
    )
    users = [use.node.label for use in graph.consumers("aws_secretsmanager_secret.s")]
    assert users == ["aws_ecs_task_definition.t"]
