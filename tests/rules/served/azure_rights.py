"""Azure: keys, roles, certificates and ways in that nobody in the plan needs."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, References, delete, tweak
from tests.rules.served.azure import (
    COSMOS,
    DOCS_URL,
    ID,
    IDENTITY,
    IN,
    LISTS,
    NETWORK,
    STORE,
    STORE_IS,
    VNET,
    WHO,
    P,
    cosmos,
    role,
    web,
)
from tests.rules.served.worlds import pair, stay

# Keys switched off

BUS: Final[Json] = {
    **IN,
    "id": f"{P}/Microsoft.ServiceBus/namespaces/sb-care",
    "name": "sb-care",
    "sku": "Standard",
    "local_auth_enabled": True,
    "endpoint": "https://sb-care.servicebus.windows.net:443/",
}
_HUB: Final[Json] = {
    **IN,
    "id": f"{P}/Microsoft.EventHub/namespaces/eh-care",
    "name": "eh-care",
    "sku": "Standard",
    "local_authentication_enabled": True,
}
_SQL: Final[Json] = {
    **IN,
    "id": f"{P}/Microsoft.Sql/servers/sql-care",
    "name": "sql-care",
    "version": "12.0",
    "fully_qualified_domain_name": "sql-care.database.windows.net",
    "azuread_administrator": [
        {"login_username": "dba", "object_id": "1", "azuread_authentication_only": False}
    ],
}
_SQL_ONLY: Final = tweak(
    "azurerm_mssql_server.care",
    _SQL,
    azuread_administrator=[
        {"login_username": "dba", "object_id": "1", "azuread_authentication_only": True}
    ],
)
_SERVER: Final = "Server=tcp:sql-care.database.windows.net,1433;Database=care;"

KEYS: Final = [
    pair(
        "a bus without keys, and its user has a key / an identity",
        [
            tweak("azurerm_servicebus_namespace.care", BUS, local_auth_enabled=False),
            web("jobs", {"BUS": "Endpoint=sb://sb-care.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=x"}),
        ],
        [
            tweak("azurerm_servicebus_namespace.care", BUS, local_auth_enabled=False),
            web("jobs", {"BUS__fullyQualifiedNamespace": "sb-care.servicebus.windows.net"}),
            stay(
                "azurerm_role_assignment.bus",
                **role("Azure Service Bus Data Owner", str(BUS["id"])),
            ),
        ],
        IDENTITY,
        danger_uses={
            "azurerm_linux_web_app.jobs": {
                "app_settings": [
                    "azurerm_servicebus_namespace.care.default_primary_connection_string"
                ]
            }
        },
        twin_uses={
            "azurerm_linux_web_app.jobs": {
                "app_settings": ["azurerm_servicebus_namespace.care.name"],
                "identity": ["azurerm_user_assigned_identity.care.id"],
            },
            "azurerm_role_assignment.bus": {
                "scope": ["azurerm_servicebus_namespace.care.id"],
                "principal_id": ["azurerm_user_assigned_identity.care.principal_id"],
            },
        },
    ),
    pair(
        "hubs without keys, and a rule's key is in use / roles alone are",
        [
            tweak("azurerm_eventhub_namespace.care", _HUB, local_authentication_enabled=False),
            stay(
                "azurerm_eventhub_namespace_authorization_rule.send",
                name="send",
                namespace_name="eh-care",
                send=True,
            ),
            stay(
                "azurerm_container_app.ingest",
                **IN,
                id=f"{P}/Microsoft.App/containerApps/ca-ingest",
                name="ca-ingest",
                secret=[],
                template=[{"container": [{"name": "app", "env": []}]}],
            ),
        ],
        [
            tweak("azurerm_eventhub_namespace.care", _HUB, local_authentication_enabled=False),
            stay(
                "azurerm_container_app.ingest",
                **IN,
                id=f"{P}/Microsoft.App/containerApps/ca-ingest",
                name="ca-ingest",
                secret=[],
                identity=[{"type": "UserAssigned", "identity_ids": [ID]}],
                template=[
                    {
                        "container": [
                            {
                                "name": "app",
                                "env": [
                                    {"name": "HUBS", "value": "eh-care.servicebus.windows.net"}
                                ],
                            }
                        ]
                    }
                ],
            ),
            stay(
                "azurerm_role_assignment.send",
                **role("Azure Event Hubs Data Sender", str(_HUB["id"])),
            ),
        ],
        IDENTITY,
        uses={
            "azurerm_eventhub_namespace_authorization_rule.send": {
                "namespace_name": ["azurerm_eventhub_namespace.care.name"]
            }
        },
        danger_uses={
            "azurerm_container_app.ingest": {
                "secret": [
                    "azurerm_eventhub_namespace_authorization_rule.send.primary_connection_string"
                ]
            }
        },
        twin_uses={
            "azurerm_container_app.ingest": {
                "template": ["azurerm_eventhub_namespace.care.name"],
                "identity": ["azurerm_user_assigned_identity.care.id"],
            },
            "azurerm_role_assignment.send": {
                "scope": ["azurerm_eventhub_namespace.care.id"],
                "principal_id": ["azurerm_user_assigned_identity.care.principal_id"],
            },
        },
    ),
    pair(
        "a document store without keys, and its user has one / a role",
        [
            tweak(
                "azurerm_cosmosdb_account.care", cosmos(), local_authentication_disabled=True
            ),
            web("portal", {"COSMOS_KEY": "k"}),
        ],
        [
            tweak(
                "azurerm_cosmosdb_account.care", cosmos(), local_authentication_disabled=True
            ),
            web("portal", {"COSMOS": "https://cosmos-care.documents.azure.com:443/"}),
            stay(
                "azurerm_cosmosdb_sql_role_assignment.portal",
                account_name="cosmos-care",
                scope=COSMOS,
                principal_id=WHO,
                role_definition_id=f"{COSMOS}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002",
            ),
        ],
        IDENTITY,
        danger_uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": [
                    "azurerm_cosmosdb_account.care.endpoint",
                    "azurerm_cosmosdb_account.care.primary_key",
                ]
            }
        },
        twin_uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_cosmosdb_account.care.endpoint"],
                "identity": ["azurerm_user_assigned_identity.care.id"],
            },
            "azurerm_cosmosdb_sql_role_assignment.portal": {
                "account_name": ["azurerm_cosmosdb_account.care.name"],
                "principal_id": ["azurerm_user_assigned_identity.care.principal_id"],
            },
        },
    ),
    pair(
        "a server without passwords, and its user signs in with one / with its identity",
        [_SQL_ONLY, web("portal", {"DB": f"{_SERVER}User ID=care;Password=x;Encrypt=True;"})],
        [_SQL_ONLY, web("portal", {"DB": f"{_SERVER}Authentication=Active Directory Default;"})],
        IDENTITY,
        uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_mssql_server.care.fully_qualified_domain_name"],
                "identity": ["azurerm_user_assigned_identity.care.id"],
            }
        },
    ),
]  # fmt: skip

# Rights and certificates

VAULT: Final = f"{P}/Microsoft.KeyVault/vaults/kv-care"
OTHER_VAULT: Final = f"{P}/Microsoft.KeyVault/vaults/kv-edge"


def vault(name: str, at: str, *, roles: bool) -> Json:
    return stay(
        f"azurerm_key_vault.{name}",
        **IN,
        id=at,
        name=at.rpartition("/")[2],
        vault_uri=f"https://{at.rpartition('/')[2]}.vault.azure.net/",
        rbac_authorization_enabled=roles,
        enable_rbac_authorization=roles,
        access_policy=[],
    )


def policy(at: str, *rights: str) -> Json:
    return {
        "id": f"{at}/objectId/{WHO}",
        "key_vault_id": at,
        "object_id": WHO,
        "tenant_id": "t",
        "secret_permissions": list(rights),
        "certificate_permissions": [],
        "key_permissions": [],
        "storage_permissions": [],
    }


def gateway(secret: str) -> Json:
    return {
        **IN,
        "id": f"{P}/Microsoft.Network/applicationGateways/agw-care",
        "name": "agw-care",
        "identity": [{"type": "UserAssigned", "identity_ids": [ID]}],
        "ssl_certificate": [{"name": "www", "key_vault_secret_id": secret}],
        "http_listener": [{"name": "https", "ssl_certificate_name": "www", "protocol": "Https"}],
        "gateway_ip_configuration": [{"name": "in", "subnet_id": f"{VNET}/subnets/snet-agw"}],
    }


_IN_CARE: Final = "https://kv-care.vault.azure.net/secrets/www"
IN_EDGE: Final = "https://kv-edge.vault.azure.net/secrets/www"
STAND_IN: Final = tweak(
    "azurerm_application_gateway.care",
    gateway(_IN_CARE),
    ssl_certificate=[{"name": "www", "key_vault_secret_id": IN_EDGE}],
)
_GATEWAY_USES: Final = {
    "azurerm_application_gateway.care": {
        "identity": ["azurerm_user_assigned_identity.care.id"],
        "ssl_certificate": ["azurerm_key_vault_certificate.edge.versionless_secret_id"],
    },
    "azurerm_key_vault_certificate.edge": {"key_vault_id": ["azurerm_key_vault.edge.id"]},
    "azurerm_key_vault_access_policy.care": {
        "key_vault_id": ["azurerm_key_vault.care.id"],
        "object_id": ["azurerm_user_assigned_identity.care.principal_id"],
    },
    "azurerm_key_vault_access_policy.edge": {
        "key_vault_id": ["azurerm_key_vault.edge.id"],
        "object_id": ["azurerm_user_assigned_identity.care.principal_id"],
    },
}
_ROLE_LOST: Final = delete(
    "azurerm_role_assignment.archive",
    role("Storage Blob Data Reader", f"{P}/Microsoft.Storage/storageAccounts/starchive"),
)
_ARCHIVE: Final = stay(
    "azurerm_storage_account.archive",
    **IN,
    id=f"{P}/Microsoft.Storage/storageAccounts/starchive",
    name="starchive",
    primary_blob_endpoint="https://starchive.blob.core.windows.net/",
)
_ROLE_USES: Final = {
    "azurerm_role_assignment.archive": {
        "scope": ["azurerm_storage_account.archive.id"],
        "principal_id": ["azurerm_user_assigned_identity.care.principal_id"],
    },
    "azurerm_role_assignment.docs": {
        "scope": ["azurerm_storage_account.docs.id"],
        "principal_id": ["azurerm_user_assigned_identity.care.principal_id"],
    },
}


def app_reads(store: str) -> References:
    return {
        "azurerm_linux_web_app.portal": {
            "app_settings": [f"azurerm_storage_account.{store}.primary_blob_endpoint"],
            "identity": ["azurerm_user_assigned_identity.care.id"],
        }
    }


_RATES_AT: Final = "ca-rates.blue.azurecontainerapps.io"
CALL: Final = {"name": "RATES", "value": "http://ca-rates"}


def outside(*, enabled: bool) -> list[Json]:
    return [{"external_enabled": enabled, "target_port": 8080, "fqdn": _RATES_AT}]


INSIDE_ONLY: Final = tweak(
    "azurerm_container_app.rates",
    {
        **IN,
        "id": f"{P}/Microsoft.App/containerApps/ca-rates",
        "name": "ca-rates",
        "container_app_environment_id": "env1",
        "ingress": outside(enabled=True),
    },
    ingress=outside(enabled=False),
)


def expiry(days: int, *prefixes: str) -> Json:
    """A first rule of a storage account's management policy."""
    rule = {
        "name": "old",
        "enabled": True,
        "filters": [{"blob_types": ["blockBlob"], "prefix_match": list(prefixes)}],
        "actions": [{"base_blob": [{"delete_after_days_since_modification_greater_than": days}]}],
    }
    return tweak(
        "azurerm_storage_management_policy.docs",
        {"storage_account_id": STORE, "rule": []},
        rule=[rule],
    )


RIGHTS: Final = [
    pair(
        "an app loses its role on the account it reads / on one it does not",
        [_ROLE_LOST, web("portal", {"ARCHIVE": "https://starchive.blob.core.windows.net/"})],
        [_ROLE_LOST, web("portal", DOCS_URL)],
        _ARCHIVE,
        stay("azurerm_storage_account.docs", **STORE_IS),
        stay("azurerm_role_assignment.docs", **role("Storage Blob Data Contributor", STORE)),
        IDENTITY,
        uses=_ROLE_USES,
        danger_uses=app_reads("archive"),
        twin_uses=app_reads("docs"),
    ),
    pair(
        "an app loses the vault its settings point to / a vault that nothing of it points to",
        [
            delete("azurerm_key_vault_access_policy.care", policy(VAULT, "Get")),
            web("portal", {"KEY": f"@Microsoft.KeyVault(SecretUri={_IN_CARE})"}),
        ],
        [
            delete("azurerm_key_vault_access_policy.care", policy(VAULT, "Get")),
            stay("azurerm_key_vault_access_policy.edge", **policy(OTHER_VAULT, "Get")),
            web("portal", {"KEY": f"@Microsoft.KeyVault(SecretUri={IN_EDGE})"}),
        ],
        vault("care", VAULT, roles=False),
        vault("edge", OTHER_VAULT, roles=False),
        IDENTITY,
        uses=_GATEWAY_USES
        | {
            "azurerm_linux_web_app.portal": {"identity": ["azurerm_user_assigned_identity.care.id"]}
        },
    ),
    pair(
        "a listener's certificate is in a vault that the gateway may not read / may read",
        [STAND_IN, stay("azurerm_key_vault_access_policy.care", **policy(VAULT, "Get"))],
        [STAND_IN, stay("azurerm_key_vault_access_policy.edge", **policy(OTHER_VAULT, "Get"))],
        vault("care", VAULT, roles=False),
        vault("edge", OTHER_VAULT, roles=False),
        stay(
            "azurerm_key_vault_certificate.edge",
            name="www",
            key_vault_id=OTHER_VAULT,
            versionless_secret_id=IN_EDGE,
        ),
        IDENTITY,
        uses=_GATEWAY_USES,
    ),
    pair(
        "a single-page app loses its own address / the address of a preview",
        [
            tweak(
                "azuread_application.web",
                {
                    "display_name": "web",
                    "client_id": "c1",
                    "single_page_application": [
                        {
                            "redirect_uris": [
                                "https://care.example/cb",
                                "https://pr-12.preview.care.example/cb",
                            ]
                        }
                    ],
                },
                single_page_application=[
                    {"redirect_uris": ["https://pr-12.preview.care.example/cb"]}
                ],
            ),
        ],
        [
            tweak(
                "azuread_application.web",
                {
                    "display_name": "web",
                    "client_id": "c1",
                    "single_page_application": [
                        {
                            "redirect_uris": [
                                "https://care.example/cb",
                                "https://pr-12.preview.care.example/cb",
                            ]
                        }
                    ],
                },
                single_page_application=[{"redirect_uris": ["https://care.example/cb"]}],
            ),
        ],
        web("portal", {"AUTH_REDIRECT": "https://care.example/cb"}),
    ),
    pair(
        "browsers of the portal / of developers' machines are no longer let in",
        tweak(
            "azurerm_linux_function_app.api",
            {
                **web("api", {}, kind="linux_function_app")["change"]["before"],
                "site_config": [
                    {
                        "cors": [
                            {
                                "allowed_origins": [
                                    "http://localhost:5173",
                                    "https://portal.care.example",
                                ]
                            }
                        ]
                    }
                ],
            },
            site_config=[{"cors": [{"allowed_origins": ["http://localhost:5173"]}]}],
        ),
        tweak(
            "azurerm_linux_function_app.api",
            {
                **web("api", {}, kind="linux_function_app")["change"]["before"],
                "site_config": [
                    {
                        "cors": [
                            {
                                "allowed_origins": [
                                    "http://localhost:5173",
                                    "https://portal.care.example",
                                ]
                            }
                        ]
                    }
                ],
            },
            site_config=[{"cors": [{"allowed_origins": ["https://portal.care.example"]}]}],
        ),
    ),
    pair(
        "blobs of all containers / scratch blobs go after some days",
        expiry(30, "records/"),
        expiry(2, "tmp/", "uploads/partial/"),
        stay("azurerm_storage_account.docs", **STORE_IS),
    ),
    pair(
        "an app inside an environment is called from outside / from inside alone",
        [INSIDE_ONLY, web("portal", {"RATES": f"https://{_RATES_AT}"})],
        [
            INSIDE_ONLY,
            stay(
                "azurerm_container_app.quotes",
                **IN,
                id=f"{P}/Microsoft.App/containerApps/ca-quotes",
                name="ca-quotes",
                container_app_environment_id="env1",
                template=[{"container": [{"name": "a", "env": [CALL]}]}],
            ),
        ],
        danger_uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_container_app.rates.ingress"]
            }
        },
        twin_uses={
            "azurerm_container_app.quotes": {"template": ["azurerm_container_app.rates.name"]}
        },
    ),
]

AZURE: Final = [*NETWORK, *LISTS, *KEYS, *RIGHTS]
