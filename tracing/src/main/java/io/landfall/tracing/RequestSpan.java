package io.landfall.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;

/**
 * One span that is over, as OpenTelemetry's exporter wants it.
 *
 * @param of whose it is
 * @param place where it stands in its trace
 * @param name its name
 * @param kind its kind
 * @param during from when to when, and how it ended
 * @param attributes its attributes
 */
record RequestSpan(
    Of of, Place place, String name, SpanKind kind, During during, Attributes attributes)
    implements SpanData {
  /**
   * Whose it is.
   *
   * @param resource the node
   * @param scope what made it
   */
  record Of(Resource resource, InstrumentationScopeInfo scope) {}

  /**
   * Where it stands in its trace.
   *
   * @param trace the trace's id
   * @param span its own
   * @param parent that of the span above it; 0 for none
   * @param isParentRemote whether that is another process's
   */
  record Place(String trace, long span, long parent, boolean isParentRemote) {}

  /**
   * From when to when, in nanoseconds since 1970.
   *
   * @param startNanos when it began
   * @param endNanos when it ended
   * @param isError whether it ended with an error
   */
  record During(long startNanos, long endNanos, boolean isError) {}

  private SpanContext context(long span, boolean isRemote) {
    if (span == 0) {
      return SpanContext.getInvalid();
    }
    String id = SpanId.fromLong(span);
    return isRemote
        ? SpanContext.createFromRemoteParent(
            place.trace, id, TraceFlags.getSampled(), TraceState.getDefault())
        : SpanContext.create(place.trace, id, TraceFlags.getSampled(), TraceState.getDefault());
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public SpanKind getKind() {
    return kind;
  }

  @Override
  public SpanContext getSpanContext() {
    return context(place.span, false);
  }

  @Override
  public SpanContext getParentSpanContext() {
    return context(place.parent, place.isParentRemote);
  }

  @Override
  public StatusData getStatus() {
    return during.isError ? StatusData.error() : StatusData.unset();
  }

  @Override
  public long getStartEpochNanos() {
    return during.startNanos;
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public List<EventData> getEvents() {
    return List.of();
  }

  @Override
  public List<LinkData> getLinks() {
    return List.of();
  }

  @Override
  public long getEndEpochNanos() {
    return during.endNanos;
  }

  @Override
  public boolean hasEnded() {
    return true;
  }

  @Override
  public int getTotalRecordedEvents() {
    return 0;
  }

  @Override
  public int getTotalRecordedLinks() {
    return 0;
  }

  @Override
  public int getTotalAttributeCount() {
    return attributes.size();
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // It is the interface's, which still wants it.
  public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
    return InstrumentationLibraryInfo.create(of.scope.getName(), of.scope.getVersion());
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return of.scope;
  }

  @Override
  public Resource getResource() {
    return of.resource;
  }
}
