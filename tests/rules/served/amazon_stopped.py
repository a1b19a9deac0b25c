"""Pairs: actions of budgets, names that an endpoint takes over, and images that go."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

# Budgets

_GROUP: Final = stay("aws_lb_target_group.api", id="arn:tg/api", arn="arn:tg/api", name="api")
_MACHINES: Final = [
    stay("aws_instance.api", id="i-0aaaaaaa", ami="ami-1", instance_type="m6i.large"),
    stay("aws_instance.lab", id="i-0bbbbbbb", ami="ami-1", instance_type="g5.xlarge"),
    _GROUP,
    stay(
        "aws_lb_target_group_attachment.api",
        id="tga-1",
        target_group_arn="arn:tg/api",
        target_id="i-0aaaaaaa",
    ),
]
_ATTACHED: Final = {
    "aws_lb_target_group_attachment.api": {
        "target_group_arn": ["aws_lb_target_group.api.arn"],
        "target_id": ["aws_instance.api.id"],
    }
}


def _action(machine: str, model: str = "AUTOMATIC") -> Json:
    stop = {"action_sub_type": "STOP_EC2_INSTANCES", "instance_ids": [machine], "region": "eu-1"}
    return create(
        "aws_budgets_budget_action.stop",
        {
            "budget_name": "ec2",
            "action_type": "RUN_SSM_DOCUMENTS",
            "approval_model": model,
            "definition": [{"ssm_action_definition": [stop]}],
        },
    )


# Names of APIs

_NETWORK: Final = [
    stay("aws_subnet.app", id="subnet-0a1b2c3d", vpc_id="vpc-1", cidr_block="10.0.1.0/24"),
    stay("aws_subnet.other", id="subnet-0e0e0e0e", vpc_id="vpc-2", cidr_block="10.1.1.0/24"),
]
_PUBLIC: Final = "https://ab12cd34ef.execute-api.eu-west-1.amazonaws.com/prod"


def _endpoint(**more: Any) -> Json:
    return create(
        "aws_vpc_endpoint.api",
        {
            "vpc_id": "vpc-1",
            "vpc_endpoint_type": "Interface",
            "service_name": "com.amazonaws.eu-west-1.execute-api",
            "private_dns_enabled": True,
            **more,
        },
    )


def _caller(url: str, subnet: str = "subnet-0a1b2c3d") -> Json:
    return stay(
        "aws_lambda_function.quotes",
        id="quotes",
        function_name="quotes",
        vpc_config=[{"subnet_ids": [subnet], "security_group_ids": ["sg-1"]}],
        environment=[{"variables": {"RATES_URL": url}}],
    )


def _api(kind: str) -> Json:
    return stay(
        "aws_api_gateway_rest_api.rates",
        id="ab12cd34ef",
        name="rates",
        endpoint_configuration=[{"types": [kind]}],
    )


# Images


def _image(address: str, identity: str) -> Json:
    return stay(
        address,
        id=identity,
        name=address.rpartition(".")[2],
        public=False,
        root_snapshot_id=identity.replace("ami", "snap"),
        ebs_block_device=[{"snapshot_id": identity.replace("ami", "snap")}],
    )


def _template(image: str) -> Json:
    return stay(
        "aws_launch_template.node",
        id="lt-1",
        name="node",
        image_id=image,
        latest_version=7,
        default_version=7,
    )


def _fleet(version: str = "$Latest") -> Json:
    return stay(
        "aws_autoscaling_group.node",
        id="node",
        name="node",
        launch_template=[{"id": "lt-1", "name": "node", "version": version}],
    )


_OLD: Final = 'aws_ami.node["old"]'
_GOES: Final = delete(
    _OLD, _image(_OLD, "ami-0old")["change"]["before"], action_reason="delete_because_each_key"
)
_NEW: Final = _image('aws_ami.node["new"]', "ami-0new")

# Ways back after signing in

_BACK: Final = [f"https://{host}.example.com/auth/back" for host in ("shop", "www")]


def _client(kept: str) -> Json:
    before = {"id": "client1", "name": "web", "user_pool_id": "eu_1", "callback_urls": _BACK}
    address = "aws_cognito_user_pool_client.web"
    return tweak(address, before, callback_urls=[url for url in _BACK if kept in url])


def _site(url: str) -> Json:
    return stay(
        "aws_lambda_function.site",
        id="site",
        function_name="site",
        environment=[{"variables": {"REDIRECT_URI": url}}],
    )


def _leads_on(to: str = "www.example.com", **more: Any) -> Json:
    sent = {"host": to, "path": "/#{path}", "port": "443", "protocol": "HTTPS"}
    return stay(
        "aws_lb_listener_rule.shop",
        id="arn:rule/1",
        listener_arn="arn:listener/1",
        priority=10,
        action=[{"type": "redirect", "redirect": [sent]}],
        condition=[{"host_header": [{"values": ["shop.example.com"]}], **more}],
    )


# Readers of changes


def _parameters(before: str, after: str) -> Json:
    one = {"name": "rds.logical_replication", "apply_method": "pending-reboot"}
    return tweak(
        "aws_rds_cluster_parameter_group.orders",
        {"id": "orders", "name": "orders", "parameter": [{**one, "value": before}]},
        parameter=[{**one, "value": after}],
    )


_READ: Final = [
    stay("aws_rds_cluster.orders", id="orders", endpoint="orders.cluster-x.rds.amazonaws.com"),
    stay(
        "aws_dms_endpoint.orders",
        id="orders",
        endpoint_arn="arn:dms:1",
        server_name="orders.cluster-x.rds.amazonaws.com",
    ),
    stay(
        "aws_dms_replication_task.orders",
        id="orders",
        migration_type="cdc",
        source_endpoint_arn="arn:dms:1",
    ),
]

# Ports of a listener

_LISTENER: Final = {
    "id": "arn:ga/listener/1",
    "protocol": "UDP",
    "port_range": [{"from_port": 7000, "to_port": 7999}],
}


def _ports(high: int) -> Json:
    ports = [{"from_port": 7000, "to_port": high}]
    return tweak("aws_globalaccelerator_listener.play", _LISTENER, port_range=ports)


def _endpoints(machine: str = "i-0ccccccc", **more: Any) -> Json:
    return stay(
        "aws_globalaccelerator_endpoint_group.play",
        id="arn:ga/group/1",
        listener_arn="arn:ga/listener/1",
        endpoint_configuration=[{"endpoint_id": machine, "weight": 128}],
        **more,
    )


def _admits(low: int, high: int, protocol: str = "udp") -> Json:
    return stay(
        "aws_security_group.game",
        id="sg-0game",
        name="game",
        vpc_id="vpc-1",
        ingress=[
            {
                "from_port": low,
                "to_port": high,
                "protocol": protocol,
                "cidr_blocks": ["0.0.0.0/0"],
            }
        ],
        egress=[],
    )


_GAME: Final = stay("aws_instance.game", id="i-0ccccccc", vpc_security_group_ids=["sg-0game"])
_PLAYED: Final = {
    "aws_globalaccelerator_endpoint_group.play": {
        "listener_arn": ["aws_globalaccelerator_listener.play.id"],
        "endpoint_configuration": ["aws_instance.game.id"],
    },
    "aws_instance.game": {"vpc_security_group_ids": ["aws_security_group.game.id"]},
}

STOPPED: Final = [
    pair(
        "the log of changes that a task reads goes off / comes on",
        _parameters("1", "0"),
        _parameters("0", "1"),
        *_READ,
        uses={
            "aws_rds_cluster.orders": {
                "db_cluster_parameter_group_name": ["aws_rds_cluster_parameter_group.orders.name"]
            }
        },
    ),
    pair(
        "a client loses the way back that its site names / one that only leads on",
        _client("shop"),
        _client("www"),
        _leads_on(),
        _site(_BACK[1]),
    ),
    pair(
        "a listener drops ports that its machines let in / that they do not",
        _ports(7099),
        _ports(7199),
        _endpoints(),
        _GAME,
        _admits(7000, 7199),
        uses=_PLAYED,
    ),
    pair(
        "a budget stops the machine of a balancer / one that nothing leads to",
        _action("i-0aaaaaaa"),
        _action("i-0bbbbbbb"),
        *_MACHINES,
        uses=_ATTACHED,
    ),
    pair(
        "a budget stops machines by itself / after somebody has approved",
        _action("i-0aaaaaaa"),
        _action("i-0aaaaaaa", "MANUAL"),
        *_MACHINES,
        uses=_ATTACHED,
    ),
    pair(
        "an endpoint takes over the name of a public API / of an API with its own domain",
        [_endpoint(), _caller(_PUBLIC), _api("REGIONAL")],
        [_endpoint(), _caller("https://rates.example.com"), _api("REGIONAL")],
        *_NETWORK,
    ),
    pair(
        "the API that is called is public / private",
        [_endpoint(), _caller(_PUBLIC), _api("EDGE")],
        [_endpoint(), _caller(_PUBLIC), _api("PRIVATE")],
        *_NETWORK,
    ),
    pair(
        "the caller lives in the network of the endpoint / in another one",
        [_endpoint(), _caller(_PUBLIC)],
        [_endpoint(), _caller(_PUBLIC, "subnet-0e0e0e0e")],
        *_NETWORK,
    ),
    pair(
        "the endpoint comes with private DNS / without",
        [_endpoint(), _caller(_PUBLIC)],
        [_endpoint(private_dns_enabled=False), _caller(_PUBLIC)],
        *_NETWORK,
    ),
    pair(
        "an image goes that a template starts / that nothing names any more",
        [_GOES, _template("ami-0old")],
        [_GOES, _template("ami-0new")],
        _NEW,
        _fleet(),
    ),
]

STOPPED_TRAPS: Final = [
    trap("the host leads elsewhere", _client("www"), _leads_on("new.example.com"), _site(_BACK[1])),
    trap("a program names the host", _client("www"), _leads_on(), _site(_BACK[0])),
    trap(
        "another rule answers some paths of the host",
        _client("www"),
        _leads_on(),
        _site(_BACK[1]),
        stay(
            "aws_lb_listener_rule.auth",
            id="arn:rule/2",
            priority=5,
            action=[{"type": "forward", "target_group_arn": "arn:tg/1"}],
            condition=[{"path_pattern": [{"values": ["/auth/*"]}]}],
        ),
    ),
    trap(
        "the ports that go are let in for all protocols",
        _ports(7199),
        _endpoints(),
        _GAME,
        _admits(0, 0, "-1"),
        uses=_PLAYED,
    ),
    trap(
        "an endpoint is not in the plan",
        _ports(7199),
        _endpoints("i-0ddddddd"),
        _GAME,
        _admits(7000, 7199),
        uses=_PLAYED,
    ),
    trap(
        "the endpoints get the connections at other ports",
        _ports(7199),
        _endpoints(port_override=[{"listener_port": 7300, "endpoint_port": 7100}]),
        _GAME,
        _admits(7000, 7199),
        uses=_PLAYED,
    ),
    trap(
        "the group of the machine is not in the plan",
        _ports(7199),
        _endpoints(),
        _GAME,
        uses={k: v for k, v in _PLAYED.items() if k != "aws_instance.game"},
    ),
    trap(
        "a group starts an older version of the template",
        _GOES,
        _NEW,
        _template("ami-0new"),
        _fleet("5"),
    ),
    trap(
        "a parameter hands the image on",
        _GOES,
        _NEW,
        _template("ami-0new"),
        stay("aws_ssm_parameter.image", id="/image", name="/image", value="ami-0old"),
    ),
    trap(
        "another account may start the image",
        _GOES,
        _NEW,
        _template("ami-0new"),
        stay("aws_ami_launch_permission.it", id="it", image_id="ami-0old", account_id="1"),
    ),
    trap("nothing of the plan starts an image of the block", _GOES, _NEW),
    trap("no other image stays", _GOES, _template("ami-0new")),
]
