package io.landfall.admin;

import io.landfall.admin.json.JsonObject;
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
 * io.landfall.core.RefusalRule}), by which Alice-LG explains it.
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
    try {
      return read(request);
    } catch (Unavailable late) {
      return error(503, late.sentence());
    }
  }

  private AdminAnswer read(AdminRequest request) {
    String path = request.path();
    return switch (path) {
      case "/status" -> AdminAnswer.json(envelope().put("status", glass.status()));
      case "/protocols/bgp", "/protocols" ->
          AdminAnswer.json(envelope().put("protocols", glass.protocols(false)));
      case "/protocols/short" ->
          AdminAnswer.json(envelope().put("protocols", glass.protocols(true)));
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

  private AdminAnswer routes(QueryResult<List<JsonObject>> result) {
    return switch (result) {
      case QueryResult.Found<List<JsonObject>>(var rows) ->
          AdminAnswer.json(envelope().put("routes", rows));
      // birdwatcher answers 200 with "error"; clients look for it when there is no "api".
      case QueryResult.Missing<List<JsonObject>>(String sentence) -> error(404, sentence);
      case QueryResult.Wrong<List<JsonObject>>(String sentence) -> error(400, sentence);
    };
  }

  private static AdminAnswer error(int status, String sentence) {
    return AdminAnswer.json(status, new JsonObject().put("error", sentence));
  }

  private JsonObject envelope() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    JsonObject cachedAt =
        new JsonObject()
            .put("date", now.toString())
            .put("timezone_type", "UTC")
            .put("timezone", "UTC");
    return new JsonObject()
        .put(
            "api",
            new JsonObject()
                .put("Version", version)
                .put("version", version)
                .put("result_from_cache", false)
                .put("cache_status", new JsonObject().put("cached_at", cachedAt)))
        .put("ttl", now.toString());
  }
}
