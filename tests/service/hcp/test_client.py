"""What HCP Terraform is asked for and told, over one connection or many."""

from __future__ import annotations

import asyncio
import io

from iacrisk.service.hcp.client import Hcp
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings
from tests.service.fake_hcp import FakeHcp, Manners
from tests.service.in_process import hcp_settings

_RUNS = 1000
_PATIENCE = 15
"""Seconds; less than a request waits for a connection of its pool."""


def test_signs_of_life_of_a_thousand_runs_hold_up_no_plan(hcp: FakeHcp) -> None:
    waiting = hcp.run(manners=Manners(delay=1))
    asked = hcp.run(b'{"format_version": "1.2"}')

    async def play() -> bytes:
        client, token = Hcp(Settings(hcp=hcp_settings(hcp))), Secret(waiting.token)
        url = waiting.payload["task_result_callback_url"]
        signs = [asyncio.create_task(client.tell_alive(url, token, b"{}")) for _ in range(_RUNS)]
        into = io.BytesIO()
        async with asyncio.timeout(_PATIENCE):
            await asyncio.sleep(0)
            plan = asked.payload["plan_json_api_url"]
            await client.fetch_plan(plan, Secret(asked.token), into)
        for sign in signs:
            sign.cancel()
        await asyncio.gather(*signs, return_exceptions=True)
        await client.close()
        return into.getvalue()

    assert asyncio.run(play()) == asked.plan
