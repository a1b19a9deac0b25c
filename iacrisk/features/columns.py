"""Every column the model sees, declared once: name, meaning, unit, why.

A column speaks of the change itself and its place in the graph. No column holds a resource's
name or a rule's verdict. Zero means "nothing of the kind", so rows are sparse.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from iacrisk.catalog import ResourceClass
from iacrisk.features import directions, topics
from iacrisk.features.directions import Direction
from iacrisk.features.topics import IDLE, Topic

FLAG: Final = "0 or 1"
COUNT: Final = "count"
SHARE: Final = "0 to 1"


class Column(msgspec.Struct, frozen=True):
    """One column. `grows` where more of it is certainly not less dangerous, all else equal."""

    name: str
    meaning: str
    unit: str
    why: str
    grows: bool = False


Group = tuple[Column, ...]

ACTIONS: Final[Group] = (
    Column("action.create", "a new object", FLAG, "most creates hurt nobody"),
    Column("action.update", "changed in place", FLAG, "the object stays; what differs decides"),
    Column("action.replace", "destroyed and made anew", FLAG, "identity and content go"),
    Column("action.create_first", "replaced, the new object first", FLAG, "no gap between"),
    Column("action.delete", "destroyed", FLAG, "what it held and gave goes"),
    Column("action.forget", "dropped from the state", FLAG, "the real object stays"),
    Column("action.moved", "moved to another address", FLAG, "a move alone does nothing"),
    Column("action.imported", "taken under management", FLAG, "an import alone does nothing"),
    Column(
        "action.strange", "an action this release does not know", FLAG, "unknown is not safe", True
    ),
    Column("deposed", "a leftover of an earlier replacement", FLAG, "nobody uses it any more"),
)
CAUSES: Final[Group] = (
    Column(
        "cause.block_gone", "its block or module is gone from the configuration", FLAG, "on purpose"
    ),
    Column(
        "cause.key_gone", "its count index or for_each key is gone", FLAG, "lists shift, keys move"
    ),
    Column("cause.cannot_update", "an argument cannot change in place", FLAG, "often not foreseen"),
    Column("cause.requested", "-replace, taint or a trigger asks for it", FLAG, "foreseen"),
)
CLASSES: Final[Group] = tuple(
    Column(f"{verb}.{cls}", f"{what} of class {cls}", FLAG, "what is lost differs by class")
    for verb, what in (
        ("destroys", "the object destroyed or replaced is"),
        ("updates", "the object updated is"),
        ("creates", "the object created is"),
    )
    for cls in ResourceClass
)
TYPE: Final[Group] = (
    Column("type.stateful", "destroys an object that can hold data", FLAG, "data can go", True),
    Column(
        "type.lasting",
        "1 - recoverability of the type, where the object is destroyed",
        SHARE,
        "what the next apply does not bring back",
        True,
    ),
    Column("type.authoritative", "owns a whole list", FLAG, "removes what others added"),
    Column("type.carrier", "harm to it travels on to its users", FLAG, "few changes, many hurt"),
    Column("type.attachment", "acts on another object", FLAG, "the other one is the victim"),
    Column("type.unknown", "not in the catalog", FLAG, "we know less about it"),
)
CHANGED: Final[Group] = tuple(
    Column(
        f"{topic}.{direction}",
        f"{topics.MEANING[topic]}: {directions.MEANING[direction]}",
        FLAG,
        "what is taken, given or swapped, and of what kind",
    )
    for topic in Topic
    if topic not in IDLE
    for direction in Direction
)
FORCED: Final[Group] = tuple(
    Column(
        f"forced_by.{topic}",
        f"replaced because of {topics.MEANING[topic]}",
        FLAG,
        "a new name or key means a new, empty object; new code does not",
    )
    for topic in Topic
)
SUMS: Final[Group] = (
    Column("takes", "leaves that go, shrink, fall or go off", COUNT, "something is taken away"),
    Column("gives", "leaves that come, grow, rise or go on", COUNT, "something is let in"),
    Column("swaps", "leaves with another value", COUNT, "what relied on the old one fails"),
    Column("unknown", "leaves known only after apply", COUNT, "it may stay or change"),
    Column(
        "idle", "an update of nothing but words and computed values", FLAG, "does nothing by itself"
    ),
)
REACH: Final[Group] = (
    Column("hit.near", "existing objects that use it directly", COUNT, "they feel it", True),
    Column("hit.far", "existing objects behind those", COUNT, "they may feel it", True),
    *(
        Column(f"hit.{cls}", f"of those, of class {cls}", COUNT, "what stands at the end", True)
        for cls in ResourceClass
    ),
    Column("hit.output", "root outputs that read it", COUNT, "users outside", True),
    Column("hit.stay", "of those hit, that do not change in this plan", COUNT, "nobody tells them"),
    Column("hit.follow", "of those hit, that change too", COUNT, "they may follow"),
    Column("users", "running things that live on it", COUNT, "somebody is there", True),
    Column("readers", "objects that read an attribute which changes", COUNT, "they follow it"),
    Column("takes.users", "users, where something is taken away", COUNT, "it is missed", True),
    Column("swaps.users", "users, where a value is swapped", COUNT, "they may not follow"),
    Column("destroys.users", "users, where it is destroyed", COUNT, "they lose it", True),
    Column("creates.users", "users of what a new attachment acts on", COUNT, "they are affected"),
)
LINKS: Final[Group] = (
    Column(
        "link.cut",
        "living resources whose name stood in its values and does not any more",
        COUNT,
        "a way to something that still lives is cut",
        True,
    ),
    *(
        Column(
            f"link.cut.{topic}",
            f"of those, in {topics.MEANING[topic]}",
            FLAG,
            "which way is cut",
        )
        for topic in Topic
        if topic not in IDLE
    ),
    Column("link.made", "living resources whose name it holds from now on", COUNT, "a new way"),
    Column("link.moved", "one link is cut and another made", FLAG, "led elsewhere"),
    Column("link.lost", "a link is cut and none made", FLAG, "leads nowhere we know of", True),
    Column(
        "mentions.old_name",
        "resources that stay and still hold the name that goes",
        COUNT,
        "they look for something that is gone",
        True,
    ),
    Column("renamed", "it will be known by another name", FLAG, "who asks for the old one fails"),
    Column(
        "parent.stays",
        "a destroyed attachment's objects that stay",
        COUNT,
        "they lose what was attached",
    ),
    Column("parent.goes", "a destroyed attachment's objects that go too", COUNT, "nothing is left"),
)
POLICIES: Final[Group] = (
    Column("policy.taken", "policy documents that grant less", COUNT, "somebody loses access"),
    Column("policy.given", "policy documents that grant more", COUNT, "somebody gets access"),
    Column(
        "policy.anybody",
        "grants that any principal gets, without a condition",
        COUNT,
        "open to strangers",
        True,
    ),
    Column(
        "policy.taken.living",
        "living resources named in what a policy does not grant any more",
        COUNT,
        "the thing is still there, the right is not",
        True,
    ),
    Column(
        "policy.taken.use",
        "grants taken that use a thing, and do not only describe or list it",
        COUNT,
        "what programs live on",
    ),
    Column(
        "policy.conditioned",
        "grants that stay under a new condition",
        COUNT,
        "who meets the condition loses nothing",
    ),
    Column(
        "policy.outside",
        "grants to an account that had none and is not the object's own",
        COUNT,
        "open to others",
        True,
    ),
    Column("policy.denies", "new denies, in a new document or an old one", COUNT, "takes access"),
    Column("opens.world", "values that let the whole internet in, newly", COUNT, "exposure", True),
)
GUARDS: Final[Group] = (
    Column("guard.set", "a deletion guard is set today, and it goes", FLAG, "the apply will fail"),
    Column("guard.forced", "its delete does not ask whether it is empty", FLAG, "content goes too"),
    Column("guard.final_copy", "a final copy is made when it goes", FLAG, "data can come back"),
    Column("abandoned", "its delete leaves the real object alone", FLAG, "nothing happens"),
)
PLACE: Final[Group] = (
    Column("siblings", "other instances of its block", COUNT, "others may carry on"),
    Column("siblings.go", "of those, destroyed or replaced too", COUNT, "none carries on"),
    Column("depth", "modules it lies in", COUNT, "shared code, more at once"),
    Column(
        "twin.created",
        "a destroyed object has a new one of its type in the plan",
        FLAG,
        "renamed in the configuration, or moved",
    ),
    Column(
        "twin.same_name",
        "of those, one with the very same name",
        FLAG,
        "the same object, destroyed and made again",
    ),
    Column(
        "twin.same_values",
        "of those, one with the very same plain values",
        FLAG,
        "given back in the same apply",
    ),
    Column("twin.destroyed", "a new object has one of its type that goes", FLAG, "takes its place"),
    Column("plan.changes", "changes in the plan", COUNT, "a large plan hides more"),
    Column("plan.destroys", "destroyed objects in the plan", COUNT, "a demolition"),
)
OVERLAPS: Final[Group] = (
    Column(
        "overlap.route", "a more specific route than one that is there", FLAG, "traffic is led away"
    ),
    Column("overlap.first", "a rule that is asked before one that is there", FLAG, "wins over it"),
    Column(
        "overlap.list", "becomes the owner of a list on what exists", FLAG, "the rest is removed"
    ),
    Column(
        "overlap.inline", "an inline list beside standalone members", FLAG, "they remove each other"
    ),
    Column(
        "overlap.beside", "a new attachment beside others of its type", FLAG, "may change the whole"
    ),
)
HARMS: Final[Group] = (
    Column(
        "harm.lets_in",
        "ways by which strangers get in: grants to anybody or to other accounts, the whole "
        "internet, public switches",
        COUNT,
        "one sum over unlike edits carries over to edits nobody has seen",
        True,
    ),
    Column(
        "harm.cuts",
        "ways cut off: links lost, uses taken, networks, targets, filters and switches that take "
        "something, a destroyed attachment whose object stays",
        COUNT,
        "one sum over unlike edits carries over to edits nobody has seen",
        True,
    ),
    Column(
        "harm.loses",
        "destroys what the next apply does not bring back, and nothing like it is made",
        FLAG,
        "one sum over unlike edits carries over to edits nobody has seen",
        True,
    ),
    Column(
        "harm.strands",
        "those left behind: live users of what is destroyed, and those who hold its old name",
        COUNT,
        "one sum over unlike edits carries over to edits nobody has seen",
        True,
    ),
)
COLUMNS: Final[Group] = (
    *ACTIONS,
    *CAUSES,
    *CLASSES,
    *TYPE,
    *CHANGED,
    *FORCED,
    *SUMS,
    *REACH,
    *LINKS,
    *POLICIES,
    *GUARDS,
    *PLACE,
    *OVERLAPS,
    *HARMS,
)
FEATURE_SCHEMA: Final = sha256("\n".join(column.name for column in COLUMNS).encode()).hexdigest()
"""Which columns there are. A model made for others is refused."""
