"""Objects that others name by a plain word."""

from __future__ import annotations

from iacrisk.catalog.named import all_namings, namings_of


def test_rows_are_sorted_and_each_user_has_a_path() -> None:
    rows = all_namings()
    assert list(rows) == sorted(rows)
    for _, attribute, users in rows:
        assert attribute
        assert users.split() == sorted(set(users.split()))
        assert all(user.count(":") == 1 and not user.endswith(":") for user in users.split())


def test_a_contact_point_is_named_by_policies_and_rules() -> None:
    assert {one.user for one in namings_of("grafana_contact_point")} == {
        "grafana_notification_policy",
        "grafana_rule_group",
    }
    assert namings_of("acme_rocket") == ()
