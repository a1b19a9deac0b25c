"""C22, C23 and X21: what pods ask for, and the objects around them."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.settings import Direction, all_kubernetes_rows, kubernetes_settings_of
from iacrisk.graph import build_graph
from iacrisk.plan.kubernetes import WORKLOADS
from iacrisk.rules import RULES, Context, Review, review
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, noop, plan, update
from tests.rules.test_settings import nest, sides

POD_KINDS = sorted(WORKLOADS - {"Pod", "CronJob", "ReplicaSet"})
WORK = "kubernetes_deployment_v1.api"
SERVICE = "kubernetes_service_v1.api"
HELD = {"id": "shop/api", "metadata": [{"name": "api", "namespace": "shop"}]}


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    asked = tuple(item for item in RULES if item.id in {"C22", "C23", "X21"})
    result = review(Context(made, build_graph(made)), rules=asked, suppressors=())
    assert result.failures == ()
    return result


def manifest(kind: str, body: Json) -> Json:
    return {"manifest": {"kind": kind, "metadata": {"name": "x", "namespace": "shop"}, **body}}


@pytest.mark.parametrize("row", all_kubernetes_rows(), ids=lambda row: f"{row[1]}-{row[2]}")
def test_every_row_fires_in_a_manifest(row: tuple[str, ...]) -> None:
    rule, subject, path, when, _, _, says = row
    [setting] = [
        item
        for item in kubernetes_settings_of(rule, subject)
        if (item.path, item.says) == (path, says) and when.startswith(item.direction)
    ]
    old, new = (nest(path, side) for side in sides(setting.direction, setting.values))
    kinds = POD_KINDS if subject == "pod" else [subject.removeprefix("kind:")]
    for kind in kinds:
        trees = [{"spec": {"template": tree}} if subject == "pod" else tree for tree in (old, new)]
        before, after = (manifest(kind, tree) for tree in trees)
        found = judged(update("kubernetes_manifest.x", before, after)).findings
        assert (rule, says) in [(item.rule, item.what) for item in found], kind


def test_rows_are_sorted_and_name_known_words() -> None:
    rows = all_kubernetes_rows()
    assert list(rows) == sorted(rows)
    for _, subject, _, when, severity, confidence, says in rows:
        assert subject == "pod" or subject.startswith("kind:")
        assert Direction(when.partition(":")[0])
        assert Severity[severity.upper()]
        assert Confidence(confidence)
        assert says.endswith(".")


def work(labels: Json | None = None, **container: Any) -> Json:
    """A deployment as the provider's typed resource holds it."""
    one = {"name": "app", "image": "app:1", "port": [{"container_port": 8080, "name": "http"}]}
    pod = {"container": [{**one, **container}]}
    template = [{"metadata": [{"labels": labels or {"app": "api"}}], "spec": [pod]}]
    return {**HELD, "spec": [{"template": template}]}


def service(**spec: Any) -> Json:
    port = [{"port": 80, "target_port": "8080"}]
    return noop(SERVICE, {**HELD, "spec": [{"selector": {"app": "api"}, "port": port, **spec}]})


def said(*changes: Json) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(item.rule, item.address, item.hurts) for item in judged(*changes).findings]


def test_pods_that_lose_the_label_leave_their_service() -> None:
    change = update(WORK, work(), work({"app": "api2"}))
    assert said(change, service()) == [("C23", WORK, (SERVICE,))]
    assert said(change, service(selector={"app": "api2"})) == []
    assert said(change, service(selector={})) == []


def test_pods_that_name_another_port_do_not_hear_their_service() -> None:
    other = [{"container_port": 9090, "name": "http"}]
    change = update(WORK, work(), work(port=other))
    assert said(change, service()) == [("C23", WORK, (SERVICE,))]
    named = service(port=[{"port": 80, "target_port": "http"}])
    assert said(change, named) == []


def test_a_typed_probe_is_read_like_one_in_a_manifest() -> None:
    before, after = (
        work(readiness_probe=[{"http_get": [{"path": "/ready", "port": port}]}])
        for port in ("8080", "9090")
    )
    assert [rule for rule, *_ in said(update(WORK, before, after))] == ["C22"]


@pytest.mark.parametrize(("image", "rules"), [("app:1", ["C22"]), ("app:2", [])])
def test_a_variable_may_go_with_a_new_image(image: str, rules: list[str]) -> None:
    before = work(env=[{"name": "TABLE", "value": "orders"}])
    after = work(image=image)
    assert [rule for rule, *_ in said(update(WORK, before, after))] == rules


@pytest.mark.parametrize(("path", "rules"), [("/var/cache/nginx", []), ("/srv/files", ["C22"])])
def test_a_cache_need_not_be_mounted_any_more(path: str, rules: list[str]) -> None:
    before = work(volume_mount=[{"name": "files", "mount_path": path}])
    assert [rule for rule, *_ in said(update(WORK, before, work()))] == rules


def test_what_is_not_known_is_undecided() -> None:
    before = work(security_context=[{"run_as_non_root": False}])
    after = work(security_context=[{}])
    one = [{"security_context": [{"run_as_non_root": True}]}]
    unknown = {"spec": [{"template": [{"spec": [{"container": one}]}]}]}
    review_ = judged(update(WORK, before, after, after_unknown=unknown))
    assert review_.findings == ()
    assert {item.rule for item in review_.undecided} == {"C22", "X21"}
