"""Denials of Kafka: for a client that was allowed it, or for one that never was."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, create
from tests.rules.served.worlds import pair, stay, trap


def _acl(who: str, operation: str, name: str, pattern: str, permission: str = "ALLOW") -> Json:
    return {
        "kafka_cluster": [{"id": "k1"}],
        "resource_type": "TOPIC",
        "resource_name": name,
        "pattern_type": pattern,
        "principal": f"User:{who}",
        "host": "*",
        "operation": operation,
        "permission": permission,
    }


def _plain(who: str, operation: str, name: str, permission: str) -> Json:
    return {
        "resource_type": "Topic",
        "resource_name": name,
        "resource_pattern_type_filter": "Literal",
        "acl_principal": f"User:{who}",
        "acl_operation": operation,
        "acl_permission_type": permission,
        "acl_host": "*",
    }


def _deny(who: str, operation: str = "WRITE") -> Json:
    return create("confluent_kafka_acl.deny", _acl(who, operation, "orders.", "PREFIXED", "DENY"))


_READS: Final = stay("confluent_kafka_acl.read", **_acl("a1", "READ", "orders.", "PREFIXED"))
_WRITES: Final = stay(
    "confluent_kafka_acl.write", **_acl("a2", "WRITE", "orders.shipped", "LITERAL")
)
KAFKA: Final = [
    pair(
        "who writes a topic is denied its prefix / who only reads is denied to write",
        _deny("a2"),
        _deny("a1"),
        _READS,
        _WRITES,
        stay("confluent_service_account.shop", id="a2", display_name="shop"),
        stay("confluent_kafka_topic.shipped", topic_name="orders.shipped"),
    ),
    pair(
        "another provider: a reader is denied to be shown the topic / to delete it",
        create("kafka_acl.deny", _plain("ann", "Describe", "books", "Deny")),
        create("kafka_acl.deny", _plain("ann", "Delete", "books", "Deny")),
        stay("kafka_acl.read", **_plain("ann", "Read", "books", "Allow")),
    ),
]
KAFKA_TRAPS: Final = [
    trap("all operations", _deny("a1", "ALL"), _READS),
    trap("nothing shows what the client may do", _deny("a3"), _READS),
    trap("everybody may write", _deny("a1"), _READS,
         stay("confluent_kafka_acl.all", **_acl("*", "WRITE", "orders.new", "LITERAL"))),
    trap("a role lets it write", _deny("a1"), _READS,
         stay("confluent_role_binding.w", principal="User:a1", role_name="DeveloperWrite")),
    trap("everybody is denied", _deny("*"), _READS, _WRITES),
]  # fmt: skip
