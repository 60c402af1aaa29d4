package io.landfall.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A listening socket of this process, as one process passes it to another.
 *
 * @param use what listens there
 * @param address where, as it is configured
 * @param descriptor the file descriptor, whose owner is whoever listens with it
 * @param keyed the neighbours that have a TCP MD5 key (RFC 2385) on the socket, which cannot be
 *     asked for what it has
 */
public record ListeningSocket(
    Use use, InetSocketAddress address, int descriptor, Set<InetAddress> keyed) {
  /** One without keys. */
  public ListeningSocket(Use use, InetSocketAddress address, int descriptor) {
    this(use, address, descriptor, Set.of());
  }

  /** Copies the set, in its order. */
  public ListeningSocket {
    keyed = Collections.unmodifiableSet(new LinkedHashSet<>(keyed));
  }

  /** What listens at an address. */
  public enum Use {
    /** A listener for clients: HTTP, TLS or a TCP service. */
    CLIENTS,
    /** The port on which nodes meet. */
    OVERLAY,
    /** The port for neighbours of the overlay over plain TCP. */
    NEIGHBORS,
    /** The port for service hosts. */
    SERVICE_HOSTS,
    /** The loopback listener for metrics. */
    METRICS,
    /** The loopback listener of the looking glass. */
    LOOKING_GLASS,
    /** The loopback listener for purges. */
    PURGES
  }
}
