package io.landfall.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a service makes of its requests and responses.
 *
 * @param upgrades the protocols that requests may switch to, in lower case
 * @param access which clients may use it
 * @param rateLimits how many requests a client may send
 * @param maintenance what all are answered while the operator works on it; empty when he does not
 * @param redirects requests that are answered with another URL, in order
 * @param requestFields what changes in the fields that a backend gets
 * @param responseFields what changes in the fields that a client gets
 * @param queue how requests beyond {@code max-requests} wait; empty if they do not
 */
public record TrafficConfig(
    List<String> upgrades,
    Access access,
    List<RateLimit> rateLimits,
    Optional<Maintenance> maintenance,
    List<Redirect> redirects,
    FieldChanges requestFields,
    FieldChanges responseFields,
    Optional<Queue> queue) {
  /** With the usual upgrades, and no rule. */
  public static final TrafficConfig USUAL = of(List.of("websocket"));

  /** Copies the lists. */
  public TrafficConfig {
    upgrades = List.copyOf(upgrades);
    rateLimits = List.copyOf(rateLimits);
    redirects = List.copyOf(redirects);
  }

  /** Without a rule. */
  public static TrafficConfig of(List<String> upgrades) {
    return new TrafficConfig(
        upgrades,
        new Access(List.of(), List.of(), Optional.empty()),
        List.of(),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.empty());
  }

  /** Whom to ask whether a request may go on; empty for nobody. */
  public Optional<AuthorizationConfig> authorization() {
    return access.authorization;
  }

  /** Whether there is any rule, beside which protocols requests may switch to. */
  public boolean hasRules() {
    return !equals(of(upgrades));
  }

  /**
   * Requests beyond {@code max-requests} wait.
   *
   * @param maxWaiting how many
   * @param maxWaitMillis how long, at most
   */
  public record Queue(int maxWaiting, long maxWaitMillis) {}

  /**
   * Which clients may use a service.
   *
   * @param allow if it has any, only clients in these
   * @param deny no client in these, even if it is in {@code allow}
   * @param authorization whom to ask of each request of the others; empty for nobody
   */
  public record Access(
      List<PrefixConfig> allow,
      List<PrefixConfig> deny,
      Optional<AuthorizationConfig> authorization) {
    /** Copies the lists. */
    public Access {
      allow = List.copyOf(allow);
      deny = List.copyOf(deny);
    }
  }

  /**
   * How many requests a client may send.
   *
   * @param field the field whose value tells clients apart, in lower case; empty for the address
   * @param requests how many requests
   * @param perMillis in this time
   * @param burst how many at once
   * @param alwaysReport whether every response has what is left
   */
  public record RateLimit(
      Optional<String> field, int requests, long perMillis, int burst, boolean alwaysReport) {}

  /**
   * A service under maintenance.
   *
   * @param page a file with a page in HTML; empty for the node's own text
   * @param retryAfterMillis when clients are to come again
   * @param allow clients that are served all the same
   * @param active whether it holds, and not only while an operator says so
   */
  public record Maintenance(
      Optional<Path> page, long retryAfterMillis, List<PrefixConfig> allow, boolean active) {
    /** The largest page, in bytes: it fits into the first window of HTTP/2 (RFC 9113). */
    public static final int MAX_PAGE_BYTES = 65_535;

    /** Copies the list. */
    public Maintenance {
      allow = List.copyOf(allow);
    }

    /** One that holds. */
    public Maintenance(Optional<Path> page, long retryAfterMillis, List<PrefixConfig> allow) {
      this(page, retryAfterMillis, allow, true);
    }
  }

  /** Requests that are answered with another URL. */
  public sealed interface Redirect {
    /** Whatever was reached by http, to the same by https. */
    record ToHttps() implements Redirect {}

    /**
     * A host and path, to a URL.
     *
     * @param host the host; empty for every host of the service
     * @param path the path, or a prefix with {@code /*} behind it; empty for every path
     * @param to the URL, or a path
     * @param keepPath whether the path of the request is added to it
     * @param status the status code
     */
    record To(Optional<String> host, Optional<String> path, String to, boolean keepPath, int status)
        implements Redirect {}
  }

  /**
   * What changes in the fields of a message; names in lower case.
   *
   * @param set fields that have this value, and no other
   * @param remove fields that are dropped
   */
  public record FieldChanges(SortedMap<String, String> set, SortedSet<String> remove) {
    /** Nothing changes. */
    public static final FieldChanges NONE =
        new FieldChanges(Collections.emptySortedMap(), Collections.emptySortedSet());

    /** Copies the collections. */
    public FieldChanges {
      set = Collections.unmodifiableSortedMap(new TreeMap<>(set));
      remove = Collections.unmodifiableSortedSet(new TreeSet<>(remove));
    }
  }
}
