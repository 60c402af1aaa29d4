package io.landfall.node;

import io.landfall.admin.SocketText;
import io.landfall.core.HostAddress;
import io.landfall.node.link.OverlayPort;
import io.landfall.trust.CandidateSource;
import io.landfall.trust.CandidateView;
import io.landfall.trust.Candidates;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dials candidates when they are due. Discovery is not trust: what is dialled here gets a TLS
 * handshake, and the certificate decides the rest. On the control thread only; names are resolved
 * elsewhere, since a resolver blocks.
 */
final class Discovery {
  private static final Logger log = LoggerFactory.getLogger("landfall.discovery");

  private final Candidates candidates;
  private final ControlLoop control;
  private final Executor resolver;
  private final OverlayPort port;
  private final Consumer<PeerIdentity> onConnected;
  private final ControlTimer timer;
  private boolean stopped;

  /** Bounded by the number of candidates that are kept. */
  private final Map<Endpoint, String> lastFailures = new LinkedHashMap<>();

  /**
   * Knows of no candidate yet.
   *
   * @param onConnected hears of each peer that answered a dial
   */
  Discovery(
      Candidates candidates,
      ControlLoop control,
      Executor resolver,
      OverlayPort port,
      Consumer<PeerIdentity> onConnected) {
    this.candidates = candidates;
    this.control = control;
    this.resolver = resolver;
    this.port = port;
    this.onConnected = onConnected;
    this.timer = new ControlTimer(control, this::dialDue);
  }

  /** Takes the operator's candidates and dials them at once. */
  void start(List<Endpoint> configured) {
    for (Endpoint endpoint : configured) {
      candidates.offer(endpoint, CandidateSource.CONFIG, control.monotonicNanos());
    }
    dialDue();
  }

  /** The ports at which this very certificate answered a dial. */
  List<Integer> portsOf(PeerIdentity peer) {
    return candidates.portsOf(peer);
  }

  /** The adjacency has ended: its candidates are tried again. */
  void adjacencyLost(HostAddress identity, String why) {
    candidates.adjacencyLost(identity, why, control.monotonicNanos());
    rearm();
  }

  /** Every candidate, for {@code show peers}. */
  List<CandidateView> view() {
    return candidates.view(control.monotonicNanos());
  }

  /** Dials nobody any more. */
  void stop() {
    stopped = true;
    timer.arm(OptionalLong.empty());
  }

  private void dialDue() {
    if (stopped) {
      return;
    }
    for (Endpoint endpoint : candidates.due(control.monotonicNanos())) {
      candidates.dialStarted(endpoint);
      resolver.execute(
          () -> {
            try {
              InetSocketAddress address =
                  new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port());
              control.execute(() -> dial(endpoint, address));
            } catch (UnknownHostException e) {
              control.execute(() -> failed(endpoint, "the name does not resolve"));
            }
          });
    }
    rearm();
  }

  private void dial(Endpoint endpoint, InetSocketAddress address) {
    port.dialBgp(address)
        .addListener(
            (Future<PeerIdentity> dialled) -> {
              if (dialled.isSuccess()) {
                candidates.connected(endpoint, dialled.getNow(), control.monotonicNanos());
                lastFailures.remove(endpoint);
                onConnected.accept(dialled.getNow());
                rearm();
              } else {
                dialFailed(endpoint, dialled.cause());
              }
            });
  }

  private void dialFailed(Endpoint endpoint, Throwable cause) {
    String why = SocketText.why(cause);
    if (cause instanceof OverlayPort.ReachedOurselves) {
      log.info("candidate is this node itself endpoint={}", endpoint);
      candidates.wasOurselves(endpoint);
      rearm();
    } else {
      failed(endpoint, why);
    }
  }

  private void failed(Endpoint endpoint, String why) {
    // Once per reason: a node that is away for a day must not fill a disk.
    if (!why.equals(lastFailures.put(endpoint, why))) {
      log.info("candidate not reached endpoint={} why=\"{}\"; trying on", endpoint, why);
    }
    candidates.dialFailed(endpoint, why, control.monotonicNanos());
    rearm();
  }

  private void rearm() {
    if (stopped) {
      return;
    }
    long deadline = candidates.deadlineNanos(control.monotonicNanos());
    timer.arm(deadline == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(deadline));
  }
}
