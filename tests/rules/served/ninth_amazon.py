"""Pairs: routes that ask nobody, keys that start machines, and layers of images.

At first sight none of these dangers was held, and none of their harmless twins.
"""

from __future__ import annotations

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

NINTH: Final = [*ROUTES]
NINTH_TRAPS: Final = [*ROUTE_TRAPS]
