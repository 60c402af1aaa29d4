package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.netty.util.AsciiString;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Rules of services for the requests that land here, and for what is sent to their backends and
 * clients (docs/traffic-rules.md).
 *
 * @param services the services that have rules
 * @param maintained the services that an operator holds in maintenance, and for how many seconds
 *     clients are to stay away; 0 for as long as the rules of the service have it
 */
public record TrafficSettings(
    SortedMap<ServiceName, Service> services, SortedMap<ServiceName, Long> maintained) {
  /** No service has rules. */
  public static final TrafficSettings NONE = new TrafficSettings(Collections.emptySortedMap());

  /** Copies the maps. */
  public TrafficSettings {
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    maintained = Collections.unmodifiableSortedMap(new TreeMap<>(maintained));
  }

  /** Rules of services none of which an operator holds in maintenance. */
  public TrafficSettings(SortedMap<ServiceName, Service> services) {
    this(services, Collections.emptySortedMap());
  }

  /** The same rules, while an operator holds these services in maintenance, and no others. */
  public TrafficSettings maintaining(SortedMap<ServiceName, Long> others) {
    return new TrafficSettings(services, others);
  }

  /** The rules that requests are held to, by service. */
  public SortedMap<ServiceName, Service> inForce() {
    if (maintained.isEmpty()) {
      return services;
    }
    TreeMap<ServiceName, Service> all = new TreeMap<>(services);
    maintained.forEach(
        (name, seconds) -> all.put(name, all.getOrDefault(name, Service.NONE).maintained(seconds)));
    return all;
  }

  /**
   * The rules of one service.
   *
   * @param access which clients may use it
   * @param rateLimits how many requests a client may send; each request is held to all of them
   * @param maintenance what all are answered while the operator works on it
   * @param redirects the first that matches answers the request
   * @param requestFields what changes in the fields that a backend gets
   * @param responseFields what changes in the fields that a client gets
   * @param queue how requests wait for a place at the backends here; empty if they do not
   * @param authorization whom to ask whether a request may go on; empty for nobody
   */
  public record Service(
      Access access,
      List<RateLimit> rateLimits,
      Optional<Maintenance> maintenance,
      List<Redirect> redirects,
      FieldChanges requestFields,
      FieldChanges responseFields,
      Optional<Queue> queue,
      Optional<AuthorizationSettings> authorization) {
    /** Without any rule. */
    public static final Service NONE =
        new Service(
            Access.ALL,
            List.of(),
            Optional.empty(),
            List.of(),
            FieldChanges.NONE,
            FieldChanges.NONE,
            Optional.empty());

    /** Copies the lists. */
    public Service {
      rateLimits = List.copyOf(rateLimits);
      redirects = List.copyOf(redirects);
    }

    /** One whose requests nobody authorizes. */
    public Service(
        Access access,
        List<RateLimit> rateLimits,
        Optional<Maintenance> maintenance,
        List<Redirect> redirects,
        FieldChanges requestFields,
        FieldChanges responseFields,
        Optional<Queue> queue) {
      this(
          access,
          rateLimits,
          maintenance,
          redirects,
          requestFields,
          responseFields,
          queue,
          Optional.empty());
    }

    private Service maintained(long seconds) {
      return new Service(
          access,
          rateLimits,
          Optional.of(maintenance.orElse(Maintenance.PLAIN).begun(seconds)),
          redirects,
          requestFields,
          responseFields,
          queue,
          authorization);
    }
  }

  /**
   * Requests beyond those that a service may have in progress here wait.
   *
   * @param mostWaiting how many, on all event loops together
   * @param mostWaitMillis how long, at most
   */
  public record Queue(int mostWaiting, long mostWaitMillis) {}

  /**
   * Which clients may use a service.
   *
   * @param allow if it has any, only clients in these
   * @param deny no client in these, even if it is in {@code allow}
   */
  public record Access(List<TrustedProxies.Network> allow, List<TrustedProxies.Network> deny) {
    /** Every client. */
    public static final Access ALL = new Access(List.of(), List.of());

    /** Copies the lists. */
    public Access {
      allow = List.copyOf(allow);
      deny = List.copyOf(deny);
    }
  }

  /**
   * A token bucket for each client.
   *
   * @param field the field whose value tells clients apart, in lower case; empty for the address
   * @param requests how many requests a bucket gets
   * @param perMillis in this time
   * @param burst how many requests it holds
   * @param alwaysReport whether every response has what is left, and not only a refusal
   */
  public record RateLimit(
      Optional<AsciiString> field,
      long requests,
      long perMillis,
      long burst,
      boolean alwaysReport) {
    /** What the table of one takes of the heap. */
    public static final long BYTES = 512 * 1024;
  }

  /**
   * A service under maintenance: all requests are answered with 503.
   *
   * @param page the bytes of a page in HTML; empty for the node's own text
   * @param retryAfterSeconds when to come again
   * @param allow clients that are served all the same
   * @param active whether it holds, and not only while an operator says so
   */
  public record Maintenance(
      Optional<AsciiString> page,
      long retryAfterSeconds,
      List<TrustedProxies.Network> allow,
      boolean active) {
    private static final long USUAL_SECONDS = 300;

    /** That of a service without rules. */
    static final Maintenance PLAIN = new Maintenance(Optional.empty(), USUAL_SECONDS, List.of());

    /** Copies the list. */
    public Maintenance {
      allow = List.copyOf(allow);
    }

    /** One that holds. */
    public Maintenance(
        Optional<AsciiString> page, long retryAfterSeconds, List<TrustedProxies.Network> allow) {
      this(page, retryAfterSeconds, allow, true);
    }

    private Maintenance begun(long seconds) {
      return new Maintenance(page, seconds == 0 ? retryAfterSeconds : seconds, allow, true);
    }
  }

  /** Requests that are answered with another URL. */
  public sealed interface Redirect {
    /** Whatever was reached by http, to the same by https: 301, 308 if the method may matter. */
    record ToHttps() implements Redirect {}

    /**
     * A host and path, to a URL.
     *
     * @param host the host, in lower case; empty for all hosts of the service
     * @param path the path; one that ends in {@code /*} stands for what is before that, and for all
     *     below; empty for every path
     * @param to the URL
     * @param keepPath whether the path of the request is added to it
     * @param status 301, 302, 303, 307 or 308
     */
    record To(Optional<String> host, Optional<String> path, String to, boolean keepPath, int status)
        implements Redirect {}
  }

  /**
   * What changes in the fields of a message.
   *
   * @param set fields that have this value, and no other
   * @param remove fields that are dropped, in lower case
   */
  public record FieldChanges(List<Field> set, List<AsciiString> remove) {
    /** Nothing changes. */
    public static final FieldChanges NONE = new FieldChanges(List.of(), List.of());

    /** Copies the lists. */
    public FieldChanges {
      set = List.copyOf(set);
      remove = List.copyOf(remove);
    }
  }

  /**
   * A field line.
   *
   * @param name in lower case
   * @param value its value
   */
  public record Field(AsciiString name, AsciiString value) {}
}
