/** Spans of sampled requests, sent to a collector by OTLP (OpenTelemetry lives here only). */
@org.jspecify.annotations.NullMarked
module io.landfall.tracing {
  requires static org.jspecify;
  requires io.landfall.core;
  requires io.landfall.decision;
  requires io.landfall.edge;
  requires io.opentelemetry.api;
  requires io.opentelemetry.exporter.internal; // why an export failed
  requires io.opentelemetry.exporter.otlp;
  requires io.opentelemetry.sdk.common;
  requires io.opentelemetry.sdk.trace;
  requires java.logging;
  requires org.slf4j;

  provides io.landfall.edge.RequestSpans.Provider with
      io.landfall.tracing.OtlpProvider;
}
