"""Whether a created object is the one that the same plan deletes.

Three ways, most trusted first: an attachment is the same when all its arguments are; an object
with a name when the name and what scopes it are; an object without one when its whole known
configuration is. Types whose objects cannot be told apart are never matched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from iacrisk.catalog import attachment, facts
from iacrisk.plan import UNKNOWN, ResourceChange, lookup, parse_path, unset
from iacrisk.rules.rule import Confidence

NAME_ATTRIBUTES: Final = (
    "name",
    "metadata.0.name",
    "manifest.metadata.name",
    "identifier",
    "display_name",
    "title",
    "path",
    "cidr_block",
)
"""Arguments that name an object, the most telling first."""

_NAME_OF_TYPE: Final[dict[str, str]] = {
    "aws_cognito_user_pool_domain": "domain",
    "aws_dax_cluster": "cluster_name",
    "aws_docdb_cluster": "cluster_identifier",
    "aws_eks_addon": "addon_name",
    "aws_eks_fargate_profile": "fargate_profile_name",
    "aws_eks_node_group": "node_group_name",
    "aws_elasticache_cluster": "cluster_id",
    "aws_elasticache_replication_group": "replication_group_id",
    "aws_elasticsearch_domain": "domain_name",
    "aws_key_pair": "key_name",
    "aws_lambda_function": "function_name",
    "aws_msk_cluster": "cluster_name",
    "aws_neptune_cluster": "cluster_identifier",
    "aws_opensearch_domain": "domain_name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_redshift_cluster": "cluster_identifier",
    "aws_s3_bucket": "bucket",
    "aws_timestreamwrite_table": "table_name",
    "cloudflare_zone": "zone",
    "google_artifact_registry_repository": "repository_id",
    "google_bigquery_dataset": "dataset_id",
    "google_bigquery_table": "table_id",
    "google_project": "project_id",
    "google_secret_manager_secret": "secret_id",
    "google_service_account": "account_id",
}
"""Types whose own name stands in another argument."""

_ROTATED: Final = frozenset(
    {
        "aws_acm_certificate",
        "aws_ami",
        "aws_ebs_snapshot",
        "aws_iam_access_key",
        "azuread_application_password",
        "azuread_service_principal_password",
        "google_compute_managed_ssl_certificate",
        "google_compute_snapshot",
        "google_compute_ssl_certificate",
        "google_service_account_key",
    }
)
"""Types of which several look alike: the old one goes when the new one is in use."""

_SCOPES: Final = (
    "project",
    "location",
    "region",
    "resource_group_name",
    "metadata.0.namespace",
    "manifest.metadata.namespace",
    "manifest.kind",
    "namespace",
    "role",
    "user",
    "group",
    "zone_id",
    "managed_zone",
    "type",
    "set_identifier",
    "vpc_id",
    "network",
    "virtual_network_name",
    "server_id",
    "server_name",
    "account_name",
    "storage_account_name",
    "storage_account_id",
    "key_vault_id",
    "instance",
    "dataset_id",
    "cluster",
    "cluster_name",
    "cluster_arn",
    "database",
    "schema",
    "rest_api_id",
    "api_id",
    "user_pool_id",
    "repository",
    "owner",
    "org_id",
    "event_bus_name",
    "parent",
    "parent_id",
    "name",
    "key",
    "path",
)
"""Arguments within which a name is unique."""

_SCOPE_PATHS: Final = tuple(map(parse_path, _SCOPES))

_NOISE: Final = facts.COMPUTED_NOISE | {"owner_id", "unique_id", "timeouts"}
_DISTINCT_VALUES: Final = 2


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A delete and the create that makes the same object again."""

    deleted: ResourceChange
    created: ResourceChange
    confidence: Confidence
    paths: tuple[tuple[str | int, ...], ...]


def names_of(type_name: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The arguments that name an object, with their known values, the most telling first."""
    own = _NAME_OF_TYPE.get(type_name)
    paths = NAME_ATTRIBUTES if own is None else (own, *NAME_ATTRIBUTES)
    named = [(path, lookup(values, parse_path(path))) for path in paths]
    return [(path, value) for path, value in named if isinstance(value, str) and value]


def pair_up(deletes: Iterable[ResourceChange], creates: Iterable[ResourceChange]) -> list[Pair]:
    """Each delete with a create of the same object, every create used once."""
    by_type: dict[str, list[ResourceChange]] = {}
    for created in creates:
        by_type.setdefault(created.type, []).append(created)
    candidates: dict[str, _Candidates] = {}
    pairs = []
    for deleted in deletes:
        if deleted.type not in by_type or deleted.type in _ROTATED:
            continue
        if deleted.type not in candidates:
            candidates[deleted.type] = _Candidates(by_type[deleted.type])
        pair = candidates[deleted.type].take(deleted)
        if pair is not None:
            pairs.append(pair)
    return pairs


class _Candidates:
    """The creates of one type, found by name or by configuration."""

    def __init__(self, creates: list[ResourceChange]) -> None:
        self._links = bool(creates) and bool(attachment(creates[0].type))
        self._taken: set[str] = set()
        self._named: dict[tuple[str, str], list[ResourceChange]] = {}
        self._alike: dict[tuple[str, ...], dict[str, list[ResourceChange]]] = {}
        for created in creates:
            self._add(created)

    def _add(self, created: ResourceChange) -> None:
        names = [] if self._links else names_of(created.type, created.after)
        if names:
            self._named.setdefault(names[0], []).append(created)
            return
        known = _known(created.after)
        if _is_telling(known) and not (self._links and _hides_target(created)):
            attributes = tuple(sorted(known))
            self._alike.setdefault(attributes, {}).setdefault(_canonical(known), []).append(created)

    def take(self, deleted: ResourceChange) -> Pair | None:
        return self._take_named(deleted) or self._take_alike(deleted)

    def _take_named(self, deleted: ResourceChange) -> Pair | None:
        if self._links:
            return None
        for name in names_of(deleted.type, deleted.before):
            for created in self._named.get(name, ()):
                if self._is_free(created) and _same_scope(deleted.before, created.after):
                    return self._pair(deleted, created, Confidence.HIGH, (parse_path(name[0]),))
        return None

    def _take_alike(self, deleted: ResourceChange) -> Pair | None:
        for attributes, group in self._alike.items():
            values = {name: deleted.before.get(name) for name in attributes}
            for created in group.get(_canonical(values), ()):
                if self._is_free(created):
                    paths = tuple((name,) for name in attributes[:3])
                    return self._pair(deleted, created, Confidence.MEDIUM, paths)
        return None

    def _is_free(self, created: ResourceChange) -> bool:
        return created.label not in self._taken

    def _pair(
        self,
        deleted: ResourceChange,
        created: ResourceChange,
        confidence: Confidence,
        paths: tuple[tuple[str | int, ...], ...],
    ) -> Pair:
        self._taken.add(created.label)
        return Pair(deleted=deleted, created=created, confidence=confidence, paths=paths)


def _same_scope(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether nothing that both know says they are two objects."""
    for path in _SCOPE_PATHS:
        old, new = lookup(before, path), lookup(after, path)
        if old is not None and new is not None and new is not UNKNOWN and old != new:
            return False
    return True


def _hides_target(created: ResourceChange) -> bool:
    """Whether it is not known yet what the attachment will act on."""
    return any(created.after.get(name) is UNKNOWN for name in attachment(created.type))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if name not in _NOISE and not unset(value) and not has_unknown(value)
    }


def _is_telling(known: Mapping[str, Any]) -> bool:
    """Whether the values are enough to tell one object from another."""
    return sum(isinstance(value, str | list | dict) for value in known.values()) >= _DISTINCT_VALUES


def has_unknown(value: Any) -> bool:
    """Whether a value, or anything inside it, is not known yet."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return value is UNKNOWN


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, default=str)
