package io.landfall.decision;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.List;

/**
 * One service as this node sees it now.
 *
 * @param name the service's name
 * @param identity the service's identity, the same at every site
 * @param hosts the hosts it answers for: lower case, exact, or {@code *.example} for any one label
 * @param paths the path prefixes it answers for; empty means every path
 * @param local what the service reports here; {@link Signal#DOWN} when it is not hosted here
 * @param candidates the other nodes that advertise it, in the order in which they would be asked
 * @param shield which sites ask its origin for what caches miss
 * @param awaited whether a node that advertised it has ended its session to begin it anew, and is
 *     not back yet: that no place is known may be so for a moment only
 */
public record ServiceView(
    ServiceName name,
    HostAddress identity,
    List<String> hosts,
    List<String> paths,
    Signal local,
    List<Candidate> candidates,
    Shield shield,
    boolean awaited) {
  /** A service of which no node is about to come back. */
  public ServiceView(
      ServiceName name,
      HostAddress identity,
      List<String> hosts,
      List<String> paths,
      Signal local,
      List<Candidate> candidates,
      Shield shield) {
    this(name, identity, hosts, paths, local, candidates, shield, false);
  }

  /** A service whose misses each site fetches by itself. */
  public ServiceView(
      ServiceName name,
      HostAddress identity,
      List<String> hosts,
      List<String> paths,
      Signal local,
      List<Candidate> candidates) {
    this(name, identity, hosts, paths, local, candidates, Shield.NONE);
  }

  /** Copies the lists, so that a view never changes. */
  public ServiceView {
    hosts = List.copyOf(hosts);
    paths = List.copyOf(paths);
    candidates = List.copyOf(candidates);
  }
}
