"""Settings: the policy file, and what the environment says."""

from iacrisk.config.settings import POLICY_FILE, find_policy, load_policy, parse_policy_file
from iacrisk.config.surroundings import workspace_name

__all__ = ["POLICY_FILE", "find_policy", "load_policy", "parse_policy_file", "workspace_name"]
