"""Instances, groups, balancers, containers, functions, clusters."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any

from iacrisk.training.inventory.cloud import Cloud, tags_of
from iacrisk.training.inventory.messaging import read_sources
from iacrisk.training.inventory.network import nodes_in, read_vpcs
from iacrisk.training.inventory.storage import read_volumes
from iacrisk.training.inventory.things import Thing
from iacrisk.training.network import AWS_ADDRESS, Network, Node

_GROUP_TAG = "aws:autoscaling:groupName"


def read_instances(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Running instances that no auto scaling group made."""
    for item in _running(cloud):
        tags = tags_of(item)
        if _GROUP_TAG in tags:
            continue
        identity = item["InstanceId"]
        data = cloud.ask(
            "ec2", "describe_instance_attribute", InstanceId=identity, Attribute="userData"
        )
        addresses = (item.get("PrivateIpAddress"), item.get("PublicIpAddress"))
        yield Thing(
            kind="instance",
            name=tags.get("Name", identity),
            identity=identity,
            handles=(identity,),
            addresses=tuple(filter(None, addresses)),
            nodes=(_instance_node(item),),
            mentions=(_decoded((data or {}).get("UserData", {}).get("Value", "")),),
            facts={"type": item["InstanceType"]},
        )


def read_groups(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Auto scaling groups with their instances."""
    running = _running(cloud)
    for item in cloud.list("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"):
        members = {member["InstanceId"] for member in item["Instances"]}
        name = item["AutoScalingGroupName"]
        nodes = tuple(_instance_node(each) for each in running if each["InstanceId"] in members)
        targets = tuple(item.get("TargetGroupARNs") or ())
        yield Thing(
            kind="asg",
            name=name,
            identity=f"{item['AutoScalingGroupARN']} {item.get('CreatedTime')}",
            handles=(item["AutoScalingGroupARN"], name),
            nodes=nodes,
            mentions=targets,
            units=len(nodes),
            facts={"targets": targets, "members": sorted(members)},
        )


def read_addresses(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Elastic IP addresses."""
    for item in cloud.list("ec2", "describe_addresses", "Addresses"):
        yield Thing(
            kind="address",
            name=item["PublicIp"],
            identity=item["AllocationId"],
            handles=(item["AllocationId"],),
            addresses=(item["PublicIp"],),
            facts={"attached": bool(item.get("AssociationId"))},
        )


def read_balancers(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """Load balancers with listeners, rules, target groups and registered targets."""
    groups = {
        item["TargetGroupArn"]: item
        for item in cloud.list("elbv2", "describe_target_groups", "TargetGroups")
    }
    for arn, item in groups.items():
        health = cloud.ask("elbv2", "describe_target_health", TargetGroupArn=arn)
        targets = [each["Target"] for each in (health or {}).get("TargetHealthDescriptions", ())]
        yield Thing(
            kind="target-group",
            name=item["TargetGroupName"],
            identity=arn,
            handles=(arn, item["TargetGroupName"]),
            facts={"port": item.get("Port"), "targets": targets},
        )
    for item in cloud.list("elbv2", "describe_load_balancers", "LoadBalancers"):
        yield _balancer(cloud, network, item)


def _balancer(cloud: Cloud, network: Network, item: Any) -> Thing:
    arn, name = item["LoadBalancerArn"], item["LoadBalancerName"]
    listeners = {}
    for listener in cloud.list("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn):
        rules = cloud.list("elbv2", "describe_rules", "Rules", ListenerArn=listener["ListenerArn"])
        listeners[listener["Port"]] = {**listener, "Rules": rules}
    attributes = {
        each["Key"]: each["Value"]
        for each in cloud.list(
            "elbv2", "describe_load_balancer_attributes", "Attributes", LoadBalancerArn=arn
        )
    }
    subnets = [zone["SubnetId"] for zone in item["AvailabilityZones"]]
    groups = item.get("SecurityGroups") or (None if item.get("Type") == "network" else ())
    return Thing(
        kind="alb",
        name=name,
        identity=arn,
        handles=(arn, name),
        addresses=(item["DNSName"].lower(),),
        nodes=nodes_in(network, subnets, groups, public=item.get("Scheme") != "internal"),
        units=len(subnets),
        facts={
            "listeners": listeners,
            "protected": attributes.get("deletion_protection.enabled") == "true",
            "logging": attributes.get("access_logs.s3.enabled") == "true",
        },
    )


def read_functions(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """Lambda functions."""
    for item in cloud.list("lambda", "list_functions", "Functions"):
        name, arn = item["FunctionName"], item["FunctionArn"]
        variables = item.get("Environment", {}).get("Variables", {})
        policy = cloud.ask("lambda", "get_policy", FunctionName=name)
        vpc = item.get("VpcConfig") or {}
        url = cloud.ask("lambda", "get_function_url_config", FunctionName=name) or {}
        concurrency = cloud.ask("lambda", "get_function_concurrency", FunctionName=name) or {}
        yield Thing(
            kind="function",
            name=name,
            identity=arn,
            handles=(arn, name, f"arn:aws:apigateway:us-east-1:lambda:path/{arn}"),
            nodes=nodes_in(network, vpc["SubnetIds"], vpc.get("SecurityGroupIds", ()), public=False)
            if vpc.get("SubnetIds")
            else (Node(address=AWS_ADDRESS, public=True),),
            mentions=(*variables.values(), item["Role"]),
            policy=policy and policy["Policy"],
            units=concurrency.get("ReservedConcurrentExecutions"),
            facts={
                "environment": variables,
                "role": item["Role"],
                "open_url": url.get("AuthType") == "NONE",
            },
        )


def read_services(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """ECS clusters and services."""
    for arn in cloud.list("ecs", "list_clusters", "clusterArns"):
        cluster = arn.rpartition("/")[2]
        yield Thing(kind="cluster", name=cluster, identity=arn, handles=(arn, cluster))
        names = cloud.list("ecs", "list_services", "serviceArns", cluster=arn)
        for start in range(0, len(names), 10):
            chunk = names[start : start + 10]
            for item in cloud.client("ecs").describe_services(cluster=arn, services=chunk)[
                "services"
            ]:
                if item["status"] == "ACTIVE":
                    yield _service(cloud, network, cluster, item)


def _service(cloud: Cloud, network: Network, cluster: str, item: Any) -> Thing:
    name = f"{cluster}/{item['serviceName']}"
    answer = cloud.ask("ecs", "describe_task_definition", taskDefinition=item["taskDefinition"])
    task = (answer or {}).get("taskDefinition", {})
    containers = task.get("containerDefinitions") or [{}]
    variables = {
        each["name"]: each["value"]
        for container in reversed(containers)
        for each in container.get("environment", ())
    }
    secrets = [each["valueFrom"] for box in containers for each in box.get("secrets", ())]
    balancers = item.get("loadBalancers") or []
    vpc = (item.get("networkConfiguration") or {}).get("awsvpcConfiguration", {})
    public = vpc.get("assignPublicIp") == "ENABLED"
    return Thing(
        kind="service",
        name=name,
        identity=f"{item['serviceArn']} {item.get('createdAt')}",
        handles=(item["serviceArn"], name),
        nodes=nodes_in(
            network, vpc.get("subnets", ()), vpc.get("securityGroups", ()), public=public
        )
        if item["desiredCount"]
        else (),
        mentions=(
            *variables.values(),
            *secrets,
            *(each.get("targetGroupArn", "") for each in balancers),
            task.get("taskRoleArn") or "",
            task.get("executionRoleArn") or "",
        ),
        units=item["desiredCount"],
        facts={
            "environment": variables,
            "balancers": balancers,
            "ports": _container_ports(containers),
            "placed": bool(vpc),
        },
    )


def _container_ports(containers: Sequence[Any]) -> list[int]:
    return [each["containerPort"] for box in containers for each in box.get("portMappings", ())]


def read_eks(cloud: Cloud, network: Network) -> Iterator[Thing]:
    """Kubernetes clusters; node groups count as their units."""
    for name in cloud.list("eks", "list_clusters", "clusters"):
        item = cloud.client("eks").describe_cluster(name=name)["cluster"]
        vpc = item["resourcesVpcConfig"]
        groups = [*vpc.get("securityGroupIds", ()), vpc.get("clusterSecurityGroupId", "")]
        units = 0
        for group in cloud.list("eks", "list_nodegroups", "nodegroups", clusterName=name):
            answer = cloud.client("eks").describe_nodegroup(clusterName=name, nodegroupName=group)
            units += answer["nodegroup"]["scalingConfig"]["desiredSize"]
        endpoint = (item.get("endpoint") or "").removeprefix("https://").lower()
        public = bool(vpc.get("endpointPublicAccess"))
        yield Thing(
            kind="eks",
            name=name,
            identity=str(item["createdAt"]),
            handles=(item["arn"], name),
            addresses=(endpoint,) if endpoint else (),
            nodes=nodes_in(network, vpc.get("subnetIds", ()), groups, public=public),
            units=units,
            facts={
                "public": public,
                "open_to": vpc.get("publicAccessCidrs") or ["0.0.0.0/0"],
                "logging": any(each["enabled"] for each in item["logging"]["clusterLogging"])
                if item.get("logging", {}).get("clusterLogging")
                else False,
            },
        )


def _running(cloud: Cloud) -> list[Any]:
    return [
        item
        for reservation in cloud.list("ec2", "describe_instances", "Reservations")
        for item in reservation["Instances"]
        if item["State"]["Name"] == "running"
    ]


def _instance_node(item: Any) -> Node:
    groups = [group["GroupId"] for group in item["SecurityGroups"]]
    groups += [group["GroupId"] for face in item["NetworkInterfaces"] for group in face["Groups"]]
    return Node(
        address=item["PrivateIpAddress"],
        subnet=item.get("SubnetId", ""),
        groups=tuple(dict.fromkeys(groups)),
        public=bool(item.get("PublicIpAddress")),
    )


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


COMPUTE_READERS = {
    "ec2": (read_vpcs, read_instances, read_addresses, read_volumes),
    "autoscaling": (read_groups,),
    "elbv2": (read_balancers,),
    "lambda": (read_functions, read_sources),
    "ecs": (read_services,),
    "eks": (read_eks,),
}
