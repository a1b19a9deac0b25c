"""Sign-in by OpenID Connect: the code flow with PKCE, state and nonce.

What the standards say is Authlib's, down to the checks of an ID token; what goes over the wire is
ours, so that one client with our limits does it. Nothing of the answer is believed that is not
in a signed ID token of the configured issuer, or in the user info of the same subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus, urlsplit

import httpx
import msgspec
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from iacrisk.errors import SignInRefused
from iacrisk.service.people.roles import claim_at
from iacrisk.service.people.tokens import new_secret

_ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures only: an HMAC with the client's secret, or none, is no proof of who signed."""
_LEEWAY: Final = 60
_LARGEST: Final = 1024 * 1024
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

T = TypeVar("T")


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """Who says who somebody is, as an administrator configured it."""

    issuer: str
    client_id: str
    client_secret: str = ""
    redirect_uri: str
    scope: str = "openid email profile"
    wanted: tuple[str, ...] = ()
    """Claims that are needed; what the ID token lacks is asked of the user info."""

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Provider(issuer={self.issuer!r}, client_id={self.client_id!r})"


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What we use of the provider's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be remembered while the person is at the provider."""

    state: str
    nonce: str
    verifier: str


class _Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The token endpoint's answer."""

    id_token: str
    access_token: str = ""


class RelyingParty:
    """The service as the client of a provider."""

    def __init__(
        self, provider: Provider, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.provider = provider
        self._transport = transport
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None

    async def depart(self) -> tuple[str, Departure]:
        """Where to send the browser, and what to keep until it comes back."""
        metadata = await self.metadata()
        departure = Departure(state=new_secret(), nonce=new_secret(), verifier=new_secret())
        url = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self.provider.client_id,
            response_type="code",
            redirect_uri=self.provider.redirect_uri,
            scope=self.provider.scope,
            state=departure.state,
            nonce=departure.nonce,
            code_challenge=create_s256_code_challenge(departure.verifier),
            code_challenge_method="S256",
        )
        return url, departure

    async def arrive(self, departure: Departure, answer: Mapping[str, str]) -> dict[str, Any]:
        """The claims of whoever came back with `answer`; raises SignInRefused."""
        metadata = await self.metadata()
        _check_answer(answer, departure, metadata)
        tokens = await self._redeem(metadata, answer["code"], departure.verifier)
        claims = await self._verified(metadata, tokens, departure.nonce)
        lacking = [name for name in self.provider.wanted if claim_at(claims, name) is None]
        if lacking and metadata.userinfo_endpoint and tokens.access_token:
            claims = {**await self._told(metadata, tokens.access_token, claims["sub"]), **claims}
        return claims

    async def metadata(self) -> Metadata:
        """The provider's discovery document, read once."""
        if self._metadata is None:
            issuer = self.provider.issuer
            url = issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = _decoded(await self._get(url), Metadata)
            if found.issuer != issuer:
                raise SignInRefused("The sign-in provider says that it is another issuer.")
            places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if not all(map(is_protected, places)):
                raise SignInRefused("The sign-in provider names an address without TLS.")
            self._metadata = found
        return self._metadata

    async def _redeem(self, metadata: Metadata, code: str, verifier: str) -> _Tokens:
        provider = self.provider
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=provider.redirect_uri,
            code=code,
            code_verifier=verifier,
        )
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        method, name, secret = _client_auth(provider, metadata)
        url, headers, body = ClientAuth(name, secret, method).prepare(
            "POST", metadata.token_endpoint, headers, body
        )
        return _decoded(await self._ask("POST", url, headers, body), _Tokens)

    async def _verified(self, metadata: Metadata, tokens: _Tokens, nonce: str) -> dict[str, Any]:
        try:
            try:
                found = _opened(tokens.id_token, await self._key_set(metadata), metadata)
            except InvalidKeyIdError:  # the provider has new keys
                self._keys = None
                found = _opened(tokens.id_token, await self._key_set(metadata), metadata)
            client = self.provider.client_id
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": metadata.issuer},
                    "aud": {"essential": True, "value": client},
                },
                {"nonce": nonce, "client_id": client, "access_token": tokens.access_token},
            )
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignInRefused(
                f"The sign-in provider's answer does not hold ({type(error).__name__})."
            ) from error
        return dict(claims)

    async def _key_set(self, metadata: Metadata) -> KeySet:
        if self._keys is None:
            found = _decoded(await self._get(metadata.jwks_uri), dict[str, Any])
            self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type] # checked inside
        return self._keys

    async def _told(self, metadata: Metadata, access_token: str, subject: str) -> dict[str, Any]:
        """What the user info says of the subject of the ID token, and of nobody else."""
        headers = {"Accept": "application/json", "Authorization": f"Bearer {access_token}"}
        body = await self._ask("GET", metadata.userinfo_endpoint, headers)
        told = _decoded(body, dict[str, Any])
        if told.get("sub") != subject:
            raise SignInRefused("The sign-in provider speaks of somebody else.")
        return told

    async def _get(self, url: str) -> bytes:
        return await self._ask("GET", url, {"Accept": "application/json"})

    async def _ask(self, method: str, url: str, headers: dict[str, str], body: str = "") -> bytes:
        if not is_protected(url):
            raise SignInRefused("The sign-in provider names an address without TLS.")
        try:
            async with (
                httpx.AsyncClient(transport=self._transport, timeout=10, trust_env=False) as client,
                client.stream(method, url, headers=headers, content=body or None) as response,
            ):
                return await _body(response)
        except httpx.HTTPError as error:
            raise SignInRefused(
                f"The sign-in provider did not answer ({type(error).__name__})."
            ) from error


def is_protected(url: str) -> bool:
    """Whether what is sent there goes through TLS, or does not leave this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _check_answer(answer: Mapping[str, str], departure: Departure, metadata: Metadata) -> None:
    if answer.get("state") != departure.state:
        raise SignInRefused("This sign-in was not begun here.")
    says = answer.get("iss")
    if says is None and metadata.authorization_response_iss_parameter_supported:
        raise SignInRefused("The answer does not say which provider it is from.")
    if says is not None and says != metadata.issuer:
        raise SignInRefused("The answer is from another sign-in provider.")
    if answer.get("error") == "access_denied":
        raise SignInRefused("The sign-in was cancelled at the provider.")
    if "error" in answer:
        raise SignInRefused("The sign-in provider refused.")
    if not answer.get("code"):
        raise SignInRefused("The sign-in provider sent no code.")


def _client_auth(provider: Provider, metadata: Metadata) -> tuple[str, str, str]:
    """How the client proves itself. In the header, both parts are encoded (RFC 6749, 2.3.1)."""
    name, secret = provider.client_id, provider.client_secret
    if not secret:
        return "none", name, ""
    if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
        return "client_secret_basic", quote_plus(name), quote_plus(secret)
    return "client_secret_post", name, secret


def _opened(token: str, keys: KeySet, metadata: Metadata) -> jwt.Token:
    allowed = _ALGORITHMS & set(metadata.id_token_signing_alg_values_supported)
    registry = JWSRegistry(algorithms=sorted(allowed), strict_check_header=False)
    return jwt.decode(token, keys, registry=registry)


async def _body(response: httpx.Response) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise SignInRefused(f"The sign-in provider answered {response.status_code}.")
    found = b""
    async for part in response.aiter_bytes():
        found += part
        if len(found) > _LARGEST:
            raise SignInRefused("The sign-in provider's answer is too long.")
    return found


def _decoded(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignInRefused("The sign-in provider's answer has another shape.") from error
