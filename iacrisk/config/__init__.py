"""Settings: the policy file, and what the environment says."""

from iacrisk.config.settings import (
    POLICY_FILE,
    Settings,
    find_policy,
    load_settings,
    parse_policy_file,
    read_settings,
)
from iacrisk.config.surroundings import host_variables, service_variables, workspace_name
from iacrisk.config.toml_file import read_toml

__all__ = [
    "POLICY_FILE",
    "Settings",
    "find_policy",
    "host_variables",
    "load_settings",
    "parse_policy_file",
    "read_settings",
    "read_toml",
    "service_variables",
    "workspace_name",
]
