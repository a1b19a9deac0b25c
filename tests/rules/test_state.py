from __future__ import annotations

import itertools
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.rule import Confidence, Review, Severity
from iacrisk.rules.state import RULES
from tests.plans import change, create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
Pairs = set[tuple[str, str]]


def judged(reviewed: Plan) -> Review:
    result = review(Context(reviewed, build_graph(reviewed)), rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.undecided == ()
    return {(finding.rule, finding.address) for finding in result.findings}


def weights(*changes: Json, **fields: Any) -> dict[tuple[str, str], tuple[Severity, Confidence]]:
    result = judged(plan(*changes, **fields))
    return {(item.rule, item.address): (item.severity, item.confidence) for item in result.findings}


def undecided(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.findings == ()
    return {(item.rule, item.address) for item in result.undecided}


def bystanders(count: int = 9) -> list[Json]:
    """Objects that stay, so that a few deletes are not most of the state."""
    return [noop(f"aws_iam_user.stays_{number}", {"name": f"s{number}"}) for number in range(count)]


def prior_state(*resources: Json) -> Json:
    return {"format_version": "1.0", "values": {"root_module": {"resources": list(resources)}}}


def state_resource(address: str, values: Json, mode: str = "managed") -> Json:
    type_name, name = address.removeprefix("data.").split(".")
    return {"address": address, "mode": mode, "type": type_name, "name": name, "values": values}


BUCKET = {"id": "acme-logs", "bucket": "acme-logs", "arn": "arn:aws:s3:::acme-logs"}


# S01


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        ("aws_s3_bucket", BUCKET, {"bucket": "acme-logs", "force_destroy": True}),
        ("aws_db_instance", {"identifier": "db"}, {"identifier": "db", "instance_class": "x"}),
        ("google_sql_database_instance", {"name": "m", "project": "p"}, {"name": "m"}),
        ("github_repository", {"name": "site", "id": "site"}, {"name": "site"}),
        (
            "kubernetes_persistent_volume_claim",
            {"metadata": [{"name": "data", "namespace": "prod"}]},
            {"metadata": [{"name": "data", "namespace": "prod"}]},
        ),
    ],
)
def test_an_object_that_holds_data_deleted_and_created_by_name_is_critical(
    type_name: str, before: Json, after: Json
) -> None:
    found = weights(delete(f"{type_name}.old", before), create(f"{type_name}.new", after))
    assert found == {("S01", f"{type_name}.old"): (Severity.CRITICAL, Confidence.HIGH)}


def test_a_service_account_moved_into_for_each_without_moved_is_flagged() -> None:
    before = {"account_id": "ci", "project": "p", "email": "ci@p", "name": "projects/p/ci"}
    found = weights(
        delete("google_service_account.ci", before),
        create('google_service_account.all["ci"]', {"account_id": "ci", "project": "p"}),
    )
    assert found == {("S01", "google_service_account.ci"): (Severity.HIGH, Confidence.HIGH)}


def test_an_attachment_made_again_elsewhere_is_flagged_since_the_delete_can_come_last() -> None:
    link = {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    found = weights(
        delete("aws_iam_role_policy_attachment.read", {**link, "id": "app-2026"}),
        create("module.role.aws_iam_role_policy_attachment.read", link),
    )
    assert found == {
        ("S01", "aws_iam_role_policy_attachment.read"): (Severity.HIGH, Confidence.MEDIUM)
    }


def test_a_nameless_key_of_equal_configuration_is_the_same_object() -> None:
    key = {"description": "orders", "policy": "{}", "enable_key_rotation": True}
    found = weights(
        delete("aws_kms_key.a", {**key, "key_id": "k-1", "arn": "arn:k-1"}),
        create("aws_kms_key.b", key),
    )
    assert found == {("S01", "aws_kms_key.a"): (Severity.CRITICAL, Confidence.MEDIUM)}


def test_count_turned_into_for_each_matches_each_object_once() -> None:
    found = findings(
        delete(
            "aws_sqs_queue.q[0]", {"name": "a"}, action_reason="delete_because_wrong_repetition"
        ),
        delete(
            "aws_sqs_queue.q[1]", {"name": "b"}, action_reason="delete_because_wrong_repetition"
        ),
        create('aws_sqs_queue.q["a"]', {"name": "a"}),
        create('aws_sqs_queue.q["b"]', {"name": "b"}),
        *bystanders(),
    )
    assert found == {("S01", "aws_sqs_queue.q[0]"), ("S01", "aws_sqs_queue.q[1]")}


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(
            (
                delete("aws_s3_bucket.old", BUCKET),
                create("aws_s3_bucket.new", {"bucket": "acme-traces"}),
            ),
            id="another name",
        ),
        pytest.param(
            (
                delete("null_resource.a", {"triggers": {"a": "1"}}),
                create("null_resource.b", {"triggers": {"a": "1"}}),
            ),
            id="stateless",
        ),
        pytest.param(
            (
                delete("aws_iam_role_policy.p", {"name": "p", "role": "a", "policy": "{}"}),
                create("aws_iam_role_policy.q", {"name": "p", "role": "b", "policy": "{}"}),
            ),
            id="another scope",
        ),
        pytest.param(
            (
                delete("aws_eip.a", {"domain": "vpc", "id": "eipalloc-1"}),
                create("aws_eip.b", {"domain": "vpc"}),
            ),
            id="nothing tells them apart",
        ),
        pytest.param(
            (
                delete("aws_acm_certificate.a", {"domain_name": "x.org", "key_algorithm": "RSA"}),
                create("aws_acm_certificate.b", {"domain_name": "x.org", "key_algorithm": "RSA"}),
            ),
            id="rotated",
        ),
        pytest.param(
            (
                delete("aws_eks_node_group.blue", {"node_group_name": "blue", "cluster_name": "c"}),
                create(
                    "aws_eks_node_group.green", {"node_group_name": "green", "cluster_name": "c"}
                ),
            ),
            id="another pool of the cluster",
        ),
        pytest.param(
            (
                delete("aws_s3_bucket_object_lock_configuration.x", {"skip_destroy": True}),
                create("aws_s3_bucket_object_lock_configuration.y", {}),
            ),
            id="left alone",
        ),
    ],
)
def test_two_different_objects_pass(pair: tuple[Json, Json]) -> None:
    assert findings(*pair, *bystanders()) == set()


def test_a_rule_for_a_new_group_is_not_the_old_rule() -> None:
    rule = {"type": "ingress", "from_port": 443, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}
    found = findings(
        delete("aws_security_group_rule.a", {**rule, "security_group_id": "sg-1"}),
        create("aws_security_group_rule.b", rule, after_unknown={"security_group_id": True}),
    )
    assert found == set()


def test_a_moved_object_passes() -> None:
    moved = noop("aws_s3_bucket.new", BUCKET, previous_address="aws_s3_bucket.old")
    assert findings(moved) == set()


# S02


def counted(type_name: str, names: list[str], argument: str = "name") -> list[Json]:
    """Replacements after the first of `names` was taken out of the list."""
    pairs = itertools.pairwise(names)
    shifted = [
        replace(f"{type_name}.x[{index}]", {argument: old}, {argument: new}, argument)
        for index, (old, new) in enumerate(pairs)
    ]
    last = len(names) - 1
    reason = "delete_because_count_index"
    end = delete(f"{type_name}.x[{last}]", {argument: names[last]}, action_reason=reason)
    return [*shifted, end]


@pytest.mark.parametrize(
    ("type_name", "argument", "severity"),
    [
        ("aws_route53_zone", "name", Severity.CRITICAL),
        ("aws_ecr_repository", "name", Severity.CRITICAL),
        ("azurerm_resource_group", "name", Severity.CRITICAL),
        ("aws_iam_role", "name", Severity.HIGH),
        ("aws_subnet", "cidr_block", Severity.HIGH),
    ],
)
def test_an_element_taken_out_of_the_list_shifts_the_later_ones(
    type_name: str, argument: str, severity: Severity
) -> None:
    found = weights(*counted(type_name, ["a", "b", "c"], argument), *bystanders())
    assert found == {
        ("S02", f"{type_name}.x[0]"): (severity, Confidence.HIGH),
        ("S02", f"{type_name}.x[1]"): (severity, Confidence.HIGH),
    }


def test_whoever_shifts_names_the_last_one_which_goes() -> None:
    said = judged(plan(*counted("aws_sqs_queue", ["a", "b", "c"])))
    shifts = [item for item in said.findings if item.rule == "S02"]
    assert [item.hurts for item in shifts] == [("aws_sqs_queue.x[2]",)] * 2


def test_an_element_put_in_front_shifts_all() -> None:
    found = findings(
        replace("aws_sqs_queue.x[0]", {"name": "a"}, {"name": "new"}, "name"),
        replace("aws_sqs_queue.x[1]", {"name": "b"}, {"name": "a"}, "name"),
        create("aws_sqs_queue.x[2]", {"name": "b"}),
    )
    assert found == {("S02", "aws_sqs_queue.x[1]")}


def test_databases_renamed_in_place_as_their_neighbours_are_flagged() -> None:
    found = findings(
        tweak("aws_db_instance.x[0]", {"identifier": "a"}, identifier="b"),
        delete("aws_db_instance.x[1]", {"identifier": "b"}),
        *bystanders(),
    )
    assert found == {("S02", "aws_db_instance.x[0]")}


def test_a_record_list_shifts_by_a_list_of_texts() -> None:
    found = findings(
        replace(
            "aws_route53_record.x[0]", {"records": ["1.1.1.1"]}, {"records": ["2.2.2.2"]}, "name"
        ),
        delete("aws_route53_record.x[1]", {"records": ["2.2.2.2"]}),
        *bystanders(),
    )
    assert found == {("S02", "aws_route53_record.x[0]")}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            [
                noop("aws_instance.x[0]", {"private_ip": "10.0.0.1"}),
                delete("aws_instance.x[1]", {"private_ip": "10.0.0.2"}),
            ],
            id="the last one goes",
        ),
        pytest.param(counted("terraform_data", ["a", "b", "c"], "input"), id="stateless"),
        pytest.param(
            [
                replace("aws_instance.x[0]", {"ami": "a"}, {"ami": "b"}, "ami"),
                delete("aws_instance.x[1]", {"ami": "b"}),
            ],
            id="a new image, and one less",
        ),
        pytest.param(
            [
                replace("aws_sqs_queue.x[0]", {"name": "a"}, {"name": "z"}, "name"),
                noop("aws_sqs_queue.x[1]", {"name": "b"}),
            ],
            id="one element renamed",
        ),
        pytest.param(
            [
                noop("aws_sqs_queue.x[0]", {"name": "a"}),
                create("aws_sqs_queue.x[1]", {"name": "b"}),
            ],
            id="one more at the end",
        ),
    ],
)
def test_a_list_that_changes_without_a_shift_passes(changes: list[Json]) -> None:
    assert findings(*changes, *bystanders()) == set()


def test_a_shift_behind_an_unknown_name_is_undecided() -> None:
    found = undecided(
        replace("aws_sqs_queue.x[0]", {"name": "a"}, {}, "name", after_unknown={"name": True}),
        delete("aws_sqs_queue.x[1]", {"name": "b"}),
        *bystanders(),
    )
    assert found == {("S02", "aws_sqs_queue.x[0]")}


# S03


def test_a_respelled_key_is_flagged_though_the_name_follows_the_key() -> None:
    found = weights(
        delete('aws_s3_bucket.b["eu_west"]', {"bucket": "acme-eu_west"}),
        create('aws_s3_bucket.b["eu-west"]', {"bucket": "acme-eu-west"}),
    )
    assert found == {("S03", 'aws_s3_bucket.b["eu_west"]'): (Severity.CRITICAL, Confidence.MEDIUM)}


def test_a_renamed_key_of_the_same_object_is_certain() -> None:
    found = weights(
        delete('aws_iam_role.r["a"]', {"name": "app"}),
        create('aws_iam_role.r["zebra"]', {"name": "app"}),
    )
    assert found == {("S03", 'aws_iam_role.r["a"]'): (Severity.HIGH, Confidence.HIGH)}


def test_a_renamed_module_key_is_flagged_for_what_is_inside() -> None:
    found = findings(
        delete('module.db["main"].aws_db_instance.this', {"identifier": "orders"}),
        create('module.db["orders"].aws_db_instance.this', {"identifier": "orders"}),
    )
    assert found == {("S03", 'module.db["main"].aws_db_instance.this')}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            [
                delete('aws_iam_user.u["alice"]', {"name": "alice", "path": "/"}),
                create('aws_iam_user.u["bob"]', {"name": "bob", "path": "/"}),
            ],
            id="one leaves, another joins",
        ),
        pytest.param(
            [
                delete('aws_iam_user.u["node-1"]', {"name": "node-1"}),
                create('aws_iam_user.u["node-4"]', {"name": "node-4"}),
            ],
            id="the next number",
        ),
        pytest.param([delete('aws_sqs_queue.q["a"]', {"name": "a"})], id="no create"),
        pytest.param(
            [
                delete('terraform_data.t["a_b"]', {"input": "x"}),
                create('terraform_data.t["a-b"]', {"input": "x"}),
            ],
            id="stateless",
        ),
    ],
)
def test_keys_that_really_come_and_go_pass(changes: list[Json]) -> None:
    assert findings(*changes, *bystanders()) == set()


# S04


def goners(*types: str) -> list[Json]:
    return [delete(f"{name}.gone_{number}", {}) for number, name in enumerate(types)]


LIGHT = (
    "aws_iam_role",
    "aws_lambda_permission",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_log_group",
    "aws_iam_policy",
)


def test_a_destroy_of_everything_with_data_is_critical() -> None:
    changes = [
        delete("aws_db_instance.d", {}, action_reason=None),
        delete("aws_vpc.v", {}, action_reason=None),
        delete("aws_iam_role.r", {}, action_reason=None),
    ]
    assert weights(*changes) == {("S04", ""): (Severity.CRITICAL, Confidence.HIGH)}


def test_a_module_with_data_that_is_most_of_the_state_is_critical() -> None:
    changes = goners(*LIGHT, "aws_s3_bucket", "aws_dynamodb_table")
    assert weights(*changes, *bystanders(4)) == {("S04", ""): (Severity.CRITICAL, Confidence.HIGH)}


def test_a_small_tear_down_of_light_things_is_only_worth_a_look() -> None:
    found = weights(*goners(*LIGHT), *bystanders(3))
    assert found == {("S04", ""): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_a_destroy_of_ten_light_things_is_critical() -> None:
    assert weights(*goners(*LIGHT, *LIGHT), *bystanders(8)) == {
        ("S04", ""): (Severity.CRITICAL, Confidence.HIGH)
    }


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(goners(*LIGHT), id="few of many"),
        pytest.param(goners(*["null_resource"] * 8, "aws_iam_role"), id="stateless do not count"),
        pytest.param(goners("aws_db_instance"), id="a single delete is another rule's"),
    ],
)
def test_deletes_that_are_a_small_part_pass(changes: list[Json]) -> None:
    assert findings(*changes, *bystanders()) == set()


def test_a_targeted_plan_counts_what_the_state_holds() -> None:
    state = [state_resource(f"aws_iam_user.u{number}", {}) for number in range(40)]
    found = findings(*goners(*LIGHT), prior_state=prior_state(*state), complete=False)
    assert found == {("S09", "")}


# S05


def creates(count: int) -> list[Json]:
    return [create(f"aws_sqs_queue.q{number}", {"name": f"q{number}"}) for number in range(count)]


def test_the_first_plan_of_a_new_root_passes() -> None:
    assert findings(*creates(30), prior_state=prior_state()) == set()


@pytest.mark.parametrize(
    "seen",
    [
        state_resource("data.aws_sqs_queue.one", {"name": "q3", "url": "https://q3"}, "data"),
        state_resource("data.aws_sqs_queues.all", {"queue_urls": [], "names": ["q3"]}, "data"),
    ],
)
def test_creating_what_a_data_source_finds_from_an_empty_state_is_flagged(seen: Json) -> None:
    found = weights(*creates(5), prior_state=prior_state(seen))
    assert found == {("S05", ""): (Severity.HIGH, Confidence.MEDIUM)}


def test_one_collision_in_a_filled_state_is_less() -> None:
    seen = state_resource("data.aws_sqs_queue.one", {"name": "q1"}, "data")
    found = weights(*creates(2), *bystanders(), prior_state=prior_state(seen))
    assert found == {("S05", "aws_sqs_queue.q1"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_data_sources_of_other_objects_pass() -> None:
    seen = state_resource("data.aws_vpc.main", {"id": "vpc-1", "name": "q1"}, "data")
    assert findings(*creates(5), prior_state=prior_state(seen)) == set()


def test_objects_that_vanished_together_are_flagged() -> None:
    drift = [change(f"aws_sqs_queue.q{number}", "delete", before={}) for number in range(4)]
    assert findings(*creates(4), resource_drift=drift) == {("S05", "")}


def test_one_object_deleted_by_hand_and_made_again_passes() -> None:
    drift = [change("aws_sqs_queue.q0", "delete", before={})]
    assert findings(*creates(1), *bystanders(), resource_drift=drift) == set()


# S06


def test_a_forgotten_object_is_a_note() -> None:
    found = weights(change("aws_s3_bucket.b", "forget", before=BUCKET))
    assert found == {("S06", "aws_s3_bucket.b"): (Severity.LOW, Confidence.HIGH)}


def test_a_replacement_that_leaves_the_old_object_is_a_note() -> None:
    assert findings(change("aws_s3_bucket.b", "create", "forget", before=BUCKET, after={})) == {
        ("S06", "aws_s3_bucket.b")
    }


# S07, S08


def test_an_import_that_replaces_is_critical() -> None:
    imported = replace(
        "aws_route53_zone.z", {"name": "a.org"}, {"name": "a.org."}, "name", importing={"id": "Z1"}
    )
    assert weights(imported) == {
        ("S07", "aws_route53_zone.z"): (Severity.CRITICAL, Confidence.HIGH)
    }


def test_an_import_that_changes_nothing_passes() -> None:
    assert findings(noop("aws_s3_bucket.b", BUCKET, importing={"id": "acme-logs"})) == set()


def imported(before: Json, after: Json, **fields: Any) -> Pairs:
    changed = update("digitalocean_app.shop", before, after, importing={"id": "1"}, **fields)
    return findings(changed)


APP = {
    "id": "1",
    "spec": [
        {
            "alert": [{"rule": "DEPLOYMENT_FAILED"}],
            "service": [{"name": "web", "env": [{"key": "A", "value": "1"}, {"key": "B"}]}],
        }
    ],
    "tags": {"team": "shop"},
}


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({**APP, "spec": [{**APP["spec"][0], "alert": []}]}, id="alerts"),  # type: ignore[index]
        pytest.param({**APP, "spec": None}, id="all of it"),
        pytest.param(
            {
                **APP,
                "spec": [
                    {
                        **APP["spec"][0],  # type: ignore[index]
                        "service": [{"name": "web", "env": [{"key": "A", "value": "1"}]}],
                    }
                ],
            },
            id="one variable",
        ),
    ],
)
def test_an_import_that_takes_settings_away_is_flagged(after: Json) -> None:
    assert imported(APP, after) == {("S08", "digitalocean_app.shop")}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(APP, {**APP, "tags": {}}, id="tags"),
        pytest.param({"description": "x"}, {"description": None}, id="description"),
        pytest.param({"publish": False, "n": 0}, {"publish": None, "n": None}, id="defaults"),
        pytest.param({"force_destroy": None}, {"force_destroy": False}, id="terraform only"),
        pytest.param({"rules": ["a"]}, {"rules": ["a", "b"]}, id="more"),
        pytest.param({"size": "s"}, {"size": "m"}, id="another value"),
    ],
)
def test_an_import_that_keeps_settings_passes(before: Json, after: Json) -> None:
    assert imported(before, after) == set()


def test_an_import_whose_setting_becomes_unknown_passes() -> None:
    assert imported({"policy": "{}"}, {}, after_unknown={"policy": True}) == set()


def test_an_update_that_is_no_import_passes() -> None:
    assert findings(update("digitalocean_app.shop", APP, {**APP, "spec": None})) == set()


# S09, S10, S11, S12, S17


def test_a_targeted_plan_is_noted_and_a_full_one_passes() -> None:
    assert findings(*creates(1), complete=False) == {("S09", "")}
    assert findings(*creates(1), complete=True) == set()


def test_a_deposed_object_is_a_note_and_more_where_it_holds_data() -> None:
    found = weights(
        change("aws_lb_target_group.t", "delete", before={}, deposed="1a2b"),
        change("aws_db_instance.d", "delete", before={}, deposed="3c4d"),
        change("null_resource.n", "delete", before={}, deposed="5e6f"),
    )
    assert found == {
        ("S10", "aws_lb_target_group.t (deposed 1a2b)"): (Severity.LOW, Confidence.HIGH),
        ("S10", "aws_db_instance.d (deposed 3c4d)"): (Severity.MEDIUM, Confidence.HIGH),
    }


def renewed(type_name: str, reason: str, **fields: Any) -> Json:
    return replace(f"{type_name}.x", {}, {}, action_reason=reason, **fields)


@pytest.mark.parametrize(
    ("type_name", "severity"),
    [("aws_iam_role", Severity.MEDIUM), ("aws_db_instance", Severity.HIGH)],
)
def test_a_tainted_object_is_flagged(type_name: str, severity: Severity) -> None:
    found = weights(renewed(type_name, "replace_because_tainted"))
    assert found == {("S11", f"{type_name}.x"): (severity, Confidence.MEDIUM)}


@pytest.mark.parametrize(
    ("type_name", "severity"),
    [
        ("aws_db_instance", Severity.CRITICAL),
        ("aws_instance", Severity.HIGH),
    ],
)
def test_a_replacement_by_request_weighs_by_what_is_lost(
    type_name: str, severity: Severity
) -> None:
    found = weights(renewed(type_name, "replace_by_request"))
    assert found == {("S12", f"{type_name}.x"): (severity, Confidence.HIGH)}


def test_what_is_made_again_in_seconds_may_be_replaced_by_request() -> None:
    assert findings(renewed("aws_lambda_function", "replace_by_request")) == set()


def test_one_of_four_machines_may_be_replaced_by_request_and_one_of_three_is_flagged() -> None:
    def one_of(count: int) -> Pairs:
        others = [noop(f"aws_instance.m[{n}]", {"ami": "a"}) for n in range(1, count)]
        return findings(
            replace("aws_instance.m[0]", {}, {}, action_reason="replace_by_request"), *others
        )

    assert one_of(4) == set()
    assert one_of(3) == {("S12", "aws_instance.m[0]")}


@pytest.mark.parametrize("reason", ["replace_because_tainted", "replace_by_request"])
def test_a_stateless_object_replaced_for_either_reason_passes(reason: str) -> None:
    assert findings(renewed("null_resource", reason)) == set()


def test_an_errored_plan_is_flagged() -> None:
    assert findings(*creates(1), errored=True, applyable=False) == {("S17", "")}


def test_a_plan_that_will_not_be_applied_is_flagged_unless_it_is_empty() -> None:
    assert findings(*creates(1), applyable=False) == {("S17", "")}
    assert findings(*bystanders(), applyable=False) == set()


@pytest.mark.parametrize("odd", [None, "text", 7, [1, None], {"name": {"a": []}}])
def test_odd_values_do_not_make_a_rule_raise(odd: Any) -> None:
    judged(
        plan(
            change("aws_s3_bucket.a", "delete", before=odd),
            change("aws_s3_bucket.b", "create", after=odd),
            change("aws_s3_bucket.c[0]", "delete", "create", before=odd, after={"bucket": odd}),
            change("aws_s3_bucket.c[1]", "delete", before={"bucket": odd}),
            change(
                "aws_s3_bucket.d", "update", before={"x": odd}, after=odd, importing={"id": "1"}
            ),
            change('aws_s3_bucket.e["a_b"]', "delete", before={"bucket": odd}),
            change('aws_s3_bucket.e["a-b"]', "create", after={"bucket": odd, "x": "y"}),
            prior_state=prior_state(state_resource("data.aws_s3_bucket.x", {"x": odd}, "data")),
        )
    )
