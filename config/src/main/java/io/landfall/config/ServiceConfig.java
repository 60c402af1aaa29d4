package io.landfall.config;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One service that this node knows.
 *
 * @param name its name
 * @param identity its identity, the same at every site, inside the block
 * @param hosts the hosts it answers for, at least one: lower case, exact or {@code *.example}
 * @param paths the path prefixes it answers for; empty means every path
 * @param here how it runs beside this node
 * @param cache how it is cached; takes effect with the cache
 * @param bgp the service hosts that advertise it; empty when its probe alone decides
 */
public record ServiceConfig(
    ServiceName name,
    HostAddress identity,
    List<String> hosts,
    List<String> paths,
    Hosting here,
    Optional<Cache> cache,
    Optional<Bgp> bgp) {
  /** Copies the lists. */
  public ServiceConfig {
    hosts = List.copyOf(hosts);
    paths = List.copyOf(paths);
  }

  /** Whether the service runs beside this node. */
  public boolean isLocal() {
    return !here.backends.isEmpty();
  }

  /**
   * How a service runs beside this node.
   *
   * @param backends where; empty when it is known here and hosted elsewhere
   * @param probe how it is probed; present exactly when there are backends (TCP unless configured)
   * @param tier the tier this site gives it; lower is preferred, 0 to 4294967295
   * @param maxRequests how many requests it takes at once; empty without a limit
   */
  public record Hosting(
      List<Backend> backends, Optional<ProbeConfig> probe, long tier, OptionalInt maxRequests) {
    /** Copies the list. */
    public Hosting {
      backends = List.copyOf(backends);
    }
  }

  /**
   * One place where the service runs.
   *
   * @param url as the config gives it, such as {@code http://10.0.0.7:8080}
   * @param address where to connect
   */
  public record Backend(String url, HostPort address) {}

  /**
   * Who advertises the service over BGP.
   *
   * @param hosts names under {@code service-bgp.hosts}, at least one
   * @param tiers from a MED on, the tier
   * @param drainingMed from this MED on the service is DRAINING; empty for never
   * @param downMed from this MED on the service is DOWN; empty for never
   */
  public record Bgp(
      List<String> hosts,
      SortedMap<Long, Long> tiers,
      OptionalLong drainingMed,
      OptionalLong downMed) {
    /** Copies the collections. */
    public Bgp {
      hosts = List.copyOf(hosts);
      tiers = Collections.unmodifiableSortedMap(new TreeMap<>(tiers));
    }
  }

  /**
   * How the service is cached.
   *
   * @param maxObjectBytes the largest response that is stored; empty for the cache's own limit
   */
  public record Cache(OptionalLong maxObjectBytes) {}
}
