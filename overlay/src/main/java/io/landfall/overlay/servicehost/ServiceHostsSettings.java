package io.landfall.overlay.servicehost;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the sessions with service hosts are configured with.
 *
 * @param block the overlay's block
 * @param localAs the overlay's AS number, unsigned: ours on every session
 * @param localId our BGP Identifier, not 0
 * @param holdTimeSeconds the hold time to propose; the send hold time (RFC 9687) is twice it
 * @param hosts the configured hosts
 */
public record ServiceHostsSettings(
    Block block, int localAs, int localId, int holdTimeSeconds, List<ServiceHost> hosts) {
  /** The most hosts beside one node. */
  public static final int MAX_HOSTS = 256;

  /**
   * How many prefixes a host may announce before filtering; one more ends its session. Far more
   * than it has any business with, so that a leak of a few thousand routes is refused route by
   * route with the service still up, and a full table is cut off.
   */
  public static final int RECEIVE_LIMIT = 65_536;

  /** Copies and checks the hosts. */
  public ServiceHostsSettings {
    hosts = List.copyOf(hosts);
    if (hosts.size() > MAX_HOSTS) {
      throw new IllegalArgumentException("at most " + MAX_HOSTS + " service hosts");
    }
    Set<String> names = new TreeSet<>();
    for (ServiceHost host : hosts) {
      if (!names.add(host.name())) {
        throw new IllegalArgumentException("host " + host.name() + " is configured twice");
      }
      for (HostAddress service : host.services().keySet()) {
        if (!service.block().equals(block)) {
          throw new IllegalArgumentException(service + " is no host of " + block);
        }
      }
    }
  }
}
