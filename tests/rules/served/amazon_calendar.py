"""Pairs on AWS and Azure: what a calendar stops, and who would have come by then."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_AT: Final = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
_SERVICE: Final = "service/main/tickets"


def _balancer(*, internal: bool) -> tuple[Json, ...]:
    return (
        stay(
            "aws_lb.front", arn=f"{_AT}:loadbalancer/app/f/1", internal=internal, dns_name="f.elb"
        ),
        stay(
            "aws_lb_listener.front",
            arn=f"{_AT}:listener/app/f/1/2",
            load_balancer_arn=f"{_AT}:loadbalancer/app/f/1",
            default_action=[{"type": "forward", "target_group_arn": f"{_AT}:targetgroup/t/3"}],
        ),
        stay("aws_lb_target_group.tickets", arn=f"{_AT}:targetgroup/t/3", name="t"),
        stay(
            "aws_ecs_service.tickets",
            id="arn:aws:ecs:eu-west-1:111122223333:service/main/tickets",
            name="tickets",
            cluster="arn:aws:ecs:eu-west-1:111122223333:cluster/main",
            desired_count=6,
        ),
        stay(
            "aws_autoscaling_group.tickets",
            id="tickets",
            name="tickets",
            desired_capacity=4,
            min_size=4,
            max_size=9,
        ),
        stay("aws_instance.tickets", id="i-1", tags={"Name": "tickets"}),
        stay("aws_lb_target_group_attachment.tickets", id="a", target_id="i-1"),
    )


_USES: Final = {
    "aws_lb_listener.front": {
        "load_balancer_arn": ["aws_lb.front.arn"],
        "default_action": ["aws_lb_target_group.tickets.arn"],
    },
    "aws_ecs_service.tickets": {"load_balancer": ["aws_lb_target_group.tickets.arn"]},
    "aws_autoscaling_group.tickets": {"target_group_arns": ["aws_lb_target_group.tickets.arn"]},
    "aws_lb_target_group_attachment.tickets": {
        "target_group_arn": ["aws_lb_target_group.tickets.arn"],
        "target_id": ["aws_instance.tickets.id"],
    },
}
_PUBLIC: Final = _balancer(internal=False)
_INSIDE: Final = _balancer(internal=True)


def _action(most: str, least: str = "0") -> Json:
    made = {
        "name": "night",
        "resource_id": _SERVICE,
        "service_namespace": "ecs",
        "scalable_dimension": "ecs:service:DesiredCount",
        "schedule": "cron(0 22 * * ? *)",
        "scalable_target_action": [{"max_capacity": most, "min_capacity": least}],
    }
    return create("aws_appautoscaling_scheduled_action.night", made)


def _group(**sizes: int) -> Json:
    made = {"scheduled_action_name": "night", "autoscaling_group_name": "tickets", **sizes}
    return create("aws_autoscaling_schedule.night", {**made, "recurrence": "0 22 * * *"})


def _call(call: str, **told: Any) -> Json:
    made = {
        "name": "night",
        "state": "ENABLED",
        "schedule_expression": "cron(0 22 * * ? *)",
        "target": [{"arn": f"arn:aws:scheduler:::aws-sdk:{call}", "input": json.dumps(told)}],
    }
    return create("aws_scheduler_schedule.night", made)


_NIGHT: Final = {
    "id": "night",
    "scheduled_action_name": "night",
    "autoscaling_group_name": "tickets",
    "min_size": 2,
    "max_size": 6,
    "desired_capacity": 2,
}
_DATABASE: Final = stay("aws_db_instance.orders", id="db-X", identifier="orders")


def _reader(*uses: str) -> dict[str, dict[str, list[str]]]:
    return {"aws_lambda_function.reader": {"environment": list(uses)}} if uses else {}


_READER: Final = stay("aws_lambda_function.reader", id="reader", function_name="reader")

# Azure

_VM: Final = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web"
_SET: Final = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/vmss/web"


def _azure(**front: str) -> tuple[Json, ...]:
    return (
        stay("azurerm_linux_virtual_machine.web", id=_VM, name="web"),
        stay("azurerm_linux_virtual_machine_scale_set.web", id=_SET, name="web", instances=4),
        stay("azurerm_network_interface.web", id="/nic"),
        stay("azurerm_network_interface_backend_address_pool_association.web", id="/join"),
        stay("azurerm_lb_backend_address_pool.web", id="/lb/pool"),
        stay("azurerm_lb.web", id="/lb", frontend_ip_configuration=[{"name": "f", **front}]),
    )


_AZURE_USES: Final = {
    "azurerm_linux_virtual_machine.web": {
        "network_interface_ids": ["azurerm_network_interface.web.id"]
    },
    "azurerm_linux_virtual_machine_scale_set.web": {
        "network_interface": ["azurerm_lb_backend_address_pool.web.id"]
    },
    "azurerm_network_interface_backend_address_pool_association.web": {
        "network_interface_id": ["azurerm_network_interface.web.id"],
        "backend_address_pool_id": ["azurerm_lb_backend_address_pool.web.id"],
    },
    "azurerm_lb_backend_address_pool.web": {"loadbalancer_id": ["azurerm_lb.web.id"]},
}
_OPEN: Final = _azure(public_ip_address_id="/ip")
_CLOSED: Final = _azure(private_ip_address="10.0.0.4")
_SHUTS: Final = create(
    "azurerm_dev_test_global_vm_shutdown_schedule.night",
    {"virtual_machine_id": _VM, "enabled": True, "daily_recurrence_time": "2200"},
)


def _profiles(most: int) -> Json:
    day = {"name": "day", "capacity": [{"default": 4, "minimum": 2, "maximum": 8}]}
    night = {
        "name": "night",
        "capacity": [{"default": 0, "minimum": 0, "maximum": most}],
        "recurrence": [{"hours": [22], "minutes": [0], "days": ["Monday"]}],
    }
    made = {"name": "web", "enabled": True, "target_resource_id": _SET}
    return create("azurerm_monitor_autoscale_setting.web", {**made, "profile": [day, night]})


CALENDAR: Final = [
    pair(
        "a service behind a public balancer stops at night / behind an internal one",
        [_action("0"), *_PUBLIC],
        [_action("0"), *_INSIDE],
        uses=_USES,
    ),
    pair(
        "a group of machines stops at night / goes down to its least",
        [_group(min_size=0, max_size=0, desired_capacity=0), *_PUBLIC],
        [_group(min_size=2, max_size=-1, desired_capacity=-1), *_PUBLIC],
        uses=_USES,
    ),
    pair(
        "a machine is stopped by a call / a disk of it is copied by one",
        [_call("ec2:stopInstances", InstanceIds=["i-1"]), *_PUBLIC],
        [_call("ec2:createSnapshots", InstanceSpecification={"InstanceId": "i-1"}), *_PUBLIC],
        uses=_USES,
    ),
    pair(
        "a database is stopped by a call while a function reads it / while none does",
        _call("rds:stopDBInstance", DbInstanceIdentifier="orders"),
        _call("rds:stopDBInstance", DbInstanceIdentifier="orders"),
        _DATABASE,
        _READER,
        danger_uses=_reader("aws_db_instance.orders.address"),
    ),
    pair(
        "an existing schedule comes to stop the group / to keep one more",
        [tweak("aws_autoscaling_schedule.night", _NIGHT, max_size=0, desired_capacity=0), *_PUBLIC],
        [tweak("aws_autoscaling_schedule.night", _NIGHT, min_size=3, desired_capacity=3), *_PUBLIC],
        uses=_USES,
    ),
    pair(
        "a machine with a public front shuts down at night / with an inner one",
        [_SHUTS, *_OPEN],
        [_SHUTS, *_CLOSED],
        uses=_AZURE_USES,
    ),
    pair(
        "a profile of the night has room for none / for six",
        [_profiles(0), *_OPEN],
        [_profiles(6), *_OPEN],
        uses=_AZURE_USES,
    ),
]
CALENDAR_TRAPS: Final = [
    trap(
        "an internal balancer to which a distribution leads",
        _action("0"),
        *_INSIDE,
        stay("aws_cloudfront_vpc_origin.front", id="o"),
        uses={**_USES, "aws_cloudfront_vpc_origin.front": {"origin": ["aws_lb.front.arn"]}},
    ),
    trap(
        "a call that sets the number of copies to none",
        _call("ecs:updateService", Cluster="main", Service="tickets", DesiredCount=0),
        *_PUBLIC,
        uses=_USES,
    ),
]
