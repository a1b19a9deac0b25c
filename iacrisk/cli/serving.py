"""`iacrisk serve`."""

from __future__ import annotations

from pathlib import Path

from iacrisk.cli.output import emit
from iacrisk.config import service_variables
from iacrisk.errors import SettingsError


def serve(file: Path | None) -> None:
    """Run the service; raises SettingsError, also where its libraries are not installed."""
    try:
        from iacrisk.service.serving import serve as run  # noqa: PLC0415 - of an extra
        from iacrisk.service.settings import load_service_settings  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise SettingsError(
            f'The service needs {error.name}: pip install "iacrisk[service]".'
        ) from None
    settings = load_service_settings(service_variables(), file)
    emit(f"iacrisk: serving on http://{settings.host}:{settings.port}\n", to_stderr=True)
    run(settings)
