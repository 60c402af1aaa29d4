package io.landfall.control;

import io.landfall.overlay.Overlay;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How long a node that has just started holds requests for services that no site advertises yet:
 * until its own services were evaluated, as many peers as it has candidates have sent their whole
 * table and can be given requests, no node that it knows to forward to is still to be reached, and
 * all of that is published; and for a limited time at most.
 *
 * <p>It changes nothing that is announced: plane one has its fixed delay and is asked nothing. It
 * covers what is left, a client that comes with the first announcement or by another way.
 */
final class StartHold {
  /** How often it is looked whether the node knows enough: the start is over in a second mostly. */
  private static final long LOOK_NANOS = 20_000_000;

  private final Step step;
  private final Overlay overlay;
  private final Neighbors neighbors;
  private final CandidateTable candidates;
  private final Publication publication;
  private OptionalLong dueNanos = OptionalLong.empty();
  private long endsNanos;
  private OptionalInt awaited = OptionalInt.empty();
  private boolean evaluated;
  private boolean over;

  /** A hold that has not begun to run out. */
  StartHold(
      Step step,
      Overlay overlay,
      Neighbors neighbors,
      CandidateTable candidates,
      Publication publication) {
    this.step = step;
    this.overlay = overlay;
    this.neighbors = neighbors;
    this.candidates = candidates;
    this.publication = publication;
  }

  /**
   * The node is up, dials its candidates, and holds requests for so long at most.
   *
   * @param peers how many peers are waited for; empty for as many as there are candidates
   */
  void begin(long mostNanos, OptionalInt peers) {
    awaited = peers;
    endsNanos = step.nanos() + mostNanos;
    dueNanos = OptionalLong.of(step.nanos());
    look();
  }

  /** Every service that is hosted here was evaluated once. */
  void evaluated() {
    evaluated = true;
  }

  /**
   * When it is looked next, also whether other nodes are back that begin anew; empty when nothing
   * is waited for.
   */
  OptionalLong deadlineNanos() {
    return ControlPlane.earlier(dueNanos, publication.deadlineNanos());
  }

  /** Ends it if the node knows enough, or has waited for long enough. */
  void look() {
    long now = step.nanos();
    publication.look(now);
    if (dueNanos.isEmpty()) {
      return;
    }
    if (now - endsNanos >= 0 || knowsEnough()) {
      end();
    } else {
      dueNanos = OptionalLong.of(now + LOOK_NANOS);
    }
  }

  /** Ends it, whatever is known. */
  void end() {
    dueNanos = OptionalLong.empty();
    if (!over) {
      over = true;
      step.add(new ControlEffect.Started());
    }
  }

  /**
   * What was learnt counts once requests know it, which may take several slices. A candidate that
   * is this node itself, or another's second address, brings no peer.
   */
  private boolean knowsEnough() {
    int expected = awaited.orElseGet(candidates::expectedNodes);
    return evaluated
        && !publication.hasChanges()
        && (expected > 0 || awaited.isPresent())
        && complete() >= expected
        && neighbors.unreached().isEmpty();
  }

  /** How many peers have sent their whole table and can be given requests. */
  int complete() {
    return (int)
        overlay.peers().stream()
            .filter(
                peer ->
                    peer.endOfRibReceived()
                        && neighbors.whyNoRequest(peer.info().identity()).isEmpty())
            .count();
  }
}
