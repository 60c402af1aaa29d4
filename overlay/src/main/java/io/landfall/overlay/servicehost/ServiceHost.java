package io.landfall.overlay.servicehost;

import io.landfall.bgp.SessionConfig;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One service host as it is configured. Who it is, is settled before its bytes come here: by its
 * address, its TCP MD5 key and GTSM. Its BGP Identifier may be anything but ours and zero.
 *
 * @param name its name, for people and as a key
 * @param remoteAs its AS number; the overlay's own for iBGP
 * @param opening whether this side opens connections too
 * @param services the services that it may advertise, and how its MED is read for each; empty
 *     accepts nothing
 */
public record ServiceHost(
    String name,
    Asn remoteAs,
    SessionConfig.Opening opening,
    SortedMap<HostAddress, MedMapping> services) {
  /** The most services that one host may advertise. */
  public static final int MAX_SERVICES = 1024;

  /** Copies and bounds the services. */
  public ServiceHost {
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    if (services.size() > MAX_SERVICES) {
      throw new IllegalArgumentException(
          "a host speaks for at most " + MAX_SERVICES + " services, " + name + " for more");
    }
  }
}
