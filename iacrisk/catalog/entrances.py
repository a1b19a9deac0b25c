"""What clients connect to, the parts it is made of, and the switches that turn them away.

Argument names from the providers' documentation: registry.terraform.io/providers.
"""

from typing import Any, Final

ENTRANCE_TYPES: Final = frozenset(
    {
        "aws_alb",
        "aws_api_gateway_domain_name",
        "aws_api_gateway_rest_api",
        "aws_apigatewayv2_api",
        "aws_apigatewayv2_domain_name",
        "aws_appsync_graphql_api",
        "aws_cloudfront_distribution",
        "aws_elb",
        "aws_globalaccelerator_accelerator",
        "aws_lambda_function_url",
        "aws_lb",
        "azurerm_api_management",
        "azurerm_application_gateway",
        "azurerm_cdn_endpoint",
        "azurerm_cdn_frontdoor_endpoint",
        "azurerm_cdn_frontdoor_profile",
        "azurerm_frontdoor",
        "azurerm_lb",
        "azurerm_traffic_manager_profile",
        "cloudflare_load_balancer",
        "cloudflare_spectrum_application",
        "cloudflare_tunnel",
        "cloudflare_zero_trust_tunnel_cloudflared",
        "digitalocean_cdn",
        "digitalocean_loadbalancer",
        "fastly_service_compute",
        "fastly_service_vcl",
        "google_api_gateway_gateway",
        "google_app_engine_domain_mapping",
        "google_cloud_run_domain_mapping",
        "google_compute_forwarding_rule",
        "google_compute_global_forwarding_rule",
        "hcloud_load_balancer",
        "kubernetes_ingress",
        "kubernetes_ingress_v1",
        "kubernetes_service",
        "kubernetes_service_v1",
    }
)
"""Types whose address clients know."""

PART_TYPES: Final = {
    "aws_alb_listener": frozenset({"load_balancer_arn"}),
    "aws_alb_listener_certificate": frozenset({"listener_arn"}),
    "aws_alb_listener_rule": frozenset({"listener_arn"}),
    "aws_alb_target_group": frozenset[str](),
    "aws_alb_target_group_attachment": frozenset({"target_group_arn", "target_id"}),
    "aws_api_gateway_authorizer": frozenset({"rest_api_id"}),
    "aws_api_gateway_base_path_mapping": frozenset({"domain_name", "api_id"}),
    "aws_api_gateway_integration": frozenset({"rest_api_id"}),
    "aws_api_gateway_method": frozenset({"rest_api_id"}),
    "aws_api_gateway_resource": frozenset({"rest_api_id"}),
    "aws_api_gateway_stage": frozenset({"rest_api_id"}),
    "aws_apigatewayv2_api_mapping": frozenset({"domain_name", "api_id"}),
    "aws_apigatewayv2_authorizer": frozenset({"api_id"}),
    "aws_apigatewayv2_integration": frozenset({"api_id"}),
    "aws_apigatewayv2_route": frozenset({"api_id"}),
    "aws_apigatewayv2_stage": frozenset({"api_id"}),
    "aws_autoscaling_attachment": frozenset({"autoscaling_group_name"}),
    "aws_elb_attachment": frozenset({"elb", "instance"}),
    "aws_globalaccelerator_endpoint_group": frozenset({"listener_arn"}),
    "aws_globalaccelerator_listener": frozenset({"accelerator_arn"}),
    "aws_lb_listener": frozenset({"load_balancer_arn"}),
    "aws_lb_listener_certificate": frozenset({"listener_arn"}),
    "aws_lb_listener_rule": frozenset({"listener_arn"}),
    "aws_lb_target_group": frozenset[str](),
    "aws_lb_target_group_attachment": frozenset({"target_group_arn", "target_id"}),
    "azurerm_api_management_api": frozenset({"api_management_name"}),
    "azurerm_api_management_custom_domain": frozenset({"api_management_id"}),
    "azurerm_app_service_custom_hostname_binding": frozenset({"app_service_name"}),
    "azurerm_cdn_frontdoor_custom_domain": frozenset({"cdn_frontdoor_profile_id"}),
    "azurerm_cdn_frontdoor_custom_domain_association": frozenset(
        {"cdn_frontdoor_custom_domain_id", "cdn_frontdoor_route_ids"}
    ),
    "azurerm_cdn_frontdoor_origin": frozenset({"cdn_frontdoor_origin_group_id"}),
    "azurerm_cdn_frontdoor_origin_group": frozenset({"cdn_frontdoor_profile_id"}),
    "azurerm_cdn_frontdoor_route": frozenset({"cdn_frontdoor_endpoint_id"}),
    "azurerm_container_app_custom_domain": frozenset({"container_app_id"}),
    "azurerm_lb_backend_address_pool": frozenset({"loadbalancer_id"}),
    "azurerm_lb_backend_address_pool_address": frozenset({"backend_address_pool_id"}),
    "azurerm_lb_nat_rule": frozenset({"loadbalancer_id"}),
    "azurerm_lb_probe": frozenset({"loadbalancer_id"}),
    "azurerm_lb_rule": frozenset({"loadbalancer_id"}),
    "azurerm_network_interface_application_gateway_backend_address_pool_association": frozenset(
        {"backend_address_pool_id", "network_interface_id"}
    ),
    "azurerm_network_interface_backend_address_pool_association": frozenset(
        {"backend_address_pool_id", "network_interface_id"}
    ),
    "azurerm_traffic_manager_azure_endpoint": frozenset({"profile_id"}),
    "azurerm_traffic_manager_external_endpoint": frozenset({"profile_id"}),
    "azurerm_traffic_manager_nested_endpoint": frozenset({"profile_id"}),
    "cloudflare_custom_hostname": frozenset({"zone_id"}),
    "cloudflare_load_balancer_pool": frozenset[str](),
    "cloudflare_pages_domain": frozenset({"project_name"}),
    "cloudflare_worker_route": frozenset({"zone_id", "script_name"}),
    "cloudflare_workers_custom_domain": frozenset({"zone_id", "service"}),
    "cloudflare_workers_route": frozenset({"zone_id", "script_name", "script"}),
    "cloudflare_zero_trust_tunnel_cloudflared_config": frozenset({"tunnel_id"}),
    "google_compute_backend_bucket": frozenset[str](),
    "google_compute_backend_service": frozenset[str](),
    "google_compute_global_network_endpoint": frozenset({"global_network_endpoint_group"}),
    "google_compute_instance_group_membership": frozenset({"instance_group"}),
    "google_compute_network_endpoint": frozenset({"network_endpoint_group"}),
    "google_compute_region_backend_service": frozenset[str](),
    "google_compute_region_network_endpoint": frozenset({"region_network_endpoint_group"}),
    "google_compute_region_target_http_proxy": frozenset[str](),
    "google_compute_region_target_https_proxy": frozenset[str](),
    "google_compute_region_url_map": frozenset[str](),
    "google_compute_target_http_proxy": frozenset[str](),
    "google_compute_target_https_proxy": frozenset[str](),
    "google_compute_target_ssl_proxy": frozenset[str](),
    "google_compute_target_tcp_proxy": frozenset[str](),
    "google_compute_url_map": frozenset[str](),
    "hcloud_load_balancer_service": frozenset({"load_balancer_id"}),
    "hcloud_load_balancer_target": frozenset({"load_balancer_id"}),
}
"""Parts of an entry point, with the arguments that name what they belong to."""

USED_BY_OTHERS: Final = frozenset(
    {
        "azurerm_cdn_frontdoor_origin_group",
        "azurerm_lb_backend_address_pool",
        "azurerm_lb_probe",
    }
)
"""Parts that do nothing until another part names them."""

TARGET_TYPES: Final = {
    "aws_alb_target_group_attachment": "target_group_arn",
    "aws_autoscaling_attachment": "lb_target_group_arn",
    "aws_elb_attachment": "elb",
    "aws_lb_target_group_attachment": "target_group_arn",
    "azurerm_cdn_frontdoor_origin": "cdn_frontdoor_origin_group_id",
    "azurerm_lb_backend_address_pool_address": "backend_address_pool_id",
    "azurerm_network_interface_application_gateway_backend_address_pool_association": (
        "backend_address_pool_id"
    ),
    "azurerm_network_interface_backend_address_pool_association": "backend_address_pool_id",
    "azurerm_traffic_manager_azure_endpoint": "profile_id",
    "azurerm_traffic_manager_external_endpoint": "profile_id",
    "azurerm_traffic_manager_nested_endpoint": "profile_id",
    "google_compute_global_network_endpoint": "global_network_endpoint_group",
    "google_compute_instance_group_membership": "instance_group",
    "google_compute_network_endpoint": "network_endpoint_group",
    "google_compute_region_network_endpoint": "region_network_endpoint_group",
    "hcloud_load_balancer_target": "load_balancer_id",
}
"""Parts that are one of several targets: the argument that names the group."""

Turning = tuple[tuple[Any, ...] | None, str]

_PORT: Final[Turning] = (None, "It answers on another port than clients use.")
_PROTOCOL: Final[Turning] = (None, "It speaks another protocol than clients use.")
_OFF: Final[Turning] = ((True,), "It is switched off.")
_INTERNAL: Final[Turning] = ((False,), "It is not reachable from outside any more.")

_ZONE: Final[Turning] = (None, "It answers in fewer subnets; clients still know the old addresses.")
_IPV6: Final[Turning] = (("dualstack",), "Clients over IPv6 do not reach it any more.")
_LISTENER: Final = {"port": _PORT, "protocol": _PROTOCOL}
_BALANCER: Final = {"internal": _INTERNAL, "ip_address_type": _IPV6, "subnets": _ZONE}
_CLUSTER_SERVICE: Final[dict[str, Turning]] = {
    "spec.0.type": (("LoadBalancer", "NodePort"), "It is not reachable from outside any more."),
}

MAIN_SWITCHES: Final[dict[str, dict[str, Turning]]] = {
    "aws_alb": _BALANCER,
    "aws_alb_listener": _LISTENER,
    "aws_apigatewayv2_route": {"route_key": (None, "The route answers other requests.")},
    "aws_cloudfront_distribution": {
        "enabled": _OFF,
        "aliases": (None, "A name that clients use is taken off the distribution."),
    },
    "aws_elb": {"subnets": _ZONE, "listener": _PORT},
    "aws_globalaccelerator_accelerator": {"enabled": _OFF},
    "aws_globalaccelerator_listener": {"port_range": _PORT, "protocol": _PROTOCOL},
    "aws_lb": _BALANCER,
    "aws_lb_listener": _LISTENER,
    "azurerm_cdn_frontdoor_endpoint": {"enabled": _OFF},
    "azurerm_cdn_frontdoor_route": {
        "enabled": _OFF,
        "cdn_frontdoor_custom_domain_ids": (
            None,
            "A name that clients use is taken off the route.",
        ),
        "patterns_to_match": (None, "The route answers fewer paths."),
        "supported_protocols": _PROTOCOL,
    },
    "azurerm_lb_nat_rule": {"frontend_port": _PORT, "protocol": _PROTOCOL},
    "azurerm_lb_rule": {"frontend_port": _PORT, "protocol": _PROTOCOL},
    "cloudflare_load_balancer": {"enabled": _OFF},
    "kubernetes_service": _CLUSTER_SERVICE,
    "kubernetes_service_v1": _CLUSTER_SERVICE,
}
"""Per type: the path, the values that let clients in (None: any change turns them away), why."""

CERTIFICATE_TYPES: Final = frozenset(
    {
        "aws_acm_certificate",
        "aws_iam_server_certificate",
        "azurerm_app_service_certificate",
        "google_compute_managed_ssl_certificate",
        "google_compute_ssl_certificate",
    }
)
"""Certificates that listeners and distributions present."""

NAMES_SERVED: Final = ("domain_name", "subject_alternative_names", "managed.0.domains")
"""The arguments that say which names a certificate covers."""

CERTIFICATE_ARGUMENTS: Final = {
    "aws_alb_listener": ("certificate_arn",),
    "aws_api_gateway_domain_name": ("certificate_arn", "regional_certificate_arn"),
    "aws_apigatewayv2_domain_name": ("domain_name_configuration.0.certificate_arn",),
    "aws_cloudfront_distribution": ("viewer_certificate.0.acm_certificate_arn",),
    "aws_lb_listener": ("certificate_arn",),
    "google_compute_region_target_https_proxy": ("ssl_certificates",),
    "google_compute_target_https_proxy": ("ssl_certificates",),
    "google_compute_target_ssl_proxy": ("ssl_certificates",),
}
"""Where an entry point names the certificates that it presents."""
