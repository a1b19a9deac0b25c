"""What requests carry: of roles that something runs as, of services of AWS, of partners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import Effect, Grant, Policy, account_of, every_grant
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.conditions import ELSEWHERE, MISSING, Facts
from iacrisk.rules.readers.access.effective_access import access_of, own_accounts
from iacrisk.rules.readers.siblings import stays

_RUNS: Final = frozenset(
    {
        "aws_apprunner_service",
        "aws_codebuild_project",
        "aws_ecs_service",
        "aws_glue_job",
        "aws_instance",
        "aws_lambda_function",
        "aws_sfn_state_machine",
    }
)
_BETWEEN: Final = frozenset({"aws_ecs_task_definition", "aws_iam_instance_profile"})
_ORGANISATION: Final = "aws_organizations_organization"


class Caller(msgspec.Struct, frozen=True):
    """A role or user with all that it may do; `labels` are itself and what runs as it."""

    arn: str
    policy: Policy
    facts: Facts
    labels: tuple[str, ...]


class Admitted(msgspec.Struct, frozen=True):
    """Somebody from outside whom a policy lets in by `grant`; `labels` say who comes."""

    grant: Grant
    facts: Facts
    labels: tuple[str, ...]


def callers_of(context: Context) -> tuple[Caller, ...]:
    """The roles of the plan that stay, once for each thing that runs as one."""
    return once(context.plan, "callers", lambda: tuple(_callers(context)))


def _callers(context: Context) -> Iterator[Caller]:
    access = access_of(context)
    for name, role in access.roles.items():
        if stays(role):
            for who in facts_of(role, context):
                yield msgspec.structs.replace(who, policy=access.after(name))


def facts_of(principal: ResourceChange, context: Context) -> Iterator[Caller]:
    """What the requests of the role or user carry, for each thing that runs as it."""
    arn = str(principal.before.get("arn"))
    common = {
        "aws:principalaccount": account_of(arn) or "",
        "aws:principalarn": arn,
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
        "aws:securetransport": "true",
        **_organisation(account_of(arn) or "", context),
    }
    if principal.type == "aws_iam_user":
        if _has_key(principal, context):
            facts = {**common, "aws:multifactorauthpresent": MISSING}
            yield Caller(arn, Policy(()), facts, (principal.label,))
        return
    for one in _running_as(principal, context):
        facts = {**common, "aws:multifactorauthpresent": "false", **_place(one)}
        yield Caller(arn, Policy(()), facts, (principal.label, one.label))


def _has_key(user: ResourceChange, context: Context) -> bool:
    """Whether programs sign in as the user, who has no second factor."""
    name = user.before.get("name")
    keys = context.changes_of("aws_iam_access_key")
    devices = context.changes_of("aws_iam_virtual_mfa_device")
    return any(one.after.get("user") == name for one in keys) and not any(
        name in {one.after.get("user_name"), one.after.get("virtual_mfa_device_name")}
        for one in devices
    )


def _running_as(role: ResourceChange, context: Context) -> list[ResourceChange]:
    found: dict[str, ResourceChange] = {}
    for use in context.consumers(role):
        near = [use]
        if use.node.type in _BETWEEN and use.node.change is not None:
            near = list(context.consumers(use.node.change))
        for one in near:
            other = one.node.change
            if one.node.type in _RUNS and other is not None and stays(other):
                found[other.label] = other
    return list(found.values())


def _place(one: ResourceChange) -> dict[str, str]:
    """From where it calls: a function without a network of its own calls from AWS's addresses."""
    parts = str(one.before.get("arn")).split(":")
    found = {"aws:requestedregion": parts[3]} if len(parts) > 5 and parts[3] else {}
    if one.type == "aws_lambda_function" and not one.after.get("vpc_config"):
        found |= {"aws:sourcevpc": MISSING, "aws:sourcevpce": MISSING, "aws:sourceip": ELSEWHERE}
    return found


def _organisation(account: str, context: Context) -> dict[str, str]:
    """The id of the account's organisation, where the plan shows which accounts are in it."""
    for one in context.changes_of(_ORGANISATION):
        identity, members = str(one.before.get("id")), _members(one, context)
        if stays(one) and members:
            inside = account in members
            return {"aws:principalorgid": identity if inside else f"{identity}-another"}
    return {}


def _members(one: ResourceChange, context: Context) -> frozenset[str]:
    listed = one.before.get("accounts")
    found = {
        str(item.get("id"))
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, dict)
    }
    found |= {str(it.before.get("id")) for it in context.changes_of("aws_organizations_account")}
    return frozenset(found | {str(one.before.get("master_account_id"))}) if found else frozenset()


# AWS's own services

_DELIVER: Final[dict[str, frozenset[str]]] = {
    "cloudfront.amazonaws.com": frozenset({"aws_cloudfront_distribution"}),
    "cloudtrail.amazonaws.com": frozenset({"aws_cloudtrail"}),
    "config.amazonaws.com": frozenset({"aws_config_delivery_channel"}),
    "delivery.logs.amazonaws.com": frozenset({"aws_cloudwatch_log_delivery", "aws_flow_log"}),
    "events.amazonaws.com": frozenset({"aws_cloudwatch_event_target"}),
    "logging.s3.amazonaws.com": frozenset({"aws_s3_bucket_logging"}),
    "logdelivery.elasticloadbalancing.amazonaws.com": frozenset({"aws_alb", "aws_lb"}),
    "s3.amazonaws.com": frozenset({"aws_s3_bucket_notification"}),
    "ses.amazonaws.com": frozenset({"aws_ses_receipt_rule"}),
    "sns.amazonaws.com": frozenset({"aws_sns_topic_subscription"}),
}
_OF_SERVICES: Final = {
    "aws:multifactorauthpresent": MISSING,
    "aws:principalaccount": MISSING,
    "aws:principalarn": MISSING,
    "aws:principalisawsservice": "true",
    "aws:principalorgid": MISSING,
    "aws:securetransport": "true",
    "aws:sourcevpc": MISSING,
    "aws:sourcevpce": MISSING,
}


def services_admitted(
    policy: Policy, target: ResourceChange, context: Context
) -> Iterator[Admitted]:
    """Services that the policy lets in and that something of the plan sends to the target."""
    for grant in every_grant(policy):
        types = _DELIVER.get(grant.principal.patterns[0])
        if grant.effect is not Effect.ALLOW or types is None or grant.principal.negated:
            continue
        for use in context.consumers(target):
            one = use.node.change
            if use.node.type in types and one is not None and stays(one):
                facts = {**_OF_SERVICES, _ENCRYPTION: _encryption(one)}
                yield Admitted(grant, facts, (one.label,))


_ENCRYPTION: Final = "s3:x-amz-server-side-encryption"


def _encryption(one: ResourceChange) -> str:
    """What a deliverer asks a bucket to encrypt with: a key where it has one, else no key."""
    keys = ("kms_key_id", "kms_key_arn", "s3_kms_key_arn")
    return "aws:kms" if any(one.after.get(name) for name in keys) else "AES256"


def outsiders(policy: Policy, context: Context) -> Iterator[Admitted]:
    """Accounts of others that the policy itself lets in."""
    for grant in every_grant(policy):
        who = grant.principal.patterns[0]
        account = account_of(who)
        if grant.effect is not Effect.ALLOW or grant.principal.negated or account is None:
            continue
        facts = {
            "aws:principalaccount": account,
            "aws:principalarn": who if who.startswith("arn:") else f"arn:aws:iam::{account}:role/-",
            "aws:principalisawsservice": "false",
            **_organisation(account, context),
        }
        if account not in own_accounts(context):
            yield Admitted(grant, facts, (f"account {account}",))
