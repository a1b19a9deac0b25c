"""Plans that are too large, or made to hurt: each fails with its reason, nothing else suffers."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from pathlib import Path

from tests.benchmark.generate import make_plan
from tests.service.fake_hcp import FakeHcp, Manners
from tests.service.faults.arena import Arena, Tally

_MB = 1_000_000
_PATIENCE = 1800
"""Seconds for the largest plan; it needs less than one of CPU for each 4 MB."""


def hostile(folder: Path, *, bomb_mb: int = 2000) -> Tally:
    """Bombs, nonsense and other people's formats."""
    gzipped = {"Content-Encoding": "gzip"}
    bodies: dict[str, tuple[bytes, dict[str, str]]] = {
        "bomb in the transfer": (_bomb(bomb_mb), gzipped),
        "bomb as the body": (_bomb(bomb_mb), {}),
        "zip bomb": (_zip(bomb_mb), {}),
        "truncated gzip": (gzip.compress(make_plan(50))[:-500], gzipped),
        "nested deeply": (b'{"a":' * 200_000, {}),
        "no JSON": (b"\x00\xff" * 1000, {}),
        "nothing": (b"", {}),
        "an HCP error": (json.dumps({"errors": [{"status": "404"}]}).encode(), {}),
        "a plan of no version": (b'{"resource_changes": []}', {}),
        "wrong types": (b'{"format_version": "1.2", "resource_changes": "none"}', {}),
    }
    with FakeHcp() as hcp, Arena(hcp, folder, settings={"IACRISK_SCORING_PLAN_MB": "64"}) as arena:
        arena.service.start()
        before = arena.service.memory_mb()
        results = []
        for body, headers in bodies.values():
            result = hcp.run(body, Manners(archive_headers=headers))
            hcp.deliver(result, arena.service.webhook)
            results.append(result)
        tally = arena.finish("hostile plans", results, "failed", remark="; ".join(bodies))
        grown = arena.service.peak_mb() - before
        assert grown < 400, f"{grown} MB more at the peak"
        return tally


def large(folder: Path, *, megabytes: int) -> Tally:
    """A large plan is judged as a small one is, beside small ones that do not wait for it."""
    changes = max(10, megabytes * _MB // 4600)
    settings = {"IACRISK_SCORING_WORKERS": "2", "IACRISK_SCORING_SECONDS": str(_PATIENCE)}
    with FakeHcp() as hcp, Arena(hcp, folder, settings=settings) as arena:
        arena.service.start()
        body = make_plan(changes, bytes_per_change=4600)
        results = [hcp.run(body), arena.run(1), arena.run(2)]
        for result in results:
            hcp.deliver(result, arena.service.webhook)
        hcp.wait_final(*results[1:], timeout=60)
        hcp.wait_final(results[0], timeout=_PATIENCE)
        message = results[0].final.body["data"]["attributes"]["message"]
        assert message.startswith("Score "), message
        said = (
            f"{len(body) / _MB:.0f} MB, {changes:,} changes; the service itself peaked at "
            f"{arena.service.peak_mb():.0f} MB"
        )
        return arena.finish("a large plan", results, "failed", remark=said)


def too_large(folder: Path) -> Tally:
    """A plan above `scoring.plan_mb`, and one that does not fit `scoring.memory_mb`."""
    limits = {"IACRISK_SCORING_PLAN_MB": "8", "IACRISK_SCORING_MEMORY_MB": "300"}
    with FakeHcp() as hcp, Arena(hcp, folder, settings=limits) as arena:
        arena.service.start()
        results = [hcp.run(make_plan(1200)), hcp.run(b"[" + b"{}," * 2_500_000 + b"{}]")]
        for result in results:
            hcp.deliver(result, arena.service.webhook)
        return arena.finish("plans above the limits", results, "failed")


def _bomb(megabytes: int) -> bytes:
    """Zeros, a thousandth of their size when packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"0" * _MB
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def _zip(megabytes: int) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("tfplan", "w", force_zip64=True) as member,
    ):
        for _ in range(megabytes):
            member.write(b"0" * _MB)
    return buffer.getvalue()
