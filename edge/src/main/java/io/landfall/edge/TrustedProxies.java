package io.landfall.edge;

import io.landfall.core.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * The proxies in front of this node that may name the client for whom they ask (Forwarded,
 * X-Forwarded-For and their like); what other clients send of that is dropped.
 *
 * @param networks where they are
 */
public record TrustedProxies(List<Network> networks) {
  /** The most networks: a request looks at them one by one. */
  public static final int MAX_NETWORKS = 64;

  /** None, so that no client is believed. */
  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  /** Copies the list. */
  public TrustedProxies {
    networks = List.copyOf(networks);
    if (networks.size() > MAX_NETWORKS) {
      throw new IllegalArgumentException("more than " + MAX_NETWORKS + " networks of proxies");
    }
  }

  /**
   * A prefix.
   *
   * @param address its network address
   * @param length its length in bits
   */
  public record Network(InetAddress address, int length) {
    /** Whether an address is in it. */
    public boolean contains(InetAddress other) {
      return contains(other.getAddress());
    }

    @Override
    public String toString() {
      return Addresses.format(address.getAddress()) + '/' + length;
    }

    private boolean contains(byte[] other) {
      byte[] own = address.getAddress();
      if (own.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < length; bit += Byte.SIZE) {
        int mask = length - bit >= Byte.SIZE ? 0xff : 0xff << (Byte.SIZE - (length - bit));
        if (((own[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask & 0xff) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Whether a client is one of them. */
  public boolean contains(SocketAddress client) {
    return client instanceof InetSocketAddress socket
        && socket.getAddress() != null
        && contains(socket.getAddress());
  }

  /** Whether the proxy at an address is one of them. */
  public boolean contains(InetAddress client) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] address = client.getAddress();
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
