"""Hosted zones and their records."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.inventory.cloud import Cloud
from iacrisk.training.inventory.things import Thing


def read_zones(cloud: Cloud) -> Iterator[Thing]:
    """Zones, and each record as a thing of its own, named `NAME/TYPE`."""
    for item in cloud.list("route53", "list_hosted_zones", "HostedZones"):
        zone = item["Id"].rpartition("/")[2]
        answer = cloud.client("route53").get_hosted_zone(Id=item["Id"])
        vpcs = [each["VPCId"] for each in answer.get("VPCs") or ()]
        private = bool((item.get("Config") or {}).get("PrivateZone"))
        yield Thing(
            kind="zone",
            name=item["Name"].rstrip("."),
            identity=zone,
            handles=(zone,),
            facts={"private": private, "vpcs": vpcs},
        )
        records = cloud.list(
            "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone
        )
        for record in records:
            if record["Type"] in ("NS", "SOA"):
                continue
            name = record["Name"].rstrip(".").replace("\\052", "*")
            values = [each["Value"].strip('"') for each in record.get("ResourceRecords") or ()]
            if alias := record.get("AliasTarget"):
                values.append(alias["DNSName"])
            yield Thing(
                kind="record",
                name=f"{name}/{record['Type']}",
                identity=f"{zone}_{name}_{record['Type']}_{record.get('SetIdentifier', '')}",
                handles=(f"{zone}_{name}_{record['Type']}",),
                addresses=(name.lower(),),
                mentions=tuple(values),
                facts={
                    "values": [_plain(value) for value in values],
                    "type": record["Type"],
                    "host": name,
                    "zone": zone,
                    "private": private,
                    "vpcs": vpcs,
                    "weight": record.get("Weight"),
                },
            )


def _plain(value: str) -> str:
    return value.lower().rstrip(".").removeprefix("dualstack.")
