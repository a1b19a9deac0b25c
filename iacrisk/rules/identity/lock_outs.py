"""I07 to I09: those who have to manage something are shut out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, attachment
from iacrisk.catalog.permissions import (
    IDENTITY_POLICIES,
    KEY_POLICIES,
    POLICY_ATTACHMENTS,
)
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import (
    EMPTY,
    Effect,
    Grant,
    grants_added,
    pattern_covers,
)
from iacrisk.rules.context import Context
from iacrisk.rules.identity.access_loss import is_broad, is_for_all, lost_grants, policy_losses
from iacrisk.rules.identity.exclusive_lists import on_new_object
from iacrisk.rules.identity.rights_given import allowed
from iacrisk.rules.readers.access.effective_access import (
    Runner,
    access_of,
    principal_name,
    runner_of,
)
from iacrisk.rules.readers.access.policy_changes import POLICY_TYPES, PolicyChange, policy_changes
from iacrisk.rules.readers.access.role_grants import grants_roles, role_grants
from iacrisk.rules.readers.access.role_losses import role_losses, scopes_above
from iacrisk.rules.readers.kubernetes.grants import is_aws_auth
from iacrisk.rules.readers.wording import grants_text, some_of, texts
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_NARROWS: Final = frozenset({ActionKind.UPDATE, ActionKind.REPLACE, ActionKind.DELETE})


@rule(
    id="I07",
    name="self-lock-out",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds=_NARROWS,
    types={*POLICY_TYPES, *POLICY_ATTACHMENTS, "aws_iam_user", "azurerm_key_vault"},
    classes={ResourceClass.IDENTITY},
)
def self_lock_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Whoever applies the plan takes a right from himself.

    What it flags
        A grant that goes and whose principal is the one that runs Terraform, as far as the plan
        tells: the caller identity it looked up, the role a provider assumes, its own object id.

    Why it matters
        The apply stops half way when the right is gone, and cannot be run again to repair it.

    When it is fine
        Another grant of the same width stays.

    What to do instead
        Let somebody else, or another role, take the right away, after the last apply.

    References
        Incidents R028, R087, R184.
    """
    runner = runner_of(context)
    if not runner.aws_name and not runner.ids:
        return
    lost = list(_taken_from(runner, change, context))
    if lost:
        yield Flag(what=f"It takes from the one who applies this plan: {some_of(lost)}.")


def _taken_from(runner: Runner, change: ResourceChange, context: Context) -> Iterator[str]:
    if runner.ids and grants_roles(change.type):
        for grant in role_losses(change, context):
            if grant.principal.rpartition(":")[2] in runner.ids:
                yield grant.text
    if not runner.aws_name or not change.type.startswith("aws_"):
        return
    if change.type in KEY_POLICIES:
        yield from _keys_taken(runner, change, context)
    elif runner.aws_name in access_of(context).principals_of(change):
        if change.destroys and change.type in {"aws_iam_role", "aws_iam_user"}:
            yield "its own identity"
        for loss in policy_losses(change, context):
            if loss.what:
                yield loss.what.removeprefix("It ").rstrip(".")


def _keys_taken(runner: Runner, change: ResourceChange, context: Context) -> Iterator[str]:
    """Only the key's policy lets anybody to a key, so a lost grant is a lost key."""
    after = [grant for policy in policy_changes(change, context) for grant in _after(policy)]
    for grant in lost_grants(change, context):
        if grant.effect is Effect.ALLOW and _is_runner(runner, grant):
            kept = any(
                _is_runner(runner, other) and pattern_covers(other.action.text, grant.action.text)
                for other in after
            )
            if not kept:
                yield grant.text


def _after(policy: PolicyChange) -> list[Grant]:
    return allowed(policy.after or EMPTY)


def _is_runner(runner: Runner, grant: Grant) -> bool:
    principal = grant.principal.patterns[0]
    if grant.principal.negated or grant.principal.is_any or principal == runner.aws_account:
        return True
    same_account = f":{runner.aws_account}:" in principal
    return same_account and principal_name(principal) == runner.aws_name


# I08: a resource that nobody may manage


@rule(
    id="I08",
    name="resource-policy-lock-out",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds=CHANGES,
    types=POLICY_TYPES - {*IDENTITY_POLICIES, "aws_iam_role"} | {"azurerm_key_vault"},
)
def resource_policy_lock_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A resource's own policy shuts out those who have to manage it.

    What it flags
        A key policy in which nobody may change the policy any more or from which the account's
        own statement goes, a deny for everyone without an exemption, a key vault whose inline
        access policies lose principals, and a lock-out safety check that is bypassed.

    Why it matters
        Not even administrators can repair a key's policy then, only the provider's support can;
        behind a deny for everyone only the root user gets to the bucket.

    When it is fine
        The deny only demands TLS, or another statement keeps the administrators in.

    What to do instead
        Keep the account's statement in every key policy, and exempt the administrators and the
        pipeline from a deny with `aws:PrincipalArn`.

    References
        Incidents R086, R087, and
        https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
    """
    if change.type == "azurerm_key_vault":
        yield from _vault_policies(change, context)
        return
    for policy in policy_changes(change, context):
        if change.type in KEY_POLICIES:
            yield from key_management(policy)
        if change.kind is ActionKind.UPDATE or not _concerns_new(change, context):
            yield from _denied_to_all(policy)
    bypass = "bypass_policy_lockout_safety_check"
    if change.kind is ActionKind.UPDATE and bypass in change.changed and change.after.get(bypass):
        yield Flag(
            what="The check that keeps a key manageable is bypassed.",
            paths=((bypass,),),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )


def _concerns_new(change: ResourceChange, context: Context) -> bool:
    """Whether what the policy is for exists only after this plan."""
    if change.kind is not ActionKind.CREATE:
        return False
    return not attachment(change.type) or on_new_object(change, context)


_MANAGES_KEY: Final = "kms:putkeypolicy"


def key_management(policy: PolicyChange) -> Iterator[Outcome]:
    if policy.is_unknown:
        if policy.after is None:
            yield Undecided(why="The new key policy is not known.", paths=(policy.path,))
        return
    if not policy.after or not policy.after.statements:
        return
    managers = [grant for grant in allowed(policy.after) if _manages(grant)]
    if not managers:
        yield Flag(what="Nobody may change the key's policy any more.", paths=(policy.path,))
        return
    before = [grant for grant in allowed(policy.before or EMPTY) if _manages(grant)]
    if any(map(_is_account, before)) and not any(map(_is_account, managers)):
        yield Flag(
            what=(
                "The account's own statement goes from the key's policy: IAM policies count no "
                "more, and when the last named principal goes, so does the key."
            ),
            paths=(policy.path,),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )


def _manages(grant: Grant) -> bool:
    return not grant.action.negated and pattern_covers(
        grant.action.patterns[0].lower(), _MANAGES_KEY
    )


def _is_account(grant: Grant) -> bool:
    return grant.principal.is_any or grant.principal.patterns[0].isdigit()


def _denied_to_all(policy: PolicyChange) -> Iterator[Outcome]:
    denied = [
        grant
        for grant in grants_added(policy.after, policy.before)
        if grant.effect is Effect.DENY and is_for_all(grant) and is_broad(grant)
    ]
    unfenced = [grant for grant in denied if not grant.condition and not grant.principal.negated]
    fenced = [grant for grant in denied if _is_fence(grant)]
    if unfenced:
        yield Flag(
            what=f"It now denies {grants_text(unfenced)}, administrators included.",
            paths=(policy.path,),
        )
    elif fenced:
        yield Flag(
            what=f"It now denies {grants_text(fenced)} unless an exemption in it applies.",
            paths=(policy.path,),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )


_FENCES: Final = ("sourcevpc", "sourceip", "principalarn", "principalaccount", "userid")


def _is_fence(grant: Grant) -> bool:
    keys = [clause.key for clause in grant.condition]
    return grant.principal.negated or any(fence in key for key in keys for fence in _FENCES)


def _vault_policies(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.kind is not ActionKind.UPDATE:
        return
    for name in ("enable_rbac_authorization", "rbac_authorization_enabled"):
        if name in change.changed and change.after.get(name) is True:
            if _roles_take_over(change, context):
                return
            yield Flag(
                what="Access policies count no more: only role assignments decide from now on.",
                paths=((name,),),
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )
            return
    if "access_policy" not in change.changed:
        return
    if change.after.get("access_policy") is UNKNOWN:
        yield Undecided(why="The new access policies are not known.", paths=(("access_policy",),))
        return
    lost = role_losses(change, context)
    if lost:
        holders = list(dict.fromkeys(grant.principal for grant in lost))
        roles = some_of([grant.role for grant in lost])
        yield Flag(
            what=f"It takes {roles} from {some_of(holders)}.",
            paths=(("access_policy",),),
            severity=Severity.HIGH,
        )


def _roles_take_over(change: ResourceChange, context: Context) -> bool:
    """Whether everybody with an access policy holds a role on the vault already."""
    vault = str(change.before.get("id"))
    policies = [
        change,
        *(
            policy
            for policy in context.changes_of("azurerm_key_vault_access_policy")
            if policy.before.get("key_vault_id") == vault
        ),
    ]
    grants = (grant for item in policies for grant in role_grants(item.type, item.before))
    holders = {grant.principal for grant in grants if grant.principal}
    access = access_of(context)
    return bool(holders) and all(
        any(
            grant.role.lower().startswith("key vault ")
            for scope in scopes_above(vault)
            for grant in access.roles_after(holder, scope)
        )
        for holder in holders
    )


# I09: the way into a cluster


@rule(
    id="I09",
    name="cluster-access-removed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds=_NARROWS,
    types={
        "aws_eks_access_entry",
        "aws_eks_access_policy_association",
        "aws_eks_cluster",
        "azurerm_kubernetes_cluster",
        "google_container_cluster",
        "kubernetes_config_map",
        "kubernetes_config_map_v1",
        "kubernetes_config_map_v1_data",
    },
)
def cluster_access_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Nodes or administrators lose their way into a cluster.

    What it flags
        `aws-auth` deleted or with fewer or other entries, EKS access entries and policy
        associations that go, an authentication mode that stops reading `aws-auth`, AKS local
        accounts or administrator groups taken away.

    Why it matters
        Nodes whose role is not mapped turn NotReady, and administrators who are not mapped
        cannot repair it.

    When it is fine
        Entries are added, the role that is dropped is deleted in the same plan, or another entry
        gives the same.

    What to do instead
        Add access entries for all roles first, check that nodes join with them, then remove the
        old map.

    References
        Incidents R165, R166, R167.
    """
    if change.type.startswith("kubernetes_"):
        yield from _aws_auth(change, context)
    elif change.type.startswith("aws_eks_access"):
        yield from _access_entry(change, context)
    elif change.kind is ActionKind.UPDATE:
        yield from _authentication(change)


def _aws_auth(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if not is_aws_auth(change.before):
        return
    if change.kind is ActionKind.UPDATE and _data_is_unknown(change):
        yield Undecided(why="The new entries of aws-auth are not known.", paths=(("data",),))
        return
    lost = role_losses(change, context)
    if not lost:
        return
    if change.kind is ActionKind.DELETE:
        yield Flag(what="The map of all node and administrator roles is deleted.")
        return
    is_nodes = any(grant.role in {"system:nodes", "system:masters"} for grant in lost)
    yield Flag(
        what=f"It no longer maps {some_of([grant.text for grant in lost])}.",
        paths=(("data",),),
        severity=Severity.CRITICAL if is_nodes else Severity.HIGH,
    )


def _data_is_unknown(change: ResourceChange) -> bool:
    data = change.after.get("data")
    return data is UNKNOWN or (isinstance(data, dict) and UNKNOWN in data.values())


def _access_entry(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    access, before = access_of(context), change.before
    cluster, principal = before.get("cluster_name"), before.get("principal_arn")
    if str(cluster) in access.gone or str(principal) in access.gone:
        return
    if change.kind is ActionKind.UPDATE:
        lost = [grant.role for grant in role_losses(change, context)]
        if lost:
            yield Flag(what=f"Its principal leaves {some_of(lost)}.", severity=Severity.HIGH)
        return
    if change.kind is ActionKind.REPLACE and change.after.get("principal_arn") == principal:
        return
    if any(
        other is not change
        and other.after.get("principal_arn") == principal
        and other.after.get("cluster_name") == cluster
        and (other.after.get("policy_arn") == before.get("policy_arn"))
        for other in context.changes_of(change.type)
    ):
        return
    is_entry = change.type == "aws_eks_access_entry"
    yield Flag(
        what=(
            "Its principal can no longer enter the cluster."
            if is_entry
            else f"Its principal loses {str(before.get('policy_arn')).rpartition('/')[2]}."
        ),
        severity=Severity.CRITICAL if is_entry else Severity.HIGH,
    )


def _authentication(change: ResourceChange) -> Iterator[Outcome]:
    path = ("access_config", 0, "authentication_mode")
    before, after = change.was("access_config.0.authentication_mode"), change.planned(path)
    if before in ("API_AND_CONFIG_MAP", "CONFIG_MAP") and after == "API":
        yield Flag(
            what="The cluster stops reading aws-auth; only access entries let anybody in.",
            paths=(path,),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )
    if change.before.get("local_account_disabled") in (False, None) and (
        change.after.get("local_account_disabled") is True
    ):
        directory = change.after.get("azure_active_directory_role_based_access_control")
        yield Flag(
            what="The cluster's local administrator account is disabled.",
            paths=(("local_account_disabled",),),
            severity=Severity.MEDIUM if directory else Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )
    yield from _admin_groups(change)


def _admin_groups(change: ResourceChange) -> Iterator[Outcome]:
    name = "azure_active_directory_role_based_access_control"
    if change.type != "azurerm_kubernetes_cluster" or name not in change.changed:
        return
    before = texts(change.was(f"{name}.0.admin_group_object_ids"))
    after = change.becomes(f"{name}.0.admin_group_object_ids")
    lost = [group for group in before if after is not UNKNOWN and group not in texts(after)]
    if lost:
        yield Flag(
            what=f"{len(lost)} groups are no longer administrators of the cluster.",
            paths=((name, 0, "admin_group_object_ids"),),
            severity=Severity.HIGH,
        )
