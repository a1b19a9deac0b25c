"""From a plan to its graph.

Three sources, in order of trust: the references and depends_on of the configuration, followed
through module inputs and outputs to instances; the dependencies recorded in the prior state,
for objects whose configuration is gone or cannot be followed; ids that stand in other
resources' values. All-to-all references run through one node for "all instances", so a plan
of 10,000 by 10,000 instances has 20,000 edges.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from iacrisk.graph.graph import Edge, Graph
from iacrisk.graph.kubernetes import kubernetes_edges
from iacrisk.graph.matching import argument_naming, matching_edges
from iacrisk.graph.model import Node, NodeKind, Origin, Precision, Reference, Unresolved
from iacrisk.graph.prior import PriorDependencies, absolute_block, block_name, without_keys
from iacrisk.graph.references import Mention, Subject, expression_mentions, mentions
from iacrisk.plan import Key, Plan, parse_module, wire

_PASSED = Precision.EXACT


class ModuleInstance:
    """One instance of a module, with the configuration it was expanded from."""

    def __init__(
        self,
        address: str,
        config: wire.ConfigModule,
        parent: ModuleInstance | None = None,
        call: wire.ModuleCall | None = None,
        key: Key = None,
    ) -> None:
        self.address = address
        self.config = config
        self.parent = parent
        self.call = call
        self.key = key
        self.children: dict[str, list[ModuleInstance]] = {}

    def qualify(self, name: str) -> str:
        """`name` as seen from the root."""
        return f"{self.address}.{name}" if self.address else name


def build_graph(plan: Plan) -> Graph:
    """The graph of `plan`; what could not be resolved is listed on it, never dropped."""
    return _Builder(plan).build()


class _Builder:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._nodes: list[Node] = []
        self._edges: list[list[Edge]] = []
        self._ids: dict[str, int] = {}
        self._members: dict[tuple[str, str], dict[Key, int]] = {}
        self._unresolved: dict[tuple[str, str], Unresolved] = {}
        self._with_gaps: set[int] = set()
        self._pending: deque[tuple[int, ModuleInstance, tuple[Mention, ...]]] = deque()
        configuration = plan.document.configuration
        self._has_configuration = configuration is not None
        self._mentions: dict[int, tuple[Mention, ...]] = {}
        self._root = ModuleInstance("", (configuration or wire.Configuration()).root_module)
        self._modules: dict[str, ModuleInstance] = {"": self._root}
        self._prior = PriorDependencies(plan.document)

    def build(self) -> Graph:
        self._add_resources()
        for module in list(self._modules.values()):
            self._add_references(module)
        self._add_providers()
        self._add_outputs()
        self._follow_pending()
        self._add_prior_dependencies()
        for source, edge in kubernetes_edges(self._nodes, self._edges):
            self._edges[source].append(edge)
        for source, edge in matching_edges(self._nodes, self._edges):
            self._edges[source].append(edge)
        return Graph(
            self._nodes,
            self._edges,
            tuple(self._unresolved[key] for key in sorted(self._unresolved)),
            has_configuration=self._has_configuration,
        )

    # Nodes

    def _add_resources(self) -> None:
        for change in self._plan.changes:
            kind = NodeKind.DATA if change.mode == "data" else NodeKind.RESOURCE
            block = block_name(change.mode, change.type, change.name)
            module = change.module_address
            node = Node(
                label=change.label,
                kind=NodeKind.DEPOSED if change.deposed else kind,
                type=change.type,
                module=module,
                block=absolute_block(module, block),
                change=change,
            )
            self._add_member(node, block, change.key)
        for module, resource in self._prior.resources():
            if resource.address in self._ids or resource.deposed_key:
                continue
            block = block_name(resource.mode, resource.type, resource.name)
            node = Node(
                label=resource.address,
                kind=NodeKind.DATA if resource.mode == "data" else NodeKind.RESOURCE,
                type=resource.type,
                module=module,
                block=absolute_block(module, block),
            )
            index = int(resource.index) if isinstance(resource.index, float) else resource.index
            self._add_member(node, block, index)

    def _add_member(self, node: Node, block: str, key: Key) -> None:
        if node.label in self._ids:
            return
        node_id = self._add_node(node)
        if node.kind is not NodeKind.DEPOSED:
            self._members.setdefault((node.module, block), {})[key] = node_id
        if node.module not in self._modules:
            self._add_module(node.module)

    def _add_node(self, node: Node) -> int:
        node_id = self._ids[node.label] = len(self._nodes)
        self._nodes.append(node)
        self._edges.append([])
        return node_id

    def _add_module(self, address: str) -> None:
        try:
            steps = parse_module(address)
        except ValueError:
            self._give_up(address, address, "the module address cannot be read")
            self._modules[address] = ModuleInstance(address, wire.ConfigModule())
            return
        module = self._root
        for step in steps:
            child_address = module.qualify(str(step))
            child = self._modules.get(child_address)
            if child is None:
                call = (module.config.module_calls or {}).get(step.name)
                config = call.module if call else wire.ConfigModule()
                child = ModuleInstance(child_address, config, module, call, step.key)
                module.children.setdefault(step.name, []).append(child)
                self._modules[child_address] = child
            module = child

    # Edges from the configuration

    def _add_references(self, module: ModuleInstance) -> None:
        for resource in module.config.resources or ():
            members = self._members.get((module.address, resource.address))
            if not members:
                continue
            found = self._mentions_of(resource)
            provider = self._provider(resource.provider_config_key, module)
            inherited = self._inherited(module)
            for key, member in members.items():
                for mention in found:
                    self._link(member, module, mention, key)
                if provider is not None:
                    self._edges[member].append(provider)
                self._edges[member].extend(inherited)

    def _mentions_of(self, resource: wire.ConfigResource) -> tuple[Mention, ...]:
        """Read once for all instances of the module that the block stands in."""
        found = self._mentions.get(id(resource))
        if found is None:
            found = self._mentions[id(resource)] = _resource_mentions(resource)
        return found

    def _inherited(self, module: ModuleInstance) -> list[Edge]:
        """What every resource of a module depends on because the module call does."""
        edges: list[Edge] = []
        while module.parent is not None and module.call is not None:
            if module.call.depends_on:
                hub = self._hub(f"{module.address}.depends_on", NodeKind.MODULE, module.address)
                if hub.is_new:
                    self._pending.append(
                        (hub.id, module.parent, _depends_on(module.call.depends_on))
                    )
                edges.append(
                    (hub.id, _reference(Origin.DEPENDS_ON, _PASSED, "depends_on", "depends_on"))
                )
            module = module.parent
        return edges

    def _link(self, source: int, module: ModuleInstance, mention: Mention, key: Key) -> None:
        origin = Origin.DEPENDS_ON if mention.argument == "depends_on" else Origin.REFERENCE
        for target, precision in self._targets(source, module, mention, key):
            if target != source:
                reference = _reference(
                    origin, precision, mention.argument, mention.text, mention.attribute
                )
                self._edges[source].append((target, reference))

    def _targets(
        self, source: int, module: ModuleInstance, mention: Mention, key: Key
    ) -> Sequence[tuple[int, Precision]]:
        match mention.subject:
            case Subject.RESOURCE:
                return self._resource_targets(source, module, mention, key)
            case Subject.VARIABLE:
                return self._variable_targets(module, mention)
            case Subject.LOCAL:
                return self._local_targets(source, module, mention)
            case Subject.MODULE:
                return self._module_targets(source, module, mention, key)

    def _resource_targets(
        self, source: int, module: ModuleInstance, mention: Mention, key: Key
    ) -> Sequence[tuple[int, Precision]]:
        members = self._members.get((module.address, mention.name))
        if not members:
            if not any(r.address == mention.name for r in module.config.resources or ()):
                self._give_up(self._nodes[source].label, mention.text, "it is not in the plan")
            return ()
        if mention.key is not None:
            exact = members.get(mention.key)
            if exact is None:
                self._give_up(self._nodes[source].label, mention.text, "it is not in the plan")
                return ()
            return ((exact, Precision.EXACT),)
        if len(members) == 1:
            return ((next(iter(members.values())), Precision.EXACT),)
        if mention.by_own_key and key is not None:
            matched = members.get(key)
            if matched is not None:
                return ((matched, Precision.BY_KEY),)
        label = f"{module.qualify(mention.name)}[*]"
        hub = self._hub(label, NodeKind.INSTANCES, module.address)
        if hub.is_new:
            passed = _reference(Origin.REFERENCE, Precision.ALL_INSTANCES, "", label)
            self._edges[hub.id] += [(member, passed) for member in members.values()]
        return ((hub.id, Precision.ALL_INSTANCES),)

    def _variable_targets(
        self, module: ModuleInstance, mention: Mention
    ) -> Sequence[tuple[int, Precision]]:
        if module.parent is None or module.call is None:
            return ()
        label = module.qualify(f"var.{mention.name}")
        hub = self._hub(label, NodeKind.INPUT, module.address)
        if hub.is_new:
            argument = (module.call.expressions or {}).get(mention.name)
            passed = mentions({mention.name: argument}) if argument is not None else ()
            self._pending.append((hub.id, module.parent, passed))
        return ((hub.id, _PASSED),)

    def _local_targets(
        self, source: int, module: ModuleInstance, mention: Mention
    ) -> Sequence[tuple[int, Precision]]:
        label = module.qualify(f"local.{mention.name}")
        self._with_gaps.add(source)
        self._give_up(label, mention.text, "the plan does not carry the definitions of locals")
        return ((self._hub(label, NodeKind.LOCAL, module.address).id, _PASSED),)

    def _module_targets(
        self, source: int, module: ModuleInstance, mention: Mention, key: Key
    ) -> Sequence[tuple[int, Precision]]:
        children = module.children.get(mention.name, [])
        precision = Precision.EXACT
        if mention.key is not None:
            children = [child for child in children if child.key == mention.key]
        elif len(children) > 1:
            same = [child for child in children if mention.by_own_key and child.key == key]
            precision = Precision.BY_KEY if same else Precision.ALL_INSTANCES
            children = same or children
        targets = []
        for child in children:
            if mention.argument == "depends_on":
                targets.append((self._contents(child), precision))
            elif mention.attribute:
                targets.append((self._output(child, mention.attribute), precision))
            else:
                names = child.config.outputs or {}
                targets += [(self._output(child, name), precision) for name in names]
        if not children and mention.name not in (module.config.module_calls or {}):
            self._give_up(self._nodes[source].label, mention.text, "there is no such module call")
        return targets

    def _output(self, module: ModuleInstance, name: str) -> int:
        hub = self._hub(module.qualify(name), NodeKind.OUTPUT, module.address)
        if hub.is_new:
            output = (module.config.outputs or {}).get(name)
            found = _output_mentions(output) if output is not None else ()
            if output is None:
                self._give_up(module.address, name, "the module has no such output")
            self._pending.append((hub.id, module, found))
        return hub.id

    def _contents(self, module: ModuleInstance) -> int:
        """Everything in a module, for `depends_on = [module.x]`."""
        hub = self._hub(module.address, NodeKind.MODULE, module.address)
        if hub.is_new:
            passed = _reference(Origin.DEPENDS_ON, Precision.ALL_INSTANCES, "", module.address)
            inside = [
                (node_id, passed)
                for node_id, node in enumerate(self._nodes)
                if node.is_resource and f"{node.module}.".startswith(f"{module.address}.")
            ]
            self._edges[hub.id] += inside
        return hub.id

    def _add_outputs(self) -> None:
        for name, output in sorted((self._root.config.outputs or {}).items()):
            hub = self._hub(f"output.{name}", NodeKind.OUTPUT, "")
            self._pending.append((hub.id, self._root, _output_mentions(output)))

    def _provider(self, key: str, module: ModuleInstance) -> Edge | None:
        """The edge to the provider configuration a resource uses, inherited ones included."""
        configured = self._provider_configs()
        short = key.rpartition(":")[2]
        while key not in configured:
            if ":" not in key:
                return None
            outer = key.rpartition(":")[0].rpartition("module.")[0].rstrip(".")
            key = f"{outer}:{short}" if outer else short
        hub = self._hub(f"provider.{key}", NodeKind.PROVIDER, module.address)
        return hub.id, _reference(Origin.PROVIDER, Precision.EXACT, "provider", key)

    def _add_providers(self) -> None:
        for key, provider in sorted(self._provider_configs().items()):
            hub = self._hub(f"provider.{key}", NodeKind.PROVIDER, provider.module_address)
            for module in list(self._modules.values()):
                if without_keys(module.address) == provider.module_address:
                    self._pending.append((hub.id, module, mentions(provider.expressions)))

    def _provider_configs(self) -> dict[str, wire.ProviderConfig]:
        configuration = self._plan.document.configuration
        return (configuration.provider_config or {}) if configuration else {}

    def _follow_pending(self) -> None:
        while self._pending:
            node_id, module, found = self._pending.popleft()
            key = self._passed_key(node_id, module)
            for mention in found:
                self._link(node_id, module, mention, key)

    def _passed_key(self, node_id: int, module: ModuleInstance) -> Key:
        """The key with which a module call was expanded, where `node_id` is one of its inputs."""
        inside = self._modules.get(self._nodes[node_id].module)
        return inside.key if inside is not None and inside.parent is module else None

    # Edges from the prior state

    def _add_prior_dependencies(self) -> None:
        gone = self._blocks_without_configuration()
        for node_id, node in enumerate(self._nodes[:]):
            if not node.is_resource:
                continue
            is_gone = node.block in gone or not self._has_configuration
            has_gap = node_id in self._with_gaps
            wanted = self._prior.direct(node.block)
            if not (is_gone or has_gap):
                wanted = wanted & gone
            if wanted:
                self._add_prior_edges(node_id, node, wanted, inferred=has_gap and not is_gone)

    def _add_prior_edges(
        self, node_id: int, node: Node, wanted: frozenset[str], *, inferred: bool
    ) -> None:
        known = self._reachable_blocks(node_id)
        precision = Precision.INFERRED if inferred else Precision.ALL_INSTANCES
        for block in sorted(wanted - known):
            near = self._prior.instances_near(block, node.module)
            targets = [self._ids[label] for label in near if label in self._ids]
            named = self._named_in_values(node, targets)
            for target in named or targets:
                if target != node_id:
                    reference = _reference(
                        Origin.PRIOR_STATE,
                        Precision.EXACT if target in named else precision,
                        named.get(target, ""),
                        block,
                    )
                    self._edges[node_id].append((target, reference))

    def _named_in_values(self, node: Node, targets: Sequence[int]) -> dict[int, str]:
        """Which of `targets` the resource's values name today, and in which argument."""
        arguments = {
            target: argument_naming(node.change, self._nodes[target].change) for target in targets
        }
        return {target: argument for target, argument in arguments.items() if argument}

    def _reachable_blocks(self, start: int) -> frozenset[str]:
        seen = {start}
        waiting = [start]
        while waiting:
            for target, _ in self._edges[waiting.pop()]:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(self._nodes[node_id].block for node_id in seen)

    def _blocks_without_configuration(self) -> frozenset[str]:
        """Blocks whose instances are destroyed and that stand in the configuration no more."""
        destroyed = (node for node in self._nodes if node.change and node.change.destroys)
        return frozenset(node.block for node in destroyed).difference(
            _configured_blocks(self._root.config, "")
        )

    # Shared

    def _hub(self, label: str, kind: NodeKind, module: str) -> _Hub:
        found = self._ids.get(label)
        if found is not None:
            return _Hub(found, False)
        return _Hub(self._add_node(Node(label=label, kind=kind, module=module)), True)

    def _give_up(self, address: str, reference: str, why: str) -> None:
        item = Unresolved(address=address, reference=reference, why=why)
        self._unresolved[address, reference] = item


class _Hub(msgspec.Struct, frozen=True, gc=False):
    id: int
    is_new: bool


def _reference(
    origin: Origin, precision: Precision, argument: str, text: str, attribute: str = ""
) -> Reference:
    return Reference(
        origin=origin, precision=precision, argument=argument, text=text, attribute=attribute
    )


def _resource_mentions(resource: wire.ConfigResource) -> tuple[Mention, ...]:
    expressions = dict(resource.expressions or {})
    if resource.count_expression is not None:
        expressions["count"] = resource.count_expression
    if resource.for_each_expression is not None:
        expressions["for_each"] = resource.for_each_expression
    return (*mentions(expressions), *_depends_on(resource.depends_on))


def _depends_on(references: Sequence[str] | None) -> tuple[Mention, ...]:
    return tuple(expression_mentions("depends_on", references or ()))


def _output_mentions(output: wire.ConfigOutput) -> tuple[Mention, ...]:
    found = mentions({"value": output.expression}) if output.expression else ()
    return (*found, *_depends_on(output.depends_on))


def _configured_blocks(module: wire.ConfigModule, prefix: str) -> Iterator[str]:
    for resource in module.resources or ():
        yield prefix + resource.address
    for name, call in (module.module_calls or {}).items():
        yield from _configured_blocks(call.module, f"{prefix}module.{name}.")
