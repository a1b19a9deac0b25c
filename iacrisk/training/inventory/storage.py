"""What holds data: buckets, tables, databases, streams, secrets, logs, file systems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from iacrisk.training.intents import ACCOUNT, REGION
from iacrisk.training.inventory.cloud import Cloud, tags_of
from iacrisk.training.inventory.network import nodes_in
from iacrisk.training.inventory.things import Thing
from iacrisk.training.network import Network, Node

SEEDED_LOG_STREAM = "seeded-before-the-edit"
_FOREVER = 1_000_000
"""Days, for a log group without a retention."""


def read_buckets(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Buckets, their keys and everything that guards them."""
    for item in cloud.list("s3", "list_buckets", "Buckets"):
        name = item["Name"]
        encryption = cloud.ask("s3", "get_bucket_encryption", Bucket=name)
        default = _default_encryption(encryption)
        lifecycle = cloud.ask("s3", "get_bucket_lifecycle_configuration", Bucket=name) or {}
        policy = cloud.ask("s3", "get_bucket_policy", Bucket=name)
        blocked = cloud.ask("s3", "get_public_access_block", Bucket=name) or {}
        acl = cloud.ask("s3", "get_bucket_acl", Bucket=name) or {}
        versioning = cloud.ask("s3", "get_bucket_versioning", Bucket=name) or {}
        site = cloud.ask("s3", "get_bucket_website", Bucket=name)
        yield Thing(
            kind="bucket",
            name=name,
            identity=str(item["CreationDate"]),
            handles=(f"arn:aws:s3:::{name}", name),
            addresses=(
                f"{name}.s3.amazonaws.com",
                f"{name}.s3.{REGION}.amazonaws.com",
                *((f"{name}.s3-website-{REGION}.amazonaws.com",) if site else ()),
            ),
            mentions=(default.get("KMSMasterKeyID", ""),),
            policy=policy and policy["Policy"],
            facts={
                "content": sorted(
                    entry["Key"]
                    for entry in cloud.list("s3", "list_objects_v2", "Contents", Bucket=name)
                ),
                "blocked": blocked.get("PublicAccessBlockConfiguration") or {},
                "grants": acl.get("Grants", []),
                "encryption": default.get("SSEAlgorithm", ""),
                "versioning": versioning.get("Status") == "Enabled",
                "expires": [rule for rule in lifecycle.get("Rules", ()) if _expires_all(rule)],
            },
        )


def _default_encryption(answer: Any) -> dict[str, str]:
    rules = (answer or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules") or [{}]
    default: dict[str, str] = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    return default


def _expires_all(rule: Any) -> bool:
    """Whether a lifecycle rule deletes current objects, whatever they are called."""
    scope = rule.get("Filter") or {}
    narrow = scope.get("Prefix") or scope.get("Tag") or scope.get("And") or rule.get("Prefix")
    return rule.get("Status") == "Enabled" and "Expiration" in rule and not narrow


def read_tables(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """DynamoDB tables with their items."""
    for name in cloud.list("dynamodb", "list_tables", "TableNames"):
        table = cloud.client("dynamodb").describe_table(TableName=name)["Table"]
        backups = cloud.ask("dynamodb", "describe_continuous_backups", TableName=name) or {}
        recovery = backups.get("ContinuousBackupsDescription", {}).get(
            "PointInTimeRecoveryDescription", {}
        )
        policy = cloud.ask("dynamodb", "get_resource_policy", ResourceArn=table["TableArn"])
        yield Thing(
            kind="table",
            name=name,
            identity=table.get("TableId") or str(table["CreationDateTime"]),
            handles=(table["TableArn"], name),
            policy=policy and policy.get("Policy"),
            facts={
                "content": len(cloud.list("dynamodb", "scan", "Items", TableName=name)),
                "keys": [key["AttributeName"] for key in table["KeySchema"]],
                "key_types": {
                    each["AttributeName"]: each["AttributeType"]
                    for each in table["AttributeDefinitions"]
                },
                "indexes": sorted(
                    each["IndexName"] for each in table.get("GlobalSecondaryIndexes") or ()
                ),
                "recovery": recovery.get("PointInTimeRecoveryStatus") == "ENABLED",
                "protected": bool(table.get("DeletionProtectionEnabled")),
                "stream": bool((table.get("StreamSpecification") or {}).get("StreamEnabled")),
                "stream_arn": table.get("LatestStreamArn", ""),
            },
        )


def read_databases(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """RDS instances; clusters count as instances of their own."""
    for item in cloud.list("rds", "describe_db_snapshots", "DBSnapshots"):
        yield Thing(
            kind="snapshot",
            name=item["DBSnapshotIdentifier"],
            identity=item["DBSnapshotIdentifier"],
            facts={"of": item["DBInstanceIdentifier"]},
        )
    for item in cloud.list("rds", "describe_db_instances", "DBInstances"):
        name = item["DBInstanceIdentifier"]
        endpoint = item.get("Endpoint") or {}
        group = item.get("DBSubnetGroup") or {}
        public = bool(item.get("PubliclyAccessible"))
        yield Thing(
            kind="database",
            name=name,
            identity=item.get("DbiResourceId", ""),
            handles=(item["DBInstanceArn"], name, item.get("DbiResourceId", "")),
            addresses=(endpoint["Address"].lower(),) if endpoint.get("Address") else (),
            nodes=nodes_in(
                network,
                [each["SubnetIdentifier"] for each in group.get("Subnets", ())],
                [each["VpcSecurityGroupId"] for each in item["VpcSecurityGroups"]],
                public=public,
            ),
            mentions=(item.get("KmsKeyId") or "",),
            facts={
                "port": endpoint.get("Port"),
                "public": public,
                "backup": item.get("BackupRetentionPeriod") or 0,
                "encrypted": bool(item.get("StorageEncrypted")),
                "protected": bool(item.get("DeletionProtection")),
                "standby": bool(item.get("MultiAZ")),
                "class": item["DBInstanceClass"],
                "storage": item.get("AllocatedStorage") or 0,
            },
        )


def read_warehouses(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """Redshift clusters. The emulator tells the VPC of their subnet group only."""
    subnet_groups = {
        item["ClusterSubnetGroupName"]: [each["SubnetIdentifier"] for each in item["Subnets"]]
        for item in cloud.list("redshift", "describe_cluster_subnet_groups", "ClusterSubnetGroups")
    }
    for item in cloud.list("redshift", "describe_clusters", "Clusters"):
        name, endpoint = item["ClusterIdentifier"], item.get("Endpoint") or {}
        public = bool(item.get("PubliclyAccessible"))
        subnets = subnet_groups.get(str(item.get("ClusterSubnetGroupName")), [])
        groups = [each["VpcSecurityGroupId"] for each in item.get("VpcSecurityGroups", ())]
        yield Thing(
            kind="warehouse",
            name=name,
            identity=str(item.get("ClusterCreateTime")),
            handles=(name,),
            addresses=(endpoint["Address"].lower(),) if endpoint.get("Address") else (),
            nodes=nodes_in(network, subnets, groups, public=public),
            units=item.get("NumberOfNodes"),
            facts={
                "public": public,
                "encrypted": bool(item.get("Encrypted")),
                "backup": item.get("AutomatedSnapshotRetentionPeriod") or 0,
            },
        )


def read_caches(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """ElastiCache clusters."""
    groups = {
        item["CacheSubnetGroupName"]: [each["SubnetIdentifier"] for each in item["Subnets"]]
        for item in cloud.list("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
    }
    for item in cloud.list(
        "elasticache", "describe_cache_clusters", "CacheClusters", ShowCacheNodeInfo=True
    ):
        name = item["CacheClusterId"]
        nodes = item.get("CacheNodes") or ()
        subnets = groups.get(item.get("CacheSubnetGroupName", ""), ())
        members = [each["SecurityGroupId"] for each in item.get("SecurityGroups") or ()]
        yield Thing(
            kind="cache",
            name=name,
            identity=str(item.get("CacheClusterCreateTime")),
            handles=(item.get("ARN") or name, name),
            addresses=tuple(
                each["Endpoint"]["Address"].lower() for each in nodes if each.get("Endpoint")
            ),
            nodes=nodes_in(network, subnets, members, public=False),
            units=item.get("NumCacheNodes"),
            facts={"encrypted": bool(item.get("AtRestEncryptionEnabled"))},
        )


def read_file_systems(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """EFS with mount targets."""
    for item in cloud.list("efs", "describe_file_systems", "FileSystems"):
        identity = item["FileSystemId"]
        nodes: list[Node] = []
        for mount in cloud.list(
            "efs", "describe_mount_targets", "MountTargets", FileSystemId=identity
        ):
            groups = cloud.ask(
                "efs", "describe_mount_target_security_groups", MountTargetId=mount["MountTargetId"]
            )
            members = (groups or {}).get("SecurityGroups", ())
            nodes += nodes_in(network, [mount["SubnetId"]], members, public=False)
        policy = cloud.ask("efs", "describe_file_system_policy", FileSystemId=identity)
        yield Thing(
            kind="file-system",
            name=item["CreationToken"],
            identity=identity,
            handles=(identity, item.get("FileSystemArn", identity)),
            addresses=(f"{identity}.efs.us-east-1.amazonaws.com",),
            nodes=tuple(nodes),
            units=len(nodes),
            policy=policy and policy.get("Policy"),
            facts={"encrypted": bool(item.get("Encrypted"))},
        )


def read_volumes(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Named EBS volumes."""
    for item in cloud.list("ec2", "describe_volumes", "Volumes"):
        if name := tags_of(item).get("Name"):
            yield Thing(
                kind="volume",
                name=name,
                identity=item["VolumeId"],
                handles=(item["VolumeId"],),
                facts={
                    "attached": bool(item["Attachments"]),
                    "encrypted": bool(item.get("Encrypted")),
                },
            )


def read_secrets(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Secrets with their values."""
    for item in cloud.list("secretsmanager", "list_secrets", "SecretList"):
        if item.get("DeletedDate"):
            continue
        arn = item["ARN"]
        value = cloud.ask("secretsmanager", "get_secret_value", SecretId=arn)
        policy = cloud.ask("secretsmanager", "get_resource_policy", SecretId=arn)
        text = (value or {}).get("SecretString")
        yield Thing(
            kind="secret",
            name=item["Name"],
            identity=arn,
            handles=(arn, item["Name"]),
            mentions=(text or "", item.get("KmsKeyId") or ""),
            policy=policy and policy.get("ResourcePolicy"),
            facts={"value": text, "rotation": bool(item.get("RotationEnabled"))},
        )


def read_parameters(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """SSM parameters with their values."""
    names = [item["Name"] for item in cloud.list("ssm", "describe_parameters", "Parameters")]
    for start in range(0, len(names), 10):
        answer = cloud.client("ssm").get_parameters(
            Names=names[start : start + 10], WithDecryption=True
        )
        for item in answer["Parameters"]:
            name, arn = item["Name"], item["ARN"]
            value = item["Value"]
            yield Thing(
                kind="parameter",
                name=name,
                identity=name,
                handles=(arn, name),
                mentions=(value,),
                facts={"value": value},
            )


def read_log_groups(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Log groups; what was seeded shows whether the group is still the same."""
    for item in cloud.list("logs", "describe_log_groups", "logGroups"):
        name = item["logGroupName"]
        streams = cloud.ask(
            "logs",
            "describe_log_streams",
            logGroupName=name,
            logStreamNamePrefix=SEEDED_LOG_STREAM,
        )
        filters = cloud.list(
            "logs", "describe_subscription_filters", "subscriptionFilters", logGroupName=name
        )
        yield Thing(
            kind="log-group",
            name=name,
            identity=str(item["creationTime"]),
            handles=(item["arn"].removesuffix(":*"), item["arn"], name),
            facts={
                "content": len((streams or {}).get("logStreams", ())),
                "retention": item.get("retentionInDays") or _FOREVER,
                "subscriptions": [each["destinationArn"] for each in filters],
            },
        )


def read_streams(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Kinesis streams with their records."""
    for name in cloud.list("kinesis", "list_streams", "StreamNames"):
        client = cloud.client("kinesis")
        item = client.describe_stream(StreamName=name)["StreamDescription"]
        records = 0
        for shard in item["Shards"]:
            iterator = client.get_shard_iterator(
                StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            records += len(client.get_records(ShardIterator=iterator["ShardIterator"])["Records"])
        open_shards = [
            shard
            for shard in item["Shards"]
            if not shard["SequenceNumberRange"].get("EndingSequenceNumber")
        ]
        yield Thing(
            kind="stream",
            name=name,
            identity=str(item.get("StreamCreationTimestamp")),
            handles=(item["StreamARN"], name),
            units=len(open_shards),
            facts={
                "content": records,
                "retention": item["RetentionPeriodHours"],
                "encrypted": item.get("EncryptionType") == "KMS",
            },
        )


def read_repositories(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Image repositories with their images."""
    for item in cloud.list("ecr", "describe_repositories", "repositories"):
        name = item["repositoryName"]
        images = cloud.list("ecr", "list_images", "imageIds", repositoryName=name)
        policy = cloud.ask("ecr", "get_repository_policy", repositoryName=name)
        yield Thing(
            kind="repository",
            name=name,
            identity=str(item.get("createdAt")),
            handles=(item["repositoryArn"], item["repositoryUri"], name),
            policy=policy and policy.get("policyText"),
            facts={"content": len(images), "immutable": item["imageTagMutability"] == "IMMUTABLE"},
        )


def read_search(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """OpenSearch domains."""
    for entry in cloud.list("opensearch", "list_domain_names", "DomainNames"):
        name = entry["DomainName"]
        item = cloud.client("opensearch").describe_domain(DomainName=name)["DomainStatus"]
        yield Thing(
            kind="search",
            name=name,
            identity=item.get("ARN", name) + str(item.get("Created")),
            handles=(item.get("ARN", name), name),
            policy=item.get("AccessPolicies"),
            addresses=(item["Endpoint"].lower(),) if item.get("Endpoint") else (),
            units=(item.get("ClusterConfig") or {}).get("InstanceCount"),
            facts={"encrypted": bool((item.get("EncryptionAtRestOptions") or {}).get("Enabled"))},
        )


def read_catalogue(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Glue: databases, tables, crawlers and jobs."""
    for database in cloud.list("glue", "get_databases", "DatabaseList"):
        for item in cloud.list("glue", "get_tables", "TableList", DatabaseName=database["Name"]):
            store = item.get("StorageDescriptor") or {}
            name = f"{database['Name']}/{item['Name']}"
            yield Thing(
                kind="glue-table",
                name=name,
                identity=name,
                handles=(f"{ACCOUNT}:{database['Name']}:{item['Name']}", item["Name"]),
                mentions=(store.get("Location", ""),),
                facts={"columns": [each["Name"] for each in store.get("Columns", ())]},
            )
    for item in cloud.list("glue", "get_crawlers", "Crawlers"):
        paths = [each["Path"] for each in item["Targets"].get("S3Targets", ())]
        yield Thing(
            kind="glue-crawler",
            name=item["Name"],
            identity=item["Name"],
            handles=(item["Name"],),
            mentions=(*paths, item["Role"]),
        )
    for item in cloud.list("glue", "get_jobs", "Jobs"):
        yield Thing(
            kind="glue-job",
            name=item["Name"],
            identity=item["Name"],
            handles=(item["Name"],),
            mentions=(
                item["Command"].get("ScriptLocation", ""),
                item["Role"],
                *item.get("DefaultArguments", {}).values(),
            ),
        )


def key_of_secret(text: str | None, key: str) -> str | None:
    """One key of a secret that holds JSON."""
    try:
        value = json.loads(text or "")[key]
    except (ValueError, KeyError, TypeError):
        return None
    return str(value)


STORAGE_READERS = {
    "s3": (read_buckets,),
    "dynamodb": (read_tables,),
    "rds": (read_databases,),
    "redshift": (read_warehouses,),
    "elasticache": (read_caches,),
    "efs": (read_file_systems,),
    "secretsmanager": (read_secrets,),
    "ssm": (read_parameters,),
    "logs": (read_log_groups,),
    "kinesis": (read_streams,),
    "ecr": (read_repositories,),
    "opensearch": (read_search,),
    "glue": (read_catalogue,),
}
