"""BL: look-alikes of danger that are harmless, each with the traps in which it is not.

Those in this folder explain the change as a whole, so each accounts for every changed attribute;
what it cannot account for it leaves to the rules. In `served`, the plan itself shows that whoever
uses the thing is still served.
"""

from typing import Final

from iacrisk.rules.benign import served
from iacrisk.rules.benign.bookkeeping import (
    can_be_brought_back,
    import_only,
    left_alone,
    marker_replaced,
    moved_only,
    named_by_nobody,
)
from iacrisk.rules.benign.releases import (
    code_release,
    stateless_created_first,
    task_definition_release,
    template_release,
)
from iacrisk.rules.benign.sizes import deferred_growth, kept_longer, scale_out, tail_scale_in
from iacrisk.rules.benign.unchanged import (
    computed_from_others,
    only_description,
    only_metadata,
    only_tags,
    recomputed,
    reordered_policy,
    same_content,
)
from iacrisk.rules.rule import Suppressor

SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    moved_only,
    import_only,
    left_alone,
    can_be_brought_back,
    only_tags,
    only_description,
    reordered_policy,
    same_content,
    recomputed,
    marker_replaced,
    task_definition_release,
    template_release,
    code_release,
    stateless_created_first,
    scale_out,
    tail_scale_in,
    kept_longer,
    deferred_growth,
    only_metadata,
    computed_from_others,
    named_by_nobody,
    *served.SUPPRESSORS,
)

__all__ = ["SUPPRESSORS"]
