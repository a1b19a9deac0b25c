"""Rules that are asked before others: denials, passes and limits of web filters."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/pine"
_R: Final = "/subscriptions/s3/resourceGroups/rg-pine/providers"

# A denial of the internet moves behind entries for the network's own addresses


def _rule(name: str, priority: int, source: str, port: str, access: str = "Allow") -> Json:
    return {
        "id": f"{_R}/Microsoft.Network/networkSecurityGroups/nsg-pine/securityRules/{name}",
        "name": name,
        "priority": priority,
        "direction": "Inbound",
        "access": access,
        "protocol": "*" if access == "Deny" else "Tcp",
        "source_address_prefix": source,
        "source_port_range": "*",
        "destination_address_prefix": "*",
        "destination_port_range": port,
        "network_security_group_name": "nsg-pine",
        "resource_group_name": "rg-pine",
    }


_NSG: Final = stay(
    "azurerm_network_security_group.pine",
    id=f"{_R}/Microsoft.Network/networkSecurityGroups/nsg-pine",
    name="nsg-pine",
    security_rule=[],
)
_NIC: Final = stay(
    "azurerm_subnet_network_security_group_association.pine",
    id="a",
    subnet_id="s",
    network_security_group_id=f"{_R}/Microsoft.Network/networkSecurityGroups/nsg-pine",
)
_SUBNET: Final = stay("azurerm_subnet.pine", id="s", name="pine", address_prefixes=["10.8.1.0/24"])
_VM: Final = stay(
    "azurerm_linux_virtual_machine_scale_set.pine",
    id="vmss",
    name="pine",
    instances=3,
    network_interface=[{"ip_configuration": [{"subnet_id": "s"}]}],
)
_NSG_USES: Final = {
    "azurerm_subnet_network_security_group_association.pine": {
        "subnet_id": ["azurerm_subnet.pine.id"],
        "network_security_group_id": ["azurerm_network_security_group.pine.id"],
    },
    "azurerm_linux_virtual_machine_scale_set.pine": {
        "network_interface": ["azurerm_subnet.pine.id"]
    },
}


def _behind(source: str) -> list[Json]:
    deny = _rule("deny-internet", 300, "Internet", "*", "Deny")
    shell = _rule("shell", 400, source, "22")
    return [
        tweak("azurerm_network_security_rule.deny", deny, priority=3900),
        stay("azurerm_network_security_rule.shell", **shell),
        _NSG,
        _NIC,
        _SUBNET,
        _VM,
    ]


def _denial(source: str) -> list[Json]:
    deny = _rule("deny-internet", 300, "Internet", "*", "Deny")
    return [
        create("azurerm_network_security_rule.deny", deny),
        stay("azurerm_network_security_rule.api", **_rule("api", 400, source, "8443")),
        _NSG,
        _NIC,
        _SUBNET,
        _VM,
    ]


# A denial for all machines comes before an entry for those with a tag


def _firewall(verb: str, priority: int, sources: list[str], port: str, *tags: str) -> Json:
    block = {"protocol": "all", "ports": []} if verb == "deny" else {"protocol": "tcp"}
    return {
        "name": f"{verb}-{priority}",
        "network": "pine",
        "direction": "INGRESS",
        "disabled": False,
        "priority": priority,
        "source_ranges": sources,
        "target_tags": list(tags) or None,
        verb: [block if verb == "deny" else {**block, "ports": [port]}],
    }


_CHECKS: Final = stay(
    "google_compute_firewall.checks",
    id=f"{_P}/global/firewalls/allow-1000",
    **_firewall("allow", 1000, ["35.191.0.0/16", "130.211.0.0/22"], "8080", "web"),
)
_TEMPLATE: Final = stay(
    "google_compute_instance_template.web",
    id=f"{_P}/global/instanceTemplates/web-7",
    name="web-7",
    self_link=f"{_P}/global/instanceTemplates/web-7",
    tags=["web"],
    network_interface=[{"network": f"{_P}/global/networks/pine"}],
)
_GROUP: Final = stay(
    "google_compute_region_instance_group_manager.web",
    id=f"{_P}/regions/r/instanceGroupManagers/web",
    name="web",
    target_size=4,
    version=[{"instance_template": f"{_P}/global/instanceTemplates/web-7"}],
    instance_group=f"{_P}/regions/r/instanceGroups/web",
)
_BACKEND: Final = stay(
    "google_compute_backend_service.web",
    id=f"{_P}/global/backendServices/web",
    name="web",
    backend=[{"group": f"{_P}/regions/r/instanceGroups/web"}],
)
_NET: Final = stay("google_compute_network.pine", id=f"{_P}/global/networks/pine", name="pine")
_DENY_ALL: Final = "google_compute_firewall.deny"

# A pass of a web filter


def _armor(priority: int, action: str, expression: str) -> Json:
    return {
        "security_policy": "pine-edge",
        "priority": priority,
        "action": action,
        "preview": False,
        "match": [{"expr": [{"expression": expression}], "config": [], "versioned_expr": ""}],
    }


_LISTED: Final = "!(origin.region_code == 'SE' || origin.region_code == 'FI')"
_EDGE: Final = stay(
    "google_compute_security_policy.edge",
    id=f"{_P}/global/securityPolicies/pine-edge",
    name="pine-edge",
)
_OTHERS: Final = stay(
    "google_compute_security_policy_rule.others", id="r9", **_armor(3000, "deny(403)", _LISTED)
)
_INSPECTS: Final = stay(
    "google_compute_security_policy_rule.xss",
    id="r2",
    **_armor(2000, "deny(403)", "evaluatePreconfiguredWaf('xss-v33-stable')"),
)
_MARKET: Final = "google_compute_security_policy_rule.market"


def _geo(priority: int, action: str, country: str, *, negated: bool) -> Json:
    condition = {
        "match_variables": [{"variable_name": "RemoteAddr"}],
        "operator": "GeoMatch",
        "negation_condition": negated,
        "match_values": [country],
    }
    name = f"{action}{priority}".lower()
    return {
        "name": name,
        "priority": priority,
        "rule_type": "MatchRule",
        "action": action,
        "enabled": True,
        "match_conditions": [condition],
    }


_GATE: Final[Json] = {
    "id": f"{_R}/Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/pine",
    "name": "pine",
    "policy_settings": [{"enabled": True, "mode": "Prevention"}],
    "custom_rules": [_geo(50, "Block", "SE", negated=True)],
    "managed_rules": [],
}


def _gate(new: Json, **more: Any) -> Json:
    rules = sorted([*_GATE["custom_rules"], new], key=lambda item: item["priority"])
    return tweak(
        "azurerm_web_application_firewall_policy.pine", {**_GATE, **more}, custom_rules=rules
    )


def _limit(*, preview: bool, key: str = "ALL") -> Json:
    threshold = [{"count": 5, "interval_sec": 60}]
    options = {"rate_limit_threshold": threshold, "enforce_on_key": key}
    return {**_armor(100, "throttle", "true"), "preview": preview, "rate_limit_options": [options]}


_PROBES: Final[Json] = {
    "action": "skip",
    "description": "probes",
    "enabled": True,
    "expression": '(http.request.uri.path eq "/health" and ip.src in $probes)',
    "action_parameters": [{"ruleset": "current", "phases": ["http_request_firewall_managed"]}],
}
_OFFICE: Final[Json] = {
    "action": "block",
    "description": "office",
    "enabled": True,
    "expression": '(starts_with(http.request.uri.path, "/admin") and not ip.src in $office)',
}


def _probed(expression: str) -> Json:
    rules = {"id": "rs3", "zone_id": "z1", "kind": "zone", "rules": [_PROBES, _OFFICE]}
    return tweak(
        "cloudflare_ruleset.pine",
        {**rules, "phase": "http_request_firewall_custom"},
        rules=[{**_PROBES, "expression": expression}, _OFFICE],
    )


RULE_ORDERS: Final = [
    pair(
        "A denial of the internet moves behind a pass for all, or for the network's own",
        _behind("*"),
        _behind("10.8.0.0/16"),
        uses=_NSG_USES,
    ),
    pair(
        "A new denial of the internet stands before a pass for addresses outside, or inside",
        _denial("52.10.0.0/16"),
        _denial("10.8.0.0/16"),
        uses=_NSG_USES,
    ),
    pair(
        "A denial for all machines stands before the balancer's checks, or behind them",
        create(_DENY_ALL, _firewall("deny", 950, ["0.0.0.0/0"], "")),
        create(_DENY_ALL, _firewall("deny", 65000, ["0.0.0.0/0"], "")),
        _CHECKS, _TEMPLATE, _GROUP, _BACKEND, _NET,
        uses={
            "google_compute_region_instance_group_manager.web": {
                "version": ["google_compute_instance_template.web.id"]
            },
            "google_compute_instance_template.web": {
                "network_interface": ["google_compute_network.pine.id"]
            },
            "google_compute_firewall.checks": {"network": ["google_compute_network.pine.name"]},
            "google_compute_firewall.deny": {"network": ["google_compute_network.pine.name"]},
        },
    ),
    pair(
        "A country is let in before those that inspect, or just before the list of countries",
        create(_MARKET, _armor(500, "allow", "origin.region_code == 'NO'")),
        create(_MARKET, _armor(2500, "allow", "origin.region_code == 'NO'")),
        _EDGE, _OTHERS, _INSPECTS,
    ),
    pair(
        "A gateway lets a country in past its managed rules, or it has none",
        _gate(_geo(20, "Allow", "NO", negated=False), managed_rules=[
            {"managed_rule_set": [{"type": "OWASP", "version": "3.2"}]}
        ]),
        _gate(_geo(20, "Allow", "NO", negated=False)),
    ),
    pair(
        "A limit for all clients together is enforced, or only watched",
        create(_MARKET, _limit(preview=False)),
        create(_MARKET, _limit(preview=True)),
        _EDGE,
    ),
    pair(
        "A limit for each client is far below one request a second for all, or for each",
        create(_MARKET, _limit(preview=False)),
        create(_MARKET, _limit(preview=False, key="IP")),
        _EDGE,
    ),
    pair(
        "Requests skip the filters by a word anywhere in their path, or by that path alone",
        _probed('(http.request.uri.path contains "/health")'),
        _probed('(http.request.uri.path eq "/health")'),
    ),
]  # fmt: skip

RULE_ORDER_TRAPS: Final = [
    trap(
        "A user agent is let in before the list of countries",
        create(_MARKET, _armor(2500, "allow", "request.headers['user-agent'].contains('ok')")),
        _EDGE, _OTHERS,
    ),
    trap(
        "A country is let in that a later rule names and refuses",
        create(_MARKET, _armor(500, "allow", "origin.region_code == 'NO'")),
        _EDGE,
        stay(
            "google_compute_security_policy_rule.no", id="r3",
            **_armor(700, "deny(403)", "origin.region_code == 'NO'"),
        ),
    ),
    trap(
        "A country is let in before a limit for all others",
        create(_MARKET, _armor(500, "allow", "origin.region_code == 'NO'")),
        _EDGE,
        stay(
            "google_compute_security_policy_rule.slow", id="r3",
            **_armor(700, "throttle", _LISTED),
        ),
    ),
    trap(
        "The denial of the internet moves behind a pass for a public range",
        *_behind("52.10.0.0/8"),
    ),
]  # fmt: skip
