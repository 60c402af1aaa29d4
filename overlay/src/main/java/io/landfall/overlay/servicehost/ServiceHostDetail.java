package io.landfall.overlay.servicehost;

import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.SessionDetail;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One service host with all that is known of it, for {@code show peers PEER}.
 *
 * @param view what {@code show peers} has of it
 * @param session its session
 * @param counters what a peer is counted by; nothing is ever announced to a host
 * @param endOfRibReceived whether its End-of-RIB arrived in this session
 * @param services the services that it may advertise
 */
public record ServiceHostDetail(
    ServiceHostView view,
    SessionDetail session,
    PeerView.Counters counters,
    boolean endOfRibReceived,
    SortedSet<HostAddress> services) {
  /** Copies the set. */
  public ServiceHostDetail {
    services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
  }

  /** Whether our End-of-RIB left in this session: it is the first thing that a host receives. */
  public boolean endOfRibSent() {
    return session.isUp();
  }
}
