"""Which addresses the service speaks to."""

from __future__ import annotations

import asyncio

import httpcore
import pytest

from iacrisk.errors import HcpFailed
from iacrisk.service.hcp.addresses import CheckedNetwork, check_url

HOSTS = ("app.terraform.io", "*.tfe.example")


@pytest.mark.parametrize(
    "url",
    [
        "https://app.terraform.io/api/v2/plans/1",
        "https://APP.terraform.io:443/x",
        "https://eu.tfe.example/x",
    ],
)
def test_listed_hosts_are_spoken_to(url: str) -> None:
    assert check_url(url, HOSTS, "the plan")


@pytest.mark.parametrize(
    "url",
    [
        "http://app.terraform.io/",
        "https://app.terraform.io.evil.example/",
        "https://evil.example/app.terraform.io",
        "https://app.terraform.io@evil.example/",
        "https://user:word@app.terraform.io/",
        "https://[::1]/",
        "https://app.terraform.io:port/",
        "https://",
        "//app.terraform.io/",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_others_are(url: str) -> None:
    with pytest.raises(HcpFailed):
        check_url(url, HOSTS, "the plan")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - refused
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "localhost",
    ],
)
def test_private_addresses_are_not_connected_to(address: str) -> None:
    with pytest.raises(HcpFailed, match="private address"):
        asyncio.run(CheckedNetwork(allow_private=False).connect_tcp(address, 443))


def test_where_they_are_allowed_they_are_tried() -> None:
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(CheckedNetwork(allow_private=True).connect_tcp("127.0.0.1", 1))
