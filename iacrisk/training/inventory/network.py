"""VPCs, subnets, tables and gates, as values that `iacrisk.training.network` evaluates."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from iacrisk.training.inventory.cloud import Cloud, tags_of
from iacrisk.training.inventory.things import Thing
from iacrisk.training.network import (
    AclEntry,
    GroupRule,
    Network,
    Node,
    Route,
    SecurityGroup,
    ServiceEndpoint,
    Subnet,
)

NETWORK_SERVICES = ("ec2",)
_ALIVE = frozenset({"available", "pending", "Available"})
_TARGET_KEYS = (
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
)


def read_network(cloud: Cloud) -> Network:
    """The whole network."""
    tables = cloud.list("ec2", "describe_route_tables", "RouteTables")
    acls = cloud.list("ec2", "describe_network_acls", "NetworkAcls")
    return Network(
        vpcs={
            vpc["VpcId"]: tuple(
                block["CidrBlock"] for block in vpc.get("CidrBlockAssociationSet") or [vpc]
            )
            for vpc in cloud.list("ec2", "describe_vpcs", "Vpcs")
        },
        subnets={
            item["SubnetId"]: _subnet(item, tables, acls)
            for item in cloud.list("ec2", "describe_subnets", "Subnets")
        },
        groups={
            item["GroupId"]: _group(item)
            for item in cloud.list("ec2", "describe_security_groups", "SecurityGroups")
        },
        internet_gateways={
            item["InternetGatewayId"]: attached["VpcId"]
            for item in cloud.list("ec2", "describe_internet_gateways", "InternetGateways")
            for attached in item["Attachments"]
        },
        nat_gateways={
            item["NatGatewayId"]: item["SubnetId"]
            for item in cloud.list("ec2", "describe_nat_gateways", "NatGateways")
            if item["State"] == "available"
        },
        peerings={
            item["VpcPeeringConnectionId"]: (
                item["RequesterVpcInfo"]["VpcId"],
                item["AccepterVpcInfo"]["VpcId"],
            )
            for item in cloud.list(
                "ec2", "describe_vpc_peering_connections", "VpcPeeringConnections"
            )
            if item["Status"]["Code"] == "active"
        },
        endpoints=tuple(
            _endpoint(item)
            for item in cloud.list("ec2", "describe_vpc_endpoints", "VpcEndpoints")
            if item["State"] in _ALIVE
        ),
    )


def read_vpcs(cloud: Cloud, _network: Network) -> Iterable[Thing]:
    """VPCs by their Name tag."""
    for item in cloud.list("ec2", "describe_vpcs", "Vpcs"):
        yield Thing(
            kind="vpc",
            name=tags_of(item).get("Name", item["VpcId"]),
            identity=item["VpcId"],
            handles=(item["VpcId"],),
        )


def nodes_in(
    network: Network, subnets: Iterable[str], groups: Sequence[str] | None, *, public: bool
) -> tuple[Node, ...]:
    """One interface in each subnet, on an address that stands for whichever AWS would choose."""
    return tuple(
        Node(
            address=str(ipaddress.ip_network(network.subnets[subnet].cidr)[10]),
            subnet=subnet,
            groups=None if groups is None else tuple(groups),
            public=public,
        )
        for subnet in subnets
        if subnet in network.subnets
    )


def _subnet(item: Any, tables: Sequence[Any], acls: Sequence[Any]) -> Subnet:
    table = _table_of(item, tables)
    acl = next(
        (
            acl
            for acl in acls
            if any(each["SubnetId"] == item["SubnetId"] for each in acl["Associations"])
        ),
        None,
    )
    return Subnet(
        vpc=item["VpcId"],
        cidr=item["CidrBlock"],
        table=table["RouteTableId"] if table else "",
        routes=tuple(_routes(table)) if table else (),
        acl=tuple(_acl_entries(acl)) if acl else None,
    )


def _table_of(subnet: Any, tables: Sequence[Any]) -> Any:
    main = None
    for table in tables:
        for association in table["Associations"]:
            if association.get("SubnetId") == subnet["SubnetId"]:
                return table
            if association.get("Main") and table["VpcId"] == subnet["VpcId"]:
                main = table
    return main


def _routes(table: Any) -> Iterable[Route]:
    for item in table["Routes"]:
        cidr = item.get("DestinationCidrBlock")
        target = next((item[key] for key in _TARGET_KEYS if item.get(key)), "")
        if cidr and target:
            yield Route(cidr=cidr, target=target)


def _acl_entries(acl: Any) -> Iterable[AclEntry]:
    for item in acl["Entries"]:
        if item.get("CidrBlock"):
            ports = item.get("PortRange") or {}
            yield AclEntry(
                number=item["RuleNumber"],
                egress=item["Egress"],
                allow=item["RuleAction"] == "allow",
                cidr=item["CidrBlock"],
                protocol=str(item["Protocol"]),
                first=int(ports.get("From", 0)),
                last=int(ports.get("To", 65535)),
            )


def _group(item: Any) -> SecurityGroup:
    return SecurityGroup(
        ingress=tuple(map(_group_rule, item["IpPermissions"])),
        egress=tuple(map(_group_rule, item["IpPermissionsEgress"])),
    )


def _group_rule(item: Any) -> GroupRule:
    first, last = item.get("FromPort"), item.get("ToPort")
    return GroupRule(
        protocol=str(item["IpProtocol"]),
        first=0 if first is None or first < 0 else first,
        last=65535 if last is None or last < 0 else last,
        cidrs=tuple(each["CidrIp"] for each in item.get("IpRanges", ())),
        groups=tuple(each["GroupId"] for each in item.get("UserIdGroupPairs", ())),
        prefix_lists=tuple(each["PrefixListId"] for each in item.get("PrefixListIds", ())),
    )


def _endpoint(item: Any) -> ServiceEndpoint:
    return ServiceEndpoint(
        service=item["ServiceName"].rpartition(".")[2],
        vpc=item["VpcId"],
        tables=tuple(item.get("RouteTableIds") or ()),
        groups=tuple(group["GroupId"] for group in item.get("Groups") or ()),
        gateway=item["VpcEndpointType"] == "Gateway",
    )
