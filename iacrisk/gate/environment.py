"""Which environment a plan belongs to, and what says so.

Workspace, variables, tags and accounts are asked; names only where none of them speaks. Of
several answers the strictest counts, and no answer counts as production. Tags are read from
what exists today, so that a change cannot lower its own bar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from iacrisk.gate.policy import Environments, EnvironmentSettings
from iacrisk.plan import Plan, ResourceChange, Shown


class Environment(StrEnum):
    """Strictest first."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"
    PREVIEW = "preview"

    def settings(self, environments: Environments) -> EnvironmentSettings:
        """The settings of this environment."""
        match self:
            case Environment.PRODUCTION:
                return environments.production
            case Environment.STAGING:
                return environments.staging
            case Environment.DEVELOPMENT:
                return environments.development
            case Environment.PREVIEW:
                return environments.preview


class EnvironmentEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The environment with what says so; `known` is False where nothing does."""

    environment: Environment
    known: bool
    evidence: tuple[Shown, ...] = ()


_WORDS: Final = {
    Environment.PRODUCTION: frozenset({"prod", "production", "prd", "live"}),
    Environment.STAGING: frozenset({"staging", "stage", "stg", "uat", "preprod", "preproduction"}),
    Environment.DEVELOPMENT: frozenset({"dev", "develop", "development", "test", "testing", "qa"}),
    Environment.PREVIEW: frozenset(
        {"preview", "ephemeral", "sandbox", "sbx", "review", "playground"}
    ),
}
_PULL_REQUEST: Final = re.compile(r"(?:^|[-_/.])pr[-_]?\d+(?:$|[-_/.])")
_NAMING_KEYS: Final = frozenset({"environment", "env", "stage", "tier", "deployment_environment"})
_ACCOUNT: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):")
_MOST_LOOKED_AT: Final = 2000

Vote = tuple[Environment, Shown]


def detect_environment(
    plan: Plan, environments: Environments, workspace: str = "", stated: str = ""
) -> EnvironmentEvidence:
    """The plan's environment; `stated` is what the user said, which settles it."""
    redact = plan.redactor.text
    if stated:
        return EnvironmentEvidence(
            environment=Environment(stated), known=True, evidence=(Shown("stated by the user"),)
        )
    votes = [
        *_workspace_votes(workspace, environments, redact),
        *_account_votes(plan, environments),
        *_variable_votes(plan, redact),
        *_tag_votes(plan, redact),
    ] or list(_name_votes(plan, redact))
    if not votes:
        return EnvironmentEvidence(environment=Environment.PRODUCTION, known=False)
    order = list(Environment)
    strictest = min((vote[0] for vote in votes), key=order.index)
    evidence = dict.fromkeys(text for environment, text in votes if environment is strictest)
    return EnvironmentEvidence(
        environment=strictest, known=True, evidence=tuple(sorted(evidence))[:3]
    )


Redact = Callable[[str], Shown]


def _workspace_votes(workspace: str, environments: Environments, redact: Redact) -> Iterator[Vote]:
    for environment in Environment:
        globs = environment.settings(environments).workspaces
        if workspace and any(fnmatchcase(workspace, glob) for glob in globs):
            yield environment, redact(f"workspace {workspace}")
            return
    named = _named(workspace)
    if named:
        yield named, redact(f"workspace {workspace}")


def _account_votes(plan: Plan, environments: Environments) -> Iterator[Vote]:
    accounts = {
        account: environment
        for environment in Environment
        for account in environment.settings(environments).accounts
    }
    if not accounts:
        return
    for change in plan.changes[:_MOST_LOOKED_AT]:
        arn = change.before.get("arn") or change.before.get("project")
        match = _ACCOUNT.match(arn) if isinstance(arn, str) else None
        account = match.group(1) if match else arn
        if isinstance(account, str) and account in accounts:
            yield accounts[account], Shown(f"account {account}")


def _variable_votes(plan: Plan, redact: Redact) -> Iterator[Vote]:
    for name, value in sorted(plan.variables.items()):
        named = _named(value) if name.lower() in _NAMING_KEYS else None
        if named:
            yield named, redact(f"variable {name} = {value}")


def _tag_votes(plan: Plan, redact: Redact) -> Iterator[Vote]:
    for change in plan.changes[:_MOST_LOOKED_AT]:
        for key, value in _tags(change):
            named = _named(value) if key.lower() in _NAMING_KEYS else None
            if named:
                yield named, redact(f"tag {key} = {value}")


def _tags(change: ResourceChange) -> Iterator[tuple[str, Any]]:
    for attribute in ("tags_all", "tags", "labels"):
        tags = change.before.get(attribute)
        if isinstance(tags, dict):
            yield from tags.items()


def _name_votes(plan: Plan, redact: Redact) -> Iterator[Vote]:
    for change in plan.changes[:_MOST_LOOKED_AT]:
        for attribute in ("name", "identifier", "bucket", "cluster_name"):
            value = change.before.get(attribute)
            named = _named(value)
            if named:
                yield named, redact(f"{attribute} {value}")


def _named(text: Any) -> Environment | None:
    """The strictest environment that a word of `text` names."""
    if not isinstance(text, str):
        return None
    words = set(re.split(r"[-_./\s]+", text.lower()))
    for environment, known in _WORDS.items():
        if words & known:
            return environment
    return Environment.PREVIEW if _PULL_REQUEST.search(text.lower()) else None
