"""Who and when: principals, conditions and denials of statements, and attachments of policies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from iacrisk.training.operators.policy import Offers, Statement, on_statements
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    add_line,
    append,
    cut,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Expression

_FAMILY = "grants"
_SOURCES = ("10.0.0.0/8", "203.0.113.0/24")


def _add_condition(stack: Stack, statement: Statement) -> Offers:
    conditions = [
        *(("IpAddress", "aws:SourceIp", network) for network in _SOURCES),
        ("Bool", "aws:SecureTransport", "true"),
        ("Bool", "aws:MultiFactorAuthPresent", "true"),
        ("StringEquals", "aws:RequestedRegion", "us-east-1"),
    ]
    for test, variable, value in conditions:
        parameter = f"{variable} {value}"
        if statement.block is not None:
            text = (
                f'\ncondition {{\n  test     = "{test}"\n  variable = "{variable}"\n'
                f'  values   = ["{value}"]\n}}'
            )
            yield parameter, (add_line(stack, statement.block, text),)
        elif statement.form.entry("Condition") is None and statement.form.entries:
            yield (
                parameter,
                (
                    _add_entry(
                        stack,
                        statement.form,
                        f'Condition = {{ {test} = {{ "{variable}" = "{value}" }} }}',
                    ),
                ),
            )


def _add_entry(stack: Stack, form: Expression, entry: str) -> Splice:
    last = form.entries[-1]
    text = stack.texts[form.path]
    if "\n" in form.text:
        line = text.rfind("\n", 0, last.start) + 1
        margin = text[line : last.start]
        joint = f"\n{margin}" if not margin.strip() else ", "
    else:
        joint = ", "
    return Splice(path=form.path, start=last.end, end=last.end, text=f"{joint}{entry}")


def _drop_condition(stack: Stack, statement: Statement) -> Offers:
    if statement.block is not None:
        for index, block in enumerate(statement.block.nested("condition")):
            yield str(index), (cut(stack, block),)
    else:
        entries = statement.form.entries
        for before, entry in pairwise(entries):
            if entry.name == "Condition":
                yield (
                    "",
                    (Splice(path=entry.path, start=before.end, end=entry.end, text=""),),
                )


def _deny(_stack: Stack, statement: Statement) -> Offers:
    """A denial beside an allowance: of what it allows, or of deleting, which it may not allow."""
    words, resources = statement.words("Action"), statement.part("Resource")
    if resources is None or statement.trust or not words:
        return
    service = statement.service
    choices = [words[-1].literal, *([f"{service}:Delete*"] if service else [])]
    for action in choices:
        if statement.block is not None:
            text = _deny_block(statement, action)
            place = statement.block
            splice = Splice(path=place.path, start=place.end, end=place.end, text=text)
        else:
            form = statement.form
            principal = form.entry("Principal")
            granted = 'Principal = "*", ' if principal is not None else ""
            text = (
                f'{{ Effect = "Deny", {granted}Action = "{action}", '
                f"Resource = {resources.value.text} }}, "
            )
            splice = Splice(path=form.path, start=form.start, end=form.start, text=text)
        yield action, (splice,)


def _deny_block(statement: Statement, action: str) -> str:
    assert statement.block is not None  # noqa: S101 - the caller has checked
    resources = statement.part("Resource")
    assert resources is not None  # noqa: S101
    principals = ""
    if statement.block.nested("principals"):
        principals = (
            '\n\n    principals {\n      type        = "*"\n      identifiers = ["*"]\n    }'
        )
    return (
        f'\n\n  statement {{\n    effect    = "Deny"\n    actions   = ["{action}"]\n'
        f"    resources = {resources.value.text}{principals}\n  }}"
    )


_STRANGER = "arn:aws:iam::444455556666:root"
_OTHER_SERVICES = {
    "ec2.amazonaws.com": "ecs.amazonaws.com",
    "ecs-tasks.amazonaws.com": "ecs.amazonaws.com",
    "lambda.amazonaws.com": "edgelambda.amazonaws.com",
    "events.amazonaws.com": "scheduler.amazonaws.com",
    "sns.amazonaws.com": "events.amazonaws.com",
    "s3.amazonaws.com": "sns.amazonaws.com",
}


def _principals(statement: Statement) -> Iterator[tuple[str, Expression]]:
    """The kind and the value of each principal."""
    if statement.block is not None:
        for block in statement.block.nested("principals"):
            kind, value = block.value("type"), block.value("identifiers")
            if kind is not None and value is not None:
                yield kind.literal, value
    elif (found := statement.form.entry("Principal")) is not None:
        for entry in found.value.entries:
            yield entry.name, entry.value


def _add_principal(_stack: Stack, statement: Statement) -> Offers:
    """One principal more beside the present ones."""
    for kind, value in _principals(statement):
        more = {"AWS": _STRANGER, "Service": "edgelambda.amazonaws.com"}.get(kind)
        words = value.items if value.kind == "list" else (value,)
        if not more or any(word.literal == more for word in words):
            continue
        if _whole_list(statement, value):
            yield more, (replace(value, f'concat({value.text}, ["{more}"])'),)
        else:
            listed = ", ".join([*(word.text for word in words), f'"{more}"'])
            yield more, (replace(value, f"[{listed}]"),)


def _whole_list(statement: Statement, value: Expression) -> bool:
    """Whether the value stands for a list, as a variable may in a block."""
    return statement.block is not None and value.kind not in {"list", "text", "template"}


def _other_principal(_stack: Stack, statement: Statement) -> Offers:
    """Another principal in place of one."""
    for kind, value in _principals(statement):
        for word in value.items if value.kind == "list" else (value,):
            new = _OTHER_SERVICES.get(word.literal) or (_STRANGER if kind == "AWS" else "")
            if new:
                text = f'["{new}"]' if _whole_list(statement, value) else f'"{new}"'
                yield f"{kind} {new}", (replace(word, text),)


def _anyone(_stack: Stack, statement: Statement) -> Offers:
    """Everybody instead of the principals."""
    if statement.block is not None:
        for block in statement.block.nested("principals"):
            kind, value = block.value("type"), block.value("identifiers")
            if kind is not None and value is not None and "*" not in value.text:
                yield "*", (replace(kind, '"*"'), replace(value, '["*"]'))
    else:
        found = statement.form.entry("Principal")
        if found is not None and found.value.literal != "*":
            yield "*", (replace(found.value, '"*"'),)


def _detach(stack: Stack) -> Iterator[Site]:
    """An attachment goes."""
    for block in stack.resources(*_ATTACHMENTS):
        yield Site(where=place(block), parameter="", splices=(cut(stack, block),))


_ATTACHMENTS = (
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_role_policy",
    "aws_iam_group_membership",
    "aws_iam_user_group_membership",
    "aws_lambda_permission",
    "aws_s3_bucket_policy",
    "aws_sqs_queue_policy",
    "aws_sns_topic_policy",
)
_MANAGED = "arn:aws:iam::aws:policy"


def _attach(stack: Stack) -> Iterator[Site]:
    """A managed policy more on a role."""
    for block in stack.resources("aws_iam_role"):
        if block.attribute("for_each") or block.attribute("count"):
            continue
        for policy in ("ReadOnlyAccess", "CloudWatchAgentServerPolicy", "AdministratorAccess"):
            text = _block(
                "aws_iam_role_policy_attachment",
                f"{block.labels[1]}_{policy.lower()}",
                role=f"{block.address}.name",
                policy_arn=f'"{_MANAGED}/{policy}"',
            )
            yield Site(
                where=place(block),
                parameter=policy,
                splices=(append(stack, block.path, text),),
            )


def _attach_exclusively(stack: Stack) -> Iterator[Site]:
    """The attachment that thinks it is the only one."""
    for block in stack.resources("aws_iam_role_policy_attachment"):
        role, policy = block.value("role"), block.value("policy_arn")
        if role is None or policy is None or block.attribute("for_each"):
            continue
        text = _block(
            "aws_iam_policy_attachment",
            f"{block.labels[1]}_only",
            name=f'"{block.labels[1].replace("_", "-")}-only"',
            roles=f"[{role.text}]",
            policy_arn=policy.text,
        )
        yield Site(where=place(block), parameter="", splices=(replace(block, text.rstrip()),))


def _exclusive_list(stack: Stack) -> Iterator[Site]:
    """A list of all attachments, or of none, beside the single ones."""
    for block in stack.resources("aws_iam_role"):
        if block.attribute("for_each") or block.attribute("count"):
            continue
        text = _block(
            "aws_iam_role_policy_attachments_exclusive",
            block.labels[1],
            role_name=f"{block.address}.name",
            policy_arns="[]",
        )
        yield Site(where=place(block), parameter="", splices=(append(stack, block.path, text),))


def _block(kind: str, label: str, **attributes: str) -> str:
    width = max(map(len, attributes))
    lines = [f"  {name:<{width}} = {value}\n" for name, value in attributes.items()]
    return f'resource "{kind}" "{label}" {{\n{"".join(lines)}}}\n'


OPERATORS: tuple[Operator, ...] = (
    on_statements("add-condition", _FAMILY, _add_condition),
    on_statements("drop-condition", _FAMILY, _drop_condition),
    on_statements("deny", _FAMILY, _deny),
    on_statements("add-principal", _FAMILY, _add_principal, calm=True),
    on_statements("other-principal", _FAMILY, _other_principal),
    on_statements("anyone", _FAMILY, _anyone, share=0.7),
    Operator(name="detach", family=_FAMILY, find=_detach),
    Operator(name="attach", family=_FAMILY, find=_attach, calm=True, share=1.5),
    Operator(name="attach-exclusively", family=_FAMILY, find=_attach_exclusively),
    Operator(name="exclusive-list", family=_FAMILY, find=_exclusive_list, share=0.5),
)
