package io.landfall.node;

import io.landfall.control.ControlEvent;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.decision.Candidate;
import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.PurgeOutcome;
import io.landfall.signal.SignalEvent;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the edge may ask and tell. It reads snapshots and dials nodes on its own loops; what it saw
 * goes to the control thread: a backend's failure to signals, a listener's to ingress.
 *
 * @param snapshots what it reads
 * @param forward how it reaches other nodes
 * @param backends which backend has which address, on the control thread
 * @param control the control thread
 * @param overlay receives what happens to backends
 * @param ingress receives failures of this node's own listeners, and nothing else
 * @param nodes answers what other nodes ask
 */
record EdgeWiring(
    Snapshots snapshots,
    ForwardDialer forward,
    Backends backends,
    ControlLoop control,
    ControlDriver overlay,
    IngressDriver ingress,
    BetweenNodes nodes)
    implements EdgePorts {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  @Override
  public EdgeSnapshot snapshot() {
    return snapshots.current();
  }

  @Override
  public Future<Channel> openH2(Candidate candidate, EventLoop loop) {
    return forward.open(candidate, loop);
  }

  @Override
  public int maxBackendConnections() {
    return EdgeFromConfig.backendConnectionsThatFit(Descriptors.limit());
  }

  @Override
  public void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind) {
    control.execute(
        () -> {
          int index = backends.indexOf(service, backend);
          if (index >= 0) {
            overlay.apply(new ControlEvent.OfSignals(event(service, index, kind)));
          }
        });
  }

  private static SignalEvent event(ServiceName service, int index, OriginFailure kind) {
    String why = "data plane: " + kind;
    return switch (kind) {
      case REFUSED, CONNECT_TIMEOUT, TLS_CERTIFICATE, TLS_FAILED ->
          new SignalEvent.BackendRefused(service, index, why);
      case CLOSED_BEFORE_HEAD, CLOSED_IN_RESPONSE, IDLE_CLOSED, RESPONSE_TIMEOUT, BAD_RESPONSE ->
          new SignalEvent.BackendInDoubt(service, index, why);
    };
  }

  @Override
  public CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    return nodes.asked(node, question);
  }

  @Override
  public CompletableFuture<PurgeOutcome> purge(SocketAddress client, String url, boolean soft) {
    return nodes.purges().byMethod(client, url, soft);
  }

  @Override
  public ChallengeAnswers challenges() {
    return nodes.challenges();
  }

  @Override
  public void listenerFailed(InetSocketAddress listener, String why) {
    String at = SocketText.of(listener);
    log.atError().addKeyValue("listener", at).addKeyValue("why", why).log("edge listener failed");
    control.execute(() -> ingress.listenerFailed(at + ": " + why));
  }
}
