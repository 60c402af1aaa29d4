package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.netty.util.AsciiString;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Bounds of tunnels: requests whose backend switches protocols (RFC 9110 section 7.8), and that
 * carry bytes in both directions from then on.
 *
 * @param most how many there may be at once in the whole node; beyond it 503
 * @param idleMillis how long no byte may pass in either direction before one is ended
 * @param upgrades the protocols that services allow, in lower case; a service that is not in it
 *     allows {@link #USUAL}
 */
public record TunnelSettings(
    int most, long idleMillis, SortedMap<ServiceName, List<AsciiString>> upgrades) {
  /** What a service allows unless the config has something else. */
  public static final List<AsciiString> USUAL = List.of(AsciiString.cached("websocket"));

  /** What is used unless the config has something else. */
  public static final TunnelSettings DEFAULT =
      new TunnelSettings(10_000, 600_000, Collections.emptySortedMap());

  /** Copies the map. */
  public TunnelSettings {
    upgrades = Collections.unmodifiableSortedMap(new TreeMap<>(upgrades));
  }

  /** The protocols that a service allows. */
  public List<AsciiString> of(ServiceName service) {
    return upgrades.getOrDefault(service, USUAL);
  }
}
