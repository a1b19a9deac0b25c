"""Pairs: routes that ask nobody, keys that start machines, and layers of images.

At first sight none of these dangers was held, and none of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

# Routes


def _values(key: str, kind: str = "NONE", **more: Any) -> Json:
    return {"api_id": "api1", "route_key": key, "authorization_type": kind, **more}


def _new_route(key: str, kind: str = "NONE", **more: Any) -> Json:
    return create("aws_apigatewayv2_route.bills", _values(key, kind, **more))


def _route(name: str, key: str, kind: str = "JWT", **more: Any) -> Json:
    return stay(f"aws_apigatewayv2_route.{name}", id=name, **_values(key, kind), **more)


_API: Final = [
    stay("aws_apigatewayv2_api.shop", id="api1", name="shop", protocol_type="HTTP"),
    _route("all", "ANY /v2/{rest+}", target="integrations/i1"),
    _route("open", "GET /v2/prices/{rest+}", "NONE", target="integrations/i1"),
    stay("aws_apigatewayv2_integration.bills", id="i1", api_id="api1"),
    stay("aws_s3_bucket.bills", id="shop-bills", bucket="shop-bills"),
    stay("aws_lambda_function.bills", id="bills", function_name="bills"),
]
_API_USES: Final = {
    "aws_apigatewayv2_route.bills": {"target": ["aws_apigatewayv2_integration.bills.id"]},
    "aws_apigatewayv2_integration.bills": {"integration_uri": ["aws_lambda_function.bills.arn"]},
    "aws_lambda_function.bills": {"environment": ["aws_s3_bucket.bills.id"]},
}

ROUTES: Final = [
    pair(
        "a new route asks nobody within one with an authorizer / asks for the same",
        _new_route("GET /v2/bills/{id}"),
        _new_route("GET /v2/bills/{id}", "JWT", authorizer_id="a1"),
        *_API,
        uses=_API_USES,
    ),
    pair(
        "a new route takes paths from a guarded one / from one for everybody that is narrower",
        _new_route("GET /v2/offers/{rest+}"),
        _new_route("GET /v2/prices/today"),
        *_API,
        uses=_API_USES,
    ),
    pair(
        "bills come to be open within the API / a hook with a signature of its own does",
        _new_route("POST /v2/bills"),
        _new_route("POST /v2/webhooks/bills"),
        *_API,
        uses=_API_USES,
    ),
    pair(
        "a route of the guarded paths is open / one beside them is",
        _new_route("ANY /v2/bills/{rest+}"),
        _new_route("ANY /v3/bills/{rest+}"),
        *_API,
        uses=_API_USES,
    ),
]
ROUTE_TRAPS: Final = [
    trap(
        "the default route asks who comes, and the new one does not",
        _new_route("GET /bills"),
        _API[0],
        _route("default", "$default"),
        *_API[3:],
        uses=_API_USES,
    ),
    trap(
        "the key of an open route comes into the paths of a guarded one",
        tweak(
            "aws_apigatewayv2_route.bills",
            _values("GET /beta/bills", id="r9"),
            route_key="GET /v2/bills",
        ),
        *_API,
        uses=_API_USES,
    ),
    trap(
        "the open route is for reading, and the new one writes",
        _new_route("PUT /v2/prices/today"),
        *_API,
        uses=_API_USES,
    ),
]

# Keys

_KEY: Final = "arn:aws:kms:eu-west-1:111122223333:key/k1"
_SCALING: Final = (
    "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/"
    "AWSServiceRoleForAutoScaling"
)
_BUILDER: Final = "arn:aws:iam::111122223333:role/builder"


def _may(who: str | list[str], *actions: str, **more: Any) -> Json:
    principal = {"AWS": who}
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": "*",
        **more,
    }


_ROOT: Final = _may("arn:aws:iam::111122223333:root", "kms:*")
_USE: Final = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
_SCALING_USES: Final = _may(_SCALING, *_USE)
_SCALING_GRANTS: Final = _may(
    _SCALING, "kms:CreateGrant", Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}
)
_FORMER: Final = _may("arn:aws:iam::111122223333:user/former", *_USE, "kms:CreateGrant")


def _policy(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _key_drops(*left: Json, beside: tuple[Json, ...] = ()) -> Json:
    everybody = _policy(_ROOT, _SCALING_USES, _SCALING_GRANTS, _FORMER, *beside)
    values = {"id": "k1", "key_id": "k1", "arn": _KEY, "policy": everybody}
    return tweak("aws_kms_key.disks", values, policy=_policy(*left, *beside))


def _group(key: str = _KEY, **more: Any) -> list[Json]:
    disk = {"device_name": "/dev/xvda", "ebs": [{"encrypted": "true", "kms_key_id": key}]}
    return [
        stay("aws_launch_template.web", id="lt-1", name="web", block_device_mappings=[disk]),
        stay(
            "aws_autoscaling_group.web",
            **{
                "id": "web",
                "name": "web",
                "max_size": 9,
                "launch_template": [{"id": "lt-1", "version": "$Latest"}],
                "service_linked_role_arn": _SCALING,
                **more,
            },
        ),
    ]


_BY_S3: Final = {
    **_may("*", *_USE, "kms:CreateGrant"),
    "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
}
KEYS: Final = [
    pair(
        "a key drops the role that starts machines / a user who is gone",
        _key_drops(_ROOT),
        _key_drops(_ROOT, _SCALING_USES, _SCALING_GRANTS),
        *_group(),
    ),
    pair(
        "a key drops the role of its group / lets it do the same by one statement",
        _key_drops(_ROOT, _FORMER),
        _key_drops(_ROOT, _FORMER, _may(_SCALING, *_USE, "kms:CreateGrant")),
        *_group(),
    ),
]
KEY_TRAPS: Final = [
    trap(
        "all who come by S3 may use the key, and no more the role",
        _key_drops(_ROOT, beside=(_BY_S3,)),
        *_group(),
    ),
    trap(
        "the role may use the key and create no grants",
        _key_drops(_ROOT, _SCALING_USES),
        *_group(),
    ),
    trap(
        "the template names the key by its alias",
        _key_drops(_ROOT),
        stay("aws_kms_alias.disks", id="alias/disks", name="alias/disks", target_key_id="k1"),
        *_group("alias/disks"),
    ),
    trap(
        "another role gets what the service's role had",
        _key_drops(_ROOT, _may(_BUILDER, *_USE, "kms:CreateGrant")),
        *_group(),
    ),
]

# Layers of images

_LAYERS: Final = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
_MIRROR: Final = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:4"


def _lets(*resources: str, **more: Any) -> Json:
    after = _policy({**_may("*", "s3:GetObject", "s3:PutObject"), "Resource": list(resources)})
    everything = _policy({**_may("*", "*"), "Resource": "*"})
    values = {
        "id": "vpce-1",
        "vpc_id": "vpc-1",
        "service_name": "com.amazonaws.eu-west-1.s3",
        "vpc_endpoint_type": "Gateway",
        "route_table_ids": ["rtb-1"],
        "policy": everything,
        **more,
    }
    return tweak("aws_vpc_endpoint.s3", values, policy=after)


def _shop(image: str = _MIRROR, subnet: str = "subnet-0a1") -> list[Json]:
    task = "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop:7"
    return [
        stay(
            "aws_ecs_task_definition.shop",
            id="shop",
            family="shop",
            revision=7,
            arn=task,
            container_definitions=json.dumps([{"name": "shop", "image": image}]),
        ),
        stay(
            "aws_ecs_service.shop",
            id="shop",
            name="shop",
            task_definition=task,
            network_configuration=[{"subnets": [subnet], "security_groups": ["sg-0f1"]}],
        ),
    ]


_PLACES: Final = [
    stay("aws_subnet.a", id="subnet-0a1", vpc_id="vpc-1"),
    stay("aws_subnet.b", id="subnet-0b1", vpc_id="vpc-2"),
    stay("aws_subnet.c", id="subnet-0c1", vpc_id="vpc-1"),
    stay("aws_route_table_association.a", id="r", subnet_id="subnet-0a1", route_table_id="rtb-1"),
    stay("aws_route_table_association.c", id="q", subnet_id="subnet-0c1", route_table_id="rtb-2"),
]
_NODES: Final = stay(
    "aws_eks_node_group.work", id="work", node_group_name="work", subnet_ids=["subnet-0a1"]
)
LAYERS: Final = [
    pair(
        "an endpoint leaves out the layers of a service's image / lets them through",
        _lets("arn:aws:s3:::shop-bills/*"),
        _lets("arn:aws:s3:::shop-bills/*", _LAYERS),
        *_shop(),
        *_PLACES,
    ),
    pair(
        "the image comes from ECR behind the endpoint / from elsewhere",
        [_lets("arn:aws:s3:::shop-bills/*"), *_shop()],
        [_lets("arn:aws:s3:::shop-bills/*"), *_shop("quay.io/shop/shop:4")],
        *_PLACES,
    ),
    pair(
        "a service is behind the endpoint's route table / in a subnet with another",
        [_lets("arn:aws:s3:::shop-bills/*"), *_shop()],
        [_lets("arn:aws:s3:::shop-bills/*"), *_shop(subnet="subnet-0c1")],
        *_PLACES,
    ),
    pair(
        "nodes of a cluster are behind the endpoint / layers of all regions go through",
        _lets("arn:aws:s3:::shop-bills/*"),
        _lets("arn:aws:s3:::prod-*-starport-layer-bucket/*"),
        _NODES,
        *_PLACES,
    ),
]
LAYER_TRAPS: Final = [
    trap(
        "the endpoint lets the layers of another region through",
        _lets("arn:aws:s3:::prod-eu-north-1-starport-layer-bucket/*"),
        *_shop(),
        *_PLACES,
    ),
    trap(
        "the endpoint names the bucket and not what is in it",
        _lets("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket"),
        *_shop(),
        *_PLACES,
    ),
    trap(
        "an endpoint by name leaves the layers out",
        _lets("arn:aws:s3:::shop-bills/*", route_table_ids=[], private_dns_enabled=True),
        *_shop(),
        *_PLACES,
    ),
]

# Logins


def _callbacks(*left: str, gone: tuple[str, ...], secret: bool = True) -> Json:
    values = {
        "id": "c1",
        "name": "tools",
        "user_pool_id": "p1",
        "generate_secret": secret,
        "callback_urls": [*gone, *left],
    }
    return tweak("aws_cognito_user_pool_client.tools", values, callback_urls=list(left))


_WIKI: Final = "https://wiki.example.com/oauth2/idpresponse"
_OLD: Final = "https://old.example.com/oauth2/idpresponse"
_LOCAL: Final = "http://localhost:8080/oauth2/idpresponse"
_NAMES: Final = [
    stay("aws_route53_zone.main", id="Z1", zone_id="Z1", name="example.com"),
    stay("aws_route53_record.wiki", id="Z1_wiki", zone_id="Z1", name="wiki.example.com", type="A"),
]
LOGINS: Final = [
    pair(
        "an address of people's machines goes from a program there / from a server's login",
        _callbacks(_WIKI, gone=(_OLD, _LOCAL), secret=False),
        _callbacks(_WIKI, gone=(_OLD, _LOCAL)),
        *_NAMES,
    ),
]
LOGIN_TRAPS: Final = [
    trap(
        "the host of another address that goes has a record",
        _callbacks(_WIKI, gone=(_OLD, _LOCAL)),
        stay("aws_route53_record.old", id="Z1_old", zone_id="Z1", name="old.example.com", type="A"),
        *_NAMES,
    ),
    trap(
        "a host only begins like one's own machine",
        _callbacks(_WIKI, gone=(_OLD, "https://localhost.example.org/oauth2/idpresponse")),
        *_NAMES,
    ),
]

# The API of a cluster


def _offices_only(*, private: bool = True) -> Json:
    network = {
        "subnet_ids": ["subnet-0a1"],
        "endpoint_private_access": private,
        "endpoint_public_access": True,
    }
    open_to_all = {**network, "public_access_cidrs": ["0.0.0.0/0"]}
    values = {"id": "work", "name": "work", "version": "1.31", "vpc_config": [open_to_all]}
    offices = {**network, "public_access_cidrs": ["198.51.100.0/29"]}
    return tweak("aws_eks_cluster.work", values, vpc_config=[offices])


def _trusted(login: str) -> Json:
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{login}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return stay("aws_iam_role.ship", id="ship", name="ship", assume_role_policy=_policy(trust))


_WORKERS: Final = stay(
    "aws_eks_node_group.work",
    id="work:work",
    cluster_name="work",
    node_group_name="work",
    subnet_ids=["subnet-0a1"],
)
_PODS: Final = "oidc.eks.eu-west-1.amazonaws.com/id/0A"
CLUSTERS: Final = [
    pair(
        "an API is closed to the internet and nodes come from there / from inside",
        _offices_only(private=False),
        _offices_only(),
        _WORKERS,
    ),
    pair(
        "a pipeline's role is assumed from outside / the role of a pod of the cluster",
        [_offices_only(), _trusted("token.actions.githubusercontent.com")],
        [_offices_only(), _trusted(_PODS)],
        _WORKERS,
    ),
]
CLUSTER_TRAPS: Final = [
    trap(
        "somebody has an entry to the cluster",
        _offices_only(),
        _WORKERS,
        stay("aws_eks_access_entry.ship", id="x", cluster_name="work", type="STANDARD"),
    ),
    trap(
        "the run itself manages objects of the cluster",
        _offices_only(),
        _WORKERS,
        stay("kubernetes_namespace.shop", id="shop", metadata=[{"name": "shop"}]),
    ),
    trap("no nodes of the cluster are shown", _offices_only()),
]

ROLES_AND_ROUTES: Final = [*ROUTES, *KEYS, *LAYERS, *LOGINS, *CLUSTERS]
ROLES_AND_ROUTES_TRAPS: Final = [
    *ROUTE_TRAPS,
    *KEY_TRAPS,
    *LAYER_TRAPS,
    *LOGIN_TRAPS,
    *CLUSTER_TRAPS,
]
