"""What the emulator answers after its gaps are closed."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from iacrisk.training.emulation.client import Emulator

MISSING = [name for name in ("boto3", "moto", "werkzeug") if find_spec(name) is None]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if MISSING:
        pytest.skip(f"the lab needs {', '.join(MISSING)}")
    folder: Path = tmp_path_factory.mktemp("emulator")
    running = Emulator(folder / "emulator.log")
    yield running
    running.stop()


def test_a_replica_has_an_id_of_its_own(emulator: Emulator) -> None:
    rds = emulator.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="first",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword="made-up-for-the-lab",
    )
    before = _ids(rds.describe_db_instances())
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="second", SourceDBInstanceIdentifier="first"
    )
    after = _ids(rds.describe_db_instances())
    assert after["first"] == before["first"]
    assert after["second"] != after["first"]


def _ids(answer: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {item["DBInstanceIdentifier"]: item["DbiResourceId"] for item in answer["DBInstances"]}


def test_a_cache_cluster_tells_its_security_groups(emulator: Emulator) -> None:
    cache = emulator.client("elasticache")
    cache.create_cache_cluster(
        CacheClusterId="seats",
        Engine="redis",
        CacheNodeType="cache.t3.small",
        NumCacheNodes=1,
        SecurityGroupIds=["sg-1", "sg-2"],
    )
    found = cache.describe_cache_clusters()["CacheClusters"][0]["SecurityGroups"]
    assert [group["SecurityGroupId"] for group in found] == ["sg-1", "sg-2"]


def test_a_bucket_with_a_conditional_denial_can_be_filled(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="sealed")
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::sealed", "arn:aws:s3:::sealed/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    s3.put_bucket_policy(Bucket="sealed", Policy=policy)
    s3.put_object(Bucket="sealed", Key="a.txt", Body=b"a")
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="sealed")["Contents"]] == ["a.txt"]
