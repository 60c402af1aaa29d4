package io.landfall.signal;

import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * What the service hosts advertise of one service, and what follows from all of it.
 *
 * <p>The best advertisement counts: a service that runs on several hosts is UP while any of them
 * advertises it so, with the lowest tier among those. A host that has advertised nothing, or whose
 * session is gone, counts as DOWN; there is no memory of what it advertised before.
 *
 * <p>A backend that is on one of these hosts is used only while the advertisement of its host is as
 * good as the best: a host that went down or drains takes its own backends along, and no other's.
 */
final class HostSignals {
  /** What one host advertises. */
  private record Advertisement(Signal signal, long tier, String why) {
    boolean isBetterThan(Advertisement other) {
      int c = signal.compareTo(other.signal);
      return c != 0 ? c < 0 : tier < other.tier;
    }
  }

  private static final Advertisement NOTHING_ADVERTISED =
      new Advertisement(Signal.DOWN, 0, "has advertised nothing yet");

  private final List<ServiceSpec.AdvertisingHost> hosts;
  private final IntPredicate takesRequests;
  private final SortedMap<String, Advertisement> advertisements = new TreeMap<>();

  /** Which hosts a backend is on, by its index; none for one that is on no such host. */
  private final List<List<Integer>> hostsOf = new ArrayList<>();

  /** The advertisements as they count, in the order of the hosts; made anew by {@link #weigh}. */
  private final List<Advertisement> weighed = new ArrayList<>();

  /** Whose advertisement counts; 0 without hosts. */
  private int best;

  /**
   * No host has reported yet.
   *
   * @param backends how many backends the service has
   * @param takesRequests whether a backend is up and gets requests, as far as hosts do not matter,
   *     by index
   */
  HostSignals(List<ServiceSpec.AdvertisingHost> hosts, int backends, IntPredicate takesRequests) {
    this.hosts = hosts;
    this.takesRequests = takesRequests;
    for (int backend = 0; backend < backends && !hosts.isEmpty(); backend++) {
      List<Integer> on = new ArrayList<>();
      for (int host = 0; host < hosts.size(); host++) {
        if (hosts.get(host).backends().contains(backend)) {
          on.add(host);
        }
      }
      hostsOf.add(on);
    }
    weigh();
  }

  /** Takes over what hosts advertise that advertised the service before its config changed. */
  void take(HostSignals before) {
    before.advertisements.forEach(
        (host, advertisement) -> {
          if (isConfigured(host)) {
            advertisements.put(host, advertisement);
          }
        });
    weigh();
  }

  /** Whether any host is configured to advertise the service at all. */
  boolean isAdvertisedByHosts() {
    return !hosts.isEmpty();
  }

  /** A host's advertisement; one that is not configured to advertise the service is ignored. */
  void advertised(String host, Signal signal, long tier) {
    if (isConfigured(host)) {
      advertisements.put(
          host,
          new Advertisement(
              signal,
              signal == Signal.DOWN ? 0 : tier,
              "says " + signal + (signal == Signal.DOWN ? "" : " tier " + tier)));
    }
  }

  /** A host's advertisement is void. */
  void withdrawn(String host, String why) {
    if (isConfigured(host)) {
      advertisements.put(host, new Advertisement(Signal.DOWN, 0, "advertises nothing: " + why));
    }
  }

  private boolean isConfigured(String host) {
    return hosts.stream().anyMatch(each -> each.name().equals(host));
  }

  /** Weighs the advertisements; to be asked when one, or what a backend takes, is another. */
  void weigh() {
    weighed.clear();
    best = 0;
    for (int host = 0; host < hosts.size(); host++) {
      weighed.add(asItCounts(hosts.get(host)));
      if (weighed.get(host).isBetterThan(weighed.get(best))) {
        best = host;
      }
    }
  }

  /**
   * A host's advertisement as it counts: that of a host whose own backends get no request is void.
   */
  private Advertisement asItCounts(ServiceSpec.AdvertisingHost host) {
    Advertisement advertisement = advertisements.getOrDefault(host.name(), NOTHING_ADVERTISED);
    boolean dead =
        !host.backends().isEmpty() && host.backends().stream().noneMatch(takesRequests::test);
    return dead && advertisement.signal() != Signal.DOWN
        ? new Advertisement(
            Signal.DOWN, 0, advertisement.why() + ", but its backends are down or drained")
        : advertisement;
  }

  /** The signal that counts; UP when no host is configured to give one. */
  Signal signal() {
    return hosts.isEmpty() ? Signal.UP : weighed.get(best).signal();
  }

  /** The tier that counts, to be added to the configured one. */
  long tier() {
    return hosts.isEmpty() ? 0 : weighed.get(best).tier();
  }

  /** Which host's advertisement counts, for a person; empty when no host is configured. */
  String why() {
    return hosts.isEmpty()
        ? ""
        : "host "
            + hosts.get(best).name()
            + " "
            + weighed.get(best).why()
            + (hosts.size() > 1 ? " (the best of " + hosts.size() + " hosts)" : "");
  }

  /** Whether requests may go to this backend as far as the hosts are concerned. */
  boolean allows(int backendIndex) {
    if (hosts.isEmpty() || hostsOf.get(backendIndex).isEmpty()) {
      return true;
    }
    for (int host : hostsOf.get(backendIndex)) {
      if (weighed.get(host).signal().compareTo(signal()) <= 0) {
        return true;
      }
    }
    return false;
  }
}
