"""The questions asked before and after an edit, one file for each concern.

A probe sees the emulated cloud, the inventory taken before the edit, and the stack's intents;
never a plan, a state or configuration.
"""

from __future__ import annotations

from iacrisk.training.outcome import Probe
from iacrisk.training.probes.capacity import probe_capacity
from iacrisk.training.probes.data import probe_data
from iacrisk.training.probes.delivery import probe_delivery
from iacrisk.training.probes.exposure import probe_exposure
from iacrisk.training.probes.guards import probe_guards
from iacrisk.training.probes.identity import probe_identity
from iacrisk.training.probes.keys import probe_keys
from iacrisk.training.probes.names import probe_names
from iacrisk.training.probes.reachability import probe_reachability
from iacrisk.training.probes.references import probe_references
from iacrisk.training.probes.routing import probe_routing
from iacrisk.training.probes.scene import Scene
from iacrisk.training.probes.used import probe_used

CONCERNS = (
    probe_data,
    probe_keys,
    probe_reachability,
    probe_routing,
    probe_identity,
    probe_names,
    probe_references,
    probe_used,
    probe_capacity,
    probe_exposure,
    probe_guards,
    probe_delivery,  # last: it sends messages
)


def ask_all(scene: Scene) -> dict[str, Probe]:
    """Every answer, by the probe's name."""
    return {name: answer for concern in CONCERNS for name, answer in concern(scene)}


__all__ = ["Scene", "ask_all"]
