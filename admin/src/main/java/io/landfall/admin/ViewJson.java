package io.landfall.admin;

import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Every view as JSON: the very text that {@code --json} prints.
 *
 * <p>Written by hand over a generator, since these names are a contract: renaming a record's
 * component must not rename a key. Every key is always there; what is not known is null.
 */
final class ViewJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private ViewJson() {}

  static String routes(List<RouteView> routes) {
    return array(
        routes,
        (json, route) -> {
          json.writeStringProperty("address", route.address().toString());
          json.writeStringProperty("kind", lower(route.kind()));
          json.writeStringProperty("name", route.name());
          list(json, "paths", route.paths(), ViewJson::path);
        });
  }

  private static void path(JsonGenerator json, RouteView.PathView path) {
    json.writeStringProperty("nextHop", path.nextHop().toString());
    json.writeStringProperty("from", path.from());
    json.writeBooleanProperty("best", path.best());
    json.writeNumberProperty("tier", path.tier());
    json.writeNumberProperty("cost", path.cost());
    json.writeNumberProperty("ageSeconds", thousandths(path.ageSeconds()));
    json.writeStringProperty("signal", path.signal().name());
  }

  static String peers(List<PeerView> peers) {
    return array(
        peers,
        (json, peer) -> {
          optional(json, "name", peer.name());
          optional(json, "identity", peer.identity());
          json.writeStringProperty("state", peer.state());
          if (peer.uptimeSeconds().isPresent()) {
            json.writeNumberProperty(
                "uptimeSeconds", thousandths(peer.uptimeSeconds().getAsDouble()));
          } else {
            json.writeNullProperty("uptimeSeconds");
          }
          json.writeStringProperty("endpoint", peer.endpoint());
          json.writeNumberProperty("routesReceived", peer.routes().received());
          json.writeNumberProperty("routesAccepted", peer.routes().accepted());
          json.writeNumberProperty("routesRefused", peer.routes().refused());
          json.writeNumberProperty("routesSent", peer.routes().sent());
          optional(json, "lastError", peer.lastError());
          if (peer.asn().isPresent()) {
            json.writeNumberProperty("asn", peer.asn().getAsLong());
          } else {
            json.writeNullProperty("asn");
          }
          if (peer.sinceSeconds().isPresent()) {
            json.writeNumberProperty(
                "sinceSeconds", thousandths(peer.sinceSeconds().getAsDouble()));
          } else {
            json.writeNullProperty("sinceSeconds");
          }
          json.writeStringProperty("kind", lower(peer.kind()));
        });
  }

  static String services(List<ServiceStatus> services) {
    return array(
        services,
        (json, service) -> {
          json.writeStringProperty("name", service.name().value());
          json.writeStringProperty("identity", service.identity().toString());
          strings(json, "hosts", service.hosts());
          strings(json, "paths", service.paths());
          if (service.local().isPresent()) {
            json.writeObjectPropertyStart("local");
            local(json, service.local().get());
            json.writeEndObject();
          } else {
            json.writeNullProperty("local");
          }
          list(json, "sites", service.sites(), ViewJson::site);
        });
  }

  private static void local(JsonGenerator json, ServiceStatus.Local local) {
    json.writeStringProperty("signal", local.signal().name());
    json.writeStringProperty("why", local.why());
    list(
        json,
        "backends",
        local.backends(),
        (out, backend) -> {
          out.writeStringProperty("url", backend.url());
          out.writeBooleanProperty("healthy", backend.healthy());
          optional(out, "lastError", backend.lastError());
        });
    if (local.lease().isPresent()) {
      json.writeObjectPropertyStart("lease");
      json.writeNumberProperty("ttlMillis", local.lease().get().ttlMillis());
      json.writeNumberProperty("remainingMillis", local.lease().get().remainingMillis());
      json.writeEndObject();
    } else {
      json.writeNullProperty("lease");
    }
    optional(json, "dampedUntil", local.dampedUntil().map(ViewJson::time));
    json.writeNumberProperty("tier", local.tier());
    list(json, "speakers", local.speakers(), ViewJson::speaker);
  }

  private static void speaker(JsonGenerator json, ServiceStatus.SpeakerState speaker) {
    json.writeStringProperty("host", speaker.host());
    json.writeStringProperty("session", speaker.session());
    optional(json, "says", speaker.says());
    if (speaker.med().isPresent()) {
      json.writeNumberProperty("med", speaker.med().getAsLong());
    } else {
      json.writeNullProperty("med");
    }
    json.writeNumberProperty("tier", speaker.tier());
    optional(json, "since", speaker.since().map(ViewJson::time));
  }

  private static void site(JsonGenerator json, ServiceStatus.Site site) {
    json.writeStringProperty("node", site.node());
    json.writeStringProperty("identity", site.identity().toString());
    json.writeStringProperty("signal", site.signal().name());
    json.writeNumberProperty("tier", site.tier());
    json.writeNumberProperty("cost", site.cost());
    json.writeBooleanProperty("usable", site.usable());
    json.writeStringProperty("why", site.why());
  }

  static String ingress(IngressView ingress) {
    return object(
        json -> {
          list(
              json,
              "prefixes",
              ingress.prefixes(),
              (out, prefix) -> {
                out.writeStringProperty("prefix", prefix.prefix());
                out.writeStringProperty("upstream", prefix.upstream());
                out.writeStringProperty("state", prefix.state());
                out.writeStringProperty("since", time(prefix.since()));
              });
          list(
              json,
              "sessions",
              ingress.sessions(),
              (out, session) -> {
                out.writeStringProperty("upstream", session.upstream());
                out.writeNumberProperty("asn", session.asn());
                out.writeStringProperty("state", session.state());
                out.writeStringProperty("since", time(session.since()));
                optional(out, "lastReset", session.lastReset());
                optional(out, "lastError", session.lastError());
              });
          json.writeNumberProperty("updatesSent", ingress.updatesSent());
        });
  }

  static String refused(List<RefusedView> refused) {
    return array(
        refused,
        (json, row) -> {
          json.writeStringProperty("peer", row.peer());
          json.writeStringProperty("rule", row.rule());
          json.writeNumberProperty("count", row.count());
          optional(
              json,
              "last",
              row.last().equals(Instant.EPOCH) ? Optional.empty() : Optional.of(time(row.last())));
          json.writeStringProperty("what", row.what());
          json.writeNumberProperty("reason", RefusalReason.of(row.rule()).number());
          list(
              json,
              "subjects",
              row.subjects(),
              (out, subject) -> {
                out.writeStringProperty("subject", subject.subject());
                out.writeNumberProperty("count", subject.count());
              });
        });
  }

  static String decisions(List<DecisionView> decisions) {
    return array(
        decisions,
        (json, row) -> {
          json.writeStringProperty("time", time(row.time()));
          json.writeStringProperty("host", row.host());
          json.writeStringProperty("path", row.path());
          json.writeStringProperty("method", row.method());
          json.writeStringProperty("outcome", row.outcome());
          json.writeStringProperty("reason", row.reason());
          json.writeStringProperty("node", row.node());
          json.writeNumberProperty("status", row.status());
          json.writeNumberProperty("millis", thousandths(row.millis()));
        });
  }

  static String explain(ExplainView view) {
    return object(
        json -> {
          json.writeStringProperty("host", view.host());
          json.writeStringProperty("path", view.path());
          optional(json, "service", view.service());
          json.writeStringProperty("outcome", view.outcome().word());
          json.writeStringProperty("reason", view.outcome().reason());
          json.writeStringProperty("why", view.outcome().why());
          list(
              json,
              "candidates",
              view.candidates(),
              (out, step) -> {
                out.writeStringProperty("node", step.node());
                out.writeBooleanProperty("usable", step.usable());
                out.writeStringProperty("why", step.why());
              });
        });
  }

  /** What a command answers. */
  static String message(String sentence) {
    return object(json -> json.writeStringProperty("message", sentence));
  }

  /** Problem details (RFC 9457). */
  static String problem(int status, String title, String detail) {
    return object(
        json -> {
          json.writeStringProperty("type", "about:blank");
          json.writeStringProperty("title", title);
          json.writeNumberProperty("status", status);
          json.writeStringProperty("detail", detail);
        });
  }

  private interface Body {
    void write(JsonGenerator json);
  }

  private static String object(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static <T> String array(List<T> rows, BiConsumer<JsonGenerator, T> row) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartArray();
      rows(json, rows, row);
      json.writeEndArray();
    }
    return text.append('\n').toString();
  }

  private static <T> void list(
      JsonGenerator json, String name, List<T> rows, BiConsumer<JsonGenerator, T> row) {
    json.writeArrayPropertyStart(name);
    rows(json, rows, row);
    json.writeEndArray();
  }

  private static <T> void rows(JsonGenerator json, List<T> rows, BiConsumer<JsonGenerator, T> row) {
    for (T each : rows) {
      json.writeStartObject();
      row.accept(json, each);
      json.writeEndObject();
    }
  }

  private static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  private static void optional(JsonGenerator json, String name, Optional<?> value) {
    if (value.isPresent()) {
      json.writeStringProperty(name, value.get().toString());
    } else {
      json.writeNullProperty(name);
    }
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static double thousandths(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
