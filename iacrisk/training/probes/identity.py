"""Identity: every call that the stack makes has to be allowed, every role has to be assumable."""

from __future__ import annotations

from iacrisk.training import iam
from iacrisk.training.intents import ACCOUNT, REGION, Access, Trust
from iacrisk.training.inventory import Inventory, Thing
from iacrisk.training.outcome import Probe
from iacrisk.training.probes.scene import Answers, Scene, answer


def probe_identity(scene: Scene) -> Answers:
    """One answer for each access and each trust."""
    for access in scene.intents.accesses:
        name = f"access {access.principal} {access.action} {access.resource}"
        yield name, _access(scene, access)
    for trust in scene.intents.trusts:
        yield f"trust {trust.role} {trust.principal}", _trust(scene, trust)


def _access(scene: Scene, access: Access) -> Probe:
    kind, _, name = access.principal.partition(":")
    caller = None if kind == "service" else scene.find(access.principal)
    arn, owner = resource_arn(scene, access.resource)
    victim = owner if kind == "service" else caller

    def said(works: bool | None, detail: str = "") -> Probe:
        also = owner if caller else None
        return answer(works, "access_loss", "identity", victim, access.principal, detail, also)

    if kind != "service" and caller is None:
        return said(False, "the caller is gone")
    if arn is None:
        return said(False, "the resource is gone, or its name leads nowhere")
    request = iam.Request(
        principal=iam.Principal(service=name)
        if caller is None
        else iam.Principal(arn=caller.facts["arn"]),
        action=access.action,
        resource=arn,
        context=access.context,
    )
    decision = iam.decide(
        request,
        identity=caller.facts["policies"] if caller else (),
        resource=owner.policy if owner else None,
        boundary=caller.facts["boundary"] if caller else None,
    )
    return said(_as_bool(decision), decision.why)


def _trust(scene: Scene, trust: Trust) -> Probe:
    role = scene.find(f"role:{trust.role}")
    label = f"role:{trust.role}"
    if role is None:
        return answer(False, "access_loss", "identity", None, label, "the role is gone")
    kind, _, name = trust.principal.partition(":")
    principal = {
        "service": iam.Principal(service=name),
        "federated": iam.Principal(federated=name),
    }.get(kind, iam.Principal(arn=trust.principal, account=_account(trust.principal)))
    decision = iam.may_assume(principal, role.facts["trust"], trust.context)
    return answer(_as_bool(decision), "access_loss", "identity", role, label, decision.why)


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ACCOUNT


def _as_bool(decision: iam.Decision) -> bool | None:
    return None if decision.state == "unknown" else decision.state == "works"


def resource_arn(scene: Scene, resource: str) -> tuple[str | None, Thing | None]:
    """The ARN that a request names, and the thing it belongs to; no ARN when it leads nowhere."""
    text = scene.filled(resource)
    if text is None:
        return None, None
    if text == "*" or text.startswith("arn:"):
        return text, _owner(scene.now, text)
    kind, _, name = text.partition(":")
    name, rest = _inner(scene.now, kind, name)
    thing = scene.find(f"{kind}:{name}")
    if thing is None or not _usable(thing):
        return None, thing
    if kind == "log-group":
        return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{thing.name}:*", thing
    return thing.handles[0] + rest, thing


def _inner(inventory: Inventory, kind: str, name: str) -> tuple[str, str]:
    """A bucket's name and the key in it, a table's name and the index."""
    if inventory.get(kind, name) is not None:
        return name, "/*" if kind == "bucket" and "/" in name else ""
    if kind == "bucket":
        bare = name.removeprefix("arn:aws:s3:::").removeprefix("s3://")
        bucket, slash, key = bare.partition("/")
        return bucket, slash + key
    if kind == "table" and "/index/" in name:
        table, _, index = name.partition("/index/")
        found = inventory.get("table", table)
        if found is not None and index not in found.facts["indexes"]:
            return "", ""
        return table, f"/index/{index}"
    return name, ""


def _owner(inventory: Inventory, arn: str) -> Thing | None:
    """The thing whose ARN is the request's, or its beginning."""
    fits = [
        thing
        for thing in inventory
        for handle in thing.handles[:1]
        if handle.startswith("arn:")
        and (arn == handle or arn.startswith((f"{handle}/", f"{handle}:")))
    ]
    return max(fits, key=lambda thing: len(thing.handles[0]), default=None)


def _usable(thing: Thing) -> bool:
    return thing.kind != "key" or bool(thing.facts["enabled"])
