package io.landfall.overlay;

import io.landfall.bgp.PathAttributes;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Signal;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this node originates: its identity, unless it only reflects, and the services at its site as
 * they report, seen through a drain. Bounded by the services that the owner names.
 */
final class LocalServices {
  private record Wanted(Signal signal, long tier) {}

  private enum Drain {
    NONE,
    DRAINING,
    WITHDRAWN
  }

  private final SortedMap<HostAddress, Wanted> wanted = new TreeMap<>();
  private final OverlaySettings config;
  private final Rib rib;
  private final Source source;
  private Optional<NodeEndpoint> endpoint = Optional.empty();
  private List<NodeEndpoint> places = List.of();
  private Drain drain = Drain.NONE;
  private boolean evaluated;

  LocalServices(OverlaySettings config, Rib rib) {
    this.config = config;
    this.rib = rib;
    this.source = Source.local(config.identity());
  }

  /** Whether every service was evaluated once. */
  boolean evaluated() {
    return evaluated;
  }

  void setEvaluated() {
    evaluated = true;
  }

  void originateIdentity(long nowNanos) {
    if (config.originatesIdentity()) {
      announce(
          config.identity(),
          rib.attributeSets().ofIdentity(config.identity(), endpoint, places),
          nowNanos);
    }
  }

  void reachedAt(NodeEndpoint at, long nowNanos) {
    endpoint = Optional.of(at);
    originateIdentity(nowNanos);
  }

  void names(List<NodeEndpoint> named, long nowNanos) {
    places = named;
    originateIdentity(nowNanos);
  }

  void set(HostAddress service, Signal signal, long tier, long nowNanos) {
    if (!service.block().equals(config.block()) || service.equals(config.identity())) {
      throw new InvariantBroken(
          "a service's identity is a host of the block and not the node's own: " + service);
    }
    if (signal.isAdvertised()) {
      wanted.put(service, new Wanted(signal, tier));
    } else {
      wanted.remove(service);
    }
    apply(service, nowNanos);
  }

  void drainBegin(long nowNanos) {
    setDrain(Drain.DRAINING, nowNanos);
  }

  void drainWithdraw(long nowNanos) {
    setDrain(Drain.WITHDRAWN, nowNanos);
  }

  void drainEnd(long nowNanos) {
    setDrain(Drain.NONE, nowNanos);
  }

  private void setDrain(Drain phase, long nowNanos) {
    drain = phase;
    for (HostAddress service : wanted.keySet()) {
      apply(service, nowNanos);
    }
  }

  private void apply(HostAddress service, long nowNanos) {
    Wanted wantedState = wanted.getOrDefault(service, new Wanted(Signal.DOWN, 0));
    Signal signal =
        switch (drain) {
          case NONE -> wantedState.signal();
          case DRAINING -> wantedState.signal().isAdvertised() ? Signal.DRAINING : Signal.DOWN;
          case WITHDRAWN -> Signal.DOWN;
        };
    if (signal.isAdvertised()) {
      PathAttributes attributes =
          rib.attributeSets().ofService(config.identity(), signal, wantedState.tier());
      announce(service, attributes, nowNanos);
    } else {
      rib.withdraw(source, service.offset(), 0);
    }
  }

  private void announce(HostAddress host, PathAttributes attributes, long nowNanos) {
    AttributeSet set = rib.intern(source, attributes, config.identity(), source.identifier);
    rib.announce(source, host, 0, set, nowNanos);
    rib.done(set);
  }
}
