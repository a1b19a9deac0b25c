"""Network: the rules of security groups, inside their group and apart from it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from iacrisk.training.operators.literals import Setting, offered, settings
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
from iacrisk.training.operators.syntax import Attribute, Block, Expression

_FAMILY = "network"
RULE_RANGES = frozenset({"cidr_blocks", "cidr_ipv4", "office_cidrs", "allowed_cidrs", "cidrs"})
_RULES = (
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_network_acl_rule",
)
_ANYWHERE = "0.0.0.0/0"


def network_of(text: str) -> IPv4Network | None:
    """The range that a text names, or None."""
    try:
        return IPv4Network(text)
    except ValueError:
        return None


def ranges(setting: Setting) -> Iterator[Expression]:
    """The address ranges in a value, one by one."""
    value = setting.value
    for word in value.items if value.kind == "list" else (value,):
        if word.kind == "text" and network_of(word.literal):
            yield word


def _narrow_range(stack: Stack) -> Iterator[Site]:
    """One half of the range, or an office in place of everybody."""
    for setting in settings(stack):
        if setting.name not in RULE_RANGES:
            continue
        for word in ranges(setting):
            network = network_of(word.literal)
            if network is None or network.prefixlen >= 31:
                continue
            halves = [str(half) for half in network.subnets()]
            chosen = ("10.0.0.0/8", "203.0.113.0/24") if network.prefixlen == 0 else halves
            for text in chosen:
                yield replaced(setting, word, text)


def _widen_range(stack: Stack) -> Iterator[Site]:
    """Twice the range, or everybody."""
    for setting in settings(stack):
        if setting.name not in RULE_RANGES:
            continue
        for word in ranges(setting):
            network = network_of(word.literal)
            if network is not None and network.prefixlen:
                yield replaced(setting, word, str(network.supernet()))
                yield replaced(setting, word, _ANYWHERE)


def replaced(setting: Setting, word: Expression, text: str) -> Site:
    """The site at which one range of a value becomes another."""
    return Site(
        where=setting.where,
        parameter=f"{word.literal} to {text}",
        splices=(replace(word, f'"{text}"'),),
    )


def _add_range(stack: Stack) -> Iterator[Site]:
    """One office more in the list."""
    for setting in settings(stack):
        if setting.name in RULE_RANGES and setting.value.kind == "list":
            words = [item.text for item in setting.value.items]
            for more in ('"192.0.2.0/24"', '"10.0.0.0/8"'):
                if more not in words:
                    yield from offered(setting, [f"[{', '.join([*words, more])}]"])


def rule_blocks(stack: Stack) -> Iterator[tuple[str, Block]]:
    """Every rule, standing alone or inside its group or ACL."""
    for block in stack.resources(*_RULES):
        yield place(block), block
    for block in stack.resources("aws_security_group", "aws_network_acl"):
        for kind in ("ingress", "egress"):
            for index, rule in enumerate(block.nested(kind)):
                yield place(block, f"{kind}[{index}]"), rule


def _drop_rule(stack: Stack) -> Iterator[Site]:
    for where, rule in rule_blocks(stack):
        yield Site(where=where, parameter="", splices=(cut(stack, rule),))


def _ports(rule: Block) -> tuple[Expression, Expression] | None:
    low, high = rule.value("from_port"), rule.value("to_port")
    if low is None or high is None or low.kind != "number" or high.kind != "number":
        return None
    return (low, high) if 0 < int(low.text) <= int(high.text) < 65535 else None


def _shift_port(stack: Stack) -> Iterator[Site]:
    """The rule for another port."""
    for where, rule in rule_blocks(stack):
        if ports := _ports(rule):
            text = str(int(ports[0].text) + 1)
            splices = (replace(ports[0], text), replace(ports[1], text))
            yield Site(where=where, parameter=text, splices=splices)


def _widen_ports(stack: Stack) -> Iterator[Site]:
    """Some ports more, or all."""
    for where, rule in rule_blocks(stack):
        if ports := _ports(rule):
            higher = str(int(ports[1].text) + 10)
            yield Site(where=where, parameter=f"to {higher}", splices=(replace(ports[1], higher),))
            splices = (replace(ports[0], "0"), replace(ports[1], "65535"))
            yield Site(where=where, parameter="all", splices=splices)


def _protocol(stack: Stack) -> Iterator[Site]:
    for where, rule in rule_blocks(stack):
        for name in ("protocol", "ip_protocol"):
            value = rule.value(name)
            if value is not None and value.literal == "tcp":
                yield Site(where=where, parameter="udp", splices=(replace(value, '"udp"'),))


def _groups(stack: Stack) -> Iterator[tuple[Block, bool]]:
    """Groups without count, with whether they hold rules themselves."""
    for block in stack.resources("aws_security_group"):
        if block.attribute("for_each") is None and block.attribute("count") is None:
            yield block, bool(block.nested("ingress") or block.nested("egress"))


def _add_covered_rule(stack: Stack) -> Iterator[Site]:
    """A rule for a part of what another rule lets through already."""
    for block in stack.resources(*_RULES[:3]):
        if block.attribute("count") or block.attribute("for_each"):
            continue
        text = stack.texts[block.path][block.start : block.end]
        if f'"{_ANYWHERE}"' not in text:
            continue
        for network in ("10.0.0.0/8", "192.0.2.0/24"):
            copied = text.replace(f'"{_ANYWHERE}"', f'"{network}"')
            label = f"{block.labels[1]}_{network.partition('.')[0]}"
            copied = copied.replace(f'"{block.labels[1]}"', f'"{label}"', 1)
            yield Site(
                where=place(block),
                parameter=network,
                splices=(append(stack, block.path, f"{copied}\n"),),
            )


def _rule_apart(stack: Stack) -> Iterator[Site]:
    """A rule inside a group becomes one that stands alone."""
    for block, _ in _groups(stack):
        for kind in ("ingress", "egress"):
            for index, rule in enumerate(block.nested(kind)):
                lines = [
                    f"  {attribute.name} = {_apart(attribute)}\n"
                    for attribute in rule.attributes
                    if attribute.name != "description"
                ]
                text = (
                    f'resource "aws_security_group_rule" "{block.labels[1]}_{kind}_{index}" {{\n'
                    f'  type = "{kind}"\n  security_group_id = {block.address}.id\n'
                    f"{''.join(lines)}}}\n"
                ).replace("  security_groups =", "  source_security_group_id =")
                yield Site(
                    where=place(block, f"{kind}[{index}]"),
                    parameter="",
                    splices=(cut(stack, rule), append(stack, block.path, text)),
                )


def _apart(attribute: Attribute) -> str:
    """The value as a rule of its own takes it: one group instead of a list."""
    value = attribute.value
    if attribute.name == "security_groups" and len(value.items) == 1:
        return value.items[0].text
    return value.text


_NEW_RULES = {
    "metrics from inside": ("ingress", 9100, "10.0.0.0/8"),
    "ssh from an office": ("ingress", 22, "203.0.113.0/24"),
    "ssh from anywhere": ("ingress", 22, _ANYWHERE),
    "database from anywhere": ("ingress", 5432, _ANYWHERE),
    "https to anywhere": ("egress", 443, _ANYWHERE),
}


def _add_rule(stack: Stack) -> Iterator[Site]:
    """A rule more, in the way the group has its rules already."""
    for block, inline in _groups(stack):
        for parameter, (kind, port, network) in _NEW_RULES.items():
            if inline:
                splice = add_line(stack, block, _inline(kind, port, network))
            else:
                text = _standalone(block, kind, port, network)
                splice = append(stack, block.path, text)
            yield Site(where=place(block), parameter=parameter, splices=(splice,))


def _add_inline_rule(stack: Stack) -> Iterator[Site]:
    """A rule inside a group whose rules stand outside, which takes those away."""
    for block, inline in _groups(stack):
        if not inline:
            text = _inline("ingress", 9100, "10.0.0.0/8")
            yield Site(where=place(block), parameter="", splices=(add_line(stack, block, text),))


def _inline(kind: str, port: int, network: str) -> str:
    return (
        f"\n{kind} {{\n  from_port   = {port}\n  to_port     = {port}\n"
        f'  protocol    = "tcp"\n  cidr_blocks = ["{network}"]\n}}'
    )


def _standalone(block: Block, kind: str, port: int, network: str) -> str:
    label = f"{block.labels[1]}_{kind}_{port}"
    return (
        f'resource "aws_security_group_rule" "{label}" {{\n'
        f'  type              = "{kind}"\n'
        f"  security_group_id = {block.address}.id\n"
        f"  from_port         = {port}\n"
        f"  to_port           = {port}\n"
        f'  protocol          = "tcp"\n'
        f'  cidr_blocks       = ["{network}"]\n}}\n'
    )


def _swap_group(stack: Stack) -> Iterator[Site]:
    """Another group of the module where one is meant."""
    for block in stack.resources():
        names = [
            other.labels[1]
            for file in stack.module_files(block.path)
            for other in file.nested("resource")
            if other.type == "aws_security_group"
        ]
        for value in block.expressions():
            parts = value.text.split(".")
            if value.kind != "reference" or parts[0] != "aws_security_group" or len(parts) != 3:
                continue
            for name in names:
                if name != parts[1]:
                    yield Site(
                        where=place(block, f"@{value.start - block.start}"),
                        parameter=f"{parts[1]} to {name}",
                        splices=(replace(value, f"aws_security_group.{name}.{parts[2]}"),),
                    )


OPERATORS: tuple[Operator, ...] = (
    Operator(name="narrow-range", family=_FAMILY, find=_narrow_range),
    Operator(name="widen-range", family=_FAMILY, find=_widen_range),
    Operator(name="add-range", family=_FAMILY, find=_add_range, calm=True, share=1.5),
    Operator(name="drop-rule", family=_FAMILY, find=_drop_rule),
    Operator(name="shift-port", family=_FAMILY, find=_shift_port),
    Operator(name="widen-ports", family=_FAMILY, find=_widen_ports, calm=True),
    Operator(name="other-protocol", family=_FAMILY, find=_protocol, share=0.5),
    Operator(name="add-rule", family=_FAMILY, find=_add_rule, calm=True, share=2),
    Operator(name="add-inline-rule", family=_FAMILY, find=_add_inline_rule),
    Operator(name="add-covered-rule", family=_FAMILY, find=_add_covered_rule, calm=True),
    Operator(name="rule-apart", family=_FAMILY, find=_rule_apart),
    Operator(name="swap-group", family=_FAMILY, find=_swap_group),
)
