"""What the blocks of one document say that no plan shows: guards, lifecycle, module versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.source.hcl import blocks, labelled

_KEY: Final = regex(r"\[[^\]]*\]")
_OFF: Final = ("false", False, None)


class BlockFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One resource block. `ignored` holds the paths of ignore_changes, or "all"."""

    guarded: bool = False
    ignored: tuple[str, ...] = ()
    creates_first: bool = False
    triggers: tuple[str, ...] = ()
    acts_on_destroy: bool = False
    """It has a provisioner with `when = destroy`."""


class CallFacts(msgspec.Struct, frozen=True):
    """One module call."""

    source: str = ""
    version: str = ""


def block_facts(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address inside the module, and the fields of BlockFacts that the document states."""
    for type_name, named in labelled(document, "resource"):
        for block in _each(named):
            for name, bodies in block.items() if isinstance(block, dict) else ():
                stated: dict[str, Any] = {}
                for body in _each(bodies):
                    stated |= lifecycle_of(body)
                yield f"{type_name}.{name}", stated


def calls(document: Any) -> Iterator[tuple[str, CallFacts]]:
    """The module calls by name."""
    for name, bodies in labelled(document, "module"):
        for body in _each(bodies):
            if isinstance(body, dict):
                yield name, CallFacts(_text(body.get("source")), _text(body.get("version")))


def moves(document: Any) -> Iterator[tuple[str, str]]:
    """Old and new address of each `moved` block, without keys."""
    for block in blocks(document, "moved"):
        if isinstance(block, dict):
            yield _address(block.get("from")), _address(block.get("to"))


def backends(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and arguments of the backend, or of the `cloud` block."""
    for terraform in blocks(document, "terraform"):
        for kind, bodies in labelled(terraform, "backend"):
            for body in _each(bodies):
                yield kind, body if isinstance(body, dict) else {}
        for body in blocks(terraform, "cloud"):
            yield "cloud", body if isinstance(body, dict) else {}


def lifecycle_of(body: Any) -> dict[str, Any]:
    """The fields of BlockFacts that a body states.

    An expression as a guard (OpenTofu allows one) counts as on: somebody wants a guard.
    """
    stated: dict[str, Any] = {}
    for lifecycle in blocks(body, "lifecycle"):
        if not isinstance(lifecycle, dict):
            continue
        if "prevent_destroy" in lifecycle:
            stated["guarded"] = lifecycle["prevent_destroy"] not in _OFF
        if "ignore_changes" in lifecycle:
            stated["ignored"] = _references(lifecycle["ignore_changes"])
        if "create_before_destroy" in lifecycle:
            stated["creates_first"] = lifecycle["create_before_destroy"] not in _OFF
        if "replace_triggered_by" in lifecycle:
            stated["triggers"] = _references(lifecycle["replace_triggered_by"])
    for _, bodies in labelled(body, "provisioner"):
        for provisioner in _each(bodies):
            if isinstance(provisioner, dict) and _plain(provisioner.get("when")) == "destroy":
                stated["acts_on_destroy"] = True
    return stated


def _references(value: Any) -> tuple[str, ...]:
    return tuple(sorted(_plain(item) for item in _each(value)))


def _plain(value: Any) -> str:
    return str(value or "").removeprefix("${").removesuffix("}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _address(reference: Any) -> str:
    return _KEY.sub("", _plain(reference))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
