"""Permissions: what statements allow and deny, narrowed, widened, split and reordered."""

from __future__ import annotations

from iacrisk.training.operators.literals import short
from iacrisk.training.operators.policy import Offers, Statement, on_statements
from iacrisk.training.operators.stack import Operator, Stack, drop_item, replace
from iacrisk.training.operators.syntax import Expression

_FAMILY = "permissions"


def _drop_statement(stack: Stack, statement: Statement) -> Offers:
    if not statement.alone:
        yield _sid(statement), (statement.removed(stack),)


def _sid(statement: Statement) -> str:
    words = statement.words("Sid")
    return words[0].literal if words else ""


def _drop_action(_stack: Stack, statement: Statement) -> Offers:
    yield from _drop_word(statement, "Action")


def _drop_resource(_stack: Stack, statement: Statement) -> Offers:
    yield from _drop_word(statement, "Resource")


def _drop_word(statement: Statement, name: str) -> Offers:
    words = statement.words(name)
    if len(words) > 1:
        for index, word in enumerate(words):
            yield short(word.literal), (drop_item(words, index),)


_READS = {
    "s3": "s3:GetObjectTagging",
    "dynamodb": "dynamodb:DescribeTable",
    "sqs": "sqs:GetQueueUrl",
    "sns": "sns:GetTopicAttributes",
    "kms": "kms:DescribeKey",
    "ssm": "ssm:DescribeParameters",
    "secretsmanager": "secretsmanager:DescribeSecret",
    "logs": "logs:DescribeLogStreams",
    "kinesis": "kinesis:DescribeStreamSummary",
    "ecr": "ecr:DescribeImages",
    "lambda": "lambda:GetFunctionConfiguration",
    "iam": "iam:GetRole",
    "glue": "glue:GetDatabases",
    "ecs": "ecs:DescribeServices",
}


def _add_action(_stack: Stack, statement: Statement) -> Offers:
    """A harmless reading action more, which nobody uses yet."""
    action = _READS.get(statement.service)
    words = statement.words("Action")
    if action and words and all(word.literal != action for word in words):
        part = statement.part("Action")
        if part is not None:
            listed = ", ".join([*(word.text for word in words), f'"{action}"'])
            yield action, (replace(part.value, f"[{listed}]"),)


def _widen_action(_stack: Stack, statement: Statement) -> Offers:
    service, part = statement.service, statement.part("Action")
    words = [word.literal for word in statement.words("Action")]
    if service and part is not None and words != [f"{service}:*"] and not statement.trust:
        wide = f'"{service}:*"'
        yield f"{service}:*", (replace(part.value, _as_before(part.value, wide)),)


def _as_before(value: Expression, text: str) -> str:
    return f"[{text}]" if value.kind == "list" else text


def _narrow_action(_stack: Stack, statement: Statement) -> Offers:
    """One reading action in place of all: what a reviewer of least privilege proposes."""
    words, part = statement.words("Action"), statement.part("Action")
    if part is None or statement.trust:
        return
    reading = [word for word in words if _reads(word.literal)]
    if 0 < len(reading) < len(words):
        listed = ", ".join(word.text for word in reading)
        yield "reading only", (replace(part.value, f"[{listed}]"),)
    for word in words:
        service, _, verb = word.literal.partition(":")
        if verb == "*" and service in _READS:
            yield (
                f"{service}: reading",
                (replace(part.value, f'["{service}:Get*", "{service}:List*"]'),),
            )


def _reads(action: str) -> bool:
    verb = action.partition(":")[2]
    return verb.startswith(("Get", "List", "Describe", "Query", "Receive", "Batch", "Scan"))


def _widen_resource(_stack: Stack, statement: Statement) -> Offers:
    part = statement.part("Resource")
    if part is not None and part.value.literal not in {"*", '["*"]'}:
        yield "*", (replace(part.value, _as_before(part.value, '"*"')),)


def _narrow_resource(_stack: Stack, statement: Statement) -> Offers:
    """The objects of one folder, or the thing itself without what is inside."""
    for word in statement.words("Resource"):
        text = word.literal
        if word.kind != "template" or not text.endswith("/*"):
            continue
        for narrow in (f"{text[:-1]}public/*", text.removesuffix("/*")):
            yield short(narrow), (replace(word, f'"{narrow}"'),)


def _reorder(_stack: Stack, statement: Statement) -> Offers:
    """The words in the other direction, which means the same."""
    for name in ("Action", "Resource"):
        words = statement.words(name)
        if len(words) > 1:
            pairs = zip(words, reversed(words), strict=True)
            yield name, tuple(replace(old, new.text) for old, new in pairs if old is not new)


def _swap_statements(stack: Stack, statement: Statement) -> Offers:
    """The statement and the next one change places."""
    if statement.block is not None:
        blocks = statement.owner.nested("statement")
        index = blocks.index(statement.block)
        following = blocks[index + 1 : index + 2]
    else:
        following = ()
    text = stack.texts[statement.owner.path]
    for other in following:
        assert statement.block is not None  # noqa: S101 - only blocks have a following one
        yield (
            "",
            (
                replace(statement.block, text[other.start : other.end]),
                replace(other, text[statement.block.start : statement.block.end]),
            ),
        )
    if statement.block is None and statement.index + 1 < len(statement.siblings):
        other_form = statement.siblings[statement.index + 1]
        yield (
            "",
            (
                replace(statement.form, other_form.text),
                replace(other_form, statement.form.text),
            ),
        )


def _split(stack: Stack, statement: Statement) -> Offers:
    """One statement becomes two with half of the actions each, which means the same."""
    words = statement.words("Action")
    if len(words) < 2 or statement.trust:
        return
    half = len(words) // 2
    whole = (
        statement.form.text
        if statement.block is None
        else stack.texts[statement.block.path][statement.block.start : statement.block.end]
    )
    start = statement.form.start if statement.block is None else statement.block.start
    part, sid = statement.part("Action"), statement.part("Sid")
    if part is None:
        return
    pieces = []
    for number, chosen in enumerate((words[:half], words[half:])):
        text = whole
        changes = [(part.value, "[" + ", ".join(word.text for word in chosen) + "]")]
        if sid is not None and number:
            changes.append((sid.value, f'"{sid.value.literal}More"'))
        for value, new in sorted(changes, key=lambda change: -change[0].start):
            text = text[: value.start - start] + new + text[value.end - start :]
        pieces.append(text)
    joint = "\n\n  " if statement.block is not None else ", "
    target = statement.block or statement.form
    yield "", (replace(target, joint.join(pieces)),)


def _rename_sid(_stack: Stack, statement: Statement) -> Offers:
    sid = statement.part("Sid")
    if sid is not None and sid.value.kind == "text":
        new = f"{sid.value.literal}Access"
        yield new, (replace(sid.value, f'"{new}"'),)


OPERATORS: tuple[Operator, ...] = (
    on_statements("drop-statement", _FAMILY, _drop_statement),
    on_statements("drop-action", _FAMILY, _drop_action),
    on_statements("drop-resource-of-statement", _FAMILY, _drop_resource),
    on_statements("add-action", _FAMILY, _add_action, calm=True, share=2),
    on_statements("widen-action", _FAMILY, _widen_action, calm=True),
    on_statements("narrow-action", _FAMILY, _narrow_action),
    on_statements("widen-resource", _FAMILY, _widen_resource),
    on_statements("narrow-resource", _FAMILY, _narrow_resource),
    on_statements("reorder-words", _FAMILY, _reorder, silent=True),
    on_statements("swap-statements", _FAMILY, _swap_statements, silent=True),
    on_statements("split-statement", _FAMILY, _split, calm=True, share=1.5),
    on_statements("rename-sid", _FAMILY, _rename_sid, calm=True, share=1.5),
)
