"""Names and rights that reach somebody, or nobody who needs them."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, replace, tweak
from tests.rules.served.worlds import pair, stay, trap

# Classes of ingresses


def _values(name: str, **more: Any) -> str:
    lines = [f"  {key}: {value}" for key, value in more.items()]
    return "\n".join(
        [
            "controller:",
            "  ingressClassResource:",
            f"    name: {name}",
            "    default: false",
            *lines,
        ]
    )


def _renames(after: str, **more: Any) -> Json:
    known = {"name": "gate", "chart": "ingress-nginx", "version": "4.1.0"}
    before = {**known, "values": [_values("inside")]}
    return tweak("helm_release.gate", before, values=[_values(after, **more)])


def _ingress(name: str, class_name: str | None) -> Json:
    rule = {"host": f"{name}.books.example"}
    return stay(
        f"kubernetes_ingress_v1.{name}",
        metadata=[{"name": name, "namespace": "books"}],
        spec=[{"ingress_class_name": class_name, "rule": [rule]}],
    )


# Cluster roles

_READS: Final = {"api_groups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
_SECRETS: Final = {**_READS, "resources": ["secrets"]}


def _role(*added: Json, **labels: str) -> Json:
    known = {"metadata": [{"name": "reader", "labels": labels}], "rule": [_READS]}
    return tweak("kubernetes_cluster_role_v1.reader", known, rule=[_READS, *added])


def _bound(*subjects: Json, namespace: str = "certs", wide: bool = False) -> Json:
    kind = "cluster_role_binding" if wide else "role_binding"
    where = {} if wide else {"namespace": namespace}
    return stay(
        f"kubernetes_{kind}_v1.reader",
        metadata=[{"name": "reader", **where}],
        role_ref=[{"kind": "ClusterRole", "name": "reader"}],
        subject=list(subjects),
    )


def _account(namespace: str = "certs") -> Json:
    return {"kind": "ServiceAccount", "name": "sync", "namespace": namespace}


_SECRET: Final = stay(
    "kubernetes_secret_v1.bank", metadata=[{"name": "bank", "namespace": "bank"}], type="Opaque"
)
_STAFF: Final = {"kind": "Group", "name": "staff"}

# Groups of Okta


def _fills(group: str) -> Json:
    known = {"id": "0pr1", "name": "fills", "status": "ACTIVE", "group_assignments": [group]}
    before = {**known, "expression_value": 'user.department=="Press"'}
    wider = 'String.stringContains(user.department, "Press")'
    return tweak("okta_group_rule.fills", before, expression_value=wider)


def _assigned(group: str, app: str) -> Json:
    label = f"okta_app_group_assignment.{group}_{app}"
    return stay(label, id=f"{group}{app}", group_id=group, app_id=app)


_OKTA: Final = (
    stay("okta_group.news", id="00gnews", name="news"),
    stay("okta_group.pay", id="00gpay", name="pay"),
    stay("okta_app_bookmark.wiki", id="0oawiki", label="Wiki", url="https://wiki.books.example"),
    stay("okta_app_oauth.pay", id="0oapay", label="Payments", groups_claim=[]),
    _assigned("00gnews", "0oawiki"),
    _assigned("00gpay", "0oapay"),
)


def _told_of(kind: str, value: str) -> Json:
    claim = [{"name": "groups", "type": "FILTER", "filter_type": kind, "value": value}]
    return stay("okta_app_oauth.shop", id="0oashop", label="Shop", groups_claim=claim)


# Addresses in lists

_EGRESS: Final[Json] = {
    "id": "/ip/out",
    "name": "out",
    "allocation_method": "Static",
    "ip_address": "20.1.2.3",
    "zones": ["1"],
}

_MOVED: Final = replace(
    "azurerm_public_ip.out", _EGRESS,
    {"name": "out", "allocation_method": "Static", "zones": ["1", "2"]}, "zones",
    after_unknown={"id": True, "ip_address": True},
)  # fmt: skip
_SERVER: Final = stay("azurerm_postgresql_flexible_server.books", id="/db/books", name="books")
_JOINED: Final = stay(
    "azurerm_nat_gateway_public_ip_association.out",
    id="/nat/out|/ip/out",
    nat_gateway_id="/nat/out",
    public_ip_address_id="/ip/out",
)
_LISTS: Final = stay(
    "azurerm_postgresql_flexible_server_firewall_rule.out",
    id="/db/books/rules/out",
    start_ip_address="20.1.2.3",
    end_ip_address="20.1.2.3",
)
_RELEASE: Final = {
    "name": "books-db", "chart": "postgresql", "version": "15.5.2", "namespace": "books",
}  # fmt: skip
REACHED: Final = [
    pair(
        "a controller renames the class that ingresses have / one that none has",
        [_renames("private"), _ingress("shop", "inside")],
        [_renames("private"), _ingress("shop", "nginx")],
        _ingress("blog", "nginx"),
    ),
    pair(
        "a role reads secrets for people everywhere / for an account of one namespace",
        [_role(_SECRETS), _bound(_STAFF, wide=True)],
        [_role(_SECRETS), _bound(_account())],
        _SECRET,
    ),
    pair(
        "more people come into a group that opens payments / into one that opens a link",
        _fills("00gpay"),
        _fills("00gnews"),
        *_OKTA,
    ),
    pair(
        "an address goes that a database lists / one that becomes known by another name",
        [_MOVED, _JOINED, _LISTS, _SERVER],
        [tweak("azurerm_public_ip.out", _EGRESS, tags={"team": "books"}), _JOINED, _LISTS, _SERVER],
        uses={
            "azurerm_nat_gateway_public_ip_association.out": {
                "public_ip_address_id": ["azurerm_public_ip.out.id"]
            },
            "azurerm_postgresql_flexible_server_firewall_rule.out": {
                "server_id": ["azurerm_postgresql_flexible_server.books.id"]
            },
        },
    ),
    pair(
        "a database's chart moves to another namespace / only waits longer",
        replace("helm_release.db", _RELEASE, {**_RELEASE, "namespace": "infra"}, "namespace"),
        tweak("helm_release.db", _RELEASE, timeout=900),
        stay(
            "kubernetes_config_map_v1.books",
            metadata=[{"name": "books", "namespace": "books"}],
            data={"DB_HOST": "books-db-postgresql.books.svc"},
        ),
    ),
]
REACHED_TRAPS: Final = [
    trap("an ingress without a class", _renames("private"), _ingress("shop", None)),
    trap("a plan without ingresses", _renames("private")),
    trap("another chart whose values name the class", _renames("private"),
         _ingress("shop", "nginx"),
         stay("helm_release.shop", name="shop", chart="shop", values=["className: inside"])),
    trap("a class renamed with more", _renames("private", replicaCount=1), _ingress("s", "nginx")),
    trap("a group is bound in a namespace", _role(_SECRETS), _bound(_STAFF)),
    trap("an account of elsewhere", _role(_SECRETS), _bound(_account("shop"))),
    trap("the system's namespace", _role(_SECRETS),
         _bound(_account("kube-system"), namespace="kube-system")),
    trap("bound inside, and in the cluster", _role(_SECRETS), _bound(_account()),
         _bound(_STAFF, wide=True)),
    trap("an account may write", _role({**_SECRETS, "verbs": ["get", "patch"]}),
         _bound(_account())),
    trap("a role that is gathered", _bound(_account()),
         _role(_SECRETS, **{"rbac.authorization.k8s.io/aggregate-to-view": "true"})),
    trap("a role that nobody is seen to hold", _role(_SECRETS), _SECRET),
    trap("a group that opens a link and a program", *_OKTA, _fills("00gnews"),
         _assigned("00gnews", "0oapay")),
    trap("a group of administrators", *_OKTA, _fills("00gnews"),
         stay("okta_group_role.news", group_id="00gnews", role_type="HELP_DESK_ADMIN")),
    trap("a program is told of the group", *_OKTA, _fills("00gnews"), _told_of("STARTS_WITH", "n")),
    trap("a program is told of all groups", *_OKTA, _fills("00gnews"), _told_of("REGEX", ".*")),
    trap("a group outside the plan", *_OKTA, _fills("00gother")),
]  # fmt: skip
