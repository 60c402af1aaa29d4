package io.landfall.tracing;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.RequestSpans;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The spans of one request at one node: a server span, and below it a client span for each place
 * that was tried, with attributes by the semantic conventions for HTTP (1.40). Of what the cache
 * fetched there are the client spans only, below the server span of the request that waited.
 *
 * <p>No span has a query: it may have secrets of clients, and goes where others read.
 */
final class RequestSpanMaker {
  /** A method that is none of these makes no name of a span: clients would make up names. */
  private static final Set<String> METHODS =
      Set.of(
          "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY");

  private static final String TCP = "TCP";
  private static final int SERVER_ERROR = 500;
  private static final int CLIENT_ERROR = 400;
  private static final long NANOS_PER_MICRO = 1_000;

  private final Resource resource;
  private final InstrumentationScopeInfo scope;

  /** Of one node. */
  RequestSpanMaker(RequestSpans.NodeLabel node) {
    resource =
        Resource.create(
            Attributes.builder()
                .put("service.name", "landfall")
                .put("service.instance.id", node.name())
                .put("service.version", node.version())
                .put("landfall.node.identity", node.identity())
                .build());
    scope = InstrumentationScopeInfo.builder("io.landfall.edge").setVersion(node.version()).build();
  }

  /** How many spans there are of a request. */
  static int spans(FinishedRequest request) {
    return request.tried().size() + (request.asked().by().cache() ? 0 : 1);
  }

  /** Adds the spans of a request. */
  void addTo(List<SpanData> spans, FinishedRequest request) {
    FinishedRequest.Times times = request.times();
    long endNanos = TimeUnit.MILLISECONDS.toNanos(times.endWallMillis());
    long startNanos = endNanos - times.micros() * NANOS_PER_MICRO;
    if (!request.asked().by().cache()) {
      spans.add(server(request, startNanos, endNanos));
    }
    int number = 0;
    for (FinishedRequest.Tried tried : request.tried()) {
      spans.add(client(request, tried, number++, startNanos));
    }
  }

  private SpanData server(FinishedRequest request, long startNanos, long endNanos) {
    FinishedRequest.Asked asked = request.asked();
    FinishedRequest.Answer answer = request.answer();
    FinishedRequest.Ids ids = request.ids();
    AttributesBuilder attributes = Attributes.builder();
    common(attributes, request);
    attributes.put("client.address", asked.by().address());
    if (!isTcp(request)) {
      attributes.put("url.scheme", asked.scheme());
      attributes.put("url.path", path(asked.target()));
      attributes.put("http.request.body.size", answer.bytesReceived());
      attributes.put("http.response.body.size", answer.bytesSent());
    }
    attributes.put("landfall.request.id", ids.request());
    attributes.put("landfall.outcome", outcome(request));
    attributes.put("landfall.reason", request.decided().reason().name());
    asked.by().from().map(NodeName::value).ifPresent(at -> attributes.put("landfall.from", at));
    answer.cacheStatus().ifPresent(status -> attributes.put("landfall.cache.status", status));
    boolean isError = status(attributes, request, answer.status(), SERVER_ERROR);
    return new RequestSpan(
        new RequestSpan.Of(resource, scope),
        new RequestSpan.Place(ids.trace(), ids.span(), ids.parent(), true),
        name(request),
        SpanKind.SERVER,
        new RequestSpan.During(startNanos, endNanos, isError),
        attributes.build());
  }

  private SpanData client(
      FinishedRequest request, FinishedRequest.Tried tried, int number, long startNanos) {
    FinishedRequest.Ids ids = request.ids();
    AttributesBuilder attributes = Attributes.builder();
    common(attributes, request);
    attributes.put(
        tried.isNode() ? "landfall.upstream.node" : "landfall.upstream.backend", tried.place());
    if (number > 0) {
      attributes.put("http.request.resend_count", number);
    }
    if (!isTcp(request)) {
      FinishedRequest.Asked asked = request.asked();
      attributes.put("url.full", asked.scheme() + "://" + asked.host() + path(asked.target()));
    }
    boolean isError;
    if (tried.failure().isPresent()) {
      attributes.put("error.type", tried.failure().get().kind().toLowerCase(Locale.ROOT));
      isError = true;
    } else {
      isError = status(attributes, request, tried.status(), CLIENT_ERROR);
    }
    FinishedRequest.During during = tried.during();
    return new RequestSpan(
        new RequestSpan.Of(resource, scope),
        new RequestSpan.Place(ids.trace(), tried.span(), ids.span(), false),
        name(request),
        SpanKind.CLIENT,
        new RequestSpan.During(
            startNanos + during.beganMicros() * NANOS_PER_MICRO,
            startNanos + during.endedMicros() * NANOS_PER_MICRO,
            isError),
        attributes.build());
  }

  private static void common(AttributesBuilder attributes, FinishedRequest request) {
    FinishedRequest.Asked asked = request.asked();
    attributes.put("server.address", asked.host());
    if (isTcp(request)) {
      attributes.put("network.transport", "tcp");
    } else {
      boolean known = METHODS.contains(asked.method());
      attributes.put("http.request.method", known ? asked.method() : "_OTHER");
      attributes.put("network.protocol.name", "http");
      attributes.put("network.protocol.version", version(asked.by().protocol()));
    }
    request
        .decided()
        .service()
        .map(ServiceName::value)
        .ifPresent(service -> attributes.put("landfall.service", service));
  }

  /** Adds a status, if there is one; whether it is an error for this kind of span. */
  private static boolean status(
      AttributesBuilder attributes, FinishedRequest request, int status, int leastError) {
    if (status == 0 || isTcp(request)) {
      return false;
    }
    attributes.put("http.response.status_code", status);
    if (status >= leastError) {
      attributes.put("error.type", Integer.toString(status));
      return true;
    }
    return false;
  }

  private static boolean isTcp(FinishedRequest request) {
    return request.asked().by().protocol().equals(TCP);
  }

  private static String name(FinishedRequest request) {
    String method = request.asked().method();
    return isTcp(request) ? TCP : METHODS.contains(method) ? method : "HTTP";
  }

  private static String outcome(FinishedRequest request) {
    return request.decided().reason().outcome().name().toLowerCase(Locale.ROOT);
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** As the conventions have it: {@code 1.1}, {@code 2}. */
  private static String version(String protocol) {
    String number = protocol.substring(protocol.indexOf('/') + 1);
    return number.equals("2.0") ? "2" : number;
  }
}
