"""Tables about arguments and sets of types."""

import pytest

from iacrisk.catalog import Basis, ResourceClass, attachment, facts, resource_type

BY_TYPE = {
    "ABANDON_BY_TYPE": facts.ABANDON_BY_TYPE,
    "AUDIT_SWITCHES": facts.AUDIT_SWITCHES,
    "AUDIT_TYPES": facts.AUDIT_TYPES,
    "AUTOMATED_BACKUPS": facts.AUTOMATED_BACKUPS,
    "CAPACITY_ATTRIBUTES": facts.CAPACITY_ATTRIBUTES,
    "CLUSTER_TYPES": facts.CLUSTER_TYPES,
    "DELETE_ONLY_FORGETS": facts.DELETE_ONLY_FORGETS,
    "EXCLUSIVE_ATTRIBUTES": facts.EXCLUSIVE_ATTRIBUTES,
    "FINAL_COPY": facts.FINAL_COPY,
    "FINAL_COPY_NAME": facts.FINAL_COPY_NAME,
    "FORCE_DESTROY_HARMLESS": {name for name, _ in facts.FORCE_DESTROY_HARMLESS},
    "GUARD_TYPES": facts.GUARD_TYPES,
    "INLINE_VERSUS_STANDALONE": facts.INLINE_VERSUS_STANDALONE,
    "NODE_POOL_TYPES": facts.NODE_POOL_TYPES,
    "PARENT_OF": facts.PARENT_OF,
    "PARENTS": {parent for parents in facts.PARENT_OF.values() for parent in parents},
    "PUBLIC_ADDRESS_TYPES": facts.PUBLIC_ADDRESS_TYPES,
    "RECORD_TYPES": facts.RECORD_TYPES,
    "STANDALONE": {
        name
        for inline in facts.INLINE_VERSUS_STANDALONE.values()
        for standalone in inline.values()
        for name in standalone
    },
    "TAGS_THAT_ACT": facts.TAGS_THAT_ACT,
    "ZONE_TYPES": facts.ZONE_TYPES,
}


@pytest.mark.parametrize("table", BY_TYPE)
def test_every_type_in_a_table_of_facts_is_in_the_catalogue(table: str) -> None:
    assert [n for n in sorted(BY_TYPE[table]) if resource_type(n).basis is Basis.UNKNOWN] == []


def test_whatever_keeps_a_final_copy_holds_data_or_serves_it() -> None:
    held = {ResourceClass.STATEFUL, ResourceClass.COMPUTE}
    names = {*facts.FINAL_COPY, *facts.FINAL_COPY_NAME}

    assert {resource_type(name).resource_class for name in names} == held


def test_zones_and_records_are_entry_points() -> None:
    names = facts.ZONE_TYPES | facts.RECORD_TYPES

    assert {resource_type(name).resource_class for name in names} == {ResourceClass.ENTRY_POINT}


def test_clusters_and_node_pools_are_of_the_cluster_class() -> None:
    names = facts.CLUSTER_TYPES | facts.NODE_POOL_TYPES

    assert {resource_type(name).resource_class for name in names} == {ResourceClass.CLUSTER}


def test_a_type_is_not_both_always_and_sometimes_exclusive() -> None:
    assert [n for n in facts.EXCLUSIVE_ATTRIBUTES if resource_type(n).authoritative] == []


def test_what_a_delete_only_forgets_is_never_called_stateful() -> None:
    assert [n for n in facts.DELETE_ONLY_FORGETS if resource_type(n).stateful] == []


def test_a_standalone_rule_acts_on_the_object_it_fights_with() -> None:
    standalone = {
        name
        for inline in facts.INLINE_VERSUS_STANDALONE.values()
        for names in inline.values()
        for name in names
    }
    things_themselves = {"azurerm_subnet"}

    assert [name for name in sorted(standalone - things_themselves) if not attachment(name)] == []


def test_an_argument_that_guards_is_never_one_that_forces() -> None:
    assert facts.GUARD_ATTRIBUTES.keys() & facts.FORCE_DESTROY_ATTRIBUTES == set()
