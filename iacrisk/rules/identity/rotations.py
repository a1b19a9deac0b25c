"""I60: a secret begins to rotate of which programs hold a copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.copied_values import holders_of_copies, holders_of_login
from iacrisk.rules.readers.programs.running import object_named
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_ROTATION: Final = "aws_secretsmanager_secret_rotation"
_STATIC_ROLE: Final = "vault_database_secret_backend_static_role"
_STORED: Final = "aws_secretsmanager_secret"


@rule(
    id="I60",
    name="rotated-while-copied",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE},
    types={_ROTATION, _STATIC_ROLE},
    since="0.2",
)
def rotated_while_copied(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A secret begins to rotate, and programs hold its value as a copy.

    What it flags
        A rotation that is set up for a secret whose password, key or token stands in the
        variables of a function, task or machine of the plan, or is taken over there from the
        secret's version; a static role of Vault for a database user whose name stands there with
        a password in plain.

    Why it matters
        By default the first rotation runs at once. From then on the copy is the old password, and
        whoever signs in with it is refused until Terraform deploys it again, which the next
        rotation undoes.

    When it is fine
        Programs read the secret by its ARN when they start or connect, as containers do with
        `secrets` and `valueFrom`.

    What to do instead
        Let the programs read the secret at run time first, then set up the rotation.

    References
        https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
        https://developer.hashicorp.com/vault/docs/secrets/databases
    """
    if change.type == _STATIC_ROLE:
        secret, path = None, "username"
        holders = holders_of_login(change.after.get(path), context)
    else:
        secret, path = _secret(change, context), "secret_id"
        holders = holders_of_copies(secret, context) if secret is not None else []
    if holders:
        labels = [one.label for one in holders]
        yield Flag(
            what=f"{some_of(labels)} would sign in with a copy from before the rotation.",
            paths=((path,),),
            hurts=(*labels, *([secret.label] if secret is not None else [])),
        )


def _secret(change: ResourceChange, context: Context) -> ResourceChange | None:
    found = object_named({_STORED}, change.after.get("secret_id"), context)
    if found is not None:
        return found
    for use in context.graph.dependencies(change.label):
        if use.node.type == _STORED and use.argument == "secret_id":
            return use.node.change
    return None
