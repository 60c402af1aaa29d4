package io.landfall.overlay;

import io.landfall.bgp.OpenMessage;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.SessionStats;
import java.util.List;
import java.util.Optional;

/**
 * One peer with all that is known of it, for {@code show peers PEER}; kept while the peer is away.
 *
 * @param view what {@code show peers} says of it
 * @param config what its session was told
 * @param ours the OPEN that we send
 * @param theirs the OPEN that it sent; only while Established
 * @param negotiated what both agreed on; only while Established
 * @param prefixesHeld how many prefixes it has announced and not withdrawn, before filtering
 * @param stats what its session counted; live, so read it on the thread that steps the overlay
 * @param subjects refused attributes and families
 */
public record PeerDetail(
    PeerView view,
    SessionConfig config,
    OpenMessage ours,
    Optional<OpenMessage> theirs,
    Optional<Negotiated> negotiated,
    int prefixesHeld,
    SessionStats stats,
    List<RefusedView.SubjectCount> subjects) {
  /** Copies the list. */
  public PeerDetail {
    subjects = List.copyOf(subjects);
  }
}
