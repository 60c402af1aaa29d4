package io.landfall.admin;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The part of birdwatcher's REST API that looking glasses such as Alice-LG ask for, so that one can
 * be pointed at a node as it is: {@code /status}, {@code /protocols/bgp}, {@code /protocols/short},
 * {@code /routes/protocol/PEER}, {@code /routes/filtered/PEER}, {@code /routes/noexport/PEER},
 * {@code /route/net/ADDRESS}, {@code /routes/prefix?prefix=}, {@code /routes/table/T} and {@code
 * /routes/table/T/filtered}. Read only, on a loopback listener of its own.
 *
 * <p>Names and types are birdwatcher's, oddities included: {@code api.Version} with a capital,
 * numbers of a route's {@code bgp} object as text, times as {@code 2026-11-26 09:14:33} in UTC. A
 * refused route carries the large community (overlay AS, 65666, number of the {@link
 * RefusalReason}), by which Alice-LG explains it.
 */
final class LookingGlassApi {
  private final LookingGlass glass;
  private final String version;

  LookingGlassApi(LookingGlass glass, String version) {
    this.glass = glass;
    this.version = version;
  }

  AdminAnswer handle(AdminRequest request) {
    if (!(request.caller() instanceof AdminRequest.Caller.Loopback tcp)
        || !AdminApi.isLoopbackHost(tcp.hostHeader())) {
      return AdminAnswer.problem(
          403, "the Host header must name loopback: 127.0.0.1, [::1] or localhost");
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return AdminAnswer.problem(405, "a looking glass only looks: GET or HEAD");
    }
    String path = request.path();
    return switch (path) {
      case "/status" -> found(envelope().put("status", glass.status()));
      case "/protocols/bgp", "/protocols" ->
          found(envelope().put("protocols", glass.protocols(false)));
      case "/protocols/short" -> found(envelope().put("protocols", glass.protocols(true)));
      case "/routes/prefix" -> {
        List<String> prefix = request.query().getOrDefault("prefix", List.of());
        yield prefix.size() == 1
            ? routes(glass.net(prefix.getFirst()))
            : AdminAnswer.problem(400, "give one prefix: /routes/prefix?prefix=10.32.1.10/32");
      }
      default -> named(path);
    };
  }

  private AdminAnswer named(String path) {
    int slash = path.indexOf('/', path.indexOf('/', 1) + 1);
    String what = slash < 0 ? path : path.substring(0, slash);
    String name = slash < 0 ? "" : path.substring(slash + 1);
    return switch (what) {
      case "/routes/protocol" -> routes(glass.routes(LookingGlass.Which.ACCEPTED, name));
      case "/routes/filtered" -> routes(glass.routes(LookingGlass.Which.REFUSED, name));
      case "/routes/noexport" -> routes(glass.routes(LookingGlass.Which.NOT_EXPORTED, name));
      case "/route/net" -> routes(glass.net(name));
      case "/routes/table" ->
          routes(
              glass.table(
                  name.endsWith("/filtered")
                      ? LookingGlass.Which.REFUSED
                      : LookingGlass.Which.ACCEPTED));
      default ->
          AdminAnswer.problem(
              404,
              "there is nothing at "
                  + path
                  + "; there are /status, /protocols/bgp, /routes/protocol/PEER,"
                  + " /routes/filtered/PEER, /routes/noexport/PEER and /route/net/ADDRESS");
    };
  }

  private AdminAnswer routes(Looked looked) {
    return switch (looked) {
      case Looked.Listed(List<Fields> rows) -> found(envelope().put("routes", rows));
      case Looked.Found(Fields object) -> found(envelope().put("routes", List.of(object)));
      // birdwatcher answers 200 with "error"; clients look for it when there is no "api".
      case Looked.Missing(String sentence) -> error(404, sentence);
      case Looked.Wrong(String sentence) -> error(400, sentence);
    };
  }

  private static AdminAnswer error(int status, String sentence) {
    return new AdminAnswer(
        status, "application/json", RoutingApi.text(new Fields().put("error", sentence)));
  }

  private static AdminAnswer found(Fields object) {
    return AdminAnswer.json(RoutingApi.text(object));
  }

  private Fields envelope() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Fields cachedAt =
        new Fields().put("date", now.toString()).put("timezone_type", "UTC").put("timezone", "UTC");
    return new Fields()
        .put(
            "api",
            new Fields()
                .put("Version", version)
                .put("version", version)
                .put("result_from_cache", false)
                .put("cache_status", new Fields().put("cached_at", cachedAt)))
        .put("ttl", now.toString());
  }
}
