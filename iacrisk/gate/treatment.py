"""The policy applied to what the rules said: overrides, waivers, milder environments."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Final

import msgspec

from iacrisk.errors import ExpiredWaiver
from iacrisk.gate.policy import EnvironmentSettings, Policy, Waiver
from iacrisk.plan import matches
from iacrisk.rules import Finding, Review, Severity
from iacrisk.score import OWN_TO_THE_ENVIRONMENT

MODEL: Final = "model"
"""Stands for the model's answer where a waiver names a rule."""


class WaivedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that a waiver takes off the account."""

    finding: Finding
    waiver: Waiver


class TreatedReview(msgspec.Struct, frozen=True, kw_only=True):
    """The findings that count, and those that the policy took away."""

    findings: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...]
    disabled: tuple[Finding, ...]


def treat(
    review: Review,
    policy: Policy,
    settings_of: Callable[[str], EnvironmentSettings],
    today: datetime.date,
) -> TreatedReview:
    """The review under the policy; raises ExpiredWaiver.

    `settings_of` gives what holds at an address ("": for the plan as a whole).
    """
    _refuse_expired(policy, today)
    counted: list[Finding] = []
    waived: list[WaivedFinding] = []
    disabled: list[Finding] = []
    for finding in review.findings:
        settings = policy.rules.get(finding.rule)
        waiver = _waiver(policy, finding)
        if settings is not None and not settings.enabled:
            disabled.append(finding)
        elif waiver is not None:
            waived.append(WaivedFinding(finding=finding, waiver=waiver))
        else:
            counted.append(_weighed(finding, policy, settings_of(finding.address)))
    return TreatedReview(findings=tuple(counted), waived=tuple(waived), disabled=tuple(disabled))


def waives_model(policy: Policy, address: str) -> bool:
    """Whether somebody answers for whatever the model says of the change at `address`."""
    return any(
        waiver.rule in ("*", MODEL) and matches(waiver.address, address)
        for waiver in policy.waivers
    )


def _refuse_expired(policy: Policy, today: datetime.date) -> None:
    for waiver in policy.waivers:
        if waiver.expires < today:
            raise ExpiredWaiver(
                f"The waiver of {waiver.rule} on {waiver.address} (owner {waiver.owner}) "
                f"expired on {waiver.expires}. Renew it or remove it."
            )


def _waiver(policy: Policy, finding: Finding) -> Waiver | None:
    for waiver in policy.waivers:
        if waiver.rule in ("*", finding.rule) and matches(waiver.address, finding.address):
            return waiver
    return None


def _weighed(finding: Finding, policy: Policy, environment: EnvironmentSettings) -> Finding:
    settings = policy.rules.get(finding.rule)
    severity = finding.severity
    if settings is not None and settings.severity is not None:
        severity = Severity[settings.severity.name]
    if finding.harm in OWN_TO_THE_ENVIRONMENT:
        severity = Severity(max(Severity.INFO, severity - environment.lower))
    return msgspec.structs.replace(finding, severity=severity)
