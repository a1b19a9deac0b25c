"""Pairs: calls that pass an endpoint of the network, and what its policy refuses.

At first sight none of the 5 dangers was held, and none of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap


def _policy(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: str | list[str], resource: str | list[str], **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


# Endpoints

_OPEN: Final = _policy({**_allow("*", "*"), "Principal": "*"})
_HOME: Final = [
    stay("aws_subnet.a", id="subnet-0a1", vpc_id="vpc-1", cidr_block="10.0.1.0/24"),
    stay("aws_subnet.b", id="subnet-0b1", vpc_id="vpc-2", cidr_block="10.1.1.0/24"),
    stay(
        "aws_s3_bucket.bills", id="shop-bills", bucket="shop-bills", arn="arn:aws:s3:::shop-bills"
    ),
    stay("aws_sqs_queue.bills", id="q", arn="arn:aws:sqs:eu-west-1:1:bills", name="bills"),
    stay("aws_iam_role.bills", id="bills", name="bills", arn="arn:aws:iam::1:role/bills"),
]


def _lives(subnet: str = "subnet-0a1", right: Json | None = None) -> list[Json]:
    own = right or _allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::shop-bills/*")
    return [
        stay(
            "aws_lambda_function.bills",
            id="bills",
            function_name="bills",
            role="arn:aws:iam::1:role/bills",
            vpc_config=[{"subnet_ids": [subnet], "security_group_ids": ["sg-01"]}],
        ),
        stay("aws_iam_role_policy.bills", id="bills:x", role="bills", policy=_policy(own)),
    ]


_AS_BILLS: Final = {
    "aws_lambda_function.bills": {"role": ["aws_iam_role.bills.arn"]},
    "aws_iam_role_policy.bills": {"role": ["aws_iam_role.bills.id"]},
}


def _endpoint(service: str, *statements: Json) -> Json:
    values = {
        "id": "vpce-1",
        "vpc_id": "vpc-1",
        "service_name": f"com.amazonaws.eu-west-1.{service}",
        "vpc_endpoint_type": "Gateway" if service == "s3" else "Interface",
        "policy": _OPEN,
    }
    after = _policy(*({**one, "Principal": "*"} for one in statements))
    return tweak(f"aws_vpc_endpoint.{service}", values, policy=after)


_LAYERS: Final = _allow("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*")
_BILLS: Final = _allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::shop-bills/*")
_IN_ORG: Final = {
    **_allow("s3:*", "*"),
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
}
_OWN_POLICY: Final = stay(
    "aws_vpc_endpoint.s3",
    id="vpce-1",
    vpc_id="vpc-1",
    service_name="com.amazonaws.eu-west-1.s3",
    policy=_OPEN,
)


def _apart(*statements: Json) -> Json:
    after = _policy(*({**one, "Principal": "*"} for one in statements))
    values = {"id": "vpce-1", "vpc_endpoint_id": "vpce-1", "policy": _OPEN}
    return tweak("aws_vpc_endpoint_policy.s3", values, policy=after)


# The same on Azure

_ID: Final = "/subscriptions/s/resourceGroups/rg"
_POLICY_ID: Final = f"{_ID}/providers/Microsoft.Network/serviceEndpointPolicies/only"
_SUBNET_ID: Final = f"{_ID}/providers/Microsoft.Network/virtualNetworks/v/subnets/app"
_PAPERS_ID: Final = f"{_ID}/providers/Microsoft.Storage/storageAccounts/shoppapers"
_LOGS_ID: Final = f"{_ID}/providers/Microsoft.Storage/storageAccounts/shoplogs"


def _let_through(*ids: str) -> Json:
    def listed(*names: str) -> list[Json]:
        return [{"name": "d", "service": "Microsoft.Storage", "service_resources": list(names)}]

    values = {"id": _POLICY_ID, "name": "only", "definition": listed(_PAPERS_ID, _LOGS_ID)}
    return tweak(
        "azurerm_subnet_service_endpoint_storage_policy.only", values, definition=listed(*ids)
    )


_AZURE: Final = [
    stay("azurerm_subnet.app", id=_SUBNET_ID, name="app", service_endpoint_policy_ids=[_POLICY_ID]),
    stay("azurerm_storage_account.papers", id=_PAPERS_ID, name="shoppapers"),
    stay("azurerm_storage_account.logs", id=_LOGS_ID, name="shoplogs"),
    stay(
        "azurerm_linux_web_app.shop",
        id=f"{_ID}/providers/Microsoft.Web/sites/shop",
        name="shop",
        virtual_network_subnet_id=_SUBNET_ID,
        app_settings={"PAPERS": "https://shoppapers.blob.core.windows.net"},
    ),
]
ENDPOINTS: Final = [
    pair(
        "a subnet's policy leaves out the account that its app reads / one that nobody reads",
        _let_through(_LOGS_ID),
        _let_through(_PAPERS_ID),
        *_AZURE,
    ),
    pair(
        "an endpoint lets only image layers through / the function's bucket as well",
        [_endpoint("s3", _LAYERS), *_lives()],
        [_endpoint("s3", _LAYERS, _BILLS), *_lives()],
        *_HOME,
        uses=_AS_BILLS,
    ),
    pair(
        "a queue's endpoint lets messages be sent alone / be received and deleted too",
        [
            _endpoint("sqs", _allow("sqs:SendMessage", "*")),
            *_lives(right=_allow("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:1:bills")),
        ],
        [
            _endpoint("sqs", _allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], "*")),
            *_lives(right=_allow("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:1:bills")),
        ],
        *_HOME,
        uses=_AS_BILLS,
    ),
    pair(
        "an endpoint's own policy object leaves the bucket out / what lives elsewhere is not hit",
        [_apart(_LAYERS), _OWN_POLICY, *_lives()],
        [_apart(_LAYERS), _OWN_POLICY, *_lives("subnet-0b1")],
        *_HOME,
        uses=_AS_BILLS,
    ),
    pair(
        "an endpoint asks for another bucket / for the organisation that the role is in",
        [_endpoint("s3", _allow("s3:*", "arn:aws:s3:::other/*")), *_lives()],
        [_endpoint("s3", _IN_ORG), *_lives()],
        *_HOME,
        uses=_AS_BILLS,
    ),
]

ENDPOINT_TRAPS: Final = [
    trap(
        "the endpoint names the bucket and not its objects",
        _endpoint("s3", _LAYERS, _allow("s3:*", "arn:aws:s3:::shop-bills")),
        *_lives(),
        *_HOME,
        uses=_AS_BILLS,
    ),
    trap(
        "the endpoint lets objects be read, and the function writes them",
        _endpoint("s3", _LAYERS, _allow("s3:GetObject", "arn:aws:s3:::shop-bills/*")),
        *_lives(),
        *_HOME,
        uses=_AS_BILLS,
    ),
]
