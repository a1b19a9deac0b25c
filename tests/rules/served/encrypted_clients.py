"""A database comes to ask for TLS: a variable beside its host says what a client does."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/elm"


def _settings(mode: str) -> list[Json]:
    return [{"tier": "db-n1", "ip_configuration": [{"ssl_mode": mode}]}]


def _asks(version: str = "POSTGRES_16") -> Json:
    before = {
        "id": "books",
        "name": "books",
        "database_version": version,
        "private_ip_address": "10.77.0.9",
        "settings": _settings("ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
    }
    return tweak("google_sql_database_instance.books", before, settings=_settings("ENCRYPTED_ONLY"))


def _client(name: str, *more: Json, **variables: str) -> Json:
    env = [{"name": key, "value": value} for key, value in variables.items()]
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"{_P}/locations/r/services/{name}",
        name=name,
        template=[{"containers": [{"env": env}, *more]}],
    )


_HOST: Final = {"DB_HOST": "10.77.0.9"}
ENCRYPTED_CLIENTS: Final = [
    pair(
        "a database asks for TLS: each client says by a variable that it does, or one that not",
        [_asks(), _client("shelf", **_HOST, PGSSLMODE="disable")],
        [_asks(), _client("shelf", **_HOST, PGSSLMODE="verify-full")],
        _client("desk", **_HOST, DB_SSLMODE="require"),
    ),
]
ENCRYPTED_CLIENTS_TRAPS: Final = [
    trap("no word of TLS beside the host", _asks(), _client("shelf", **_HOST)),
    trap("the word is in another container", _asks(),
         _client("shelf", {"env": [{"name": "PGSSLMODE", "value": "require"}]}, **_HOST)),
    trap("the word is of another host", _asks(),
         _client("shelf", **_HOST, CACHE_HOST="10.77.0.8", CACHE_TLS="true")),
    trap("a word for PostgreSQL beside MySQL", _asks("MYSQL_8_0"),
         _client("shelf", **_HOST, PGSSLMODE="require")),
    trap("one of two words says no", _asks(),
         _client("shelf", **_HOST, PGSSLMODE="require", DB_SSL="false")),
]  # fmt: skip
