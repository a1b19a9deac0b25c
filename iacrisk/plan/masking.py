"""A plan that may be kept: the same JSON with every sensitive value replaced by a stand-in.

What the redactor masks in a report is masked here as well, and each value has a stand-in of its
own, so that equal values stay equal and different ones different. Only what iacrisk reads is
kept, and `planned_values` only where it does not repeat the changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from iacrisk.plan.address import format_key, unescape_key
from iacrisk.plan.plan import Plan
from iacrisk.plan.redaction import QUOTED_KEY, Needles, as_text, find_secrets

Json = dict[str, Any]

STAND_IN: Final = "sensitive-value-"
"""A number follows. One word, so that whoever compares words finds one in its place."""

_KEPT: Final = frozenset(
    {"format_version", "terraform_version", "applyable", "complete", "errored"}
)
_IDENTIFIERS: Final = frozenset(
    {
        "action_reason",
        "alias",
        "full_name",
        "mode",
        "name",
        "provider_config_key",
        "provider_name",
        "type",
    }
)
"""Words of the configuration, which is not secret."""

_ADDRESSES: Final = frozenset({"address", "depends_on", "module_address", "references"})


class MaskedPlan(msgspec.Struct, frozen=True):
    """The masked document, and the same treatment for text that belongs to it."""

    json: bytes
    address: Callable[[str], str]
    text: Callable[[str], str]


def mask_plan(plan: Plan) -> MaskedPlan:
    """The plan with stand-ins for whatever is sensitive; the same plan gives the same bytes."""
    masker = _Masker(find_secrets(plan.document))
    document = msgspec.json.decode(msgspec.json.encode(plan.document))
    masked = msgspec.json.encode(masker.document(document), order="sorted")
    return MaskedPlan(json=masked, address=masker.address, text=masker.text)


class _Masker:
    """Walks the document; the stand-ins are numbered as they are needed."""

    def __init__(self, secrets: frozenset[str]) -> None:
        self._secrets = secrets
        self._needles = Needles(secrets, self._stand_in)
        self._numbers: dict[str, int] = {}

    def _stand_in(self, secret: str) -> str:
        return f"{STAND_IN}{self._numbers.setdefault(secret, len(self._numbers) + 1)}"

    def text(self, text: str) -> str:
        return self._stand_in(text) if text in self._secrets else self._needles.mask(text)

    def address(self, address: str) -> str:
        """Only instance keys can carry a value, as in `Redactor.address`."""
        return QUOTED_KEY.sub(self._key, address) if '["' in address else address

    def _key(self, key: re.Match[str]) -> str:
        """Looked at both as it is written and as what it stands for."""
        written = self._needles.mask(key.group(1))
        meant = _meaning(written)
        masked = self.text(meant)
        return f'["{written}"]' if masked == meant else format_key(masked)

    def document(self, document: Json) -> Json:
        masked: Json = {name: document[name] for name in document.keys() & _KEPT}
        configuration = document.get("configuration") or {}
        declared = (configuration.get("root_module") or {}).get("variables") or {}
        masked["variables"] = {
            name: {"value": self.value(variable["value"], _is_sensitive(declared.get(name)))}
            for name, variable in (document.get("variables") or {}).items()
        }
        for name in ("resource_changes", "resource_drift"):
            masked[name] = self._each(document.get(name), self._resource)
        masked["output_changes"] = {
            name: self._change(change, top=False)
            for name, change in (document.get("output_changes") or {}).items()
        }
        masked["deferred_changes"] = self._each(document.get("deferred_changes"), self._deferred)
        masked["action_invocations"] = self._each(
            document.get("action_invocations"), self._invocation
        )
        masked["deferred_action_invocations"] = self._each(
            document.get("deferred_action_invocations"), self._invocation
        )
        prior = document.get("prior_state")
        if prior is not None:
            values = prior.get("values")
            masked["prior_state"] = {"values": self._values(values) if values else None}
        if not document.get("resource_changes") and document.get("planned_values"):
            masked["planned_values"] = self._values(document["planned_values"])
        if document.get("configuration") is not None:
            masked["configuration"] = self._configuration(configuration)
        return _without_nothing(masked)

    def _each(self, items: Any, mask: Callable[[Json], Json]) -> list[Json] | None:
        return None if items is None else [mask(item) for item in items]

    def _resource(self, resource: Json) -> Json:
        masked = {**resource, "change": self._change(resource["change"])}
        for name in ("address", "module_address", "previous_address"):
            if masked.get(name):
                masked[name] = self.address(masked[name])
        if isinstance(masked.get("index"), str):
            masked["index"] = self.text(masked["index"])
        return _without_nothing(masked)

    def _change(self, change: Json, *, top: bool = True) -> Json:
        marks = _union(change.get("before_sensitive"), change.get("after_sensitive"))
        masked = {**change}
        for name in ("before", "after"):
            masked[name] = self.value(change.get(name), marks, top=top)
        for name in ("before_sensitive", "after_sensitive", "after_unknown"):
            masked[name] = self._mirror(change.get(name), marks, top=top)
        paths = change.get("replace_paths")
        if paths is not None:
            masked["replace_paths"] = [self._path(path, marks) for path in paths]
        for name in ("importing", "generated_config"):
            if masked.get(name) is not None:
                masked[name] = self.value(masked[name], None)
        return _without_nothing(masked)

    def value(self, value: Any, marks: Any, *, top: bool = False) -> Any:
        """A value; everything below a mark is replaced, and whatever is secret elsewhere.

        `top`: its keys are names of attributes.
        """
        if isinstance(value, dict):
            return {
                name if top else self._name(name, marks): self.value(item, _below(marks, name))
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.value(item, _below(marks, index)) for index, item in enumerate(value)]
        if value is None:
            return None
        if marks is True:
            return self._stand_in(as_text(value))
        if isinstance(value, str):
            return self.text(value)
        text = as_text(value)
        return self._stand_in(text) if text in self._secrets else value

    def _mirror(self, tree: Any, marks: Any, *, top: bool = False) -> Any:
        """A mirror tree, its keys masked as the values' are."""
        if isinstance(tree, dict):
            return {
                name if top else self._name(name, marks): self._mirror(item, _below(marks, name))
                for name, item in tree.items()
            }
        if isinstance(tree, list):
            return [self._mirror(item, _below(marks, index)) for index, item in enumerate(tree)]
        return tree if isinstance(tree, bool) else None

    def _name(self, name: str, marks: Any) -> str:
        return self._stand_in(name) if marks is True else self.text(name)

    def _path(self, path: list[str | int], marks: Any) -> list[str | int]:
        masked = path[:1]
        for number, step in enumerate(path[1:], 1):
            marks = _below(marks, path[number - 1])
            masked.append(self._name(step, marks) if isinstance(step, str) else step)
        return masked

    def _deferred(self, deferred: Json) -> Json:
        resource = self._resource(deferred["resource_change"])
        return {"reason": deferred.get("reason"), "resource_change": resource}

    def _invocation(self, invocation: Json) -> Json:
        marks = invocation.get("config_sensitive")
        return {
            name: self._mirror(item, marks, top=True)
            if name in {"config_sensitive", "config_unknown"}
            else self.address(item)
            if name == "address" and isinstance(item, str)
            else self.value(item, marks if name == "config_values" else None, top=True)
            for name, item in invocation.items()
        }

    def _values(self, values: Json) -> Json:
        outputs = {
            name: {
                "sensitive": _is_sensitive(output),
                "value": self.value(output.get("value"), _is_sensitive(output)),
            }
            for name, output in (values.get("outputs") or {}).items()
            if isinstance(output, dict)
        }
        root = values.get("root_module")
        return {"outputs": outputs, "root_module": self._state_module(root) if root else None}

    def _state_module(self, module: Json) -> Json:
        return {
            "address": self.address(module.get("address") or ""),
            "resources": self._each(module.get("resources"), self._state_resource),
            "child_modules": self._each(module.get("child_modules"), self._state_module),
        }

    def _state_resource(self, resource: Json) -> Json:
        marks = resource.get("sensitive_values")
        masked = {
            **resource,
            "address": self.address(resource["address"]),
            "values": self.value(resource.get("values"), marks, top=True),
            "sensitive_values": self._mirror(marks, marks, top=True),
        }
        if resource.get("depends_on"):
            masked["depends_on"] = [self.address(item) for item in resource["depends_on"]]
        if isinstance(masked.get("index"), str):
            masked["index"] = self.text(masked["index"])
        return _without_nothing(masked)

    def _configuration(self, configuration: Json) -> Json:
        return {
            "root_module": self._module(configuration.get("root_module") or {}),
            "provider_config": {
                name: self._block(provider)
                for name, provider in (configuration.get("provider_config") or {}).items()
            },
        }

    def _module(self, module: Json) -> Json:
        return {
            "resources": self._each(module.get("resources"), self._block),
            "module_calls": {
                name: self._call(call) for name, call in (module.get("module_calls") or {}).items()
            },
            "outputs": {
                name: self._block(item) for name, item in (module.get("outputs") or {}).items()
            },
            "variables": {
                name: self._variable(item) for name, item in (module.get("variables") or {}).items()
            },
        }

    def _call(self, call: Json) -> Json:
        inner = {key: item for key, item in call.items() if key != "module"}
        return {**self._block(inner), "module": self._module(call.get("module") or {})}

    def _variable(self, variable: Json) -> Json:
        sensitive = _is_sensitive(variable)
        default = self.value(variable.get("default"), sensitive)
        return _without_nothing({"default": default, "sensitive": sensitive})

    def _block(self, block: Json) -> Json:
        """A block of the configuration: names, addresses and expressions."""
        masked = {
            name: item if name in _IDENTIFIERS else self._expression(item, name)
            for name, item in block.items()
        }
        return _without_nothing(masked)

    def _expression(self, tree: Any, name: str) -> Any:
        """An expression tree: what it refers to is an address, what it holds is a value."""
        if name == "constant_value":
            return self.value(tree, None)
        if isinstance(tree, dict):
            return {key: self._expression(item, key) for key, item in tree.items()}
        if isinstance(tree, list):
            return [self._expression(item, name) for item in tree]
        is_address = name in _ADDRESSES and isinstance(tree, str)
        return self.address(tree) if is_address else self.value(tree, None)


def _meaning(written: str) -> str:
    """What an instance key stands for; also where a character is written as two halves."""
    try:
        halves = unescape_key(written).encode("utf-16", "surrogatepass")
        return halves.decode("utf-16", "replace")
    except (ValueError, OverflowError):
        return written


def _is_sensitive(declared: Any) -> bool:
    """What a variable or an output says of itself."""
    return isinstance(declared, dict) and bool(declared.get("sensitive"))


def _below(marks: Any, step: str | int) -> Any:
    if marks is True:
        return True
    try:
        return marks[step]
    except (KeyError, IndexError, TypeError):
        return None


def _union(one: Any, two: Any) -> Any:
    """What either of two mirror trees marks."""
    if one is True or two is True:
        return True
    if isinstance(one, dict) and isinstance(two, dict):
        return {name: _union(one.get(name), two.get(name)) for name in one.keys() | two.keys()}
    if isinstance(one, list) and isinstance(two, list):
        longest = range(max(len(one), len(two)))
        return [_union(_below(one, number), _below(two, number)) for number in longest]
    return one or two


def _without_nothing(value: Json) -> Json:
    return {name: item for name, item in value.items() if item is not None}
