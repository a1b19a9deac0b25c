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


def vcl(*settings: tuple[str, str]) -> Json:
    """A Fastly service; of each setting its action and the statement of its condition."""
    listed = [{"name": "c0", "type": "CACHE", "statement": 'req.url.path ~ "^/(cart|checkout)"'}]
    listed += [
        {"name": f"c{number}", "type": "CACHE", "statement": statement}
        for number, (_, statement) in enumerate(settings, 1)
    ]
    kept = [{"name": "cart", "action": "pass", "cache_condition": "c0"}]
    kept += [
        {"name": f"s{number}", "action": action, "cache_condition": f"c{number}"}
        for number, (action, _) in enumerate(settings, 1)
    ]
    return {"id": "s", "name": "www", "condition": listed, "cache_setting": kept}


@pytest.mark.parametrize(
    ("action", "statement", "flagged"),
    [
        ("cache", 'beresp.status == 200 && req.url.path !~ "^/(cart|checkout)"', True),
        ("cache", "beresp.status == 200", True),
        ("cache", 'req.url.path ~ "^/account/"', True),
        ("cache", 'req.url.path ~ "^/(assets|static)/"', False),
        ("cache", 'req.url.ext ~ "^(css|js)$"', False),
        ("pass", "beresp.status == 200", False),
    ],
)
def test_a_setting_that_keeps_all_but_some_paths_is_flagged(
    action: str, statement: str, *, flagged: bool
) -> None:
    change = update("fastly_service_vcl.www", vcl(), vcl((action, statement)))
    assert bool(said(personal_answers_cached, change)) is flagged


def test_a_setting_that_passes_personal_answers_must_not_go() -> None:
    bare = vcl() | {"cache_setting": []}
    assert said(personal_answers_cached, update("fastly_service_vcl.www", vcl(), bare))
    assert not said(personal_answers_cached, update("fastly_service_vcl.www", bare, vcl()))
