"""The graph of a plan: references followed to instances, whatever lies in between."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.graph import Graph, NodeKind, Origin, Precision, build_graph
from iacrisk.plan import decode_plan
from tests.plans import Json, create, delete, document, noop, plan, replace


def graph_of(*changes: Json, **fields: Any) -> Graph:
    """The graph of a plan of `changes`."""
    return build_graph(plan(*changes, **fields))


def users(graph: Graph, label: str) -> list[tuple[str, str, str]]:
    """Who refers to `label`: address, the attribute read, the argument that reads it."""
    found = graph.consumers(label)
    return sorted((use.node.label, use.reference.attribute, use.argument) for use in found)


def used(graph: Graph, label: str) -> list[tuple[str, str, str]]:
    """What `label` refers to."""
    found = graph.dependencies(label)
    return sorted((use.node.label, use.reference.attribute, use.argument) for use in found)


def refs(*references: str) -> Json:
    """An expression."""
    return {"references": list(references)}


def block(address: str, **expressions: Any) -> Json:
    """A resource block of the configuration."""
    type_name, name = address.split(".")[-2:]
    mode = "data" if address.startswith("data.") else "managed"
    count = {
        f"{key}_expression": expressions.pop(key)
        for key in ("count", "for_each")
        if key in expressions
    }
    depends_on = expressions.pop("depends_on", None)
    return {
        "address": address,
        "mode": mode,
        "type": type_name,
        "name": name,
        "provider_config_key": "aws",
        "expressions": expressions,
        **count,
        **({"depends_on": depends_on} if depends_on else {}),
    }


def configured(*changes: Json, **root: Any) -> Graph:
    """The graph of a plan with this root module."""
    return graph_of(*changes, configuration={"root_module": root})


def test_a_reference_names_the_attribute_read_and_the_argument_that_reads_it() -> None:
    graph = graph_of(
        noop("aws_vpc.v"),
        noop("aws_subnet.s"),
        references={"aws_subnet.s": {"vpc_id": ["aws_vpc.v.id"]}},
    )
    assert users(graph, "aws_vpc.v") == [("aws_subnet.s", "id", "vpc_id")]
    assert used(graph, "aws_subnet.s") == [("aws_vpc.v", "id", "vpc_id")]
    (use,) = graph.consumers("aws_vpc.v")
    assert (use.reference.origin, use.reference.precision) == (Origin.REFERENCE, Precision.EXACT)
    assert graph.unresolved == ()


def test_references_in_nested_blocks_name_the_path_of_the_argument() -> None:
    graph = configured(
        noop("aws_vpc.v"),
        noop("aws_instance.i"),
        resources=[
            block("aws_vpc.v"),
            block(
                "aws_instance.i",
                network=[{"inner": [{"vpc": refs("aws_vpc.v.id", "aws_vpc.v")}]}],
                constant={"constant_value": {"references": ["aws_vpc.v.arn"]}},
            ),
        ],
    )
    assert users(graph, "aws_vpc.v") == [("aws_instance.i", "id", "network.inner.vpc")]


def test_for_each_resources_meet_key_by_key() -> None:
    graph = configured(
        *(noop(f'aws_subnet.s["{key}"]') for key in "ab"),
        *(noop(f'aws_instance.i["{key}"]') for key in "ab"),
        resources=[
            block("aws_subnet.s"),
            block("aws_instance.i", subnet_id=refs("aws_subnet.s", "each.key")),
        ],
    )
    assert users(graph, 'aws_subnet.s["a"]') == [('aws_instance.i["a"]', "", "subnet_id")]
    (use,) = graph.consumers('aws_subnet.s["a"]')
    assert use.reference.precision is Precision.BY_KEY


def test_count_resources_meet_index_by_index() -> None:
    graph = configured(
        *(noop(f"aws_subnet.s[{n}]") for n in range(2)),
        *(noop(f"aws_instance.i[{n}]") for n in range(2)),
        resources=[
            block("aws_subnet.s"),
            block("aws_instance.i", subnet_id=refs("aws_subnet.s", "count.index")),
        ],
    )
    assert users(graph, "aws_subnet.s[1]") == [("aws_instance.i[1]", "", "subnet_id")]


def test_chained_for_each_meets_key_by_key() -> None:
    graph = configured(
        *(noop(f'aws_subnet.s["{key}"]') for key in "ab"),
        *(noop(f'aws_instance.i["{key}"]') for key in "ab"),
        resources=[
            block("aws_subnet.s"),
            block("aws_instance.i", for_each=refs("aws_subnet.s")),
        ],
    )
    assert users(graph, 'aws_subnet.s["b"]') == [('aws_instance.i["b"]', "", "for_each")]


@pytest.mark.parametrize(
    ("key", "written"),
    [(1, "1"), ("a", '"a"'), ("a.b", '"a.b"'), ('q"t', r'"q\"t"'), ("x[0]", '"x[0]"')],
)
def test_an_explicit_index_meets_that_instance_alone(key: int | str, written: str) -> None:
    graph = configured(
        noop(f"aws_subnet.s[{written}]", index=key),
        noop("aws_subnet.s[7]"),
        noop("aws_instance.i"),
        resources=[
            block("aws_subnet.s"),
            block("aws_instance.i", subnet_id=refs(f"aws_subnet.s[{written}].id", "aws_subnet.s")),
        ],
    )
    assert users(graph, f"aws_subnet.s[{written}]") == [("aws_instance.i", "id", "subnet_id")]
    assert users(graph, "aws_subnet.s[7]") == []


def test_an_index_that_is_not_in_the_plan_is_listed_as_unresolved() -> None:
    graph = configured(
        noop("aws_subnet.s[0]"),
        noop("aws_instance.i"),
        resources=[
            block("aws_subnet.s"),
            block("aws_instance.i", subnet_id=refs("aws_subnet.s[5].id", "aws_subnet.s")),
        ],
    )
    assert [(item.address, item.reference) for item in graph.unresolved] == [
        ("aws_instance.i", "aws_subnet.s[5].id")
    ]


def test_a_splat_meets_all_instances() -> None:
    graph = configured(
        *(noop(f"aws_subnet.s[{n}]") for n in range(2)),
        noop("aws_lb.l"),
        resources=[block("aws_subnet.s"), block("aws_lb.l", subnets=refs("aws_subnet.s"))],
    )
    for number in range(2):
        (use,) = graph.consumers(f"aws_subnet.s[{number}]")
        assert (use.node.label, use.argument) == ("aws_lb.l", "subnets")
        assert use.reference.precision is Precision.ALL_INSTANCES


def test_all_to_all_has_as_many_edges_as_instances() -> None:
    size = 1000
    graph = configured(
        *(noop(f"aws_subnet.s[{n}]") for n in range(size)),
        *(noop(f"aws_instance.i[{n}]") for n in range(size)),
        resources=[block("aws_subnet.s"), block("aws_instance.i", x=refs("aws_subnet.s"))],
    )
    assert sum(1 for _ in graph.edges()) == 2 * size
    assert len(graph.consumers("aws_subnet.s[0]")) == size


def test_data_sources_are_passed_through_as_nodes_of_their_own() -> None:
    graph = configured(
        noop("aws_vpc.v"),
        noop("aws_instance.i"),
        noop("data.aws_subnets.all"),
        resources=[
            block("aws_vpc.v"),
            block("data.aws_subnets.all", vpc=refs("aws_vpc.v.id", "aws_vpc.v")),
            block(
                "aws_instance.i", subnet=refs("data.aws_subnets.all.ids", "data.aws_subnets.all")
            ),
        ],
    )
    assert users(graph, "aws_vpc.v") == [("data.aws_subnets.all", "id", "vpc")]
    assert users(graph, "data.aws_subnets.all") == [("aws_instance.i", "ids", "subnet")]
    node = graph.node("data.aws_subnets.all")
    assert node is not None
    assert node.kind is NodeKind.DATA


def test_depends_on_of_a_resource_orders_without_reading() -> None:
    graph = graph_of(
        noop("aws_vpc.v"),
        noop("aws_instance.i"),
        references={"aws_instance.i": {"depends_on": ["aws_vpc.v"]}},
    )
    (use,) = graph.consumers("aws_vpc.v")
    assert (use.node.label, use.reference.origin) == ("aws_instance.i", Origin.DEPENDS_ON)


def module(**fields: Any) -> Json:
    """A module of the configuration."""
    return fields


def test_values_are_followed_through_inputs_and_outputs_two_modules_deep() -> None:
    inner = module(
        resources=[block("aws_subnet.s", vpc_id=refs("var.vpc"))],
        outputs={"subnet": {"expression": refs("aws_subnet.s.id", "aws_subnet.s")}},
        variables={"vpc": {}},
    )
    outer = module(
        module_calls={"inner": {"module": inner, "expressions": {"vpc": refs("var.vpc")}}},
        outputs={"subnet": {"expression": refs("module.inner.subnet", "module.inner")}},
        variables={"vpc": {}},
    )
    graph = configured(
        noop("aws_vpc.v"),
        noop("module.outer.module.inner.aws_subnet.s"),
        noop("aws_instance.i"),
        resources=[
            block("aws_vpc.v"),
            block("aws_instance.i", subnet_id=refs("module.outer.subnet", "module.outer")),
        ],
        module_calls={
            "outer": {"module": outer, "expressions": {"vpc": refs("aws_vpc.v.id", "aws_vpc.v")}}
        },
        outputs={"ip": {"expression": refs("aws_instance.i.ip", "aws_instance.i")}},
    )
    subnet = "module.outer.module.inner.aws_subnet.s"
    assert users(graph, "aws_vpc.v") == [(subnet, "id", "vpc_id")]
    assert users(graph, subnet) == [("aws_instance.i", "id", "subnet_id")]
    assert used(graph, "aws_instance.i") == [(subnet, "id", "subnet_id")]
    assert used(graph, subnet) == [("aws_vpc.v", "id", "vpc_id")]
    assert users(graph, "aws_instance.i") == [("output.ip", "ip", "value")]
    (use,) = graph.consumers("aws_vpc.v")
    assert use.through == ("module.outer.var.vpc", "module.outer.module.inner.var.vpc")
    assert graph.unresolved == ()


def test_module_instances_keep_apart_by_their_keys() -> None:
    inner = module(
        resources=[block("aws_instance.i", subnet=refs("var.subnet"))],
        outputs={"id": {"expression": refs("aws_instance.i.id", "aws_instance.i")}},
        variables={"subnet": {}},
    )
    call = {
        "module": inner,
        "for_each_expression": refs("var.names"),
        "expressions": {"subnet": refs("aws_subnet.s", "each.key")},
    }
    graph = configured(
        *(noop(f'aws_subnet.s["{key}"]') for key in "ab"),
        *(noop(f'module.m["{key}"].aws_instance.i') for key in "ab"),
        *(noop(f'aws_eip.e["{key}"]') for key in "ab"),
        noop("aws_route.r"),
        resources=[
            block("aws_subnet.s"),
            block("aws_eip.e", instance=refs("module.m", "each.key")),
            block("aws_route.r", target=refs('module.m["b"].id', 'module.m["b"]', "module.m")),
        ],
        module_calls={"m": call},
    )
    assert users(graph, 'aws_subnet.s["a"]') == [('module.m["a"].aws_instance.i', "", "subnet")]
    assert users(graph, 'module.m["a"].aws_instance.i') == [('aws_eip.e["a"]', "id", "instance")]
    assert users(graph, 'module.m["b"].aws_instance.i') == [
        ('aws_eip.e["b"]', "id", "instance"),
        ("aws_route.r", "id", "target"),
    ]


def test_depends_on_of_a_module_call_holds_for_all_that_is_inside() -> None:
    deep = module(resources=[block("aws_instance.deep")])
    inner = module(resources=[block("aws_instance.i")], module_calls={"deep": {"module": deep}})
    graph = configured(
        noop("aws_vpc.v"),
        noop("module.m.aws_instance.i"),
        noop("module.m.module.deep.aws_instance.deep"),
        resources=[block("aws_vpc.v")],
        module_calls={"m": {"module": inner, "depends_on": ["aws_vpc.v"]}},
    )
    assert [(use.node.label, use.reference.origin) for use in graph.consumers("aws_vpc.v")] == [
        ("module.m.aws_instance.i", Origin.DEPENDS_ON),
        ("module.m.module.deep.aws_instance.deep", Origin.DEPENDS_ON),
    ]


def test_depends_on_a_module_means_all_that_is_inside() -> None:
    inner = module(resources=[block("aws_instance.i")])
    graph = configured(
        noop("module.m[0].aws_instance.i"),
        noop("module.mm.aws_instance.i"),
        noop("aws_vpc.v"),
        resources=[block("aws_vpc.v", depends_on=["module.m"])],
        module_calls={"m": {"module": inner}, "mm": {"module": inner}},
    )
    assert users(graph, "module.m[0].aws_instance.i") == [("aws_vpc.v", "", "depends_on")]
    assert users(graph, "module.mm.aws_instance.i") == []


def test_a_provider_configuration_depends_on_what_it_reads() -> None:
    graph = graph_of(
        noop("aws_eks_cluster.c"),
        noop("kubernetes_secret.s"),
        configuration={
            "provider_config": {
                "kubernetes": {
                    "name": "kubernetes",
                    "expressions": {
                        "host": refs("aws_eks_cluster.c.endpoint", "aws_eks_cluster.c")
                    },
                }
            },
            "root_module": {
                "resources": [
                    block("aws_eks_cluster.c"),
                    block("kubernetes_secret.s") | {"provider_config_key": "kubernetes"},
                ]
            },
        },
    )
    (use,) = graph.consumers("aws_eks_cluster.c")
    assert (use.node.label, use.through) == ("kubernetes_secret.s", ("provider.kubernetes",))


def test_a_module_inherits_the_provider_configuration_of_its_caller() -> None:
    inner = module(
        resources=[block("helm_release.r") | {"provider_config_key": "module.m.module.n:helm.x"}]
    )
    graph = graph_of(
        noop("aws_eks_cluster.c"),
        noop("module.m.module.n.helm_release.r"),
        configuration={
            "provider_config": {
                "helm.x": {"name": "helm", "expressions": {"host": refs("aws_eks_cluster.c")}}
            },
            "root_module": {
                "resources": [block("aws_eks_cluster.c")],
                "module_calls": {"m": {"module": {"module_calls": {"n": {"module": inner}}}}},
            },
        },
    )
    assert [use.node.label for use in graph.consumers("aws_eks_cluster.c")] == [
        "module.m.module.n.helm_release.r"
    ]


def prior(*resources: Json) -> Json:
    """A prior state of root resources, each with `depends_on`."""
    return {"values": {"root_module": {"resources": list(resources)}}}


def state(address: str, *depends_on: str, **fields: Any) -> Json:
    """One resource of a prior state."""
    type_name, name = address.split("[", maxsplit=1)[0].split(".")[-2:]
    mode = "data" if address.startswith("data.") else "managed"
    return {
        "address": address,
        "mode": mode,
        "type": type_name,
        "name": name,
        "depends_on": list(depends_on),
        **fields,
    }


def test_what_a_local_hides_is_inferred_from_the_prior_state() -> None:
    graph = configured(
        noop("aws_vpc.v"),
        noop("aws_instance.i"),
        resources=[block("aws_vpc.v"), block("aws_instance.i", subnet=refs("local.subnet"))],
    )
    assert users(graph, "aws_vpc.v") == []
    assert [(u.address, u.reference, u.why) for u in graph.unresolved] == [
        ("local.subnet", "local.subnet", "the plan does not carry the definitions of locals")
    ]
    graph = graph_of(
        noop("aws_vpc.v"),
        noop("aws_instance.i"),
        configuration={
            "root_module": {
                "resources": [block("aws_vpc.v"), block("aws_instance.i", x=refs("local.subnet"))]
            }
        },
        prior_state=prior(state("aws_vpc.v"), state("aws_instance.i", "aws_vpc.v")),
    )
    (use,) = graph.consumers("aws_vpc.v")
    assert use.node.label == "aws_instance.i"
    assert (use.reference.origin, use.reference.precision) == (
        Origin.PRIOR_STATE,
        Precision.INFERRED,
    )


def test_a_deleted_resource_keeps_the_dependents_of_the_prior_state() -> None:
    graph = graph_of(
        delete("aws_vpc.v"),
        delete("aws_subnet.s"),
        noop("aws_instance.i"),
        references={"aws_instance.i": {}},
        prior_state=prior(
            state("aws_vpc.v"),
            state("aws_subnet.s", "aws_vpc.v"),
            state("aws_instance.i", "aws_subnet.s", "aws_vpc.v"),
        ),
    )
    assert [use.node.label for use in graph.consumers("aws_vpc.v")] == ["aws_subnet.s"]
    assert [use.node.label for use in graph.consumers("aws_subnet.s")] == ["aws_instance.i"]
    assert [use.node.label for use in graph.dependencies("aws_subnet.s")] == ["aws_vpc.v"]


def test_an_id_in_anothers_values_is_weak_evidence() -> None:
    graph = configured(
        delete("aws_security_group.g", {"id": "sg-0123456789", "arn": "arn:aws:ec2:::sg/0123"}),
        noop("aws_instance.i", {"groups": ["sg-0123456789"]}),
        noop("aws_instance.j", {"policy": '{"Resource":"arn:aws:ec2:::sg/0123"}'}),
        noop("aws_instance.k", {"groups": ["sg-01234567890"]}),
    )
    uses = graph.consumers("aws_security_group.g")
    assert sorted(use.node.label for use in uses) == ["aws_instance.i", "aws_instance.j"]
    assert {use.reference.precision for use in uses} == {Precision.WEAK}
    assert {use.reference.origin for use in uses} == {Origin.MATCHING_VALUE}


def test_a_plan_without_configuration_is_joined_by_its_prior_state() -> None:
    graph = graph_of(
        replace("aws_db_instance.d", {"id": "orders-db-1"}, {}),
        noop("aws_instance.i", {"env": "orders-db-1"}),
        noop("aws_instance.j"),
        prior_state=prior(state("aws_db_instance.d"), state("aws_instance.j", "aws_db_instance.d")),
    )
    assert not graph.has_configuration
    assert sorted(use.node.label for use in graph.consumers("aws_db_instance.d")) == [
        "aws_instance.i",
        "aws_instance.j",
    ]


def test_a_deposed_object_is_a_node_that_nobody_refers_to() -> None:
    graph = graph_of(
        noop("aws_vpc.v"),
        delete("aws_vpc.v", deposed="0a1b2c3d"),
        noop("aws_subnet.s"),
        references={"aws_subnet.s": {"vpc_id": ["aws_vpc.v.id"]}},
    )
    node = graph.node("aws_vpc.v (deposed 0a1b2c3d)")
    assert node is not None
    assert node.kind is NodeKind.DEPOSED
    assert graph.consumers(node.label) == ()
    assert users(graph, "aws_vpc.v") == [("aws_subnet.s", "id", "vpc_id")]


def test_resources_of_the_prior_state_that_do_not_change_are_nodes_too() -> None:
    graph = graph_of(
        delete("aws_vpc.v"),
        prior_state=prior(state("aws_vpc.v"), state("data.aws_subnets.all", "aws_vpc.v")),
    )
    assert graph.node("data.aws_subnets.all") is not None
    assert [use.node.label for use in graph.consumers("aws_vpc.v")] == ["data.aws_subnets.all"]


def test_references_to_nothing_in_the_plan_are_listed() -> None:
    graph = configured(
        noop("aws_instance.i"),
        resources=[
            block(
                "aws_instance.i",
                a=refs("aws_gone.x.id", "aws_gone.x"),
                b=refs("module.nowhere.out", "module.nowhere"),
                c=refs("each.key", "count.index", "path.module", "terraform.workspace", "self.id"),
                d=refs("var.root"),
            )
        ],
    )
    assert [(item.address, item.reference, item.why) for item in graph.unresolved] == [
        ("aws_instance.i", "aws_gone.x.id", "it is not in the plan"),
        ("aws_instance.i", "module.nowhere.out", "there is no such module call"),
    ]


def test_a_missing_module_output_is_listed() -> None:
    inner = module(resources=[block("aws_instance.i")])
    graph = configured(
        noop("module.m.aws_instance.i"),
        noop("aws_vpc.v"),
        resources=[block("aws_vpc.v", x=refs("module.m.missing", "module.m"))],
        module_calls={"m": {"module": inner}},
    )
    assert [(item.address, item.reference) for item in graph.unresolved] == [
        ("module.m", "missing")
    ]


def test_cycles_end() -> None:
    inner = module(
        resources=[block("aws_instance.i", x=refs("var.in"))],
        outputs={"out": {"expression": refs("var.in")}},
        variables={"in": {}},
    )
    graph = configured(
        noop("aws_instance.a"),
        noop("aws_instance.b"),
        noop("module.m.aws_instance.i"),
        resources=[
            block("aws_instance.a", x=refs("aws_instance.b"), me=refs("aws_instance.a")),
            block("aws_instance.b", x=refs("aws_instance.a")),
        ],
        module_calls={
            "m": {"module": inner, "expressions": {"in": refs("module.m.out", "module.m")}}
        },
    )
    assert users(graph, "aws_instance.a") == [("aws_instance.b", "", "x")]
    assert graph.consumers("module.m.aws_instance.i") == ()


def test_a_label_that_is_no_node_has_neither_users_nor_uses() -> None:
    graph = graph_of(create("aws_instance.a"))
    assert (graph.node("x"), graph.consumers("x"), graph.dependencies("x")) == (None, (), ())


@given(st.permutations(range(5)), st.permutations(range(5)))
def test_the_order_of_changes_in_the_file_does_not_matter(
    first: list[int], second: list[int]
) -> None:
    def edges(order: list[int]) -> list[tuple[str, str]]:
        entries = [noop(f"aws_instance.i{n}") for n in order]
        references = {f"aws_instance.i{n}": {"x": [f"aws_instance.i{(n + 1) % 5}"]} for n in order}
        graph = graph_of(*entries, references=references)
        return [(source.label, target.label) for source, target, _ in graph.edges()]

    assert edges(first) == edges(second)


MESSY = st.recursive(
    st.sampled_from(["aws_a.x", "aws_a.x[0]", "module.m.o", "var.v", "local.l", "", "..", "a.b.c"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["references", "a", "constant_value"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["a", "b"]), MESSY, max_size=2), st.lists(st.text()))
def test_a_messy_configuration_gives_a_graph(expressions: Json, depends_on: list[str]) -> None:
    resource = {
        "address": "aws_a.x",
        "type": "aws_a",
        "name": "x",
        "expressions": expressions,
        "depends_on": depends_on,
    }
    raw = document(noop("aws_a.x[0]"), noop("aws_a.x[1]"))
    raw["configuration"] = {"root_module": {"resources": [resource]}}
    graph = build_graph(decode_plan(json.dumps(raw).encode()))
    for node in graph.nodes:
        graph.consumers(node.label)


def test_networkx_gets_every_node_and_edge() -> None:
    graph = graph_of(
        noop("aws_vpc.v"),
        delete("aws_subnet.s"),
        references={"aws_subnet.s": {"vpc_id": ["aws_vpc.v.id"]}},
    )
    exported = graph.to_networkx()
    assert {label: exported.nodes[label] for label in exported.nodes} == {
        "aws_subnet.s": {"kind": "resource", "type": "aws_subnet", "action": "delete"},
        "aws_vpc.v": {"kind": "resource", "type": "aws_vpc", "action": "no-op"},
    }
    assert list(exported.edges(data=True)) == [
        (
            "aws_subnet.s",
            "aws_vpc.v",
            {
                "origin": "reference",
                "precision": "exact",
                "argument": "vpc_id",
                "reference": "aws_vpc.v.id",
            },
        )
    ]
