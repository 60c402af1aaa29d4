package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.Rng;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The overlay of one node as a single-threaded state object: events in, effects out. */
public final class Overlay {
  private final OverlayConfig config;
  private final Rng jitter;

  /** An overlay that originates its own identity and has no peers yet. */
  public Overlay(OverlayConfig config, Rng jitter) {
    this.config = config;
    this.jitter = jitter;
  }

  /** Applies one event and returns what the owner must do, in order. */
  public List<OverlayEffect> step(OverlayEvent event, long nowNanos) {
    return List.of();
  }

  /**
   * When the next Tick is due, by the monotonic clock; possibly already past when there is more to
   * send. Empty when nothing waits for time.
   */
  public OptionalLong deadlineNanos() {
    return OptionalLong.empty();
  }

  /**
   * Whether an authenticated newcomer may have a session: not when a live peer with another
   * certificate, or this node itself, has its identity or its name. Changes nothing.
   */
  public Admission admit(PeerInfo newcomer, String fingerprint) {
    return new Admission.Admitted();
  }

  /** Every route, ordered by address. */
  public List<RouteView> routes() {
    return List.of();
  }

  /** The route to one host, empty when there is none. */
  public Optional<RouteView> route(HostAddress host) {
    return Optional.empty();
  }

  /** Every peer, live or remembered, ordered by identity. */
  public List<PeerView> peers() {
    return List.of();
  }

  /** What was refused, by peer; peers of whom nothing was refused are left out. */
  public List<RefusedView> refused() {
    return List.of();
  }

  @Override
  public String toString() {
    return "overlay of " + config.name() + " " + jitter;
  }
}
