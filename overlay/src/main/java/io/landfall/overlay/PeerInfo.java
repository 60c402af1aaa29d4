package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who a peer is and what it may originate, as the trust room established it.
 *
 * @param name the peer's name
 * @param identity the peer's identity: the next hop of its routes, and its key in this room
 * @param services the services that it may originate; empty accepts none
 * @param relation what it is to us
 */
public record PeerInfo(
    NodeName name, HostAddress identity, SortedSet<HostAddress> services, Relation relation) {
  /** Copies the set. */
  public PeerInfo {
    services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
  }

  /** The same peer with another entitlement. */
  public PeerInfo withServices(SortedSet<HostAddress> entitled) {
    return new PeerInfo(name, identity, entitled, relation);
  }

  /** What a peer is to us (RFC 4456 section 4, and who may send whose routes). */
  public enum Relation {
    /** A node of the mesh: it originates its own routes and relays none. */
    MESH(false, false),
    /** As {@link #MESH}, and this node reflects for it. */
    CLIENT(true, false),
    /** It reflects the routes of others to us; ORIGINATOR_ID distinguishes them. */
    REFLECTOR(false, true),
    /**
     * A client that sends the routes of several nodes without ORIGINATOR_ID, such as a route
     * generator: the next hop names the originator, and the {@link NodeDirectory} knows what it may
     * originate.
     */
    RELAY(true, true);

    private final boolean client;
    private final boolean speaksForOthers;

    Relation(boolean client, boolean speaksForOthers) {
      this.client = client;
      this.speaksForOthers = speaksForOthers;
    }

    /** Whether this node reflects for it. */
    public boolean isClient() {
      return client;
    }

    /** Whether routes of other nodes may come from it. */
    public boolean speaksForOthers() {
      return speaksForOthers;
    }
  }
}
