"""The catalog's table of settings: every row fires, and each direction means what it says."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.settings import Direction, all_rows, settings_of, types_with_settings
from iacrisk.graph import build_graph
from iacrisk.rules import RULES, Context, Review, review
from iacrisk.rules.readers.settings.settings import steps_of
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, create, noop, plan, update

IDS = sorted({row[0] for row in all_rows()})
TYPE = "aws_kms_key"
"""Has the switch `enable_key_rotation`, of which X09 tells when it goes off."""

SIDES: dict[Direction, tuple[Any, Any]] = {
    Direction.CHANGES: ("one", "two"),
    Direction.SET: (None, "two"),
    Direction.APPEARS: (None, "two"),
    Direction.REMOVED: ("one", None),
    Direction.ON: (False, True),
    Direction.OFF: (True, False),
    Direction.RISES: (1, 2),
    Direction.FALLS: (2, 1),
    Direction.ZERO: (2, 0),
    Direction.HALVES: (2, 1),
    Direction.TENTH: (300, 30),
    Direction.SHRINKS: (["one", "two"], ["two"]),
    Direction.SMALLER: ("S3", "S0"),
    Direction.REKEYED: ("alias/aws/kinesis", "alias/card-events"),
    Direction.LOSES: (["one", "two"], ["two"]),
    Direction.NARROWS: ("*", "service:web"),
    Direction.RARER: ("rate(5 minutes)", "cron(0 3 * * ? *)"),
    Direction.MULTIPLIES: (64, 1024),
    Direction.RETARGETS: ("https://one.example.com/a", "https://two.example.com/a"),
    Direction.GROWS: (["two"], ["one", "two"]),
    Direction.REORDERS: (["one", "two"], ["two", "one"]),
}


def judged(*changes: Json, **fields: Any) -> Review:
    made = plan(*changes, **fields)
    tells = tuple(item for item in RULES if item.id in IDS)
    result = review(Context(made, build_graph(made)), rules=tells, suppressors=())
    assert result.failures == ()
    return result


def nest(path: str, value: Any) -> Json:
    """Attributes with `value` at the dotted path; `*` stands for the first item."""
    tree: Any = value
    for step in reversed(steps_of(path.replace("*", "0"))):
        tree = [tree] if isinstance(step, int) else {step: tree}
    assert isinstance(tree, dict)
    return tree


def sides(direction: Direction, values: frozenset[str]) -> tuple[Any, Any]:
    named = next(iter(sorted(values)), "")
    value = {"true": True, "false": False, "none": None}.get(named, named)
    if direction in {Direction.BECOMES, Direction.TURNS}:
        return ("another", value)
    if direction is Direction.GAINS:
        return (["another"], ["another", value])
    if direction is Direction.MENTIONS:
        return ("another", f"another {value} of all")
    if direction is Direction.LEAVES:
        return (value, "another")
    return SIDES[direction]


@pytest.mark.parametrize("row", all_rows(), ids=lambda row: f"{row[0]}-{row[1][:30]}-{row[2]}")
def test_every_row_fires_and_its_reverse_does_not_do_so_for_this_reason(
    row: tuple[str, ...],
) -> None:
    rule, types, path, *_, says = row
    for type_name in types.split(" "):
        [setting] = [
            item
            for item in settings_of(rule, type_name)
            if (item.path, item.says) == (path, says) and row[3].startswith(item.direction)
        ]
        before, after = sides(setting.direction, setting.values)
        user = noop("aws_instance.user", {"id": "i"})
        read = next(iter(setting.read), "id")
        uses = {"aws_instance.user": {"user_data": [f"{type_name}.x.{read}"]}}
        sentences = [
            finding.what
            for finding in judged(
                update(f"{type_name}.x", nest(path, before), nest(path, after)),
                user,
                references=uses,
            ).findings
        ]
        assert says in sentences, type_name


def test_rows_are_sorted_and_name_known_rules_and_words() -> None:
    rows = all_rows()
    assert list(rows) == sorted(rows)
    known = {item.id for item in RULES}
    for rule, types, _, when, severity, confidence, users, says in rows:
        assert rule in known
        assert types.split(" ") == sorted(set(types.split(" ")))
        assert bool(when.partition(":")[2]) == when.startswith(
            ("becomes", "turns", "leaves", "gains", "mentions")
        )
        assert Severity[severity.upper()]
        assert Confidence(confidence)
        assert users in {"0", "1"} or users.replace("_", "").replace(" ", "").islower()
        assert says.endswith(".")


def test_a_rule_sees_the_types_of_its_rows() -> None:
    [exposure] = [item for item in RULES if item.id == "X09"]
    assert exposure.types == types_with_settings("X09")


def test_the_safe_direction_passes_and_so_does_another_setting() -> None:
    on = update(
        f"{TYPE}.x",
        {"enable_key_rotation": False, "ttl": 60},
        {"enable_key_rotation": True, "ttl": 60},
    )
    ttl = update(
        f"{TYPE}.x",
        {"enable_key_rotation": True, "ttl": 60},
        {"enable_key_rotation": True, "ttl": 300},
    )
    assert judged(on).findings == judged(ttl).findings == ()


def test_a_new_value_that_is_not_known_is_undecided() -> None:
    change = update(
        f"{TYPE}.x", {"enable_key_rotation": True}, {}, after_unknown={"enable_key_rotation": True}
    )
    assert [(item.rule, item.paths) for item in judged(change).undecided] == [
        ("X09", ("enable_key_rotation",))
    ]


def test_a_new_object_has_no_setting_that_goes_off() -> None:
    assert judged(create(f"{TYPE}.x", {"enable_key_rotation": False})).findings == ()


@pytest.mark.parametrize("odd", [None, "text", 7, [], [None], {"a": 1}, [[1]]])
def test_odd_values_do_not_make_it_raise(odd: Any) -> None:
    for _, types, path, *_ in all_rows():
        root = str(steps_of(path)[0])
        for type_name in types.split(" "):
            judged(update(f"{type_name}.x", {root: odd}, {root: "other"}))
            judged(update(f"{type_name}.x", {root: "other"}, {root: odd}))


@pytest.mark.parametrize(
    ("before", "after", "falls"),
    [
        ("604800s", "1h", True),
        ("1h", "604800s", False),
        ("7d", "168h", False),
        ("1Gi", "512Mi", True),
        ("720h0m0s", "24h", True),
        ("30m0s", "1h", False),
        ("500m", "1", False),
        ("1", "500m", True),
        ("30m", "1h", False),
        ("50%", 40, True),
        ("many", "few", False),
    ],
)
def test_numbers_with_units_are_compared(before: Any, after: Any, *, falls: bool) -> None:
    path = "max_time_travel_hours"
    change = update(
        "google_bigquery_dataset.x", {path: before, "id": "d"}, {path: after, "id": "d"}
    )
    assert bool(judged(change).findings) is falls


def test_a_statement_that_was_there_before_is_not_mentioned_anew() -> None:
    kept, added = "DROP TABLE old", "DROP TABLE orders"
    change = update("google_spanner_database.x", {"ddl": [kept]}, {"ddl": [kept, "CREATE TABLE a"]})
    drop = update("google_spanner_database.x", {"ddl": [kept]}, {"ddl": [kept, added]})
    assert judged(change).findings == ()
    assert [item.rule for item in judged(drop).findings] == ["B11"]


def test_a_setting_that_appears_counts_on_a_new_object_too() -> None:
    inside = {"restricted_services": ["storage.googleapis.com"]}
    made = create("google_access_context_manager_service_perimeter.x", {"status": [inside]})
    dry = create("google_access_context_manager_service_perimeter.x", {"spec": [inside]})
    assert [item.rule for item in judged(made).findings] == ["I15"]
    assert judged(dry).findings == ()


def test_minus_one_stands_for_no_limit() -> None:
    def told(before: str, after: str) -> list[str]:
        topic = update(
            "kafka_topic.t",
            {"config": {"retention.ms": before}},
            {"config": {"retention.ms": after}},
        )
        return [item.what for item in judged(topic).findings]

    assert told("-1", "86400000") == ["Older messages are deleted."]
    assert told("86400000", "-1") == []
