package io.landfall.config;

import io.landfall.core.NodeName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The cache of a node. What is cached, and how, each service has for itself.
 *
 * @param memoryBytes what all services together may take of the memory
 * @param catchUpMillis the longest time that nothing is served from the cache because purges of
 *     other nodes may have been missed
 * @param purgeFrom where clients are that may purge by the method PURGE
 * @param disks where responses are kept beside; empty: in memory only
 * @param purgeLog the folder in which purges are kept over restarts; empty: beside the state file
 */
public record CacheConfig(
    long memoryBytes,
    long catchUpMillis,
    List<PrefixConfig> purgeFrom,
    List<Disk> disks,
    Optional<Path> purgeLog) {
  /** The memory when the config gives none: 128 MiB. */
  public static final long DEFAULT_MEMORY_BYTES = 128L << 20;

  /** The longest time to catch up with purges when the config gives none: 5 s. */
  public static final long DEFAULT_CATCH_UP_MILLIS = 5_000;

  /** What is used unless the config has something else. */
  public static final CacheConfig DEFAULT =
      new CacheConfig(
          DEFAULT_MEMORY_BYTES, DEFAULT_CATCH_UP_MILLIS, List.of(), List.of(), Optional.empty());

  /** Copies the lists. */
  public CacheConfig {
    disks = List.copyOf(disks);
    purgeFrom = List.copyOf(purgeFrom);
  }

  /**
   * A folder for what is cached.
   *
   * @param folder the folder, which no other node uses
   * @param bytes what it may take
   * @param key where the config has it, such as {@code cache.disk[1]}
   */
  public record Disk(Path folder, long bytes, String key) {}

  /**
   * How a service is cached.
   *
   * @param store what is stored
   * @param times how long it is used
   * @param selection what of a request makes another response
   * @param sites what other sites have to do with it
   * @param compression in which further codings it is kept; empty: in none
   */
  public record OfService(
      Store store,
      Times times,
      Selection selection,
      Sites sites,
      Optional<CompressionConfig> compression) {
    /** What the RFCs have, and no more. */
    public static final OfService DEFAULT =
        new OfService(
            Store.DEFAULT, Times.DEFAULT, Selection.DEFAULT, Sites.DEFAULT, Optional.empty());
  }

  /**
   * What other sites have to do with a service's cache.
   *
   * @param warmth until when it is better to ask them than the origin
   * @param shield which of them ask the origin
   */
  public record Sites(Warmth warmth, Shield shield) {
    /** What is used unless the config has something else. */
    public static final Sites DEFAULT =
        new Sites(Warmth.DEFAULT, new Shield(new TreeSet<>(), Shield.Fallback.ORIGIN));
  }

  /**
   * When a cache that was empty is warm: once all of this is reached.
   *
   * @param hitPercent so many of 100 lookups have an answer; 0 if that does not matter
   * @param usualPercent of 100 that have on other days so many are enough, where that is known; 0
   *     if that does not matter
   * @param objects so many responses were stored; 0 if that does not matter
   * @param bytes so many bytes were stored; 0 if that does not matter
   * @param limitMillis after that time it is warm anyhow; 0: it is never cold
   */
  public record Warmth(
      int hitPercent, int usualPercent, long objects, long bytes, long limitMillis) {
    /** What is used unless the config has something else. */
    public static final Warmth DEFAULT = new Warmth(80, 90, 0, 0, 600_000);
  }

  /**
   * The sites that ask the origin for what caches miss.
   *
   * @param sites their nodes; empty: every site asks it
   * @param fallback what other sites do while none of them can be asked
   */
  public record Shield(SortedSet<NodeName> sites, Fallback fallback) {
    /** Copies the set. */
    public Shield {
      sites = Collections.unmodifiableSortedSet(new TreeSet<>(sites));
    }

    /** What is done with a miss while no shield can be asked. */
    public enum Fallback {
      /** The origin is asked. */
      ORIGIN,
      /** The request is declined. */
      DECLINE
    }
  }

  /**
   * What is stored.
   *
   * @param maxObjectBytes the largest body
   * @param memoryPercent how much of the cache's memory the service may take
   * @param setCookie whether a response that sets a cookie may be stored if it says that it may
   * @param clientErrors whether an error may be stored that can come from the one request's fields
   * @param sliceBytes how large the slices are by which parts are fetched; 0 if they are not
   * @param methods the methods whose responses may be stored, in capitals
   */
  public record Store(
      long maxObjectBytes,
      int memoryPercent,
      boolean setCookie,
      boolean clientErrors,
      long sliceBytes,
      List<String> methods) {
    /** What is used unless the config has something else. */
    public static final Store DEFAULT =
        new Store(64L << 20, 100, false, false, 1L << 20, List.of("GET", "HEAD"));

    /** Copies the list. */
    public Store {
      methods = List.copyOf(methods);
    }
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
