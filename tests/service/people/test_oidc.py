"""Sign-in at a real provider, and what forged answers do."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from iacrisk.errors import SignInRefused
from iacrisk.service.people.oidc import Departure, Provider, RelyingParty, is_protected
from tests.service.provider import CLIENT, SECRET, running_provider, sign_in_at_provider

BACK: Final = "http://127.0.0.1:9/sign-in/callback"
ISSUER: Final = "https://id.example"
KEY: Final = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
AWAY: Final = Departure(state="the state", nonce="the nonce", verifier="v" * 43)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_provider(BACK) as found:
        yield found


def at(issuer: str, **changes: Any) -> RelyingParty:
    known = {
        "issuer": issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uri": BACK,
        "scope": "openid email groups",
        "wanted": ("email", "groups"),
    }
    return RelyingParty(Provider(**{**known, **changes}))


def signed_in(party: RelyingParty, login: str) -> dict[str, Any]:
    async def go() -> dict[str, Any]:
        url, departure = await party.depart()
        answer = await asyncio.to_thread(sign_in_at_provider, url, login, BACK)
        return await party.arrive(departure, answer)

    return asyncio.run(go())


def test_somebody_signs_in_at_the_provider_and_is_known_by_their_claims(issuer: str) -> None:
    claims = signed_in(at(issuer), "alice")
    assert claims["sub"] == "alice"
    assert claims["email"] == "alice@example.com"
    assert claims["groups"] == ["platform", "staff"]


def test_a_wrong_client_secret_signs_nobody_in(issuer: str) -> None:
    with pytest.raises(SignInRefused, match="answered 401"):
        signed_in(at(issuer, client_secret="another"), "alice")  # noqa: S106 - a wrong one


def test_a_code_holds_once_and_only_with_its_verifier(issuer: str) -> None:
    async def go() -> None:
        party = at(issuer)
        url, departure = await party.depart()
        answer = await asyncio.to_thread(sign_in_at_provider, url, "alice", BACK)
        stolen = Departure(state=departure.state, nonce=departure.nonce, verifier="w" * 43)
        with pytest.raises(SignInRefused, match="answered 400"):
            await party.arrive(stolen, answer)
        assert (await party.arrive(departure, answer))["sub"] == "alice"
        with pytest.raises(SignInRefused, match="answered 400"):
            await party.arrive(departure, answer)

    asyncio.run(go())


def test_an_id_token_for_another_sign_in_is_refused(issuer: str) -> None:
    async def go() -> None:
        party = at(issuer)
        url, departure = await party.depart()
        answer = await asyncio.to_thread(sign_in_at_provider, url, "alice", BACK)
        other = Departure(state=departure.state, nonce="other", verifier=departure.verifier)
        with pytest.raises(SignInRefused, match="InvalidClaimError"):
            await party.arrive(other, answer)

    asyncio.run(go())


# --- answers that no honest provider gives


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    honest = {
        "iss": ISSUER,
        "sub": "alice",
        "aud": CLIENT,
        "iat": now,
        "exp": now + 300,
        "nonce": AWAY.nonce,
        "email": "alice@example.com",
        "groups": ["platform"],
    }
    found = {**honest, **changes}
    return {name: value for name, value in found.items() if value is not None}


def signed(content: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one", **header}, content, key, ["RS256"])


def forged(algorithm: str, secret: bytes) -> str:
    """An ID token by somebody who does not have the provider's key."""
    head = text_of({"alg": algorithm, "kid": "one"})
    body = f"{head}.{text_of(claims())}"
    mac = hmac.digest(secret, body.encode(), "sha256") if algorithm == "HS256" else b""
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def text_of(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def arriving(
    id_token: str,
    answer: dict[str, str] | None = None,
    metadata: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    more: Callable[[httpx.Request], httpx.Response | None] = lambda _: None,
) -> dict[str, Any]:
    """The claims of an arrival at a made-up provider."""
    known = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/auth",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/keys",
        "userinfo_endpoint": f"{ISSUER}/me",
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    }
    bodies = {
        "/.well-known/openid-configuration": {**known, **(metadata or {})},
        "/keys": {"keys": [KEY.as_dict(private=False)]},
        "/token": {"id_token": id_token, "access_token": "access"},
        "/me": told or {},
    }

    def answer_to(request: httpx.Request) -> httpx.Response:
        return more(request) or httpx.Response(200, json=bodies[request.url.path])

    provider = Provider(
        issuer=ISSUER, client_id=CLIENT, redirect_uri=BACK, wanted=("email", "groups")
    )
    party = RelyingParty(provider, httpx.MockTransport(answer_to))
    given = {"state": AWAY.state, "code": "code"} if answer is None else answer
    return asyncio.run(party.arrive(AWAY, given))


def test_the_honest_answer_is_taken() -> None:
    assert arriving(signed(claims()))["email"] == "alice@example.com"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(signed(claims(iss="https://evil.example")), id="another issuer"),
        pytest.param(signed(claims(aud="another-client")), id="another client"),
        pytest.param(signed(claims(aud=[CLIENT, "another"])), id="several clients and no azp"),
        pytest.param(signed(claims(nonce="another")), id="another nonce"),
        pytest.param(signed(claims(nonce=None)), id="no nonce"),
        pytest.param(signed(claims(exp=int(time.time()) - 3600)), id="expired"),
        pytest.param(signed(claims(exp=None)), id="no expiry"),
        pytest.param(signed(claims(sub=None)), id="no subject"),
        pytest.param(signed(claims(), RSAKey.generate_key(2048, {"kid": "one"})), id="other key"),
        pytest.param(forged("HS256", KEY.as_pem(private=False)), id="an HMAC with the public key"),
        pytest.param(forged("HS256", b""), id="an HMAC with the client's empty secret"),
        pytest.param(forged("none", b""), id="no signature"),
        pytest.param("not a token", id="no token at all"),
    ],
)
def test_an_id_token_that_does_not_hold_is_refused(token: str) -> None:
    with pytest.raises(SignInRefused, match="does not hold"):
        arriving(token)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"state": "another", "code": "code"}, "not begun here"),
        ({"code": "code"}, "not begun here"),
        ({"state": AWAY.state, "code": "code", "iss": "https://evil.example"}, "another sign-in"),
        ({"state": AWAY.state, "error": "access_denied"}, "cancelled"),
        ({"state": AWAY.state, "error": "server_error"}, "refused"),
        ({"state": AWAY.state}, "no code"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(answer: dict[str, str], says: str) -> None:
    with pytest.raises(SignInRefused, match=says):
        arriving(signed(claims()), answer=answer)


def test_an_answer_has_to_name_its_issuer_where_the_provider_promises_to() -> None:
    promised = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(SignInRefused, match="which provider"):
        arriving(signed(claims()), metadata=promised)


def test_discovery_by_another_issuer_or_without_tls_is_refused() -> None:
    with pytest.raises(SignInRefused, match="another issuer"):
        arriving(signed(claims()), metadata={"issuer": "https://evil.example"})
    with pytest.raises(SignInRefused, match="without TLS"):
        arriving(signed(claims()), metadata={"token_endpoint": "http://id.example/token"})


def test_what_the_id_token_lacks_is_asked_of_the_user_info_of_the_same_subject() -> None:
    lacking = signed(claims(groups=None))
    found = arriving(lacking, told={"sub": "alice", "groups": ["staff"], "email": "x@example.com"})
    assert found["groups"] == ["staff"]
    assert found["email"] == "alice@example.com"
    with pytest.raises(SignInRefused, match="somebody else"):
        arriving(lacking, told={"sub": "eve", "groups": ["staff"]})


def test_new_keys_of_the_provider_are_fetched_once() -> None:
    fresh = RSAKey.generate_key(2048, {"kid": "two"}, private=True)
    asked: list[str] = []

    def rotate(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != "/keys":
            return None
        asked.append(request.url.path)
        keys = [KEY] if len(asked) == 1 else [KEY, fresh]
        return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in keys]})

    token = signed(claims(), fresh, kid="two")
    assert arriving(token, more=rotate)["sub"] == "alice"
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(302, headers={"location": "https://evil.example"}), "answered 302"),
        (httpx.Response(500), "answered 500"),
        (httpx.Response(200, content=b"<html>"), "another shape"),
        (httpx.Response(200, content=json.dumps({"pad": "x" * 2**20}).encode()), "too long"),
    ],
)
def test_a_provider_that_misbehaves_is_refused(answer: httpx.Response, says: str) -> None:
    with pytest.raises(SignInRefused, match=says):
        arriving(signed(claims()), more=lambda r: answer if r.url.path == "/token" else None)


def test_a_provider_that_is_away_is_refused() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(SignInRefused, match="did not answer"):
        arriving(signed(claims()), more=fail)


def test_only_tls_and_this_machine_are_protected() -> None:
    assert is_protected("https://id.example")
    assert is_protected("http://127.0.0.1:8080")
    assert not is_protected("http://id.example")
    assert not is_protected("http://localhost.evil.example")


def test_the_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(at(ISSUER).provider)
