package io.landfall.overlay;

import java.util.List;

/**
 * One peer with all that is known of it, for {@code show peers PEER}; kept while the peer is away.
 *
 * @param view what {@code show peers} has of it
 * @param session its session
 * @param subjects refused attributes and families
 */
public record PeerDetail(
    PeerView view, SessionDetail session, List<RefusedView.SubjectCount> subjects) {
  /** Copies the list. */
  public PeerDetail {
    subjects = List.copyOf(subjects);
  }
}
