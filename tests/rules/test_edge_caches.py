"""X16 on Cloudflare: a cache rule whose path gets shorter."""

from __future__ import annotations

import pytest

from iacrisk.rules.exposure.caches import personal_answers_cached
from tests.plans import Json, update
from tests.rules.test_limits_and_rights import said

SITE = "cloudflare_ruleset.cache"


def cache(path: str, mode: str = "override_origin") -> Json:
    rule = {
        "action": "set_cache_settings",
        "expression": f'(http.host eq "api.example.com" and '
        f'starts_with(http.request.uri.path, "{path}"))',
        "action_parameters": [{"cache": True, "edge_ttl": [{"mode": mode, "default": 300}]}],
    }
    return {"id": "r", "phase": "http_request_cache_settings", "rules": [rule]}


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        (cache("/v2/clinics/"), cache("/v2/"), True),
        (cache("/v2/"), cache("/v2/clinics/"), False),
        (cache("/v2/clinics/"), cache("/v2/doctors/"), False),
        (cache("/v2/clinics/", "respect_origin"), cache("/v2/", "respect_origin"), False),
    ],
    ids=["shorter", "longer", "another", "as the origin says"],
)
def test_a_path_that_gets_shorter_keeps_more(before: Json, after: Json, *, flagged: bool) -> None:
    change = update(SITE, before, after)
    assert bool(said(personal_answers_cached, change)) is flagged
