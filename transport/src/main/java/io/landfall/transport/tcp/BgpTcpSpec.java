package io.landfall.transport.tcp;

import io.landfall.core.Addresses;
import io.landfall.core.SocketText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * How to reach one BGP router over plain TCP.
 *
 * @param remote the router's address and port
 * @param local the address to connect from; the kernel's choice when empty
 * @param md5Key the TCP MD5 key (RFC 2385) that both sides share
 * @param ttlSecurityHops GTSM (RFC 5082): how many hops away the router may be, so that no host
 *     further away can be taken for it. 1 is a router on the same link: what is sent has a hop
 *     limit of 255, and nothing below it is taken. 0 is no GTSM
 * @param timeouts how long to wait for what
 */
public record BgpTcpSpec(
    InetSocketAddress remote,
    Optional<InetAddress> local,
    Optional<Md5Key> md5Key,
    int ttlSecurityHops,
    Timeouts timeouts) {
  /** The port of BGP. */
  public static final int BGP_PORT = 179;

  /** The most hops that GTSM can allow for. */
  public static final int MAX_HOPS = 254;

  /** What GTSM sends with: the highest hop limit that there is. */
  static final int HOP_LIMIT = 255;

  /** Checks that the two ends can meet. */
  public BgpTcpSpec {
    if (remote.isUnresolved()) {
      throw new IllegalArgumentException(
          "a router is named by its address, not as " + SocketText.of(remote));
    }
    if (local.isPresent() && local.get().getClass() != remote.getAddress().getClass()) {
      throw new IllegalArgumentException(
          "cannot connect from "
              + Addresses.format(local.get().getAddress())
              + " to "
              + SocketText.of(remote)
              + ": not of one address family");
    }
    if (ttlSecurityHops < 0 || ttlSecurityHops > MAX_HOPS) {
      throw new IllegalArgumentException(
          "GTSM is for 1.." + MAX_HOPS + " hops, not " + ttlSecurityHops);
    }
  }

  /** Whether GTSM is on. */
  boolean ttlSecurity() {
    return ttlSecurityHops > 0;
  }

  /** The lowest hop limit that is taken from the router: what is left of 255 after its hops. */
  int lowestHopLimit() {
    return HOP_LIMIT - ttlSecurityHops + 1;
  }

  /**
   * How long to wait for what.
   *
   * @param connectMillis until a connection attempt is given up
   * @param userTimeoutMillis how long sent bytes may stay without an acknowledgement before the
   *     kernel gives the connection up (TCP_USER_TIMEOUT, RFC 5482); 0 leaves it to the kernel
   */
  public record Timeouts(int connectMillis, int userTimeoutMillis) {
    /** Five seconds to connect; unacknowledged bytes for 30 s end the connection. */
    public static final Timeouts DEFAULT = new Timeouts(5_000, 30_000);
  }

  /** A TCP MD5 key: 1 to {@value #MAX_BYTES} bytes. Its text form does not show it. */
  public static final class Md5Key {
    /** The most that the Linux kernel takes (TCP_MD5SIG_MAXKEYLEN). */
    public static final int MAX_BYTES = 80;

    private final byte[] bytes;

    /**
     * A key from its bytes, which are copied.
     *
     * @throws IllegalArgumentException when it is empty or too long
     */
    public Md5Key(byte[] bytes) {
      if (bytes.length == 0 || bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException(
            "a TCP MD5 key has 1.." + MAX_BYTES + " bytes, not " + bytes.length);
      }
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Md5Key that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "(a key of " + bytes.length + " bytes)";
    }
  }
}
