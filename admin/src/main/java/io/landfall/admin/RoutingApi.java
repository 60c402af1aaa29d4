package io.landfall.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The reads that name something: {@code /v1/show/routes?for=ADDRESS&from=PEER&all=true}, {@code
 * /v1/show/peers?peer=PEER}, {@code /v1/show/refused?peer=PEER} and {@code
 * /v1/monitor?peer=PEER&service=NAME}. A question that cannot have an answer is 400, one that has
 * none now is 404.
 */
final class RoutingApi {
  private final RoutingBackend backend;

  RoutingApi(RoutingBackend backend) {
    this.backend = backend;
  }

  /** Whether a view is asked for with this query here. */
  static boolean answers(String view, Map<String, List<String>> query) {
    return view.equals("routes") || (!query.isEmpty() && hasPeers(view));
  }

  private static boolean hasPeers(String view) {
    return view.equals("peers") || view.equals("refused");
  }

  AdminAnswer show(String view, Map<String, List<String>> query) {
    return switch (view) {
      case "routes" -> routes(query);
      case "peers" -> named(query, backend::peer);
      default -> named(query, backend::refused);
    };
  }

  private AdminAnswer routes(Map<String, List<String>> query) {
    Optional<AdminAnswer> wrong = unknown(query, Set.of("for", "from", "all"));
    return wrong.orElseGet(
        () ->
            answer(
                backend.routes(
                    new RouteQuery(
                        one(query, "for"), one(query, "from"), query.containsKey("all")))));
  }

  private <T> AdminAnswer named(
      Map<String, List<String>> query, Function<String, QueryResult<T>> look) {
    Optional<AdminAnswer> wrong = unknown(query, Set.of("peer"));
    if (wrong.isPresent()) {
      return wrong.get();
    }
    return answer(look.apply(one(query, "peer").orElse("")));
  }

  AdminAnswer monitor(AdminRequest request) {
    if (!(request.caller() instanceof AdminRequest.Caller.Local)) {
      return AdminAnswer.problem(403, "monitor is for the Unix socket only");
    }
    if (!request.method().equals("GET")) {
      return AdminAnswer.problem(405, request.path() + " takes GET");
    }
    Optional<AdminAnswer> wrong = unknown(request.query(), Set.of("peer", "service"));
    if (wrong.isPresent()) {
      return wrong.get();
    }
    MonitorFilter filter =
        new MonitorFilter(one(request.query(), "peer"), one(request.query(), "service"));
    Optional<String> unknown = backend.unknownIn(filter);
    if (unknown.isPresent()) {
      return AdminAnswer.problem(404, unknown.get());
    }
    return backend
        .watch(filter)
        .map(AdminAnswer::stream)
        .orElseGet(
            () ->
                AdminAnswer.problem(
                    409,
                    MonitorHub.MAX_WATCHERS + " are watching already, which is as many as may"));
  }

  /** What is wrong with the names of a query: none but these may be there, each once. */
  static Optional<AdminAnswer> unknown(Map<String, List<String>> query, Set<String> known) {
    for (Map.Entry<String, List<String>> each : query.entrySet()) {
      if (!known.contains(each.getKey())) {
        return Optional.of(
            AdminAnswer.problem(
                400, "unknown parameter '" + each.getKey() + "'; known: " + new TreeSet<>(known)));
      }
      if (each.getValue().size() != 1) {
        return Optional.of(AdminAnswer.problem(400, "'" + each.getKey() + "' is given twice"));
      }
    }
    return Optional.empty();
  }

  /** The value of a parameter, if it is there. */
  static Optional<String> one(Map<String, List<String>> query, String name) {
    List<String> values = query.getOrDefault(name, List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** What was found, 404 for what is not there, 400 for a question that has no answer. */
  static <T> AdminAnswer answer(QueryResult<T> result) {
    return switch (result) {
      case QueryResult.Found<T>(T value) -> AdminAnswer.json(value);
      case QueryResult.Missing<T>(String sentence) -> AdminAnswer.problem(404, sentence);
      case QueryResult.Wrong<T>(String sentence) -> AdminAnswer.problem(400, sentence);
    };
  }
}
