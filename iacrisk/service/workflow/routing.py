"""Which policy and mode hold for a workspace."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from iacrisk.config import read_settings
from iacrisk.service.settings import Mode, Settings


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a workspace. `policy`: path of a policy file, or ""."""

    policy: str
    mode: Mode


def route_of(settings: Settings, organisation: str, workspace: str) -> Route:
    """By the first rule whose globs fit, else by what holds for all."""
    for rule in settings.workspaces:
        if fnmatchcase(organisation, rule.organisation) and fnmatchcase(workspace, rule.workspace):
            return Route(policy=rule.policy or settings.policy, mode=rule.mode or settings.mode)
    return Route(policy=settings.policy, mode=settings.mode)


def check_policies(settings: Settings) -> None:
    """Read every policy file once, so that a wrong one is told at start; raises SettingsError."""
    named = {settings.policy, *(rule.policy for rule in settings.workspaces)}
    for path in sorted(filter(None, named)):
        read_settings(Path(path))
