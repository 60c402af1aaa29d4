package io.landfall.config;

import io.landfall.config.BackendRulesConfig.Circuit;
import io.landfall.config.BackendRulesConfig.Only;
import io.landfall.config.BackendRulesConfig.Sticky;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads what beside weights decides which backend of a service gets a request. */
final class BackendRulesReader {
  private static final Keys STICKY_KEYS = new Keys("services.NAME.sticky");
  private static final Keys CIRCUIT_KEYS = new Keys("services.NAME.circuit");
  private static final Keys ONLY_KEYS = new Keys("services.NAME.backends[].only");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(STICKY_KEYS, CIRCUIT_KEYS, ONLY_KEYS);

  private static final String TOKEN = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$";
  private static final ValueRule<String> NAME =
      ValueRule.of(new Shape.Text("name", TOKEN), BackendRulesReader::token);
  private static final ValueRule<String> VALUE =
      ValueRule.of(
          new Shape.Text("text", "^[!-~]([ -~]{0,254}[!-~])?$"), BackendRulesReader::whole);

  /** Fields that no backend gets as they came, or that belong to one connection. */
  private static final Set<String> NOT_MATCHED =
      Set.of(
          "connection",
          "content-length",
          "cookie",
          "expect",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Key<?> STICKY =
      ServicesReader.SERVICE_KEYS
          .section("sticky")
          .otherwiseAs("any backend gets a client's next request")
          .is(
              "A cookie by which a client comes back to the backend that it had"
                  + " ([edge.md](edge.md#sticky-sessions)).");
  private static final Key<String> COOKIE =
      STICKY_KEYS
          .value("cookie", NAME)
          .required("backend")
          .is("Its name, that of no cookie of the service itself: backends do not get it.");
  private static final Key<Long> TTL =
      STICKY_KEYS
          .value("ttl", ValueRules.duration(1_000, 365L * 24 * 3_600_000))
          .otherwiseAs("as long as the client's session")
          .is("How long clients keep it (Max-Age), from when they got it.");

  private static final Key<Long> SLOW_START =
      ServicesReader.SERVICE_KEYS
          .value("slow-start", ValueRules.duration(1_000, 3_600_000))
          .otherwiseAs("its whole weight at once")
          .is(
              "A backend's address that came up again, or is new to its name, has 10 % of its weight,"
                  + " and all of it after that time.");

  private static final Key<?> CIRCUIT =
      ServicesReader.SERVICE_KEYS
          .section("circuit")
          .otherwiseAs("probes alone decide")
          .is(
              "Leaves out an address whose requests fail one after the other, for a while; may be `{}`"
                  + " ([edge.md](edge.md#circuits)).");
  private static final Key<Integer> FAILURES =
      CIRCUIT_KEYS
          .value("failures", ValueRules.count(1, 1_000))
          .otherwise(5)
          .is("So many in a row.");
  private static final Key<Long> TIME =
      CIRCUIT_KEYS
          .value("time", ValueRules.duration(100, 600_000))
          .otherwise(10_000L)
          .is(
              "For so long, twice as long each further time in a row, and ten times as long at most.");
  private static final Key<Integer> MAX_OPEN =
      CIRCUIT_KEYS
          .value("max-open", ValueRules.count(1, 99))
          .otherwise(50)
          .is("Percent of the addresses that take requests; never more are left out.");
  private static final Key<Integer> STATUSES =
      CIRCUIT_KEYS
          .values("statuses", ValueRules.count(500, 599))
          .otherwiseAs("`[]`: a response is no failure")
          .atMost(Bounds.CIRCUIT_STATUSES)
          .is("Statuses of responses that count as failures, such as `[502, 503, 504]`.");

  private static final Key<Integer> RETRY_BUDGET =
      ServicesReader.SERVICE_KEYS
          .value("retry-budget", ValueRules.count(0, 100))
          .otherwiseAs("no bound")
          .is(
              "Percent of the service's attempts in progress, of one event loop, that may be repeats at"
                  + " another backend or site, and 10 more; beyond it the first failure is the answer.");

  private static final Key<?> ONLY =
      BackendsReader.BACKEND_KEYS
          .section("only")
          .otherwiseAs("any request")
          .is(
              "It gets only requests that have this field or cookie, and those go there first"
                  + " ([edge.md](edge.md#canaries)).");
  private static final Key<String> ONLY_FIELD =
      ONLY_KEYS.value("field", NAME).is("The name of a field of requests.");
  private static final Key<String> ONLY_COOKIE =
      ONLY_KEYS.value("cookie", NAME).is("The name of a cookie, instead.");
  private static final Key<String> ONLY_VALUE =
      ONLY_KEYS
          .value("value", VALUE)
          .otherwiseAs("any value")
          .is("The whole value of one of the field's lines, or of the cookie.");

  private BackendRulesReader() {}

  /** Declares the keys above, which loading this class does, for a reader that may not read any. */
  static void declareKeys() {}

  private static String token(String text) throws BadValue {
    if (!text.matches(TOKEN)) {
      throw new BadValue(
          "'" + text + "' is not the name of a field or cookie (RFC 9110 section 5.6.2)",
          "write 1 to 64 letters, digits or '-', such as x-canary");
    }
    return text;
  }

  private static String whole(String text) throws BadValue {
    if (!text.matches("[!-~]([ -~]{0,254}[!-~])?")) {
      throw new BadValue(
          "is not 1 to 256 characters of ASCII without blanks around them",
          "write the value as clients send it");
    }
    return text;
  }

  /**
   * The rules of a service.
   *
   * @param response what it changes in the fields of responses
   */
  static BackendRulesConfig read(
      Section at, List<ServiceConfig.Backend> backends, TrafficConfig.FieldChanges response) {
    Optional<Sticky> sticky = at.section(STICKY).flatMap(BackendRulesReader::sticky);
    sticky.ifPresent(of -> checkSticky(at, of, backends, response));
    long slowStart = at.value(SLOW_START).orElse(0L);
    Optional<Circuit> circuit = at.section(CIRCUIT).map(BackendRulesReader::circuit);
    OptionalInt retries = at.value(RETRY_BUDGET).map(OptionalInt::of).orElse(OptionalInt.empty());
    for (Key<?> key : List.of(STICKY, SLOW_START, CIRCUIT)) {
      if (at.has(key.name()) && !at.has("backends")) {
        at.problem(
            key.name(),
            "there are no backends to choose from: who hosts the service chooses",
            "add 'backends: [...]', or remove the key");
      }
    }
    boolean some = backends.stream().anyMatch(backend -> backend.only().isPresent());
    if (some && backends.stream().noneMatch(BackendRulesReader::takesAny)) {
      at.problem(
          "backends",
          "none with a weight takes requests without what 'only' asks for",
          "add a backend without 'only', for all other requests");
    }
    return new BackendRulesConfig(sticky, slowStart, circuit, retries);
  }

  /** The sticky cookie is this node's own, and a response that sets it is for one client. */
  private static void checkSticky(
      Section at,
      Sticky sticky,
      List<ServiceConfig.Backend> backends,
      TrafficConfig.FieldChanges response) {
    boolean asksForIt =
        backends.stream()
            .flatMap(backend -> backend.only().stream())
            .anyMatch(only -> only.isCookie() && only.name().equals(sticky.cookie()));
    if (asksForIt) {
      at.problem(
          "backends",
          "'only' asks for the cookie of 'sticky', which every client gets",
          "name another cookie in one of them");
    }
    for (String name : List.of("set-cookie", "cache-control")) {
      if (response.set().containsKey(name) || response.remove().contains(name)) {
        at.problem(
            "response-fields",
            "changes '" + name + "', which a response with the cookie of 'sticky' needs",
            "leave it to the backends, or remove 'sticky'");
      }
    }
  }

  private static boolean takesAny(ServiceConfig.Backend backend) {
    return backend.only().isEmpty() && backend.weight() > 0;
  }

  private static Optional<Sticky> sticky(Section at) {
    Optional<String> cookie = at.required(COOKIE);
    Optional<Long> ttl = at.value(TTL);
    at.end();
    return cookie.map(
        name -> new Sticky(name, ttl.map(OptionalLong::of).orElse(OptionalLong.empty())));
  }

  private static Circuit circuit(Section at) {
    int failures = at.valueOrDefault(FAILURES);
    long time = at.valueOrDefault(TIME);
    int maxOpen = at.valueOrDefault(MAX_OPEN);
    List<Integer> statuses = at.values(STATUSES).orElse(List.of());
    at.atMost(STATUSES, statuses.size(), "keep those that show that the backend has failed");
    at.end();
    return new Circuit(failures, time, maxOpen, statuses);
  }

  /** What requests must have for a backend; empty for nothing. */
  static Optional<Only> only(Section backend) {
    return backend.section(ONLY).flatMap(BackendRulesReader::condition);
  }

  private static Optional<Only> condition(Section at) {
    Optional<String> field = at.value(ONLY_FIELD).map(name -> name.toLowerCase(Locale.ROOT));
    Optional<String> cookie = at.value(ONLY_COOKIE);
    Optional<String> value = at.value(ONLY_VALUE);
    at.end();
    if (at.has(ONLY_FIELD.name()) == at.has(ONLY_COOKIE.name())) {
      at.problem(
          ONLY_FIELD.name(),
          "a condition names either a field or a cookie",
          "write 'field: x-canary' or 'cookie: canary'");
      return Optional.empty();
    }
    if (field.isPresent()
        && (NOT_MATCHED.contains(field.get()) || field.get().startsWith("landfall-"))) {
      at.problem(
          ONLY_FIELD.name(),
          "'" + field.get() + "' is of the connection or the message, or this CDN's own",
          "name a field of the service's own, such as x-canary, or a cookie with 'cookie'");
      return Optional.empty();
    }
    return field.or(() -> cookie).map(name -> new Only(cookie.isPresent(), name, value));
  }
}
