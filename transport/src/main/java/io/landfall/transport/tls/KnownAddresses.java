package io.landfall.transport.tls;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Addresses at which nodes were found, or are looked for: those have places kept at the overlay
 * port. The two are bounded apart, so that endpoints which somebody made up cannot push out the
 * addresses of real nodes. Any thread may ask.
 */
final class KnownAddresses {
  /** Addresses from which an admitted node came, or at which one answered. */
  static final int MAX_PROVED = 1024;

  /** Addresses that this node has dialled. */
  static final int MAX_DIALLED = 256;

  private final Set<InetAddress> proved = new LinkedHashSet<>();
  private final Set<InetAddress> dialled = new LinkedHashSet<>();

  KnownAddresses() {}

  /** An admitted node is at this address. */
  synchronized void proved(InetAddress address) {
    latest(proved, address, MAX_PROVED);
  }

  /** This node looks for another at this address. */
  synchronized void dialled(InetAddress address) {
    latest(dialled, address, MAX_DIALLED);
  }

  private static void latest(Set<InetAddress> set, InetAddress address, int max) {
    set.remove(address);
    set.add(address);
    if (set.size() > max) {
      set.remove(set.iterator().next());
    }
  }

  /** Whether this is one of them. */
  synchronized boolean contains(InetAddress address) {
    return proved.contains(address) || dialled.contains(address);
  }
}
