"""Exposure: what strangers can reach, read or become."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iacrisk.training import iam
from iacrisk.training.intents import ACCOUNT
from iacrisk.training.inventory import Thing
from iacrisk.training.network import STRANGER, Node, reach
from iacrisk.training.outcome import Harm, Probe
from iacrisk.training.probes.scene import Answers, Scene, answer

_PORTS = (
    22,
    80,
    443,
    1433,
    2049,
    3306,
    3389,
    5432,
    5439,
    5601,
    6379,
    8080,
    9092,
    9200,
    11211,
    27017,
)
_UNUSUAL_PORT = 61234
"""Nothing uses it, so it is open only where everything is."""

_STRANGERS_WISHES = {
    "bucket": ("s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject"),
    "file-system": ("elasticfilesystem:ClientMount",),
    "function": ("lambda:InvokeFunction", "lambda:UpdateFunctionCode"),
    "key": ("kms:Decrypt", "kms:ScheduleKeyDeletion"),
    "queue": ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue"),
    "repository": ("ecr:BatchGetImage", "ecr:PutImage"),
    "search": ("es:ESHttpGet", "es:ESHttpPost"),
    "secret": ("secretsmanager:GetSecretValue",),
    "table": ("dynamodb:GetItem", "dynamodb:PutItem"),
    "topic": ("sns:Publish", "sns:Subscribe"),
}
"""What a stranger would like to do with a thing whose own policy can allow it."""

_WEB_PORTS = (80, 443)

_EVERYBODY = ("AllUsers", "AuthenticatedUsers")


def probe_exposure(scene: Scene) -> Answers:
    """For each thing, one answer for each way in; what was open before does not count."""
    for thing in scene.now:
        label = _former_label(scene, thing)
        for way, open_wide, harm in _ways_in(scene, thing):
            yield f"exposed {label} {way}", _said(thing, way, open_wide=open_wide, harm=harm)


def _said(thing: Thing, way: str, *, open_wide: bool, harm: Harm) -> Probe:
    return answer(not open_wide, harm, "exposure", thing, "", f"open: {way}")


def _former_label(scene: Scene, thing: Thing) -> str:
    """A successor under a new name is compared with what it replaced."""
    if scene.before.find(thing.label) is not None:
        return thing.label
    for earlier in scene.before.of(thing.kind):
        found = scene.find(earlier.label)
        if found is not None and found.label == thing.label:
            return earlier.label
    return thing.label


def _ways_in(scene: Scene, thing: Thing) -> Iterator[tuple[str, bool, Harm]]:
    if thing.kind != "function":
        yield from _ports(scene, thing)
    if thing.policy:
        for action in _STRANGERS_WISHES.get(thing.kind, ()):
            yield action, _allowed_to_strangers(thing, action), "exposure"
    for account in _foreign_accounts(thing):
        yield f"account {account}", True, "exposure"
    yield from _of_kind(scene, thing)


def _of_kind(scene: Scene, thing: Thing) -> Iterator[tuple[str, bool, Harm]]:
    facts = thing.facts
    match thing.kind:
        case "bucket":
            public = any(
                str(grant["Grantee"].get("URI", "")).endswith(_EVERYBODY)
                for grant in facts["grants"]
            )
            yield "acl", public and not facts["blocked"].get("IgnorePublicAcls"), "exposure"
        case "eks":
            yield "endpoint", facts["public"] and "0.0.0.0/0" in facts["open_to"], "exposure"
        case "function":
            yield "url", facts["open_url"], "exposure"
        case "api":
            for route, opened in _opened_routes(scene, thing):
                yield f"route {route}", opened, "exposure"
        case "database" | "warehouse":
            yield "public flag", facts["public"], "latent"
        case "role":
            yield from _role(thing)
        case "user":
            yield "administrator", _administers(thing), "latent"
        case _:
            return


def _opened_routes(scene: Scene, api: Thing) -> Iterator[tuple[str, bool]]:
    """Routes without authorisation; a new one counts where every earlier one had it."""
    earlier = scene.before.get("api", api.name)
    known: dict[str, bool] = earlier.facts["authorised"] if earlier else {}
    for route, authorised in api.facts["authorised"].items():
        guarded = known[route] if route in known else all(known.values()) and bool(known)
        yield route, not authorised and guarded


def _role(thing: Thing) -> Iterator[tuple[str, bool, Harm]]:
    trust = thing.facts["trust"]
    yield "trust", bool(iam.public_statements(trust)), "exposure"
    for provider in _federations(trust):
        stranger = {f"{provider}:sub": "repo:stranger/code:ref:refs/heads/main"}
        context = stranger | {f"{provider}:aud": "sts.amazonaws.com"}
        decision = iam.may_assume(iam.Principal(federated=provider), trust, context)
        yield f"federation {provider}", decision.state == "works", "exposure"
    yield "administrator", _administers(thing), "latent"


def _federations(trust: iam.Document) -> set[str]:
    text = str(list(iam.statements(trust)))
    return set(re.findall(r"oidc-provider/([\w./-]+)", text))


def _administers(thing: Thing) -> bool:
    """Whether it could make itself anything; no stranger is in yet, so this is latent."""
    request = iam.Request(
        principal=iam.Principal(arn=thing.facts["arn"]), action="iam:CreatePolicyVersion"
    )
    return (
        iam.decide(request, thing.facts["policies"], None, thing.facts["boundary"]).state == "works"
    )


def _allowed_to_strangers(thing: Thing, action: str) -> bool:
    """Whether the resource's own policy lets somebody of another account do it."""
    if thing.kind == "bucket" and thing.facts["blocked"].get("RestrictPublicBuckets"):
        return False
    arn = thing.handles[0]
    requests = (
        iam.Request(principal=iam.STRANGER, action=action, resource=resource)
        for resource in (arn, f"{arn}/x")
    )
    return any(iam.decide(request, (), thing.policy).state == "works" for request in requests)


def _foreign_accounts(thing: Thing) -> set[str]:
    """Accounts that a policy lets in, other than the stack's own."""
    document = thing.facts["trust"] if thing.kind == "role" else thing.policy
    named = {
        account
        for statement in iam.statements(document)
        if statement.get("Effect") == "Allow" and isinstance(statement.get("Principal"), dict)
        for account in re.findall(r"\b\d{12}\b", str(statement["Principal"].get("AWS", "")))
    }
    return named - {ACCOUNT}


def _ports(scene: Scene, thing: Thing) -> Iterator[tuple[str, bool, Harm]]:
    stranger = Node(address=STRANGER)
    if not any(node.public and node.subnet for node in thing.nodes):
        return
    new = scene.before.find(_former_label(scene, thing)) is None
    for port in (*_PORTS, _UNUSUAL_PORT):
        if thing.kind == "alb" and port not in thing.facts["listeners"]:
            continue
        if thing.kind == "alb" and new and port in _WEB_PORTS:
            continue  # a new site is meant to be seen
        reached = any(
            node.subnet and reach(scene.now.network, stranger, node, port).state == "works"
            for node in thing.nodes
        )
        yield f"port {port}", reached, "exposure"
