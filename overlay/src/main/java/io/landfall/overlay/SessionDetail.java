package io.landfall.overlay;

import io.landfall.bgp.OpenMessage;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.SessionStats;
import java.util.Optional;

/**
 * What every BGP session has, with a node or with a service host.
 *
 * @param state its state
 * @param config what it is configured with
 * @param ours the OPEN that we send
 * @param theirs the OPEN that came; only while Established
 * @param negotiated what both agreed on; only while Established
 * @param prefixesHeld how many prefixes were announced and not withdrawn, before filtering
 * @param stats what it counted; live, so read it on the thread that steps the session
 */
public record SessionDetail(
    SessionState state,
    SessionConfig config,
    OpenMessage ours,
    Optional<OpenMessage> theirs,
    Optional<Negotiated> negotiated,
    int prefixesHeld,
    SessionStats stats) {
  /** A session as it is now. */
  public static SessionDetail of(Session<?> session) {
    return new SessionDetail(
        session.state(),
        session.config(),
        session.localOpen(),
        session.remoteOpen(),
        session.negotiated(),
        session.prefixesReceived(),
        session.stats());
  }

  /** Whether it is Established. */
  public boolean isUp() {
    return state == SessionState.ESTABLISHED;
  }
}
