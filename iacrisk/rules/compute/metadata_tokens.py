"""C36: the metadata service asks for a token that the machine's own script does not get."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_OPTIONS: Final = "metadata_options.0."
_ASKS: Final = regex(
    r"169\.254\.169\.254/\S*(meta-data|user-data|dynamic)|ec2-metadata\b", re.IGNORECASE
)
_GETS_TOKEN: Final = regex(r"x-aws-ec2-metadata-token|latest/api/token", re.IGNORECASE)
_CONTAINERS: Final = regex(r"ECS_CLUSTER|/etc/eks/bootstrap|docker run", re.IGNORECASE)


@rule(
    id="C36",
    name="metadata-out-of-reach",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"aws_instance", "aws_launch_template"},
    since="0.2",
)
def metadata_out_of_reach(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A machine's script asks the metadata service in a way that is no longer answered.

    What it flags
        `http_tokens` that becomes `required`, or `http_endpoint` that becomes `disabled`, where
        the user data reads from the service without a token; a hop limit of 1 where the user
        data starts containers.

    Why it matters
        The script gets an error page or nothing in place of the machine's id, region or
        credentials. A running machine fails at the next read, a new one does not come up.

    When it is fine
        Only the first start reads it, and the machine is never started anew.

    What to do instead
        Let the script get a token first, and raise the hop limit to 2 for containers.

    References
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
    """
    del context
    script = _script(change.after)
    reads = bool(_ASKS.search(script))
    if _turns(change, "http_endpoint", "disabled") and reads:
        yield _told("The metadata service is switched off, and the user data reads from it.")
    elif _turns(change, "http_tokens", "required") and reads and not _GETS_TOKEN.search(script):
        yield _told("The metadata service asks for a token, and the user data gets none.")
    elif _hops_fall(change) and _CONTAINERS.search(script):
        yield Flag(
            what="Containers that the user data starts no longer reach the metadata service.",
            paths=(("metadata_options",),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _told(what: str) -> Flag:
    return Flag(what=what, paths=(("metadata_options",),))


def _turns(change: ResourceChange, name: str, value: str) -> bool:
    path = f"{_OPTIONS}{name}"
    return bool(change.was(path) != value and change.becomes(path) == value)


def _hops_fall(change: ResourceChange) -> bool:
    path = f"{_OPTIONS}http_put_response_hop_limit"
    before, after = change.was(path), change.becomes(path)
    return isinstance(before, int) and isinstance(after, int) and before > after == 1


def _script(values: dict[str, Any]) -> str:
    found: list[str] = []
    for name in ("user_data", "user_data_base64"):
        text = values.get(name)
        if isinstance(text, str):
            found += [text, _decoded(text)]
    return "\n".join(found)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
