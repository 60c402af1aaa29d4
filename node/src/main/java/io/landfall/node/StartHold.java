package io.landfall.node;

import io.landfall.config.IngressConfig;
import io.landfall.core.HostAddress;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * How long a node that has just started holds requests for services that no site advertises yet:
 * until its own services were evaluated and as many peers as it has candidates have sent their
 * whole table and can be given requests, and at most twice the start delay of plane one.
 *
 * <p>It changes nothing that is announced: plane one has its fixed delay and is asked nothing. It
 * covers what is left, a client that comes with the first announcement or by another way. On the
 * control thread only.
 */
final class StartHold {
  /** How often it is looked whether the node knows enough: the start is over in a second mostly. */
  private static final long LOOK_NANOS = 20_000_000;

  private final ControlLoop control;
  private final OverlayDriver overlay;
  private final Predicate<HostAddress> usable;
  private final int candidates;
  private final long mostNanos;
  private final Runnable over;
  private final ControlTimer timer;
  private boolean evaluated;
  private long endsNanos;
  private boolean held = true;

  /**
   * A hold that has not begun to run out.
   *
   * @param usable whether a node can be given requests
   * @param candidates how many nodes this one dials
   * @param startDelayMillis the start delay of plane one
   * @param over called once, when it is over
   */
  private StartHold(
      ControlLoop control,
      OverlayDriver overlay,
      Predicate<HostAddress> usable,
      int candidates,
      long startDelayMillis,
      Runnable over) {
    this.control = control;
    this.overlay = overlay;
    this.usable = usable;
    this.candidates = candidates;
    this.mostNanos = 2 * startDelayMillis * 1_000_000;
    this.over = over;
    this.timer = new ControlTimer(control, this::look);
  }

  /** The hold of a node that is being composed; its links and its overlay are there already. */
  static StartHold of(Node node, Runnable over) {
    return new StartHold(
        node.control,
        node.overlay,
        peer -> node.links.whyNot(peer).isEmpty(),
        node.config.overlay().candidates().size(),
        node.config
            .ingress()
            .map(IngressConfig::startDelayMillis)
            .orElse(IngressConfig.DEFAULT_START_DELAY_MILLIS),
        over);
  }

  /** The node is up. */
  void start() {
    endsNanos = control.monotonicNanos() + mostNanos;
    look();
  }

  /** Every service that is hosted here was evaluated once. */
  void evaluated() {
    evaluated = true;
  }

  /** Ends it, whatever is known. */
  void end() {
    if (held) {
      held = false;
      timer.arm(OptionalLong.empty());
      over.run();
    }
  }

  private void look() {
    long now = control.monotonicNanos();
    if (!held) {
      return;
    }
    if (now - endsNanos >= 0 || (evaluated && candidates > 0 && complete() >= candidates)) {
      end();
    } else {
      timer.arm(OptionalLong.of(now + LOOK_NANOS));
    }
  }

  private long complete() {
    return overlay.overlay().peers().stream()
        .filter(peer -> peer.endOfRibReceived() && usable.test(peer.info().identity()))
        .count();
  }
}
