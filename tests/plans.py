"""Readable builders of small plans; they go through the real decoder.

plan(
    delete("aws_db_instance.main", before={"identifier": "orders"}),
    noop("aws_instance.app", before={"id": "i-1"}),
    references={"aws_instance.app": {"user_data": ["aws_db_instance.main.address"]}},
)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from iacrisk.plan import Plan, decode_plan, parse_address

Json = dict[str, Any]
References = Mapping[str, Mapping[str, Sequence[str]]]


def change(address: str, *actions: str, **fields: Any) -> Json:
    """One entry of `resource_changes`.

    `fields` go into `change` (before, after, after_unknown, before_sensitive, after_sensitive,
    replace_paths, importing) or beside it (action_reason, previous_address, deposed, ...).
    """
    where = parse_address(address)
    inside = {"before", "after", "after_unknown", "replace_paths", "importing"}
    inside |= {"before_sensitive", "after_sensitive"}
    body: Json = {"before": None, "after": None, "after_unknown": {}}
    body |= {name: value for name, value in fields.items() if name in inside}
    outside = {name: value for name, value in fields.items() if name not in inside}
    module = ".".join(map(str, where.module))
    provider = where.type.partition("_")[0]
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        "mode": where.mode,
        "type": where.type,
        "name": where.name,
        **({"index": where.key} if where.key is not None else {}),
        "provider_name": f"registry.terraform.io/hashicorp/{provider}",
        "change": {"actions": list(actions), **body},
        **outside,
    }


def create(address: str, after: Json | None = None, **fields: Any) -> Json:
    """A create; computed `id` and `arn` are unknown unless `after_unknown` says otherwise."""
    fields.setdefault("after_unknown", {"id": True, "arn": True})
    return change(address, "create", after=after or {}, **fields)


def update(address: str, before: Json, after: Json, **fields: Any) -> Json:
    """An update in place."""
    return change(address, "update", before=before, after=after, **fields)


def tweak(address: str, before: Json, **changed: Any) -> Json:
    """An update in place of `before` with only the attributes `changed`."""
    return update(address, before, {**before, **changed})


def delete(address: str, before: Json | None = None, **fields: Any) -> Json:
    """A delete because the block is gone, unless `action_reason` says otherwise."""
    fields.setdefault("action_reason", "delete_because_no_resource_config")
    return change(address, "delete", before=before or {}, **fields)


def replace(
    address: str, before: Json, after: Json, *paths: str, create_first: bool = False, **fields: Any
) -> Json:
    """A replacement forced by the dotted `paths`; `id` and `arn` become unknown."""
    actions = ("create", "delete") if create_first else ("delete", "create")
    fields.setdefault("after_unknown", {"id": True, "arn": True})
    fields.setdefault("action_reason", "replace_because_cannot_update")
    steps = [[int(step) if step.isdigit() else step for step in path.split(".")] for path in paths]
    return change(address, *actions, before=before, after=after, replace_paths=steps, **fields)


def noop(address: str, before: Json | None = None, **fields: Any) -> Json:
    """A resource that stays as it is."""
    return change(address, "no-op", before=before or {}, after=before or {}, **fields)


def document(*changes: Json, references: References | None = None, **top_level: Any) -> Json:
    """Plan JSON of `changes`.

    `references` maps a block address (with its module path, no keys) to argument -> references;
    the argument "depends_on" is the block's depends_on. Without it the plan has no configuration.
    """
    plan_json: Json = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": True,
        "applyable": True,
        "errored": False,
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
    }
    if references is not None:
        plan_json["configuration"] = {"root_module": _configuration(changes, references)}
    return plan_json | top_level


def plan(*changes: Json, references: References | None = None, **top_level: Any) -> Plan:
    """The decoded plan of `document`."""
    return decode_plan(json.dumps(document(*changes, references=references, **top_level)).encode())


def _configuration(changes: Sequence[Json], references: References) -> Json:
    root: Json = {}
    blocks = {_block(item): item for item in changes if _is_configured(item)}
    for block in sorted(blocks.keys() | references.keys()):
        where = parse_address(block)
        module = root
        for step in where.module:
            calls = module.setdefault("module_calls", {})
            module = calls.setdefault(step.name, {"module": {}})["module"]
        arguments = dict(references.get(block, {}))
        depends_on = list(arguments.pop("depends_on", ()))
        module.setdefault("resources", []).append(
            {
                "address": where.block,
                "mode": where.mode,
                "type": where.type,
                "name": where.name,
                "provider_config_key": where.type.partition("_")[0],
                "expressions": {
                    argument: {"references": _with_prefixes(refs)}
                    for argument, refs in arguments.items()
                },
                **({"depends_on": depends_on} if depends_on else {}),
            }
        )
    return root


def _is_configured(item: Json) -> bool:
    return bool(item["change"]["actions"] != ["delete"])


def _block(item: Json) -> str:
    where = parse_address(item["address"])
    steps = "".join(f"module.{step.name}." for step in where.module)
    return steps + where.block


_STEP = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^."])+')
"""What stands between two dots of a reference; those in a quoted key are none."""


def _with_prefixes(refs: Sequence[str]) -> list[str]:
    """Terraform lists each reference followed by its shorter prefixes."""
    listed: list[str] = []
    for full in refs:
        steps = _STEP.findall(full)
        least = 3 if steps[0] == "data" else 2
        listed += [
            ".".join(steps[:end]) for end in range(len(steps), min(least, len(steps)) - 1, -1)
        ]
    return listed
