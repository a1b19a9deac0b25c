"""Rules on Kubernetes objects and charts: look-alikes, traps and unknown values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.catalog.settings import Direction, all_controller_rows, controller_settings_of
from iacrisk.graph import build_graph
from iacrisk.rules import RULES, SUPPRESSORS, Context, Review, review
from iacrisk.rules.readers.kubernetes.chart_values import values_of
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, create, delete, noop, plan, replace, tweak, update
from tests.rules.kubernetes_pairs import (
    ALL,
    LIVE,
    NOT_SYSTEM,
    container,
    deployment,
    from_pods,
    manifest,
    meta,
    network_policy,
    release,
    setting,
    webhook,
    with_pod,
)

IDS = ("C08", "C09", "C10", "C18", "D16", "N17")
POLICY = "kubernetes_network_policy_v1.p"


def judged(*changes: Json, **fields: Any) -> Review:
    made = plan(*changes, **fields)
    tells = tuple(item for item in RULES if item.id in IDS)
    result = review(Context(made, build_graph(made)), rules=tells, suppressors=())
    assert result.failures == ()
    return result


def found(*changes: Json, **fields: Any) -> list[tuple[str, str]]:
    return [(item.rule, item.address) for item in judged(*changes, **fields).findings]


def undecided(*changes: Json) -> list[tuple[str, str]]:
    result = judged(*changes)
    assert result.findings == ()
    return [(item.rule, item.address) for item in result.undecided]


# N17


def test_a_policy_that_admits_everything_passes() -> None:
    ingress: list[Json] = [{"from": [], "ports": []}]
    assert found(LIVE, create(POLICY, network_policy({}, ["Ingress"], ingress))) == []


def test_what_another_policy_admits_may_be_taken_out() -> None:
    before = network_policy({"app": "api"}, ["Ingress"], from_pods("web", "batch"))
    after = network_policy({"app": "api"}, ["Ingress"], from_pods("batch"))
    other = noop(
        "kubernetes_network_policy_v1.other",
        network_policy({}, ["Ingress"], from_pods("web")),
    )
    assert found(LIVE, update(POLICY, before, after)) == [("N17", POLICY)]
    assert found(LIVE, other, update(POLICY, before, after)) == []


def test_a_policy_of_another_namespace_passes() -> None:
    policy = network_policy({}, ["Egress"], namespace="lab")
    space = noop("kubernetes_deployment_v1.lab", {**deployment(), **meta("x", "other")})
    assert found(LIVE, space, create(POLICY, policy)) == [("N17", POLICY)]
    new = create("kubernetes_namespace_v1.lab", {"metadata": [{"name": "lab"}]})
    assert found(LIVE, new, create(POLICY, policy)) == []


def test_a_policy_on_a_new_workload_passes() -> None:
    new = create("kubernetes_deployment_v1.new", deployment("new"))
    assert found(LIVE, new, create(POLICY, network_policy({"app": "new"}, ["Ingress"]))) == []


def test_a_policy_written_in_another_order_passes() -> None:
    before = network_policy({"app": "api"}, ["Ingress"], from_pods("web", "batch"))
    after = network_policy({"app": "api"}, ["Ingress"], from_pods("batch", "web"))
    assert found(LIVE, update(POLICY, before, after)) == []


def test_a_policy_that_is_not_known_is_undecided() -> None:
    policy = network_policy({"app": "api"}, ["Ingress"], from_pods("web"))
    marks = {"spec": [{"pod_selector": [{"match_labels": True}]}]}
    change = update(POLICY, policy, policy, after_unknown=marks)
    assert undecided(LIVE, change) == [("N17", POLICY)]


# C10


@pytest.mark.parametrize(
    ("hook", "held"),
    [
        (webhook("Fail", ALL), True),
        (webhook("Fail", ALL, NOT_SYSTEM), False),
        (webhook("Ignore", ALL), False),
    ],
)
def test_webhooks(hook: Json, held: bool) -> None:
    address = "kubernetes_validating_webhook_configuration_v1.w"
    assert found(create(address, hook)) == [("C10", address)] * held


def test_webhooks_that_are_not_known_are_undecided() -> None:
    address = "kubernetes_validating_webhook_configuration_v1.w"
    change = update(address, webhook("Ignore", ALL), {}, after_unknown={"webhook": True})
    assert undecided(change) == [("C10", address)]


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [("baseline", "restricted", True), ("restricted", "baseline", False), ("x", "y", False)],
)
def test_pod_security_levels(before: str, after: str, held: bool) -> None:
    key = "pod-security.kubernetes.io/enforce"
    labels = {"api_version": "v1", "kind": "Namespace", "labels": {key: before}}
    change = tweak("kubernetes_labels.l", labels, labels={key: after})
    assert bool(found(change)) is held


# C18


def secret(data: Json | None) -> Json:
    return {"id": "shop/db", **meta("db"), "data": data}


READS = with_pod(
    container=[
        container(env=[{"value_from": [{"secret_key_ref": [{"name": "db", "key": "password"}]}]}])
    ]
)


def test_a_key_that_nobody_reads_may_go() -> None:
    change = update("kubernetes_secret.db", secret({"a": "1", "password": "x"}),
                    secret({"password": "x"}))  # fmt: skip
    assert found(READS, change) == []


def test_keys_that_are_not_known_are_undecided() -> None:
    change = update(
        "kubernetes_secret.db", secret({"password": "x"}), secret(None),
        after_unknown={"data": True},
    )  # fmt: skip
    assert undecided(READS, change) == [("C18", "kubernetes_secret.db")]


# D16


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("CustomResourceDefinition", Severity.CRITICAL),
        ("Kafka", Severity.CRITICAL),
        ("Deployment", Severity.HIGH),
        ("ServiceMonitor", None),
    ],
)
def test_manifests_that_go(kind: str, severity: Severity | None) -> None:
    result = judged(delete("kubernetes_manifest.m", manifest(kind, "v1", {})))
    assert [item.severity for item in result.findings] == ([severity] if severity else [])


def test_a_kind_that_helm_keeps_is_kept() -> None:
    tree: Any = manifest("CustomResourceDefinition", "v1", {})
    tree["manifest"]["metadata"]["annotations"] = {"helm.sh/resource-policy": "keep"}
    assert found(delete("kubernetes_manifest.m", tree)) == []
    left = delete("kubectl_manifest.m", {"apply_only": True, "yaml_body": "kind: Namespace\n"})
    assert found(left) == []


# C08, C09: charts

SIDES: dict[Direction, tuple[Any, Any]] = {
    Direction.CHANGES: ("one", "two"),
    Direction.SET: (None, "two"),
    Direction.REMOVED: (["one"], None),
    Direction.ON: (False, True),
    Direction.OFF: (True, False),
    Direction.RISES: (1, 2),
    Direction.FALLS: ("20Gi", "10Gi"),
    Direction.HALVES: ("15d", "7d"),
    Direction.SHRINKS: (["one", "two"], ["two"]),
    Direction.GROWS: (["two"], ["one", "two"]),
    Direction.MULTIPLIES: (10, 100),
    Direction.RETARGETS: ("https://one.example.com", "https://two.example.com"),
    Direction.RARER: ("0 3 * * *", "0 3 * * 0"),
}


def nest(path: str, value: Any) -> Json:
    tree: Any = value
    for step in reversed(path.split(".")):
        tree = [tree] if step == "*" else {step.replace("!", "."): tree}
    assert isinstance(tree, dict)
    return tree


@pytest.mark.parametrize("row", all_controller_rows(), ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_row_of_controllers_fires(row: tuple[str, ...]) -> None:
    subject, path, when, *_, says = row
    [one] = [
        item
        for item in controller_settings_of(subject)
        if (item.path, item.says) == (path, says) and when.startswith(item.direction)
    ]
    value = {"true": True}.get(*[next(iter(sorted(one.values)), "")] * 2)
    before: Any
    after: Any
    before, after = {
        Direction.BECOMES: ("another", value),
        Direction.TURNS: ("another", value),
        Direction.LEAVES: (value, "another"),
    }.get(one.direction) or SIDES[one.direction]
    if path.endswith("*") or ".*." in path:
        before, after = (before[0], after[0]) if isinstance(before, list) else (before, after)
    kind, _, name = subject.partition(":")
    if kind == "kind":
        body = [{"apiVersion": "v1", "kind": name, **nest(path, side)} for side in (before, after)]
        change = update("kubernetes_manifest.x", *({"manifest": item} for item in body))
    else:
        chart = "any" if name == "*" else name
        texts = [as_json(nest(path, side)) for side in (before, after)]
        change = update("helm_release.x", *(release(chart, text) for text in texts))
    assert says in [item.what for item in judged(change).findings]


def as_json(tree: Json) -> str:

    return json.dumps(tree)


def test_rows_of_controllers_are_sorted_and_use_known_words() -> None:
    rows = all_controller_rows()
    assert list(rows) == sorted(rows)
    for subject, _, when, severity, confidence, says in rows:
        assert subject.startswith(("chart:", "kind:"))
        assert bool(when.partition(":")[2]) == when.startswith(("becomes", "turns", "leaves"))
        assert Severity[severity.upper()]
        assert Confidence(confidence)
        assert says.endswith(".")


def test_values_that_are_not_known_are_undecided() -> None:
    change = update(
        "helm_release.x", release("external-dns", "policy: upsert-only"),
        {**release("external-dns"), "values": None}, after_unknown={"values": True},
    )  # fmt: skip
    assert undecided(change) == [("C09", "helm_release.x")]


def test_later_values_and_set_blocks_win() -> None:
    attributes = {
        "values": ["a: 1\nb:\n  c: 2\n", "b:\n  c: 3\n  d: 4\n"],
        "set": [setting("b.d", "true"), setting(r"notes.example\.com/x", "y")],
    }
    assert values_of(attributes) == {
        "a": 1,
        "b": {"c": 3, "d": True},
        "notes": {"example.com/x": "y"},
    }


def test_the_same_values_written_otherwise_pass() -> None:
    before = release("external-dns", "policy: sync\nregistry: txt\n")
    after = release("external-dns", '"registry": "txt"\n"policy": "sync"\n')
    assert found(update("helm_release.x", before, after)) == []


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [("1.2.0", "1.9.0", False), ("1.2.0", "2.0.0", True), ("2.0.0", "1.9.0", True)],
)
def test_versions_of_charts(before: str, after: str, held: bool) -> None:
    change = tweak("helm_release.x", release("cert-manager", version=before), version=after)
    assert bool(found(change)) is held


@pytest.mark.parametrize(
    ("chart", "severity"),
    [
        ("oci://registry.example/charts/cert-manager", Severity.HIGH),
        ("strimzi-kafka-operator", Severity.HIGH),
        ("postgresql", Severity.HIGH),
        ("kubernetes-dashboard", Severity.LOW),
        ("node-exporter", Severity.LOW),
        ("shop", Severity.HIGH),
    ],
)
def test_charts_that_are_installed_again(chart: str, severity: Severity) -> None:
    change = replace("helm_release.x", release(chart), release(chart, name="y"), "name")
    [flag] = judged(change).findings
    assert (flag.rule, flag.severity) == ("C08", severity)


# BL-unnamed

UNNAMED = next(item for item in SUPPRESSORS if item.id == "BL-unnamed")


@pytest.mark.parametrize(
    ("values", "around", "harmless"),
    [
        ({**meta("old")}, (LIVE,), True),
        ({**meta("old")}, (), False),
        ({**meta("old", "kube-system")}, (LIVE,), False),
        ({**meta("old", labels={"sealedsecrets.bitnami.com/x": "active"})}, (LIVE,), False),
        ({**meta("old"), "type": "kubernetes.io/dockerconfigjson"}, (LIVE,), False),
        ({**meta("old")}, (LIVE, noop("helm_release.x", release("x", "s: old\n"))), False),
        ({**meta("db")}, (READS,), False),
    ],
)
def test_a_secret_that_nobody_names(values: Json, around: tuple[Json, ...], harmless: bool) -> None:
    made = plan(*around, delete("kubernetes_secret_v1.s", {"id": "x", **values}))
    context = Context(made, build_graph(made))
    change = next(item for item in made.changes if item.type == "kubernetes_secret_v1")
    assert (UNNAMED.check(change, context) is not None) is harmless


@pytest.mark.parametrize("odd", [None, "text", 7, [], [None], {"a": 1}, [[1]], [{"spec": 1}]])
def test_odd_values_do_not_make_them_raise(odd: Any) -> None:
    for type_name in (
        "kubernetes_network_policy", "kubernetes_deployment", "kubernetes_manifest",
        "kubectl_manifest",
        "kubernetes_validating_webhook_configuration", "helm_release", "kubernetes_secret",
        "kubernetes_pod_disruption_budget", "kubernetes_namespace",
    ):  # fmt: skip
        for name in (
            "metadata",
            "spec",
            "webhook",
            "manifest",
            "values",
            "set",
            "data",
            "yaml_body",
        ):
            judged(LIVE, update(f"{type_name}.x", {name: odd}, {name: "other"}))
            judged(LIVE, update(f"{type_name}.x", {name: "other"}, {name: odd}))
