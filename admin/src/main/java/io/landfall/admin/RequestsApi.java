package io.landfall.admin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * {@code /v1/monitor/requests?service=NAME&status=5xx&host=HOST&slower=MILLISECONDS&id=ID}:
 * requests as they end, one line of JSON each, for the Unix socket only: they have queries and
 * addresses of clients.
 */
final class RequestsApi {
  static final String PATH = "/v1/monitor/requests";

  /** One request that is over: {@code ?id=ID}. */
  static final String EXPLAIN = "/v1/explain/request";

  private static final Set<String> PARAMETERS = Set.of("service", "status", "host", "slower", "id");

  /** The longest time that can be asked for: a day. */
  private static final Pattern MILLIS = Pattern.compile("[0-9]{1,8}");

  private static final long MICROS = 1_000;

  private final RequestsBackend backend;

  RequestsApi(RequestsBackend backend) {
    this.backend = backend;
  }

  AdminAnswer monitor(AdminRequest request) {
    if (!(request.caller() instanceof AdminRequest.Caller.Local)) {
      return AdminAnswer.problem(403, "requests are for the Unix socket only");
    }
    if (!request.method().equals("GET")) {
      return AdminAnswer.problem(405, request.path() + " takes GET");
    }
    Map<String, List<String>> query = request.query();
    for (Map.Entry<String, List<String>> each : query.entrySet()) {
      if (!PARAMETERS.contains(each.getKey())) {
        return wrong(
            "unknown parameter '" + each.getKey() + "'; known: " + new TreeSet<>(PARAMETERS));
      }
      if (each.getValue().size() != 1) {
        return wrong("'" + each.getKey() + "' is given twice");
      }
    }
    return watch(query);
  }

  /** What became of one request: for the Unix socket only, as the stream is. */
  AdminAnswer explain(AdminRequest request) {
    if (!(request.caller() instanceof AdminRequest.Caller.Local)) {
      return AdminAnswer.problem(403, "requests are for the Unix socket only");
    }
    List<String> ids = request.query().getOrDefault("id", List.of());
    return ids.size() == 1 && request.query().size() == 1
        ? RoutingApi.answer(backend.explain(ids.getFirst()))
        : wrong("give one X-Request-ID and nothing else: " + EXPLAIN + "?id=ID");
  }

  private AdminAnswer watch(Map<String, List<String>> query) {
    Optional<String> status = one(query, "status");
    Optional<StatusRange> range = status.map(StatusRange::of).orElse(Optional.of(StatusRange.ALL));
    if (range.isEmpty()) {
      return wrong(StatusRange.wrong(status.orElse("")));
    }
    String slower = one(query, "slower").orElse("0");
    if (!MILLIS.matcher(slower).matches()) {
      return wrong("slower=" + slower + ": write milliseconds");
    }
    Optional<String> service = one(query, "service");
    Optional<String> unknown = service.flatMap(backend::unknown);
    if (unknown.isPresent()) {
      return AdminAnswer.problem(404, unknown.get());
    }
    return backend
        .watch(
            new RequestFilter(
                service,
                range.get().least(),
                range.get().most(),
                one(query, "host").map(host -> host.toLowerCase(Locale.ROOT)),
                Long.parseLong(slower) * MICROS,
                one(query, "id")))
        .map(AdminAnswer::stream)
        .orElseGet(
            () ->
                AdminAnswer.problem(
                    409, "requests are watched by as many already as may; end one of those"));
  }

  private static AdminAnswer wrong(String sentence) {
    return AdminAnswer.problem(400, sentence);
  }

  private static Optional<String> one(Map<String, List<String>> query, String name) {
    return query.getOrDefault(name, List.of()).stream().findFirst();
  }
}
