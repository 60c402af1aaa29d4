package io.landfall.config;

import io.landfall.config.CacheConfig.Shield;
import io.landfall.config.CacheConfig.Sites;
import io.landfall.config.CacheConfig.Warmth;
import io.landfall.core.NodeName;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Reads what of {@code services.NAME.cache} is about other sites: warmth, and shields. */
final class CacheSitesReader {
  private static final long DAY_MILLIS = 24L * 3_600_000;

  /** The keys of a service's cache that are read here. */
  private static final Keys KEYS = CacheSectionReader.KEYS;

  private static final Keys WARMTH_KEYS = new Keys("services.NAME.cache.warmth");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(WARMTH_KEYS);

  private static final Key<?> WARMTH =
      KEYS.section("warmth")
          .is(
              "When the cache here, which was empty, is warm; until then the service is COLD here,"
                  + " and misses are asked of a warm site (docs/caching.md). All that is set must"
                  + " be reached.");
  private static final Key<Integer> HIT_RATIO =
      WARMTH_KEYS
          .value("hit-ratio", ValueRules.count(1, 100))
          .otherwiseAs("80; none if `objects` or `bytes` is set")
          .is("So many of 100 lookups must have an answer.");
  private static final Key<Integer> USUAL =
      WARMTH_KEYS
          .value("of-last-days", ValueRules.count(1, 100))
          .otherwiseAs("90; none if another one but `limit` is set")
          .is(
              "Of 100 lookups that had an answer on the last 7 days, on which the cache here was"
                  + " warm, so many must have one; once that is known, in place of `hit-ratio`.");
  private static final Key<Integer> OBJECTS =
      WARMTH_KEYS
          .value("objects", ValueRules.count(1, Integer.MAX_VALUE))
          .otherwiseAs("none")
          .is("So many responses must have been stored.");
  private static final Key<Long> BYTES =
      WARMTH_KEYS
          .value("bytes", ValueRules.size(1, 1L << 50))
          .otherwiseAs("none")
          .is("So many bytes must have been stored.");
  private static final Key<Long> LIMIT =
      WARMTH_KEYS
          .value("limit", ValueRules.duration(0, DAY_MILLIS))
          .otherwise(Warmth.DEFAULT.limitMillis())
          .is("After that time it is warm anyhow; `0s`: the service is never COLD.");
  private static final Key<NodeName> SHIELD =
      KEYS.values("shield", ValueRules.nodeName("write the name of a node"))
          .otherwiseAs("every site asks the origin")
          .atMost(Bounds.CACHE_NAMES)
          .is(
              "Names of the nodes that ask the origin for what caches miss; other sites ask them"
                  + " (docs/caching.md). The same at all nodes.");
  private static final Key<Shield.Fallback> FALLBACK =
      KEYS.value("shield-fallback", ValueRules.oneOf(Shield.Fallback.class))
          .otherwise(Shield.Fallback.ORIGIN)
          .is(
              "What other sites do with a miss while none of `shield` can be asked: `origin` asks"
                  + " the origin, `decline` answers 503.");

  private CacheSitesReader() {}

  /** What is said of other sites. */
  static Sites read(Section at) {
    Warmth warmth = at.section(WARMTH).map(CacheSitesReader::warmth).orElse(Warmth.DEFAULT);
    List<NodeName> names = at.values(SHIELD).orElse(List.of());
    at.atMost(SHIELD, names.size(), "name a few sites beside the origin");
    TreeSet<NodeName> sites = new TreeSet<>(names);
    if (sites.size() != names.size()) {
      at.problem(SHIELD.name(), "has a name twice", "name each node once");
    }
    if (at.has(FALLBACK.name()) && sites.isEmpty()) {
      at.problem(
          FALLBACK.name(), "has no use: there is no shield", "name the nodes of it in 'shield'");
    }
    return new Sites(warmth, new Shield(sites, at.valueOrDefault(FALLBACK)));
  }

  private static Warmth warmth(Section at) {
    OptionalInt hitPercent = at.value(HIT_RATIO).map(OptionalInt::of).orElse(OptionalInt.empty());
    OptionalLong objects =
        at.value(OBJECTS).map(count -> OptionalLong.of(count)).orElse(OptionalLong.empty());
    OptionalLong bytes = at.value(BYTES).map(OptionalLong::of).orElse(OptionalLong.empty());
    boolean filled = objects.isPresent() || bytes.isPresent();
    Warmth warmth =
        new Warmth(
            hitPercent.orElse(filled ? 0 : Warmth.DEFAULT.hitPercent()),
            at.value(USUAL)
                .orElse(filled || hitPercent.isPresent() ? 0 : Warmth.DEFAULT.usualPercent()),
            objects.orElse(0),
            bytes.orElse(0),
            at.valueOrDefault(LIMIT));
    at.end();
    return warmth;
  }
}
