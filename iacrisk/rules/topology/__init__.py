"""G: what only the graph shows."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.rule import Rule
from iacrisk.rules.topology.concentration import siblings_lost_together
from iacrisk.rules.topology.dangling import dangling_dependents
from iacrisk.rules.topology.environments import mixed_environments
from iacrisk.rules.topology.providers import provider_on_replaced_object
from iacrisk.rules.topology.read_tags import read_tag_taken_away
from iacrisk.rules.topology.spoken_names import spoken_name_gone
from iacrisk.rules.topology.unknown_causes import replaced_by_unknown_value

RULES: Final[tuple[Rule, ...]] = (
    replaced_by_unknown_value,
    dangling_dependents,
    mixed_environments,
    provider_on_replaced_object,
    siblings_lost_together,
    read_tag_taken_away,
    spoken_name_gone,
)
