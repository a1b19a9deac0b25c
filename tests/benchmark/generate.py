"""Write a plan of any size, as `terraform show -json` would.

    python -m tests.benchmark.generate CHANGES FILE [--bytes-per-change N]

CHANGES counts the changes that do something; no-op neighbours come on top, as in real plans. The
plan is the same for the same arguments. Without --bytes-per-change a change takes 9.6 kB below
10,000 changes and 4.6 kB from there on, no-ops, prior state and planned values included.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tests.benchmark.blueprint import (
    NETWORK,
    NETWORK_OUTPUTS,
    SERVICE,
    Block,
    Json,
    Key,
    Place,
    tags,
)

SERVICES_PER_TEAM = 20
PROVIDER = "registry.terraform.io/hashicorp/aws"
_SMALL, _LARGE, _LARGE_FROM = 9600, 4600, 10_000
_LEAN_BELOW = 6500
_SAMPLE = 1500
_SEED = 42
_FATES = (("existing", 82), ("create", 11), ("delete", 7))
_ACTIONS = (("tags", 60), ("no-op", 20), ("update", 16), ("replace", 4))

encode = msgspec.json.encode


def make_plan(changes: int, bytes_per_change: int | None = None) -> bytes:
    """The JSON text of a plan with `changes` changes that do something."""
    target = bytes_per_change or (_SMALL if changes < _LARGE_FROM else _LARGE)
    lean = target < _LEAN_BELOW
    return _Writer(changes, _fill_for(target, lean), lean).write()


@cache
def _fill_for(bytes_per_change: int, lean: bool) -> int:
    """How long texts have to be for that size: measured on two plans that begin alike."""
    short, long = 0, 1000
    sizes = [len(_Writer(_SAMPLE, fill, lean).write()) / _SAMPLE for fill in (short, long)]
    slope = (sizes[1] - sizes[0]) / (long - short)
    return max(0, round((bytes_per_change - sizes[0]) / slope))


class _Module:
    """What the plan says about one module instance."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.prior: list[msgspec.Raw] = []
        self.planned: list[msgspec.Raw] = []


class _Writer:
    def __init__(self, changes: int, fill: int, lean: bool) -> None:
        self._left = changes
        self._fill = fill
        self._lean = lean
        self._random = random.Random(_SEED)  # noqa: S311 - no secret hangs on it
        self._changes: list[msgspec.Raw] = []
        self._teams: list[list[_Module]] = []
        self._network = _Module("module.network")

    def write(self) -> bytes:
        self._add(self._network, NETWORK, "network", 0, "existing")
        number = 0
        while self._left > 0:
            if number % SERVICES_PER_TEAM == 0:
                self._teams.append([])
            self._add_service(number)
            number += 1
        return encode(self._document())

    def _add_service(self, number: int) -> None:
        service = f"svc-{number:05d}"
        team = len(self._teams) - 1
        module = _Module(f'module.team_{team:03d}.module.service["{service}"]')
        self._teams[-1].append(module)
        self._add(module, SERVICE, service, number + 1, self._pick(_FATES))

    def _add(
        self, module: _Module, blocks: Sequence[Block], service: str, number: int, fate: str
    ) -> None:
        for block in blocks:
            for key in block.keys:
                if self._left <= 0:
                    return
                place = Place(
                    service=service, number=number, key=key, fill=self._fill, lean=self._lean
                )
                action = self._pick(_ACTIONS) if fate == "existing" else fate
                self._add_resource(module, block, place, _possible(block, action))

    def _add_resource(self, module: _Module, block: Block, place: Place, action: str) -> None:
        before, after, unknown, replace_paths = _sides(block, place, action)
        self._left -= action != "no-op"
        marks = dict.fromkeys(block.sensitive, True)
        where: Json = {
            "address": f"{module.address}.{block.address}{_key(place.key)}",
            "mode": "managed",
            "type": block.type,
            "name": block.name,
            **({} if place.key is None else {"index": place.key}),
            "provider_name": PROVIDER,
        }
        change: Json = {
            "actions": _VERBS[action],
            "before": before,
            "after": after,
            "after_unknown": unknown,
            "before_sensitive": False if before is None else marks,
            "after_sensitive": False if after is None else marks,
            **({"replace_paths": replace_paths} if replace_paths else {}),
        }
        entry: Json = {**where, "module_address": module.address, "change": change}
        if action in _REASONS:
            entry["action_reason"] = _REASONS[action]
        self._changes.append(msgspec.Raw(encode(entry)))
        state = {**where, "schema_version": 0, "sensitive_values": marks}
        if before is not None:
            prior = {**state, "values": before, "depends_on": _dependencies(module, block)}
            module.prior.append(msgspec.Raw(encode(prior)))
        if after is not None:
            module.planned.append(msgspec.Raw(encode({**state, "values": after})))

    def _pick(self, weighted: Sequence[tuple[str, int]]) -> str:
        names, weights = zip(*weighted, strict=True)
        return str(self._random.choices(names, weights)[0])

    def _document(self) -> Json:
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "variables": {"revision": {"value": "2"}},
            "planned_values": {"root_module": self._values("planned")},
            "resource_changes": self._changes,
            "prior_state": {
                "format_version": "1.0",
                "terraform_version": "1.11.4",
                "values": {"root_module": self._values("prior")},
            },
            "configuration": {
                "provider_config": {
                    "aws": {
                        "name": "aws",
                        "full_name": PROVIDER,
                        "expressions": {"region": {"constant_value": "eu-west-1"}},
                    }
                },
                "root_module": {
                    "module_calls": {
                        "network": {"source": "./network", "module": _network_configuration()},
                        **{
                            f"team_{number:03d}": _team_configuration(number)
                            for number in range(len(self._teams))
                        },
                    },
                    "variables": {"revision": {"default": "1"}},
                },
            },
            "timestamp": "2025-01-01T00:00:00Z",
            "applyable": True,
            "complete": True,
            "errored": False,
        }

    def _values(self, side: str) -> Json:
        def tree(module: _Module) -> Json:
            return {"address": module.address, "resources": getattr(module, side)}

        teams = [
            {
                "address": f"module.team_{number:03d}",
                "child_modules": [tree(module) for module in modules if getattr(module, side)],
            }
            for number, modules in enumerate(self._teams)
        ]
        return {"child_modules": [tree(self._network), *teams]}


_EMPTY: Sequence[Any] = (None, "", [], False)
_VERBS: Mapping[str, Sequence[str]] = {
    "create": ["create"],
    "delete": ["delete"],
    "no-op": ["no-op"],
    "replace": ["delete", "create"],
    "tags": ["update"],
    "update": ["update"],
}
_REASONS = {"delete": "delete_because_no_module", "replace": "replace_because_cannot_update"}


def _possible(block: Block, action: str) -> str:
    """`action`, or the nearest that this block knows."""
    if action == "replace" and block.replace is None:
        action = "update"
    if action == "update" and block.update is None:
        action = "tags"
    return "no-op" if action == "tags" and not block.tagged else action


def _sides(
    block: Block, place: Place, action: str
) -> tuple[Json | None, Json | None, Json | bool, list[list[str]]]:
    """The values before and after, what is unknown, and the paths that force a replacement."""
    values = block.values(place)
    before = _tagged(block, values, place, "1")
    unknown: Json = {}
    if action == "delete":
        return before, None, False, []
    if action == "no-op":
        return before, before, unknown, []
    after = _tagged(block, values, place, "2" if action == "tags" else "1")
    if action == "update" and block.update is not None:
        after[block.update[0]] = block.update[1]
    if action in {"create", "replace"}:
        unknown = dict.fromkeys(block.computed, True)
        after = {name: value for name, value in after.items() if name not in unknown}
    if action == "create":
        return None, after, unknown, []
    paths: list[list[str]] = []
    if action == "replace" and block.replace is not None:
        after[block.replace[0]] = block.replace[1]
        paths = [[block.replace[0]]]
    return before, after, unknown, paths


def _tagged(block: Block, values: Json, place: Place, revision: str) -> Json:
    if place.lean:
        values = {name: value for name, value in values.items() if value not in _EMPTY}
    if not block.tagged:
        return dict(values)
    found = tags(place, revision)
    return {**values, "tags": found} if place.lean else {**values, "tags": found, "tags_all": found}


def _key(key: Key) -> str:
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f'["{key}"]'


def _dependencies(module: _Module, block: Block) -> list[str]:
    """The transitive closure by block, as the state keeps it."""
    team = module.address.partition("[")[0]
    found: set[str] = set()
    waiting = [block]
    while waiting:
        for text in _references(waiting.pop()):
            for other in (*SERVICE, *NETWORK):
                if text.startswith(f"{other.address}.") and f"{team}.{other.address}" not in found:
                    found.add(f"{team}.{other.address}")
                    waiting.append(other)
            for text_of_network in NETWORK_OUTPUTS.get(text.removeprefix("var."), ()):
                found.add("module.network." + ".".join(text_of_network.split(".")[:2]))
    return sorted(found)


def _references(block: Block) -> Iterator[str]:
    for texts in block.references.values():
        for text in texts:
            yield f"{text}." if text.startswith("aws_") else text


def _network_configuration() -> Json:
    return {
        "resources": list(map(_resource_configuration, NETWORK)),
        "outputs": {
            name: {"expression": {"references": list(texts)}}
            for name, texts in NETWORK_OUTPUTS.items()
        },
    }


def _team_configuration(number: int) -> Json:
    service: Json = {
        "source": "../modules/service",
        "for_each_expression": {"references": ["var.services"]},
        "expressions": {
            "name": {"references": ["each.key"]},
            **{name: {"references": [f"var.{name}"]} for name in NETWORK_OUTPUTS},
        },
        "module": {
            "resources": list(map(_resource_configuration, SERVICE)),
            "variables": {name: {} for name in ("name", *NETWORK_OUTPUTS)},
        },
    }
    return {
        "source": "./team",
        "expressions": {
            "services": {"constant_value": [f"team {number}"]},
            **{
                name: {"references": [f"module.network.{name}", "module.network"]}
                for name in NETWORK_OUTPUTS
            },
        },
        "module": {
            "module_calls": {"service": service},
            "variables": {name: {} for name in ("services", *NETWORK_OUTPUTS)},
        },
    }


def _resource_configuration(block: Block) -> Json:
    configured: Json = {
        "address": block.address,
        "mode": "managed",
        "type": block.type,
        "name": block.name,
        "provider_config_key": "aws",
        "schema_version": 0,
        "expressions": {
            name: {"references": list(texts)} for name, texts in block.references.items()
        },
    }
    if block.repetition:
        configured[f"{block.repetition}_expression"] = {"constant_value": len(block.keys)}
    return configured


def _arguments(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description="Write a plan of any size.")
    parser.add_argument("changes", type=int, help="changes that do something")
    parser.add_argument("file", type=Path)
    parser.add_argument("--bytes-per-change", type=int)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the plan that the arguments ask for."""
    asked = _arguments(arguments)
    asked.file.write_bytes(make_plan(asked.changes, asked.bytes_per_change))


if __name__ == "__main__":
    main()
