"""I25: an account is deleted, and something still runs or signs as it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "azurerm_user_assigned_identity": ("id", "client_id", "principal_id"),
    "confluent_service_account": ("id",),
    "google_service_account": ("email", "unique_id"),
}
"""By which of its values others name an account that no reference leads to."""

_SHORTEST: Final = 6
_LEFT_OVER: Final = (
    "_access_policy",
    "_acl",
    "_api_key",
    "_bigquery_dataset",
    "_bigquery_dataset_access",
    "_federated_identity_credential",
    "_iam_binding",
    "_iam_member",
    "_iam_policy",
    "_role_assignment",
    "_role_binding",
    "_service_account_key",
)
"""Grants to an account, and its keys, are left over when it goes; they are not hurt."""

_ADDRESS: Final = regex(rb"(?<![:\w.+-])[\w.+-]+@[\w.-]+\w")
_TEXT: Final = regex(rb'"([^"\\]{6,300})"')


@rule(
    id="I25",
    name="account-still-named",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.DELETE, ActionKind.REPLACE},
    types=_NAMES,
    since="0.2",
)
def account_still_named(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An account is deleted while something that stays names it by a text.

    What it flags
        A service account, managed identity or the like that is deleted or replaced, whose
        address or number stands as text in what stays: a job that runs as it, a schedule or
        subscription that signs as it.

    Why it matters
        Terraform sees no reference, so nothing stops the delete. The job fails when it starts
        next, and a new account of the same name is not the same one.

    When it is fine
        Only grants to the account name it, which are left over. Not flagged.

    What to do instead
        Give the users the other account first, and delete this one in a later apply.

    References
        https://cloud.google.com/iam/docs/service-accounts-delete-undelete
    """
    texts = [change.before.get(name) for name in _NAMES[change.type]]
    known = [text for text in texts if isinstance(text, str) and len(text) >= _SHORTEST]
    if change.kind is ActionKind.REPLACE:
        known = [text for text in known if text not in _planned(change)]
    users = dict.fromkeys(label for text in known for label in _naming(text, context))
    if users:
        yield Flag(
            what=f"{some_of(users)} still works as it.",
            paths=change.replace_paths,
            hurts=tuple(users),
        )


def _planned(change: ResourceChange) -> list[object]:
    """What of it will be the same; its address is made of its name."""
    same = not {"account_id", "project"} & change.changed
    return [change.before.get("email")] if same else []


def _naming(text: str, context: Context) -> list[str]:
    """What has the text among its values and stays as it is."""
    return once(context.plan, "who names accounts that go", lambda: _index(context)).get(text, [])


def _index(context: Context) -> dict[str, list[str]]:
    wanted = {
        text.encode(): text
        for one in context.changes_of(*_NAMES)
        if one.destroys
        for name in _NAMES[one.type]
        if isinstance(text := one.before.get(name), str)
    }
    found: dict[str, list[str]] = {}
    for one in context.plan.changes:
        if one.mode == "managed" and stays(one) and not one.type.endswith(_LEFT_OVER):
            values = bytes(one.raw.change.after)
            for text in {*_ADDRESS.findall(values), *_TEXT.findall(values)} & wanted.keys():
                found.setdefault(wanted[text], []).append(one.label)
    return found
