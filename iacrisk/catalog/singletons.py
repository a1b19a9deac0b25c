"""Types of which an object has one at most: a second resource overwrites what the first one wrote.

The argument names the object; "" means one for the whole account. Provider documentation, where
it says that a second resource of the type leads to a perpetual difference or overwrites.
"""

from typing import Final

ONE_EACH: Final[dict[str, str]] = {
    "aws_api_gateway_account": "",
    "aws_backup_vault_policy": "backup_vault_name",
    "aws_ecr_lifecycle_policy": "repository",
    "aws_ecr_repository_policy": "repository",
    "aws_efs_file_system_policy": "file_system_id",
    "aws_iam_account_password_policy": "",
    "aws_kms_key_policy": "key_id",
    "aws_main_route_table_association": "vpc_id",
    "aws_s3_account_public_access_block": "",
    "aws_s3_bucket_acl": "bucket",
    "aws_s3_bucket_cors_configuration": "bucket",
    "aws_s3_bucket_lifecycle_configuration": "bucket",
    "aws_s3_bucket_logging": "bucket",
    "aws_s3_bucket_notification": "bucket",
    "aws_s3_bucket_ownership_controls": "bucket",
    "aws_s3_bucket_policy": "bucket",
    "aws_s3_bucket_public_access_block": "bucket",
    "aws_s3_bucket_replication_configuration": "bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "bucket",
    "aws_s3_bucket_versioning": "bucket",
    "aws_s3_bucket_website_configuration": "bucket",
    "aws_secretsmanager_secret_policy": "secret_arn",
    "aws_sns_topic_policy": "arn",
    "aws_sqs_queue_policy": "queue_url",
    "aws_sqs_queue_redrive_policy": "queue_url",
    "aws_vpc_endpoint_policy": "vpc_endpoint_id",
    "azurerm_subnet_network_security_group_association": "subnet_id",
    "azurerm_subnet_route_table_association": "subnet_id",
    "azurerm_storage_account_network_rules": "storage_account_id",
    "azurerm_storage_management_policy": "storage_account_id",
    "google_compute_project_default_network_tier": "",
}
