"""What resource types mean: which hold data, face a network, grant access or guard something."""

from iacrisk.catalog.attachments import attachment, attachment_types, stands_alone
from iacrisk.catalog.classes import Basis, ResourceClass, ResourceType
from iacrisk.catalog.lookup import known_types, resource_type

__all__ = [
    "Basis",
    "ResourceClass",
    "ResourceType",
    "attachment",
    "attachment_types",
    "known_types",
    "resource_type",
    "stands_alone",
]
