package io.landfall.admin;

import io.landfall.admin.json.JsonWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The console: a page that only reads. {@code GET /console/} and its files, {@code GET
 * /console/view} for all that it shows, and {@code GET /console/explain?url=}, also {@code &node=}.
 *
 * <p>The view is made at most once in {@link #FRESH_MILLIS} for all consoles together. What has
 * more rights than to read is nowhere below this path, and nothing here depends on who asks.
 */
final class ConsoleApi {
  /** For how long all consoles get the same view. */
  static final long FRESH_MILLIS = 1_000;

  private static final String PATH = "/console";

  /**
   * Everything comes from where the page came from, there is no script or style in the page, and no
   * text becomes markup (Trusted Types), wherever it came from.
   */
  private static final Map<String, String> FIELDS =
      Map.of(
          "content-security-policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types 'none'",
          "x-content-type-options",
          "nosniff",
          "x-frame-options",
          "DENY",
          "referrer-policy",
          "no-referrer",
          "cross-origin-resource-policy",
          "same-origin",
          "cross-origin-opener-policy",
          "same-origin");

  private final ConsoleSource source;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as is its time. */
  private Optional<AdminAnswer> newest = Optional.empty();

  private long madeNanos;

  /** The console of a source. */
  ConsoleApi(ConsoleSource source) {
    this(source, System::nanoTime);
  }

  ConsoleApi(ConsoleSource source, LongSupplier nanos) {
    this.source = source;
    this.nanos = nanos;
  }

  /** Whether a path is one of the console's. */
  static boolean answers(String path) {
    return path.equals(PATH) || path.startsWith(PATH + "/");
  }

  /** Answers a request for one of its paths. */
  AdminAnswer handle(AdminRequest request) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return with(
          AdminAnswer.problem(405, "the console only reads: GET or HEAD"),
          Map.of("allow", "GET, HEAD"));
    }
    try {
      return switch (request.path()) {
        case PATH -> with(new AdminAnswer(308, "text/plain", ""), Map.of("location", "console/"));
        case PATH + "/view" -> with(view(), Map.of());
        case PATH + "/explain" -> with(explain(request.query()), Map.of());
        default -> file(request);
      };
    } catch (Unavailable late) {
      return with(AdminAnswer.problem(503, late.sentence()), Map.of());
    }
  }

  private AdminAnswer file(AdminRequest request) {
    String name = request.path().substring(PATH.length() + 1);
    Optional<ConsoleFiles.Content> found = ConsoleFiles.find(name);
    if (found.isEmpty()) {
      return with(AdminAnswer.problem(404, "the console has no file '" + name + "'"), Map.of());
    }
    ConsoleFiles.Content file = found.get();
    Map<String, String> fields = Map.of("etag", file.etag(), "cache-control", "no-cache");
    return request.ifNoneMatch().equals(file.etag())
        ? with(new AdminAnswer(304, file.type(), ""), fields)
        : with(new AdminAnswer(200, file.type(), file.text()), fields);
  }

  /** Who asks while the view is being made waits for it, and gets it too. */
  private AdminAnswer view() {
    lock.lock();
    try {
      if (newest.isEmpty()
          || nanos.getAsLong() - madeNanos >= TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS)) {
        newest = Optional.of(make());
        madeNanos = nanos.getAsLong();
      }
      return newest.get();
    } finally {
      lock.unlock();
    }
  }

  /** A node that is too busy to answer is not asked by each console in turn. */
  private AdminAnswer make() {
    try {
      return new AdminAnswer(200, "application/json", JsonWriter.text(source.view()));
    } catch (Unavailable late) {
      return AdminAnswer.problem(503, late.sentence());
    }
  }

  private AdminAnswer explain(Map<String, List<String>> query) {
    List<String> urls = query.getOrDefault("url", List.of());
    List<String> nodes = query.getOrDefault("node", List.of());
    return urls.size() == 1 && nodes.size() <= 1
        ? RoutingApi.answer(
            source.explain(nodes.isEmpty() ? "" : nodes.getFirst(), urls.getFirst()))
        : AdminAnswer.problem(400, "give one URL: /console/explain?url=shop.example/x");
  }

  private static AdminAnswer with(AdminAnswer answer, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(FIELDS);
    all.putAll(more);
    return answer.with(all);
  }
}
