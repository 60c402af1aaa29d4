package io.landfall.edge.exchange;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.Upgrades;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request to switch protocols has besides other requests: the protocol, one of the node's
 * places for tunnels, and, once it is open, whether its backend has ended its direction. Such a
 * request is sent to a place once, unless nothing of it can have arrived there, and the cache has
 * no part in it. Other requests share one that is never open.
 */
final class Tunnel {
  private final EdgeRuntime runtime;
  private final boolean asked;
  private final @Nullable AsciiString protocol;
  private final boolean needed;
  private boolean placed;
  private boolean open;
  private boolean upstreamEnded;

  private Tunnel(
      EdgeRuntime runtime, boolean asked, @Nullable AsciiString protocol, boolean needed) {
    this.runtime = runtime;
    this.asked = asked;
    this.protocol = protocol;
    this.needed = needed;
  }

  /** Of requests that ask for none. */
  static Tunnel none(EdgeRuntime runtime) {
    return new Tunnel(runtime, false, null, false);
  }

  /**
   * What a request asks for, if its service allows that. Any other goes on without its Upgrade
   * field; but what came as extended CONNECT cannot, and is refused.
   *
   * @param ofClient whether a client sent it, to whom any success of that is a tunnel
   */
  static Tunnel of(RequestHead request, boolean ofClient, EdgeRuntime runtime) {
    if (!Upgrades.isCandidate(request)) {
      return runtime.noTunnel();
    }
    List<AsciiString> allowed =
        EdgeRuntime.route(request, runtime.ports().snapshot())
            .map(route -> runtime.settings().tunnels().of(route.service().name()))
            .orElse(List.of());
    AsciiString protocol = Upgrades.asked(request, allowed);
    boolean connect = Upgrades.isExtendedConnect(request);
    return protocol == null && !connect
        ? runtime.noTunnel()
        : new Tunnel(runtime, true, protocol, connect && ofClient);
  }

  /** Whether the request is answered by a tunnel, or refused, or has an ordinary answer. */
  boolean isAsked() {
    return asked;
  }

  /** The protocol; null if none is asked for, or it is not allowed. */
  @Nullable AsciiString protocol() {
    return protocol;
  }

  /** Takes a place, once; null, or why the request cannot go anywhere. */
  @Nullable FailureKind begin() {
    if (!asked || placed) {
      return null;
    }
    if (protocol == null) {
      return FailureKind.UPGRADE_NOT_ALLOWED;
    }
    placed = runtime.tunnels().enter(runtime.settings().tunnels().most());
    if (placed) {
      return null;
    }
    runtime.counters().refusedTunnels.increment();
    return FailureKind.TOO_MANY_TUNNELS;
  }

  /** Whether who asks would take an ordinary response for an open tunnel. */
  boolean isMistakable(ResponseHead head) {
    return needed && head.status() / 100 == 2;
  }

  /** The place has switched to this protocol. */
  AsciiString open() {
    AsciiString switchedTo = protocol;
    if (switchedTo == null) {
      throw new InvariantBroken("a place switches only to what it was asked for");
    }
    open = true;
    runtime.counters().openTunnels.increment();
    runtime.counters().openedTunnels.increment();
    return switchedTo;
  }

  /** Whether protocols were switched, and the exchange is not over. */
  boolean isOpen() {
    return open;
  }

  /** The backend or node has ended its direction in order. */
  void endUpstream() {
    upstreamEnded = true;
  }

  /** Whether it has, so that only the client's direction goes on. */
  boolean hasUpstreamEnded() {
    return open && upstreamEnded;
  }

  /** Counts that one side has broken off an open tunnel; false if it is none. */
  boolean broken() {
    if (open) {
      runtime.counters().brokenTunnels.increment();
    }
    return open;
  }

  /** Counts that no byte has passed for too long. */
  void idle() {
    runtime.counters().idleTunnels.increment();
  }

  /** How long no byte may pass, in milliseconds. */
  long idleMillis() {
    return runtime.settings().tunnels().idleMillis();
  }

  /** The exchange is over: the place is another one's. */
  void over() {
    if (placed) {
      placed = false;
      runtime.tunnels().leave();
    }
    if (open) {
      open = false;
      runtime.counters().openTunnels.decrement();
    }
  }
}
