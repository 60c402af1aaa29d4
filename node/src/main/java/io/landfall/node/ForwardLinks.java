package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.node.link.ForwardChannel;
import io.landfall.node.link.OverlayPort.Dialled;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Channels to the nodes that this one hears of through reflectors only.
 *
 * <p>A reflector's word is not enough to send a request anywhere: it proves neither who a node is,
 * nor what it may originate, nor that it can be reached from here. So where a reflected identity
 * names an endpoint, it is dialled. The certificate that answers is the node's entitlement, exactly
 * as in a mesh, and the channel, held open with PINGs, is its adjacency: up makes the next hop
 * usable, over makes it unusable, whatever the reflector still says. A node that has a session of
 * its own with this one needs no channel.
 *
 * <p>On the control thread only. Bounded by {@link #MAX_NODES}; beyond it a node that was never
 * reached makes room, or the newcomer is left out.
 */
final class ForwardLinks {
  /** How many nodes are kept in mind. */
  static final int MAX_NODES = 4096;

  /** How many dials are under way at once. */
  static final int MAX_DIALING = 64;

  private static final long FIRST_BACKOFF_MILLIS = 250;
  private static final long MAX_BACKOFF_MILLIS = 15_000;

  /** How soon news of a node makes it dialled again. */
  private static final long NEWS_MILLIS = 1_000;

  private static final Logger log = LoggerFactory.getLogger("landfall.forward");

  private final ControlLoop control;
  private final ForwardDialer forward;
  private final OverlayDriver overlay;
  private final NodeNames names;
  private final Runnable onLearned;
  private final Consumer<HostAddress> onLost;
  private final Rng jitter;
  private final TreeMap<HostAddress, Line> lines = new TreeMap<>();
  private int dialing;
  private boolean stopped;

  /** What it works with. */
  record Parts(
      ControlLoop control, ForwardDialer forward, OverlayDriver overlay, NodeNames names) {}

  /**
   * Knows of no node yet.
   *
   * @param onLearned called when it became known where a node takes requests
   * @param onLost hears of a node whose channel is over while there is no session with it either
   */
  ForwardLinks(Parts parts, Runnable onLearned, Consumer<HostAddress> onLost, Rng jitter) {
    this.control = parts.control();
    this.forward = parts.forward();
    this.overlay = parts.overlay();
    this.names = parts.names();
    this.onLearned = onLearned;
    this.onLost = onLost;
    this.jitter = jitter;
  }

  /** Somebody who may speak for others says that a node is reached there. */
  void heard(HostAddress node, NodeEndpoint endpoint) {
    Line line = lines.get(node);
    if (line == null) {
      if (lines.size() >= MAX_NODES && !makeRoom()) {
        log.warn("node left out identity={} why=\"{} nodes are known\"", node, MAX_NODES);
        return;
      }
      line = new Line(node);
      lines.put(node, line);
    }
    line.heard(new InetSocketAddress(endpoint.address(), endpoint.port()));
  }

  private boolean makeRoom() {
    for (Line line : lines.values()) {
      if (line.peer == null && line.state == State.WAITING) {
        line.forget();
        return true;
      }
    }
    return false;
  }

  /** A node's own session has ended: from now on it is a channel that it needs. */
  void adjacencyLost(HostAddress node) {
    Line line = lines.get(node);
    if (line != null) {
      line.dialSoon(0);
    }
  }

  /** Whether the channel to a node is up. */
  boolean isUp(HostAddress node) {
    Line line = lines.get(node);
    return line != null && line.state == State.UP;
  }

  /** Who a channel to this node has reached, and where; kept as long as its certificate is good. */
  Optional<RequestRules.Proved> proved(HostAddress node) {
    Line line = lines.get(node);
    if (line == null) {
      return Optional.empty();
    }
    PeerIdentity peer = line.peer;
    return peer == null
        ? Optional.empty()
        : Optional.of(new RequestRules.Proved(peer, line.endpoint.getAddress()));
  }

  /** Cuts whoever is revoked or expired: its routes go, and it has to prove itself anew. */
  void cut(Revocations revocations, long wallMillis) {
    for (Line line : List.copyOf(lines.values())) {
      PeerIdentity peer = line.peer;
      if (peer != null
          && (revocations.reasonFor(peer).isPresent() || wallMillis > peer.notAfterMillis())) {
        log.warn("channel cut peer={} why=\"its certificate is revoked or expired\"", peer.name());
        line.peer = null;
        overlay.apply(new RemoteNode.Disowned(line.node));
        line.end("its certificate is revoked or expired");
      }
    }
  }

  /** Closes every channel and dials nobody any more. */
  void stop() {
    stopped = true;
    List.copyOf(lines.values()).forEach(line -> line.end("this node stops"));
  }

  private enum State {
    WAITING,
    DIALING,
    PROVING,
    UP
  }

  /** One node. */
  private final class Line {
    private final HostAddress node;
    private InetSocketAddress endpoint = new InetSocketAddress(0);
    private State state = State.WAITING;
    private @Nullable ForwardChannel channel;

    /** Who answered last; kept while the certificate is good, for its routes are. */
    private @Nullable PeerIdentity peer;

    private final ControlTimer timer;
    private long lastDialNanos;
    private int failures;
    private String lastFailure = "";

    Line(HostAddress node) {
      this.node = node;
      this.timer = new ControlTimer(control, this::dial);
      this.lastDialNanos = control.monotonicNanos() - TimeUnit.MILLISECONDS.toNanos(NEWS_MILLIS);
    }

    void heard(InetSocketAddress at) {
      boolean moved = !at.equals(endpoint);
      endpoint = at;
      if (state == State.WAITING) {
        long since = control.monotonicNanos() - lastDialNanos;
        dialSoon(moved ? 0 : Math.max(0, TimeUnit.MILLISECONDS.toNanos(NEWS_MILLIS) - since));
      }
    }

    void dialSoon(long delayNanos) {
      if (state == State.WAITING && !stopped) {
        timer.arm(OptionalLong.of(control.monotonicNanos() + delayNanos));
      }
    }

    private void dial() {
      if (state != State.WAITING || stopped || overlay.isEstablished(node)) {
        return;
      }
      if (dialing >= MAX_DIALING) {
        dialSoon(TimeUnit.MILLISECONDS.toNanos(FIRST_BACKOFF_MILLIS));
        return;
      }
      state = State.DIALING;
      dialing++;
      lastDialNanos = control.monotonicNanos();
      forward
          .port()
          .dialRequests(endpoint, control.eventLoop())
          .addListener(
              (Future<Dialled> dialled) ->
                  control.hereOrLater(
                      () -> {
                        dialing--;
                        if (dialled.isSuccess()) {
                          answered(dialled.getNow());
                        } else {
                          failed(String.valueOf(dialled.cause().getMessage()));
                        }
                      }));
    }

    private void answered(Dialled dialled) {
      PeerIdentity who = dialled.peer();
      Optional<String> refusal =
          who.identity().equals(node)
              ? overlay.refusalOf(who)
              : Optional.of(endpoint + " is " + who.label() + ", not " + node);
      if (refusal.isPresent() || stopped) {
        dialled.channel().close();
        failed(refusal.orElse("this node stops"));
        return;
      }
      state = State.PROVING;
      channel =
          ForwardChannel.hold(
              dialled.channel(),
              new ForwardChannel.Events() {
                @Override
                public void up() {
                  control.hereOrLater(() -> Line.this.up(who));
                }

                @Override
                public void over(String why) {
                  control.hereOrLater(() -> Line.this.over(why));
                }
              });
    }

    private void up(PeerIdentity who) {
      state = State.UP;
      failures = 0;
      lastFailure = "";
      peer = who;
      names.learn(node, who.name());
      forward.learn(node, endpoint);
      forward.hold(node, true);
      log.info("channel up peer={} identity={} endpoint={}", who.name(), node, endpoint);
      overlay.apply(new RemoteNode.Verified(node, overlay.servicesOf(who)));
      overlay.apply(new RemoteNode.Channel(node, true));
      onLearned.run();
    }

    private void over(String why) {
      boolean was = state == State.UP;
      channel = null;
      if (was) {
        forward.hold(node, false);
        String name = names.nameOf(node).map(NodeName::value).orElse("-");
        log.warn("channel over peer={} identity={} why=\"{}\"", name, node, why);
        overlay.apply(new RemoteNode.Channel(node, false));
        if (!overlay.isEstablished(node)) {
          onLost.accept(node);
        }
      }
      failed(why);
    }

    private void failed(String why) {
      state = State.WAITING;
      if (stopped) {
        return;
      }
      // Once per reason: a node that is away for a day must not fill a disk.
      if (!why.equals(lastFailure)) {
        lastFailure = why;
        log.info("node not reached identity={} endpoint={} why=\"{}\"", node, endpoint, why);
      }
      if (peer != null && overlay.overlay().route(node).isEmpty()) {
        // Nobody says any longer that it exists.
        forget();
        return;
      }
      long ceiling = Math.min(MAX_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures, 6));
      failures++;
      dialSoon(TimeUnit.MILLISECONDS.toNanos(1 + jitter.nextLong(ceiling)));
    }

    private void forget() {
      timer.arm(OptionalLong.empty());
      lines.remove(node);
      if (peer != null) {
        overlay.apply(new RemoteNode.Disowned(node));
      }
    }

    void end(String why) {
      ForwardChannel held = channel;
      if (held != null) {
        held.close(why);
      }
      if (stopped) {
        timer.arm(OptionalLong.empty());
      }
    }
  }
}
