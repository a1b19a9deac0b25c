"""X07: something is shared with another account."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import account_of
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import own_accounts
from iacrisk.rules.readers.wording import some_of, texts
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_KEY_OPERATIONS = frozenset({"Decrypt", "CreateGrant", "ReEncryptFrom"})


@rule(
    id="X07",
    name="shared-with-another-account",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={
        "aws_kms_grant",
        "aws_ram_principal_association",
        "aws_ram_resource_share",
        "snowflake_share",
    },
)
def shared_with_another_account(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An account outside gets at something by a share rather than by a policy.

    What it flags
        A resource share that from now on admits accounts outside the organisation; a grant on a
        key by which another account may decrypt; accounts added to a share of Snowflake. A share
        with one more account of AWS is a remark, for whether it belongs to the organisation is
        not in the plan. Snapshots, images and policies are told by X01 and I05.

    Why it matters
        No policy and no network shows it. Who once read the data keeps what was copied.

    When it is fine
        The account belongs to the same owner, or the contract with its owner says so. Shares
        with the organisation or a part of it pass.

    What to do instead
        Share with the organisation, or with a role there by a policy with a condition.

    References
        https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html
    """
    match change.type:
        case "aws_ram_resource_share":
            yield from _opened(change)
        case "aws_ram_principal_association":
            yield from _admitted(change, context)
        case "aws_kms_grant":
            yield from _key_granted(change, context)
        case _:
            yield from _accounts_added(change)


def _opened(change: ResourceChange) -> Iterator[Outcome]:
    name = "allow_external_principals"
    before, after = change.was(name), change.becomes(name)
    if after is UNKNOWN and before is False:
        why = "Whether it admits accounts outside is not known yet."
        yield Undecided(why=why, paths=((name,),))
    elif after is True and before is not True:
        yield Flag(
            what="Accounts outside the organisation may be admitted.",
            paths=((name,),),
            confidence=Confidence.LOW if change.kind is ActionKind.CREATE else None,
        )


def _admitted(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    found = _foreign(change, context, "principal", "resource_share_arn")
    if found is UNKNOWN:
        yield Undecided(why="With whom it is shared is not known yet.", paths=(("principal",),))
    elif found:
        yield Flag(
            what=f"What is in the share can be used from account {found}.",
            paths=(("principal",),),
            confidence=Confidence.LOW,
        )


def _key_granted(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if not _KEY_OPERATIONS.intersection(texts(change.after.get("operations"))):
        return
    found = _foreign(change, context, "grantee_principal", "key_id")
    if found is UNKNOWN:
        why = "Who may use the key is not known yet."
        yield Undecided(why=why, paths=(("grantee_principal",),))
    elif found:
        yield Flag(
            what=f"Account {found} may decrypt what the key locks.",
            paths=(("grantee_principal",),),
        )


def _foreign(change: ResourceChange, context: Context, whom: str, whose: str) -> object:
    """The account that `whom` names, if it is not the one of `whose`; UNKNOWN, or None."""
    principal, owner = change.after.get(whom), change.after.get(whose)
    if whom not in change.changed:
        return None
    if principal is UNKNOWN:
        return UNKNOWN
    account = account_of(principal) if isinstance(principal, str) else None
    own = set(own_accounts(context))
    if isinstance(owner, str):
        own.add(account_of(owner) or "")
    return account if account and own and account not in own else None


def _accounts_added(change: ResourceChange) -> Iterator[Outcome]:
    after = change.after.get("accounts")
    if "accounts" not in change.changed:
        return
    if after is UNKNOWN:
        yield Undecided(why="With whom it is shared is not known yet.", paths=(("accounts",),))
        return
    added = sorted(set(texts(after)) - set(texts(change.before.get("accounts"))))
    if added:
        what = f"It is shared with {some_of(added)}, who may read all that is in it."
        yield Flag(what=what, paths=(("accounts",),))
