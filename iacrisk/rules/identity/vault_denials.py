"""I24: a policy of Vault that comes to deny what another policy of the same holder grants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grants import role_grants, vault_denials
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_POLICY: Final = "vault_policy"
_HOLDERS: Final = (
    "vault_approle_auth_backend_role",
    "vault_aws_auth_backend_role",
    "vault_azure_auth_backend_role",
    "vault_cert_auth_backend_role",
    "vault_gcp_auth_backend_role",
    "vault_identity_entity",
    "vault_identity_group",
    "vault_jwt_auth_backend_role",
    "vault_kubernetes_auth_backend_role",
    "vault_ldap_auth_backend_group",
    "vault_okta_auth_backend_group",
    "vault_token_auth_backend_role",
)
_LISTS: Final = ("token_policies", "policies", "allowed_policies")


@rule(
    id="I24",
    name="denied-what-another-grants",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_POLICY},
    since="0.2",
)
def denied_what_another_grants(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A Vault policy newly denies a path that another policy of the same logins grants.

    What it flags
        A path with the capability `deny` that the policy did not have, where a role, entity or
        group of the plan holds this policy and another one that grants the same path, or a wider
        one.

    Why it matters
        A denial wins over every grant of the same path, and a longer path over a shorter one. A
        policy that everybody gets takes the right from those who have it by a policy of their
        own.

    When it is fine
        Nobody reads the path. Not flagged: a denial of a wider path than the one granted, which
        loses against it.

    What to do instead
        Take the denial into a policy of those whom it is meant for.

    References
        https://developer.hashicorp.com/vault/docs/concepts/policies
    """
    if change.becomes("policy") is UNKNOWN:
        if change.kind is ActionKind.UPDATE and "policy" in change.changed:
            yield Undecided(why="The new policy is not known.", paths=(("policy",),))
        return
    new = vault_denials(change.after) - vault_denials(change.before)
    name = change.after.get("name")
    if not new or not isinstance(name, str):
        return
    hit: dict[str, list[str]] = {}
    same = False
    for holder in filter(stays, context.changes_of(*_HOLDERS)):
        held = {text for one in _LISTS for text in texts(holder.after.get(one))}
        if name not in held:
            continue
        for policy, path in _granted(held - {name}, context):
            taken = [denied for denied in new if _takes(denied, path)]
            if taken:
                hit.setdefault(holder.label, []).append(policy)
                same = same or path in taken
    if hit:
        others = dict.fromkeys(label for labels in hit.values() for label in labels)
        yield Flag(
            what=f"{some_of(hit)} can no longer do what another policy grants.",
            paths=(("policy",),),
            confidence=Confidence.HIGH if same else Confidence.MEDIUM,
            hurts=(*hit, *others),
        )


def _granted(names: set[str], context: Context) -> Iterator[tuple[str, str]]:
    """The policies with these names and the paths that they grant: address and path."""
    for one in context.changes_of(_POLICY):
        if one.after.get("name") in names:
            for path in {grant.role.partition(":")[2] for grant in role_grants(_POLICY, one.after)}:
                yield one.label, path


def _takes(denied: str, granted: str) -> bool:
    """Whether the denial is of the same path, or of a part of it; a wider one loses."""
    return denied == granted or _covers(granted, denied)


def _covers(wide: str, narrow: str) -> bool:
    parts = re.escape(wide.removesuffix("*")).replace(r"\+", "[^/]+")
    return bool(re.fullmatch(parts + (".*" if wide.endswith("*") else ""), narrow))
