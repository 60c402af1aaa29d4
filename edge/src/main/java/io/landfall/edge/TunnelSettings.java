package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.netty.util.AsciiString;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of tunnels: requests whose backend switches protocols (RFC 9110 section 7.8), and that
 * carry bytes in both directions from then on.
 *
 * @param most how many there may be at once in the whole node; beyond it 503
 * @param idleMillis how long no byte may pass in either direction before one is ended
 * @param upgrades the protocols that services allow, in lower case; a service that is not in it
 *     allows {@link #USUAL}
 * @param serverNames the TCP services that are reached by the server name of a ClientHello, on each
 *     listener with TLS: exact in lower case, or {@code *.} before a name for one more label
 */
public record TunnelSettings(
    int most,
    long idleMillis,
    SortedMap<ServiceName, List<AsciiString>> upgrades,
    SortedMap<String, ServiceName> serverNames) {
  /** What a service allows unless the config has something else. */
  public static final List<AsciiString> USUAL = List.of(AsciiString.cached("websocket"));

  /** What a connection to a TCP service switches to, and such a service allows. */
  public static final AsciiString TCP = AsciiString.cached("landfall-tcp");

  /** What is used unless the config has something else. */
  public static final TunnelSettings DEFAULT =
      new TunnelSettings(10_000, 600_000, Collections.emptySortedMap());

  /** Without TCP services that are reached by a server name. */
  public TunnelSettings(
      int most, long idleMillis, SortedMap<ServiceName, List<AsciiString>> upgrades) {
    this(most, idleMillis, upgrades, Collections.emptySortedMap());
  }

  /** Copies the maps. */
  public TunnelSettings {
    upgrades = Collections.unmodifiableSortedMap(new TreeMap<>(upgrades));
    serverNames = Collections.unmodifiableSortedMap(new TreeMap<>(serverNames));
  }

  /** The TCP service of a server name in lower case; null if it has none. */
  public @Nullable ServiceName tcpService(String serverName) {
    ServiceName exact = serverNames.get(serverName);
    int dot = serverName.indexOf('.');
    return exact != null || dot <= 0 ? exact : serverNames.get("*" + serverName.substring(dot));
  }

  /** The protocols that a service allows. */
  public List<AsciiString> of(ServiceName service) {
    return upgrades.getOrDefault(service, USUAL);
  }
}
