"""Vault, Auth0, Okta, Keycloak, Atlas, Confluent: what goes and who of the plan used it."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, delete, tweak
from tests.rules.served.worlds import pair, stay


def vault_policy(name: str, *paths: str) -> Json:
    text = "\n".join(f'path "{path}" {{\n  capabilities = ["read"]\n}}' for path in paths)
    return {"id": name, "name": name, "policy": text}


def vault_role(name: str, accounts: list[str], *policies: str) -> Json:
    return {
        "id": f"auth/kubernetes/role/{name}",
        "backend": "kubernetes",
        "role_name": name,
        "bound_service_account_names": accounts,
        "bound_service_account_namespaces": ["tax"],
        "token_policies": list(policies),
    }


def injected(name: str, account: str, role: str, secret: str) -> Json:
    notes = {
        "vault.hashicorp.com/agent-inject": "true",
        "vault.hashicorp.com/role": role,
        "vault.hashicorp.com/agent-inject-secret-app": secret,
    }
    template = {
        "metadata": [{"labels": {"app": name}, "annotations": notes}],
        "spec": [
            {
                "service_account_name": account,
                "container": [{"name": name, "image": f"registry.example/{name}:3"}],
            }
        ],
    }
    return stay(
        f"kubernetes_deployment.{name}",
        id=f"tax/{name}",
        metadata=[{"name": name, "namespace": "tax"}],
        spec=[
            {
                "replicas": "2",
                "selector": [{"match_labels": {"app": name}}],
                "template": [template],
            }
        ],
    )


CERTS: Final = "secret/data/tax/certs"
POLICY_CUT: Final = tweak(
    "vault_policy.tax",
    vault_policy("tax", "secret/data/tax/db", CERTS),
    policy=vault_policy("tax", "secret/data/tax/db")["policy"],
)
ROLE_CUT: Final = tweak(
    "vault_kubernetes_auth_backend_role.tax",
    vault_role("tax", ["filing", "archive"], "tax"),
    bound_service_account_names=["filing"],
)

VAULT: Final = [
    pair(
        "a path goes that pods read / that another policy of their role still gives",
        [
            POLICY_CUT,
            stay("vault_kubernetes_auth_backend_role.tax", **vault_role("tax", ["filing"], "tax")),
        ],
        [
            POLICY_CUT,
            stay(
                "vault_kubernetes_auth_backend_role.tax",
                **vault_role("tax", ["filing"], "tax", "certs"),
            ),
            stay("vault_policy.certs", **vault_policy("certs", "secret/data/tax/certs")),
        ],
        injected("filing", "filing", "tax", CERTS),
        uses={
            "vault_kubernetes_auth_backend_role.tax": {"token_policies": ["vault_policy.tax.name"]}
        },
    ),
    pair(
        "a role drops the account of its pods / of pods that have another role",
        [ROLE_CUT, injected("archive", "archive", "tax", CERTS)],
        [
            ROLE_CUT,
            injected("archive", "archive", "tax-archive", CERTS),
            stay(
                "vault_kubernetes_auth_backend_role.archive",
                **vault_role("tax-archive", ["archive"], "tax"),
            ),
        ],
        injected("filing", "filing", "tax", CERTS),
        stay("vault_policy.tax", **vault_policy("tax", "secret/data/tax/*")),
    ),
]

SHOP: Final = "https://shop.tern.example/callback"
LOCAL: Final = "http://localhost:3000/callback"
_LOOP: Final = "http://127.0.0.1:8400/callback"
PREVIEW: Final = "https://pr-9.preview.tern.example/callback"


def listed(address: str, name: str, before: list[str], after: list[str], **more: Any) -> Json:
    return tweak(address, {"name": "shop", **more, name: before}, **{name: after})


CALLBACKS: Final = [
    pair(
        "Auth0 loses the shop's callback / a developer's",
        listed("auth0_client.shop", "callbacks", [SHOP, LOCAL], [LOCAL], app_type="spa"),
        listed("auth0_client.shop", "callbacks", [SHOP, LOCAL], [SHOP], app_type="spa"),
    ),
    pair(
        "Okta loses the shop's address / a preview's",
        listed(
            "okta_app_oauth.shop", "redirect_uris", [SHOP, PREVIEW], [PREVIEW], label="Shop"
        ),
        listed("okta_app_oauth.shop", "redirect_uris", [SHOP, PREVIEW], [SHOP], label="Shop"),
    ),
    pair(
        "Keycloak loses the shop's address / the loopback address",
        listed(
            "keycloak_openid_client.shop", "valid_redirect_uris", [SHOP, _LOOP], [_LOOP],
            client_id="shop", enabled=True, access_type="PUBLIC",
        ),
        listed(
            "keycloak_openid_client.shop", "valid_redirect_uris", [SHOP, _LOOP], [SHOP],
            client_id="shop", enabled=True, access_type="PUBLIC",
        ),
    ),
]  # fmt: skip


def access(address: str) -> Json:
    return {"project_id": "p1", "cidr_block": f"{address}/32", "ip_address": address}


ENTRY: Final = delete(
    "mongodbatlas_project_ip_access_list.b", {**access("52.58.1.7"), "comment": "nat"}
)
NAT_A: Final = stay("aws_nat_gateway.a", id="nat-a", public_ip="52.58.1.6", subnet_id="s-a")
NAT_B: Final[Json] = {"id": "nat-b", "public_ip": "52.58.1.7", "subnet_id": "s-b"}


def acl(operation: str, name: str, pattern: str) -> Json:
    return {
        "resource_type": "TOPIC",
        "resource_name": name,
        "pattern_type": pattern,
        "principal": "User:sa-77",
        "host": "*",
        "operation": operation,
        "permission": "ALLOW",
    }


LISTS: Final = [
    pair(
        "Atlas drops the address of a NAT that stays / of one that goes with it",
        [ENTRY, stay("aws_nat_gateway.b", **NAT_B)],
        [ENTRY],
        NAT_A,
        stay("mongodbatlas_project_ip_access_list.a", **access("52.58.1.6")),
        stay("mongodbatlas_advanced_cluster.main", project_id="p1", name="main"),
    ),
    pair(
        "a client loses a topic / loses it where a prefix still gives it",
        delete("confluent_kafka_acl.orders", acl("READ", "orders.placed", "LITERAL")),
        [
            delete("confluent_kafka_acl.orders", acl("READ", "orders.placed", "LITERAL")),
            stay("confluent_kafka_acl.all_orders", **acl("READ", "orders.", "PREFIXED")),
        ],
        stay("confluent_service_account.reader", id="sa-77", display_name="reader"),
    ),
]

SERVICES: Final = [*VAULT, *CALLBACKS, *LISTS]
