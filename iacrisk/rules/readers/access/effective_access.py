"""What principals may do before and after a plan, taken together over all their policies.

A statement that moves from an inline policy to a managed one, or from one attachment to another,
takes nothing from anybody; only the sum can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from iacrisk.catalog import attachment
from iacrisk.catalog.permissions import (
    IDENTITY_POLICIES,
    POLICY_ATTACHMENTS,
    RESOURCE_POLICIES,
)
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, wire
from iacrisk.plan.policy_document import (
    ANYTHING,
    EMPTY,
    NOWHERE,
    Effect,
    Matcher,
    Policy,
    Statement,
    account_of,
    parse_policy,
)
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.cloud_grants import GOOGLE_IAM
from iacrisk.rules.readers.access.policy_changes import permission_policy, policies_now
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.access.role_grants import grants_roles, role_grants
from iacrisk.rules.readers.shapes import last_part

Principal = str
"""`role/name`, `user/name` or `group/name`."""


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """Who applies the plan, as far as it can be read from it."""

    aws_account: str = ""
    aws_name: str = ""
    """`role/name` or `user/name`."""
    ids: frozenset[str] = frozenset()
    """Object ids and e-mail addresses on other clouds."""


class Side(Enum):
    """Today, or when the plan is applied."""

    BEFORE = "before"
    AFTER = "after"

    def of(self, change: ResourceChange) -> dict[str, Any]:
        """The attributes of `change` on this side."""
        return change.before if self is Side.BEFORE else change.after


class Access:
    """The sums over one plan, each made when it is first asked for. Ask `access_of` for it."""

    def __init__(self, context: Context) -> None:
        """Answer for `context`'s plan."""
        self._context = context
        self._sums: dict[tuple[Principal, Side], Policy] = {}
        self._resources: dict[str, dict[str, list[ResourceChange]]] = {}

    @cached_property
    def own_accounts(self) -> frozenset[str]:
        """The AWS accounts that the plan's resources live in."""
        return frozenset(_accounts(self._context)) - {""}

    @cached_property
    def gone(self) -> frozenset[str]:
        """By what others name the objects that go and do not come back."""
        return frozenset(_gone(self._context)) - self.targets

    @cached_property
    def targets(self) -> frozenset[str]:
        """The ids and ARNs of all that exists today and stays."""
        return frozenset(_kept(self._context))

    @cached_property
    def destroyed(self) -> frozenset[Principal]:
        """The principals that are destroyed, even where others with their names come after."""
        return frozenset(_managed_principals(self._context, destroyed=True))

    @cached_property
    def managed(self) -> frozenset[Principal]:
        """The principals of the plan that stay."""
        return frozenset(_managed_principals(self._context, destroyed=False))

    @property
    def uncertain(self) -> set[Principal]:
        """The principals that will have a policy which is not known at plan time."""
        return self._identities.uncertain

    def roles_of(self, change: ResourceChange) -> tuple[ResourceChange, ...]:
        """The roles of the plan that the change is about."""
        return tuple(
            self._role_changes[principal]
            for principal in self.principals_of(change)
            if principal in self._role_changes
        )

    @property
    def roles(self) -> dict[Principal, ResourceChange]:
        """The roles of the plan by principal."""
        return self._role_changes

    def arns_of(self, service: str) -> tuple[str, ...]:
        """The ARNs of a service's resources that exist today and stay."""
        return tuple(self._arns.get(service, ()))

    def knows(self, principal: Principal) -> bool:
        """Whether the plan shows the principal's policies for certain."""
        shown = any((principal, side) in self._identities.held for side in Side)
        return shown and principal not in self.uncertain

    def before(self, principal: Principal) -> Policy:
        """All that the principal's policies say today."""
        return self._all_of(principal, Side.BEFORE)

    def after(self, principal: Principal) -> Policy:
        """All that they say when the plan is applied."""
        return self._all_of(principal, Side.AFTER)

    def resource_after(self, change: ResourceChange, target: str) -> Policy:
        """All that policies of the type say on `target` when the plan is applied."""
        if change.type not in self._resources:
            self._resources[change.type] = _by_target(self._context, change.type)
        policies = map(_resource_policy, self._resources[change.type].get(target, ()))
        return _sum([policy for policy in policies if policy is not None])

    def roles_after(self, principal: str, scope: str) -> list[RoleGrant]:
        """The roles that a principal of any provider holds on a scope in the end."""
        return self._roles[Side.AFTER].get((principal, scope), [])

    def projects_of(self, name: str) -> tuple[str, ...]:
        """The Google projects of the buckets with this name."""
        return tuple(self._bucket_projects.get(name, ()))

    def roles_before(self, grant: RoleGrant) -> list[RoleGrant]:
        """The roles that the grant's principal holds on its scope today."""
        return self._roles[Side.BEFORE].get((grant.principal, grant.scope), [])

    def principals_of(self, change: ResourceChange) -> tuple[Principal, ...]:
        """Who holds the policy, or gets it by the attachment, today."""
        if change.type == "aws_iam_policy":
            return tuple(self._identities.holders.get(change.label, ()))
        return tuple(_principals(change.type, change.before))

    def attached(self, change: ResourceChange, side: Side) -> Policy:
        """What an attachment brings: the document in the plan, or a stand-in for it."""
        document = self._document(change, side)
        if document is None:
            return opaque_policy(_arn(change, side))
        return policies_now(document, side.of(document)) or EMPTY

    def policy_named(self, arn: str, side: Side) -> Policy:
        """The managed policy with this ARN: its document in the plan, or a stand-in for it."""
        document = self._documents.get(arn)
        if document is None:
            return opaque_policy(arn)
        return policies_now(document, side.of(document)) or EMPTY

    def shows_policy(self, arn: str) -> bool:
        """Whether the document of the managed policy is in the plan."""
        return arn in self._documents

    # What the sums are made of

    @cached_property
    def _identities(self) -> _Identities:
        found = _Identities()
        for change in self._context.plan.changes:
            if change.type.startswith("aws_iam_") and change.type != "aws_iam_policy":
                self._add_identity(change, found)
        return found

    def _add_identity(self, change: ResourceChange, found: _Identities) -> None:
        for side in Side:
            for principal in _principals(change.type, side.of(change)):
                found.held.setdefault((principal, side), []).append(change)
                if side is Side.AFTER and self._is_unknown(change):
                    found.uncertain.add(principal)
        document = self._document(change, Side.BEFORE)
        if document is not None:
            holders = found.holders.setdefault(document.label, [])
            holders += _principals(change.type, change.before)

    @cached_property
    def _roles(self) -> dict[Side, dict[tuple[str, str], list[RoleGrant]]]:
        found: dict[Side, dict[tuple[str, str], list[RoleGrant]]] = {side: {} for side in Side}
        for change in self._context.plan.changes:
            if not grants_roles(change.type) or _has_policy(change):
                continue
            for side, roles in found.items():
                for grant in role_grants(change.type, side.of(change)):
                    roles.setdefault((grant.principal, grant.scope), []).append(grant)
        return found

    @cached_property
    def _bucket_projects(self) -> dict[str, list[str]]:
        """A grant on a bucket does not say which project the bucket is in."""
        found: dict[str, list[str]] = {}
        for bucket in self._context.changes_of("google_storage_bucket"):
            name, project = bucket.before.get("name"), bucket.before.get("project")
            if isinstance(name, str) and isinstance(project, str):
                found.setdefault(name, []).append(project)
        return found

    @cached_property
    def _role_changes(self) -> dict[Principal, ResourceChange]:
        roles = self._context.changes_of("aws_iam_role")
        return {f"role/{role.before.get('name')}": role for role in roles}

    @cached_property
    def _documents(self) -> dict[str, ResourceChange]:
        policies = self._context.changes_of("aws_iam_policy")
        return {str(change.before.get("arn")): change for change in policies}

    @cached_property
    def _arns(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.targets:
            if name.startswith("arn:") and name.count(":") > 2:
                found.setdefault(name.split(":", 3)[2], []).append(name)
        return found

    def _all_of(self, principal: Principal, side: Side) -> Policy:
        found = self._sums.get((principal, side))
        if found is None:
            holding = self._identities.held.get((principal, side), ())
            found = _sum([self._identity_policy(change, side) for change in holding])
            self._sums[principal, side] = found
        return found

    def _is_unknown(self, change: ResourceChange) -> bool:
        """Whether a policy that the principal will have is not known at plan time."""
        document = self._document(change, Side.AFTER) or change
        name = IDENTITY_POLICIES.get(document.type, "inline_policy")
        return document.after.get(name) is UNKNOWN

    def _identity_policy(self, change: ResourceChange, side: Side) -> Policy:
        tree = side.of(change)
        if not tree:
            return EMPTY
        if change.type in POLICY_ATTACHMENTS:
            return self.attached(change, side)
        if change.type == "aws_iam_role":
            return _sum(list(self._role_policies(change, side)))
        return policies_now(change, tree) or EMPTY

    def _role_policies(self, change: ResourceChange, side: Side) -> Iterator[Policy]:
        """Only what changes: unchanged, these arguments echo what standalone resources made."""
        tree = side.of(change)
        if "inline_policy" in change.changed:
            yield policies_now(change, tree) or EMPTY
        if "managed_policy_arns" in change.changed:
            for arn in _list(tree.get("managed_policy_arns")):
                if isinstance(arn, str):
                    yield self.policy_named(arn, side)

    def _document(self, change: ResourceChange, side: Side) -> ResourceChange | None:
        arn = _arn(change, side)
        if arn in self._documents:
            return self._documents[arn]
        if change.type not in POLICY_ATTACHMENTS:
            return None
        if side.of(change).get("policy_arn") is not UNKNOWN:
            return None
        for use in self._context.graph.dependencies(change.label):
            if use.node.type == "aws_iam_policy" and use.argument in {"policy_arn", ""}:
                return use.node.change
        return None


class _Identities:
    """Who holds which policies: the changes that hold them, not yet read."""

    def __init__(self) -> None:
        self.held: dict[tuple[Principal, Side], list[ResourceChange]] = {}
        self.holders: dict[str, list[Principal]] = {}
        """By the label of a managed policy."""
        self.uncertain: set[Principal] = set()


_known: WeakKeyDictionary[Context, Access] = WeakKeyDictionary()


def access_of(context: Context) -> Access:
    """The sums over the context's plan, made once."""
    found = _known.get(context)
    if found is None:
        found = _known[context] = Access(context)
    return found


def is_gone(change: ResourceChange, context: Context, *names: str) -> bool:
    """Whether what one of these arguments names today is deleted in the same plan."""
    gone = access_of(context).gone
    return any(str(change.before[name]) in gone for name in names if change.before.get(name))


def target_of(type_name: str, tree: dict[str, Any]) -> str:
    """What a resource policy is attached to, as written."""
    for name in attachment(type_name)[:1]:
        return str(tree.get(name))
    return str(tree.get("id"))


_FULL: Final = regex(r"^(?:Amazon|AWS)([A-Za-z0-9]+?)_?FullAccess(?:_v2)?$")
_READS: Final = regex(r"^(?:Amazon|AWS)([A-Za-z0-9]+?)_?ReadOnlyAccess$")


def opaque_policy(arn: str) -> Policy:
    """A stand-in for a policy whose document is not in the plan: by its name where that tells."""
    name = last_part(arn)
    full, reads = _FULL.match(name), _READS.match(name)
    if not arn.startswith("arn:") or ":iam::aws:policy/" not in arn:
        actions: tuple[Matcher, ...] = (Matcher((arn,)),)
    elif name == "AdministratorAccess":
        actions = (ANYTHING,)
    elif name == "PowerUserAccess":
        actions = (Matcher(("account:*", "iam:*", "organizations:*"), negated=True),)
    elif name == "AWSLambdaBasicExecutionRole":
        actions = tuple(Matcher((f"logs:{verb}",)) for verb in _LOG_ACTIONS)
    elif full:
        actions = (Matcher((f"{full[1].lower()}:*",)),)
    elif reads:
        service = reads[1].lower()
        actions = tuple(Matcher((f"{service}:{verb}*",)) for verb in ("Describe", "Get", "List"))
    else:
        actions = (Matcher((name,)),)
    return Policy(
        (
            Statement(
                effect=Effect.ALLOW,
                principals=(NOWHERE,),
                actions=actions,
                resources=(ANYTHING,),
            ),
        )
    )


_LOG_ACTIONS: Final = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")


# Accounts and the runner


def own_accounts(context: Context) -> frozenset[str]:
    """The AWS accounts that the plan's resources live in."""
    return access_of(context).own_accounts


def runner_of(context: Context) -> Runner:
    """Who applies the plan: from client data sources and the providers' own roles."""
    found = _runners.get(context)
    if found is None:
        found = _runners[context] = _find_runner(context)
    return found


_runners: WeakKeyDictionary[Context, Runner] = WeakKeyDictionary()


_RUNNER_SOURCES: Final[dict[str, str]] = {
    "aws_caller_identity": "arn",
    "azuread_client_config": "object_id",
    "azurerm_client_config": "object_id",
    "google_client_openid_userinfo": "email",
}


def _find_runner(context: Context) -> Runner:
    arn, ids = "", set[str]()
    for type_name, value in _runner_facts(context):
        if type_name == "aws_caller_identity":
            arn = arn or value
        else:
            ids.add(value)
    account = account_of(arn) or ""
    return Runner(aws_account=account, aws_name=principal_name(arn), ids=frozenset(ids))


def principal_name(arn: str) -> Principal:
    """`role/name` or `user/name` of an IAM or STS ARN; "" for anything else."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return ""
    kind, _, rest = parts[5].partition("/")
    if kind == "assumed-role":
        return f"role/{rest.partition('/')[0]}"
    return f"{kind}/{rest.rpartition('/')[2]}" if kind in {"role", "user"} else ""


def _runner_facts(context: Context) -> Iterator[tuple[str, str]]:
    yield from _provider_roles(context)
    document = context.plan.document
    values = document.prior_state.values if document.prior_state else None
    modules = [values.root_module] if values and values.root_module else []
    while modules:
        module = modules.pop()
        modules += module.child_modules or ()
        for resource in module.resources or ():
            name = _RUNNER_SOURCES.get(resource.type)
            if name is not None and resource.mode == "data":
                yield from _fact(resource, name)


def _fact(resource: wire.StateResource, name: str) -> Iterator[tuple[str, str]]:
    tree = msgspec.json.decode(resource.values)
    value = tree.get(name) if isinstance(tree, dict) else None
    if isinstance(value, str) and value:
        yield resource.type, value


def _provider_roles(context: Context) -> Iterator[tuple[str, str]]:
    configuration = context.plan.document.configuration
    providers = (configuration.provider_config if configuration else None) or {}
    for provider in providers.values():
        expressions = provider.expressions or {}
        blocks = expressions.get("assume_role")
        for block in blocks if isinstance(blocks, list) else [blocks]:
            arn = _constant(block.get("role_arn")) if isinstance(block, dict) else ""
            if arn and not provider.alias:
                yield "aws_caller_identity", arn
        account = _constant(expressions.get("impersonate_service_account"))
        if account:
            yield "google_client_openid_userinfo", account


def _constant(expression: Any) -> str:
    value = expression.get("constant_value") if isinstance(expression, dict) else None
    return value if isinstance(value, str) else ""


# Reading


def _arn(change: ResourceChange, side: Side) -> str:
    names = POLICY_ATTACHMENTS.get(change.type)
    return str(side.of(change).get(names[0])) if names else ""


def _principals(type_name: str, tree: dict[str, Any]) -> Iterator[Principal]:
    if type_name == "aws_iam_role":
        yield f"role/{tree.get('name')}"
        return
    for kind in ("role", "user", "group"):
        for name in (tree.get(kind), *_list(tree.get(f"{kind}s"))):
            if isinstance(name, str):
                yield f"{kind}/{name}"


def _accounts(context: Context) -> Iterator[str]:
    yield runner_of(context).aws_account
    for change in context.plan.changes:
        if change.type.startswith("aws_"):
            yield account_of(_text(change.identity.arn) or "") or ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(raw: msgspec.Raw) -> str | None:
    value = msgspec.json.decode(raw)
    return value if isinstance(value, str) else None


def _has_policy(change: ResourceChange) -> bool:
    """Whether the change belongs to the types whose policy is read, rather than their roles."""
    if change.type.startswith("aws_iam_"):
        return True
    return change.type in RESOURCE_POLICIES or change.type == "aws_lambda_permission"


def _by_target(context: Context, type_name: str) -> dict[str, list[ResourceChange]]:
    """The changes of a type that holds resource policies, by what the policy will be on."""
    found: dict[str, list[ResourceChange]] = {}
    if type_name in RESOURCE_POLICIES or type_name == "aws_lambda_permission":
        for change in context.changes_of(type_name):
            found.setdefault(target_of(type_name, change.after), []).append(change)
    return found


def _resource_policy(change: ResourceChange) -> Policy | None:
    if change.type == "aws_lambda_permission":
        return permission_policy(change.type, change.after)
    return parse_policy(change.after.get(RESOURCE_POLICIES[change.type]))


def _sum(policies: list[Policy]) -> Policy:
    if len(policies) == 1:
        return policies[0]
    return Policy(tuple(statement for policy in policies for statement in policy.statements))


def _gone(context: Context) -> Iterator[str]:
    names = ("arn", "id", "email", "member", "principal_id", "object_id", *_OWN_NAMES)
    for change in context.plan.changes:
        if change.kind is not ActionKind.DELETE or GOOGLE_IAM.match(change.type):
            continue
        if not attachment(change.type):
            values = (change.before.get(name) for name in names)
            yield from (value for value in values if isinstance(value, str) and value)


_OWN_NAMES: Final = ("bucket", "function_name", "url")


def _kept(context: Context) -> Iterator[str]:
    """The ids of what stays: a bucket's settings have the bucket's id and may go without it."""
    for change in context.plan.changes:
        if change.kind is not ActionKind.DELETE:
            named = change.identity
            texts = (_text(named.id), _text(named.arn))
            yield from (text for text in texts if text is not None)


def _managed_principals(context: Context, *, destroyed: bool) -> Iterator[Principal]:
    """Roles, users and groups of the plan that stay, or go (and may come back as another)."""
    for kind in ("role", "user", "group"):
        for change in context.changes_of(f"aws_iam_{kind}"):
            if change.destroys is destroyed:
                yield f"{kind}/{change.before.get('name')}"
