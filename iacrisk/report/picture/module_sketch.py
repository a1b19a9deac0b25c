"""The sketch of a plan by modules: what changes in each, and which uses which.

Instances of one module call share a card. A module stands right of those that it uses.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import Graph, Node
from iacrisk.plan import parse_module
from iacrisk.report.picture.scene import State
from iacrisk.report.picture.sketch import Card, Column, Line, Sketch
from iacrisk.report.plain import count, plain
from iacrisk.report.words import headline, tally, waiting_addresses

ROOT: Final = "root module"
_COLUMNS: Final = 5


class _Module(msgspec.Struct, kw_only=True):
    """A module call, with all its instances."""

    path: str
    instances: set[str] = msgspec.field(default_factory=set)
    resources: int = 0
    changes: int = 0
    waiting: int = 0
    worst: int = 0

    @property
    def state(self) -> State:
        if self.waiting:
            return State.WAITS
        return State.CHANGES_TOO if self.changes else State.UNTOUCHED

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """The riskiest first."""
        return -self.waiting, -self.worst, -self.changes, self.path


class _Use(msgspec.Struct, kw_only=True):
    """What resources of one module refer to in another."""

    references: int = 0
    hits: int = 0


def sketch_of_modules(assessment: Assessment, rows: int) -> Sketch:
    """A card for each module call, at most `rows` in a column."""
    modules = _modules(assessment)
    uses = _uses(assessment)
    levels = _levels(modules, uses)
    by_level: dict[int, list[_Module]] = defaultdict(list)
    for module in modules.values():
        by_level[levels[module.path]].append(module)
    columns, drawn = {}, []
    for level, own in by_level.items():
        own.sort(key=lambda module: module.rank)
        drawn += own[:rows]
        hidden = Counter(module.state for module in own[rows:])
        columns[level] = Column(title=_title(level), told=_told(own), hidden=hidden)
    paths = {module.path for module in drawn}
    lines = [
        _line(used, user, use)
        for (used, user), use in uses.items()
        if used in paths and user in paths
    ]
    cards = [_card(module, levels[module.path], lines) for module in drawn]
    words = " ".join(f"{card.words}." for card in cards)
    return Sketch(
        address="",
        heading=(headline(assessment), f"by module; {tally(assessment)}"),
        description=f"{headline(assessment)}. {words}",
        columns=columns,
        cards=tuple(cards),
        lines=tuple(lines),
    )


def _modules(assessment: Assessment) -> dict[str, _Module]:
    waiting = waiting_addresses(assessment)
    changed = {item.address: item for item in assessment.changes}
    modules: dict[str, _Module] = {}
    for node in assessment.graph.nodes:
        if node.is_resource:
            path = _path(node)
            module = modules.setdefault(path, _Module(path=path))
            module.instances.add(node.module)
            module.resources += 1
            item = changed.get(node.label)
            if item is not None:
                module.changes += 1
                module.waiting += node.label in waiting
                module.worst = max(module.worst, item.score.score)
    return modules


def _uses(assessment: Assessment) -> dict[tuple[str, str], _Use]:
    """By the module that is used and the one that uses it, how much, and what harm goes there."""
    graph = assessment.graph
    uses: dict[tuple[str, str], _Use] = defaultdict(_Use)
    for node in graph.nodes:
        if node.is_resource:
            used = _path(node)
            for use in graph.consumers(node.label):
                if use.node.is_resource and _path(use.node) != used:
                    uses[used, _path(use.node)].references += 1
    for item in assessment.changes:
        for used, user in _ways(item, graph):
            uses[used, user].hits += 1
    return uses


def _ways(item: AssessedChange, graph: Graph) -> Iterable[tuple[str, str]]:
    """Over which borders between modules the change hits those who are named."""
    found: set[tuple[str, str, str]] = set()
    for hit in item.radius.named:
        labels = [item.address, *(step.address for step in hit.path)]
        nodes = [graph.node(label) for label in labels]
        paths = [_path(node) for node in nodes if node is not None and node.is_resource]
        pairs = itertools.pairwise(paths)
        found |= {(used, user, hit.address) for used, user in pairs if used != user}
    return [(used, user) for used, user, _ in found]


def _levels(modules: Iterable[str], uses: dict[tuple[str, str], _Use]) -> dict[str, int]:
    """How many modules deep each stands on others; a circle is cut at its first by name."""
    needs: dict[str, set[str]] = {path: set() for path in sorted(modules)}
    for used, user in uses:
        needs[user].add(used)
    levels: dict[str, int] = {}
    while needs:
        ready = [path for path, others in needs.items() if others <= levels.keys()]
        for path in ready or [next(iter(needs))]:
            known = [levels[other] for other in needs.pop(path) if other in levels]
            levels[path] = min(max(known, default=-1) + 1, _COLUMNS - 1)
    return levels


def _path(node: Node) -> str:
    """The module without instance keys, as its block has it; empty for the root."""
    if not node.module:
        return ""
    try:
        return ".".join(f"module.{step.name}" for step in parse_module(node.module))
    except ValueError:
        return "?"


def _card(module: _Module, level: int, lines: Iterable[Line]) -> Card:
    path = plain(module.path) or ROOT
    *above, name = path.removeprefix("module.").split(".module.")
    told = count(module.changes, "change") if module.changes else "nothing changes"
    worst = f", risk {module.worst}" if module.changes else ""
    waits = f"{count(module.waiting, 'of them waits', 'of them wait')}; " if module.waiting else ""
    instances = count(len(module.instances), "instance")
    resources = count(module.resources, "resource")
    return Card(
        key=module.path,
        ring=level,
        state=module.state,
        address=path,
        kind=" / ".join(above) or ("module" if module.path else resources),
        name=name,
        via=told + worst,
        words=f"{path}: {told}{worst}; {waits}{resources} in {instances}",
        shape="modules",
        hops=level,
        count=len(module.instances),
        before=next((line.source for line in lines if line.target == module.path), ""),
    )


def _line(used: str, user: str, use: _Use) -> Line:
    told = count(use.references, "reference")
    if use.hits:
        told += f"; {count(use.hits, 'hit goes', 'hits go')} this way"
    ends = f"{plain(used) or ROOT} to {plain(user) or ROOT}"
    return Line(source=used, target=user, words=f"{ends}: {told}", harms=bool(use.hits))


def _title(level: int) -> str:
    return "use no other module" if level == 0 else "use those before"


def _told(modules: list[_Module]) -> str:
    changes = sum(module.changes for module in modules)
    waiting = sum(module.waiting for module in modules)
    told = count(changes, "change")
    return f"{told} · {waiting:,} wait" if waiting else told
