package io.landfall.admin;

import io.landfall.admin.model.CacheUrlReport;
import io.landfall.admin.model.PurgeReport;
import io.landfall.core.FailureText;
import io.landfall.core.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code GET /v1/show/cache} and {@code POST /v1/purge}. */
final class CacheApi {
  /** Where purges are posted to. */
  static final String PURGE = "/v1/purge";

  /** Characters of a URL, host or tag in a purge; longer ones are in no request. */
  private static final int LONGEST_TEXT = 16 * 1024;

  private static final List<String> SCOPES = List.of("url", "prefix", "host", "tag", "service");
  private static final List<String> KEYS =
      List.of("url", "prefix", "host", "tag", "service", "all", "soft", "waitMillis");

  /** How long to wait for other nodes when the body gives no time. */
  private static final long DEFAULT_WAIT_MILLIS = 5_000;

  /** The longest time to wait for other nodes. */
  static final long MAX_WAIT_MILLIS = 60_000;

  /** RFC 3986 section 3.1. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

  private final CacheBackend backend;

  CacheApi(CacheBackend backend) {
    this.backend = backend;
  }

  /**
   * A purge that was read.
   *
   * @param scope what is purged
   * @param soft whether softly
   * @param waitMillis how long to wait for other nodes
   */
  record Asked(PurgeScope scope, boolean soft, long waitMillis) {}

  /**
   * Of each service, or of one URL; that only on the node's own socket, since what is stored of a
   * URL is for who may purge it.
   */
  AdminAnswer show(Map<String, List<String>> query, AdminRequest.Caller caller) {
    List<String> urls = query.getOrDefault("url", List.of());
    if (query.isEmpty()) {
      return AdminAnswer.json(backend.report());
    }
    if (urls.size() != 1 || query.size() != 1 || urls.getFirst().length() > LONGEST_TEXT) {
      return AdminAnswer.problem(400, "give one URL: /v1/show/cache?url=shop.example/x");
    }
    if (!(caller instanceof AdminRequest.Caller.Local)) {
      return AdminAnswer.problem(403, "what is stored of a URL is shown on the admin socket only");
    }
    return switch (backend.stored(withScheme(urls.getFirst()))) {
      case QueryResult.Found<CacheUrlReport>(CacheUrlReport report) -> AdminAnswer.json(report);
      case QueryResult.Missing<CacheUrlReport>(String sentence) ->
          AdminAnswer.problem(404, sentence);
      case QueryResult.Wrong<CacheUrlReport>(String sentence) -> AdminAnswer.problem(400, sentence);
    };
  }

  QueryResult<PurgeReport> purge(Asked asked) {
    return backend.purge(asked.scope(), asked.soft(), asked.waitMillis());
  }

  /** What the body of a purge asks for. */
  static Asked read(String text) throws CommandBody.Wrong {
    CommandBody body = CommandBody.read(text, KEYS);
    List<String> given = SCOPES.stream().filter(body::has).toList();
    if (given.size() != 1) {
      throw new CommandBody.Wrong(
          "say what to purge: exactly one of "
              + String.join(", ", SCOPES)
              + (given.isEmpty() ? "" : "; there are " + String.join(" and ", given)));
    }
    boolean soft = flag(body, "soft");
    boolean all = flag(body, "all");
    String kind = given.getFirst();
    String value = body.text(kind);
    if (value.isEmpty() || value.length() > LONGEST_TEXT) {
      throw new CommandBody.Wrong("'" + kind + "' must have 1 to " + LONGEST_TEXT + " characters");
    }
    if (all != kind.equals("service")) {
      throw new CommandBody.Wrong(
          all
              ? "'all' goes with 'service' only"
              : "'service' purges all of a service: say so with \"all\": true");
    }
    long wait =
        body.has("waitMillis")
            ? body.number("waitMillis", 0, MAX_WAIT_MILLIS)
            : DEFAULT_WAIT_MILLIS;
    return new Asked(scope(kind, value), soft, wait);
  }

  private static boolean flag(CommandBody body, String name) throws CommandBody.Wrong {
    return body.has(name) && body.truth(name);
  }

  private static PurgeScope scope(String kind, String value) throws CommandBody.Wrong {
    return switch (kind) {
      case "url" -> new PurgeScope.Url(withScheme(value));
      case "prefix" -> new PurgeScope.Prefix(withScheme(value));
      case "host" -> new PurgeScope.Host(value);
      case "tag" -> new PurgeScope.Tag(tag(value));
      default -> new PurgeScope.Service(service(value));
    };
  }

  /** One tag: of a list nothing would be hit, for Cache-Tag has none with a comma. */
  private static String tag(String value) throws CommandBody.Wrong {
    if (value.indexOf(',') >= 0) {
      throw new CommandBody.Wrong(
          "'tag' must be one tag, without commas, which separate tags in Cache-Tag: purge each of"
              + " several tags by itself (landfall purge --tag a --tag b)");
    }
    return value;
  }

  private static ServiceName service(String value) throws CommandBody.Wrong {
    try {
      return new ServiceName(value);
    } catch (IllegalArgumentException e) {
      throw new CommandBody.Wrong("'service': " + FailureText.of(e));
    }
  }

  private static String withScheme(String url) {
    return SCHEME.matcher(url).lookingAt() ? url : "http://" + url;
  }
}
