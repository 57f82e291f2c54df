"""OpenTelemetry traces, from a request to the scores that come of it; made where its standard environment asks so.

A trace is carried by its W3C `traceparent`, a text: in the request, in the stored group of its events, to the worker.
Only here is OpenTelemetry imported, and only where traces are on.
"""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from gooddata.errors import ConfigurationError

# Whoever calls may ask for a trace, by a traceparent that says "sampled". So many a second are made at most.
TRACED_A_SECOND = 100

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?").fullmatch


def open_traces(process: str, wanted: str | None) -> "Traces | None":
    """None where traces are off. `wanted` is the exporter: otlp or console.

    Raises ConfigurationError where they are on and cannot be made.
    """
    if wanted is None:
        return None
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = _exporter(wanted)
    except ImportError as failure:
        raise ConfigurationError(
            f"OTEL_ variables ask for traces, and {failure.name} is not installed: pip install 'gooddata[otel]', or "
            "set OTEL_SDK_DISABLED=true"
        ) from None
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over what is said here.
    usual = Resource({"service.name": "gooddata"})
    resource = usual.merge(Resource.create()).merge(Resource({"gooddata.process": process}))
    if str(resource.attributes.get("service.name", "")).startswith("unknown_service"):
        resource = resource.merge(usual)
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)


def _exporter(wanted: str) -> Any:
    if wanted == "console":
        import sys

        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr, formatter=lambda span: span.to_json(indent=None) + "\n")
    if wanted == "otlp-grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # type: ignore[import-not-found]
            OTLPSpanExporter as OverGrpc,
        )

        return OverGrpc()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


class Traces:
    """Spans of this process. A span that is not sampled has no context to carry on."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry import trace

        self._api = trace
        self._provider = provider
        self._tracer = provider.get_tracer("gooddata")
        self._second = 0
        self._begun = 0

    def close(self) -> None:
        """Sends what waits."""
        self._provider.shutdown()

    def begin(self, method: str, parent: bytes | None, state: bytes | None, request_id: str) -> "Span | None":
        """A request's span, within the trace that the request names, if it names one; None where it is not sampled."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._begun = second, 0
        if self._begun >= TRACED_A_SECOND:
            return None
        given = self._context(parent.decode("latin-1"), state) if parent else None
        span = self._tracer.start_span(
            method, context=given, kind=self._api.SpanKind.SERVER, attributes={"gooddata.request_id": request_id}
        )
        if not span.is_recording():
            return None
        self._begun += 1
        return Span(span, method)

    def add(
        self,
        name: str,
        began: int,
        ended: int,
        parent: str | None = None,
        links: Iterable[str] = (),
        attributes: Mapping[str, str | int | float] | None = None,
    ) -> str | None:
        """A span of something that is over (epoch nanoseconds), and its traceparent; None where it is not sampled."""
        linked = [self._api.Link(context) for each in links if (context := self._span_context(each))]
        span = self._tracer.start_span(
            name, context=self._context(parent) if parent else None, links=linked, attributes=attributes,
            start_time=began,
        )  # fmt: skip
        span.end(ended)
        return traceparent(span)

    def _context(self, parent: str, state: bytes | None = None) -> Any:
        found = self._span_context(parent, state)
        return None if found is None else self._api.set_span_in_context(self._api.NonRecordingSpan(found))

    def _span_context(self, parent: str, state: bytes | None = None) -> Any:
        """What a traceparent says, by W3C Trace Context; None for one that is not well-formed."""
        parts = _PARENT(parent.strip())
        if parts is None:
            return None
        version, trace_id, span_id, flags, rest = parts.groups()
        if version == "ff" or (version == "00" and rest) or not int(trace_id, 16) or not int(span_id, 16):
            return None
        kept = None
        if state is not None and len(state) <= 512:
            kept = self._api.TraceState.from_header([state.decode("latin-1")])
        return self._api.SpanContext(
            int(trace_id, 16), int(span_id, 16), True, self._api.TraceFlags(int(flags, 16) & 1), kept
        )


class Span:
    """A request's span; `context` is its traceparent."""

    __slots__ = ("_method", "_span", "context")

    def __init__(self, span: Any, method: str) -> None:
        self._span = span
        self._method = method
        self.context = traceparent(span)

    @property
    def trace_id(self) -> str:
        return format(self._span.get_span_context().trace_id, "032x")

    def end(self, route: str, status: int) -> None:
        self._span.update_name(f"{self._method} {route}")
        attributes = {"http.request.method": self._method, "http.route": route, "http.response.status_code": status}
        self._span.set_attributes(attributes)
        if status >= 500:
            from opentelemetry.trace import Status, StatusCode

            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def traceparent(span: Any) -> str | None:
    context = span.get_span_context()
    if not context.trace_flags.sampled:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
