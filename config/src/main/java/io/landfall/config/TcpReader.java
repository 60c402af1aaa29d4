package io.landfall.config;

import java.util.List;
import java.util.Optional;

/** Reads {@code services.NAME.tcp}, and checks what else such a service has. */
final class TcpReader {
  /** The keys of the section. */
  static final Keys KEYS = new Keys("services.NAME.tcp");

  private static final Key<?> TCP =
      ServicesReader.SERVICE_KEYS
          .section("tcp")
          .otherwiseAs("a service of HTTP")
          .is(
              "It is a TCP service: connections are carried as bytes"
                  + " ([edge.md](edge.md#tcp-services)), in place of `hosts`, `paths`, `upgrades` and"
                  + " `cache`; may be `{}`.");

  private static final Key<String> SERVER_NAMES =
      KEYS.values("server-names", NetRules.SERVICE_HOST)
          .otherwiseAs("none: it is reached by `edge.listen[].service` only")
          .atMost(Bounds.SERVER_NAMES)
          .is(
              "Connections with these server names (SNI) belong to it, on every listener with TLS;"
                  + " their TLS is its backend's. Exact names or `*.example`, lower case.");

  /** What services of HTTP have. */
  private static final List<String> OF_HTTP =
      List.of(
          "hosts",
          "paths",
          "upgrades",
          "cache",
          "backend-tls",
          "redirects",
          "request-fields",
          "response-fields",
          "maintenance",
          "authorization",
          "sticky");

  private TcpReader() {}

  /** Declares the keys above, which loading this class does. */
  static void declareKeys() {}

  /** How connections find the service; empty if it is one of HTTP. */
  static Optional<ServiceConfig.Tcp> read(Section service) {
    Optional<Section> section = service.section(TCP);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Section at = section.get();
    Optional<List<String>> names = at.values(SERVER_NAMES);
    at.atMost(SERVER_NAMES, names.map(List::size).orElse(0), "use wildcards");
    at.end();
    for (String key : OF_HTTP) {
      if (service.has(key)) {
        service.problem(
            key, "this is a TCP service, whose bytes are not looked at", "remove it, or 'tcp'");
      }
    }
    return Optional.of(new ServiceConfig.Tcp(names.orElse(List.of())));
  }

  /** Each backend is of the service's own kind. */
  static void checkBackends(Section at, List<ServiceConfig.Backend> backends, boolean isTcp) {
    for (ServiceConfig.Backend backend : backends) {
      if (backend.isTcp() != isTcp) {
        at.problem(
            "backends",
            isTcp
                ? backend.url() + " is no tcp:// backend, and this is a TCP service"
                : backend.url() + " is a backend of a TCP service, and this one has no 'tcp'",
            isTcp ? "write tcp://host:port" : "write http://, or add 'tcp: {}'");
      } else if (isTcp && backend.protocol() != ServiceConfig.Protocol.H1) {
        at.problem("backends", "a tcp:// backend has no 'protocol'", "remove that key");
      } else if (isTcp && backend.only().isPresent()) {
        at.problem("backends", "connections have nothing that 'only' could ask for", "remove it");
      }
    }
  }

  /**
   * Clients of connections are told apart by their addresses alone, and there are no responses:
   * none has a field or a status.
   */
  static void checkLimits(Section at, TrafficConfig traffic, BackendRulesConfig rules) {
    if (traffic.rateLimits().stream().anyMatch(TrafficConfig.RateLimit::alwaysReport)) {
      at.problem(
          "rate-limits",
          "connections of a TCP service have no response that 'always-report' could be for",
          "leave 'always-report' out");
    }
    if (rules.circuit().filter(of -> !of.statuses().isEmpty()).isPresent()) {
      at.problem(
          "circuit",
          "connections of a TCP service have no 'statuses'",
          "leave 'statuses' out: connections that fail count");
    }
    if (traffic.rateLimits().stream().anyMatch(limit -> limit.field().isPresent())) {
      at.problem(
          "rate-limits", "connections of a TCP service have no 'field'", "leave 'field' out");
    }
  }
}
