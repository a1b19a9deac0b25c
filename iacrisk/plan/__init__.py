"""Terraform's plan JSON as typed values: addresses, changes, attribute values, masking."""

from iacrisk.plan.address import (
    Address,
    Key,
    ModuleStep,
    format_key,
    matches,
    parse_address,
    parse_module,
    unescape_key,
)
from iacrisk.plan.change import ActionKind, ResourceChange
from iacrisk.plan.decoding import decode_plan
from iacrisk.plan.plan import Doubt, DoubtFound, Plan
from iacrisk.plan.reading import STDIN, read_plan
from iacrisk.plan.redaction import SENSITIVE, Redactor, Shown
from iacrisk.plan.values import UNKNOWN, Difference, Path, format_path, lookup, parse_path, unset

__all__ = [
    "SENSITIVE",
    "STDIN",
    "UNKNOWN",
    "ActionKind",
    "Address",
    "Difference",
    "Doubt",
    "DoubtFound",
    "Key",
    "ModuleStep",
    "Path",
    "Plan",
    "Redactor",
    "ResourceChange",
    "Shown",
    "decode_plan",
    "format_key",
    "format_path",
    "lookup",
    "matches",
    "parse_address",
    "parse_module",
    "parse_path",
    "read_plan",
    "unescape_key",
    "unset",
]
