"""I17: a denial for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.identity import azure_refusals
from iacrisk.rules.readers.access.kafka_acls import ACLS, acl_of, hurt_by
from iacrisk.rules.readers.entries import cloud_armor
from iacrisk.rules.readers.entries.edge_rulesets import rules_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

Values = dict[str, Any]
_Denied = tuple[str, str] | None
"""What is denied, and the argument that says so; the sentence is empty where nobody is."""

_FEW: Final = 50


@rule(
    id="I17",
    name="everyone-refused",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={
        "azuread_conditional_access_policy",
        "azurerm_cdn_frontdoor_firewall_policy",
        "azurerm_frontdoor_firewall_policy",
        "azurerm_web_application_firewall_policy",
        "cloudflare_ruleset",
        "cloudflare_access_policy",
        "cloudflare_zero_trust_access_policy",
        *cloud_armor.POLICIES,
        *cloud_armor.RULES,
        "confluent_kafka_acl",
        "consul_config_entry",
        "consul_config_entry_service_intentions",
        "consul_intention",
        "google_iam_deny_policy",
        "kafka_acl",
        "okta_app_signon_policy_rule",
        "okta_policy_rule_signon",
        "snowflake_network_policy_attachment",
        "vault_quota_rate_limit",
    },
)
def everyone_refused(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A rule that denies everybody is created, or an existing one comes to do so.

    What it flags
        A sign-on rule that denies from anywhere, a Kafka entry that denies all users, an
        intention that denies all sources, an edge rule that blocks every request, a network
        policy set for the whole account, a limit of a few requests for all of Vault, a rule of
        Google Cloud Armor that refuses every address or lets less than one request a second
        through for all clients together, a deny policy for all principals without an exception,
        a conditional access policy that blocks all users and spares nobody.

    Why it matters
        Denials win over what allows. Those who are refused are not in the plan.

    When it is fine
        The rule stands behind others that let the right ones in, and that order is kept.

    What to do instead
        Allow the right ones first, let the denial log for a while, then enforce it.

    References
        The providers' documentation of each type.
    """
    denied = _denied(change.type, change.after)
    if denied is None or (
        change.kind is ActionKind.UPDATE and _denied(change.type, change.before) is not None
    ):
        return
    says, name = denied
    acl = acl_of(change.after) if change.type in ACLS else None
    hurts = tuple(hurt_by(acl, context)) if acl is not None else ()
    yield Flag(what=says, paths=((name,),), hurts=hurts)


def _denied(type_name: str, values: Values) -> _Denied:
    reader = _READERS.get(type_name)
    return reader(values) if reader is not None and values else None


def _sign_on(values: Values) -> _Denied:
    active = values.get("status") in (None, "ACTIVE", UNKNOWN)
    anywhere = values.get("network_connection") in (None, "ANYWHERE")
    some = values.get("groups_included") or values.get("users_included")
    if active and anywhere and values.get("access") == "DENY" and not some:
        return "Everybody to whom the policy applies is refused.", "access"
    return None


def _kafka(values: Values) -> _Denied:
    permission = values.get("permission") or values.get("acl_permission_type")
    principal = values.get("principal") or values.get("acl_principal")
    if str(permission).upper() == "DENY" and principal == "User:*":
        name = "permission" if "permission" in values else "acl_permission_type"
        return "All clients are refused, whatever else allows them.", name
    return None


def _intention(values: Values) -> _Denied:
    if values.get("action") == "deny" and values.get("source_name") == "*":
        return "Calls from all services are refused.", "action"
    return None


def _config_entry(values: Values) -> _Denied:
    text = values.get("config_json")
    if values.get("kind") not in (None, "service-intentions") or not isinstance(text, str):
        return None
    try:
        entry = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    sources = entry.get("Sources") if isinstance(entry, dict) else None
    listed = [item for item in (sources or ()) if isinstance(item, dict)]
    denies = any(item.get("Name") == "*" and item.get("Action") == "deny" for item in listed)
    if denies and not any(item.get("Action") == "allow" for item in listed):
        return "Calls from all services are refused.", "config_json"
    return None


_EVERY_REQUEST: Final = regex(r'\(?\s*(true|http\.request\.uri\.path (contains|wildcard) "[/*]*")')


def _edge(values: Values) -> _Denied:
    for item in rules_of(values, guarding=True):
        expression = item.get("expression")
        blocks = item.get("action") == "block" and isinstance(expression, str)
        if blocks and _EVERY_REQUEST.fullmatch(str(expression).strip()):
            return "Every request is blocked.", "rules"
    return None


def _access(values: Values) -> _Denied:
    include = values.get("include")
    blocks = include if isinstance(include, list) else []
    everybody = any(isinstance(item, dict) and item.get("everyone") for item in blocks)
    if values.get("decision") == "deny" and everybody and not values.get("exclude"):
        return "Everybody is refused.", "decision"
    return None


def _account(values: Values) -> _Denied:
    if values.get("set_for_account") is True:
        return "Only clients that the policy lists get into the account.", "set_for_account"
    return None


def _limit(values: Values) -> _Denied:
    rate = values.get("rate")
    narrow = isinstance(rate, int | float) and rate < _FEW
    if not values.get("path") and narrow and not values.get("role"):
        return f"All requests together may be {rate:g} at a time.", "rate"
    return None


def _armor(values: Values) -> _Denied:
    """The default rule counts where the policy has no rule that lets some in."""
    rules = cloud_armor.edge_rules("", values)
    for item in rules:
        if item.action == "allow" and not item.is_preview:
            return None
        if item.refuses and item.is_for_all:
            return "Every request is refused.", "rule"
    return None


def _armor_rule(values: Values) -> _Denied:
    for item in cloud_armor.edge_rules("google_compute_security_policy_rule", values):
        if item.is_for_all and item.holds_off and _is_shared_limit(values):
            return "All requests together may be fewer than one a second.", "rate_limit_options"
        if item.refuses and item.is_for_all and item.priority < cloud_armor.LAST:
            return "Every request that no earlier rule lets in is refused.", "action"
    return None


def _is_shared_limit(values: Values) -> bool:
    """Whether a limit counts all clients together, and lets less than one a second through."""
    options = lookup(values, ("rate_limit_options", 0))
    threshold = lookup(options, ("rate_limit_threshold", 0))
    if not isinstance(options, dict) or not isinstance(threshold, dict):
        return False
    alone = options.get("enforce_on_key") not in {None, "", "ALL"}
    if alone or options.get("enforce_on_key_configs"):
        return False
    count, seconds = threshold.get("count"), threshold.get("interval_sec")
    return isinstance(count, int) and isinstance(seconds, int) and count < seconds


_ALL_PRINCIPALS: Final = frozenset(
    {"principalSet://goog/public:all", "principalSet://goog/public:allUsers"}
)


def _deny_policy(values: Values) -> _Denied:
    rules = values.get("rules")
    for item in rules if isinstance(rules, list) else ():
        rule_ = lookup(item, ("deny_rule", 0))
        block = rule_ if isinstance(rule_, dict) else {}
        denied = block.get("denied_principals")
        everybody = isinstance(denied, list) and _ALL_PRINCIPALS.intersection(map(str, denied))
        spared = block.get("exception_principals") or block.get("denial_condition")
        if everybody and not spared:
            return "All principals are refused, whatever else allows them.", "rules"
    return None


_READERS: Final[dict[str, Callable[[Values], _Denied]]] = {
    "azuread_conditional_access_policy": azure_refusals.conditional_access,
    "azurerm_cdn_frontdoor_firewall_policy": azure_refusals.web_filter,
    "azurerm_frontdoor_firewall_policy": azure_refusals.web_filter,
    "azurerm_web_application_firewall_policy": azure_refusals.web_filter,
    "cloudflare_access_policy": _access,
    "cloudflare_ruleset": _edge,
    "cloudflare_zero_trust_access_policy": _access,
    "confluent_kafka_acl": _kafka,
    "consul_config_entry": _config_entry,
    "consul_config_entry_service_intentions": _config_entry,
    "consul_intention": _intention,
    "google_compute_region_security_policy": _armor,
    "google_compute_region_security_policy_rule": _armor_rule,
    "google_compute_security_policy": _armor,
    "google_compute_security_policy_rule": _armor_rule,
    "google_iam_deny_policy": _deny_policy,
    "kafka_acl": _kafka,
    "okta_app_signon_policy_rule": _sign_on,
    "okta_policy_rule_signon": _sign_on,
    "snowflake_network_policy_attachment": _account,
    "vault_quota_rate_limit": _limit,
}
