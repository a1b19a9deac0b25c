"""B: what happens to a database that stays where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.catalog.databases import (
    ADDRESS_ARGUMENTS,
    ADMITTED_SOURCES,
    CLOSED_WITHOUT_RULES,
    ENGINE_VERSIONS,
    GROWS_ON_ITS_STANDBY,
    PUBLIC_SWITCHES,
    REDUNDANCY,
    RESTART_ALWAYS,
    RESTART_IF_IMMEDIATE,
)
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, parse_path, unset
from iacrisk.rules.context import Context
from iacrisk.rules.database.engine_version import major_change
from iacrisk.rules.readers.siblings import exists_today, goes_first
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)

_CHANGED_IN_PLACE: Final = frozenset({ActionKind.UPDATE})

# B01


@rule(
    id="B01",
    name="major-version-change",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=ENGINE_VERSIONS,
)
def major_version_change(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A database engine moves to another major version.

    What it flags
        A change of the major part of the engine's version: 13 to 14 for PostgreSQL, 5.7 to 8.0
        for MySQL. A step back, or one that replaces the database, is critical.

    Why it matters
        There is no way back but a restore. The database is down while it is upgraded, parameter
        groups change family, and queries meet another planner.

    When it is fine
        Only the minor or patch part changes, or a blue/green deployment does the switch.

    What to do instead
        Rehearse the upgrade on a restored copy, take a snapshot, and do it on its own.

    References
    ----------
        Incidents R128, R229.
    """
    del context
    name = ENGINE_VERSIONS[change.type]
    if name not in change.changed:
        return
    before, after = change.before.get(name), change.after.get(name)
    if after is UNKNOWN:
        if not unset(before):
            yield Undecided(why="The new engine version is known only at apply.", paths=((name,),))
        return
    engine = str(change.before.get("engine") or before or change.type)
    majors = major_change(f"{engine} {change.type}", before, after)
    if majors is None:
        return
    yield _upgrade_flag(change, name, majors)


def _upgrade_flag(
    change: ResourceChange, name: str, majors: tuple[tuple[int, ...], tuple[int, ...]]
) -> Flag:
    old, new = (".".join(map(str, major)) for major in majors)
    back = majors[1] < majors[0]
    rebuilt = change.destroys
    green = lookup(change.after, ("blue_green_update", 0, "enabled")) is True
    severity = Severity.CRITICAL if back or rebuilt else Severity.HIGH
    return Flag(
        what=f"The engine goes {'back' if back else 'up'} from major version {old} to {new}"
        + (", which rebuilds the database." if rebuilt else "; there is no undo but a restore."),
        paths=((name,),),
        severity=Severity.MEDIUM if green and not back else severity,
        confidence=Confidence.MEDIUM if green and not back else None,
    )


# B02


@rule(
    id="B02",
    name="database-restarted-now",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=_CHANGED_IN_PLACE,
    types={*RESTART_IF_IMMEDIATE, *RESTART_ALWAYS},
)
def database_restarted_now(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The apply restarts or stops the database, instead of waiting for its window.

    What it flags
        With `apply_immediately = true`, a changed class, engine version, storage type and the
        like; the same on services that know no window (Cloud SQL, Azure flexible servers,
        Redshift). An activation policy of NEVER stops a Cloud SQL instance for good.

    Why it matters
        Connections are cut and the database is away for minutes, at the hour of the apply. With
        a standby it is a failover; without one, or when all instances of a cluster are changed
        at once, nothing answers.

    When it is fine
        `apply_immediately` is false or unset: the change waits for the maintenance window. Not
        flagged: a Redis with a standby that grows, which fails over within seconds.

    What to do instead
        Leave `apply_immediately` off, or apply in a window that was announced.

    References
    ----------
        Incidents R136, R137, R151.
    """
    stopped: Path = ("settings", 0, "activation_policy")
    if change.planned(stopped) == "NEVER" and lookup(change.before, stopped) not in (None, "NEVER"):
        yield Flag(
            what="The database is stopped and stays off (activation policy NEVER).",
            paths=(stopped,),
            severity=Severity.CRITICAL,
        )
        return
    causes = _restart_causes(change)
    immediately = change.after.get("apply_immediately")
    if not causes:
        return
    if change.type in RESTART_IF_IMMEDIATE and immediately is UNKNOWN:
        yield Undecided(
            why="Whether the restart waits for the window is known only at apply.",
            paths=(("apply_immediately",),),
        )
    elif _grows_on_its_standby(change, causes):
        return
    elif change.type not in RESTART_IF_IMMEDIATE or immediately is True:
        yield _restart_flag(change, context, causes)


def _restart_flag(change: ResourceChange, context: Context, causes: list[Path]) -> Flag:
    names = ", ".join(str(path[-1]) for path in causes)
    alone = _has_no_standby(change, context)
    return Flag(
        what=f"The database is restarted during the apply ({names})"
        + (", and nothing stands in for it." if alone else "."),
        paths=tuple(causes),
        severity=Severity.HIGH if alone else None,
        confidence=Confidence.HIGH if alone else None,
    )


def _grows_on_its_standby(change: ResourceChange, causes: list[Path]) -> bool:
    argument, value = GROWS_ON_ITS_STANDBY.get(change.type, ("", ""))
    if not argument or change.was(argument) != value or change.becomes(argument) != value:
        return False
    sizes = [(lookup(change.before, path), change.planned(path)) for path in causes]
    return all(
        isinstance(before, int | float) and isinstance(after, int | float) and before < after
        for before, after in sizes
    )


def _restart_causes(change: ResourceChange) -> list[Path]:
    top_level = RESTART_IF_IMMEDIATE.get(change.type, frozenset()) & change.changed
    paths: list[Path] = [(name,) for name in sorted(top_level)]
    paths += [parse_path(text) for text in RESTART_ALWAYS.get(change.type, ())]
    return [path for path in paths if _is_real(change, path)]


def _is_real(change: ResourceChange, path: Path) -> bool:
    """Whether the value was set and another known one is planned; a bare "14" is not a change."""
    before, after = lookup(change.before, path), change.planned(path)
    if before is None or after is None or after is UNKNOWN or before == after:
        return False
    is_version = path[-1] == "engine_version"
    return not (is_version and f"{before}.".startswith(f"{after}."))


_STANDBY: Final = (
    "multi_az",
    "multi_az_enabled",
    "automatic_failover_enabled",
    "high_availability",
    "settings.0.availability_type",
    "availability_type",
    "tier",
)
_CLUSTERS: Final[dict[str, str]] = {
    "aws_docdb_cluster_instance": "cluster_identifier",
    "aws_neptune_cluster_instance": "cluster_identifier",
    "aws_rds_cluster_instance": "cluster_identifier",
}


def _has_no_standby(change: ResourceChange, context: Context) -> bool:
    """Whether the plan shows that nothing answers while this one restarts."""
    cluster = _CLUSTERS.get(change.type)
    if cluster is not None:
        others = [
            other
            for other in context.changes_of(change.type)
            if other is not change
            and exists_today(other)
            and other.before.get(cluster) == change.before.get(cluster)
        ]
        return all(goes_first(other) or _restart_causes(other) for other in others)
    known = [lookup(change.before, parse_path(path)) for path in _STANDBY]
    values = [value for value in known if value is not None]
    return bool(values) and all(
        value in (False, [], "ZONAL", "BASIC", "AVAILABILITY_TYPE_UNSPECIFIED") for value in values
    )


# B04

_REDUNDANCY_ORDER: Final = ("ZONAL", "LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS", "REGIONAL")
_ENOUGH: Final = 2


@plan_rule(
    id="B04",
    name="redundancy-lowered",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.RECOVERY,
)
def redundancy_lowered(context: Context) -> Iterator[Outcome]:
    """A database loses its standby, its last replica or a zone.

    What it flags
        Multi-AZ, high availability, failover or zone redundancy turned off; copies of the data
        reduced to a single one; a cheaper replication of stored data. Also the delete of
        instances of an Aurora, DocumentDB or Neptune cluster that stays, when one instance is
        left (nothing to fail over to) or none (nobody can connect).

    Why it matters
        Nothing breaks today. The next failure or maintenance is an outage.

    When it is fine
        Two copies or more are left, or the cluster goes too.

    What to do instead
        Lower the size rather than the number of copies; keep a reader in another zone.

    References
    ----------
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html
    """
    for change in context.changes_of(*REDUNDANCY):
        if change.kind is ActionKind.UPDATE and change.mode == "managed":
            yield from _lowered(change)
    for type_name, argument in _CLUSTERS.items():
        kept = _kept_clusters(context, type_name.removesuffix("_instance"))
        groups: dict[str, list[ResourceChange]] = {}
        for item in context.changes_of(type_name):
            cluster = item.before.get(argument) or item.after.get(argument)
            if isinstance(cluster, str) and cluster in kept:
                groups.setdefault(cluster, []).append(item)
        for items in groups.values():
            yield from _few_left(items)


def _lowered(change: ResourceChange) -> Iterator[Outcome]:
    for text in REDUNDANCY[change.type]:
        path = parse_path(text)
        before, after = lookup(change.before, path), change.planned(path)
        if before == after or before is None:
            continue
        if after is UNKNOWN:
            if _means_redundant(before):
                yield Undecided(
                    address=change.label,
                    why="How many copies there will be is known only at apply.",
                    paths=(path,),
                )
        elif _is_lower(before, after):
            yield Flag(
                address=change.label,
                what=f"The database loses redundancy ({path[-1]}).",
                paths=(path,),
            )
            return


def _means_redundant(before: Any) -> bool:
    if isinstance(before, bool):
        return before
    if isinstance(before, int | float):
        return before >= 1
    return not unset(before) and before not in ("ZONAL", "LRS")


def _is_lower(before: Any, after: Any) -> bool:
    if isinstance(before, bool):
        return before and not after
    if isinstance(before, int | float):
        counts = isinstance(after, int | float) and not isinstance(after, bool)
        return counts and after < before and after < _ENOUGH
    if isinstance(before, str):
        return _order(after) < _order(before)
    if isinstance(before, list):
        return _list_is_lower(before, after)
    return False


def _order(value: Any) -> int:
    name = str(value).upper().replace("-", "").replace("_", "")
    return _REDUNDANCY_ORDER.index(name) if name in _REDUNDANCY_ORDER else len(_REDUNDANCY_ORDER)


def _list_is_lower(before: list[Any], after: Any) -> bool:
    """Fewer regions or clusters, down to one; a standby dropped or put in the same zone."""
    left = len(after) if isinstance(after, list) else 0
    if left < len(before) and left < _ENOUGH:
        return True
    modes = [lookup(items, (0, "mode")) for items in (before, after)]
    return modes == ["ZoneRedundant", "SameZone"]


def _kept_clusters(context: Context, type_name: str) -> set[str]:
    """Names of the clusters of a type that the plan does not delete."""
    return {
        str(item.before.get("cluster_identifier"))
        for item in context.changes_of(type_name)
        if exists_today(item) and not item.destroys
    }


def _few_left(items: list[ResourceChange]) -> Iterator[Outcome]:
    gone = [item for item in items if item.kind is ActionKind.DELETE]
    left = len(items) - len(gone)
    if not gone or left > 1:
        return
    yield Flag(
        address=gone[0].label,
        what="No instance of the database cluster is left."
        if left == 0
        else "One instance of the database cluster is left, with nothing to fail over to.",
        severity=Severity.CRITICAL if left == 0 else None,
        confidence=Confidence.HIGH if left == 0 else None,
    )


# B06

_WORLD: Final = frozenset({"0.0.0.0/0", "::/0", "0.0.0.0"})  # noqa: S104 - sources, not a bind


@rule(
    id="B06",
    name="database-made-public",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds=CHANGES | {ActionKind.DELETE},
    types={*PUBLIC_SWITCHES, *ADMITTED_SOURCES, "aws_msk_cluster"},
)
def database_made_public(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A database becomes reachable from the internet.

    What it flags
        A public address or endpoint turned on, and the whole internet added to the networks
        that may connect. On Azure servers the switch alone opens nothing until a firewall rule
        admits somebody, so it weighs less there. Deleting the firewall of a DigitalOcean
        database opens it to everybody.

    Why it matters
        Passwords are all that is left between the data and everybody who scans for it.

    When it is fine
        Never for data that matters.

    What to do instead
        Go through a bastion, a VPN, a private endpoint or the provider's authenticating proxy.

    References
    ----------
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    """
    if change.kind is ActionKind.DELETE:
        if change.type == "digitalocean_database_firewall" and not _goes_too(change, context):
            yield Flag(what="Without its firewall the database admits every address.")
        return
    yield from _flag_turned_on(change)
    yield from _world_admitted(change)
    yield from _brokers_opened(change)


def _goes_too(change: ResourceChange, context: Context) -> bool:
    """Whether the database behind the firewall is deleted with it."""
    behind = [use.node.change for use in context.graph.dependencies(change.label)]
    return bool(behind) and all(item is not None and item.destroys for item in behind)


def _flag_turned_on(change: ResourceChange) -> Iterator[Outcome]:
    for text in PUBLIC_SWITCHES.get(change.type, ()):
        path = parse_path(text)
        before, after = lookup(change.before, path), change.planned(path)
        if after is UNKNOWN and before is False:
            yield Undecided(
                why="Whether the database gets a public address is known only at apply.",
                paths=(path,),
            )
        elif after is True and before is not True:
            yield from _public_flag(change, path, was_private=before is False)


def _public_flag(change: ResourceChange, path: Path, *, was_private: bool) -> Iterator[Outcome]:
    """A new server whose switch is merely on by default is nobody's decision."""
    guarded = change.type in CLOSED_WITHOUT_RULES
    on_by_default = path[-1] == "public_network_access_enabled"
    if not was_private and on_by_default:
        return
    severity = Severity.CRITICAL if was_private else Severity.HIGH
    yield Flag(
        what="The database gets a public endpoint.",
        paths=(path,),
        severity=Severity.MEDIUM if guarded else severity,
        confidence=Confidence.MEDIUM if guarded or not was_private else None,
    )


def _world_admitted(change: ResourceChange) -> Iterator[Outcome]:
    text = ADMITTED_SOURCES.get(change.type)
    if text is None:
        return
    paths: tuple[Path, ...] = (parse_path(text),) if text else _RANGE
    if any(change.planned(path) is UNKNOWN for path in paths):
        yield Undecided(why="Who may connect is known only at apply.", paths=paths)
        return
    before, after = _admitted(change.before, text), _admitted(change.after, text)
    if after & _WORLD and not before & _WORLD:
        yield Flag(what="Every address of the internet may connect to the database.", paths=paths)
    elif _AZURE_ITSELF in after - before:
        yield Flag(
            what="Every customer of Azure may connect to the database from inside Azure.",
            paths=paths,
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


_RANGE: Final[tuple[Path, ...]] = (("start_ip_address",), ("end_ip_address",))
_AZURE_ITSELF: Final = "azure"


def _admitted(values: Mapping[str, Any], text: str) -> frozenset[str]:
    if not text:
        return _range(values)
    value = lookup(values, parse_path(text))
    if isinstance(value, str):
        value = value.split(",")
    items = value if isinstance(value, list) else []
    return frozenset(
        str(source).strip() for item in items for source in _sources_of(item) if source
    )


def _sources_of(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return [item.get(name) for name in ("value", "ip", "network", "cidr", "address")]
    return [item]


_HALF_THE_WORLD: Final = 128


def _range(values: Mapping[str, Any]) -> frozenset[str]:
    first, last = (str(lookup(values, path)) for path in _RANGE)
    if (first, last) == ("0.0.0.0", "0.0.0.0"):  # noqa: S104 - Azure's word for its own services
        return frozenset({_AZURE_ITSELF})
    low, high = (int(part) if part.isdigit() else 0 for part in _first_octets(first, last))
    wide = first.count(".") == last.count(".") == 3 and high - low >= _HALF_THE_WORLD
    return frozenset({"0.0.0.0/0"}) if wide else frozenset({f"{first}-{last}"})


def _first_octets(first: str, last: str) -> tuple[str, str]:
    return first.partition(".")[0], last.partition(".")[0]


def _brokers_opened(change: ResourceChange) -> Iterator[Outcome]:
    if change.type != "aws_msk_cluster":
        return
    path = parse_path("broker_node_group_info.0.connectivity_info.0.public_access.0.type")
    if change.planned(path) == "SERVICE_PROVIDED_EIPS" and lookup(change.before, path) != (
        "SERVICE_PROVIDED_EIPS"
    ):
        yield Flag(what="The brokers get public addresses.", paths=(path,))


# B09

_ENDPOINT: Final = frozenset(
    {"address", "dns_name", "endpoint", "host", "hostname", "identifier", "port", "reader_endpoint"}
)


@rule(
    id="B09",
    name="database-address-changed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=_CHANGED_IN_PLACE,
    types=ADDRESS_ARGUMENTS,
)
def database_address_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An update in place changes how clients reach the database.

    What it flags
        A renamed RDS instance (its endpoint is made of its name), a changed port, and the plain
        port of a Redis cache closed.

    Why it matters
        The plan shows a harmless update in place. Clients keep the old host and port, those in
        the same plan too: the provider does not announce that the endpoint changes, so they are
        corrected by the next apply at best.

    When it is fine
        Nobody connects to it yet, or clients use a DNS name of your own that follows.

    What to do instead
        Give clients a DNS name of your own, announce the change, and apply twice.

    References
    ----------
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
    """
    for name in ADDRESS_ARGUMENTS[change.type]:
        before, after = change.before.get(name), change.after.get(name)
        if before == after or unset(before):
            continue
        if after is UNKNOWN:
            yield Undecided(why="The new address is known only at apply.", paths=((name,),))
        elif isinstance(before, bool):
            if before and after is False:
                yield Flag(
                    what="The unencrypted port is closed; clients that use it are cut off.",
                    paths=((name,),),
                    severity=Severity.MEDIUM,
                )
        elif after is not None:
            yield _address_flag(change, context, name)


def _address_flag(change: ResourceChange, context: Context, name: str) -> Flag:
    used = any(use.reference.attribute in _ENDPOINT for use in context.consumers(change))
    return Flag(
        what=f"Clients keep the old address of the database ({name} changes in place).",
        paths=((name,),),
        confidence=Confidence.HIGH if used else None,
    )
