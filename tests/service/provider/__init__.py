"""A real OpenID Connect provider for the tests: the certified `oidc-provider` of npm, under Node.

It was chosen over the mocks on PyPI because it is not made of the library that we use, insists on
PKCE, exact redirect addresses and codes that hold once, and is certified to follow the standard.
`npm install` in this folder brings it; without Node or without that, tests skip.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx
import pytest

HERE: Final = Path(__file__).parent
CLIENT: Final = "iacrisk"
SECRET: Final = "a secret with :/+ in it, for the encoding"  # noqa: S105 - of a test's provider
_FORM: Final = re.compile(r'<form[^>]*action="([^"]+)"')


@contextlib.contextmanager
def running_provider(redirect_uri: str) -> Iterator[str]:
    """The issuer of a provider that lives as long as the context."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("the provider is not installed: run `npm install` in tests/service/provider")
    process = subprocess.Popen(  # noqa: S603 - our own script
        [node, "--no-warnings", "provider.mjs", redirect_uri],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        issuer = process.stdout.readline().strip()
        assert issuer, "the provider did not start"
        yield issuer
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def sign_in_at_provider(url: str, login: str, redirect_uri: str) -> dict[str, str]:
    """What the provider answers to `redirect_uri` after somebody signed in as `login`."""
    with httpx.Client(trust_env=False) as browser:
        response = browser.get(url)
        for _ in range(12):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if target.startswith(redirect_uri):
                    return dict(httpx.URL(target).params)
                response = browser.get(target)
                continue
            assert response.status_code == 200, response.text
            action = _FORM.search(response.text)
            assert action, response.text
            prompt = "login" if 'name="login"' in response.text else "consent"
            fields = {"prompt": prompt, "login": login, "password": "any"}
            response = browser.post(urljoin(str(response.url), action[1]), data=fields)
    raise AssertionError("the provider did not come to an end")
