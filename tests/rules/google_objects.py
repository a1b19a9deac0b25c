"""Google Cloud objects as they stand in a state, for pairs of a harmful and a harmless change."""

from __future__ import annotations

import copy
from typing import Any

from iacrisk.plan import parse_path
from tests.plans import Json, noop, update

PROJECT = "shop-prod"
REGION = "europe-west1"
_LINK = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"
NETWORK = f"{_LINK}/global/networks/main"
SUBNET = f"{_LINK}/regions/{REGION}/subnetworks/apps"
ACCOUNT = f"orders@{PROJECT}.iam.gserviceaccount.com"

OBJECTS: dict[str, Json] = {
    "google_access_context_manager_access_level": {
        "name": "accessPolicies/1/accessLevels/office",
        "basic": [
            {
                "combining_function": "AND",
                "conditions": [{"ip_subnetworks": ["198.51.100.0/24", "203.0.113.0/24"]}],
            }
        ],
    },
    "google_access_context_manager_service_perimeter": {
        "name": "accessPolicies/1/servicePerimeters/shop",
        "parent": "accessPolicies/1",
        "title": "shop",
        "use_explicit_dry_run_spec": False,
        "spec": [],
        "status": [
            {
                "resources": ["projects/111", "projects/222"],
                "restricted_services": ["storage.googleapis.com", "bigquery.googleapis.com"],
                "access_levels": ["accessPolicies/1/accessLevels/office"],
            }
        ],
    },
    "google_alloydb_cluster": {
        "cluster_id": "orders",
        "location": REGION,
        "deletion_protection": True,
        "continuous_backup_config": [{"enabled": True, "recovery_window_days": 14}],
        "automated_backup_policy": [
            {"enabled": True, "quantity_based_retention": [{"count": 14}]}
        ],
    },
    "google_alloydb_instance": {
        "instance_id": "primary",
        "cluster": "projects/shop-prod/locations/europe-west1/clusters/orders",
        "instance_type": "PRIMARY",
        "availability_type": "REGIONAL",
        "activation_policy": "ALWAYS",
        "machine_config": [{"cpu_count": 8}],
        "client_connection_config": [
            {"require_connectors": False, "ssl_config": [{"ssl_mode": "ENCRYPTED_ONLY"}]}
        ],
    },
    "google_artifact_registry_repository": {
        "repository_id": "images",
        "location": REGION,
        "format": "DOCKER",
        "cleanup_policy_dry_run": True,
        "cleanup_policies": [
            {"id": "old", "action": "DELETE", "condition": [{"older_than": "2592000s"}]}
        ],
        "docker_config": [{"immutable_tags": True}],
    },
    "google_bigquery_dataset": {
        "dataset_id": "sales",
        "location": "EU",
        "project": PROJECT,
        "default_table_expiration_ms": None,
        "default_partition_expiration_ms": None,
        "max_time_travel_hours": "168",
        "delete_contents_on_destroy": False,
    },
    "google_bigquery_table": {
        "table_id": "orders",
        "dataset_id": "sales",
        "project": PROJECT,
        "expiration_time": None,
        "deletion_protection": True,
        "description": "All orders.",
        "require_partition_filter": False,
        "time_partitioning": [{"type": "DAY", "field": "day", "expiration_ms": 63072000000}],
        "materialized_view": [],
        "view": [],
    },
    "google_bigtable_gc_policy": {
        "table": "events",
        "instance_name": "events",
        "column_family": "cf",
        "gc_rules": None,
        "deletion_policy": "ABANDON",
        "max_age": [{"duration": "2160h"}],
    },
    "google_binary_authorization_policy": {
        "project": PROJECT,
        "global_policy_evaluation_mode": "ENABLE",
        "default_admission_rule": [
            {"evaluation_mode": "ALWAYS_ALLOW", "enforcement_mode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}
        ],
    },
    "google_cloud_run_v2_service": {
        "name": "checkout",
        "location": REGION,
        "project": PROJECT,
        "ingress": "INGRESS_TRAFFIC_ALL",
        "deletion_protection": True,
        "default_uri_disabled": False,
        "description": "Checkout.",
        "traffic": [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
        "template": [
            {
                "service_account": ACCOUNT,
                "timeout": "300s",
                "max_instance_request_concurrency": 80,
                "scaling": [{"min_instance_count": 2, "max_instance_count": 100}],
                "vpc_access": [{"connector": "projects/p/locations/r/connectors/c", "egress": ""}],
                "containers": [
                    {
                        "image": "europe-docker.pkg.dev/shop/images/checkout:1.4.0",
                        "resources": [{"limits": {"cpu": "2", "memory": "1Gi"}}],
                        "ports": [{"container_port": 8080}],
                    }
                ],
            }
        ],
    },
    "google_cloud_scheduler_job": {
        "name": "settle",
        "schedule": "0 2 * * *",
        "time_zone": "UTC",
        "paused": False,
        "description": "Settles payments.",
        "attempt_deadline": "320s",
    },
    "google_cloud_tasks_queue": {
        "name": "mail",
        "location": REGION,
        "rate_limits": [{"max_concurrent_dispatches": 100, "max_dispatches_per_second": 500}],
        "retry_config": [{"max_attempts": 100}],
    },
    "google_cloudfunctions2_function": {
        "name": "resize",
        "location": REGION,
        "description": "Resizes pictures.",
        "service_config": [
            {
                "ingress_settings": "ALLOW_ALL",
                "max_instance_count": 50,
                "min_instance_count": 1,
                "available_memory": "512M",
                "vpc_connector": "projects/p/locations/r/connectors/c",
                "timeout_seconds": 60,
            }
        ],
    },
    "google_compute_autoscaler": {
        "name": "web",
        "target": f"{_LINK}/zones/europe-west1-b/instanceGroupManagers/web",
        "autoscaling_policy": [
            {
                "min_replicas": 4,
                "max_replicas": 20,
                "mode": "ON",
                "cooldown_period": 60,
                "cpu_utilization": [{"target": 0.6}],
            }
        ],
    },
    "google_compute_backend_service": {
        "name": "web",
        "project": PROJECT,
        "protocol": "HTTP",
        "port_name": "http",
        "timeout_sec": 30,
        "connection_draining_timeout_sec": 300,
        "security_policy": f"{_LINK}/global/securityPolicies/edge",
        "load_balancing_scheme": "EXTERNAL_MANAGED",
        "session_affinity": "NONE",
        "enable_cdn": False,
        "health_checks": [f"{_LINK}/global/healthChecks/web"],
        "iap": [{"enabled": True, "oauth2_client_id": "1.apps.googleusercontent.com"}],
        "log_config": [{"enable": True, "sample_rate": 1}],
        "backend": [
            {"group": "one", "capacity_scaler": 1, "balancing_mode": "UTILIZATION"},
            {"group": "two", "capacity_scaler": 1, "balancing_mode": "UTILIZATION"},
        ],
    },
    "google_compute_disk": {
        "name": "orders-data",
        "size": 500,
        "type": "pd-ssd",
        "zone": "europe-west1-b",
        "labels": {"team": "orders"},
    },
    "google_compute_firewall": {
        "name": "allow-lb",
        "network": NETWORK,
        "direction": "INGRESS",
        "priority": 1000,
        "disabled": False,
        "allow": [{"protocol": "tcp", "ports": ["8080"]}],
        "deny": [],
        "source_ranges": ["130.211.0.0/22", "35.191.0.0/16"],
        "source_tags": None,
        "target_tags": ["web"],
        "log_config": [],
    },
    "google_compute_forwarding_rule": {
        "name": "internal",
        "load_balancing_scheme": "INTERNAL",
        "network": NETWORK,
        "subnetwork": SUBNET,
        "allow_global_access": True,
        "all_ports": False,
        "ports": ["443", "8443"],
        "ip_address": "10.0.0.5",
        "backend_service": f"{_LINK}/regions/{REGION}/backendServices/web",
        "labels": {"team": "web"},
    },
    "google_compute_global_forwarding_rule": {
        "name": "web",
        "target": f"{_LINK}/global/targetHttpsProxies/web",
        "port_range": "443-443",
        "ip_address": "203.0.113.10",
        "load_balancing_scheme": "EXTERNAL_MANAGED",
        "labels": {"team": "web"},
    },
    "google_compute_health_check": {
        "name": "web",
        "check_interval_sec": 10,
        "timeout_sec": 5,
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
        "http_health_check": [{"port": 8080, "request_path": "/healthz"}],
    },
    "google_compute_instance": {
        "name": "gateway",
        "project": PROJECT,
        "zone": "europe-west1-b",
        "machine_type": "n2-standard-4",
        "tags": ["web", "nat"],
        "labels": {"team": "edge"},
        "deletion_protection": True,
        "desired_status": "RUNNING",
        "can_ip_forward": True,
        "allow_stopping_for_update": True,
        "metadata": {"enable-oslogin": "TRUE"},
        "network_interface": [{"network": NETWORK, "subnetwork": SUBNET, "access_config": []}],
        "service_account": [{"email": ACCOUNT, "scopes": ["cloud-platform"]}],
        "shielded_instance_config": [{"enable_secure_boot": True, "enable_vtpm": True}],
    },
    "google_compute_interconnect_attachment": {
        "name": "dc-a",
        "admin_enabled": True,
        "bandwidth": "BPS_1G",
        "router": "dc",
        "description": "To the data centre.",
    },
    "google_compute_network": {
        "name": "main",
        "self_link": NETWORK,
        "auto_create_subnetworks": False,
        "routing_mode": "GLOBAL",
        "mtu": 1460,
        "description": "Main.",
    },
    "google_compute_network_peering": {
        "name": "to-data",
        "network": NETWORK,
        "peer_network": "projects/data/global/networks/main",
        "export_custom_routes": True,
        "import_custom_routes": True,
        "export_subnet_routes_with_public_ip": True,
        "stack_type": "IPV4_ONLY",
    },
    "google_compute_region_instance_group_manager": {
        "name": "web",
        "region": REGION,
        "target_size": 6,
        "base_instance_name": "web",
        "version": [{"instance_template": "projects/p/global/instanceTemplates/web-1"}],
        "named_port": [{"name": "http", "port": 8080}],
        "auto_healing_policies": [{"health_check": "hc", "initial_delay_sec": 300}],
        "stateful_disk": [{"device_name": "data", "delete_rule": "NEVER"}],
        "update_policy": [
            {
                "type": "PROACTIVE",
                "minimal_action": "REPLACE",
                "max_surge_fixed": 3,
                "max_unavailable_fixed": 0,
                "replacement_method": "SUBSTITUTE",
            }
        ],
    },
    "google_compute_resource_policy": {
        "name": "nightly",
        "region": REGION,
        "snapshot_schedule_policy": [
            {
                "retention_policy": [
                    {"max_retention_days": 30, "on_source_disk_delete": "KEEP_AUTO_SNAPSHOTS"}
                ],
                "schedule": [{"daily_schedule": [{"days_in_cycle": 1, "start_time": "04:00"}]}],
            }
        ],
    },
    "google_compute_router": {
        "name": "dc",
        "network": NETWORK,
        "region": REGION,
        "description": "To the data centre.",
        "bgp": [{"asn": 64514, "advertise_mode": "CUSTOM", "keepalive_interval": 20,
                 "advertised_groups": ["ALL_SUBNETS"],
                 "advertised_ip_ranges": [{"range": "10.1.0.0/16", "description": ""}]}],
    },
    "google_compute_router_nat": {
        "name": "nat",
        "router": "dc",
        "region": REGION,
        "nat_ip_allocate_option": "MANUAL_ONLY",
        "nat_ips": ["one", "two"],
        "drain_nat_ips": [],
        "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "min_ports_per_vm": 1024,
        "enable_dynamic_port_allocation": False,
        "log_config": [{"enable": True, "filter": "ERRORS_ONLY"}],
    },
    "google_compute_router_peer": {
        "name": "dc-a",
        "router": "dc",
        "region": REGION,
        "peer_asn": 65001,
        "peer_ip_address": "169.254.1.2",
        "enable": True,
        "advertised_route_priority": 100,
        "advertise_mode": "CUSTOM",
        "advertised_groups": ["ALL_SUBNETS"],
        "advertised_ip_ranges": [{"range": "10.1.0.0/16"}, {"range": "10.2.0.0/16"}],
        "bfd": [{"session_initialization_mode": "ACTIVE"}],
    },
    "google_compute_security_policy": {
        "name": "edge",
        "type": "CLOUD_ARMOR",
        "description": "Edge.",
        "rule": [
            {
                "action": "deny(403)",
                "priority": 1000,
                "preview": False,
                "description": "sqli",
                "match": [
                    {
                        "versioned_expr": "",
                        "expr": [{"expression": "evaluatePreconfiguredWaf('sqli-v33-stable')"}],
                        "config": [],
                    }
                ],
            },
            {
                "action": "allow",
                "priority": 2147483647,
                "preview": False,
                "description": "default",
                "match": [
                    {"versioned_expr": "SRC_IPS_V1", "config": [{"src_ip_ranges": ["*"]}]}
                ],
            },
        ],
    },
    "google_compute_service_attachment": {
        "name": "orders",
        "connection_preference": "ACCEPT_MANUAL",
        "enable_proxy_protocol": False,
        "description": "Orders.",
        "nat_subnets": ["psc"],
        "consumer_accept_lists": [
            {"project_id_or_num": "partner-a", "connection_limit": 4},
            {"project_id_or_num": "partner-b", "connection_limit": 4},
        ],
        "consumer_reject_lists": [],
    },
    "google_compute_ssl_policy": {
        "name": "modern",
        "profile": "MODERN",
        "min_tls_version": "TLS_1_2",
        "description": "Modern.",
    },
    "google_compute_subnetwork": {
        "name": "apps",
        "self_link": SUBNET,
        "network": NETWORK,
        "region": REGION,
        "ip_cidr_range": "10.0.0.0/20",
        "private_ip_google_access": True,
        "description": "Apps.",
        "log_config": [{"aggregation_interval": "INTERVAL_5_SEC", "flow_sampling": 0.5}],
        "secondary_ip_range": [
            {"range_name": "pods", "ip_cidr_range": "10.4.0.0/14"},
            {"range_name": "services", "ip_cidr_range": "10.8.0.0/20"},
        ],
    },
    "google_compute_target_https_proxy": {
        "name": "web",
        "url_map": f"{_LINK}/global/urlMaps/web",
        "ssl_certificates": ["cert-a", "cert-b"],
        "ssl_policy": f"{_LINK}/global/sslPolicies/modern",
        "certificate_map": None,
        "quic_override": "NONE",
    },
    "google_compute_url_map": {
        "name": "web",
        "default_service": f"{_LINK}/global/backendServices/web",
        "description": "Web.",
        "host_rule": [
            {"hosts": ["shop.example.com"], "path_matcher": "shop"},
            {"hosts": ["api.example.com"], "path_matcher": "api"},
        ],
        "path_matcher": [
            {"name": "shop", "default_service": "shop"},
            {"name": "api", "default_service": "api"},
        ],
    },
    "google_container_cluster": {
        "name": "shop",
        "project": PROJECT,
        "location": REGION,
        "deletion_protection": True,
        "min_master_version": "1.29.4-gke.1000",
        "enable_shielded_nodes": True,
        "logging_service": "logging.googleapis.com/kubernetes",
        "monitoring_service": "monitoring.googleapis.com/kubernetes",
        "release_channel": [{"channel": "REGULAR"}],
        "workload_identity_config": [{"workload_pool": "shop-prod.svc.id.goog"}],
        "logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "WORKLOADS"]}],
        "monitoring_config": [{"enable_components": ["SYSTEM_COMPONENTS"]}],
        "binary_authorization": [{"evaluation_mode": "DISABLED"}],
        "maintenance_policy": [{"recurring_window": [{"start_time": "a", "end_time": "b"}]}],
        "master_authorized_networks_config": [
            {
                "gcp_public_cidrs_access_enabled": False,
                "cidr_blocks": [
                    {"cidr_block": "198.51.100.0/24", "display_name": "office"},
                    {"cidr_block": "203.0.113.8/32", "display_name": "ci"},
                ],
            }
        ],
        "private_cluster_config": [
            {"enable_private_nodes": True, "enable_private_endpoint": False}
        ],
        "addons_config": [
            {
                "http_load_balancing": [{"disabled": False}],
                "horizontal_pod_autoscaling": [{"disabled": False}],
                "network_policy_config": [{"disabled": False}],
                "gce_persistent_disk_csi_driver_config": [{"enabled": True}],
                "gcp_filestore_csi_driver_config": [{"enabled": True}],
                "dns_cache_config": [{"enabled": True}],
            }
        ],
        "cluster_autoscaling": [
            {
                "enabled": True,
                "resource_limits": [{"resource_type": "cpu", "maximum": 200, "minimum": 4}],
            }
        ],
        "database_encryption": [{"state": "ENCRYPTED", "key_name": "k"}],
        "network_policy": [{"enabled": True, "provider": "CALICO"}],
        "gateway_api_config": [{"channel": "CHANNEL_STANDARD"}],
        "vertical_pod_autoscaling": [{"enabled": True}],
        "resource_labels": {"team": "platform"},
    },
    "google_container_node_pool": {
        "name": "default",
        "cluster": "shop",
        "location": REGION,
        "project": PROJECT,
        "node_count": None,
        "version": "1.29.4-gke.1000",
        "autoscaling": [{"min_node_count": 2, "max_node_count": 10}],
        "management": [{"auto_repair": True, "auto_upgrade": True}],
        "upgrade_settings": [{"strategy": "SURGE", "max_surge": 1, "max_unavailable": 0}],
        "node_config": [
            {
                "machine_type": "n2-standard-4",
                "image_type": "COS_CONTAINERD",
                "disk_size_gb": 100,
                "taint": [],
                "labels": {"pool": "default"},
                "tags": ["gke"],
                "workload_metadata_config": [{"mode": "GKE_METADATA"}],
            }
        ],
    },
    "google_dns_managed_zone": {
        "name": "example",
        "dns_name": "example.com.",
        "visibility": "public",
        "description": "Shop.",
        "force_destroy": False,
        "dnssec_config": [{"state": "on", "non_existence": "nsec3"}],
        "private_visibility_config": [],
        "cloud_logging_config": [{"enable_logging": True}],
    },
    "google_dns_policy": {
        "name": "main",
        "enable_inbound_forwarding": True,
        "enable_logging": True,
        "description": "Main.",
        "alternative_name_server_config": [],
        "networks": [{"network_url": NETWORK}],
    },
    "google_dns_record_set": {
        "name": "shop.example.com.",
        "type": "A",
        "ttl": 300,
        "managed_zone": "example",
        "project": PROJECT,
        "rrdatas": ["203.0.113.10"],
    },
    "google_filestore_instance": {
        "name": "media",
        "tier": "ENTERPRISE",
        "deletion_protection_enabled": True,
        "description": "Media.",
        "file_shares": [
            {
                "name": "media",
                "capacity_gb": 4096,
                "nfs_export_options": [
                    {"ip_ranges": ["10.0.0.0/20"], "access_mode": "READ_WRITE",
                     "squash_mode": "NO_ROOT_SQUASH"}
                ],
            }
        ],
    },
    "google_firestore_database": {
        "name": "(default)",
        "location_id": "eur3",
        "delete_protection_state": "DELETE_PROTECTION_ENABLED",
        "deletion_policy": "DELETE",
        "concurrency_mode": "PESSIMISTIC",
        "point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_ENABLED",
        "app_engine_integration_mode": "DISABLED",
    },
    "google_firestore_field": {
        "collection": "carts",
        "field": "expires",
        "database": "(default)",
        "ttl_config": [],
        "index_config": [{"indexes": [{"order": "ASCENDING", "query_scope": "COLLECTION"}]}],
    },
    "google_gke_backup_backup_plan": {
        "name": "nightly",
        "cluster": "shop",
        "deactivated": False,
        "description": "Nightly.",
        "retention_policy": [{"backup_delete_lock_days": 7, "backup_retain_days": 60}],
        "backup_schedule": [{"cron_schedule": "0 3 * * *", "paused": False}],
        "backup_config": [{"include_volume_data": True, "include_secrets": True,
                           "all_namespaces": True}],
    },
    "google_iam_workload_identity_pool_provider": {
        "workload_identity_pool_id": "ci",
        "workload_identity_pool_provider_id": "github",
        "disabled": False,
        "attribute_condition": "assertion.repository_owner == 'acme'",
        "attribute_mapping": {
            "google.subject": "assertion.sub",
            "attribute.repository": "assertion.repository",
        },
        "oidc": [{"issuer_uri": "https://token.actions.githubusercontent.com",
                  "allowed_audiences": []}],
    },
    "google_identity_platform_config": {
        "project": PROJECT,
        "authorized_domains": ["shop.example.com", "localhost"],
        "autodelete_anonymous_users": False,
        "sign_in": [{"allow_duplicate_emails": False, "email": [{"enabled": True}],
                     "phone_number": [{"enabled": True}]}],
        "mfa": [{"state": "MANDATORY"}],
        "client": [{"permissions": [{"disabled_user_signup": False}]}],
    },
    "google_kms_crypto_key": {
        "name": "orders",
        "key_ring": "projects/shop-prod/locations/europe-west1/keyRings/main",
        "purpose": "ENCRYPT_DECRYPT",
        "rotation_period": "7776000s",
        "destroy_scheduled_duration": "2592000s",
        "labels": {"team": "orders"},
    },
    "google_kms_crypto_key_version": {
        "crypto_key": "projects/shop-prod/locations/europe-west1/keyRings/main/cryptoKeys/sign",
        "state": "ENABLED",
        "algorithm": "RSA_SIGN_PKCS1_4096_SHA256",
    },
    "google_logging_project_bucket_config": {
        "project": PROJECT,
        "bucket_id": "audit",
        "location": "global",
        "retention_days": 365,
        "locked": False,
        "enable_analytics": True,
        "description": "Audit.",
    },
    "google_logging_project_sink": {
        "name": "audit",
        "project": PROJECT,
        "destination": "bigquery.googleapis.com/projects/sec/datasets/audit",
        "disabled": False,
        "description": "To the security team.",
        "filter": 'logName:"cloudaudit.googleapis.com"',
        "exclusions": [],
        "unique_writer_identity": True,
    },
    "google_memorystore_instance": {
        "instance_id": "sessions",
        "shard_count": 3,
        "replica_count": 1,
        "deletion_protection_enabled": True,
        "persistence_config": [{"mode": "AOF"}],
        "engine_configs": {"maxmemory-policy": "noeviction"},
        "automated_backup_config": [{"retention": "3024000s"}],
    },
    "google_monitoring_alert_policy": {
        "display_name": "Checkout errors",
        "enabled": True,
        "severity": "CRITICAL",
        "combiner": "OR",
        "notification_channels": ["projects/p/notificationChannels/1"],
        "conditions": [{"condition_threshold": [{"threshold_value": 5, "duration": "60s"}]}],
        "documentation": [{"content": "See the runbook."}],
    },
    "google_org_policy_policy": {
        "name": "projects/shop-prod/policies/iam.disableServiceAccountKeyCreation",
        "parent": "projects/shop-prod",
        "dry_run_spec": [],
        "spec": [{"inherit_from_parent": False, "reset": False, "rules": [{"enforce": "TRUE"}]}],
    },
    "google_project": {
        "name": "Shop",
        "project_id": PROJECT,
        "billing_account": "01ABCD-000000-000000",
        "folder_id": "111",
        "deletion_policy": "PREVENT",
        "labels": {"team": "shop"},
    },
    "google_project_iam_audit_config": {
        "project": PROJECT,
        "service": "allServices",
        "audit_log_config": [
            {"log_type": "ADMIN_READ", "exempted_members": []},
            {"log_type": "DATA_READ", "exempted_members": []},
        ],
    },
    "google_project_iam_custom_role": {
        "role_id": "deployer",
        "project": PROJECT,
        "name": "projects/shop-prod/roles/deployer",
        "title": "Deployer",
        "stage": "GA",
        "permissions": ["run.services.get", "run.services.update", "storage.objects.create"],
    },
    "google_pubsub_subscription": {
        "name": "orders-worker",
        "topic": "projects/shop-prod/topics/orders",
        "ack_deadline_seconds": 60,
        "message_retention_duration": "604800s",
        "retain_acked_messages": True,
        "enable_exactly_once_delivery": False,
        "expiration_policy": [{"ttl": ""}],
        "dead_letter_policy": [{"dead_letter_topic": "t", "max_delivery_attempts": 5}],
        "retry_policy": [{"minimum_backoff": "10s", "maximum_backoff": "600s"}],
        "push_config": [{"push_endpoint": "https://orders.example.com/push"}],
        "labels": {"team": "orders"},
    },
    "google_pubsub_topic": {
        "name": "orders",
        "message_retention_duration": "604800s",
        "schema_settings": [{"schema": "projects/p/schemas/order", "encoding": "JSON"}],
        "labels": {"team": "orders"},
    },
    "google_redis_instance": {
        "name": "sessions",
        "tier": "STANDARD_HA",
        "memory_size_gb": 16,
        "auth_enabled": False,
        "redis_version": "REDIS_7_0",
        "transit_encryption_mode": "DISABLED",
        "display_name": "Sessions",
        "redis_configs": {"maxmemory-policy": "noeviction"},
        "persistence_config": [{"persistence_mode": "RDB", "rdb_snapshot_period": "ONE_HOUR"}],
    },
    "google_secret_manager_secret": {
        "secret_id": "db-password",
        "project": PROJECT,
        "ttl": None,
        "expire_time": None,
        "version_destroy_ttl": "86400s",
        "labels": {"team": "orders"},
        "version_aliases": {"live": "4"},
    },
    "google_secret_manager_secret_version": {
        "secret": "projects/1/secrets/db-password",
        "version": "4",
        "enabled": True,
        "deletion_policy": "DELETE",
    },
    "google_service_account": {
        "account_id": "orders",
        "email": ACCOUNT,
        "project": PROJECT,
        "disabled": False,
        "display_name": "Orders",
        "description": "Runs orders.",
    },
    "google_service_networking_connection": {
        "network": NETWORK,
        "service": "servicenetworking.googleapis.com",
        "reserved_peering_ranges": ["services-a", "services-b"],
    },
    "google_spanner_database": {
        "name": "orders",
        "instance": "orders",
        "version_retention_period": "7d",
        "enable_drop_protection": True,
        "deletion_protection": True,
        "ddl": ["CREATE TABLE orders (id INT64) PRIMARY KEY (id)"],
    },
    "google_spanner_instance": {
        "name": "orders",
        "config": "regional-europe-west1",
        "display_name": "Orders",
        "num_nodes": 6,
        "edition": "ENTERPRISE",
        "default_backup_schedule_type": "AUTOMATIC",
    },
    "google_sql_database_instance": {
        "name": "orders",
        "project": PROJECT,
        "region": REGION,
        "database_version": "POSTGRES_15",
        "deletion_protection": True,
        "settings": [
            {
                "tier": "db-custom-8-32768",
                "edition": "ENTERPRISE",
                "availability_type": "REGIONAL",
                "activation_policy": "ALWAYS",
                "disk_autoresize": True,
                "disk_autoresize_limit": 0,
                "disk_size": 200,
                "deletion_protection_enabled": True,
                "connector_enforcement": "NOT_REQUIRED",
                "retain_backups_on_delete": True,
                "user_labels": {"team": "orders"},
                "backup_configuration": [
                    {
                        "enabled": True,
                        "location": "eu",
                        "point_in_time_recovery_enabled": True,
                        "transaction_log_retention_days": 7,
                        "start_time": "03:00",
                        "backup_retention_settings": [
                            {"retained_backups": 30, "retention_unit": "COUNT"}
                        ],
                    }
                ],
                "ip_configuration": [
                    {
                        "ipv4_enabled": False,
                        "private_network": NETWORK,
                        "ssl_mode": "ENCRYPTED_ONLY",
                        "enable_private_path_for_google_cloud_services": True,
                        "authorized_networks": [],
                    }
                ],
                "insights_config": [{"query_insights_enabled": True}],
                "maintenance_window": [{"day": 7, "hour": 3, "update_track": "stable"}],
            }
        ],
    },
    "google_storage_bucket": {
        "name": "shop-prod-invoices",
        "location": "EU",
        "force_destroy": False,
        "public_access_prevention": "enforced",
        "uniform_bucket_level_access": True,
        "requester_pays": False,
        "default_event_based_hold": False,
        "rpo": "DEFAULT",
        "labels": {"team": "billing"},
        "versioning": [{"enabled": True}],
        "soft_delete_policy": [{"retention_duration_seconds": 604800}],
        "retention_policy": [],
        "website": [{"main_page_suffix": "index.html", "not_found_page": "404.html"}],
        "cors": [],
        "logging": [{"log_bucket": "logs", "log_object_prefix": ""}],
        "encryption": [{"default_kms_key_name": "projects/p/locations/eu/keyRings/r/cryptoKeys/k"}],
        "lifecycle_rule": [
            {"action": [{"type": "Delete"}], "condition": [{"age": 365, "with_state": "ANY"}]}
        ],
    },
    "google_storage_transfer_job": {
        "description": "Copies media.",
        "status": "ENABLED",
        "transfer_spec": [
            {
                "transfer_options": [
                    {
                        "delete_objects_unique_in_sink": False,
                        "delete_objects_from_source_after_transfer": False,
                        "overwrite_objects_already_existing_in_sink": False,
                    }
                ]
            }
        ],
    },
    "google_vpc_access_connector": {
        "name": "c",
        "min_instances": 2,
        "max_instances": 10,
        "machine_type": "e2-standard-4",
        "network": "main",
    },
}  # fmt: skip
"""Types to the attributes of one object in production."""


def standing(type_name: str, **attributes: Any) -> Json:
    """The attributes of one object of the type, with some of them otherwise."""
    return copy.deepcopy(OBJECTS[type_name]) | attributes


def with_value(tree: Json, path: str, value: Any) -> Json:
    """A copy of `tree` with another value at the dotted path."""
    made = copy.deepcopy(tree)
    *steps, last = parse_path(path)
    inside: Any = made
    for step in steps:
        inside = inside[step]
    inside[last] = value
    return made


def set_to(type_name: str, path: str, before: Any, after: Any) -> Json:
    """An update of the type's object that changes only the value at the dotted path."""
    tree = standing(type_name)
    return update(f"{type_name}.it", with_value(tree, path, before), with_value(tree, path, after))


def stays(address: str, **attributes: Any) -> Json:
    """A no-op of an object of the type, with some attributes otherwise."""
    type_name = address.split(".", maxsplit=1)[0]
    base = copy.deepcopy(OBJECTS.get(type_name, {}))
    return noop(address, {"id": address, **base, **attributes})
