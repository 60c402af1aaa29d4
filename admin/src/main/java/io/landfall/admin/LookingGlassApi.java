package io.landfall.admin;

import io.landfall.admin.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The part of birdwatcher's REST API that looking glasses such as Alice-LG ask for, so that one can
 * be pointed at a node as it is: {@code /status}, {@code /protocols}, {@code /protocols/bgp},
 * {@code /protocols/short}, {@code /routes/protocol/PEER}, {@code /routes/peer/ADDRESS}, {@code
 * /routes/filtered/PEER}, {@code /routes/noexport/PEER}, {@code /route/net/ADDRESS}, {@code
 * /routes/prefix?prefix=}, {@code /routes/table/T}, {@code /routes/table/T/filtered}, {@code
 * /routes/table/T/peer/ADDRESS}, {@code /routes/pipe/filtered} and {@code
 * /routes/pipe/filtered/count}. Read only, on a loopback listener of its own.
 *
 * <p>A node has one table, whatever its name in a path, and one pipe, which filters nothing.
 *
 * <p>Names and types are birdwatcher's, oddities included: {@code api.Version} with a capital,
 * numbers of a route's {@code bgp} object as text, times as {@code 2026-11-26 09:14:33} in UTC. A
 * refused route carries the large community (overlay AS, 65666, number of the {@link
 * io.landfall.core.RefusalRule}), by which Alice-LG explains it.
 */
final class LookingGlassApi {
  private static final String OF_PEER = "peer/";

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
      case "/protocols/bgp" -> protocols(LookingGlass.Protocols.BGP);
      case "/protocols" -> protocols(LookingGlass.Protocols.ALL);
      case "/protocols/short" -> protocols(LookingGlass.Protocols.SHORT);
      // Alice-LG has asked with and without the last slash.
      case "/routes/pipe/filtered", "/routes/pipe/filtered/" -> none();
      case "/routes/pipe/filtered/count" -> AdminAnswer.json(envelope().put("routes", 0));
      case "/routes/prefix" -> {
        List<String> prefix = request.query().getOrDefault("prefix", List.of());
        yield prefix.size() == 1
            ? routes(glass.net(prefix.getFirst()))
            : error(400, "give one prefix: /routes/prefix?prefix=10.32.1.10/32");
      }
      default -> named(path);
    };
  }

  private AdminAnswer protocols(LookingGlass.Protocols which) {
    return AdminAnswer.json(envelope().put("protocols", glass.protocols(which)));
  }

  private AdminAnswer named(String path) {
    int slash = path.indexOf('/', path.indexOf('/', 1) + 1);
    String what = slash < 0 ? path : path.substring(0, slash);
    String name = slash < 0 ? "" : path.substring(slash + 1);
    return switch (what) {
      case "/routes/protocol", "/routes/peer" ->
          routes(glass.routes(LookingGlass.Which.ACCEPTED, name));
      case "/routes/filtered" -> routes(glass.routes(LookingGlass.Which.REFUSED, name));
      case "/routes/noexport" ->
          name.equals(LookingGlass.PIPE)
              ? none()
              : routes(glass.routes(LookingGlass.Which.NOT_EXPORTED, name));
      case "/route/net" -> routes(glass.net(name));
      case "/routes/table" -> table(path, name);
      default -> nothing(path);
    };
  }

  /** {@code T}, {@code T/filtered} or {@code T/peer/ADDRESS}. */
  private AdminAnswer table(String path, String name) {
    int slash = name.indexOf('/');
    String part = slash < 0 ? "" : name.substring(slash + 1);
    if (part.startsWith(OF_PEER)) {
      return routes(glass.routes(LookingGlass.Which.ACCEPTED, part.substring(OF_PEER.length())));
    }
    return switch (part) {
      case "" -> routes(glass.table(LookingGlass.Which.ACCEPTED));
      case "filtered" -> routes(glass.table(LookingGlass.Which.REFUSED));
      default -> nothing(path);
    };
  }

  private AdminAnswer none() {
    return routes(new QueryResult.Found<>(List.of()));
  }

  private static AdminAnswer nothing(String path) {
    return error(
        404,
        "there is nothing at "
            + path
            + "; there are /status, /protocols/bgp, /routes/protocol/PEER,"
            + " /routes/filtered/PEER, /routes/noexport/PEER and /route/net/ADDRESS");
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
