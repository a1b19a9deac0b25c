"""Guards, policies, logs and Azure DevOps. Each dangerous change stands beside a harmless one."""

from __future__ import annotations

from typing import Final

from tests.rules.azure.objects import (
    APPROVAL,
    ASSIGNMENT,
    ASSIGNMENT_REFS,
    DENY_RULE,
    ENDPOINT,
    PERMISSIONS,
    PIPELINE_ITEM,
    POLICY,
    PROJECT,
    REVIEWERS,
    VARIABLES,
    Case,
)
from tests.rules.azure.world import (
    LAW,
    PG,
    RG,
    STORE,
    edit,
    extra,
    gone,
    new,
)

GOVERNANCE: Final[list[Case]] = [
    (
        "the database may be deleted",
        [gone("azurerm_management_lock.pg")],
        [
            new(
                "azurerm_management_lock.rg",
                {"name": "keep", "scope": RG, "lock_level": "CanNotDelete"},
                scope=["azurerm_resource_group.main.id"],
            )
        ],
    ),
    (
        "nobody may write below the group",
        [
            new(
                "azurerm_management_lock.rg",
                {"name": "frozen", "scope": RG, "lock_level": "ReadOnly"},
                scope=["azurerm_resource_group.main.id"],
            )
        ],
        [
            new(
                "azurerm_management_lock.store",
                {"name": "keep", "scope": STORE, "lock_level": "CanNotDelete"},
                scope=["azurerm_storage_account.data.id"],
            )
        ],
    ),
    (
        "the policy is no longer enforced",
        [
            edit(
                "azurerm_subscription_policy_assignment.x", {"enforce": False},
                ASSIGNMENT_REFS, **ASSIGNMENT,
            ),
            extra("azurerm_policy_definition.no_public_ip", POLICY),
        ],
        [
            edit(
                "azurerm_subscription_policy_assignment.x",
                {"description": ("", "no public addresses")}, ASSIGNMENT_REFS, **ASSIGNMENT,
            ),
            extra("azurerm_policy_definition.no_public_ip", POLICY),
        ],
    ),
    (
        "what was reported is now refused",
        [
            edit(
                "azurerm_policy_definition.no_public_ip",
                {"policy_rule": DENY_RULE % "deny"}, **POLICY,
            ),
            extra("azurerm_subscription_policy_assignment.x", ASSIGNMENT, **ASSIGNMENT_REFS),
        ],
        [
            edit(
                "azurerm_policy_definition.no_public_ip",
                {"display_name": ("", "No public addresses")}, **POLICY,
            ),
            extra("azurerm_subscription_policy_assignment.x", ASSIGNMENT, **ASSIGNMENT_REFS),
        ],
    ),
    (
        "a denying policy holds for the subscription at once",
        [
            new(
                "azurerm_subscription_policy_assignment.x",
                {k: v for k, v in ASSIGNMENT.items() if k != "id"}, **ASSIGNMENT_REFS,
            ),
            extra(
                "azurerm_policy_definition.no_public_ip",
                POLICY | {"policy_rule": DENY_RULE % "deny"},
            ),
        ],
        [
            new(
                "azurerm_subscription_policy_assignment.x",
                {k: v for k, v in ASSIGNMENT.items() if k != "id"} | {"enforce": False},
                **ASSIGNMENT_REFS,
            ),
            extra(
                "azurerm_policy_definition.no_public_ip",
                POLICY | {"policy_rule": DENY_RULE % "deny"},
            ),
        ],
    ),
    (
        "the vault's audit ends",
        [gone("azurerm_monitor_diagnostic_setting.vault")],
        [
            new(
                "azurerm_monitor_diagnostic_setting.pg",
                {"name": "pg", "target_resource_id": PG, "log_analytics_workspace_id": LAW,
                 "enabled_log": [{"category": "PostgreSQLLogs"}]},
                target_resource_id=["azurerm_postgresql_flexible_server.main.id"],
            )
        ],
    ),
    (
        "the vault's audit records nothing",
        [
            edit(
                "azurerm_monitor_diagnostic_setting.vault",
                {"enabled_log": [], "enabled_metric": ([], [{"category": "AllMetrics"}])},
            )
        ],
        [
            edit(
                "azurerm_monitor_diagnostic_setting.vault",
                {"enabled_metric": ([], [{"category": "AllMetrics"}])},
            )
        ],
    ),
    (
        "logs are kept for a month",
        [edit("azurerm_log_analytics_workspace.main", {"retention_in_days": 30})],
        [edit("azurerm_log_analytics_workspace.main", {"retention_in_days": (30, 730)})],
    ),
    (
        "logs end each day at a gigabyte",
        [edit("azurerm_log_analytics_workspace.main", {"daily_quota_gb": 1})],
        [edit("azurerm_log_analytics_workspace.main", {"daily_quota_gb": (1, 50)})],
    ),
    (
        "nobody is called",
        [
            edit(
                "azurerm_monitor_action_group.ops",
                {"email_receiver": []},
                id="ag", name="ops", enabled=True,
                email_receiver=[{"name": "ops", "email_address": "ops@example.com"}],
            )
        ],
        [
            edit(
                "azurerm_monitor_action_group.ops",
                {"email_receiver": [{"name": "ops", "email_address": "ops@example.com"},
                                    {"name": "two", "email_address": "two@example.com"}]},
                id="ag", name="ops", enabled=True,
                email_receiver=[{"name": "ops", "email_address": "ops@example.com"}],
            )
        ],
    ),
    (
        "detection is switched off",
        [
            edit(
                "azurerm_security_center_subscription_pricing.vm", {"tier": "Free"},
                id="p", tier="Standard", resource_type="VirtualMachines",
            )
        ],
        [
            edit(
                "azurerm_security_center_subscription_pricing.vm", {"tier": ("Free", "Standard")},
                id="p", resource_type="VirtualMachines",
            )
        ],
    ),
    (
        "everything in the group goes",
        [gone("azurerm_resource_group.main")],
        [new("azurerm_resource_group.two", {"name": "rg-two", "location": "westeurope"})],
    ),
    (
        "the repository is on the internet",
        [edit("azuredevops_project.orders", {"visibility": "public"}, **PROJECT)],
        [edit("azuredevops_project.orders", {"description": ("", "Orders")}, **PROJECT)],
    ),
    (
        "the project's pipelines are switched off",
        [edit("azuredevops_project.orders", {"features.pipelines": "disabled"}, **PROJECT)],
        [edit("azuredevops_project.orders", {"features.artifacts": "enabled"}, **PROJECT)],
    ),
    (
        "no review before main",
        [
            edit(
                "azuredevops_branch_policy_min_reviewers.main",
                {"settings.0.reviewer_count": 1, "settings.0.submitter_can_vote": True},
                **REVIEWERS,
            )
        ],
        [
            edit(
                "azuredevops_branch_policy_min_reviewers.main",
                {"settings.0.reviewer_count": 3}, **REVIEWERS,
            )
        ],
    ),
    (
        "the review policy is switched off",
        [edit("azuredevops_branch_policy_min_reviewers.main", {"enabled": False}, **REVIEWERS)],
        [
            new(
                "azuredevops_branch_policy_comment_resolution.main",
                {"project_id": "prj-1", "enabled": True, "blocking": True},
            )
        ],
    ),
    (
        "the review policy is deleted",
        [gone("azuredevops_branch_policy_min_reviewers.main", **REVIEWERS)],
        [
            gone(
                "azuredevops_branch_policy_min_reviewers.main",
                **(REVIEWERS | {"enabled": False, "blocking": False}),
            )
        ],
    ),
    (
        "pipelines deploy to another subscription",
        [
            edit(
                "azuredevops_serviceendpoint_azurerm.prod",
                {"azurerm_subscription_id": "99999999-9999-9999-9999-999999999999"}, **ENDPOINT,
            )
        ],
        [
            edit(
                "azuredevops_serviceendpoint_azurerm.prod",
                {"description": "production"}, **ENDPOINT,
            )
        ],
    ),
    (
        "pipelines lose their connection",
        [gone("azuredevops_serviceendpoint_azurerm.prod", **ENDPOINT)],
        [
            new(
                "azuredevops_serviceendpoint_azurerm.second",
                {k: v for k, v in ENDPOINT.items() if k != "id"}
                | {"service_endpoint_name": "two"},
            )
        ],
    ),
    (
        "a variable goes that pipelines read",
        [
            edit(
                "azuredevops_variable_group.prod",
                {"variable": [VARIABLES["variable"][1]]}, **VARIABLES,
            ),
            PIPELINE_ITEM,
        ],
        [
            edit(
                "azuredevops_variable_group.prod",
                {"variable": [*VARIABLES["variable"],
                              {"name": "NEW", "value": "1", "is_secret": False}]},
                **VARIABLES,
            ),
            PIPELINE_ITEM,
        ],
    ),
    (
        "every pipeline may read the group's secrets",
        [edit("azuredevops_variable_group.prod", {"allow_access": True}, **VARIABLES)],
        [edit("azuredevops_variable_group.prod", {"description": ("", "prod")}, **VARIABLES)],
    ),
    (
        "production needs no approval",
        [gone("azuredevops_check_approval.prod", **APPROVAL)],
        [
            edit(
                "azuredevops_check_approval.prod",
                {"approvers": ["lead-1", "lead-2", "lead-3"]}, **APPROVAL,
            )
        ],
    ),
    (
        "one who asks may approve",
        [
            edit(
                "azuredevops_check_approval.prod",
                {"requester_can_approve": True, "minimum_required_approvers": 1}, **APPROVAL,
            )
        ],
        [edit("azuredevops_check_approval.prod", {"instructions": ("", "ask")}, **APPROVAL)],
    ),
    (
        "the team may no longer push",
        [
            edit(
                "azuredevops_git_permissions.team",
                {"permissions": {"GenericRead": "Allow", "GenericContribute": "Deny"}},
                **PERMISSIONS,
            )
        ],
        [
            edit(
                "azuredevops_git_permissions.team",
                {"permissions": {"GenericRead": "Allow", "GenericContribute": "Allow",
                                 "CreateTag": "Allow"}},
                **PERMISSIONS,
            )
        ],
    ),
    (
        "everybody may bypass policies",
        [
            edit(
                "azuredevops_git_permissions.team",
                {"permissions": {"GenericRead": "Allow", "GenericContribute": "Allow",
                                 "PolicyExempt": "Allow"}},
                **PERMISSIONS,
            )
        ],
        [
            edit(
                "azuredevops_git_permissions.team",
                {"permissions": {"GenericRead": "Allow", "GenericContribute": "Allow",
                                 "PullRequestContribute": "Allow"}},
                **PERMISSIONS,
            )
        ],
    ),
    (
        "the history of the code goes",
        [
            gone("azuredevops_git_repository.orders", id="repo-1", name="orders",
                 project_id="prj-1", size=1048576)
        ],
        [new("azuredevops_git_repository.two", {"name": "two", "project_id": "prj-1"})],
    ),
    (
        "a release pipeline goes",
        [
            gone("azuredevops_build_definition.release", id="b-1", project_id="prj-1",
                 name="release"),
        ],
        [new("azuredevops_build_definition.two", {"name": "two", "project_id": "prj-1"})],
    ),
    (
        "only the listed are in the group",
        [
            new(
                "azuredevops_group_membership.admins",
                {"group": "vssgp.admins", "members": ["aad.a"], "mode": "overwrite"},
            )
        ],
        [
            new(
                "azuredevops_group_membership.admins",
                {"group": "vssgp.readers", "members": ["aad.a"], "mode": "add"},
            )
        ],
    ),
]  # fmt: skip
