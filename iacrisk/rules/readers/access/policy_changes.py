"""Where a change holds IAM-style policies, and what they were and become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog.permissions import (
    IDENTITY_POLICIES,
    POLICY_DEFAULTS_TO_COMPUTED,
    RESOURCE_POLICIES,
    TRUST_POLICIES,
    PolicyKind,
)
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.plan.policy_document import (
    Policy,
    parse_policy,
)
from iacrisk.plan.values import members
from iacrisk.rules.context import Context

POLICY_TYPES: Final = frozenset(
    {
        *IDENTITY_POLICIES,
        *TRUST_POLICIES,
        *RESOURCE_POLICIES,
        "aws_cloudwatch_event_permission",
        "aws_lambda_layer_version_permission",
        "aws_lambda_permission",
    }
)
"""Types that hold a policy."""

UNKNOWN_TEXT: Final = "(known after apply)"


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """One policy of a change. `after` holds what is known of it where `is_unknown`."""

    kind: PolicyKind
    path: Path
    before: Policy | None
    after: Policy | None
    is_unknown: bool = False


def policy_changes(change: ResourceChange, context: Context) -> Iterator[PolicyChange]:
    """The policies that the change sets, alters or removes."""
    tables = (
        (PolicyKind.IDENTITY, IDENTITY_POLICIES),
        (PolicyKind.TRUST, TRUST_POLICIES),
        (PolicyKind.RESOURCE, RESOURCE_POLICIES),
    )
    for kind, table in tables:
        name = table.get(change.type)
        if name is not None and name in change.changed:
            yield _document(change, context, kind, name)
    if change.type == "aws_iam_role" and "inline_policy" in change.changed:
        yield _inline_policies(change)
    if change.type in _PERMISSIONS:
        yield _permission(change)


def policies_now(change: ResourceChange, tree: dict[str, Any]) -> Policy | None:
    """The identity policies of one side (`before` or `after`) of a change as one policy."""
    name = IDENTITY_POLICIES.get(change.type)
    if name is not None:
        return parse_policy(tree.get(name))
    return _merged(_documents(tree.get("inline_policy")))


def _document(
    change: ResourceChange, context: Context, kind: PolicyKind, name: str
) -> PolicyChange:
    after = change.after.get(name)
    unknown = after is UNKNOWN
    if change.kind is not ActionKind.UPDATE and change.type in POLICY_DEFAULTS_TO_COMPUTED:
        unknown = False
    return PolicyChange(
        kind=kind,
        path=(name,),
        before=parse_policy(change.before.get(name)),
        after=_read_at_apply(change, context, name) if after is UNKNOWN else parse_policy(after),
        is_unknown=unknown,
    )


def _inline_policies(change: ResourceChange) -> PolicyChange:
    after = change.after.get("inline_policy")
    blocks = after if isinstance(after, list) else []
    return PolicyChange(
        kind=PolicyKind.IDENTITY,
        path=("inline_policy",),
        before=_merged(_documents(change.before.get("inline_policy"))),
        after=_merged(_documents(after)),
        is_unknown=after is UNKNOWN
        or any(block is UNKNOWN or _field(block, "policy") is UNKNOWN for block in blocks),
    )


def _documents(blocks: Any) -> list[Any]:
    return [_field(block, "policy") for block in blocks] if isinstance(blocks, list) else []


def _merged(documents: list[Any]) -> Policy:
    parsed = [policy for policy in map(parse_policy, documents) if policy is not None]
    return Policy(tuple(statement for policy in parsed for statement in policy.statements))


# Permissions that are one statement


_PERMISSIONS: Final = {
    "aws_cloudwatch_event_permission": ("event_bus_name", "action", "events:PutEvents"),
    "aws_lambda_layer_version_permission": ("layer_name", "action", "lambda:GetLayerVersion"),
    "aws_lambda_permission": ("function_name", "action", "lambda:InvokeFunction"),
}
_CONDITION_KEYS: Final = {
    "event_source_token": "lambda:EventSourceToken",
    "function_url_auth_type": "lambda:FunctionUrlAuthType",
    "organization_id": "aws:PrincipalOrgID",
    "principal_org_id": "aws:PrincipalOrgID",
    "source_account": "AWS:SourceAccount",
    "source_arn": "AWS:SourceArn",
}


def _permission(change: ResourceChange) -> PolicyChange:
    deciding = ("action", "principal", _PERMISSIONS[change.type][0])
    return PolicyChange(
        kind=PolicyKind.RESOURCE,
        path=("principal",),
        before=permission_policy(change.type, change.before),
        after=permission_policy(change.type, change.after),
        is_unknown=any(change.after.get(name) is UNKNOWN for name in deciding),
    )


def permission_policy(type_name: str, tree: dict[str, Any]) -> Policy | None:
    """The statement that a permission resource stands for."""
    if not tree:
        return None
    target, action, default = _PERMISSIONS[type_name]
    tests = {key: _shown(tree[name]) for name, key in _CONDITION_KEYS.items() if tree.get(name)}
    principal = _shown(tree.get("principal"))
    is_service = principal.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    return parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": _shown(tree.get(action) or default),
                "Resource": _resource(_shown(tree.get(target)), tree.get("qualifier")),
                "Principal": {"Service" if is_service else "AWS": principal},
                "Condition": {"ArnLike": tests} if tests else {},
            },
        }
    )


def _resource(target: str, qualifier: Any) -> str:
    """A function by its bare name, so that an ARN and a name are the same."""
    name = target.rpartition(":function:")[2]
    return f"{name}:{_shown(qualifier)}" if qualifier else name


def _shown(value: Any) -> str:
    return UNKNOWN_TEXT if value is UNKNOWN else str(value or "")


# Policies from a data source that is read at apply


def _read_at_apply(change: ResourceChange, context: Context, name: str) -> Policy | None:
    """What is known of a policy that `data.aws_iam_policy_document` makes during the apply."""
    for use in context.graph.dependencies(change.label):
        source = use.node.change
        if source is None or use.node.type != "aws_iam_policy_document":
            continue
        if use.argument.partition(".")[0] in {name, ""}:
            return _policy_of_blocks(source.after)
    return None


def _policy_of_blocks(tree: dict[str, Any]) -> Policy | None:
    blocks = tree.get("statement")
    if not isinstance(blocks, list):
        return None
    return parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": [_statement(block) for block in blocks if isinstance(block, dict)],
        }
    )


def _statement(block: dict[str, Any]) -> dict[str, Any]:
    names = {
        "actions": "Action",
        "not_actions": "NotAction",
        "resources": "Resource",
        "not_resources": "NotResource",
    }
    made: dict[str, Any] = {
        keyword: _texts(block[name]) for name, keyword in names.items() if block.get(name)
    }
    made |= {
        keyword: {"AWS": [text for item in members(block.get(name)) for text in _ids(item)]}
        for name, keyword in (("principals", "Principal"), ("not_principals", "NotPrincipal"))
        if block.get(name)
    }
    tests: dict[str, Any] = {}
    for item in members(block.get("condition")):
        keys = tests.setdefault(_shown(item.get("test")), {})
        keys[_shown(item.get("variable"))] = _texts(item.get("values"))
    return made | {"Effect": block.get("effect") or "Allow", "Condition": tests}


def _ids(principals: dict[str, Any]) -> list[str]:
    return _texts(principals.get("identifiers"))


def _texts(value: Any) -> list[str]:
    return [_shown(item) for item in value] if isinstance(value, list) else [_shown(value)]


def _field(block: Any, name: str) -> Any:
    return block.get(name) if isinstance(block, dict) else None
