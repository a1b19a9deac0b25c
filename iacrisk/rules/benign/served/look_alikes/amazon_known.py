"""The declarations of the proofs on AWS in which the plan shows all whom it could concern."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import organisation_wide, spelled_out
from iacrisk.rules.benign.served.data import restored_copies
from iacrisk.rules.benign.served.guards import alarms_above
from iacrisk.rules.benign.served.programs import ceilings
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-alarmabove",
    name="called-by-the-alarm-above",
    suppresses={"X04", "X09"},
    kinds=_UPDATE,
    types=alarms_above.ALARMS,
    since="0.2",
)
def called_by_the_alarm_above(change: ResourceChange, context: Context) -> str | None:
    """An alarm no longer calls somebody, and a composite one made of it calls them.

    Harmless when
        A composite alarm of CloudWatch, or a composite monitor of Datadog, is on and stays as it
        is, goes off as soon as any of its parts does, has this one among them, and calls all who
        are no longer called here.

    Traps
        A composite that asks for two alarms at once, is switched off or held back by another
        alarm, names other alarms, or calls somebody else; one that this plan only makes.

    References
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
    """
    return alarms_above.why_called_above(change, context)


@suppressor(
    id="BL-ceilingfar",
    name="ceiling-far-above",
    suppresses={"C06", "C15"},
    kinds=_UPDATE,
    types=ceilings.CEILINGS,
    since="0.2",
)
def ceiling_far_above(change: ResourceChange, context: Context) -> str | None:
    """What may run at most falls, and is still three times what runs.

    Harmless when
        Only ceilings change; the plan shows how many run now, on the group itself or on what the
        autoscaler scales; no schedule asks for more than is left.

    Traps
        A service that is not in the plan; one that is scaled to zero; a floor that falls beside
        it; a schedule for the morning; two and a half times what runs.

    References
        https://docs.aws.amazon.com/autoscaling/application/userguide/what-is-application-auto-scaling.html
    """
    return ceilings.why_ceiling_far(change, context)


@suppressor(
    id="BL-notspelled",
    name="not-what-it-calls",
    suppresses={"I14"},
    kinds=_UPDATE,
    types=spelled_out.HOLDERS,
    since="0.2",
)
def not_what_it_calls(change: ResourceChange, context: Context) -> str | None:
    """A role loses the right to call something that those who run as it do not call.

    Harmless when
        Only state machines, schedules, pipes and targets of events may assume the role; all that
        run as it are in the plan, and none names, today or afterwards, what the lost right is on:
        a function, queue, topic, table, job or state machine by its own name.

    Traps
        A definition that takes a name from its input; a right on a pattern of names; a right that
        is used without naming, such as on a key; a function that may assume the role too; a call
        in a path of failures.

    References
        https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    """
    return spelled_out.why_not_called(change, context)


@suppressor(
    id="BL-restoredcopy",
    name="copy-restored-again",
    suppresses={"D02", "D03", "D08", "G09"},
    kinds={ActionKind.REPLACE},
    types=restored_copies.COPIES,
    since="0.2",
)
def copy_restored_again(change: ResourceChange, context: Context) -> str | None:
    """A database that was made from a snapshot is made again from another one, and nobody uses it.

    Harmless when
        Nothing but the snapshot forces it; both snapshots are named after another database of the
        plan, which stays as it is and whose users the plan shows; nothing else of the plan leads
        to the copy or holds its name. Members of a cluster go with it.

    Traps
        The database that the snapshot was taken of; a copy that a program, record, proxy or secret
        names; one that is protected from deletion; another reason for the replacement; a plan
        that shows no users of either.

    References
        https://docs.aws.amazon.com/documentdb/latest/developerguide/backup_restore-restore_from_snapshot.html
    """
    return restored_copies.why_only_a_copy(change, context)


@suppressor(
    id="BL-orgwide",
    name="organisation-in-place-of-accounts",
    suppresses={"I14"},
    kinds=_UPDATE,
    types=organisation_wide.POLICIES,
    since="0.2",
)
def organisation_in_place_of_accounts(change: ResourceChange, context: Context) -> str | None:
    """A policy names an organisation where it named single accounts.

    Harmless when
        All that an account loses is given to one organisation, under the same conditions and
        nothing but `aws:PrincipalOrgID` beside them, and the accounts are in it by their ARNs in
        the plan; or only the right to subscribe is concerned, as subscriptions go on without it.

    Traps
        Another organisation than the one that the plan shows; several of them; a condition more
        or less; an account whose house nothing tells and that reads or writes.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return organisation_wide.why_whole_organisation(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    called_by_the_alarm_above,
    ceiling_far_above,
    not_what_it_calls,
    copy_restored_again,
    organisation_in_place_of_accounts,
)
