"""Facts about permissions: where policies stand, and which roles and actions give how much.

Attribute names are from the providers' schemas (aws 5.100), role names and ids from the clouds'
own lists. Actions that let their holder give himself more follow the known ways of escalation.
"""

from enum import IntEnum, StrEnum


class PolicyKind(StrEnum):
    """What an IAM-style policy is attached to."""

    IDENTITY = "identity"
    """To a principal: says what it may do."""
    TRUST = "trust"
    """To a role: says who may take it on."""
    RESOURCE = "resource"
    """To a resource: says who may use it."""


class Power(IntEnum):
    """How much a grant gives, least first."""

    ORDINARY = 0
    BROAD = 1
    """Reads or writes much more than one application's own things."""
    STRONG = 2
    """Administers a service or a part of the estate."""
    ADMIN = 3
    """Can do everything, or give itself everything."""


IDENTITY_POLICIES: dict[str, str] = {
    "aws_iam_group_policy": "policy",
    "aws_iam_policy": "policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_iot_policy": "policy",
    "aws_ssoadmin_permission_set_inline_policy": "inline_policy",
}
"""Type to the argument that holds an identity policy. Inline blocks of aws_iam_role are extra."""

TRUST_POLICIES: dict[str, str] = {"aws_iam_role": "assume_role_policy"}
"""Type to the argument that says who may assume it."""

RESOURCE_POLICIES: dict[str, str] = {
    "aws_acmpca_policy": "policy",
    "aws_api_gateway_rest_api": "policy",
    "aws_api_gateway_rest_api_policy": "policy",
    "aws_backup_vault_policy": "policy",
    "aws_cloudsearch_domain_service_access_policy": "access_policy",
    "aws_cloudwatch_event_bus_policy": "policy",
    "aws_cloudwatch_log_destination_policy": "access_policy",
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_codeartifact_domain_permissions_policy": "policy_document",
    "aws_codeartifact_repository_permissions_policy": "policy_document",
    "aws_dynamodb_resource_policy": "policy",
    "aws_ecr_registry_policy": "policy",
    "aws_ecr_repository_policy": "policy",
    "aws_ecrpublic_repository_policy": "policy",
    "aws_efs_file_system_policy": "policy",
    "aws_elasticsearch_domain": "access_policies",
    "aws_elasticsearch_domain_policy": "access_policies",
    "aws_glacier_vault": "access_policy",
    "aws_glue_resource_policy": "policy",
    "aws_kinesis_resource_policy": "policy",
    "aws_kms_external_key": "policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_kms_replica_external_key": "policy",
    "aws_kms_replica_key": "policy",
    "aws_media_store_container_policy": "policy",
    "aws_msk_cluster_policy": "policy",
    "aws_networkfirewall_resource_policy": "policy",
    "aws_opensearch_domain": "access_policies",
    "aws_opensearch_domain_policy": "access_policies",
    "aws_redshift_resource_policy": "policy",
    "aws_s3_access_point": "policy",
    "aws_s3_bucket": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_s3control_access_point_policy": "policy",
    "aws_s3control_bucket_policy": "policy",
    "aws_s3control_multi_region_access_point_policy": "policy",
    "aws_s3tables_table_bucket_policy": "resource_policy",
    "aws_s3tables_table_policy": "resource_policy",
    "aws_schemas_registry_policy": "policy",
    "aws_secretsmanager_secret": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_ses_identity_policy": "policy",
    "aws_sesv2_email_identity_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
    "aws_vpc_endpoint": "policy",
    "aws_vpc_endpoint_policy": "policy",
    "aws_vpclattice_auth_policy": "policy",
    "aws_vpclattice_resource_policy": "policy",
}
"""Type to the argument that holds a resource policy."""

POLICY_DEFAULTS_TO_COMPUTED: frozenset[str] = frozenset(
    {
        "aws_api_gateway_rest_api",
        "aws_elasticsearch_domain",
        "aws_glacier_vault",
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
        "aws_opensearch_domain",
        "aws_s3_access_point",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
        "aws_sns_topic",
        "aws_sqs_queue",
        "aws_vpc_endpoint",
    }
)
"""Where an unknown policy on a create only means that none is configured. Schema."""

KEY_POLICIES: frozenset[str] = frozenset(
    {
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
    }
)
"""Types whose policy is the only way to a KMS key: without it not even root may change it."""

ENDPOINT_POLICIES: frozenset[str] = frozenset({"aws_vpc_endpoint", "aws_vpc_endpoint_policy"})
"""Types whose policy filters traffic; without a policy an endpoint lets everything through."""

POLICY_ATTACHMENTS: dict[str, tuple[str, str]] = {
    "aws_iam_group_policy_attachment": ("policy_arn", "group"),
    "aws_iam_policy_attachment": ("policy_arn", ""),
    "aws_iam_role_policy_attachment": ("policy_arn", "role"),
    "aws_iam_user_policy_attachment": ("policy_arn", "user"),
    "aws_ssoadmin_managed_policy_attachment": ("managed_policy_arn", "permission_set_arn"),
}
"""Type to the arguments that name the attached policy and the principal."""

AWS_MANAGED_POLICIES: dict[str, Power] = {
    "AdministratorAccess": Power.ADMIN,
    "AdministratorAccess-Amplify": Power.STRONG,
    "AdministratorAccess-AWSElasticBeanstalk": Power.STRONG,
    "AmazonDynamoDBFullAccess": Power.STRONG,
    "AmazonDynamoDBFullAccess_v2": Power.STRONG,
    "AmazonEC2ContainerRegistryFullAccess": Power.STRONG,
    "AmazonEC2FullAccess": Power.STRONG,
    "AmazonECS_FullAccess": Power.STRONG,
    "AmazonElastiCacheFullAccess": Power.STRONG,
    "AmazonEMRFullAccessPolicy_v2": Power.STRONG,
    "AmazonRDSFullAccess": Power.STRONG,
    "AmazonRedshiftFullAccess": Power.STRONG,
    "AmazonRoute53FullAccess": Power.STRONG,
    "AmazonS3FullAccess": Power.STRONG,
    "AmazonSSMFullAccess": Power.STRONG,
    "AmazonVPCFullAccess": Power.STRONG,
    "AWSCloudFormationFullAccess": Power.STRONG,
    "AWSCloudTrail_FullAccess": Power.STRONG,
    "AWSCodeBuildAdminAccess": Power.STRONG,
    "AWSKeyManagementServicePowerUser": Power.STRONG,
    "AWSLambda_FullAccess": Power.STRONG,
    "AWSOrganizationsFullAccess": Power.ADMIN,
    "AWSSSOMasterAccountAdministrator": Power.ADMIN,
    "DatabaseAdministrator": Power.STRONG,
    "IAMFullAccess": Power.ADMIN,
    "NetworkAdministrator": Power.STRONG,
    "PowerUserAccess": Power.ADMIN,
    "ReadOnlyAccess": Power.BROAD,
    "SecretsManagerReadWrite": Power.STRONG,
    "SystemAdministrator": Power.ADMIN,
}
"""AWS's own policies by the last part of their ARN; other `*FullAccess` ones count as BROAD."""

ESCALATIONS: frozenset[str] = frozenset(
    {
        "iam:addusertogroup",
        "iam:attachgrouppolicy",
        "iam:attachrolepolicy",
        "iam:attachuserpolicy",
        "iam:createaccesskey",
        "iam:createloginprofile",
        "iam:createpolicyversion",
        "iam:deleterolepermissionsboundary",
        "iam:deleteuserpermissionsboundary",
        "iam:passrole",
        "iam:putgrouppolicy",
        "iam:putrolepermissionsboundary",
        "iam:putrolepolicy",
        "iam:putuserpermissionsboundary",
        "iam:putuserpolicy",
        "iam:setdefaultpolicyversion",
        "iam:updateassumerolepolicy",
        "iam:updateloginprofile",
        "organizations:attachpolicy",
        "organizations:detachpolicy",
        "sso:attachmanagedpolicytopermissionset",
        "sso:createaccountassignment",
        "sso:putinlinepolicytopermissionset",
        "sts:assumerole",
    }
)
"""Actions that, on any resource, let their holder take more than he was given."""

SENSITIVE_READS: frozenset[str] = frozenset(
    {
        "kms:decrypt",
        "secretsmanager:getsecretvalue",
    }
)
"""Reads that on any resource open what was meant to be closed."""

GATE_SERVICES: frozenset[str] = frozenset({"iam", "organizations", "sso", "sso-directory"})
"""Services where every write is a write to permissions: a wildcard on them is admin."""

MILD_SERVICES: frozenset[str] = frozenset(
    {
        "application-autoscaling",
        "cloudwatch",
        "ec2messages",
        "logs",
        "rum",
        "ssmmessages",
        "synthetics",
        "tag",
        "xray",
    }
)
"""Services where a wildcard is usual and little is lost by it."""

READ_VERBS: tuple[str, ...] = (
    "batchdescribe",
    "batchget",
    "check",
    "describe",
    "estimate",
    "filter",
    "get",
    "list",
    "lookup",
    "query",
    "read",
    "scan",
    "search",
    "select",
    "simulate",
    "test",
    "view",
)
"""How the names of reading actions begin."""

GRAVE_VERBS: tuple[str, ...] = ("delete", "terminate", "purge", "destroy")
"""How the names of actions begin that are grave on every resource."""

MILD_ACTIONS: frozenset[str] = frozenset(
    {
        "ec2:deletenetworkinterface",
        "ec2:deletenetworkinterfacepermission",
        "ec2:deletetags",
        "ecr:batchchecklayeravailability",
        "sqs:deletemessage",
    }
)
"""Actions that sound grave, and that AWS's own service policies give on any resource."""

SELF_SERVICE: frozenset[str] = frozenset(
    {
        "iam:changepassword",
        "iam:createvirtualmfadevice",
        "iam:enablemfadevice",
        "iam:resyncmfadevice",
    }
)
"""Writes to permissions by which nobody takes more: one's own password, a second factor."""

GOOGLE_ROLES: dict[str, Power] = {
    "roles/editor": Power.ADMIN,
    "roles/iam.organizationRoleAdmin": Power.ADMIN,
    "roles/iam.roleAdmin": Power.ADMIN,
    "roles/iam.securityAdmin": Power.ADMIN,
    "roles/iam.serviceAccountAdmin": Power.ADMIN,
    "roles/iam.serviceAccountKeyAdmin": Power.ADMIN,
    "roles/iam.serviceAccountTokenCreator": Power.ADMIN,
    "roles/iam.serviceAccountUser": Power.STRONG,
    "roles/iam.workloadIdentityPoolAdmin": Power.ADMIN,
    "roles/owner": Power.ADMIN,
    "roles/resourcemanager.folderAdmin": Power.ADMIN,
    "roles/resourcemanager.folderIamAdmin": Power.ADMIN,
    "roles/resourcemanager.organizationAdmin": Power.ADMIN,
    "roles/resourcemanager.projectIamAdmin": Power.ADMIN,
    "roles/secretmanager.secretAccessor": Power.BROAD,
    "roles/viewer": Power.ORDINARY,
}
"""Google roles by what they give on a project, folder or organisation."""

GOOGLE_MILD_ADMINS: frozenset[str] = frozenset(
    {
        "roles/cloudtrace.admin",
        "roles/cloudprofiler.admin",
        "roles/errorreporting.admin",
        "roles/monitoring.admin",
        "roles/monitoring.dashboardEditor",
        "roles/serviceusage.serviceUsageAdmin",
        "roles/storage.objectAdmin",
    }
)
"""Roles named admin that give less than the name says."""

AZURE_ROLES: dict[str, Power] = {
    "access review operator service role": Power.STRONG,
    "contributor": Power.STRONG,
    "key vault administrator": Power.STRONG,
    "key vault data access administrator": Power.STRONG,
    "key vault secrets officer": Power.BROAD,
    "managed identity contributor": Power.STRONG,
    "network contributor": Power.STRONG,
    "owner": Power.ADMIN,
    "role based access control administrator": Power.ADMIN,
    "security admin": Power.STRONG,
    "sql db contributor": Power.BROAD,
    "sql server contributor": Power.STRONG,
    "storage account contributor": Power.STRONG,
    "storage blob data owner": Power.STRONG,
    "user access administrator": Power.ADMIN,
    "virtual machine contributor": Power.STRONG,
    "azure kubernetes service cluster admin role": Power.STRONG,
    "azure kubernetes service rbac cluster admin": Power.ADMIN,
}
"""Azure roles by name in lower case. Built-in role list."""

AZURE_ROLE_IDS: dict[str, str] = {
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "user access administrator",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "key vault administrator",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "storage blob data owner",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "role based access control administrator",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "network contributor",
    "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "virtual machine contributor",
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "azure kubernetes service rbac cluster admin",
}
"""Ids of the built-in roles above. The same in every tenant."""

AZURE_DIRECTORY_ROLES: frozenset[str] = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
    }
)
"""Template ids: global, privileged authentication, application, privileged role and cloud
application administrator."""

EKS_ACCESS_POLICIES: dict[str, Power] = {
    "AmazonEKSAdminPolicy": Power.STRONG,
    "AmazonEKSClusterAdminPolicy": Power.ADMIN,
}
"""EKS access policies by the last part of their ARN."""

PRINCIPAL_TYPES: dict[str, tuple[str, ...]] = {
    "aws_iam_group": ("name",),
    "aws_iam_instance_profile": ("name",),
    "aws_iam_role": ("name",),
    "aws_iam_user": ("name",),
    "azuread_application": ("display_name",),
    "azuread_application_registration": ("display_name",),
    "azuread_group": ("display_name",),
    "azuread_service_principal": ("client_id", "application_id"),
    "azurerm_user_assigned_identity": ("name", "resource_group_name"),
    "google_service_account": ("account_id", "project"),
    "google_iam_workload_identity_pool": ("workload_identity_pool_id", "project"),
    "google_iam_workload_identity_pool_provider": (
        "workload_identity_pool_provider_id",
        "workload_identity_pool_id",
        "project",
    ),
    "aws_iam_openid_connect_provider": ("url",),
    "aws_iam_saml_provider": ("name",),
    "kubernetes_service_account": ("metadata",),
    "kubernetes_service_account_v1": ("metadata",),
}
"""Principals, and what their name consists of. A new one by the same name is somebody else."""

DISABLING: dict[str, tuple[str, bool | str]] = {
    "aws_iam_access_key": ("status", "Active"),
    "azuread_service_principal": ("account_enabled", True),
    "google_iam_workload_identity_pool": ("disabled", False),
    "google_iam_workload_identity_pool_provider": ("disabled", False),
    "google_service_account": ("disabled", False),
}
"""Principals and credentials with a switch, and the value at which they work. Schema."""

ROLE_HOLDERS: dict[str, str] = {
    "aws_codebuild_project": "service_role",
    "aws_iam_instance_profile": "role",
    "aws_lambda_function": "role",
    "aws_sfn_state_machine": "role_arn",
}
"""Types that act as an IAM role, and the argument that names it: by name or ARN."""

IDENTITY_ANNOTATIONS: tuple[str, ...] = (
    "azure.workload.identity/client-id",
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
)
"""Annotations by which a Kubernetes service account becomes a principal of the cloud."""

IDENTITY_PROVIDERS: frozenset[str] = frozenset(
    {
        "aws_iam_openid_connect_provider",
        "aws_iam_saml_provider",
        "google_iam_workload_identity_pool",
        "google_iam_workload_identity_pool_provider",
    }
)
"""Principals that stand for many others: without them nobody gets in through them."""
