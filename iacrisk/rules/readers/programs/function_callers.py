"""What invokes a function, by the source that Lambda compares with its permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays

_FUNCTION: Final = regex(r":function:([\w-]+)")
_PARAMETER: Final = regex(r"\{[^}]*\}")
ANY_STAGE: Final = "{stage}"
"""Stands in a source where the plan does not show the API's stages."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls: `label` of the route, target or subscription, with service and source ARN."""

    label: str
    principal: str
    source: str
    function: str


def callers(context: Context) -> Iterator[Caller]:
    """Routes, event targets, subscriptions and notifications of the plan that stay."""
    yield from _routes(context)
    yield from _methods(context)
    for target in _staying(context, "aws_cloudwatch_event_target"):
        for source in _sources(context, "aws_cloudwatch_event_rule", "name", target, "rule"):
            yield from _caller(target, "events", source, target.before.get("arn"))
    for one in _staying(context, "aws_sns_topic_subscription"):
        topic = str(one.before.get("topic_arn"))
        yield from _caller(one, "sns", topic, one.before.get("endpoint"))
    for one in _staying(context, "aws_s3_bucket_notification"):
        bucket = f"arn:aws:s3:::{one.before.get('bucket')}"
        for block in blocks(one.before.get("lambda_function")):
            yield from _caller(one, "s3", bucket, block.get("lambda_function_arn"))


def _caller(
    change: ResourceChange, service: str, source: str, function: object
) -> Iterator[Caller]:
    found = _FUNCTION.search(str(function))
    if found:
        principal = f"{service}.amazonaws.com"
        yield Caller(label=change.label, principal=principal, source=source, function=found[1])


def _staying(context: Context, type_name: str) -> Iterator[ResourceChange]:
    return (one for one in context.changes_of(type_name) if one.before and stays(one))


def _sources(
    context: Context, type_name: str, key: str, change: ResourceChange, argument: str
) -> Iterator[str]:
    """The ARN of what an argument of the change names."""
    for one in _staying(context, type_name):
        if one.before.get(key) == change.before.get(argument):
            yield str(one.before.get("execution_arn") or one.before.get("arn"))


def _routes(context: Context) -> Iterator[Caller]:
    leads = {
        f"integrations/{one.before.get('id')}": one.before.get("integration_uri")
        for one in _staying(context, "aws_apigatewayv2_integration")
    }
    for route in _staying(context, "aws_apigatewayv2_route"):
        method, _, path = str(route.before.get("route_key")).partition(" ")
        rest = f"{'*' if method == 'ANY' else method}{path}"
        uri = leads.get(str(route.before.get("target")))
        for api in _sources(context, "aws_apigatewayv2_api", "id", route, "api_id"):
            for stage in _stages(context, "aws_apigatewayv2_stage", "api_id", "name", route):
                yield from _caller(route, "apigateway", f"{api}/{stage}/{rest}", uri)


def _methods(context: Context) -> Iterator[Caller]:
    paths = {
        one.before.get("id"): str(one.before.get("path"))
        for one in _staying(context, "aws_api_gateway_resource")
    }
    for one in _staying(context, "aws_api_gateway_integration"):
        path = _PARAMETER.sub("*", paths.get(one.before.get("resource_id"), "/"))
        method = str(one.before.get("http_method")).replace("ANY", "*")
        uri = one.before.get("uri")
        for api in _sources(context, "aws_api_gateway_rest_api", "id", one, "rest_api_id"):
            for stage in _stages(
                context, "aws_api_gateway_stage", "rest_api_id", "stage_name", one
            ):
                yield from _caller(one, "apigateway", f"{api}/{stage}/{method}{path}", uri)


def _stages(
    context: Context, type_name: str, key: str, name: str, change: ResourceChange
) -> list[str]:
    found = [
        str(one.before.get(name))
        for one in _staying(context, type_name)
        if one.before.get(key) == change.before.get(key)
    ]
    return found or [ANY_STAGE]
