"""Queues, topics, event rules, deliveries, HTTP APIs, and alarms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from iacrisk.training.inventory.cloud import Cloud
from iacrisk.training.inventory.things import Thing
from iacrisk.training.network import Network


def read_queues(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """SQS queues."""
    for url in cloud.list("sqs", "list_queues", "QueueUrls"):
        answer = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found = answer["Attributes"]
        redrive = json.loads(found.get("RedrivePolicy") or "{}")
        waiting = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        yield Thing(
            kind="queue",
            name=url.rpartition("/")[2],
            identity=f"{found['QueueArn']} {found.get('CreatedTimestamp')}",
            handles=(found["QueueArn"], url),
            mentions=(redrive.get("deadLetterTargetArn", ""), found.get("KmsMasterKeyId", "")),
            policy=found.get("Policy"),
            facts={
                "url": url,
                "content": sum(int(found.get(key, 0)) for key in waiting),
                "retention": int(found["MessageRetentionPeriod"]),
                "dead_letters": bool(redrive),
                "encrypted": bool(found.get("KmsMasterKeyId"))
                or found.get("SqsManagedSseEnabled") == "true",
            },
        )


def read_topics(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """SNS topics with their subscriptions."""
    for item in cloud.list("sns", "list_topics", "Topics"):
        arn = item["TopicArn"]
        found = cloud.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
        subscriptions = cloud.list(
            "sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn
        )
        yield Thing(
            kind="topic",
            name=arn.rpartition(":")[2],
            identity=arn,
            handles=(arn,),
            mentions=tuple(each["Endpoint"] for each in subscriptions),
            policy=found.get("Policy"),
            facts={
                "subscriptions": subscriptions,
                "encrypted": bool(found.get("KmsMasterKeyId")),
            },
        )


def read_rules(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """EventBridge rules of the default bus with their targets."""
    for item in cloud.list("events", "list_rules", "Rules"):
        name = item["Name"]
        targets = cloud.list("events", "list_targets_by_rule", "Targets", Rule=name)
        yield Thing(
            kind="rule",
            name=name,
            identity=item["Arn"],
            handles=(item["Arn"], name),
            mentions=tuple(target["Arn"] for target in targets),
            facts={
                "enabled": item["State"] == "ENABLED",
                "pattern": item.get("EventPattern"),
                "schedule": item.get("ScheduleExpression"),
                "targets": targets,
            },
        )


def read_sources(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Event source mappings: which queue or stream feeds which function."""
    for item in cloud.list("lambda", "list_event_source_mappings", "EventSourceMappings"):
        function = item["FunctionArn"].rpartition(":")[2]
        yield Thing(
            kind="event-source",
            name=f"{item['EventSourceArn']}>{function}",
            identity=item["UUID"],
            handles=(item["UUID"],),
            mentions=(item["EventSourceArn"], item["FunctionArn"]),
            facts={
                "enabled": item.get("State") not in ("Disabled", "Disabling"),
                "source": item["EventSourceArn"],
                "function": function,
            },
        )


def read_delivery_streams(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Firehose delivery streams."""
    for name in cloud.list("firehose", "list_delivery_streams", "DeliveryStreamNames"):
        item = cloud.client("firehose").describe_delivery_stream(DeliveryStreamName=name)[
            "DeliveryStreamDescription"
        ]
        text = json.dumps(item, default=str)
        arn = item["DeliveryStreamARN"]
        yield Thing(
            kind="delivery-stream",
            name=name,
            identity=f"{arn} {item.get('CreateTimestamp')}",
            handles=(arn, name),
            mentions=tuple(set(re.findall(r"arn:aws:[^\"']+", text)) - {arn}),
        )


def read_apis(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """HTTP APIs with routes and integrations."""
    for item in cloud.list("apigatewayv2", "get_apis", "Items"):
        identity = item["ApiId"]
        integrations = cloud.list("apigatewayv2", "get_integrations", "Items", ApiId=identity)
        routes = cloud.list("apigatewayv2", "get_routes", "Items", ApiId=identity)
        stages = cloud.list("apigatewayv2", "get_stages", "Items", ApiId=identity)
        targets = {each["IntegrationId"]: each.get("IntegrationUri", "") for each in integrations}
        endpoint = (item.get("ApiEndpoint") or "").partition("://")[2].lower()
        yield Thing(
            kind="api",
            name=item["Name"],
            identity=identity,
            handles=(identity, item.get("ApiEndpoint") or ""),
            addresses=(endpoint,) if endpoint else (),
            mentions=tuple(targets.values()),
            units=len(stages),
            facts={
                "routes": {
                    each["RouteKey"]: targets.get((each.get("Target") or "").rpartition("/")[2])
                    for each in routes
                },
                "authorised": {
                    each["RouteKey"]: each.get("AuthorizationType", "NONE") != "NONE"
                    for each in routes
                },
            },
        )


def read_alarms(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """CloudWatch metric alarms."""
    for item in cloud.list("cloudwatch", "describe_alarms", "MetricAlarms"):
        dimensions = [each["Value"] for each in item.get("Dimensions", ())]
        yield Thing(
            kind="alarm",
            name=item["AlarmName"],
            identity=item["AlarmArn"],
            handles=(item["AlarmArn"], item["AlarmName"]),
            mentions=(*item.get("AlarmActions", ()), *dimensions),
            facts={
                "enabled": bool(item["ActionsEnabled"]),
                "actions": len(item.get("AlarmActions", ())),
            },
        )


def read_trails(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """CloudTrail trails."""
    for item in cloud.list("cloudtrail", "describe_trails", "trailList"):
        status = cloud.client("cloudtrail").get_trail_status(Name=item["TrailARN"])
        yield Thing(
            kind="trail",
            name=item["Name"],
            identity=item["TrailARN"],
            handles=(item["TrailARN"], item["Name"]),
            mentions=(item["S3BucketName"],),
            facts={
                "logging": bool(status["IsLogging"]),
                "everywhere": bool(item.get("IsMultiRegionTrail")),
                "validated": bool(item.get("LogFileValidationEnabled")),
            },
        )


MESSAGING_READERS = {
    "sqs": (read_queues,),
    "sns": (read_topics,),
    "events": (read_rules,),
    "firehose": (read_delivery_streams,),
    "apigatewayv2": (read_apis,),
    "cloudwatch": (read_alarms,),
    "cloudtrail": (read_trails,),
}
