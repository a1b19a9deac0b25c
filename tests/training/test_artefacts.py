"""The emulator's own failures are told from what AWS would refuse, too."""

import pytest

from iacrisk.training.artefacts import artefact_in
from iacrisk.training.emulation.client import Call

REFUSED = Call(
    time=0.0,
    service="ec2",
    operation="DeleteSecurityGroup",
    path="/",
    query="",
    body="Action=DeleteSecurityGroup&GroupId=sg-1",
    status=400,
)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("creating EC2 VPC: https response error StatusCode: 500", "the emulator failed inside"),
        ("The x action has not been implemented", "not implemented"),
        ("Provider produced inconsistent result after apply", "the provider was misled"),
        ("BucketNotEmpty: The bucket you tried to delete is not empty", ""),
        ("DeleteConflict: Cannot delete entity, StatusCode: 409", ""),
    ],
)
def test_errors(error: str, reason: str) -> None:
    assert artefact_in([error], ()).partition(":")[0] == reason


def test_what_is_refused_again_and_again_is_refused_by_aws() -> None:
    error = "deleting: rpc error: code = DeadlineExceeded desc = Deadline Exceeded"
    assert artefact_in([error], [REFUSED] * 4) == ""
    assert artefact_in([error], [REFUSED] * 3).startswith("a state that never comes")
