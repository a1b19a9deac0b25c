"""Who reads a subscription of a topic on Azure, by the names in his variables."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs_naming, words_of
from iacrisk.rules.readers.siblings import stays

_PLACE: Final = regex(r"/namespaces/([^/]+)/topics/([^/]+)/subscriptions/([^/]+)", re.IGNORECASE)


def readers_of_subscription(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """The programs that name the subscription of a rule together with its topic or namespace."""
    found = _PLACE.search(str(change.before.get("subscription_id") or change.before.get("id")))
    if found is None:
        return ()
    namespace, topic, name = (text.lower() for text in found.groups())
    return tuple(
        one.label
        for one in programs_naming(name, context)
        if stays(one) and {namespace, topic} & words_of(one, context)
    )
