"""For which names a role of Vault's certificate authority issues, and what it has issued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

Values = Mapping[str, Any]
ROLE: Final = "vault_pki_secret_backend_role"
CERTIFICATES: Final = ("vault_pki_secret_backend_cert", "vault_pki_secret_backend_sign")
NAMING: Final = frozenset(
    {
        "allow_any_name",
        "allow_bare_domains",
        "allow_glob_domains",
        "allow_localhost",
        "allow_subdomains",
        "allow_wildcard_certificates",
        "allowed_domains",
        "allowed_domains_template",
    }
)
"""Arguments of a role that decide on names."""


def certificates_of(role: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """The certificates of the plan that stay and are issued by the role."""
    home, name = role.before.get("backend"), role.before.get("name")
    for one in context.changes_of(*CERTIFICATES):
        if stays(one) and (one.after.get("backend"), one.after.get("name")) == (home, name):
            yield one


def refused_by(values: Values, certificate: ResourceChange) -> list[str]:
    """The certificate's names for which a role with these values issues none."""
    names = texts(certificate.after.get("common_name"), certificate.after.get("alt_names"))
    return [name for name in map(plain_name, names) if not issues_for(values, name)]


def issues_for(values: Values, name: str) -> bool:
    """Whether a role with these values issues for the name; a template says nothing of it."""
    if values.get("allow_any_name"):
        return True
    if name.startswith("*.") and values.get("allow_wildcard_certificates") is False:
        return False
    if name == "localhost" and values.get("allow_localhost") is not False:
        return True
    return any(_fits(values, domain, name) for domain in texts(values.get("allowed_domains")))


def is_readable(values: Values) -> bool:
    """Whether the names for which the role issues stand in its values."""
    templated = values.get("allowed_domains_template")
    return not templated and not any(holds_unknown(values.get(name)) for name in NAMING)


def _fits(values: Values, domain: str, name: str) -> bool:
    if values.get("allow_bare_domains") and name == plain_name(domain):
        return True
    if values.get("allow_subdomains") and name.endswith(f".{plain_name(domain)}"):
        return True
    return bool(values.get("allow_glob_domains")) and fnmatchcase(name, plain_name(domain))
