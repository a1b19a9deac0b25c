"""Routes: where packets go, ACLs on their way and the ranges of networks and subnets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from iacrisk.training.operators.literals import change, settings
from iacrisk.training.operators.network import (
    RULE_RANGES,
    network_of,
    ranges,
    replaced,
    rule_blocks,
)
from iacrisk.training.operators.numbers import mapped
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Stack,
    add_line,
    append,
    cut,
    place,
    replace,
)

_FAMILY = "routes"


def _add_route(stack: Stack) -> Iterator[Site]:
    """A route that is more specific than the default route, the way nothing leaves."""
    for block in stack.resources("aws_route"):
        if block.attribute("for_each") or block.attribute("count"):
            continue
        gateway = next(
            (
                (name, value.text)
                for name in ("gateway_id", "nat_gateway_id", "vpc_peering_connection_id")
                if (value := block.value(name))
            ),
            None,
        )
        table = block.value("route_table_id")
        if gateway is None or table is None:
            continue
        for network in ("203.0.113.0/24", "192.168.0.0/16", "10.0.0.0/8", "52.0.0.0/8"):
            text = (
                f'resource "aws_route" "{block.labels[1]}_{network.split(".", maxsplit=1)[0]}" {{\n'
                f"  route_table_id         = {table.text}\n"
                f'  destination_cidr_block = "{network}"\n'
                f"  {gateway[0]:<22} = {gateway[1]}\n}}\n"
            )
            yield Site(
                where=place(block), parameter=network, splices=(append(stack, block.path, text),)
            )


def _drop_route(stack: Stack) -> Iterator[Site]:
    for block in stack.resources("aws_route", "aws_route_table_association"):
        yield Site(where=place(block), parameter="", splices=(cut(stack, block),))


def _acl_number(stack: Stack) -> Iterator[Site]:
    """The rule earlier or later among the others."""
    for where, rule in rule_blocks(stack):
        for name in ("rule_number", "rule_no"):
            value = rule.value(name)
            if value is not None and value.kind == "number":
                for number in (max(1, int(value.text) // 10), int(value.text) * 10):
                    yield Site(
                        where=where, parameter=str(number), splices=(replace(value, str(number)),)
                    )


def _acl_deny(stack: Stack) -> Iterator[Site]:
    """A refusal ahead of all rules of an ACL."""
    for block in stack.resources("aws_network_acl"):
        inline = bool(block.nested("ingress"))
        for network in ("198.18.0.0/15", "203.0.113.0/24", "10.0.0.0/8"):
            if inline:
                text = (
                    '\ningress {\n  rule_no    = 5\n  action     = "deny"\n  protocol   = "-1"\n'
                    f'  cidr_block = "{network}"\n  from_port  = 0\n  to_port    = 0\n}}'
                )
                splice = add_line(stack, block, text)
            else:
                text = (
                    f'resource "aws_network_acl_rule" "{block.labels[1]}_refused" {{\n'
                    f"  network_acl_id = {block.address}.id\n  rule_number    = 5\n"
                    '  rule_action    = "deny"\n  protocol       = "-1"\n'
                    f'  cidr_block     = "{network}"\n}}\n'
                )
                splice = append(stack, block.path, text)
            yield Site(where=place(block), parameter=network, splices=(splice,))


def _move_subnet(stack: Stack) -> Iterator[Site]:
    """Another range for a network or a subnet."""
    for setting in settings(stack):
        if not setting.name.endswith(("cidr", "cidr_block")) and "cidrs" not in setting.name:
            continue
        if setting.name in RULE_RANGES or setting.block.type.endswith(("rule", "route")):
            continue
        for word in ranges(setting):
            network = network_of(word.literal)
            if network is not None and 16 <= network.prefixlen <= 26:
                step = 2 ** (32 - network.prefixlen) * 32
                moved = IPv4Network((int(network.network_address) ^ step, network.prefixlen))
                yield replaced(setting, word, str(moved))


OPERATORS: tuple[Operator, ...] = (
    Operator(name="add-route", family=_FAMILY, find=_add_route, share=1.5),
    Operator(name="drop-route", family=_FAMILY, find=_drop_route),
    Operator(name="acl-number", family=_FAMILY, find=_acl_number),
    Operator(name="acl-deny", family=_FAMILY, find=_acl_deny),
    Operator(name="move-subnet", family=_FAMILY, find=_move_subnet, share=0.5),
    change(
        "rule-action",
        _FAMILY,
        {"action", "rule_action"},
        ("text",),
        mapped({"allow": ("deny",), "deny": ("allow",)}),
    ),
)
