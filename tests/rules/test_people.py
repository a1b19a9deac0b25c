"""I10, I11, I13: credentials exchanged, roles of people lost, people removed."""

from __future__ import annotations

import pytest

from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, create, delete, noop, replace, tweak
from tests.rules.told import undecided, weights

HOLDS = (Severity.MEDIUM, Confidence.MEDIUM)
REMARK = (Severity.MEDIUM, Confidence.LOW)

# I10

KEY = "aws_iam_access_key.ci"


def test_a_key_that_goes_before_its_successor_is_there_is_flagged() -> None:
    change = replace(KEY, {"user": "ci"}, {"user": "ci-2"}, "user")
    assert weights(change, only=("I10",)) == [(KEY, *HOLDS)]


def test_a_key_whose_successor_comes_first_is_a_remark() -> None:
    change = replace(KEY, {"user": "ci"}, {"user": "ci-2"}, "user", create_first=True)
    assert weights(change, only=("I10",)) == [(KEY, *REMARK)]


@pytest.mark.parametrize(
    "change", [create(KEY, {"user": "ci"}), tweak(KEY, {"status": "Inactive"}, status="Active")]
)
def test_a_key_more_passes(change: Json) -> None:
    assert weights(change, only=("I10",)) == []


# I11

SET, SET_ID = "aws_ssoadmin_permission_set.admin", {"name": "admin", "arn": "arn:1"}
POLICY = "aws_ssoadmin_managed_policy_attachment.admin"
ASSIGNED = "aws_ssoadmin_account_assignment.ops"


def test_a_permission_set_that_goes_or_is_made_anew_is_flagged() -> None:
    sure = [(SET, Severity.HIGH, Confidence.HIGH)]
    assert weights(delete(SET, SET_ID), only=("I11",)) == sure
    assert weights(replace(SET, SET_ID, {"name": "ops"}, "name"), only=("I11",)) == sure


def test_an_assignment_weighs_more_when_it_is_made_anew() -> None:
    before = {"principal_id": "g-1", "target_id": "111111111111"}
    again = replace(ASSIGNED, before, before | {"instance_arn": "arn:2"}, "instance_arn")
    assert weights(again, only=("I11",)) == [(ASSIGNED, *HOLDS)]
    assert weights(delete(ASSIGNED, before), only=("I11",)) == [(ASSIGNED, *REMARK)]


def test_what_a_permission_set_allows_may_go_with_it() -> None:
    alone = delete(POLICY, {"permission_set_arn": "arn:1"})
    assert weights(alone, noop(SET, SET_ID), only=("I11",)) == [
        (POLICY, Severity.HIGH, Confidence.MEDIUM)
    ]
    both = weights(alone, delete(SET, SET_ID), only=("I11",))
    assert [address for address, *_ in both] == [SET]


# I13


def member(name: str, role: str = "member", **more: object) -> Json:
    address = f'github_membership.all["{name}"]'
    return delete(address, {"username": name, "role": role} | more)


def team(name: str, of: str) -> Json:
    return delete(f'github_team_membership.all["{of}-{name}"]', {"username": name, "team_id": of})


OWNER = noop("github_membership.owner", {"username": "root", "role": "admin"})


def test_three_people_at_once_are_flagged() -> None:
    gone = [member(name) for name in ("ann", "bob", "cid")]
    assert weights(*gone, OWNER, only=("I13",)) == [('github_membership.all["ann"]', *HOLDS)]


def test_one_person_leaves_several_teams() -> None:
    gone = [team("ann", of) for of in ("a", "b", "c", "d")]
    assert weights(member("ann"), OWNER, *gone, only=("I13",)) == []


def test_people_under_new_keys_and_people_who_only_lose_their_role_pass() -> None:
    again = [
        create(f'github_membership.people["{name}"]', {"username": name, "role": "member"})
        for name in ("ann", "bob", "cid")
    ]
    gone = [member(name) for name in ("ann", "bob", "cid")]
    lowered = [member(name, downgrade_on_destroy=True) for name in ("dan", "eve", "flo")]
    assert weights(*gone, *again, *lowered, OWNER, only=("I13",)) == []


def test_people_let_in_under_names_not_known_yet_are_undecided() -> None:
    gone = [member(name) for name in ("ann", "bob", "cid")]
    new = create("github_membership.x", {"role": "member"}, after_unknown={"username": True})
    found = undecided(*gone, new, OWNER, only=("I13",))
    assert found == ['github_membership.all["ann"]']


def test_the_last_owner_is_missed_and_another_one_is_not() -> None:
    gone = member("ann", role="admin")
    assert weights(gone, only=("I13",)) == [('github_membership.all["ann"]', *HOLDS)]
    assert weights(gone, OWNER, only=("I13",)) == []


def test_an_owner_whose_successor_has_no_known_role_is_undecided() -> None:
    new = create("github_membership.x", {"username": "zoe"}, after_unknown={"role": True})
    found = undecided(member("ann", role="admin"), new, only=("I13",))
    assert found == ['github_membership.all["ann"]']
