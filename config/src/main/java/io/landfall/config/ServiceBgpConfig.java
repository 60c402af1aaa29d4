package io.landfall.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The service hosts that have a BGP session with this node. What each may advertise is under the
 * services that name it; what is not listed there is not allowed.
 *
 * @param listen where their connections are taken; empty when this node only dials
 * @param holdTimeMillis the hold time to propose, in whole seconds
 * @param hosts who they are
 */
public record ServiceBgpConfig(
    Optional<InetSocketAddress> listen, long holdTimeMillis, List<Host> hosts) {
  /** The hold time when the config gives none. */
  public static final long DEFAULT_HOLD_TIME_MILLIS = 9_000;

  /** No hosts. */
  public static final ServiceBgpConfig NONE =
      new ServiceBgpConfig(Optional.empty(), DEFAULT_HOLD_TIME_MILLIS, List.of());

  /** Copies the list. */
  public ServiceBgpConfig {
    hosts = List.copyOf(hosts);
  }

  /**
   * One service host. It is identified by its address and its key.
   *
   * @param name its name, for people and for {@code services.NAME.bgp.hosts}
   * @param address the address that its connections come from
   * @param port where it listens, when this node dials
   * @param asn its AS number; the overlay's own for iBGP
   * @param passwordFile file with the TCP MD5 key (RFC 2385)
   * @param ttlSecurity whether it must be on the same link (RFC 5082)
   * @param dial whether this node opens connections to it
   */
  public record Host(
      String name,
      InetAddress address,
      int port,
      long asn,
      Optional<Path> passwordFile,
      boolean ttlSecurity,
      boolean dial) {}
}
