"""Which predefined role of Google Cloud gives all that another one gives.

From the lists of permissions at https://cloud.google.com/iam/docs/roles-permissions.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_LADDERS: Final = (
    "artifactregistry.reader artifactregistry.writer artifactregistry.repoAdmin"
    " artifactregistry.admin",
    "bigquery.connectionUser bigquery.connectionAdmin bigquery.admin",
    "bigquery.jobUser bigquery.user bigquery.admin",
    "bigquery.metadataViewer bigquery.dataViewer bigquery.dataEditor bigquery.dataOwner"
    " bigquery.admin",
    "bigquery.readSessionUser bigquery.user",
    "bigtable.reader bigtable.user bigtable.admin",
    "cloudfunctions.invoker cloudfunctions.admin",
    "cloudfunctions.viewer cloudfunctions.developer cloudfunctions.admin",
    "cloudkms.cryptoKeyDecrypter cloudkms.cryptoKeyEncrypterDecrypter",
    "cloudkms.cryptoKeyEncrypter cloudkms.cryptoKeyEncrypterDecrypter",
    "cloudkms.signer cloudkms.signerVerifier",
    "cloudkms.verifier cloudkms.signerVerifier",
    "cloudkms.viewer cloudkms.admin",
    "cloudsql.client cloudsql.editor cloudsql.admin",
    "cloudsql.instanceUser cloudsql.admin",
    "cloudsql.viewer cloudsql.editor",
    "compute.networkUser compute.networkAdmin compute.admin",
    "compute.networkViewer compute.viewer compute.admin",
    "container.clusterViewer container.viewer container.developer container.admin",
    "datastore.viewer datastore.user datastore.owner",
    "dns.reader dns.admin",
    "iam.serviceAccountOpenIdTokenCreator iam.serviceAccountTokenCreator",
    "iam.workloadIdentityUser iam.serviceAccountTokenCreator",
    "logging.logWriter logging.admin",
    "logging.viewer logging.privateLogViewer logging.admin",
    "monitoring.metricWriter monitoring.editor monitoring.admin",
    "monitoring.viewer monitoring.editor",
    "pubsub.publisher pubsub.editor pubsub.admin",
    "pubsub.subscriber pubsub.editor",
    "pubsub.viewer pubsub.editor",
    "redis.viewer redis.editor redis.admin",
    "run.invoker run.admin",
    "run.jobsExecutor run.developer",
    "run.viewer run.developer run.admin",
    "secretmanager.secretAccessor secretmanager.admin",
    "secretmanager.secretVersionAdder secretmanager.secretVersionManager secretmanager.admin",
    "secretmanager.viewer secretmanager.admin",
    "spanner.databaseReader spanner.databaseUser spanner.databaseAdmin spanner.admin",
    "storage.legacyObjectReader storage.objectViewer storage.objectUser storage.objectAdmin"
    " storage.admin",
    "storage.legacyObjectReader storage.legacyObjectOwner storage.admin",
    "storage.objectCreator storage.objectUser",
)
"""Roles without their prefix, each giving all that those before it give."""

_EDITOR_LACKS: Final = ("cloudkms.", "iam.", "iap.", "resourcemanager.", "secretmanager.")
"""Services whose data, keys or grants the basic role Editor does not reach."""


def gives_as_much(wider: str, role: str) -> bool | None:
    """Whether `wider` gives all that `role` gives, None where this table does not know."""
    if not (wider.startswith("roles/") and role.startswith("roles/")):
        return None
    one, other = wider.removeprefix("roles/"), role.removeprefix("roles/")
    if one == "editor" and other.startswith(_EDITOR_LACKS):
        return False
    if other in _above():
        return one in _above()[other] or (False if "." in one else None)
    return None


@cache
def _above() -> dict[str, frozenset[str]]:
    """Each role with all that give as much, directly or by another one."""
    direct: dict[str, set[str]] = {}
    for ladder in _LADDERS:
        steps = ladder.split()
        for place, role in enumerate(steps):
            direct.setdefault(role, set()).update(steps[place + 1 :])
    found: dict[str, frozenset[str]] = {}
    for role in direct:
        waiting, seen = [role], {role}
        while waiting:
            new = direct.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        found[role] = frozenset(seen)
    return found
