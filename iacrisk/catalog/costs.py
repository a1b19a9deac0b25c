"""What is known to be dear: machine types by their names, and purchases that bind."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.patterns import regex

MACHINE_TYPES: Final[dict[str, str]] = {
    "aws_db_instance": "instance_class",
    "aws_docdb_cluster_instance": "instance_class",
    "aws_instance": "instance_type",
    "aws_neptune_cluster_instance": "instance_class",
    "aws_rds_cluster_instance": "instance_class",
    "aws_redshift_cluster": "node_type",
    "aws_sagemaker_notebook_instance": "instance_type",
    "azurerm_linux_virtual_machine": "size",
    "azurerm_linux_virtual_machine_scale_set": "sku",
    "azurerm_windows_virtual_machine": "size",
    "azurerm_windows_virtual_machine_scale_set": "sku",
    "google_compute_instance": "machine_type",
    "google_compute_instance_template": "machine_type",
    "snowflake_warehouse": "warehouse_size",
}
"""Types that are paid by the hour, and the argument that says how large they are."""

DEAR: Final = regex(
    r"""
    (?:ml\.)?(?:dl|hpc|p|trn)\d[\w-]*\.\d*xlarge                       # AWS: accelerators
    | (?:db\.|ml\.)?(?:g|gr|inf|vt|x)\d[\w-]*\.(?:[4-9]|\d\d+)xlarge     # and very much memory
    | (?:db\.)?u\d*i?-\S+
    | \S+\.(?:metal\S*|(?:1[2-9]|[2-9]\d|\d{3})xlarge)                   # AWS: the largest
    | standard_[mn][a-z]*\d+\S*                                          # Azure: M, N
    | (?:a[23]|g2|h[34]|m[1-4]|x4)-\S+                                    # Google
    | (?:[2-6]?x-?large|x{2,6}-?large|x[2-6]large)                        # Snowflake
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Machine types of several dollars an hour, by the names that the clouds give them."""

BINDING: Final = frozenset(
    {
        "aws_ec2_capacity_block_reservation",
        "aws_rds_reserved_instance",
        "aws_route53domains_domain",
        "aws_savingsplans_plan",
        "aws_shield_subscription",
        "google_clouddomains_registration",
        "google_compute_region_commitment",
    }
)
"""Purchases for a term that cannot be given back. Documentation."""
