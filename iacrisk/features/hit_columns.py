"""Every column of the model that says whom a change hurts, declared once.

One row is one change and one resource that may suffer from it: the changed resource itself, or
one that the walk over the graph reaches. No column holds a name or a rule's verdict.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from iacrisk.catalog import ResourceClass
from iacrisk.features import topics
from iacrisk.features.columns import COUNT, FLAG, Column, Group
from iacrisk.features.topics import IDLE, Topic
from iacrisk.graph import Effect, Origin, Precision
from iacrisk.plan import ActionKind

_TOLD: Final = tuple(topic for topic in Topic if topic not in IDLE)
_ORIGINS: Final = (
    Origin.REFERENCE,
    Origin.DEPENDS_ON,
    Origin.PROVIDER,
    Origin.PRIOR_STATE,
    Origin.MATCHING_VALUE,
)

DOES: Final[Group] = (
    *(
        Column(f"does.{kind}", f"the change is: {kind}", FLAG, "what happens decides who suffers")
        for kind in ActionKind
    ),
    Column("does.create_first", "replaced, the new object first", FLAG, "no gap between"),
    *(
        Column(f"effect.{effect.name}", f"for users: {effect}", FLAG, "how harm travels")
        for effect in Effect
    ),
)
FROM: Final[Group] = (
    *(
        Column(f"from.{cls}", f"the changed resource is of class {cls}", FLAG, "what it gives")
        for cls in ResourceClass
    ),
    Column("from.attachment", "the changed resource acts on another", FLAG, "the other suffers"),
    Column("from.carrier", "harm to it travels on to its users", FLAG, "they suffer, not it"),
    Column("from.stateful", "the changed resource can hold data", FLAG, "it is the victim"),
    Column("from.principal", "the changed resource acts or is acted as", FLAG, "it loses rights"),
)
DIFFERS: Final[Group] = (
    *(
        Column(f"differs.{topic}", f"what differs: {topics.MEANING[topic]}", FLAG, "who minds")
        for topic in _TOLD
    ),
    *(
        Column(f"forced.{topic}", f"replaced for {topics.MEANING[topic]}", FLAG, "who minds")
        for topic in Topic
    ),
    Column("takes", "something goes, shrinks, falls or goes off", FLAG, "it is missed"),
    Column("gives", "something comes, grows, rises or goes on", FLAG, "strangers come in"),
    Column("swaps", "a value is swapped", FLAG, "what relied on the old one fails"),
    Column("unknown", "a value is known only after apply", FLAG, "it may stay or change"),
    Column("policy.taken", "a policy grants less", FLAG, "principals lose access"),
    Column("policy.given", "a policy grants more", FLAG, "the object is exposed"),
    Column("policy.use", "a policy grants less use", FLAG, "what programs live on"),
    Column("policy.denies", "a policy denies more", FLAG, "principals lose access"),
    Column("policy.conditioned", "a grant stays under a condition", FLAG, "some lose access"),
    Column("policy.lets_in", "strangers are let in", FLAG, "the object is exposed"),
)
ITSELF: Final[Group] = (
    Column("itself", "the changed resource itself", FLAG, "is it what suffers?"),
    *(
        Column(f"itself.{verb}.{cls}", f"itself {verb}, of class {cls}", FLAG, "what is lost")
        for verb in ("destroyed", "updated", "created")
        for cls in ResourceClass
    ),
)
TO: Final[Group] = (
    *(
        Column(f"to.{cls}", f"who may suffer is of class {cls}", FLAG, "what it needs")
        for cls in ResourceClass
    ),
    Column("to.output", "who may suffer is a root output", FLAG, "somebody outside"),
    Column("to.attachment", "it joins two others", FLAG, "passive"),
    Column("to.carrier", "it passes harm on", FLAG, "passive"),
    Column("to.stateful", "it can hold data", FLAG, "loses nothing by a lost way"),
    Column("to.principal", "it acts, or is acted as", FLAG, "suffers for its programs"),
    *(
        Column(f"to.{kind}", f"who may suffer has in this plan: {kind}", FLAG, "follows or not")
        for kind in ActionKind
    ),
)
PATH: Final[Group] = (
    *(
        Column(f"hops.{number}", f"{number} hops away", FLAG, "farther away notices less")
        for number in (1, 2, 3)
    ),
    Column("hops.more", "more than 3 hops away", FLAG, "farther away notices less"),
    Column("way", "a carrier of traffic on the way to others", FLAG, "the others suffer"),
    *(
        Column(f"last.{origin.name}", f"the last edge comes from: {origin}", FLAG, "how sure")
        for origin in _ORIGINS
    ),
    *(
        Column(f"edge.{item.name}", f"an edge on the path is: {item}", FLAG, "how sure")
        for item in Precision
    ),
    Column("acted", "the last step leads to what an attachment acts on", FLAG, "its owner"),
    Column("behind.acted", "an earlier step does", FLAG, "behind an owner"),
    *(
        Column(f"via.{cls}", f"the path goes through class {cls}", FLAG, "who is nearer suffers")
        for cls in ResourceClass
    ),
    Column("via.principal", "the path goes through a principal", FLAG, "acts as it"),
    Column("via.hit", "others hit on the path", COUNT, "who is nearer suffers"),
    *(
        Column(
            f"by.{topic}", f"it holds the last one for {topics.MEANING[topic]}", FLAG, "what for"
        )
        for topic in Topic
    ),
    *(
        Column(
            f"first.{topic}",
            f"the first user holds the change for {topics.MEANING[topic]}",
            FLAG,
            "what for",
        )
        for topic in Topic
    ),
    Column("reads.identity", "the first user reads a name or id", FLAG, "only who it is"),
    Column("reads.other", "the first user reads another attribute", FLAG, "a value"),
    Column("reads.changed", "the attribute read is one that changes", FLAG, "it follows"),
    Column("hits", "resources that the walk reaches", COUNT, "of many, few suffer"),
    Column("hits.alike", "of those, of the same type", COUNT, "siblings share the fate"),
)
HIT_COLUMNS: Final[Group] = (*DOES, *FROM, *DIFFERS, *ITSELF, *TO, *PATH)
HIT_SCHEMA: Final = sha256("\n".join(column.name for column in HIT_COLUMNS).encode()).hexdigest()
"""Which columns there are. A model made for others is refused."""
