"""What the process environment says; nothing else reads it."""

from __future__ import annotations

import os
from pathlib import Path

from iacrisk.provenance.hosts import VARIABLES

_WORKSPACE_VARIABLES = ("TF_WORKSPACE", "ATLANTIS_WORKSPACE", "TFC_WORKSPACE_NAME")
_SERVICE = "IACRISK_"
_LAB_MIRROR = "IACRISK_PROVIDER_MIRROR"
"""Of the outcome lab, and no setting of the service."""
_SELECTED = Path(".terraform") / "environment"


def workspace_name(directory: Path) -> str:
    """The Terraform workspace, "" where nothing names one."""
    for variable in _WORKSPACE_VARIABLES:
        name = os.environ.get(variable, "")
        if name:
            return name
    try:
        return (directory / _SELECTED).read_text("utf-8").strip()
    except OSError:
        return ""


def host_variables() -> dict[str, str]:
    """The variables in which a CI host speaks of a change."""
    return {name: os.environ[name] for name in VARIABLES if name in os.environ}


def service_variables() -> dict[str, str]:
    """The variables that set up the service."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_SERVICE) and name != _LAB_MIRROR
    }
