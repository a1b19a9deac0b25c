"""I10: a credential that somebody holds is exchanged within one apply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_CREDENTIALS: Final = frozenset(
    {
        "aws_iam_access_key",
        "aws_iam_service_specific_credential",
        "azuread_application_certificate",
        "azuread_application_password",
        "azuread_service_principal_certificate",
        "azuread_service_principal_password",
        "google_service_account_key",
        "google_storage_hmac_key",
        "scaleway_iam_api_key",
    }
)


@rule(
    id="I10",
    name="credential-rotated",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.REPLACE},
    types=_CREDENTIALS,
)
def credential_rotated(
    change: ResourceChange,
    context: Context,  # noqa: ARG001 - who holds a credential is mostly outside the plan
) -> Iterator[Outcome]:
    """A credential is destroyed before those who hold it can have the new one.

    What it flags
        The replacement of an access key, a key of a service account, a client secret or
        certificate. Where the new one is created first it is a remark. Passwords and keys that
        Terraform makes up itself are told by G05, B07 and D11, tokens of other services by I16.

    Why it matters
        The old one stops to work in the middle of the apply. Programs read a secret when they
        start: those in this plan hold the old one until they are restarted, and those outside it
        until somebody tells them.

    When it is fine
        The old one leaked and must go at once.

    What to do instead
        Add a second one, hand it out, restart the holders, see in the logs that the old one
        rests, and delete it in a later plan.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    if not change.destroys or why_left_alone(change):
        return
    first = change.creates_first
    order = "right after" if first else "before"
    yield Flag(
        what=f"The old credential is destroyed {order} the new one is made.",
        paths=change.replace_paths,
        confidence=Confidence.LOW if first else None,
    )
