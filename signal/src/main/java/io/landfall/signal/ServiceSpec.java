package io.landfall.signal;

import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A configured service, as this room needs it.
 *
 * @param name the service
 * @param backends its backends at this site; none when it is only known here and hosted elsewhere
 * @param probe how they are checked
 * @param hosts the service hosts that advertise it; none when its probe alone decides
 * @param warmth when its cache is warm
 * @param withoutWeight which backends get no new requests whatever their health, by index
 * @param forSome which backends get some kinds of requests only: the service is not up by them
 */
public record ServiceSpec(
    ServiceName name,
    List<BackendAddress> backends,
    ProbeSpec probe,
    List<AdvertisingHost> hosts,
    WarmthSpec warmth,
    SortedSet<Integer> withoutWeight,
    SortedSet<Integer> forSome) {
  /** The most hosts that may advertise one service. */
  public static final int MAX_HOSTS = 64;

  /**
   * A host that advertises the service, beside the service's probe.
   *
   * @param name its name
   * @param backends which of the service's backends are on this host, by index
   */
  public record AdvertisingHost(String name, List<Integer> backends) {
    /** Copies the list. */
    public AdvertisingHost {
      backends = List.copyOf(backends);
    }
  }

  /** A service of which no backend gets some kinds of requests only. */
  public ServiceSpec(
      ServiceName name,
      List<BackendAddress> backends,
      ProbeSpec probe,
      List<AdvertisingHost> hosts,
      WarmthSpec warmth,
      SortedSet<Integer> withoutWeight) {
    this(name, backends, probe, hosts, warmth, withoutWeight, new TreeSet<>());
  }

  /** A service that no host advertises, and that is never cold. */
  public ServiceSpec(ServiceName name, List<BackendAddress> backends, ProbeSpec probe) {
    this(name, backends, probe, List.of());
  }

  /** A service that is never cold, of which each backend gets requests. */
  public ServiceSpec(
      ServiceName name,
      List<BackendAddress> backends,
      ProbeSpec probe,
      List<AdvertisingHost> hosts) {
    this(name, backends, probe, hosts, WarmthSpec.NEVER_COLD, new TreeSet<>());
  }

  /** Copies and bounds the backends and the hosts. */
  public ServiceSpec {
    backends = List.copyOf(backends);
    hosts = List.copyOf(hosts);
    withoutWeight = Collections.unmodifiableSortedSet(new TreeSet<>(withoutWeight));
    forSome = Collections.unmodifiableSortedSet(new TreeSet<>(forSome));
    if (hosts.size() > MAX_HOSTS) {
      throw new IllegalArgumentException(
          "at most " + MAX_HOSTS + " hosts advertise service " + name);
    }
    if (backends.size() > ServiceHealth.MAX_BACKENDS) {
      throw new IllegalArgumentException(
          "service "
              + name
              + " has "
              + backends.size()
              + " backends; at most "
              + ServiceHealth.MAX_BACKENDS);
    }
  }

  /** Whether this site can serve it at all. */
  public boolean isHostedHere() {
    return !backends.isEmpty();
  }

  /**
   * Why none of the backends that are up gets requests, behind what their probes gave.
   *
   * @param drained how many an operator has drained
   */
  String whyNoneTakes(int drained) {
    StringBuilder why = new StringBuilder(", of which none gets requests: ");
    why.append(drained).append(" drained by command");
    if (!withoutWeight.isEmpty()) {
      why.append(", ").append(withoutWeight.size()).append(" with weight 0");
    }
    if (!forSome.isEmpty()) {
      why.append(", ").append(forSome.size()).append(" for some requests only");
    }
    return why.toString();
  }
}
