"""Who issues certificates: a name or an authority that is in use is left out, or none is."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, create, delete, tweak, update
from tests.rules.served.worlds import pair, stay, trap

_ZONE: Final = stay("aws_route53_zone.main", name="books.example", zone_id="Z1", id="Z1")
_ACM: Final = {
    "arn": "arn:aws:acm:eu-west-1:1:certificate/a",
    "domain_name": "books.example",
    "subject_alternative_names": ["*.books.example"],
    "type": "AMAZON_ISSUED",
}
_CERTIFICATE: Final = stay("aws_acm_certificate.web", **_ACM)
_LISTENER: Final = stay(
    "aws_lb_listener.https", id="l1", arn="l1", port=443, certificate_arn=_ACM["arn"]
)
_LISTENS: Final = {
    "aws_lb_listener.https": {"certificate_arn": ["aws_acm_certificate.web.arn"]},
}


def _route53(*records: str, name: str = "books.example") -> Json:
    return {"zone_id": "Z1", "name": name, "type": "CAA", "ttl": 300, "records": list(records)}


def _digital(tag: str, value: str) -> Json:
    return {"domain": "books.shop", "name": "@", "type": "CAA", "tag": tag, "value": value}


def _azure(authority: str) -> Json:
    entry = {"flags": 0, "tag": "issue", "value": authority}
    return {"zone_name": "books.example", "name": "@", "ttl": 300, "record": [entry]}


def _cloudflare(authority: str) -> Json:
    data = [{"flags": "0", "tag": "issue", "value": authority}]
    return {"zone_id": "z", "name": "books.example", "type": "CAA", "data": data}


def _google(authority: str) -> Json:
    texts = [f'0 issue "{authority}"']
    return {"managed_zone": "main", "name": "books.example.", "type": "CAA", "rrdatas": texts}


_ROLE: Final = {
    "id": "pki/roles/server",
    "backend": "pki",
    "name": "server",
    "allowed_domains": ["svc.inner", "db.inner"],
    "allow_subdomains": True,
    "allow_bare_domains": False,
}
_FEWER: Final = tweak("vault_pki_secret_backend_role.server", _ROLE, allowed_domains=["svc.inner"])


def _issued(name: str, common_name: str) -> Json:
    return stay(
        f"vault_pki_secret_backend_cert.{name}",
        backend="pki",
        name="server",
        common_name=common_name,
        auto_renew=True,
    )


ISSUERS: Final = [
    pair(
        "the first CAA records leave the authority of a certificate out / allow it",
        create("aws_route53_record.caa", _route53('0 issue "letsencrypt.org"')),
        create(
            "aws_route53_record.caa", _route53('0 issue "digicert.com"', '0 issue "amazon.com"')
        ),
        _ZONE,
        _CERTIFICATE,
        _LISTENER,
        uses=_LISTENS,
    ),
    pair(
        "wildcards may no longer be issued / who issues them is listed",
        update(
            "aws_route53_record.caa",
            _route53('0 issue "amazon.com"'),
            _route53('0 issue "amazon.com"', '0 issuewild ";"'),
        ),
        update(
            "aws_route53_record.caa",
            _route53('0 issue "amazon.com"'),
            _route53('0 issue "amazon.com"', '0 issuewild "amazontrust.com"'),
        ),
        _ZONE,
        _CERTIFICATE,
        _LISTENER,
        uses=_LISTENS,
    ),
    pair(
        "CAA of DigitalOcean without Let's Encrypt, whose certificate a balancer shows / with it",
        create("digitalocean_record.caa", _digital("issue", "sectigo.com.")),
        create("digitalocean_record.caa", _digital("issue", "letsencrypt.org.")),
        stay(
            "digitalocean_certificate.web", name="web", type="lets_encrypt", domains=["books.shop"]
        ),
        stay("digitalocean_loadbalancer.web", id="lb", name="web"),
        uses={
            "digitalocean_loadbalancer.web": {
                "forwarding_rule": ["digitalocean_certificate.web.name"]
            }
        },
    ),
    pair(
        "CAA of Google without the authorities of managed certificates / with one of them",
        create("google_dns_record_set.caa", _google("digicert.com")),
        create("google_dns_record_set.caa", _google("pki.goog")),
        stay(
            "google_compute_managed_ssl_certificate.web",
            name="web",
            managed=[{"domains": ["books.example."]}],
        ),
        stay("google_compute_target_https_proxy.web", id="p", name="web"),
        uses={
            "google_compute_target_https_proxy.web": {
                "ssl_certificates": ["google_compute_managed_ssl_certificate.web.id"]
            }
        },
    ),
    pair(
        "CAA of Azure without the authority of App Service / with it",
        create("azurerm_dns_caa_record.main", _azure("letsencrypt.org")),
        create("azurerm_dns_caa_record.main", _azure("digicert.com")),
        stay("azurerm_app_service_managed_certificate.web", subject_name="www.books.example"),
        stay("azurerm_app_service_certificate_binding.web", id="b", ssl_state="SniEnabled"),
        uses={
            "azurerm_app_service_certificate_binding.web": {
                "certificate_id": ["azurerm_app_service_managed_certificate.web.id"]
            }
        },
    ),
    pair(
        "CAA at Cloudflare without the authority of a certificate of ACM / with it",
        create("cloudflare_record.caa", _cloudflare("digicert.com")),
        create("cloudflare_record.caa", _cloudflare("amazonaws.com")),
        stay("cloudflare_zone.main", id="z", zone="books.example"),
        _CERTIFICATE,
        _LISTENER,
        uses=_LISTENS,
    ),
    pair(
        "a role of Vault loses the domain of a certificate / a domain that no certificate has",
        [_FEWER, _issued("db", "one.db.inner"), _issued("gate", "gate.svc.inner")],
        [_FEWER, _issued("db", "one.svc.inner"), _issued("gate", "gate.svc.inner")],
        stay("vault_kv_secret_v2.db", id="kv/db", name="db"),
        uses={
            "vault_kv_secret_v2.db": {"data_json": ["vault_pki_secret_backend_cert.db.certificate"]}
        },
    ),
    pair(
        "a role of Vault issues no longer below its domains / certificates are for the domain",
        [
            tweak(
                "vault_pki_secret_backend_role.server",
                {**_ROLE, "allow_bare_domains": True},
                allow_subdomains=False,
            ),
            _issued("gate", "gate.svc.inner"),
        ],
        [
            tweak(
                "vault_pki_secret_backend_role.server",
                {**_ROLE, "allow_bare_domains": True},
                allow_subdomains=False,
            ),
            _issued("gate", "svc.inner"),
        ],
    ),
]
ISSUER_TRAPS: Final = [
    trap("a nearer record hides the one that allows it",
         create("aws_route53_record.near", _route53('0 issue "digicert.com"', name="www")),
         stay("aws_route53_record.caa", **_route53('0 issue "amazon.com"')), _ZONE, _LISTENER,
         stay("aws_acm_certificate.web", **{**_ACM, "subject_alternative_names": [
             "www.books.example"]}),
         uses=_LISTENS),
    trap("one of several records goes, and the others do not allow it",
         delete("digitalocean_record.old", {**_digital("issue", "letsencrypt.org."), "id": "1"}),
         stay("digitalocean_record.new", **_digital("issue", "sectigo.com.")),
         stay("digitalocean_certificate.web", name="web", type="lets_encrypt",
              domains=["www.books.shop"])),
    trap("programs may ask the role for names themselves",
         _FEWER, _issued("gate", "gate.svc.inner"),
         stay("vault_policy.apps", name="apps",
              policy='path "pki/issue/server" { capabilities = ["update"] }')),
    trap("clients ask by ACME", _FEWER, _issued("gate", "gate.svc.inner"),
         stay("vault_pki_secret_backend_config_acme.main", backend="pki", enabled=True)),
    trap("a program calls a name below the domain", _FEWER, _issued("gate", "gate.svc.inner"),
         stay("nomad_variable.app", path="app", items={"HOST": "one.db.inner"})),
    trap("another name of a certificate", _FEWER,
         stay("vault_pki_secret_backend_cert.gate", backend="pki", name="server",
              common_name="gate.svc.inner", alt_names=["gate.db.inner"])),
    trap("no certificate in the plan", _FEWER),
]  # fmt: skip
ISSUER_CALM: Final = [
    trap("only where faults are reported",
        create("digitalocean_record.caa", _digital("iodef", "mailto:ops@books.shop")),
        stay("digitalocean_certificate.web", type="lets_encrypt", domains=["books.shop"])),
    trap("a certificate that somebody brings",
        create("digitalocean_record.caa", _digital("issue", "sectigo.com.")),
        stay("digitalocean_certificate.web", type="custom", domains=["books.shop"])),
    trap("a private authority",
        create("aws_route53_record.caa", _route53('0 issue "letsencrypt.org"')), _ZONE,
        stay("aws_acm_certificate.web", **{**_ACM, "certificate_authority_arn": "arn:ca"}),
        _LISTENER),
    trap("another authority beside it",
        tweak("aws_route53_record.caa", _route53('0 issue "amazon.com"'),
              records=['0 issue "amazon.com"', '0 issue "digicert.com"']), _ZONE, _CERTIFICATE,
        _LISTENER),
    trap("another domain",
        create("aws_route53_record.caa", _route53('0 issue "digicert.com"')), _ZONE,
        stay("aws_acm_certificate.web", **{**_ACM, "domain_name": "other.example",
                                           "subject_alternative_names": []}), _LISTENER),
]  # fmt: skip
"""Plans that must pass: nobody who issues is left out."""
