"""Sign-on rules, login clients, callers of a mesh, and events that call somebody."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

# Which sign-on rule is asked first

_STRONG: Final = [json.dumps({"possession": {"phishingResistant": "REQUIRED"}})]
_PASSWORD: Final = [json.dumps({"knowledge": {"types": ["password"]}})]


def _rule(name: str, priority: int, *groups: str, **more: Any) -> Json:
    return {
        "name": name,
        "policy_id": "rst1",
        "priority": priority,
        "access": "ALLOW",
        "factor_mode": "2FA",
        "constraints": _STRONG,
        "groups_included": list(groups),
        "network_connection": "ANYWHERE",
        "risk_score": "ANY",
        "status": "ACTIVE",
        **more,
    }


def _in_front(**more: Any) -> Json:
    return create("okta_app_signon_policy_rule.new", _rule("New", 1, "g-staff", **more))


_STAFF: Final = stay(
    "okta_app_signon_policy_rule.staff", id="rul2", **_rule("Staff", 2, "g-staff", "g-ops")
)
_APP: Final = stay("okta_app_saml.books", id="0oa1", label="Books", authentication_policy="rst1")
_WEAK: Final = {"factor_mode": "1FA", "constraints": _PASSWORD}
SIGN_ON: Final = [
    pair(
        "a first sign-on rule asks for a password / for what the next one asks for",
        _in_front(**_WEAK),
        _in_front(re_authentication_frequency="PT8H"),
        _STAFF,
        _APP,
    ),
    pair(
        "a first sign-on rule takes any second factor / on a site's network only",
        _in_front(constraints=[]),
        _in_front(constraints=[], network_connection="ZONE", network_includes=["nzo1"]),
        _STAFF,
        _APP,
    ),
    pair(
        "a weak rule moves to the front / stays behind",
        tweak(
            "okta_app_signon_policy_rule.old", _rule("Old", 9, "g-staff", **_WEAK), priority=1
        ),
        tweak(
            "okta_app_signon_policy_rule.old", _rule("Old", 9, "g-staff", **_WEAK), priority=7
        ),
        _STAFF,
        _APP,
    ),
    pair(
        "a first sign-on rule refuses a group that the next lets in / who comes at high risk",
        _in_front(access="DENY"),
        _in_front(access="DENY", risk_score="HIGH"),
        _STAFF,
        _APP,
    ),
    pair(
        "all logins take one factor before the rule for two / behind it",
        create("okta_policy_rule_signon.new", {
            "name": "New", "policy_id": "00p1", "priority": 1, "access": "ALLOW",
            "mfa_required": False, "network_connection": "ANYWHERE", "status": "ACTIVE",
        }),
        create("okta_policy_rule_signon.new", {
            "name": "New", "policy_id": "00p1", "priority": 3, "access": "ALLOW",
            "mfa_required": False, "network_connection": "ANYWHERE", "status": "ACTIVE",
        }),
        stay("okta_policy_rule_signon.all", id="0pr1", name="All", policy_id="00p1", priority=2,
             access="ALLOW", mfa_required=True, network_connection="ANYWHERE", status="ACTIVE"),
    ),
]  # fmt: skip
SIGN_ON_TRAPS: Final = [
    trap("a first rule for everybody", _STAFF, _APP,
         create("okta_app_signon_policy_rule.new", _rule("New", 1, **_WEAK))),
    trap("a first rule that a switched-off one stood for", _STAFF, _APP,
         tweak("okta_app_signon_policy_rule.old",
               _rule("Old", 1, "g-staff", status="INACTIVE", **_WEAK), status="ACTIVE")),
]  # fmt: skip

# Events that call somebody


def _events(*expressions: str, **actions: bool) -> Json:
    conditions = [{"expression": text} for text in expressions]
    done = [actions or {"suppress": True}]
    rule = {"label": "quiet", "condition": conditions, "actions": done}
    return {"id": "po", "service": "PSVC", "set": [{"id": "start", "rule": [rule]}]}


def _widened(before: str, *after: str) -> Json:
    kind = "pagerduty_event_orchestration_service.books"
    return tweak(kind, _events(before), set=_events(*after)["set"])


_TESTS: Final = "event.custom_details.env matches 'test'"
_SERVICE: Final = stay("pagerduty_service.books", id="PSVC", name="Books")
EVENTS: Final = [
    pair(
        "critical events are suppressed beside those of tests / those of a sandbox beside them",
        _widened(_TESTS, f"{_TESTS} or event.severity matches 'critical'"),
        _widened(_TESTS, f"{_TESTS} or event.custom_details.env matches 'sandbox'"),
        _SERVICE,
    ),
    pair(
        "a condition more for all of production / for one noisy check",
        _widened(_TESTS, _TESTS, "event.custom_details.environment matches 'production'"),
        _widened(_TESTS, _TESTS, "event.summary matches part 'certificate renewed'"),
        _SERVICE,
    ),
    pair(
        "what narrowed the suppression goes / what narrowed it within tests goes",
        _widened(
            "event.source matches 'db-1' and event.class matches 'backup'",
            "event.source matches 'db-1'",
        ),
        _widened(f"{_TESTS} and event.class matches 'backup'", _TESTS),
        _SERVICE,
    ),
]
EVENT_TRAPS: Final = [
    trap("all that is not told as information", _SERVICE,
         _widened(_TESTS, f"{_TESTS} or not event.severity matches 'info'")),
    trap("grave events in brackets", _SERVICE,
         _widened(_TESTS, f"({_TESTS}) or (event.severity matches 'error')")),
]  # fmt: skip

# Logins by which nobody comes in


def _client(name: str, **more: Any) -> Json:
    known = {"id": f"{name}-id", "client_id": f"{name}-id", "name": name}
    return {**known, "callbacks": [], "grant_types": [], **more}


_OPEN: Final = {"grant_types": ["authorization_code"], "callbacks": ["https://a.example/back"]}
_SHOP: Final = stay("auth0_client.shop", **_client("shop", **_OPEN))


def _lets_in(*names: str) -> Json:
    listed = [f"{name}-id" for name in names]
    before = {"id": "con", "connection_id": "con", "enabled_clients": ["shop-id", "kiosk-id"]}
    return tweak("auth0_connection_clients.people", before, enabled_clients=listed)


CLIENTS: Final = [
    pair(
        "a client of people / a client without any flow is deleted and leaves its connection",
        [delete("auth0_client.kiosk", _client("kiosk", **_OPEN)), _lets_in("shop")],
        [delete("auth0_client.kiosk", _client("kiosk")), _lets_in("shop")],
        _SHOP,
    ),
    pair(
        "an application in use / an application that is switched off is deleted",
        delete(
            "okta_app_saml.wiki", {"id": "0oa7", "label": "Wiki", "status": "ACTIVE"}
        ),
        delete(
            "okta_app_saml.wiki", {"id": "0oa7", "label": "Wiki", "status": "INACTIVE"}
        ),
        _APP,
    ),
    pair(
        "a client of programs / a client without any flow is deleted",
        delete("keycloak_openid_client.batch", {
            "id": "5f", "client_id": "batch", "enabled": True, "standard_flow_enabled": False,
            "service_accounts_enabled": True,
        }),
        delete("keycloak_openid_client.batch", {
            "id": "5f", "client_id": "batch", "enabled": True, "standard_flow_enabled": False,
            "service_accounts_enabled": False,
        }),
    ),
]  # fmt: skip
CLIENT_TRAPS: Final = [
    trap("a client that logs in by its own secret", _SHOP,
         delete("auth0_client.kiosk", _client("kiosk", grant_types=["client_credentials"]))),
    trap("a connection still lists it", delete("auth0_client.kiosk", _client("kiosk")),
         stay("auth0_connection_clients.people", id="con", enabled_clients=["kiosk-id"])),
    trap("another client leaves the connection with it", _SHOP,
         delete("auth0_client.kiosk", _client("kiosk")),
         tweak("auth0_connection_clients.people",
               {"id": "con", "enabled_clients": ["shop-id", "kiosk-id", "app-id"]},
               enabled_clients=["shop-id"])),
]  # fmt: skip

# Callers of a mesh


def _entry(kind: str, name: str, **body: Any) -> Json:
    return {"id": f"{kind}-{name}", "kind": kind, "name": name, "config_json": json.dumps(body)}


def _intentions(*names: str) -> Json:
    listed = [{"Name": name, "Action": "allow"} for name in names]
    return _entry(
        "service-intentions", "ledger", Sources=[*listed, {"Name": "*", "Action": "deny"}]
    )


def _fewer(*names: str) -> Json:
    before = _intentions("portal", "mailer", "fair-2022")
    after = _intentions(*names)
    return tweak("consul_config_entry.ledger", before, config_json=after["config_json"])


def _defaults(name: str) -> Json:
    return stay(f"consul_config_entry.{name}", **_entry("service-defaults", name, Protocol="http"))


CALLERS: Final = [
    pair(
        "intentions lose a service of the plan / a caller of which nothing is left",
        _fewer("portal"),
        _fewer("portal", "mailer"),
        _defaults("portal"),
        _defaults("mailer"),
    ),
    pair(
        "typed intentions lose a service of the plan / a caller of which nothing is left",
        tweak(
            "consul_config_entry_service_intentions.ledger",
            {"name": "ledger", "sources": [{"name": "portal", "action": "allow"},
                                           {"name": "mailer", "action": "allow"}]},
            sources=[{"name": "portal", "action": "allow"}],
        ),
        tweak(
            "consul_config_entry_service_intentions.ledger",
            {"name": "ledger", "sources": [{"name": "portal", "action": "allow"},
                                           {"name": "fair-2022", "action": "allow"}]},
            sources=[{"name": "portal", "action": "allow"}],
        ),
        _defaults("portal"),
        _defaults("mailer"),
    ),
]  # fmt: skip
CALLER_TRAPS: Final = [
    trap("the plan does not show all callers", _fewer("portal", "mailer"), _defaults("portal")),
    trap("another entry names the caller", _fewer("portal", "mailer"), _defaults("portal"),
         _defaults("mailer"),
         stay("consul_acl_policy.fair", name="fair", rules='service "fair-2022" {}')),
]  # fmt: skip

LOGINS_AND_ALARMS: Final = [*SIGN_ON, *EVENTS, *CLIENTS, *CALLERS]
LOGIN_TRAPS: Final = [*SIGN_ON_TRAPS, *EVENT_TRAPS, *CLIENT_TRAPS, *CALLER_TRAPS]
