"""The reports: the verdict first, a size that fits, and JSON of the published schema."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator

import jsonschema
import msgspec
import pytest

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.plan import ResourceChange, decode_plan
from iacrisk.report import Format, renderer
from iacrisk.report.json_report import SCHEMA_VERSION, Report
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)
from tests.conftest import TODAY, Judge
from tests.plans import Json, create, delete, document, noop, plan, replace, tweak, update


@rule(
    id="T01",
    name="test-delete",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
)
def on_delete(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Flags deletes, is undecided on creates, fails on reads."""
    del context
    if change.destroys:
        yield Flag(what=f"{change.type} is gone.", paths=(("identifier",),))
    if change.actions == ("create",):
        yield Undecided(why="the size is not known", paths=(("size",),))
    if change.actions == ("read",):
        raise ZeroDivisionError(change.address)


def ordinary(number: int) -> Json:
    """A plan of `number` changes with names that teams use."""
    entries: list[Json] = [noop("aws_vpc.main", {"id": "vpc-1"})]
    for n in range(number):
        address = f'module.service["orders-{n % 7}"].aws_db_instance.replica_{n}'
        before = {"identifier": f"orders-{n}", "engine_version": "14.1", "size": "db.r6g.large"}
        match n % 4:
            case 0:
                entries.append(delete(address, before))
            case 1:
                entries.append(replace(address, before, before | {"size": "x"}, "identifier"))
            case 2:
                entries.append(tweak(address, before, engine_version="15.2"))
            case _:
                entries.append(create(address, before))
    return document(*entries, references={"aws_vpc.main": {}})


def judged(plan_json: Json) -> Assessment:
    """The assessment with the real rules."""
    decoded = decode_plan(json.dumps(plan_json).encode())
    return assess(decoded, Policy(), Circumstances(today=TODAY, environment="production"))


@pytest.mark.parametrize("number", [0, 1, 30, 400])
def test_the_console_report_is_80_columns_wide_and_begins_with_the_verdict(number: int) -> None:
    lines = renderer(Format.CONSOLE)(judged(ordinary(number))).split("\n")
    verdict = "(APPROVAL REQUIRED|BLOCKED)" if number else "ALLOWED"
    assert re.match(verdict + r": risk \d+ of 100 \(holds from 40, blocks from 95\)$", lines[0])
    assert [line for line in lines if len(line) > 80] == []
    assert lines[-1] == ""
    assert len(lines) < 250


def test_a_comment_of_2000_changes_fits_and_begins_with_the_verdict() -> None:
    markdown = renderer(Format.MARKDOWN)(judged(ordinary(2000)))
    assert len(markdown) <= 65_536
    lines = markdown.split("\n")
    assert lines[0] == "<!-- iacrisk -->"
    assert re.match(r"## (APPROVAL REQUIRED|BLOCKED): risk \d+ of 100 ", lines[1])
    assert markdown.count("<details") == markdown.count("</details>")


@pytest.mark.parametrize("number", [0, 40])
def test_the_json_report_is_of_the_schema(number: int) -> None:
    report = json.loads(renderer(Format.JSON)(judged(ordinary(number))))
    jsonschema.validate(report, msgspec.json.schema(Report))
    assert report["schema_version"] == SCHEMA_VERSION
    assert len(report["changes"]) == number


def test_the_json_report_is_read_back_into_its_own_types() -> None:
    text = renderer(Format.JSON)(judged(ordinary(12)))
    report = msgspec.json.decode(text, type=Report, strict=True)
    assert (report.verdict, report.exit_code) in {("approval-required", 3), ("blocked", 4)}
    assert msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n" == text


@pytest.mark.parametrize("format_", list(Format))
def test_the_order_of_changes_in_the_file_does_not_matter(format_: Format) -> None:
    plan_json = ordinary(60)
    first = renderer(format_)(judged(plan_json))
    for seed in range(3):
        random.Random(seed).shuffle(plan_json["resource_changes"])  # noqa: S311 - no secret
        assert renderer(format_)(judged(plan_json)) == first


def test_the_whole_report_of_a_small_plan(judge: Judge) -> None:
    assessment = judge(
        plan(
            delete("aws_db_instance.main", {"identifier": "orders"}),
            noop("aws_instance.app", {"id": "i-1"}),
            create("aws_instance.new"),
            update("aws_sqs_queue.q", {"delay": 1}, {"delay": 2}),
            references={"aws_instance.app": {"user_data": ["aws_db_instance.main.address"]}},
        ),
        on_delete,
    )
    assert renderer(Format.CONSOLE)(assessment) == CONSOLE
    assert renderer(Format.MARKDOWN)(assessment) == MARKDOWN


CONSOLE = """\
APPROVAL REQUIRED: risk 91 of 100 (holds from 40, blocks from 95)
1 of 3 changes waits. Environment production (stated by the user).

 1. [ 91] aws_db_instance.main
    destroyed because its block is gone
    T01 test-delete (critical): aws_db_instance is gone.
        identifier: "orders" -> null
    who is hit (1):
      aws_instance.app (1 hop) by user_data = aws_db_instance.main.address

Folded
    1 create
    1 update

1 question undecided, because a value is not known yet.
"""

MARKDOWN = """\
<!-- iacrisk -->
## APPROVAL REQUIRED: risk 91 of 100 (holds from 40, blocks from 95)

1 of 3 changes waits. Environment production (stated by the user).

<details open><summary><b>91</b> <code>aws_db_instance.main</code></summary>

destroyed because its block is gone

**T01 test-delete** (critical): aws\\_db\\_instance is gone.
- `identifier`: `"orders"` → `null`

**Who is hit (1)**
- `aws_instance.app`, 1 hop, by `user_data = aws_db_instance.main.address`
</details>

```mermaid
flowchart LR
  n0["aws_db_instance.main"]:::changed
  n1["aws_instance.app"]
  n0 --> n1
  classDef changed stroke-width:3px
```

<details><summary>2 folded changes</summary>

- 1 create
- 1 update
</details>

- 1 question undecided, because a value is not known yet.

"""


def test_undecided_and_failed_rules_are_counted_in_every_format(judge: Judge) -> None:
    entries = [create("aws_instance.a"), delete("data.aws_ami.b")]
    entries[1]["change"]["actions"] = ["read"]
    assessment = judge(plan(*entries), on_delete)
    console = renderer(Format.CONSOLE)(assessment)
    markdown = renderer(Format.MARKDOWN)(assessment)
    report = json.loads(renderer(Format.JSON)(assessment))
    for text in (console, markdown):
        assert "1 question undecided, because a value is not known yet." in text
        assert "their verdict is missing: T01." in text
    assert report["rule_failures"] == [
        {"rule": "T01", "address": "data.aws_ami.b", "error": "ZeroDivisionError"}
    ]
    undecided = {item["address"]: item["undecided"] for item in report["changes"]}
    assert undecided["aws_instance.a"] == [
        {
            "rule": "T01",
            "name": "test-delete",
            "why": "the size is not known",
            "paths": ["size"],
        }
    ]
