"""Arguments that only a new resource can have, with data in it or without, and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.literals import change
from iacrisk.training.operators.numbers import fixed, mapped, turned
from iacrisk.training.operators.stack import Operator, Site, Splice, Stack, add_line, place, replace
from iacrisk.training.operators.syntax import Expression

_FAMILY = "immutable"
_TEXT, _NUMBER, _TRUTH = ("text",), ("number",), ("truth",)
_PUBLIC = frozenset({"map_public_ip_on_launch", "associate_public_ip_address", "assign_public_ip"})
_GROUP = ("aws_lb_target_group",)


def _next(value: Expression) -> Iterator[str]:
    yield str(int(value.text) + 1)


def _zone(value: Expression) -> Iterator[str]:
    zones = {"us-east-1a": "us-east-1c", "us-east-1b": "us-east-1d"}
    if value.literal in zones:
        yield f'"{zones[value.literal]}"'


def _suffixed(value: Expression) -> Iterator[str]:
    yield f'"{value.literal}_main"'


def _table_key(stack: Stack) -> Iterator[Site]:
    """Another key of a table, with its attribute."""
    for block in stack.resources("aws_dynamodb_table"):
        for name in ("hash_key", "range_key"):
            value = block.value(name)
            if value is None or value.kind != "text":
                continue
            new = f'"{value.literal}_id"'
            splices = [replace(value, new)]
            for attribute in block.nested("attribute"):
                named = attribute.value("name")
                if named is not None and named.text == value.text:
                    splices.append(replace(named, new))
            yield Site(where=place(block, name), parameter=new, splices=tuple(splices))


def _index(stack: Stack) -> Iterator[Site]:
    """What an index carries: everything, or keys alone."""
    other = {"ALL": '"KEYS_ONLY"', "KEYS_ONLY": '"ALL"'}
    for block in stack.resources("aws_dynamodb_table"):
        for index in block.nested("global_secondary_index"):
            value = index.value("projection_type")
            if value is not None and value.literal in other:
                yield Site(
                    where=place(block, "global_secondary_index"),
                    parameter=other[value.literal],
                    splices=(replace(value, other[value.literal]),),
                )


_PATHS = ("aws_iam_role", "aws_iam_policy", "aws_iam_user", "aws_iam_group")


def _path(stack: Stack) -> Iterator[Site]:
    """A path for what had none."""
    for block in stack.resources(*_PATHS):
        if block.attribute("path") is None:
            line = 'path = "/platform/"'
            yield Site(where=place(block), parameter=line, splices=(add_line(stack, block, line),))


def _fifo(stack: Stack) -> Iterator[Site]:
    """A queue or topic that keeps the order, which is another queue or topic."""
    for block in stack.resources("aws_sqs_queue", "aws_sns_topic"):
        name = block.value("name")
        if name is None or name.kind not in {"text", "template"}:
            continue
        kind = "fifo_queue" if block.type == "aws_sqs_queue" else "fifo_topic"
        if block.attribute(kind) is None:
            yield Site(
                where=place(block),
                parameter=kind,
                splices=(
                    replace(name, f'"{name.literal}.fifo"'),
                    add_line(stack, block, f"{kind} = true"),
                ),
            )


def _boot(stack: Stack) -> Iterator[Site]:
    """Another start script for a machine, which is replaced when told so."""
    for block in stack.resources("aws_instance"):
        if block.attribute("user_data") is None:
            for forced in ("false", "true"):
                lines = (
                    'user_data = "#!/bin/sh\\necho started\\n"\n'
                    f"user_data_replace_on_change = {forced}"
                )
                yield Site(
                    where=place(block),
                    parameter=f"replaced: {forced}",
                    splices=(add_line(stack, block, lines),),
                )


def _container(stack: Stack) -> Iterator[Site]:
    """Another setting of the containers, which makes a new revision of their definition."""
    for block in stack.resources("aws_ecs_task_definition"):
        value = block.value("container_definitions")
        if value is None:
            continue
        for item in value.walk():
            essential = item.entry("essential") if item.kind == "object" else None
            if essential is not None:
                text = stack.texts[essential.path]
                line = text[text.rfind("\n", 0, essential.start) + 1 : essential.start]
                for setting in ("stopTimeout = 60", "readonlyRootFilesystem = true"):
                    joint = f"\n{line}" if not line.strip() else ", "
                    splice = Splice(
                        path=essential.path,
                        start=essential.end,
                        end=essential.end,
                        text=f"{joint}{setting}",
                    )
                    yield Site(where=place(block), parameter=setting, splices=(splice,))


OPERATORS: tuple[Operator, ...] = (
    change("other-zone", _FAMILY, {"availability_zone", "zone"}, _TEXT, _zone),
    change("internal", _FAMILY, {"internal"}, _TRUTH, fixed("true", "false"), types=("aws_lb",)),
    change("group-port", _FAMILY, {"port"}, _NUMBER, _next, types=_GROUP),
    change(
        "group-protocol",
        _FAMILY,
        {"protocol"},
        _TEXT,
        mapped({"HTTP": ("HTTPS",), "HTTPS": ("HTTP",)}),
        types=_GROUP,
    ),
    change("listener-port", _FAMILY, {"port"}, _NUMBER, _next, types=("aws_lb_listener",)),
    change("database-name", _FAMILY, {"db_name", "database_name"}, _TEXT, _suffixed),
    change("user-name", _FAMILY, {"username", "master_username"}, _TEXT, _suffixed),
    change("public-access", _FAMILY, {"publicly_accessible"}, _TRUTH, fixed("true", "false")),
    change("public-address-off", _FAMILY, _PUBLIC, _TRUTH, turned(False)),
    change(
        "performance-mode",
        _FAMILY,
        {"performance_mode"},
        _TEXT,
        mapped({"generalPurpose": ("maxIO",)}),
    ),
    change(
        "billing-mode",
        _FAMILY,
        {"billing_mode"},
        _TEXT,
        mapped({"PROVISIONED": ("PAY_PER_REQUEST",)}),
        calm=True,
    ),
    change("names-in-network", _FAMILY, {"enable_dns_hostnames"}, _TRUTH, turned(False)),
    Operator(name="table-key", family=_FAMILY, find=_table_key),
    Operator(name="index-projection", family=_FAMILY, find=_index),
    Operator(name="add-path", family=_FAMILY, find=_path),
    Operator(name="fifo", family=_FAMILY, find=_fifo, share=0.7),
    Operator(name="boot-script", family=_FAMILY, find=_boot),
    Operator(name="container-setting", family=_FAMILY, find=_container, calm=True),
)
