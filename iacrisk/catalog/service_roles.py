"""Service-linked roles of AWS that need a key by its own policy, since their rights are fixed."""

from __future__ import annotations

from typing import Final

SERVICE_ROLE: Final = "/aws-service-role/"
"""What stands in the ARN of every service-linked role, before the name of the service."""

KEY_ACTIONS: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")
"""What it takes to start a machine whose disks are encrypted with a key."""

STARTED_BY: Final[dict[str, tuple[str, ...]]] = {
    "autoscaling.amazonaws.com": ("aws_autoscaling_group", "aws_eks_node_group"),
    "spot.amazonaws.com": ("aws_instance", "aws_spot_instance_request"),
    "spotfleet.amazonaws.com": ("aws_spot_fleet_request",),
}
"""What has its machines started by the service, in the name of its role.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
"""
