"""A login takes more tokens: who comes may act as a strong account, or cannot."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/elm"

_POOL: Final = "projects/41/locations/global/workloadIdentityPools/runs"
_MAIN: Final = "assertion.repository == 'elm/land' && assertion.ref == 'refs/heads/main'"
_LOGIN: Final[Json] = {
    "id": f"{_POOL}/providers/hub",
    "workload_identity_pool_id": "runs",
    "attribute_mapping": {
        "google.subject": "assertion.sub", "attribute.repository": "assertion.repository",
    },
    "attribute_condition": _MAIN,
    "oidc": [{"issuer_uri": "https://token.actions.githubusercontent.com"}],
}  # fmt: skip
_ACCOUNT: Final = stay(
    "google_service_account.builder",
    id=f"{_P}/serviceAccounts/builder@elm.iam.gserviceaccount.com",
    name=f"{_P}/serviceAccounts/builder@elm.iam.gserviceaccount.com",
    email="builder@elm.iam.gserviceaccount.com",
)


def _opens(condition: str) -> Json:
    return tweak(
        "google_iam_workload_identity_pool_provider.hub", _LOGIN, attribute_condition=condition
    )


def _acts_as(who: str) -> Json:
    return stay(
        "google_service_account_iam_member.run",
        id="x",
        service_account_id=f"{_P}/serviceAccounts/builder@elm.iam.gserviceaccount.com",
        role="roles/iam.workloadIdentityUser",
        member=f"principalSet://iam.googleapis.com/{_POOL}/{who}",
    )


def _may(role: str) -> Json:
    return stay(
        "google_project_iam_member.builder",
        id="y",
        project="elm",
        role=role,
        member="serviceAccount:builder@elm.iam.gserviceaccount.com",
    )


_OWNED: Final = "assertion.repository_owner == 'elm'"
_LAND: Final = "attribute.repository/elm/land"
_STRONG: Final = (_may("roles/owner"), _ACCOUNT)
LOGINS_OPENED: Final = [
    pair(
        "a login opens to all of the owner: all may act as a strong account, or as a weak one",
        [_opens(_OWNED), _may("roles/owner")],
        [_opens(_OWNED), _may("roles/artifactregistry.writer")],
        _acts_as("*"),
        _ACCOUNT,
    ),
    pair(
        "another repository may log in: the strong account is bound to all, or to the old one",
        [_opens(f"{_MAIN} || assertion.repository == 'elm/site'"), _acts_as("*")],
        [_opens(f"{_MAIN} || assertion.repository == 'elm/site'"), _acts_as(_LAND)],
        *_STRONG,
    ),
    pair(
        "a login with a strong account takes any branch, or asks for a number beside the name",
        _opens("assertion.repository == 'elm/land'"),
        _opens(f"{_MAIN} && assertion.repository_id == '52'"),
        _acts_as(_LAND),
        *_STRONG,
    ),
    pair(
        "a login asks for a prefix of the repository, or for one of those it asked for",
        _opens("assertion.repository.startsWith('elm/') && assertion.ref == 'refs/heads/main'"),
        _opens(f"{_MAIN} && assertion.environment in ['live', 'test']"),
        _acts_as("*"),
        *_STRONG,
    ),
]
LOGINS_OPENED_TRAPS: Final = [
    trap("the right is on the pool itself", _opens(_OWNED), _ACCOUNT,
         stay("google_project_iam_member.pool", id="y", project="elm", role="roles/owner",
              member=f"principalSet://iam.googleapis.com/{_POOL}/*")),
    trap("the new alternative comes second", *_STRONG, _acts_as("*"),
         _opens(f"({_MAIN}) || (assertion.repository_owner == 'elm' && assertion.ref == 'x')")),
    trap("tags instead of the branch", *_STRONG, _acts_as(_LAND),
         _opens("assertion.repository == 'elm/land' && assertion.ref.startsWith('refs/tags/')")),
]  # fmt: skip
