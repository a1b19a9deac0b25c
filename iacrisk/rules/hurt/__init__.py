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
from iacrisk.rules.hurt.access import (
    accounts_denied,
    bindings,
    logins,
    no_longer_named,
    secret_readers,
)
from iacrisk.rules.hurt.azure import containers_emptied, logging_there, running_as_principal
from iacrisk.rules.hurt.branches import leaning_on_branch
from iacrisk.rules.hurt.called import (
    alerts_muted,
    answering_at,
    backends_of_api,
    callers_of_name,
    databases_behind_rule,
    holders_of_role,
    machines_with_disk,
    protected_by,
    readers_of_group,
    readers_of_rule,
    runs_as,
    stores_behind,
    subnets_left_out,
    users_of_database,
    users_of_store,
)
from iacrisk.rules.hurt.changes_read import readers_of_changes
from iacrisk.rules.hurt.fronts import (
    accelerated,
    behind_listener,
    entries_of_join,
    machines_at_address,
    new_places_of_results,
)
from iacrisk.rules.hurt.google_networks import lists_left_behind, unchecked_backends
from iacrisk.rules.hurt.holding import (
    acted_on,
    asking_in_queries,
    contents,
    images,
    kinds_of_chart,
    readers_of_messages,
    services_of_api,
)
from iacrisk.rules.hurt.issued import certificates_refused
from iacrisk.rules.hurt.left_out import callers_left_out, roles_in_boundary, schedules_beyond
from iacrisk.rules.hurt.named import named_by_it, naming_it, no_longer_named_by_it
from iacrisk.rules.hurt.names import (
    accounts_left_out,
    holders_of_policy,
    pods_and_callers,
    pods_selected,
    scaled_by,
    users_of_server,
)
from iacrisk.rules.hurt.places import (
    in_ranges_denied,
    in_subnets_left_out,
    naming_the_topic,
    pods_on_pool,
    readers_of_bucket,
)
from iacrisk.rules.hurt.programs import (
    behind_addresses,
    behind_method,
    calling_in_clear,
    networks_in_range,
    policies_of_bucket,
    readers_of_stream,
    records_of_the_key,
    sending_the_metric,
    sharing_results,
    started,
    stores_of_consumers,
    users_of_endpoint,
)
from iacrisk.rules.hurt.reached import (
    ingresses_left,
    listing_the_address,
    naming_its_service,
    opened_by_group,
    secrets_opened,
)
from iacrisk.rules.hurt.swept import records_swept
from iacrisk.rules.hurt.traffic import (
    addresses_in_records,
    behind_services,
    feeders,
    groups_answering,
    guards_beside,
    hearing_less,
    listeners,
    pool_clusters,
    readers_behind,
    watched,
)

Tie = Callable[[ResourceChange, Context], Iterator[str]]

_TIES: Final[dict[str, tuple[Tie, ...]]] = {
    "B03": (
        users_of_database,
        readers_of_changes,
    ),
    "B05": (
        calling_in_clear,
        users_of_database,
    ),
    "B06": (databases_behind_rule,),
    "B07": (secret_readers,),
    "B11": (
        secret_readers,
        answering_at,
        users_of_database,
        readers_of_rule,
        naming_it,
    ),
    "B12": (
        users_of_database,
        readers_of_changes,
    ),
    "C02": (
        pool_clusters,
        pods_on_pool,
    ),
    "C04": (groups_answering,),
    "C06": (
        feeders,
        schedules_beyond,
        scaled_by,
        sharing_results,
    ),
    "C08": (
        naming_its_service,
        addresses_in_records,
        feeders,
        kinds_of_chart,
    ),
    "C09": (
        ingresses_left,
        kinds_of_chart,
        records_swept,
    ),
    "C14": (feeders,),
    "C15": (
        new_places_of_results,
        groups_answering,
        readers_behind,
        answering_at,
        naming_it,
    ),
    "C16": (stores_of_consumers,),
    "C17": (hearing_less,),
    "C21": (naming_it,),
    "C30": (answering_at,),
    "D01": (
        naming_the_topic,
        readers_of_messages,
        records_of_the_key,
        readers_of_group,
        naming_it,
        asking_in_queries,
    ),
    "D02": (
        naming_its_service,
        users_of_database,
        naming_the_topic,
        readers_of_messages,
        asking_in_queries,
        answering_at,
        naming_it,
    ),
    "D10": (
        services_of_api,
        naming_it,
    ),
    "D14": (
        acted_on,
        contents,
        machines_with_disk,
    ),
    "D15": (
        acted_on,
        containers_emptied,
        images,
        readers_of_bucket,
        readers_of_stream,
        users_of_store,
    ),
    "D26": (naming_it,),
    "D27": (
        contents,
        users_of_store,
        answering_at,
        protected_by,
        naming_it,
    ),
    "D28": (asking_in_queries,),
    "D29": (answering_at,),
    "E02": (callers_of_name,),
    "E05": (
        pods_and_callers,
        behind_listener,
        entries_of_join,
        naming_it,
    ),
    "E07": (pods_and_callers,),
    "E08": (
        accelerated,
        naming_it,
    ),
    "E09": (in_subnets_left_out,),
    "E42": (backends_of_api,),
    "E50": (naming_it,),
    "G09": (pods_on_pool,),
    "I01": (accounts_left_out,),
    "I04": (
        secrets_opened,
        bindings,
        logins,
    ),
    "I05": (
        bindings,
        logins,
    ),
    "I08": (bindings,),
    "I14": (
        accounts_denied,
        bindings,
        holders_of_policy,
        logins,
        no_longer_named,
        runs_as,
        holders_of_role,
        naming_it,
        roles_in_boundary,
        running_as_principal,
    ),
    "I15": (
        opened_by_group,
        behind_addresses,
        certificates_refused,
        naming_it,
        no_longer_named_by_it,
    ),
    "I16": (naming_it,),
    "I26": (naming_it,),
    "N07": (
        machines_at_address,
        listing_the_address,
        addresses_in_records,
        lists_left_behind,
    ),
    "N11": (
        callers_left_out,
        in_ranges_denied,
        users_of_server,
        unchecked_backends,
    ),
    "N12": (users_of_endpoint,),
    "N13": (listeners,),
    "N14": (subnets_left_out,),
    "N15": (networks_in_range,),
    "N17": (behind_services,),
    "X01": (
        pods_selected,
        behind_method,
        policies_of_bucket,
        stores_behind,
        naming_it,
    ),
    "X04": (
        watched,
        sending_the_metric,
        alerts_muted,
        naming_it,
    ),
    "X09": (
        watched,
        logging_there,
        guards_beside,
        pods_selected,
        sending_the_metric,
        naming_it,
        named_by_it,
    ),
    "X10": (
        leaning_on_branch,
        watched,
        sending_the_metric,
        naming_it,
    ),
    "X11": (naming_it,),
    "X12": (backends_of_api,),
    "X14": (guards_beside,),
    "X20": (naming_it,),
    "X52": (named_by_it,),
    "X82": (
        alerts_muted,
        named_by_it,
    ),
}
"""The ties to follow for findings of a rule."""


def others_hurt(
    rule: str, change: ResourceChange, context: Context, known: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Addresses of those who are hit as well, each once; `known` are hit by the rule's own word."""
    found = [label for tie in _TIES.get(rule, ()) for label in tie(change, context)]
    found += started([*known, *found], context)
    return tuple(dict.fromkeys(label for label in found if label != change.label))
