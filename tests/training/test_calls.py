"""Destroyed first and made again is an absence; the other order is not."""

from typing import Any

from iacrisk.training.calls import Absence, absences
from iacrisk.training.emulation.client import Call


def call(operation: str, body: str = "", **parts: Any) -> Call:
    known: dict[str, Any] = {"service": "rds", "path": "/", "query": "", "status": 200, "time": 0.0}
    return Call(operation=operation, body=body, **(known | parts))


def database(operation: str, name: str, **parts: Any) -> Call:
    return call(operation, f"Action={operation}&DBInstanceIdentifier={name}", **parts)


def test_destroyed_first_is_an_absence() -> None:
    calls = [database("DeleteDBInstance", "shop"), database("CreateDBInstance", "shop")]
    assert absences(calls) == (Absence(kind="database", name="shop"),)
    assert absences(reversed(calls)) == ()


def test_another_name_is_another_thing() -> None:
    calls = [database("DeleteDBInstance", "old"), database("CreateDBInstance", "new")]
    assert absences(calls) == ()


def test_a_refused_call_destroys_nothing() -> None:
    calls = [
        database("DeleteDBInstance", "shop", status=400),
        database("CreateDBInstance", "shop"),
    ]
    assert absences(calls) == ()


def test_things_without_a_name_are_matched_in_order() -> None:
    calls = [
        call("TerminateInstances", "Action=TerminateInstances&InstanceId.1=i-1", service="ec2"),
        call("RunInstances", "Action=RunInstances", service="ec2"),
    ]
    assert absences(calls) == (Absence(kind="instance", name="i-1"),)


def test_rest_services_are_known_by_method_and_path() -> None:
    functions = "/2015-03-31/functions"
    calls = [
        call("DELETE", service="lambda", path=f"{functions}/api"),
        call("POST", service="lambda", path=functions),
    ]
    assert absences(calls) == (Absence(kind="function", name="api"),)


def test_a_bucket_is_not_its_settings() -> None:
    calls = [
        call("DELETE", service="s3", path="/media", query="policy"),
        call("PUT", service="s3", path="/media", query="policy"),
    ]
    assert absences(calls) == ()


def test_names_are_decoded() -> None:
    operation = "SecurityGroupIngress&GroupId=sg-1&x=%2F"
    calls = [
        call("RevokeSecurityGroupIngress", f"Action=Revoke{operation}", service="ec2"),
        call("AuthorizeSecurityGroupIngress", f"Action=Authorize{operation}", service="ec2"),
    ]
    assert absences(calls) == (Absence(kind="ingress", name="sg-1"),)
