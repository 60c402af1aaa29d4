package io.landfall.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The cache of a node. What is cached, and how, each service has for itself.
 *
 * @param memoryBytes what all services together may take of the memory
 * @param disk where responses are kept beside; empty: in memory only
 */
public record CacheConfig(long memoryBytes, Optional<Disk> disk) {
  /** The memory when the config gives none: 128 MiB. */
  public static final long DEFAULT_MEMORY_BYTES = 128L << 20;

  /** What is used unless the config has something else. */
  public static final CacheConfig DEFAULT = new CacheConfig(DEFAULT_MEMORY_BYTES, Optional.empty());

  /**
   * A folder for what is cached.
   *
   * @param folder the folder, which no other node uses
   * @param bytes what it may take
   */
  public record Disk(Path folder, long bytes) {}

  /**
   * How a service is cached.
   *
   * @param store what is stored
   * @param times how long it is used
   * @param selection what of a request makes another response
   */
  public record OfService(Store store, Times times, Selection selection) {
    /** What the RFCs have, and no more. */
    public static final OfService DEFAULT =
        new OfService(Store.DEFAULT, Times.DEFAULT, Selection.DEFAULT);
  }

  /**
   * What is stored.
   *
   * @param maxObjectBytes the largest body
   * @param memoryPercent how much of the cache's memory the service may take
   * @param setCookie whether a response that sets a cookie may be stored if it says that it may
   */
  public record Store(long maxObjectBytes, int memoryPercent, boolean setCookie) {
    /** What is used unless the config has something else. */
    public static final Store DEFAULT = new Store(64L << 20, 100, false);
  }

  /**
   * How long what is stored is used, in seconds.
   *
   * @param defaultSeconds for responses that give no time; empty: the heuristic of RFC 9111
   * @param minSeconds no response is fresh for less
   * @param maxSeconds no response is fresh for longer
   * @param statusSeconds for responses of a status that give no time
   * @param staleWhileRevalidateSeconds for responses that give none
   * @param staleIfErrorSeconds for responses that give none
   * @param hitForMissSeconds how long it is remembered that a response is not stored
   */
  public record Times(
      OptionalLong defaultSeconds,
      long minSeconds,
      long maxSeconds,
      SortedMap<Integer, Long> statusSeconds,
      long staleWhileRevalidateSeconds,
      long staleIfErrorSeconds,
      long hitForMissSeconds) {
    /** What is used unless the config has something else. */
    public static final Times DEFAULT =
        new Times(OptionalLong.empty(), 0, 365 * 86_400L, Collections.emptySortedMap(), 0, 0, 10);

    /** Copies the map. */
    public Times {
      statusSeconds = Collections.unmodifiableSortedMap(new TreeMap<>(statusSeconds));
    }
  }

  /**
   * What of a request makes another response.
   *
   * @param keyFields request fields that are part of the key, in lower case
   * @param query what of the query is
   * @param bypassCookies cookies whose requests neither use nor fill the cache
   * @param clientNoCache whether a client can demand validation
   */
  public record Selection(
      List<String> keyFields, Query query, List<String> bypassCookies, boolean clientNoCache) {
    /** What is used unless the config has something else. */
    public static final Selection DEFAULT =
        new Selection(List.of(), Query.DEFAULT, List.of(), true);

    /** Copies the lists. */
    public Selection {
      keyFields = List.copyOf(keyFields);
      bypassCookies = List.copyOf(bypassCookies);
    }
  }

  /**
   * What of the query is part of the key, and is sent to the origin.
   *
   * @param keep which parameters are
   * @param names the parameters that that is about
   * @param sort whether they are put in the order of their names
   */
  public record Query(Keep keep, List<String> names, boolean sort) {
    /** The query as it came. */
    public static final Query DEFAULT = new Query(Keep.ALL, List.of(), false);

    /** Copies the list. */
    public Query {
      names = List.copyOf(names);
    }

    /** Which parameters of a query are kept. */
    public enum Keep {
      /** All. */
      ALL,
      /** All but those named. */
      ALL_BUT,
      /** Only those named. */
      ONLY,
      /** None. */
      NONE
    }
  }
}
