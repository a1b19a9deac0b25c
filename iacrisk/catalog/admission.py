"""Whom an entry point lets in: arguments that ask more of callers, checks, and edge filters.

Argument names from the providers' documentation (aws 5.100, google 7, azurerm 4, kubernetes 2).
"""

from typing import Final

import msgspec

Value = bool | str | int | None | tuple[str, ...]


class Demand(msgspec.Struct, frozen=True):
    """An argument with values that let every caller in; leaving them turns somebody away."""

    path: str
    lenient: tuple[Value, ...]
    says: str


_NO_KEY: Final = Demand("api_key_required", (False, None), "Callers need an API key from now on.")
_DEFAULT_NAME: Final = Demand(
    "disable_execute_api_endpoint", (False, None), "The API's default host name is switched off."
)
_NETWORKS: Final = Demand(
    "public_network_access_enabled", (True,), "It is not reachable from public networks any more."
)
_RULES: Final = Demand(
    "network_rules.0.default_action", ("Allow",), "Networks that are not listed are turned away."
)
_ACLS: Final = Demand(
    "network_acls.0.default_action", ("Allow",), "Networks that are not listed are turned away."
)
PUBLIC_WAYS: Final = frozenset({_NETWORKS.path, _RULES.path, _ACLS.path, "default_action"})
"""Arguments that shut public networks out; who has a private endpoint does not miss them."""
_SIGNED: Final = "Callers have to sign in from now on."
_WEB_APP: Final = (
    _NETWORKS,
    Demand("auth_settings_v2.0.auth_enabled", (False, None), _SIGNED),
    Demand("auth_settings.0.enabled", (False, None), _SIGNED),
    Demand("client_certificate_enabled", (False, None), "Callers need a client certificate."),
)
_LISTENER: Final = (
    Demand(
        "mutual_authentication.0.mode",
        ("off", "passthrough", "", None),
        "Callers need a client certificate.",
    ),
)
_INSIDE_ONLY: Final = "It is not reachable from the internet any more."

DEMANDS: Final[dict[str, tuple[Demand, ...]]] = {
    "aws_alb_listener": _LISTENER,
    "aws_api_gateway_method": (Demand("authorization", ("NONE",), _SIGNED), _NO_KEY),
    "aws_api_gateway_rest_api": (
        _DEFAULT_NAME,
        Demand("endpoint_configuration.0.types.0", ("EDGE", "REGIONAL"), _INSIDE_ONLY),
    ),
    "aws_apigatewayv2_api": (_DEFAULT_NAME,),
    "aws_apigatewayv2_route": (
        Demand("authorization_type", ("NONE", "", None), _SIGNED),
        _NO_KEY,
    ),
    "aws_lambda_function_url": (Demand("authorization_type", ("NONE",), _SIGNED),),
    "aws_lb_listener": _LISTENER,
    "azurerm_cognitive_account": (_NETWORKS, _ACLS),
    "azurerm_container_registry": (_NETWORKS,),
    "azurerm_cosmosdb_account": (
        _NETWORKS,
        Demand(
            "is_virtual_network_filter_enabled",
            (False, None),
            "Networks that are not listed are turned away.",
        ),
    ),
    "azurerm_eventhub_namespace": (_NETWORKS,),
    "azurerm_key_vault": (_NETWORKS, _ACLS),
    "azurerm_linux_function_app": _WEB_APP,
    "azurerm_linux_web_app": _WEB_APP,
    "azurerm_mssql_server": (_NETWORKS,),
    "azurerm_mysql_flexible_server": (_NETWORKS,),
    "azurerm_postgresql_flexible_server": (_NETWORKS,),
    "azurerm_redis_cache": (_NETWORKS,),
    "azurerm_search_service": (_NETWORKS,),
    "azurerm_servicebus_namespace": (_NETWORKS,),
    "azurerm_storage_account": (_NETWORKS, _RULES),
    "azurerm_storage_account_network_rules": (
        Demand("default_action", ("Allow",), "Networks that are not listed are turned away."),
    ),
    "azurerm_windows_function_app": _WEB_APP,
    "azurerm_windows_web_app": _WEB_APP,
    "google_cloud_run_v2_service": (Demand("ingress", ("INGRESS_TRAFFIC_ALL",), _INSIDE_ONLY),),
    "google_cloudfunctions2_function": (
        Demand("service_config.0.ingress_settings", ("ALLOW_ALL",), _INSIDE_ONLY),
    ),
    "google_cloudfunctions_function": (Demand("ingress_settings", ("ALLOW_ALL",), _INSIDE_ONLY),),
}
"""Arguments that ask nothing of callers today."""

ADMITTED: Final[dict[str, tuple[str, ...]]] = {
    "aws_apigatewayv2_api": (
        "cors_configuration.0.allow_headers",
        "cors_configuration.0.allow_methods",
        "cors_configuration.0.allow_origins",
    ),
    "aws_lambda_function_url": ("cors.0.allow_methods", "cors.0.allow_origins"),
    "azurerm_key_vault": ("network_acls.0.ip_rules", "network_acls.0.virtual_network_subnet_ids"),
    "azurerm_storage_account": (
        "network_rules.0.ip_rules",
        "network_rules.0.virtual_network_subnet_ids",
    ),
    "azurerm_storage_account_network_rules": ("ip_rules", "virtual_network_subnet_ids"),
    "kubernetes_service": ("spec.0.load_balancer_source_ranges",),
    "kubernetes_service_v1": ("spec.0.load_balancer_source_ranges",),
}
"""Lists of those who are let in. Those of a load balancer's sources let in all while empty."""

ENTRANCE_TLS: Final = frozenset(
    {
        "aws_alb_listener",
        "aws_api_gateway_domain_name",
        "aws_apigatewayv2_domain_name",
        "aws_cloudfront_distribution",
        "aws_lb_listener",
        "azurerm_application_gateway",
        "azurerm_linux_function_app",
        "azurerm_linux_web_app",
        "azurerm_windows_function_app",
        "azurerm_windows_web_app",
        "cloudflare_zone_settings_override",
        "google_compute_ssl_policy",
    }
)
"""Of the types with a lowest TLS version, those that strangers' clients connect to."""

WEB_FILTERS: Final = frozenset({"aws_wafv2_rule_group", "aws_wafv2_web_acl"})
"""Types with a list of `rule` blocks that block or count."""

FILTER_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "aws_cloudfront_distribution": ("web_acl_id",),
    "azurerm_application_gateway": ("firewall_policy_id", "waf_configuration.0.enabled"),
    "azurerm_cdn_frontdoor_firewall_policy": ("enabled",),
    "azurerm_web_application_firewall_policy": ("policy_settings.0.enabled",),
    "google_compute_backend_bucket": ("edge_security_policy",),
    "google_compute_backend_service": ("edge_security_policy", "security_policy"),
    "google_compute_region_backend_service": ("security_policy",),
}
"""Arguments that put a filter before an entry point; empty or false takes it away."""

FILTER_MODES: Final[dict[str, str]] = {
    "azurerm_application_gateway": "waf_configuration.0.firewall_mode",
    "azurerm_cdn_frontdoor_firewall_policy": "mode",
    "azurerm_web_application_firewall_policy": "policy_settings.0.mode",
}
"""Where `Prevention` becomes `Detection`."""

FILTER_ATTACHMENTS: Final[dict[str, str]] = {
    "aws_shield_protection": "resource_arn",
    "aws_wafregional_web_acl_association": "resource_arn",
    "aws_wafv2_web_acl_association": "resource_arn",
    "azurerm_cdn_frontdoor_security_policy": "security_policies",
}
"""Types that put a filter before something: the argument of the thing."""

_PROTOCOLS: Final = ("grpc", "http", "http2", "https", "ssl", "tcp")
_GOOGLE: Final = tuple(
    f"{protocol}_health_check.0.{name}"
    for protocol in _PROTOCOLS
    for name in ("grpc_service_name", "host", "port", "port_name", "request_path", "response")
)
_TARGET_GROUP: Final = ("health_check.0.path", "health_check.0.port", "health_check.0.protocol")

CHECKS: Final[dict[str, tuple[str, ...]]] = {
    "aws_alb_target_group": _TARGET_GROUP,
    "aws_elb": ("health_check.0.target",),
    "aws_globalaccelerator_endpoint_group": (
        "health_check_path",
        "health_check_port",
        "health_check_protocol",
    ),
    "aws_lb_target_group": _TARGET_GROUP,
    "aws_route53_health_check": ("fqdn", "ip_address", "port", "resource_path", "search_string"),
    "azurerm_cdn_frontdoor_origin_group": ("health_probe.0.path", "health_probe.0.protocol"),
    "azurerm_lb_probe": ("port", "protocol", "request_path"),
    "cloudflare_load_balancer_monitor": ("expected_body", "path", "port", "type"),
    "digitalocean_loadbalancer": (
        "healthcheck.0.path",
        "healthcheck.0.port",
        "healthcheck.0.protocol",
    ),
    "google_compute_health_check": _GOOGLE,
    "google_compute_http_health_check": ("host", "port", "request_path"),
    "google_compute_https_health_check": ("host", "port", "request_path"),
    "google_compute_region_health_check": _GOOGLE,
}
"""What a health check asks for. How often, how long and how many times is no other question."""

CHECK_CODES: Final[dict[str, str]] = {
    "aws_alb_target_group": "health_check.0.matcher",
    "aws_lb_target_group": "health_check.0.matcher",
    "cloudflare_load_balancer_monitor": "expected_codes",
}
"""Which answers a health check takes for healthy."""
