"""The served OpenAPI description is true: schemathesis asks whatever it allows, and more.

No answer may be a failure of our own, a status that is not described, or a body that is not as
described; and without a token nothing is answered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from iacrisk.service.serving import make_api_token
from iacrisk.service.settings import Settings
from tests.service.fake_hcp import FakeHcp
from tests.service.process import Service

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_EXAMPLES = 15


class Described:
    """A service that runs, its description, and a token for it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        folder = service.environment["IACRISK_DATA_FOLDER"]
        self.token = make_api_token(Settings(data_folder=folder), "schemathesis", 1)
        self.schema = schemathesis.openapi.from_url(f"{service.url}/schema/openapi.json")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    folder: Path = tmp_path_factory.mktemp("described")
    with FakeHcp() as hcp, Service(hcp, folder) as service:
        yield Described(service)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_answers_are_as_described(described: Described, mode: GenerationMode) -> None:
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {described.token}"},
            excluded_checks=[positive_data_acceptance],  # JSON that is no plan is not judged: 422
        )

    assert _ask_all(described, ask, mode=mode) >= 3


def test_without_a_token_nothing_is_answered(described: Described) -> None:
    def ask(case: schemathesis.Case[Any]) -> None:
        assert 400 <= case.call(headers={}).status_code < 500

    assert _ask_all(described, ask, mode=GenerationMode.POSITIVE) >= 3


def _ask_all(
    described: Described, ask: Callable[[schemathesis.Case[Any]], None], *, mode: GenerationMode
) -> int:
    """Ask every operation; how many there are."""
    count = 0
    for found in described.schema.get_all_operations():
        assert isinstance(found, Ok), found
        count += 1
        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong where nothing is taken
            _ask(found.ok().as_strategy(generation_mode=mode), ask)
    return count


def _ask(
    cases: SearchStrategy[schemathesis.Case[Any]], ask: Callable[[schemathesis.Case[Any]], None]
) -> None:
    @settings(max_examples=_EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def asking(case: schemathesis.Case[Any]) -> None:
        ask(case)

    asking()
