package io.landfall.config;

import io.landfall.config.CacheConfig.Query;
import io.landfall.config.CacheConfig.Query.Keep;
import io.landfall.config.CacheConfig.Selection;
import io.landfall.config.CacheConfig.Store;
import io.landfall.config.CacheConfig.Times;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads {@code cache} of the node, and {@code services.NAME.cache}. */
final class CacheSectionReader {
  private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;
  private static final long DAY_MILLIS = 24L * 3_600_000;
  private static final long MILLIS_PER_SECOND = 1_000;
  private static final long LEAST_SLICE_BYTES = 64L << 10;
  private static final long MOST_SLICE_BYTES = 16L << 20;
  private static final int LEAST_STATUS = 200;
  private static final int MOST_STATUS = 599;

  private static final List<String> CACHED_METHODS = List.of("GET", "HEAD", "POST");

  private static final Keys NODE_KEYS = new Keys("cache");
  static final Keys KEYS = new Keys("services.NAME.cache");
  private static final Keys QUERY_KEYS = new Keys("services.NAME.cache.query");
  private static final Keys STATUS_KEYS = new Keys("services.NAME.cache.status-ttl");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(NODE_KEYS, KEYS, QUERY_KEYS, STATUS_KEYS);

  /** Whole seconds: what caches count in. */
  private static final ValueRule<Long> TIME = ValueRules.duration(0, YEAR_MILLIS);

  private static final ValueRule<String> FIELD_NAME =
      ValueRule.of(
          new Shape.Text("field name", "^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$"),
          CacheSectionReader::fieldName);
  private static final ValueRule<String> COOKIE =
      ValueRule.of(
          new Shape.Text("cookie name", "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$"),
          CacheSectionReader::cookieName);
  private static final ValueRule<String> PARAMETER =
      ValueRule.of(new Shape.Text("name", "^[^&=?# ]{1,128}$"), CacheSectionReader::parameter);

  private static final ValueRule<String> METHOD =
      ValueRule.of(new Shape.Choice(CACHED_METHODS), CacheSectionReader::method);

  private static final Key<Long> MEMORY =
      NODE_KEYS
          .value("memory", ValueRules.size(1 << 20, 1L << 40))
          .otherwise(CacheConfig.DEFAULT_MEMORY_BYTES)
          .is(
              "Memory for stored responses and for those on their way, a hard bound; at most half of"
                  + " what the process may have. Taken only when a service has `cache`.");

  private static final Key<Long> CATCH_UP =
      NODE_KEYS
          .value("catch-up", ValueRules.duration(100, 600_000))
          .otherwise(CacheConfig.DEFAULT_CATCH_UP_MILLIS)
          .is(
              "How long at most nothing is served from the cache after a start, or after a time"
                  + " without other nodes, until their purges are known. Then all that is stored is"
                  + " dropped, and the cache is used again.");

  private static final Key<PrefixConfig> PURGE_FROM =
      NODE_KEYS
          .values("purge-from", NetRules.CLIENTS)
          .otherwiseAs("none")
          .atMost(Bounds.PURGE_SOURCES)
          .is(
              "Prefixes of clients that may purge a URL of a cached service by the method PURGE,"
                  + " by the address that their connection comes from; others get 403, and all 405"
                  + " if there are none.");
  private static final Key<Path> PURGE_LOG =
      NODE_KEYS
          .<Path>value("purge-log", Shapes.FILE)
          .otherwiseAs("`purges-NAME` beside `admin.state-file`")
          .is(
              "The folder in which purges are kept over restarts, for nodes that were away and for"
                  + " this one; of this node alone, made when there are some (docs/caching.md).");
  private static final Key<?> DISK =
      NODE_KEYS
          .sectionOrSections("disk")
          .otherwiseAs("in memory only")
          .atMost(Bounds.CACHE_DISKS)
          .is(
              "Where stored responses are kept too, also over restarts: a folder, or a list of"
                  + " folders over which they are spread by their keys and the folders' sizes"
                  + " (docs/caching.md). Used only when a service has `cache`.");

  private static final Key<Long> MAX_OBJECT =
      KEYS.value("max-object", ValueRules.size(1, 1L << 40))
          .otherwise(Store.DEFAULT.maxObjectBytes())
          .is("Larger bodies are not stored; nor those over a tenth of the service's memory.");
  private static final Key<Integer> MEMORY_PERCENT =
      KEYS.value("memory-percent", ValueRules.count(1, 100))
          .otherwise(Store.DEFAULT.memoryPercent())
          .is("How much of `cache.memory` the service may take, in percent.");
  private static final Key<Boolean> SET_COOKIE =
      KEYS.value("store-set-cookie", ValueRules.FLAG)
          .otherwise(Store.DEFAULT.setCookie())
          .is("Whether a response with Set-Cookie is stored if it says itself that it may be.");
  private static final Key<Boolean> CLIENT_ERRORS =
      KEYS.value("store-client-errors", ValueRules.FLAG)
          .otherwise(Store.DEFAULT.clientErrors())
          .is(
              "Whether errors that fields of one request can cause (400, 403, 406 and others of 4xx)"
                  + " are stored if they give a time: then one client can spoil a URL for all.");
  private static final Key<Long> SLICE =
      KEYS.value("slice", ValueRules.size(0, MOST_SLICE_BYTES))
          .otherwise(Store.DEFAULT.sliceBytes())
          .is(
              "A part (Range) of what is not stored whole is fetched and stored by slices of this"
                  + " size, 64KiB at least; with 0B it goes past the cache.");
  private static final Key<String> METHODS =
      KEYS.values("methods", METHOD)
          .otherwiseAs("`[GET, HEAD]`")
          .is(
              "Methods that the cache is for: GET always, HEAD answered from what GET has stored, and"
                  + " POST stored as the answer to GET if the response has the URL's path as its"
                  + " Content-Location and gives a time (RFC 9110 section 9.3.3).");
  private static final Key<Long> DEFAULT_TTL =
      KEYS.value("default-ttl", TIME)
          .otherwiseAs("the heuristic of RFC 9111: a tenth of the time since Last-Modified")
          .is("How long a response is fresh that may be cached and gives no time; whole seconds.");
  private static final Key<Long> MIN_TTL =
      KEYS.value("min-ttl", TIME)
          .otherwise(0L)
          .is("No response that may be used without validation is fresh for less; whole seconds.");
  private static final Key<Long> MAX_TTL =
      KEYS.value("max-ttl", TIME)
          .otherwise(YEAR_MILLIS)
          .is("No response is fresh for longer; whole seconds.");
  private static final Key<?> STATUS_TTL =
      KEYS.section("status-ttl")
          .is("How long responses of a status are fresh that give no time: `{404: 10s}`.");
  private static final Key<Long> OF_STATUS =
      STATUS_KEYS
          .value("STATUS", TIME)
          .forNames(new Shape.Text("status", "^[2-5][0-9][0-9]$"))
          .is("The time of this status; whole seconds.");
  private static final Key<Long> STALE_WHILE_REVALIDATE =
      KEYS.value("stale-while-revalidate", TIME)
          .otherwise(0L)
          .is(
              "For responses that give none: how long after its time a response is used while it is"
                  + " validated (RFC 5861); whole seconds.");
  private static final Key<Long> STALE_IF_ERROR =
      KEYS.value("stale-if-error", TIME)
          .otherwise(0L)
          .is(
              "For responses that give none: how long after its time a response is used when the"
                  + " origin fails (RFC 5861); whole seconds.");
  private static final Key<Long> HIT_FOR_MISS =
      KEYS.value("hit-for-miss", ValueRules.duration(0, DAY_MILLIS))
          .otherwise(Times.DEFAULT.hitForMissSeconds() * MILLIS_PER_SECOND)
          .is(
              "How long requests for a key do not wait for each other after its response was not"
                  + " stored; whole seconds.");
  private static final Key<String> KEY_FIELDS =
      KEYS.values("key-fields", FIELD_NAME)
          .otherwiseAs("none")
          .atMost(Bounds.CACHE_NAMES)
          .is("Request fields that are part of the key, in lower case, beside what Vary names.");
  private static final Key<?> QUERY =
      KEYS.section("query")
          .otherwiseAs("the whole query")
          .is(
              "What of the query is part of the key; what is not does not go to the origin either.");
  private static final Key<Keep> KEEP =
      QUERY_KEYS
          .value("keep", ValueRules.oneOf(Keep.class))
          .otherwise(Keep.ALL)
          .is("Which parameters: `all`, `all-but` or `only` those in `names`, or `none`.");
  private static final Key<String> NAMES =
      QUERY_KEYS
          .values("names", PARAMETER)
          .otherwiseAs("none")
          .atMost(Bounds.CACHE_NAMES)
          .is("Names of parameters; one that ends with `*` is all that begin so.");
  private static final Key<Boolean> SORT =
      QUERY_KEYS
          .value("sort", ValueRules.FLAG)
          .otherwise(false)
          .is("Whether parameters are put in the order of their names.");
  private static final Key<String> BYPASS_COOKIES =
      KEYS.values("bypass-cookies", COOKIE)
          .otherwiseAs("none")
          .atMost(Bounds.CACHE_NAMES)
          .is("Cookies whose requests neither use nor fill the cache.");
  private static final Key<Boolean> CLIENT_NO_CACHE =
      KEYS.value("client-no-cache", ValueRules.FLAG)
          .otherwise(Selection.DEFAULT.clientNoCache())
          .is(
              "Whether a client can demand validation (`Cache-Control: no-cache`, `max-age`,"
                  + " `min-fresh`), and so send load to the origin.");

  private CacheSectionReader() {}

  /** The cache of the node. */
  static CacheConfig ofNode(Optional<Section> section, FileRules files) {
    if (section.isEmpty()) {
      return CacheConfig.DEFAULT;
    }
    Section at = section.get();
    List<PrefixConfig> purgeFrom = at.values(PURGE_FROM).orElse(List.of());
    at.atMost(PURGE_FROM, purgeFrom.size(), "name larger prefixes");
    List<CacheConfig.Disk> disks = CacheDisksReader.read(at, DISK, files);
    CacheConfig cache =
        new CacheConfig(
            at.valueOrDefault(MEMORY),
            at.valueOrDefault(CATCH_UP),
            purgeFrom,
            disks,
            at.value(PURGE_LOG, files::path));
    at.end();
    return cache;
  }

  /** The cache of a service. */
  static CacheConfig.OfService ofService(Section at) {
    List<String> keyed = names(at, KEY_FIELDS);
    Store store =
        new Store(
            at.valueOrDefault(MAX_OBJECT),
            at.valueOrDefault(MEMORY_PERCENT),
            at.valueOrDefault(SET_COOKIE),
            at.valueOrDefault(CLIENT_ERRORS),
            slice(at),
            methods(at, !keyed.isEmpty()));
    Times times = times(at);
    Query query = at.section(QUERY).map(CacheSectionReader::query).orElse(Query.DEFAULT);
    Selection selection =
        new Selection(keyed, query, names(at, BYPASS_COOKIES), at.valueOrDefault(CLIENT_NO_CACHE));
    CacheConfig.Sites sites = CacheSitesReader.read(at);
    Optional<CompressionConfig> compression = CacheCompressionReader.read(at);
    at.end();
    return new CacheConfig.OfService(store, times, selection, sites, compression);
  }

  private static long slice(Section at) {
    long bytes = at.valueOrDefault(SLICE);
    if (bytes > 0 && bytes < LEAST_SLICE_BYTES) {
      at.problem(SLICE.name(), "is below 64KiB", "write 64KiB or more, or 0B for no slices");
    }
    return bytes;
  }

  private static List<String> methods(Section at, boolean keyed) {
    List<String> methods = at.values(METHODS).orElse(Store.DEFAULT.methods());
    if (methods.stream().distinct().count() < methods.size()) {
      at.problem(METHODS.name(), "has a method twice", "name each method once");
    }
    if (!methods.contains("GET")) {
      at.problem(
          METHODS.name(), "is without GET: what is stored answers GET", "add GET to the list");
    }
    if (keyed && methods.contains("POST")) {
      at.problem(
          METHODS.name(),
          "has POST beside key-fields: its response would answer one value of them",
          "remove POST, or key-fields");
    }
    return methods;
  }

  private static Times times(Section at) {
    OptionalLong byDefault =
        at.has(DEFAULT_TTL.name())
            ? OptionalLong.of(seconds(at, DEFAULT_TTL, 0))
            : OptionalLong.empty();
    long min = seconds(at, MIN_TTL, MIN_TTL.otherwise());
    long max = seconds(at, MAX_TTL, MAX_TTL.otherwise());
    if (min > max) {
      at.problem(
          MIN_TTL.name(),
          "is above max-ttl: no time is in between",
          "make min-ttl smaller, or max-ttl larger");
    }
    SortedMap<Integer, Long> ofStatus =
        at.section(STATUS_TTL).map(CacheSectionReader::ofStatus).orElse(new TreeMap<>());
    return new Times(
        byDefault,
        min,
        max,
        ofStatus,
        seconds(at, STALE_WHILE_REVALIDATE, 0),
        seconds(at, STALE_IF_ERROR, 0),
        seconds(at, HIT_FOR_MISS, HIT_FOR_MISS.otherwise()));
  }

  private static SortedMap<Integer, Long> ofStatus(Section at) {
    SortedMap<Integer, Long> times = new TreeMap<>();
    for (Map.Entry<String, Yaml.Entry> entry : at.named(OF_STATUS).entrySet()) {
      String name = entry.getKey();
      Optional<Integer> status =
          at.scalar(
              at.path(name),
              new Yaml.Text(entry.getValue().keyLine(), name),
              ValueRules.count(LEAST_STATUS, MOST_STATUS));
      Optional<Long> millis = at.scalar(at.path(name), entry.getValue().value(), TIME);
      if (status.isPresent() && millis.isPresent()) {
        times.put(status.get(), wholeSeconds(at, name, millis.get()));
      }
    }
    return times;
  }

  private static Query query(Section at) {
    Keep keep = at.valueOrDefault(KEEP);
    List<String> names = names(at, NAMES);
    boolean needsNames = keep == Keep.ALL_BUT || keep == Keep.ONLY;
    if (needsNames == names.isEmpty()) {
      at.problem(
          NAMES.name(),
          needsNames ? "is missing: 'keep' is about names" : "has no use: 'keep' is about no name",
          needsNames
              ? "name the parameters"
              : "write 'keep: all-but' or 'keep: only', or remove it");
    }
    Query query = new Query(keep, names, at.valueOrDefault(SORT));
    at.end();
    return query;
  }

  private static List<String> names(Section at, Key<String> key) {
    List<String> names = at.values(key).orElse(List.of());
    at.atMost(key, names.size(), "keep those that matter");
    return names;
  }

  private static long seconds(Section at, Key<Long> key, long otherwiseMillis) {
    return wholeSeconds(at, key.name(), at.value(key).orElse(otherwiseMillis));
  }

  private static long wholeSeconds(Section at, String name, long millis) {
    if (millis % MILLIS_PER_SECOND != 0) {
      at.problem(name, "is no whole number of seconds", "caches count in seconds: write 5s");
    }
    return millis / MILLIS_PER_SECOND;
  }

  private static String method(String text) throws BadValue {
    if (!CACHED_METHODS.contains(text)) {
      throw new BadValue(
          "'" + text + "' is no method whose responses are stored",
          "write one of " + String.join(", ", CACHED_METHODS) + ", in capitals");
    }
    return text;
  }

  private static String fieldName(String text) throws BadValue {
    return checked(text, "[a-z0-9!#$%&'*+.^_`|~-]{1,64}", "the name of a field in lower case");
  }

  private static String cookieName(String text) throws BadValue {
    return checked(text, "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}", "the name of a cookie");
  }

  private static String parameter(String text) throws BadValue {
    return checked(text, "[^&=?# ]{1,128}", "the name of a parameter as it is in URLs");
  }

  private static String checked(String text, String pattern, String what) throws BadValue {
    if (!text.matches(pattern)) {
      throw new BadValue("'" + text + "' is not " + what, "write " + what);
    }
    return text;
  }
}
