"""Headers of every answer: nothing foreign is loaded, framed, guessed, kept or told to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from litestar.datastructures import MutableScopeHeaders

if TYPE_CHECKING:
    from litestar.types import Message, Scope


CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS: Final = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),  # with no-referrer, forms would say `Origin: null`
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cache-Control", "no-store"),
)
_TLS_ONLY: Final = ("Strict-Transport-Security", "max-age=31536000")


class Headers:
    """Adds them to what is sent, where an answer does not set them itself (`before_send`)."""

    def __init__(self, *, has_tls: bool) -> None:
        """With TLS, browsers are told to insist on it."""
        self._headers = (*_HEADERS, _TLS_ONLY) if has_tls else _HEADERS

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Change the start of an answer."""
        del scope
        if message["type"] == "http.response.start":
            found = MutableScopeHeaders.from_message(message)
            for name, value in self._headers:
                found.setdefault(name, value)
