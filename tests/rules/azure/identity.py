"""Identities, roles and trust. Each dangerous change stands beside a harmless one."""

from __future__ import annotations

from typing import Final

from tests.rules.azure.objects import (
    APPLICATION,
    BLOCK_ALL,
    FIC,
    FIC_REFS,
    GROUP,
    GROUP_GRANT,
    MFA,
    OWNER,
    SP,
    SP_USER,
    WITH_SP,
    Case,
)
from tests.rules.azure.world import (
    IN,
    RG,
    ROLES,
    SUB,
    VAULT,
    edit,
    extra,
    gone,
    new,
    rebuilt,
    role,
)

IDENTITY: Final[list[Case]] = [
    (
        "everybody is locked out of everything",
        [new("azuread_conditional_access_policy.block", BLOCK_ALL)],
        [
            new(
                "azuread_conditional_access_policy.block",
                BLOCK_ALL | {"state": "enabledForReportingButNotEnforced"},
            )
        ],
    ),
    (
        "a block that was only reported is enforced",
        [
            edit(
                "azuread_conditional_access_policy.block",
                {"state": ("enabledForReportingButNotEnforced", "enabled")},
                **BLOCK_ALL,
            )
        ],
        [
            edit(
                "azuread_conditional_access_policy.mfa",
                {"conditions.0.users.0.excluded_users": ["break-glass", "break-glass-2"]},
                **MFA,
            )
        ],
    ),
    (
        "the second factor is switched off",
        [edit("azuread_conditional_access_policy.mfa", {"state": "disabled"}, **MFA)],
        [edit("azuread_conditional_access_policy.mfa", {"display_name": "admins: mfa"}, **MFA)],
    ),
    (
        "the guard of the admins is deleted",
        [gone("azuread_conditional_access_policy.mfa", **MFA)],
        [
            gone(
                "azuread_conditional_access_policy.mfa",
                **(MFA | {"state": "enabledForReportingButNotEnforced"}),
            )
        ],
    ),
    (
        "a blocked location covers the office",
        [
            edit(
                "azuread_named_location.office",
                {"ip.0.ip_ranges": ["198.51.100.0/28"]},
                id="loc-1", display_name="office",
                ip=[{"ip_ranges": ["198.51.100.0/24", "203.0.113.0/24"], "trusted": True}],
            ),
            extra(
                "azuread_conditional_access_policy.office",
                BLOCK_ALL | {"id": "ca-2"},
                conditions=["azuread_named_location.office.id"],
            ),
        ],
        [
            edit(
                "azuread_named_location.office",
                {"ip.0.ip_ranges": ["198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/28"]},
                id="loc-1", display_name="office",
                ip=[{"ip_ranges": ["198.51.100.0/24", "203.0.113.0/24"], "trusted": True}],
            ),
            extra(
                "azuread_conditional_access_policy.office",
                BLOCK_ALL | {"id": "ca-2"},
                conditions=["azuread_named_location.office.id"],
            ),
        ],
    ),
    (
        "any pull request may become owner",
        [
            edit(
                "azurerm_federated_identity_credential.deploy",
                {"subject": "repo:example/orders:pull_request"}, FIC_REFS, **FIC,
            ),
            OWNER,
        ],
        [
            edit(
                "azurerm_federated_identity_credential.deploy",
                {"subject": "repo:example/orders:environment:production"}, FIC_REFS, **FIC,
            ),
            OWNER,
        ],
    ),
    (
        "the trusted repository is another one",
        [
            edit(
                "azurerm_federated_identity_credential.deploy",
                {"subject": "repo:somebody/else:ref:refs/heads/main"}, FIC_REFS, **FIC,
            ),
            OWNER,
        ],
        [
            new(
                "azurerm_federated_identity_credential.second",
                {k: v for k, v in FIC.items() if k != "id"}
                | {"name": "x", "subject": "repo:example/orders:environment:staging"},
                **FIC_REFS,
            )
        ],
    ),
    (
        "the pods' service account is no longer trusted",
        [
            edit(
                "azurerm_federated_identity_credential.pods",
                {
                    "subject": "system:serviceaccount:shop:orders-v2",
                },
                FIC_REFS,
                **(FIC | {"issuer": "https://westeurope.oic.prod-aks.azure.com/t/c/",
                           "subject": "system:serviceaccount:shop:orders"}),
            )
        ],
        [
            new(
                "azurerm_federated_identity_credential.pods",
                {k: v for k, v in FIC.items() if k != "id"}
                | {"subject": "system:serviceaccount:shop:orders-v2"},
                **FIC_REFS,
            )
        ],
    ),
    (
        "a new credential for pull requests on an application that owns",
        [
            new(
                "azuread_application_federated_identity_credential.pr",
                {"application_id": "/applications/app-1", "display_name": "pr",
                 "issuer": "https://token.actions.githubusercontent.com",
                 "audiences": ["api://AzureADTokenExchange"],
                 "subject": "repo:example/orders:pull_request"},
                application_id=["azuread_application.orders.id"],
            ),
            extra("azuread_application.orders", APPLICATION),
            WITH_SP,
            extra(
                "azurerm_role_assignment.owner", role(SUB, "Owner", "sp-1"),
                principal_id=["azuread_service_principal.orders.object_id"],
            ),
        ],
        [
            new(
                "azuread_application_federated_identity_credential.pr",
                {"application_id": "/applications/app-1", "display_name": "prod",
                 "issuer": "https://token.actions.githubusercontent.com",
                 "audiences": ["api://AzureADTokenExchange"],
                 "subject": "repo:example/orders:environment:production"},
                application_id=["azuread_application.orders.id"],
            ),
            extra("azuread_application.orders", APPLICATION),
            WITH_SP,
        ],
    ),
    (
        "a principal owns the subscription",
        [new("azurerm_role_assignment.x", role(SUB, "Owner", "ffff"))],
        [new("azurerm_role_assignment.x", role(RG, "Reader", "ffff"))],
    ),
    (
        "the owner's role by its id",
        [
            new(
                "azurerm_role_assignment.x",
                role(SUB, "", "ffff")
                | {
                    "role_definition_name": None,
                    "role_definition_id": f"{SUB}{ROLES}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
                },
            )
        ],
        [
            new(
                "azurerm_role_assignment.x",
                role(SUB, "", "ffff")
                | {
                    "role_definition_name": None,
                    "role_definition_id": f"{SUB}{ROLES}/acdd72a7-3385-48ef-bd42-f606fba81ae7",
                },
            )
        ],
    ),
    (
        "who may give away roles, by its id",
        [
            new(
                "azurerm_role_assignment.x",
                role(RG, "", "ffff")
                | {
                    "role_definition_name": None,
                    "role_definition_id": f"{SUB}{ROLES}/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
                },
            )
        ],
        [new("azurerm_role_assignment.x", role(VAULT, "Key Vault Secrets User", "ffff"))],
    ),
    (
        "the app loses its blobs",
        [gone("azurerm_role_assignment.app_blobs")],
        [
            gone("azurerm_role_assignment.app_blobs"),
            extra("azurerm_role_assignment.wide", role(RG, "Storage Blob Data Owner")),
        ],
    ),
    (
        "a role's actions shrink under those who have it",
        [
            edit(
                "azurerm_role_definition.ops",
                {"permissions.0.actions": ["Microsoft.Compute/virtualMachines/read"]},
                id="rd-1", name="ops", scope=SUB,
                permissions=[{"actions": ["Microsoft.Compute/virtualMachines/read",
                                          "Microsoft.Compute/virtualMachines/restart/action"],
                              "not_actions": []}],
            ),
            extra(
                "azurerm_role_assignment.ops", role(RG, "ops", "sp-9"),
                role_definition_id=["azurerm_role_definition.ops.role_definition_resource_id"],
            ),
        ],
        [
            edit(
                "azurerm_role_definition.ops",
                {"permissions.0.actions": ["Microsoft.Compute/virtualMachines/read",
                                           "Microsoft.Compute/disks/read"]},
                id="rd-1", name="ops", scope=SUB,
                permissions=[{"actions": ["Microsoft.Compute/virtualMachines/read"],
                              "not_actions": []}],
            ),
            extra(
                "azurerm_role_assignment.ops", role(RG, "ops", "sp-9"),
                role_definition_id=["azurerm_role_definition.ops.role_definition_resource_id"],
            ),
        ],
    ),
    (
        "a custom role may do everything",
        [
            edit(
                "azurerm_role_definition.ops",
                {"permissions.0.actions": ["*"]},
                id="rd-1", name="ops", scope=SUB, assignable_scopes=[SUB],
                permissions=[{"actions": ["*/read"], "not_actions": []}],
            )
        ],
        [
            edit(
                "azurerm_role_definition.ops",
                {"description": "operators"},
                id="rd-1", name="ops", scope=SUB, description="",
                permissions=[{"actions": ["*/read"], "not_actions": []}],
            )
        ],
    ),
    (
        "operators leave the group",
        [edit("azuread_group.operators", {"members": ["user-1"]}, **GROUP), GROUP_GRANT],
        [
            edit(
                "azuread_group.operators",
                {"members": ["user-1", "user-2", "user-3", "user-4"]},
                **GROUP,
            ),
            GROUP_GRANT,
        ],
    ),
    (
        "a sign-in address goes",
        [
            edit(
                "azuread_application.orders",
                {"web.0.redirect_uris": ["https://shop.example.com/cb"]},
                **APPLICATION,
            ),
            WITH_SP,
        ],
        [
            edit(
                "azuread_application.orders",
                {
                    "web.0.redirect_uris": [
                        "https://shop.example.com/cb",
                        "https://admin.example.com/cb",
                        "https://new.example.com/cb",
                    ]
                },
                **APPLICATION,
            ),
            WITH_SP,
        ],
    ),
    (
        "people of other organisations may sign in",
        [
            edit(
                "azuread_application.orders",
                {"sign_in_audience": "AzureADMultipleOrgs"},
                **APPLICATION,
            ),
            WITH_SP,
        ],
        [
            edit("azuread_application.orders", {"notes": ("", "owned by shop")}, **APPLICATION),
            WITH_SP,
        ],
    ),
    (
        "the api's identifier changes",
        [
            edit("azuread_application.orders", {"identifier_uris": ["api://two"]}, **APPLICATION),
            WITH_SP,
        ],
        [
            edit(
                "azuread_application.orders",
                {"identifier_uris": ["api://orders", "api://orders2"]},
                **APPLICATION,
            ),
            WITH_SP,
        ],
    ),
    (
        "the application's role goes",
        [edit("azuread_application.orders", {"app_role": []}, **APPLICATION), WITH_SP],
        [
            edit(
                "azuread_application.orders",
                {"app_role": [*APPLICATION["app_role"],
                              {"id": "r2", "value": "Orders.Write", "enabled": True}]},
                **APPLICATION,
            ),
            WITH_SP,
        ],
    ),
    (
        "the principal is switched off",
        [edit("azuread_service_principal.orders", {"account_enabled": False}, **SP), SP_USER],
        [edit("azuread_service_principal.orders", {"notes": "shop"}, **SP), SP_USER],
    ),
    (
        "only the assigned may sign in",
        [
            edit(
                "azuread_service_principal.orders",
                {"app_role_assignment_required": True},
                **SP,
            )
        ],
        [
            new(
                "azuread_app_role_assignment.x",
                {"app_role_id": "r1", "principal_object_id": "grp-1", "resource_object_id": "sp-1"},
            )
        ],
    ),
    (
        "a secret in use is replaced",
        [
            rebuilt(
                "azuread_application_password.ci", {"display_name": "ci-2"},
                id="pw", display_name="ci", application_id="/applications/app-1",
            ),
            extra("azuread_application.orders", APPLICATION),
            extra("github_actions_secret.ci", {"id": "s", "secret_name": "CI"},
                  plaintext_value=["azuread_application_password.ci.value"]),
        ],
        [
            new(
                "azuread_application_password.ci2",
                {"display_name": "ci2", "application_id": "/applications/app-1"},
                application_id=["azuread_application.orders.id"],
            ),
            extra("azuread_application.orders", APPLICATION),
        ],
    ),
    (
        "the app's identity is made anew",
        [rebuilt("azurerm_user_assigned_identity.app", {"name": "id-orders2"})],
        [new("azurerm_user_assigned_identity.two", IN | {"name": "id-two"})],
    ),
    (
        "a global administrator",
        [
            new(
                "azuread_directory_role_assignment.x",
                {"role_id": "62e90394-69f5-4237-9190-012177145e10", "principal_object_id": "sp-1"},
            )
        ],
        [
            new(
                "azuread_directory_role_assignment.x",
                {"role_id": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "principal_object_id": "sp-1"},
            )
        ],
    ),
    (
        "the service leaves the group that grants",
        [
            gone(
                "azuread_group_member.app",
                id="grp-1/member/sp-1", group_object_id="grp-1", member_object_id="sp-1",
            ),
            extra("azuread_group.operators", GROUP | {"members": []}),
            GROUP_GRANT,
            extra("azuread_service_principal.orders", SP),
        ],
        [
            new(
                "azuread_group_member.app",
                {"group_object_id": "grp-1", "member_object_id": "sp-1"},
                group_object_id=["azuread_group.operators.object_id"],
            ),
            extra("azuread_group.operators", GROUP | {"members": []}),
        ],
    ),
    (
        "a permission of the vault goes",
        [
            edit(
                "azurerm_key_vault_access_policy.app",
                {"secret_permissions": ["List"], "key_permissions": ["Get"]},
            )
        ],
        [
            edit(
                "azurerm_key_vault_access_policy.app",
                {"certificate_permissions": ([], ["Get"])},
            )
        ],
    ),
    (
        "the vault no longer asks its access policies",
        [edit("azurerm_key_vault.main", {"rbac_authorization_enabled": True})],
        [
            edit("azurerm_key_vault.main", {"rbac_authorization_enabled": True}),
            extra(
                "azurerm_role_assignment.app_vault",
                role(VAULT, "Key Vault Crypto User"),
                scope=["azurerm_key_vault.main.id"],
            ),
            extra(
                "azurerm_role_assignment.app_secrets",
                role(VAULT, "Key Vault Secrets User"),
                scope=["azurerm_key_vault.main.id"],
            ),
        ],
    ),
    (
        "activation needs no approval",
        [
            edit(
                "azurerm_role_management_policy.owner",
                {"activation_rules.0.require_approval": False},
                id="rmp", scope=SUB,
                activation_rules=[{"require_approval": True, "maximum_duration": "PT4H"}],
            )
        ],
        [
            edit(
                "azurerm_role_management_policy.owner",
                {"activation_rules.0.maximum_duration": "PT2H"},
                id="rmp", scope=SUB,
                activation_rules=[{"require_approval": True, "maximum_duration": "PT4H"}],
            )
        ],
    ),
]  # fmt: skip
