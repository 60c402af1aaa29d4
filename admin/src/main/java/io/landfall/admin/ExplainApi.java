package io.landfall.admin;

import io.landfall.admin.model.ExplainView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /v1/explain?url=}: reads the URL, and asks what would happen to a request for it. */
final class ExplainApi {
  /** RFC 3986 section 3.1; what stands in a query is none. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

  private static final int MAX_PORT = 65_535;
  private static final int MAX_PORT_DIGITS = 5;

  /** The port of a URL that has one. */
  private static final Pattern PORT =
      Pattern.compile("[A-Za-z]+://(?:\\[[^\\]/?#]*\\]|[^\\[/?#:]*):([0-9]+)(?:[/?#]|$)");

  private ExplainApi() {}

  /**
   * The answer to the question of a caller who may know what the cache has, or may not.
   *
   * @throws CommandBody.Wrong if it names a client that there cannot be
   */
  static AdminAnswer answer(
      AdminBackend backend, Map<String, List<String>> query, boolean withCache)
      throws CommandBody.Wrong {
    List<String> urls = query.getOrDefault("url", List.of());
    if (urls.size() != 1) {
      return AdminAnswer.problem(400, "give one URL: /v1/explain?url=shop.example/x");
    }
    return RoutingApi.answer(explain(backend, urls.getFirst(), ExplainClient.of(query), withCache));
  }

  /** What would happen to a client's request for a URL, with or without a scheme. */
  static QueryResult<ExplainView> explain(
      AdminBackend backend, String text, Optional<ExplainTarget.Client> client, boolean withCache) {
    String url = SCHEME.matcher(text).lookingAt() ? text : "http://" + text;
    Matcher port = PORT.matcher(url);
    if (port.lookingAt() && !isPort(port.group(1))) {
      return new QueryResult.Wrong<>(
          "'" + text + "' has the port " + port.group(1) + "; a port is 1 to " + MAX_PORT);
    }
    return switch (backend.target(url)) {
      case ExplainTarget.Routed routed ->
          new QueryResult.Found<>(backend.explain(routed.by(client), withCache));
      case ExplainTarget.Refused(String why) ->
          new QueryResult.Wrong<>("'" + text + "' is no http or https URL that is routed: " + why);
    };
  }

  private static boolean isPort(String digits) {
    int port = digits.length() > MAX_PORT_DIGITS ? 0 : Integer.parseInt(digits);
    return port > 0 && port <= MAX_PORT;
  }
}
