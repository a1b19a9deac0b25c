"""N32: a new private endpoint answers for APIs that it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.interfaces import CALLERS
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, rule

_SERVICE: Final = regex(r"\.([a-z]+-[a-z-]+-\d)\.execute-api$")
_HOST: Final = regex(rb"(?<![\w-])([a-z0-9]{8,12})\.execute-api\.([a-z0-9-]+)\.amazonaws\.com")
_PLACE: Final = regex(rb"subnet-[0-9a-z]+")
_TOLD_BY: Final = frozenset({"aws_ecs_task_definition", "aws_launch_template"})


@rule(
    id="N32",
    name="public-api-names-taken",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=CHANGES,
    types={"aws_vpc_endpoint"},
    since="0.2",
)
def public_api_names_taken(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An endpoint for private APIs takes over the names of public ones that are called today.

    What it flags
        An interface endpoint for `execute-api` that gets private DNS, or comes with it, in a
        network where a program calls an API by its own `execute-api` address.

    Why it matters
        Private DNS covers the addresses of all APIs in the region. The endpoint passes calls on
        to private APIs only; whoever calls a regional one is refused from then on.

    When it is fine
        Nobody in the network calls a public API. Not flagged: callers of a name of the API's
        own, callers in other networks, APIs that the plan shows to be private.

    What to do instead
        Give the public APIs a domain name of their own and have programs call that first.

    References
        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
    """
    service = _SERVICE.search(str(change.after.get("service_name")))
    network = change.after.get("vpc_id")
    if service is None or change.after.get("private_dns_enabled") is not True:
        return
    if change.before.get("private_dns_enabled") is True or not isinstance(network, str):
        return
    homes = {
        str(one.before.get("id")).encode()
        for one in context.changes_of("aws_subnet")
        if stays(one) and one.before.get("vpc_id") == network
    }
    cut = [
        one.label
        for one in context.changes_of(*sorted(CALLERS))
        if stays(one)
        and homes.intersection(_PLACE.findall(bytes(one.raw.change.before)))
        and _calls_public_api(one, service[1].encode(), context)
    ]
    if cut:
        yield Flag(
            what=f"The names of public APIs lead to it, by which {some_of(cut)} calls one.",
            paths=(("private_dns_enabled",),),
            hurts=tuple(cut),
        )


def _calls_public_api(one: ResourceChange, region: bytes, context: Context) -> bool:
    """Whether it calls an API by such an address today and goes on to."""
    near = [use.node.change for use in context.graph.dependencies(one.label)]
    told = [one, *(item for item in near if item is not None and item.type in _TOLD_BY)]
    private = _private_apis(context)
    return any(
        name.decode() not in private and place == region
        for item in told
        if item.raw.change.before and item.raw.change.after
        for name, place in _HOST.findall(bytes(item.raw.change.after))
        if name in bytes(item.raw.change.before)
    )


def _private_apis(context: Context) -> set[str]:
    return {
        str(api.before.get("id"))
        for api in context.changes_of("aws_api_gateway_rest_api")
        for block in blocks(api.before.get("endpoint_configuration"))
        if "PRIVATE" in texts(block.get("types"))
    }
