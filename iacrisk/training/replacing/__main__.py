"""Writes iacrisk/catalog/replacing.csv; with types named, only shows their rows."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import iacrisk.catalog
from iacrisk.training.provider import Provider, ProviderSilent, find_provider
from iacrisk.training.replacing.asking import Ask, Questions
from iacrisk.training.replacing.facts import HEAD, Row, row_of
from iacrisk.training.replacing.schema import Block, read_schemas
from iacrisk.training.replacing.values import Filling, Role, fill, targets
from iacrisk.training.replacing.wire import configure_request, error_answer, errors_in

TABLE: Final = Path(iacrisk.catalog.__file__).with_name("replacing.csv")
_NOWHERE: Final = "http://127.0.0.1:9"
"""Nothing listens there: a plan that asks the cloud fails at once, and counts as refused."""
_LEFT_OUT: Final = frozenset(
    {
        "aws_lexv2models_intent",
        "aws_quicksight_analysis",
        "aws_quicksight_dashboard",
        "aws_quicksight_template",
    }
)
"""Nested so deep that a single question takes the provider minutes."""
_SETTINGS: Final = {
    "access_key": "test",
    "secret_key": "test",
    "region": "us-east-1",
    "max_retries": 1,
    "skip_credentials_validation": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
    "skip_requesting_account_id": True,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask about every type of the provider, or about those named."""
    named = sys.argv[1:] if arguments is None else arguments
    with running() as asker:
        types = asker.types
        rows = ask_about(
            {name: types[name] for name in named or types.keys() - _LEFT_OUT}, asker.ask, _tell
        )
        lines = [",".join(row.cells()) for row in rows]
    if named:
        sys.stdout.write("\n".join([*lines, ""]))
    else:
        TABLE.write_text("\n".join([",".join(HEAD), *lines, ""]), "utf-8")


@contextmanager
def running() -> Iterator[Asker]:
    """The provider, started and in the end stopped."""
    with tempfile.TemporaryDirectory() as folder:
        asker = Asker(Path(folder))
        try:
            yield asker
        finally:
            asker.stop()


class Asker:
    """The provider ready to plan without a cloud; where a question ends it, it is started anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._provider = Provider(find_provider(), folder, folder, _NOWHERE)
        self._settings, self.types = read_schemas(self._provider.ask("GetSchema", b""))
        self._configure()

    def ask(self, method: str, request: bytes) -> bytes:
        """The provider's answer, or an error in its place where it ended or was too slow."""
        try:
            return self._provider.ask(method, request)
        except ProviderSilent as silent:
            self.stop()
            self._provider = Provider(find_provider(), self._folder, self._folder, _NOWHERE)
            self._configure()
            return error_answer(str(silent))

    def stop(self) -> None:
        """End it."""
        self._provider.stop()

    def _configure(self) -> None:
        config = fill(self._settings, Filling(role=Role.CONFIG)) | _SETTINGS
        answer = self._provider.ask("Configure", configure_request(config))
        if errors := errors_in(answer, 1):
            raise ValueError("; ".join(errors))


def ask_about(
    types: dict[str, Block], ask: Ask, tell: Callable[[str], None] = lambda _: None
) -> Iterable[Row]:
    """The rows of these types, in order."""
    for name, block in sorted(types.items()):
        tell(name)
        questions = Questions(ask, name, block)
        tried, beyond = targets(block)
        asked = [questions.about(target) for target in tried]
        yield row_of(name, asked, beyond, questions.defaults)


def _tell(name: str) -> None:
    sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    main()
