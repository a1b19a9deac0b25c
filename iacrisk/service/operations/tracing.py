"""OpenTelemetry traces, when the settings name where to send them; nothing is imported otherwise.

Spans carry names of routes and steps, ids of task results and outcomes; never a payload.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from iacrisk import __version__
from iacrisk.errors import SettingsError
from iacrisk.service.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

Value = str | int | float | bool
Tell = Callable[[Mapping[str, Value]], None]

_NAME: Final = "iacrisk"
_provider: TracerProvider | None = None


def start_tracing(settings: Settings) -> None:
    """Export spans from now on, if the settings name an endpoint; raises SettingsError."""
    global _provider  # noqa: PLW0603 - OpenTelemetry's provider is one for the process as well
    endpoint = settings.operations.otlp_endpoint
    if not endpoint or _provider is not None:
        return
    try:
        from opentelemetry import trace  # noqa: PLC0415 - of an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SettingsError(
            f"operations.otlp_endpoint needs {missing.name}: pip install 'iacrisk[tracing]'."
        ) from None
    about = {
        "service.name": _NAME,
        "service.version": __version__,
        "service.instance.id": settings.replica,
    }
    _provider = TracerProvider(resource=Resource.create(about))
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(_provider)


def stop_tracing() -> None:
    """Send what is left."""
    if _provider is not None:
        _provider.force_flush(5000)


@contextlib.contextmanager
def traced(name: str, **about: Value) -> Iterator[None]:
    """A span around a piece of work, where traces are wanted."""
    tracer = _tracer()
    if tracer is None:
        yield
        return
    with _span(tracer, name) as span:
        span.set_attributes(about)
        yield


@contextlib.contextmanager
def serving(name: str, headers: Mapping[str, str]) -> Iterator[Tell]:
    """A span around the answer to a request, below the caller's where it sent one."""
    tracer = _tracer()
    if tracer is None:
        yield lambda _: None
        return
    from opentelemetry.propagate import extract  # noqa: PLC0415 - of an extra
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    with _span(tracer, name, context=extract(headers), kind=SpanKind.SERVER) as span:
        yield lambda about: span.set_attributes(dict(about))


def _span(tracer: Tracer, name: str, **how: Any) -> AbstractContextManager[Span]:
    """What an exception says may hold what a log may not, so a span is not told."""
    return tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False, **how
    )


def _tracer() -> Tracer | None:
    return None if _provider is None else _provider.get_tracer(_NAME, __version__)
