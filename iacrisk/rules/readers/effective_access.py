"""What principals may do before and after a plan, taken together over all their policies.

A statement that moves from an inline policy to a managed one, or from one attachment to another,
takes nothing from anybody; only the sum can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from iacrisk.catalog import attachment
from iacrisk.catalog.permissions import (
    IDENTITY_POLICIES,
    POLICY_ATTACHMENTS,
    RESOURCE_POLICIES,
)
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
from iacrisk.rules.readers.policy_changes import permission_policy, policies_now
from iacrisk.rules.readers.role_grant import RoleGrant
from iacrisk.rules.readers.role_grants import grants_roles, role_grants

Principal = str
"""`role/name`, `user/name` or `group/name`."""


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """Who applies the plan, as far as it can be read from it."""

    aws_account: str = ""
    aws_name: str = ""
    """`role/name` or `user/name`."""
    ids: frozenset[str] = frozenset()
    """Object ids and e-mail addresses on other clouds."""


class Access:
    """The sums over one plan. Ask `access_of` for it."""

    def __init__(self, context: Context) -> None:
        """Index the policies and grants of `context`'s plan."""
        self._graph = context.graph
        self.own_accounts = frozenset(_accounts(context)) - {""}
        self.gone = _gone(context)
        self.targets = frozenset(_kept(context))
        """The ids and ARNs of all that exists today and stays."""
        self._arns: dict[str, list[str]] = {}
        self.destroyed = frozenset(_managed_principals(context, destroyed=True))
        self.managed = frozenset(_managed_principals(context, destroyed=False))
        self._before: dict[Principal, list[Policy]] = {}
        self._after: dict[Principal, list[Policy]] = {}
        self._resources: dict[tuple[str, str], list[Policy]] = {}
        self._roles: dict[tuple[str, str], list[RoleGrant]] = {}
        self._roles_before: dict[tuple[str, str], list[RoleGrant]] = {}
        self._holders: dict[str, list[Principal]] = {}
        self._documents: dict[str, ResourceChange] = {}
        self.uncertain: set[Principal] = set()
        self._role_changes = {
            f"role/{role.before.get('name')}": role for role in context.changes_of("aws_iam_role")
        }
        for change in context.changes_of("aws_iam_policy"):
            self._documents[str(change.before.get("arn"))] = change
        for change in context.plan.changes:
            self._add(change)

    def roles_of(self, change: ResourceChange) -> tuple[ResourceChange, ...]:
        """The roles of the plan that the change is about."""
        return tuple(
            self._role_changes[principal]
            for principal in self.principals_of(change)
            if principal in self._role_changes
        )

    def arns_of(self, service: str) -> tuple[str, ...]:
        """The ARNs of a service's resources that exist today and stay."""
        if not self._arns:
            for name in self.targets:
                if name.startswith("arn:") and name.count(":") > 2:
                    self._arns.setdefault(name.split(":", 3)[2], []).append(name)
        return tuple(self._arns.get(service, ()))

    def knows(self, principal: Principal) -> bool:
        """Whether the plan shows the principal's policies for certain."""
        shown = principal in self._before or principal in self._after
        return shown and principal not in self.uncertain

    def before(self, principal: Principal) -> Policy:
        """All that the principal's policies say today."""
        return _sum(self._before.get(principal, []))

    def after(self, principal: Principal) -> Policy:
        """All that they say when the plan is applied."""
        return _sum(self._after.get(principal, []))

    def resource_after(self, change: ResourceChange, target: str) -> Policy:
        """All that policies of the type say on `target` when the plan is applied."""
        return _sum(self._resources.get((change.type, target), []))

    def roles_after(self, principal: str, scope: str) -> list[RoleGrant]:
        """The roles that a principal of any provider holds on a scope in the end."""
        return self._roles.get((principal, scope), [])

    def roles_before(self, grant: RoleGrant) -> list[RoleGrant]:
        """The roles that the grant's principal holds on its scope today."""
        return self._roles_before.get((grant.principal, grant.scope), [])

    def principals_of(self, change: ResourceChange) -> tuple[Principal, ...]:
        """Who holds the policy, or gets it by the attachment, today."""
        if change.type == "aws_iam_policy":
            return tuple(self._holders.get(change.label, ()))
        return tuple(_principals(change.type, change.before))

    def attached(self, change: ResourceChange, tree: dict[str, Any]) -> Policy:
        """What an attachment brings: the document in the plan, or a stand-in for it."""
        document = self._document(change, tree)
        if document is None:
            return opaque_policy(_arn(change, tree))
        side = document.before if tree is change.before else document.after
        return policies_now(document, side) or EMPTY

    def _add(self, change: ResourceChange) -> None:
        if change.type.startswith("aws_iam_"):
            self._add_identity(change)
        elif change.type in RESOURCE_POLICIES or change.type == "aws_lambda_permission":
            policy = _resource_policy(change)
            if policy is not None:
                key = (change.type, target_of(change.type, change.after))
                self._resources.setdefault(key, []).append(policy)
        elif grants_roles(change.type):
            for grant in role_grants(change.type, change.after):
                self._roles.setdefault((grant.principal, grant.scope), []).append(grant)
            for grant in role_grants(change.type, change.before):
                self._roles_before.setdefault((grant.principal, grant.scope), []).append(grant)

    def _add_identity(self, change: ResourceChange) -> None:
        if change.type == "aws_iam_policy":
            return
        sides = ((self._before, change.before), (self._after, change.after))
        for held, tree in sides:
            policy = self._identity_policy(change, tree) or EMPTY if tree else EMPTY
            for principal in _principals(change.type, tree):
                held.setdefault(principal, []).append(policy)
                if held is self._after and self._is_unknown(change):
                    self.uncertain.add(principal)
        document = self._document(change, change.before)
        if document is not None:
            holders = self._holders.setdefault(document.label, [])
            holders += _principals(change.type, change.before)

    def _is_unknown(self, change: ResourceChange) -> bool:
        """Whether a policy that the principal will have is not known at plan time."""
        document = self._document(change, change.after) or change
        name = IDENTITY_POLICIES.get(document.type, "inline_policy")
        return document.after.get(name) is UNKNOWN

    def _identity_policy(self, change: ResourceChange, tree: dict[str, Any]) -> Policy | None:
        if change.type in POLICY_ATTACHMENTS:
            return self.attached(change, tree)
        if change.type == "aws_iam_role":
            return _sum(list(self._role_policies(change, tree)))
        return policies_now(change, tree)

    def _role_policies(self, change: ResourceChange, tree: dict[str, Any]) -> Iterator[Policy]:
        """Only what changes: unchanged, these arguments echo what standalone resources made."""
        if "inline_policy" in change.changed:
            yield policies_now(change, tree) or EMPTY
        if "managed_policy_arns" in change.changed:
            for arn in _list(tree.get("managed_policy_arns")):
                if isinstance(arn, str):
                    yield self._by_arn(arn, change, tree)

    def _by_arn(self, arn: str, change: ResourceChange, tree: dict[str, Any]) -> Policy:
        document = self._documents.get(arn)
        if document is None:
            return opaque_policy(arn)
        side = document.before if tree is change.before else document.after
        return policies_now(document, side) or EMPTY

    def _document(self, change: ResourceChange, tree: dict[str, Any]) -> ResourceChange | None:
        arn = _arn(change, tree)
        if arn in self._documents:
            return self._documents[arn]
        if change.type not in POLICY_ATTACHMENTS or tree.get("policy_arn") is not UNKNOWN:
            return None
        for use in self._graph.dependencies(change.label):
            if use.node.type == "aws_iam_policy" and use.argument in {"policy_arn", ""}:
                return use.node.change
        return None


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


_FULL: Final = re.compile(r"^(?:Amazon|AWS)([A-Za-z0-9]+?)_?FullAccess(?:_v2)?$")
_READS: Final = re.compile(r"^(?:Amazon|AWS)([A-Za-z0-9]+?)_?ReadOnlyAccess$")


def opaque_policy(arn: str) -> Policy:
    """A stand-in for a policy whose document is not in the plan: by its name where that tells."""
    name = arn.rpartition("/")[2]
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


def _arn(change: ResourceChange, tree: dict[str, Any]) -> str:
    names = POLICY_ATTACHMENTS.get(change.type)
    return str(tree.get(names[0])) if names else ""


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
            arn = _identity_of(change).arn
            yield account_of(arn) or "" if isinstance(arn, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _resource_policy(change: ResourceChange) -> Policy | None:
    if change.type == "aws_lambda_permission":
        return permission_policy(change.type, change.after)
    return parse_policy(change.after.get(RESOURCE_POLICIES[change.type]))


def _sum(policies: list[Policy]) -> Policy:
    if len(policies) == 1:
        return policies[0]
    return Policy(tuple(statement for policy in policies for statement in policy.statements))


class _Identity(msgspec.Struct, gc=False):
    id: Any = None
    arn: Any = None


_identity: Final = msgspec.json.Decoder(_Identity)


def _identity_of(change: ResourceChange) -> _Identity:
    """Read without decoding the rest, for all changes of a plan."""
    try:
        return _identity.decode(change.raw.change.before)
    except msgspec.DecodeError:
        return _Identity()


def _gone(context: Context) -> frozenset[str]:
    """By what others name the objects that go and do not come back."""
    gone: set[str] = set()
    for change in context.plan.changes:
        if change.kind is ActionKind.DELETE and not attachment(change.type):
            names = ("arn", "id", "email", "member", "principal_id", "object_id", *_OWN_NAMES)
            values = (change.before.get(name) for name in names)
            gone |= {value for value in values if isinstance(value, str) and value}
    return frozenset(gone - set(_kept(context))) if gone else frozenset()


_OWN_NAMES: Final = ("bucket", "function_name", "url")


def _kept(context: Context) -> Iterator[str]:
    """The ids of what stays: a bucket's settings have the bucket's id and may go without it."""
    for change in context.plan.changes:
        if change.kind is not ActionKind.DELETE:
            found = _identity_of(change)
            yield from (value for value in (found.id, found.arn) if isinstance(value, str))


def _managed_principals(context: Context, *, destroyed: bool) -> Iterator[Principal]:
    """Roles, users and groups of the plan that stay, or go (and may come back as another)."""
    for kind in ("role", "user", "group"):
        for change in context.changes_of(f"aws_iam_{kind}"):
            if change.destroys is destroyed:
                yield f"{kind}/{change.before.get('name')}"
