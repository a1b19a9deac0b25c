"""Which environment a plan and each of its changes belong to, and what says so.

Workspace, accounts, variables and tags are asked; names only where none of them speaks. Of
several answers the strictest counts, and no answer counts as production. Tags and names are read
from what exists today, so that a change cannot lower its own bar.

A root often holds more than one environment. Where nothing speaks for the root as a whole
(workspace, account, the user), a change belongs to the environment that its own tags name, or its
namespace, project, resource group, or the key of its module instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final

import msgspec

from iacrisk.catalog.environments import NAMING_KEYS, environment_named, words_of
from iacrisk.gate.policy import Environments, EnvironmentSettings
from iacrisk.patterns import regex
from iacrisk.plan import Key, Plan, ResourceChange, Shown, lookup, parse_module


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
    settled: bool = False
    """It holds for the whole root: a single resource cannot claim another one."""


_DISPOSABLE: Final = frozenset(
    {"bench", "drill", "loadtest", "perftest", "scratch", "temp", "throwaway", "tmp"}
)
_BUILDERS: Final = frozenset(
    {
        "bazel",
        "build",
        "builder",
        "ccache",
        "ci",
        "compiler",
        "docker",
        "gradle",
        "runner",
        "sccache",
    }
)
_NAMING_VARIABLES: Final = NAMING_KEYS | {
    "account",
    "account_name",
    "cluster",
    "cluster_name",
    "name_prefix",
    "project",
    "project_id",
    "resource_group_name",
    "workspace",
}
_NAMES: Final = ("name", "identifier", "bucket", "cluster_name", "project", "resource_group_name")
_PLACES: Final = ("namespace", "project", "resource_group_name")
"""Arguments that name what a resource stands in."""
_NAMESPACES: Final = frozenset({"kubernetes_namespace", "kubernetes_namespace_v1"})
_ACCOUNT: Final = regex(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):")
_MOST_LOOKED_AT: Final = 2000

Vote = tuple[Environment, Shown]


def detect_environment(
    plan: Plan, environments: Environments, workspace: str = "", stated: str = ""
) -> EnvironmentEvidence:
    """The plan's environment; `stated` is what the user said, which settles it."""
    redact = plan.redactor.text
    if stated:
        return EnvironmentEvidence(
            environment=Environment(stated),
            known=True,
            evidence=(Shown("stated by the user"),),
            settled=True,
        )
    whole = [
        *_workspace_votes(workspace, environments, redact),
        *_account_votes(plan, environments),
    ]
    votes = [*whole, *_variable_votes(plan, redact), *_tag_votes(plan, redact)] or list(
        _name_votes(plan, redact)
    )
    if not votes:
        return EnvironmentEvidence(environment=Environment.PRODUCTION, known=False)
    found = strictest(vote[0] for vote in votes)
    evidence = dict.fromkeys(text for environment, text in votes if environment is found)
    return EnvironmentEvidence(
        environment=found,
        known=True,
        evidence=tuple(sorted(evidence))[:3],
        settled=bool(whole),
    )


def environment_of(change: ResourceChange, whole: EnvironmentEvidence) -> Environment:
    """The environment of one change: its own where it names one, else that of the plan."""
    if is_disposable(change):
        return Environment.PREVIEW
    if whole.settled or (own := own_environment(change)) is None:
        return whole.environment
    return own


def own_environment(change: ResourceChange) -> Environment | None:
    """What the object's own tags, or what it stands in, say; None where they say nothing."""
    named = [
        environment
        for key, value in _tags(change)
        if key.lower() in NAMING_KEYS and (environment := _named(value))
    ]
    if not named:
        named = [environment for place in _places(change) if (environment := _named(place))]
    return strictest(named) if named else None


def _places(change: ResourceChange) -> Iterator[Any]:
    """The names of what the object stands in today, and of what it is where it is such a place."""
    before = change.before
    if not before:
        return
    yield from (before.get(name) for name in _PLACES)
    metadata = lookup(before, ("metadata", 0))
    if isinstance(metadata, dict):
        yield metadata.get("name" if change.type in _NAMESPACES else "namespace")
    if '["' in change.module_address:
        yield from _keys_of(change.module_address)


@lru_cache(maxsize=1024)
def _keys_of(module_address: str) -> tuple[Key, ...]:
    return tuple(step.key for step in parse_module(module_address))


def is_disposable(change: ResourceChange) -> bool:
    """Whether its names say that what it holds is made again: scratch space, a build's cache."""
    names = (change.name, *(change.before.get(name) for name in _NAMES[:3]))
    words = {word for name in names if isinstance(name, str) for word in words_of(name)}
    return bool(words & _DISPOSABLE) or ("cache" in words and bool(words & _BUILDERS))


def strictest(environments: Iterable[Environment]) -> Environment:
    """The one that counts of several; raises ValueError for none."""
    return min(environments, key=list(Environment).index)


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
        named = _named(value) if name.lower() in _NAMING_VARIABLES else None
        if named:
            yield named, redact(f"variable {name} = {value}")


def _tag_votes(plan: Plan, redact: Redact) -> Iterator[Vote]:
    for change in plan.changes[:_MOST_LOOKED_AT]:
        for key, value in _tags(change):
            named = _named(value) if key.lower() in NAMING_KEYS else None
            if named:
                yield named, redact(f"tag {key} = {value}")


def _tags(change: ResourceChange) -> Iterator[tuple[str, Any]]:
    before = change.before
    for tags in (
        before.get("tags_all"),
        before.get("tags"),
        before.get("labels"),
        lookup(before, ("metadata", 0, "labels")),
    ):
        if isinstance(tags, dict):
            yield from tags.items()


def _name_votes(plan: Plan, redact: Redact) -> Iterator[Vote]:
    """Names speak where at least half of them do: one bucket of test reports is no test root."""
    votes: list[Vote] = []
    silent = 0
    for change in plan.changes[:_MOST_LOOKED_AT]:
        named = [
            (environment, redact(f"{name} {value}"))
            for name in _NAMES
            if (environment := _named(value := change.before.get(name)))
        ]
        votes += named
        silent += not named and any(isinstance(change.before.get(n), str) for n in _NAMES)
    if len(votes) >= silent or any(vote[0] is Environment.PRODUCTION for vote in votes):
        yield from votes


def _named(text: Any) -> Environment | None:
    """The strictest environment that a word of `text` names."""
    named = environment_named(text)
    return Environment(named) if named else None
