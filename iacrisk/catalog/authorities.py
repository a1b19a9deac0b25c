"""Which authorities issue the certificates that a cloud renews by itself, as CAA records name them.

Sources: https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html,
https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs,
https://learn.microsoft.com/azure/app-service/configure-ssl-certificate,
https://learn.microsoft.com/azure/frontdoor/domain,
https://docs.digitalocean.com/products/networking/load-balancers/how-to/lets-encrypt/.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    """A type whose certificates renew themselves: `authorities`, of which one must be allowed.

    `names`: the paths of the names it is for; `only`: what an argument has to say for it to be
    renewed at all; `never`: arguments that stand for another, private authority, or none.
    """

    authorities: frozenset[str]
    names: tuple[str, ...]
    only: tuple[tuple[str, str], ...] = ()
    never: tuple[str, ...] = ()


_AMAZON: Final = frozenset({"amazon.com", "amazonaws.com", "amazontrust.com", "awstrust.com"})
_DIGICERT: Final = frozenset({"digicert.com"})
_GOOGLE: Final = frozenset({"letsencrypt.org", "pki.goog"})
_LETS_ENCRYPT: Final = frozenset({"letsencrypt.org"})

RENEWED: Final[dict[str, Renewed]] = {
    "aws_acm_certificate": Renewed(
        authorities=_AMAZON,
        names=("domain_name", "subject_alternative_names"),
        never=("certificate_authority_arn", "private_key", "certificate_body"),
    ),
    "azurerm_app_service_managed_certificate": Renewed(
        authorities=_DIGICERT, names=("canonical_name", "subject_name")
    ),
    "azurerm_cdn_frontdoor_custom_domain": Renewed(
        authorities=_DIGICERT,
        names=("host_name",),
        only=(("tls.0.certificate_type", "ManagedCertificate"),),
    ),
    "digitalocean_certificate": Renewed(
        authorities=_LETS_ENCRYPT, names=("domains",), only=(("type", "lets_encrypt"),)
    ),
    "google_certificate_manager_certificate": Renewed(
        authorities=_GOOGLE,
        names=("managed.0.domains",),
        never=("managed.0.issuance_config",),
    ),
    "google_compute_managed_ssl_certificate": Renewed(
        authorities=_GOOGLE, names=("managed.0.domains",)
    ),
    "hcloud_managed_certificate": Renewed(authorities=_LETS_ENCRYPT, names=("domain_names",)),
    "scaleway_lb_certificate": Renewed(
        authorities=_LETS_ENCRYPT,
        names=("letsencrypt.0.common_name", "letsencrypt.0.subject_alternative_name"),
    ),
}
