"""What HCP Terraform takes as a callback, as a JSON schema without slack.

Stricter than the service's own limits on purpose: unknown members are refused, so that a misplaced
`outcomes` (one page of the documentation puts it under `attributes`) fails here and not at a user.
"""

from __future__ import annotations

from typing import Any

import jsonschema

_TEXT = {"type": "string", "minLength": 1, "maxLength": 1000}
_URL = {"type": "string", "maxLength": 500, "format": "uri", "pattern": "^https?://[^\\s]+$"}

_TAG = {
    "type": "object",
    "required": ["label"],
    "additionalProperties": False,
    "properties": {
        "label": {"type": "string", "minLength": 1, "maxLength": 32},
        "level": {"enum": ["none", "info", "warning", "error"]},
    },
}

_OUTCOME = {
    "type": "object",
    "required": ["type", "attributes"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "task-result-outcomes"},
        "attributes": {
            "type": "object",
            "required": ["outcome-id", "description"],
            "additionalProperties": False,
            "properties": {
                "outcome-id": {"type": "string", "minLength": 1, "maxLength": 64},
                "description": _TEXT | {"pattern": "^[^\\r\\n]*$"},
                "body": {"type": "string", "maxLength": 9000},
                "url": _URL,
                "tags": {
                    "type": "object",
                    "maxProperties": 10,
                    "propertyNames": {"pattern": "^[A-Za-z0-9_]+$"},
                    "additionalProperties": {"type": "array", "minItems": 1, "items": _TAG},
                },
            },
        },
    },
}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["data"],
    "additionalProperties": False,
    "properties": {
        "data": {
            "type": "object",
            "required": ["type", "attributes"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "task-results"},
                "attributes": {
                    "type": "object",
                    "required": ["status"],
                    "additionalProperties": False,
                    "properties": {
                        "status": {"enum": ["running", "passed", "failed"]},
                        "message": _TEXT,
                        "url": _URL,
                    },
                },
                "relationships": {
                    "type": "object",
                    "required": ["outcomes"],
                    "additionalProperties": False,
                    "properties": {
                        "outcomes": {
                            "type": "object",
                            "required": ["data"],
                            "additionalProperties": False,
                            "properties": {
                                "data": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": 10,
                                    "items": _OUTCOME,
                                }
                            },
                        }
                    },
                },
            },
        }
    },
}

_VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def faults_of(body: object) -> list[str]:
    """What HCP would not take of this callback; empty when it is well-formed."""
    return [
        f"{'/'.join(map(str, fault.absolute_path)) or 'body'}: {fault.message}"
        for fault in _VALIDATOR.iter_errors(body)
    ]
