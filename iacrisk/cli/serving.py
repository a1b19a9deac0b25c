"""`iacrisk serve`, and the tokens of the API that it serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iacrisk.cli.output import emit
from iacrisk.config import service_variables
from iacrisk.errors import SettingsError

if TYPE_CHECKING:
    from iacrisk.service.settings import Settings


def serve(file: Path | None) -> None:
    """Run the service; raises SettingsError, also where its libraries are not installed."""
    with _libraries():
        from iacrisk.service.serving import serve as run  # noqa: PLC0415 - of an extra
    settings = _settings(file)
    emit(f"iacrisk: serving on http://{settings.host}:{settings.port}\n", to_stderr=True)
    run(settings)


def create_token(name: str, days: int, file: Path | None) -> None:
    """Print a new token; raises SettingsError."""
    with _libraries():
        from iacrisk.service.serving import make_api_token  # noqa: PLC0415 - of an extra
    emit(f"{make_api_token(_settings(file), name, days)}\n")


def list_all_tokens(file: Path | None) -> None:
    """Print the tokens without their secrets; raises SettingsError."""
    with _libraries():
        from iacrisk.service.serving import api_token_lines  # noqa: PLC0415 - of an extra
    emit("".join(f"{line}\n" for line in api_token_lines(_settings(file))))


def revoke(token: str, file: Path | None) -> None:
    """Let a token count no more; raises SettingsError where there is none."""
    with _libraries():
        from iacrisk.service.serving import revoke_api_token  # noqa: PLC0415 - of an extra
    revoke_api_token(_settings(file), token)
    emit(f"Revoked: {token}\n")


def _settings(file: Path | None) -> Settings:
    from iacrisk.service.settings import load_service_settings  # noqa: PLC0415 - of an extra

    return load_service_settings(service_variables(), file)


@contextmanager
def _libraries() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(
            f'The service needs {error.name}: pip install "iacrisk[service]".'
        ) from None
