"""What an attribute is about, told by the words of its path.

Types come in thousands and their attributes in tens of thousands, but providers name alike things
alike. So a word table says more about a type nobody has seen than any list of types could.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

from iacrisk.catalog.facts import COMPUTED_NOISE, DESCRIPTION_ATTRIBUTES, TAG_ATTRIBUTES
from iacrisk.patterns import regex


class Topic(StrEnum):
    """What an attribute is about."""

    WORDS = "words"
    COMPUTED = "computed"
    EXPOSURE = "exposure"
    GUARD = "guard"
    ENCRYPTION = "encryption"
    ACCESS = "access"
    NETWORK = "network"
    TARGET = "target"
    PATTERN = "pattern"
    STATE = "state"
    SCHEMA = "schema"
    CAPACITY = "capacity"
    CODE = "code"
    RUN = "run"
    TIMING = "timing"
    IDENTITY = "identity"
    OTHER = "other"


MEANING: Final = {
    Topic.WORDS: "tags, labels and descriptions",
    Topic.COMPUTED: "what the provider computes",
    Topic.EXPOSURE: "who outside may reach it: public switches, ACLs, internal or not",
    Topic.GUARD: "deletion guards, backups, retention, versions, recovery",
    Topic.ENCRYPTION: "keys, encryption, certificates",
    Topic.ACCESS: "policies, permissions, roles, principals",
    Topic.NETWORK: "addresses, ports, subnets, security groups, routes",
    Topic.TARGET: "where it leads: targets, endpoints, records, queues, subscriptions",
    Topic.PATTERN: "which items it lets through: filters, patterns, conditions",
    Topic.STATE: "switches: enabled, status, state",
    Topic.SCHEMA: "keys, columns and indexes of a store",
    Topic.CAPACITY: "counts, sizes, classes",
    Topic.CODE: "code, images, versions, engines, commands",
    Topic.RUN: "what a program reads when it runs: variables, parameters, values",
    Topic.TIMING: "timeouts, intervals, periods, schedules",
    Topic.IDENTITY: "names and other things it is known by",
    Topic.OTHER: "anything else",
}

IDLE: Final = frozenset({Topic.WORDS, Topic.COMPUTED})
"""Topics whose change does nothing by itself."""

_WEAK: Final = frozenset(
    {Topic.IDENTITY, Topic.OTHER, Topic.TIMING, Topic.RUN, Topic.CAPACITY, Topic.STATE}
)
"""Said by common words; the block around them knows better."""

_MAPS: Final = frozenset({"environment", "variables", "secret_string", "parameter", "parameters"})
"""Keys below these are the user's own words."""

_WHOLE: Final = {
    "action": Topic.TARGET,
    "actions_enabled": Topic.STATE,
    "alarm_actions": Topic.TARGET,
    "attribute": Topic.SCHEMA,
    "availability_zone": Topic.IDENTITY,
    "availability_zones": Topic.NETWORK,
    "default_action": Topic.TARGET,
    "delivery_policy": Topic.TIMING,
    "dns_name": Topic.TARGET,
    "event_pattern": Topic.PATTERN,
    "event_source_arn": Topic.TARGET,
    "filter_policy": Topic.PATTERN,
    "filter_policy_scope": Topic.PATTERN,
    "health_check": Topic.TIMING,
    "instance_class": Topic.CAPACITY,
    "instance_type": Topic.CAPACITY,
    "kms_key_id": Topic.ENCRYPTION,
    "insufficient_data_actions": Topic.TARGET,
    "lifecycle_policy": Topic.GUARD,
    "load_balancer": Topic.TARGET,
    "multi_az": Topic.CAPACITY,
    "network_acl_id": Topic.NETWORK,
    "node_type": Topic.CAPACITY,
    "ok_actions": Topic.TARGET,
    "parameter_group_name": Topic.CODE,
    "redrive_allow_policy": Topic.TARGET,
    "redrive_policy": Topic.TARGET,
    "rule_action": Topic.NETWORK,
    "rule_number": Topic.NETWORK,
    "schedule_expression": Topic.TIMING,
    "secret_string": Topic.RUN,
    "security_group_ids": Topic.NETWORK,
    "security_groups": Topic.NETWORK,
    "set_identifier": Topic.IDENTITY,
    "source_arn": Topic.ACCESS,
    "source_code_hash": Topic.CODE,
    "ssl_policy": Topic.ENCRYPTION,
    "target_key_id": Topic.ENCRYPTION,
    "user_data": Topic.CODE,
    "user_data_base64": Topic.CODE,
    "vpc_config": Topic.NETWORK,
    "zone_id": Topic.NETWORK,
}

_BY_WORD: Final = (
    (Topic.EXPOSURE, "public publicly internal scheme acl internet anonymous grants"),
    (
        Topic.GUARD,
        "protection protect backup backups retention retain versioning recovery snapshot destroy "
        "prevent lock skip force lifecycle expiration final termination purge restore undelete "
        "deletion noncurrent",
    ),
    (
        Topic.ENCRYPTION,
        "kms encrypt encryption encrypted sse certificate cert tls ssl cipher ciphers ca cmk "
        "rotation",
    ),
    (Topic.PATTERN, "filter filters pattern patterns condition conditions matcher match header"),
    (
        Topic.SCHEMA,
        "schema column columns index indexes partition partitions projection hash range",
    ),
    (
        Topic.ACCESS,
        "policy policies permission permissions principal principals role roles grant statement "
        "iam trust assume authorization auth authentication authorizer member members scope "
        "user users actions resources account accounts",
    ),
    (
        Topic.NETWORK,
        "cidr ingress egress port ports subnet subnets vpc security sg route routes gateway "
        "protocol ip ips ipv4 ipv6 address addresses nat network networks peering peer interface "
        "vlan source",
    ),
    (
        Topic.TARGET,
        "target targets endpoint endpoints destination record records alias aliases origin "
        "origins url uri host hostname subscription stream queue topic dead redrive integration "
        "notification notifications function listener forward redirect lambda sns sqs sink event "
        "events cluster domain",
    ),
    (Topic.STATE, "state status enabled enable disabled disable active paused suspended"),
    (
        Topic.CODE,
        "image ami handler runtime code filename version container definition definitions "
        "template script command layers engine family launch entrypoint args arguments release",
    ),
    (Topic.RUN, "environment variable variables value values options configuration setting"),
    (
        Topic.CAPACITY,
        "count size capacity min max desired class memory cpu storage throughput shard shards "
        "replica replicas iops unit units concurrency node nodes number allocated scaling limit "
        "limits instances type billing",
    ),
    (
        Topic.TIMING,
        "timeout interval ttl visibility delay period seconds minutes hours days cooldown grace "
        "schedule window threshold evaluation",
    ),
    (Topic.IDENTITY, "name names identifier bucket id ids arn path key prefix suffix title"),
)
_WORD_TOPIC: Final = {word: topic for topic, words in reversed(_BY_WORD) for word in words.split()}
_RANK: Final = {topic: rank for rank, (topic, _) in enumerate(_BY_WORD)}
_SPLIT: Final = regex(r"[^a-z0-9]+")


@lru_cache(maxsize=8192)
def topic_of(names: tuple[str, ...]) -> Topic:
    """The topic of the attribute whose path has these names, indexes left out."""
    if names[0] in TAG_ATTRIBUTES or names[-1] in DESCRIPTION_ATTRIBUTES:
        return Topic.WORDS
    if names[-1].endswith("_description"):
        return Topic.WORDS
    if len(names) == 1 and names[0] in COMPUTED_NOISE:
        return Topic.COMPUTED
    if not _MAPS.isdisjoint(names[:-1]):
        return Topic.RUN
    weak = Topic.OTHER
    for name in reversed(names):
        topic = _of_name(name)
        if topic not in _WEAK:
            return topic
        if weak is Topic.OTHER:
            weak = topic
    return weak


def words_of(name: str) -> frozenset[str]:
    """The words of an attribute's name."""
    return frozenset(_SPLIT.split(name.lower()))


@lru_cache(maxsize=8192)
def _of_name(name: str) -> Topic:
    whole = _WHOLE.get(name)
    if whole is not None:
        return whole
    found = {_WORD_TOPIC[word] for word in words_of(name) if word in _WORD_TOPIC}
    return min(found, key=_RANK.__getitem__, default=Topic.OTHER)
