"""Protections of branches that go: something else demands as much, or nearly as much."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

_REPOSITORY: Final = stay(
    "github_repository.books",
    name="books",
    node_id="R_1",
    full_name="acme/books",
    default_branch="main",
)


def _classic(pattern: str = "main", reviews: int = 2, **more: Any) -> Json:
    return {
        "repository_id": "R_1",
        "pattern": pattern,
        "enforce_admins": True,
        "allows_deletions": False,
        "allows_force_pushes": False,
        "required_pull_request_reviews": [
            {"required_approving_review_count": reviews, "require_code_owner_reviews": True}
        ],
        "required_status_checks": [{"strict": True, "contexts": ["build"]}],
        **more,
    }


def _rules(reviews: int = 2, check: str = "build", **more: Any) -> Json:
    return {
        "deletion": True,
        "non_fast_forward": True,
        "pull_request": [
            {"required_approving_review_count": reviews, "require_code_owner_review": True}
        ],
        "required_status_checks": [
            {
                "strict_required_status_checks_policy": True,
                "required_check": [{"context": check, "integration_id": 0}],
            }
        ],
        **more,
    }


def _ruleset(
    enforcement: str = "active", include: str = "~DEFAULT_BRANCH", **more: Any
) -> dict[str, Any]:
    return {
        "name": "default",
        "repository": "books",
        "target": "branch",
        "enforcement": enforcement,
        "conditions": [{"ref_name": [{"include": [include], "exclude": []}]}],
        "rules": [_rules()],
        **more,
    }


def _gitlab(branch: str, push: str = "no one", merge: str = "maintainer") -> Json:
    return {
        "project": "7",
        "branch": branch,
        "push_access_level": push,
        "merge_access_level": merge,
        "allow_force_push": False,
    }


_GONE: Final = delete("github_branch_protection.main", _classic())
_STAYS: Final = "github_repository_ruleset.default"
_PROJECT: Final = stay("gitlab_project.books", id="7", default_branch="main", name="books")
_ALL_REPOSITORIES: Final = {"repository_name": [{"include": ["~ALL"], "exclude": []}]}


def _organization(reviews: int) -> Json:
    given = _ruleset(rules=[_rules(reviews)])
    names = {**given["conditions"][0], **_ALL_REPOSITORIES}
    return stay(
        "github_organization_ruleset.all",
        **{name: value for name, value in given.items() if name != "repository"},
    ) | {
        "change": {
            "actions": ["no-op"],
            "before": {**given, "conditions": [names]},
            "after": {**given, "conditions": [names]},
            "after_unknown": {},
        }
    }


BRANCHES: Final = [
    pair(
        "a protection goes while the ruleset only evaluates / while it is enforced",
        [_GONE, stay(_STAYS, **_ruleset("evaluate"))],
        [_GONE, stay(_STAYS, **_ruleset())],
        _REPOSITORY,
        stay("github_repository_environment.live", repository="books", environment="live"),
    ),
    pair(
        "the organization's rules ask for fewer reviews / for as many",
        [_GONE, _organization(1)],
        [_GONE, _organization(2)],
        _REPOSITORY,
    ),
    pair(
        "a pattern of GitHub fits the branch, with another check / with the same",
        [
            _GONE,
            stay(
                "github_branch_protection.all",
                **_classic("m*", required_status_checks=[{"strict": True, "contexts": ["lint"]}]),
            ),
        ],
        [_GONE, stay("github_branch_protection.all", **_classic("m*"))],
        _REPOSITORY,
    ),
    pair(
        "a protection of GitLab goes, and a wildcard lets developers push / lets nobody",
        [
            delete("gitlab_branch_protection.main", _gitlab("main")),
            stay("gitlab_branch_protection.all", **_gitlab("*", push="developer")),
        ],
        [
            delete("gitlab_branch_protection.main", _gitlab("main")),
            stay("gitlab_branch_protection.all", **_gitlab("*")),
        ],
        _PROJECT,
    ),
    pair(
        "administrators, too, were held, and may pass the new ruleset / were not held",
        [
            _GONE,
            create(
                _STAYS, _ruleset(bypass_actors=[{"actor_id": 1, "actor_type": "OrganizationAdmin"}])
            ),
        ],
        [
            delete("github_branch_protection.main", _classic(enforce_admins=False)),
            create(
                _STAYS, _ruleset(bypass_actors=[{"actor_id": 1, "actor_type": "OrganizationAdmin"}])
            ),
        ],
        _REPOSITORY,
    ),
]
BRANCH_TRAPS: Final = [
    trap("other branches", _GONE, stay(_STAYS, **_ruleset(include="refs/heads/release/*")),
         _REPOSITORY),
    trap("another repository", _GONE, stay(_STAYS, **_ruleset(repository="films")), _REPOSITORY),
    trap("a robot may pass it by", _GONE, _REPOSITORY,
         stay(_STAYS, **_ruleset(bypass_actors=[{"actor_id": 7, "actor_type": "Integration"}]))),
    trap("pushes may be forced", _GONE, _REPOSITORY,
         stay(_STAYS, **_ruleset(rules=[_rules(non_fast_forward=False)]))),
    trap("it comes to evaluate alone", _GONE, _REPOSITORY,
         tweak(_STAYS, _ruleset(), enforcement="evaluate")),
    trap("some alone may push",
         delete("github_branch_protection.main",
                _classic(restrict_pushes=[{"push_allowances": ["T_1"]}])),
         stay(_STAYS, **_ruleset()), _REPOSITORY),
    trap("an environment deploys from protected branches", _GONE, _REPOSITORY,
         stay(_STAYS, **_ruleset()),
         stay("github_repository_environment.live", repository="books", environment="live",
              deployment_branch_policy=[{"protected_branches": True}])),
    trap("nothing says which branch is the default one", _GONE, stay(_STAYS, **_ruleset()),
         stay("github_repository.books", name="books", node_id="R_1")),
    trap("another wildcard of GitLab is milder",
         delete("gitlab_branch_protection.main", _gitlab("main")), _PROJECT,
         stay("gitlab_branch_protection.all", **_gitlab("*")),
         stay("gitlab_branch_protection.some", **_gitlab("m*", merge="developer"))),
]  # fmt: skip
