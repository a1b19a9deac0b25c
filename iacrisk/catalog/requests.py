"""Where entry points lead requests to: arguments that name one target, and lists of targets.

Argument names from the providers' documentation (aws 5.100, google 7, azurerm 4).
"""

from typing import Final

POINTERS: Final[dict[str, tuple[str, ...]]] = {
    "aws_api_gateway_base_path_mapping": ("api_id", "stage_name"),
    "aws_api_gateway_integration": ("uri",),
    "aws_apigatewayv2_api_mapping": ("api_id", "stage"),
    "aws_apigatewayv2_integration": ("integration_uri",),
    "aws_apigatewayv2_route": ("target",),
    "azurerm_cdn_frontdoor_origin": ("host_name",),
    "azurerm_cdn_frontdoor_route": ("cdn_frontdoor_origin_group_id",),
    "azurerm_lb_nat_rule": ("backend_port",),
    "azurerm_lb_rule": ("backend_address_pool_ids", "backend_port"),
    "google_compute_forwarding_rule": ("backend_service", "target"),
    "google_compute_global_forwarding_rule": ("target",),
    "google_compute_region_target_http_proxy": ("url_map",),
    "google_compute_region_target_https_proxy": ("url_map",),
    "google_compute_target_http_proxy": ("url_map",),
    "google_compute_target_https_proxy": ("url_map",),
    "google_compute_target_ssl_proxy": ("backend_service",),
    "google_compute_target_tcp_proxy": ("backend_service",),
    "kubernetes_ingress": ("spec.0.ingress_class_name",),
    "kubernetes_ingress_v1": ("spec.0.ingress_class_name",),
}
"""Arguments that name the one place where requests go."""

TARGET_LISTS: Final[dict[str, tuple[str, str]]] = {
    "aws_elb": ("instances", ""),
    "aws_globalaccelerator_endpoint_group": ("endpoint_configuration", "endpoint_id"),
    "cloudflare_load_balancer": ("default_pool_ids", ""),
    "cloudflare_load_balancer_pool": ("origins", "address"),
    "digitalocean_loadbalancer": ("droplet_ids", ""),
    "google_compute_backend_service": ("backend", "group"),
    "google_compute_region_backend_service": ("backend", "group"),
    "google_compute_target_pool": ("instances", ""),
}
"""Lists of what answers, and what names an item: some may go, most may not."""

OUT_OF_USE: Final[dict[str, tuple[str | int | float | bool, ...]]] = {
    "capacity_scaler": (0,),
    "enabled": (False,),
    "weight": (0,),
}
"""Arguments of an item in a list of targets, and the values with which it gets no requests."""

MEMBERSHIPS: Final[dict[str, dict[str, str]]] = {
    "aws_autoscaling_group": {"load_balancers": "", "target_group_arns": ""},
    "aws_ecs_service": {"load_balancer": "target_group_arn"},
    "google_compute_instance_group_manager": {"target_pools": ""},
}
"""Lists of the load balancers that something answers for, each of which loses it."""
