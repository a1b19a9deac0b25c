"""What there is in the emulated cloud, read through its API alone.

A reader lists things of one service. `take_inventory` runs the readers of the services that were
used and returns an `Inventory`, from which every probe judges.
"""

from __future__ import annotations

from iacrisk.training.inventory.cloud import Cloud
from iacrisk.training.inventory.compute import COMPUTE_READERS
from iacrisk.training.inventory.edge import EDGE_READERS
from iacrisk.training.inventory.identity import IDENTITY_READERS
from iacrisk.training.inventory.messaging import MESSAGING_READERS
from iacrisk.training.inventory.names import read_zones
from iacrisk.training.inventory.network import NETWORK_SERVICES, read_network
from iacrisk.training.inventory.storage import STORAGE_READERS
from iacrisk.training.inventory.things import Inventory, Thing
from iacrisk.training.network import Network

READERS = {
    **COMPUTE_READERS,
    **STORAGE_READERS,
    **MESSAGING_READERS,
    **EDGE_READERS,
    **IDENTITY_READERS,
}


def take_inventory(cloud: Cloud) -> Inventory:
    """Everything of the services in use."""
    network = read_network(cloud) if cloud.uses(*NETWORK_SERVICES) else Network()
    things: list[Thing] = []
    for service, readers in READERS.items():
        if cloud.uses(service):
            for reader in readers:
                things += reader(cloud, network)
    if cloud.uses("route53"):
        things += read_zones(cloud)
    return Inventory(things, network)


__all__ = ["Cloud", "Inventory", "Thing", "take_inventory"]
