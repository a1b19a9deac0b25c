"""Who is hit by what a rule found, though the walk from the change does not lead there.

Most ties run through the graph and are `blast_radius`'s business. What stands here has a reason of
its own: a mapping feeds the function that stops, an alarm watches a database, a role is no longer
named by a policy. Each tie yields addresses of what exists today; the engine adds them to what the
rule itself names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.hurt.access import bindings, logins, no_longer_named, secret_readers
from iacrisk.rules.hurt.holding import (
    acted_on,
    contents,
    images,
    kinds_of_chart,
    services_of_api,
    views_over,
)
from iacrisk.rules.hurt.named import naming_it
from iacrisk.rules.hurt.names import (
    accounts_left_out,
    holders_of_policy,
    pods_and_callers,
    pods_selected,
    users_of_server,
)
from iacrisk.rules.hurt.places import (
    in_ranges_denied,
    in_subnets_left_out,
    naming_the_topic,
    pods_on_pool,
    readers_of_bucket,
)
from iacrisk.rules.hurt.traffic import (
    addresses_in_records,
    behind_services,
    feeders,
    groups_answering,
    guards_beside,
    listeners,
    pool_clusters,
    readers_behind,
    watched,
)

Tie = Callable[[ResourceChange, Context], Iterator[str]]

_TIES: Final[dict[str, tuple[Tie, ...]]] = {
    "B07": (secret_readers,),
    "B11": (secret_readers, naming_it),
    "C02": (pool_clusters, pods_on_pool),
    "C04": (groups_answering,),
    "C06": (feeders,),
    "C08": (addresses_in_records, feeders, kinds_of_chart),
    "C09": (kinds_of_chart,),
    "C14": (feeders,),
    "C15": (groups_answering, readers_behind, naming_it),
    "C21": (naming_it,),
    "D01": (naming_the_topic, naming_it),
    "D02": (naming_the_topic, views_over, naming_it),
    "D10": (services_of_api, naming_it),
    "D14": (acted_on, contents),
    "D15": (acted_on, images, readers_of_bucket),
    "D26": (naming_it,),
    "D27": (contents, naming_it),
    "E05": (pods_and_callers, naming_it),
    "E07": (pods_and_callers,),
    "E08": (naming_it,),
    "E09": (in_subnets_left_out,),
    "E50": (naming_it,),
    "G09": (pods_on_pool,),
    "I01": (accounts_left_out,),
    "I04": (bindings, logins),
    "I05": (bindings, logins),
    "I08": (bindings,),
    "I14": (bindings, holders_of_policy, logins, no_longer_named, naming_it),
    "I15": (naming_it,),
    "I16": (naming_it,),
    "I26": (naming_it,),
    "N07": (addresses_in_records,),
    "N11": (in_ranges_denied, users_of_server),
    "N13": (listeners,),
    "N17": (behind_services,),
    "X01": (pods_selected,),
    "X04": (watched, naming_it),
    "X09": (watched, guards_beside, pods_selected, naming_it),
    "X10": (watched, naming_it),
    "X14": (guards_beside,),
    "X20": (naming_it,),
}
"""The ties to follow for findings of a rule."""


def others_hurt(rule: str, change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Addresses of those who are hit as well, each once."""
    found = (label for tie in _TIES.get(rule, ()) for label in tie(change, context))
    return tuple(dict.fromkeys(label for label in found if label != change.label))
