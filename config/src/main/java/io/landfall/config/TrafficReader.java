package io.landfall.config;

import io.landfall.config.TrafficConfig.Access;
import io.landfall.config.TrafficConfig.FieldChanges;
import io.landfall.config.TrafficConfig.Maintenance;
import io.landfall.config.TrafficConfig.Queue;
import io.landfall.config.TrafficConfig.RateLimit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads the rules of a service: access, rate limits, maintenance, redirects, and fields. */
final class TrafficReader {
  private static final long SECOND_MILLIS = 1_000;
  private static final long DAY_MILLIS = 86_400_000;
  private static final int MOST_A_SECOND = 10_000;
  private static final Keys SERVICE_KEYS = ServicesReader.SERVICE_KEYS;
  private static final Keys LIMIT_KEYS = new Keys("services.NAME.rate-limits[]");
  private static final Keys MAINTENANCE_KEYS = new Keys("services.NAME.maintenance");
  private static final Keys QUEUE_KEYS = new Keys("services.NAME.queue");
  private static final FieldKeys REQUEST = new FieldKeys("request-fields");
  private static final FieldKeys RESPONSE = new FieldKeys("response-fields");

  private static final Key<PrefixConfig> ALLOW =
      SERVICE_KEYS
          .values("allow", NetRules.CLIENTS)
          .otherwiseAs("every client")
          .atMost(Bounds.ACCESS_PREFIXES)
          .is(
              "Prefixes of the clients that may use the service; others get 403"
                  + " ([traffic-rules.md](traffic-rules.md#who-may-use-a-service)).");
  private static final Key<PrefixConfig> DENY =
      SERVICE_KEYS
          .values("deny", NetRules.CLIENTS)
          .otherwiseAs("none")
          .atMost(Bounds.ACCESS_PREFIXES)
          .is("Prefixes of clients that get 403, even if `allow` has them.");
  private static final Key<?> LIMITS =
      SERVICE_KEYS
          .sections("rate-limits")
          .otherwiseAs("none")
          .atMost(Bounds.RATE_LIMITS)
          .is(
              "How many requests a client may send to this node; each holds, and the first without room"
                  + " answers 429 ([traffic-rules.md](traffic-rules.md#rate-limits)).");
  private static final Key<String> FIELD =
      LIMIT_KEYS
          .value("field", FieldRules.FIELD)
          .otherwiseAs("the address of the client: one of IPv4, a /64 of IPv6")
          .is(
              "The field whose value tells clients apart; a request without it counts for its address.");
  private static final Key<Integer> REQUESTS =
      LIMIT_KEYS
          .value("requests", ValueRules.count(1, Bounds.RATE_LIMIT_REQUESTS))
          .required("100")
          .is("So many requests, at most " + MOST_A_SECOND + " a second.");
  private static final Key<Long> PER =
      LIMIT_KEYS
          .value("per", ValueRules.duration(SECOND_MILLIS, DAY_MILLIS))
          .required("1s")
          .is("In this time.");
  private static final Key<Integer> BURST =
      LIMIT_KEYS
          .value("burst", ValueRules.count(1, Bounds.RATE_LIMIT_REQUESTS))
          .otherwiseAs("`requests`")
          .is("So many at once, after a pause; no more than come back within a day.");
  private static final Key<Boolean> ALWAYS_REPORT =
      LIMIT_KEYS
          .value("always-report", ValueRules.FLAG)
          .otherwise(false)
          .is("Whether RateLimit and RateLimit-Policy are in every response, not in 429 alone.");
  private static final Key<?> MAINTENANCE =
      SERVICE_KEYS
          .section("maintenance")
          .otherwiseAs("none")
          .is(
              "While it is there and `active`, requests are answered with 503 where they land; may be"
                  + " `{}`"
                  + " ([traffic-rules.md](traffic-rules.md#maintenance)).");
  private static final Key<?> PAGE =
      MAINTENANCE_KEYS
          .value("page", Shapes.FILE)
          .otherwiseAs("the node's own text")
          .is(
              "A file with a page in HTML (UTF-8), "
                  + Maintenance.MAX_PAGE_BYTES
                  + " bytes at most; read at the start and with each change of the config.");
  private static final Key<Long> RETRY_AFTER =
      MAINTENANCE_KEYS
          .value("retry-after", ValueRules.duration(SECOND_MILLIS, DAY_MILLIS))
          .otherwise(300_000L)
          .is("What Retry-After has.");
  private static final Key<PrefixConfig> SERVED =
      MAINTENANCE_KEYS
          .values("allow", NetRules.CLIENTS)
          .otherwiseAs("none")
          .atMost(Bounds.ACCESS_PREFIXES)
          .is("Prefixes of clients that are served all the same.");

  private static final Key<Boolean> ACTIVE =
      MAINTENANCE_KEYS
          .value("active", ValueRules.FLAG)
          .otherwise(true)
          .is("`false`: not until an operator says `landfall maintenance on SERVICE`.");

  static {
    RedirectsReader.declareKeys();
  }

  private static final Key<?> REQUEST_FIELDS =
      SERVICE_KEYS
          .section("request-fields")
          .otherwiseAs("none")
          .is(
              "What changes in the fields of a request where a backend is asked, for the cache too"
                  + " ([traffic-rules.md](traffic-rules.md#fields)).");
  private static final Key<?> RESPONSE_FIELDS =
      SERVICE_KEYS
          .section("response-fields")
          .otherwiseAs("none")
          .is(
              "What changes in the fields of a response where a client gets it, behind the cache"
                  + " ([traffic-rules.md](traffic-rules.md#fields)).");

  private static final Key<?> QUEUE =
      SERVICE_KEYS
          .section("queue")
          .otherwiseAs("none waits: it goes to another site, or gets 503")
          .is(
              "How requests beyond `max-requests` wait for a place here; may be `{}`"
                  + " ([traffic-rules.md](traffic-rules.md#queue)).");
  private static final Key<Integer> MAX_WAITING =
      QUEUE_KEYS
          .value("max-waiting", ValueRules.count(1, Bounds.QUEUE))
          .otherwise(100)
          .is("So many, on all event loops together.");
  private static final Key<Long> MAX_WAIT =
      QUEUE_KEYS
          .value("max-wait", ValueRules.duration(10, Bounds.QUEUE_MILLIS))
          .otherwise(SECOND_MILLIS)
          .is("So long at most; then a request goes to another site, or gets 503.");

  static {
    AuthorizationReader.declareKeys();
  }

  /** The sections that are read here; made after the keys, which keep their order so. */
  static final List<Keys> SECTIONS =
      Stream.of(
              List.of(LIMIT_KEYS, MAINTENANCE_KEYS, QUEUE_KEYS, AuthorizationReader.KEYS),
              RedirectsReader.SECTIONS,
              REQUEST.sections(),
              RESPONSE.sections())
          .flatMap(List::stream)
          .toList();

  /** The keys of one section of fields. */
  private static final class FieldKeys {
    private final Keys keys;
    private final Keys setKeys;
    private final Key<?> set;
    private final Key<String> remove;
    private final Key<String> value;
    private final ValueRule<String> names;

    FieldKeys(String section) {
      names = section.startsWith("request") ? FieldRules.REQUEST_FIELD : FieldRules.RESPONSE_FIELD;
      keys = new Keys("services.NAME." + section);
      setKeys = new Keys("services.NAME." + section + ".set");
      set = keys.section("set").is("Fields that are sent with this value, and with no other.");
      value =
          setKeys
              .value("NAME", FieldRules.VALUE)
              .forNames(names.shape())
              .atMost(Bounds.FIELD_CHANGES)
              .is("The value of the field.");
      remove =
          keys.values("remove", names)
              .otherwiseAs("none")
              .atMost(Bounds.FIELD_CHANGES)
              .is("Names of fields that are dropped.");
    }

    List<Keys> sections() {
      return List.of(keys, setKeys);
    }

    FieldChanges read(Section at) {
      SortedMap<String, String> values = at.section(set).map(this::values).orElse(new TreeMap<>());
      List<String> dropped = at.values(remove).orElse(List.of());
      at.end();
      for (String name : dropped) {
        if (values.containsKey(name)) {
          at.problem(
              remove.name(),
              "has '" + name + "', which is set",
              "set it only: it has no other value");
        }
      }
      at.atMost(remove, values.size() + dropped.size(), "let the backend do the rest");
      return new FieldChanges(values, new TreeSet<>(dropped));
    }

    private SortedMap<String, String> values(Section at) {
      SortedMap<String, String> values = new TreeMap<>();
      for (Map.Entry<String, Yaml.Entry> entry : at.named(value).entrySet()) {
        String path = at.path(entry.getKey());
        Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
        Optional<String> name = at.scalar(path, key, names);
        Optional<String> text = at.scalar(path, entry.getValue().value(), FieldRules.VALUE);
        if (name.isPresent()
            && text.isPresent()
            && values.putIfAbsent(name.get(), text.get()) != null) {
          at.problem(entry.getKey(), "is set twice: upper case is the same", "set it once");
        }
      }
      return values;
    }
  }

  private TrafficReader() {}

  /** Declares the keys above, which loading this class does, for a reader that may not read any. */
  static void declareKeys() {}

  /** The rules of a service with these hosts and paths. */
  static TrafficConfig read(
      Section at, FileRules files, List<String> upgrades, List<String> hosts, List<String> paths) {
    Access access =
        new Access(prefixes(at, ALLOW), prefixes(at, DENY), AuthorizationReader.read(at));
    if (at.raw(ALLOW).orElse(null) instanceof Yaml.Sequence list && list.items().isEmpty()) {
      at.problem(ALLOW.name(), "is empty: no client could use the service", "remove the key");
    }
    List<Section> sections = at.sections(LIMITS).orElse(List.of());
    at.atMost(LIMITS, sections.size(), "keep those that matter: a request takes a token of each");
    List<RateLimit> limits = new ArrayList<>();
    sections.forEach(section -> limit(section).ifPresent(limits::add));
    Optional<Maintenance> maintenance =
        at.section(MAINTENANCE).map(section -> maintenance(section, files));
    return new TrafficConfig(
        upgrades,
        access,
        limits,
        maintenance,
        RedirectsReader.redirects(at, hosts, paths),
        at.section(REQUEST_FIELDS).map(REQUEST::read).orElse(FieldChanges.NONE),
        at.section(RESPONSE_FIELDS).map(RESPONSE::read).orElse(FieldChanges.NONE),
        queue(at));
  }

  private static Optional<Queue> queue(Section at) {
    Optional<Queue> queue = at.section(QUEUE).map(TrafficReader::queueOf);
    if (at.has(QUEUE.name()) && !at.has("max-requests")) {
      at.problem(
          QUEUE.name(),
          "has no use: without max-requests no request waits",
          "add 'max-requests: 100', or remove the queue");
    }
    return queue;
  }

  private static Queue queueOf(Section at) {
    Queue queue = new Queue(at.valueOrDefault(MAX_WAITING), at.valueOrDefault(MAX_WAIT));
    at.end();
    return queue;
  }

  private static List<PrefixConfig> prefixes(Section at, Key<PrefixConfig> key) {
    List<PrefixConfig> prefixes = at.values(key).orElse(List.of());
    at.atMost(key, prefixes.size(), "name larger prefixes");
    return prefixes;
  }

  private static Optional<RateLimit> limit(Section at) {
    Optional<String> field = at.value(FIELD);
    Optional<Integer> requests = at.required(REQUESTS);
    Optional<Long> perMillis = at.required(PER);
    Optional<Integer> burst = at.value(BURST);
    boolean alwaysReport = at.valueOrDefault(ALWAYS_REPORT);
    at.end();
    if (requests.isEmpty() || perMillis.isEmpty()) {
      return Optional.empty();
    }
    long count = requests.get();
    if (count * SECOND_MILLIS > MOST_A_SECOND * perMillis.get()) {
      at.problem(
          REQUESTS.name(),
          "is more than " + MOST_A_SECOND + " requests a second of one client",
          "write fewer, or remove the limit: max-requests bounds what all clients send");
    }
    int held = burst.orElse(requests.get());
    if (held * perMillis.get() > DAY_MILLIS * count) {
      at.problem(
          burst.isPresent() ? BURST.name() : PER.name(),
          "takes more than a day to come back",
          "write a smaller burst, or more requests");
    }
    return Optional.of(new RateLimit(field, requests.get(), perMillis.get(), held, alwaysReport));
  }

  private static Maintenance maintenance(Section at, FileRules files) {
    Optional<Path> page = at.value(PAGE, files::page);
    long retryAfterMillis = at.valueOrDefault(RETRY_AFTER);
    List<PrefixConfig> served = prefixes(at, SERVED);
    boolean active = at.valueOrDefault(ACTIVE);
    at.end();
    return new Maintenance(page, retryAfterMillis, served, active);
  }
}
