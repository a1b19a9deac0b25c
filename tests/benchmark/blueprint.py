"""The configuration that the generated plans are made of: one network, and services on it.

A service is what a platform team's own module usually holds: a role with its policy, a security
group, instances with volumes behind a target group, a bucket, a queue, a database, alarms. The
attribute names are the AWS provider's; the values are made up and as long as real ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Key = str | int | None

ACCOUNT = "123456789012"
REGION = "eu-west-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which instance of a block the values are for.

    `fill` lengthens its texts, `lean` leaves out what is empty.
    """

    service: str
    number: int
    key: Key
    fill: int
    lean: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A resource block: its instances, values, references and what may change about it.

    `update` and `replace` name an attribute with its new value; `references` are arguments with
    what they refer to, as Terraform lists it.
    """

    type: str
    name: str
    values: Callable[[Place], Json]
    keys: Sequence[Key] = (None,)
    references: Mapping[str, Sequence[str]] = field(default_factory=dict)
    update: tuple[str, Any] | None = None
    replace: tuple[str, Any] | None = None
    tagged: bool = True
    sensitive: tuple[str, ...] = ()
    computed: tuple[str, ...] = ("id", "arn")

    @property
    def address(self) -> str:
        """The address inside the module, without instance key."""
        return f"{self.type}.{self.name}"

    @property
    def repetition(self) -> str:
        """`count`, `for_each` or nothing."""
        if self.keys[0] is None:
            return ""
        return "count" if isinstance(self.keys[0], int) else "for_each"


def tags(place: Place, revision: str) -> dict[str, str]:
    """The tags of an object; `revision` is what a mass tag update changes."""
    few = {
        "Name": f"{place.service}-{place.key if place.key is not None else 'main'}",
        "Revision": revision,
        "Service": place.service,
    }
    if place.lean:
        return few
    return {
        "CostCenter": f"cc-{place.number % 97:04d}",
        "ManagedBy": "terraform",
        **few,
        "Owner": f"team-{place.number % 13}@example.com",
        "Stage": "prod",
    }


def policy(place: Place, actions: Sequence[str]) -> str:
    """A policy document with as many statements as fit into `fill` characters."""
    statements: list[Json] = [
        {
            "Action": list(actions),
            "Effect": "Allow",
            "Resource": _arn("s3", f"{place.service}-data"),
        }
    ]
    length = 0
    while length < place.fill:
        number = len(statements)
        statement = {
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Condition": {"StringEquals": {"aws:PrincipalTag/Service": f"{place.service}{number}"}},
            "Effect": "Allow",
            "Resource": [_arn("s3", f"{place.service}-shared-{number}/*")],
            "Sid": f"Shared{place.number}x{number}",
        }
        statements.append(statement)
        length += len(json.dumps(statement))
    return json.dumps({"Statement": statements, "Version": "2012-10-17"}, separators=(",", ":"))


def identifier(prefix: str, place: Place, extra: str = "") -> str:
    """An id such as `i-0000002a00000001`, unique in the plan."""
    key = sum(map(ord, f"{place.key}{extra}")) if place.key is not None or extra else 0
    return f"{prefix}-{place.number:010x}{key:06x}"


def password(place: Place) -> str:
    """A made-up password; like real ones it has nothing in common with the next."""
    return hashlib.sha256(place.service.encode()).hexdigest()[:24]


def _arn(service: str, name: str) -> str:
    region = "" if service in {"iam", "s3"} else REGION
    account = "" if service == "s3" else ACCOUNT
    return f"arn:aws:{service}:{region}:{account}:{name}"


def _role(place: Place) -> Json:
    name = f"{place.service}-app"
    trust = {
        "Statement": [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
            }
        ],
        "Version": "2012-10-17",
    }
    return {
        "arn": _arn("iam", f"role/{name}"),
        "assume_role_policy": json.dumps(trust),
        "create_date": "2024-03-01T08:00:00Z",
        "description": f"What {place.service} may do",
        "force_detach_policies": False,
        "id": name,
        "inline_policy": [{"name": "app", "policy": policy(place, ["s3:GetObject"])}],
        "managed_policy_arns": [],
        "max_session_duration": 3600,
        "name": name,
        "name_prefix": "",
        "path": "/",
        "permissions_boundary": "",
        "unique_id": identifier("AROA", place),
    }


def _role_policy(place: Place) -> Json:
    return {
        "id": f"{place.service}-app:app",
        "name": "app",
        "name_prefix": "",
        "policy": policy(place, ["s3:GetObject", "s3:PutObject"]),
        "role": f"{place.service}-app",
    }


def _security_group(place: Place) -> Json:
    group = identifier("sg", place)
    rules = [
        {
            "cidr_blocks": [f"10.{index}.0.0/16"],
            "description": f"from network {index} {'.' * (place.fill // 8)}",
            "from_port": 8080 + index,
            "ipv6_cidr_blocks": [],
            "prefix_list_ids": [],
            "protocol": "tcp",
            "security_groups": [],
            "self": False,
            "to_port": 8080 + index,
        }
        for index in range(3)
    ]
    return {
        "arn": _arn("ec2", f"security-group/{group}"),
        "description": f"Traffic of {place.service}",
        "egress": rules[:1],
        "id": group,
        "ingress": rules,
        "name": place.service,
        "name_prefix": "",
        "owner_id": ACCOUNT,
        "revoke_rules_on_delete": False,
        "timeouts": None,
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
    }


def _instance(place: Place) -> Json:
    instance = identifier("i", place)
    return {
        "ami": "ami-0123456789abcdef0",
        "arn": _arn("ec2", f"instance/{instance}"),
        "associate_public_ip_address": False,
        "availability_zone": f"{REGION}a",
        "capacity_reservation_specification": [{"capacity_reservation_preference": "open"}],
        "cpu_options": [{"amd_sev_snp": "", "core_count": 2, "threads_per_core": 2}],
        "credit_specification": [],
        "disable_api_stop": False,
        "disable_api_termination": False,
        "ebs_block_device": [],
        "ebs_optimized": True,
        "get_password_data": False,
        "hibernation": False,
        "iam_instance_profile": f"{place.service}-app",
        "id": instance,
        "instance_type": "m6i.large",
        "ipv6_addresses": [],
        "key_name": "",
        "metadata_options": [
            {
                "http_endpoint": "enabled",
                "http_put_response_hop_limit": 1,
                "http_tokens": "required",
            }
        ],
        "monitoring": True,
        "primary_network_interface_id": identifier("eni", place),
        "private_ip": f"10.{place.number % 250}.1.{place.key or 0}",
        "root_block_device": [
            {
                "delete_on_termination": True,
                "encrypted": True,
                "kms_key_id": _arn("kms", "key/11111111-2222-3333-4444-555555555555"),
                "volume_id": identifier("vol", place, "root"),
                "volume_size": 40,
                "volume_type": "gp3",
            }
        ],
        "secondary_private_ips": [],
        "source_dest_check": True,
        "subnet_id": f"subnet-{int(place.key or 0):017x}",
        "tenancy": "default",
        "user_data_base64": (f"{instance}IyEvYmluL3NoCg" * (1 + place.fill // 24))[: place.fill],
        "vpc_security_group_ids": [identifier("sg", _alone(place))],
    }


def _volume(place: Place) -> Json:
    volume = identifier("vol", place)
    return {
        "arn": _arn("ec2", f"volume/{volume}"),
        "availability_zone": f"{REGION}a",
        "encrypted": True,
        "final_snapshot": False,
        "id": volume,
        "iops": 3000,
        "kms_key_id": _arn("kms", "key/11111111-2222-3333-4444-555555555555"),
        "multi_attach_enabled": False,
        "outpost_arn": "",
        "size": 100,
        "snapshot_id": "",
        "throughput": 125,
        "type": "gp3",
    }


def _attachment(place: Place) -> Json:
    return {
        "device_name": "/dev/sdf",
        "force_detach": None,
        "id": identifier("vai", place),
        "instance_id": identifier("i", place),
        "skip_destroy": None,
        "volume_id": identifier("vol", place),
    }


def _target_group(place: Place) -> Json:
    arn = _arn("elasticloadbalancing", f"targetgroup/{place.service}/{place.number:016x}")
    return {
        "arn": arn,
        "arn_suffix": f"targetgroup/{place.service}/{place.number:016x}",
        "deregistration_delay": "30",
        "health_check": [
            {
                "enabled": True,
                "healthy_threshold": 3,
                "interval": 15,
                "matcher": "200-299",
                "path": "/healthz",
                "port": "traffic-port",
                "protocol": "HTTP",
                "timeout": 5,
                "unhealthy_threshold": 3,
            }
        ],
        "id": arn,
        "load_balancing_algorithm_type": "round_robin",
        "name": place.service,
        "port": 8080,
        "protocol": "HTTP",
        "slow_start": 0,
        "stickiness": [{"cookie_duration": 86400, "cookie_name": "", "enabled": False}],
        "target_type": "instance",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
    }


def _registration(place: Place) -> Json:
    arn = _arn("elasticloadbalancing", f"targetgroup/{place.service}/{place.number:016x}")
    return {
        "availability_zone": None,
        "id": f"{arn}-{place.key}",
        "port": 8080,
        "target_group_arn": arn,
        "target_id": identifier("i", place),
    }


def _log_group(place: Place) -> Json:
    name = f"/app/{place.service}"
    return {
        "arn": _arn("logs", f"log-group:{name}"),
        "id": name,
        "kms_key_id": "",
        "log_group_class": "STANDARD",
        "name": name,
        "name_prefix": "",
        "retention_in_days": 30,
        "skip_destroy": False,
    }


def _alarm(place: Place) -> Json:
    name = f"{place.service}-{place.key}"
    return {
        "actions_enabled": True,
        "alarm_actions": [_arn("sns", "oncall")],
        "alarm_description": f"{name}: see the runbook. {'.' * place.fill}",
        "alarm_name": name,
        "arn": _arn("cloudwatch", f"alarm:{name}"),
        "comparison_operator": "GreaterThanThreshold",
        "datapoints_to_alarm": 3,
        "dimensions": {"TargetGroup": f"targetgroup/{place.service}/{place.number:016x}"},
        "evaluation_periods": 5,
        "id": name,
        "metric_name": str(place.key),
        "namespace": "AWS/ApplicationELB",
        "ok_actions": [_arn("sns", "oncall")],
        "period": 60,
        "statistic": "Average",
        "threshold": 10,
        "treat_missing_data": "missing",
    }


def _bucket(place: Place) -> Json:
    name = f"{place.service}-data"
    return {
        "acceleration_status": "",
        "arn": _arn("s3", name),
        "bucket": name,
        "bucket_domain_name": f"{name}.s3.amazonaws.com",
        "bucket_regional_domain_name": f"{name}.s3.{REGION}.amazonaws.com",
        "force_destroy": False,
        "grant": [{"id": "0" * 64, "permissions": ["FULL_CONTROL"], "type": "CanonicalUser"}],
        "hosted_zone_id": "Z1BKCTXD74EZPE",
        "id": name,
        "lifecycle_rule": [],
        "object_lock_enabled": False,
        "policy": policy(place, ["s3:ListBucket"]),
        "region": REGION,
        "request_payer": "BucketOwner",
        "server_side_encryption_configuration": [
            {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]}
        ],
        "versioning": [{"enabled": True, "mfa_delete": False}],
    }


def _public_block(place: Place) -> Json:
    return {
        "block_public_acls": True,
        "block_public_policy": True,
        "bucket": f"{place.service}-data",
        "id": f"{place.service}-data",
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }


def _queue(place: Place) -> Json:
    name = f"{place.service}-jobs"
    return {
        "arn": _arn("sqs", name),
        "delay_seconds": 0,
        "fifo_queue": False,
        "id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}",
        "kms_master_key_id": "",
        "max_message_size": 262144,
        "message_retention_seconds": 345600,
        "name": name,
        "policy": policy(place, ["sqs:SendMessage"]),
        "receive_wait_time_seconds": 20,
        "redrive_policy": "",
        "sqs_managed_sse_enabled": True,
        "visibility_timeout_seconds": 60,
    }


def _database(place: Place) -> Json:
    return {
        "address": f"{place.service}.abcdefghijkl.{REGION}.rds.amazonaws.com",
        "allocated_storage": 200,
        "apply_immediately": False,
        "arn": _arn("rds", f"db:{place.service}"),
        "availability_zone": f"{REGION}a",
        "backup_retention_period": 14,
        "backup_window": "03:00-04:00",
        "db_name": "app",
        "db_subnet_group_name": "private",
        "delete_automated_backups": True,
        "deletion_protection": True,
        "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"],
        "endpoint": f"{place.service}.abcdefghijkl.{REGION}.rds.amazonaws.com:5432",
        "engine": "postgres",
        "engine_version": "16.3",
        "final_snapshot_identifier": f"{place.service}-final",
        "id": identifier("db", place),
        "identifier": place.service,
        "instance_class": "db.m6g.large",
        "kms_key_id": _arn("kms", "key/11111111-2222-3333-4444-555555555555"),
        "multi_az": True,
        "parameter_group_name": "app-postgres16",
        "password": password(place),
        "performance_insights_enabled": True,
        "port": 5432,
        "skip_final_snapshot": False,
        "storage_encrypted": True,
        "storage_type": "gp3",
        "username": "app",
        "vpc_security_group_ids": [identifier("sg", place)],
    }


def _task(place: Place) -> Json:
    container = {
        "cpu": 256,
        "environment": [
            {"name": "LOG_GROUP", "value": f"/app/{place.service}"},
            {"name": "NOTES", "value": "x" * place.fill},
        ],
        "essential": True,
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{place.service}:1.41.0",
        "memory": 512,
        "name": "app",
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
    }
    return {
        "arn": _arn("ecs", f"task-definition/{place.service}:7"),
        "container_definitions": json.dumps([container], separators=(",", ":")),
        "cpu": "256",
        "execution_role_arn": _arn("iam", f"role/{place.service}-app"),
        "family": place.service,
        "id": place.service,
        "memory": "512",
        "network_mode": "awsvpc",
        "requires_compatibilities": ["FARGATE"],
        "revision": 7,
        "skip_destroy": False,
        "volume": [],
    }


def _record(place: Place) -> Json:
    return {
        "alias": [
            {
                "evaluate_target_health": True,
                "name": f"shared-1234567890.{REGION}.elb.amazonaws.com",
                "zone_id": "Z32O12XQLNTSW2",
            }
        ],
        "fqdn": f"{place.service}.example.com",
        "id": f"Z0123456789_{place.service}.example.com_A",
        "name": f"{place.service}.example.com",
        "records": [],
        "ttl": None,
        "type": "A",
        "zone_id": "Z0123456789",
    }


def _parameter(place: Place) -> Json:
    name = f"/{place.service}/database"
    return {
        "arn": _arn("ssm", f"parameter{name}"),
        "data_type": "text",
        "id": name,
        "key_id": "alias/aws/ssm",
        "name": name,
        "tier": "Standard",
        "type": "SecureString",
        "value": f"postgres://app:{password(place)}@{place.service}.example.com/app",
        "version": 3,
    }


def _alone(place: Place) -> Place:
    return Place(service=place.service, number=place.number, key=None, fill=place.fill)


_ROLE = ("aws_iam_role.app.id", "aws_iam_role.app")
_GROUP = ("aws_security_group.app.id", "aws_security_group.app")
_SERVICE = ("var.name",)
_THREE = (0, 1, 2)

SERVICE: tuple[Block, ...] = (
    Block(
        type="aws_iam_role",
        name="app",
        values=_role,
        references={"name": _SERVICE},
        update=("max_session_duration", 7200),
        computed=("id", "arn", "unique_id", "create_date"),
    ),
    Block(
        type="aws_iam_role_policy",
        name="app",
        values=_role_policy,
        references={
            "role": _ROLE,
            "policy": ("aws_s3_bucket.data.arn", "aws_s3_bucket.data", "var.key_arn"),
        },
        update=(
            "policy",
            '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow",'
            '"Resource":"arn:aws:s3:::assets/*"}],"Version":"2012-10-17"}',
        ),
        tagged=False,
        computed=("id",),
    ),
    Block(
        type="aws_security_group",
        name="app",
        values=_security_group,
        references={"name": _SERVICE, "vpc_id": ("var.vpc_id",)},
        replace=("description", "Traffic of the service"),
        computed=("id", "arn", "owner_id"),
    ),
    Block(
        type="aws_instance",
        name="app",
        keys=_THREE,
        values=_instance,
        references={
            "subnet_id": ("var.subnet_ids", "count.index"),
            "vpc_security_group_ids": _GROUP,
            "iam_instance_profile": _ROLE,
        },
        update=("instance_type", "m6i.xlarge"),
        replace=("ami", "ami-0fedcba9876543210"),
        computed=("id", "arn", "private_ip", "primary_network_interface_id"),
    ),
    Block(
        type="aws_ebs_volume",
        name="data",
        keys=_THREE,
        values=_volume,
        references={"kms_key_id": ("var.key_arn",)},
        update=("size", 200),
    ),
    Block(
        type="aws_volume_attachment",
        name="data",
        keys=_THREE,
        values=_attachment,
        references={
            "instance_id": ("aws_instance.app", "count.index"),
            "volume_id": ("aws_ebs_volume.data", "count.index"),
        },
        tagged=False,
        computed=("id",),
    ),
    Block(
        type="aws_lb_target_group",
        name="app",
        values=_target_group,
        references={"name": _SERVICE, "vpc_id": ("var.vpc_id",)},
        update=("deregistration_delay", "60"),
        replace=("port", 9090),
        computed=("id", "arn", "arn_suffix"),
    ),
    Block(
        type="aws_lb_target_group_attachment",
        name="app",
        keys=_THREE,
        values=_registration,
        references={
            "target_group_arn": ("aws_lb_target_group.app.arn", "aws_lb_target_group.app"),
            "target_id": ("aws_instance.app", "count.index"),
        },
        tagged=False,
        computed=("id",),
    ),
    Block(
        type="aws_cloudwatch_log_group",
        name="app",
        values=_log_group,
        references={"name": _SERVICE},
        update=("retention_in_days", 90),
    ),
    Block(
        type="aws_cloudwatch_metric_alarm",
        name="app",
        keys=("HTTPCode_Target_5XX_Count", "TargetResponseTime", "UnHealthyHostCount"),
        values=_alarm,
        references={
            "dimensions": ("aws_lb_target_group.app.arn_suffix", "aws_lb_target_group.app"),
            "metric_name": ("each.key",),
        },
        update=("threshold", 20),
    ),
    Block(
        type="aws_s3_bucket",
        name="data",
        values=_bucket,
        references={"bucket": _SERVICE},
        update=("request_payer", "Requester"),
        computed=("id", "arn", "bucket_domain_name", "hosted_zone_id"),
    ),
    Block(
        type="aws_s3_bucket_public_access_block",
        name="data",
        values=_public_block,
        references={"bucket": ("aws_s3_bucket.data.id", "aws_s3_bucket.data")},
        tagged=False,
        computed=("id",),
    ),
    Block(
        type="aws_sqs_queue",
        name="jobs",
        values=_queue,
        references={"name": _SERVICE, "kms_master_key_id": ("var.key_arn",)},
        update=("visibility_timeout_seconds", 120),
    ),
    Block(
        type="aws_db_instance",
        name="main",
        values=_database,
        references={
            "identifier": _SERVICE,
            "vpc_security_group_ids": _GROUP,
            "kms_key_id": ("var.key_arn",),
        },
        update=("instance_class", "db.m6g.xlarge"),
        replace=("username", "application"),
        sensitive=("password",),
        computed=("id", "arn", "address", "endpoint"),
    ),
    Block(
        type="aws_ecs_task_definition",
        name="app",
        values=_task,
        references={
            "family": _SERVICE,
            "execution_role_arn": ("aws_iam_role.app.arn", "aws_iam_role.app"),
            "container_definitions": (
                "aws_cloudwatch_log_group.app.name",
                "aws_cloudwatch_log_group.app",
            ),
        },
        replace=("memory", "1024"),
        computed=("id", "arn", "revision"),
    ),
    Block(
        type="aws_route53_record",
        name="app",
        values=_record,
        references={"name": _SERVICE, "zone_id": ("var.zone_id",)},
        tagged=False,
        computed=("id", "fqdn"),
    ),
    Block(
        type="aws_ssm_parameter",
        name="database",
        values=_parameter,
        references={
            "name": _SERVICE,
            "value": ("aws_db_instance.main.address", "aws_db_instance.main"),
        },
        sensitive=("value",),
        computed=("id", "arn", "version"),
    ),
)


def _vpc(_place: Place) -> Json:
    vpc = "vpc-0a1b2c3d4e5f60718"
    return {
        "arn": _arn("ec2", f"vpc/{vpc}"),
        "cidr_block": "10.0.0.0/8",
        "enable_dns_hostnames": True,
        "enable_dns_support": True,
        "id": vpc,
        "instance_tenancy": "default",
        "owner_id": ACCOUNT,
    }


def _subnet(place: Place) -> Json:
    subnet = f"subnet-{int(place.key or 0):017x}"
    return {
        "arn": _arn("ec2", f"subnet/{subnet}"),
        "availability_zone": f"{REGION}a",
        "cidr_block": f"10.{place.key}.0.0/16",
        "id": subnet,
        "map_public_ip_on_launch": False,
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
    }


def _key(place: Place) -> Json:
    key = "11111111-2222-3333-4444-555555555555"
    return {
        "arn": _arn("kms", f"key/{key}"),
        "deletion_window_in_days": 30,
        "description": "Everything at rest",
        "enable_key_rotation": True,
        "id": key,
        "is_enabled": True,
        "key_id": key,
        "policy": policy(place, ["kms:Decrypt"]),
    }


def _zone(place: Place) -> Json:
    return {
        "arn": "arn:aws:route53:::hostedzone/Z0123456789",
        "comment": f"Services of account {ACCOUNT}, first {place.service}",
        "force_destroy": False,
        "id": "Z0123456789",
        "name": "example.com",
        "vpc": [],
        "zone_id": "Z0123456789",
    }


NETWORK: tuple[Block, ...] = (
    Block(type="aws_vpc", name="main", values=_vpc),
    Block(
        type="aws_subnet",
        name="private",
        keys=_THREE,
        values=_subnet,
        references={"vpc_id": ("aws_vpc.main.id", "aws_vpc.main")},
    ),
    Block(type="aws_kms_key", name="main", values=_key),
    Block(type="aws_route53_zone", name="main", values=_zone),
)

NETWORK_OUTPUTS: Mapping[str, Sequence[str]] = {
    "key_arn": ("aws_kms_key.main.arn", "aws_kms_key.main"),
    "subnet_ids": ("aws_subnet.private",),
    "vpc_id": ("aws_vpc.main.id", "aws_vpc.main"),
    "zone_id": ("aws_route53_zone.main.zone_id", "aws_route53_zone.main"),
}
