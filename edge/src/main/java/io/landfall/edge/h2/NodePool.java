package io.landfall.edge.h2;

import io.landfall.core.InvariantBroken;
import io.landfall.core.OwnLimit;
import io.landfall.decision.Candidate;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop to one other node, which the node's own ports open. */
final class NodePool extends H2ClientPool {
  /** The node, as the request that asked last knows it. */
  private @Nullable Candidate candidate;

  NodePool(EdgeLoop loop, EdgeRuntime runtime, H2Failures failures) {
    super(loop, runtime, H2Profile.NODE, failures);
  }

  /** Gives the attempt a connection, now or later. */
  void start(H2Attempt attempt, Candidate to) {
    candidate = to;
    start(attempt);
  }

  /**
   * The session with the node is over: requests that wait for a connection go elsewhere, those
   * under way finish. Of a node whose sessions end again and again the oldest connections go.
   */
  void retireAll() {
    giveUp(new AttemptFailure(FailureKind.GONE, true));
    taking().forEach(H2ClientConnection::retire);
    // One that is closed leaves the list later, when its last words have left or cannot.
    List<H2ClientConnection> oldest = retired();
    for (int i = 0; i < oldest.size() - MAX_RETIRED; i++) {
      ChannelIo.close(oldest.get(i).context());
    }
  }

  /** The node is gone: whatever waits for it need not wait longer. */
  void closeAll() {
    List<H2ClientConnection> closing = new ArrayList<>(taking());
    closing.addAll(retired());
    forgetTaking();
    giveUp(new AttemptFailure(FailureKind.GONE, true));
    for (H2ClientConnection connection : closing) {
      // Past the HTTP/2 handler, which would send GOAWAY and wait for the streams.
      ChannelIo.close(connection.context());
    }
  }

  @Override
  boolean mayHoldOneMore(boolean spare) {
    return connections() < runtime().settings().limits().connections().maxPeerConnections();
  }

  @Override
  int mostTunnels() {
    return runtime().settings().limits().connections().maxTunnelsPerPeer();
  }

  @Override
  long dialMillis() {
    return runtime().settings().timeouts().servers().peerConnectMillis();
  }

  @Override
  void open(Dial dial) {
    Candidate to = candidate;
    if (to == null) {
      throw new InvariantBroken("a node is dialled for a request");
    }
    Future<Channel> future = runtime().ports().openH2(to, loop().eventLoop());
    ChannelIo.ignore(
        future.addListener(
            (Future<Channel> f) -> ChannelIo.on(loop().eventLoop(), () -> dialed(f, dial))));
  }

  private void dialed(Future<Channel> future, Dial dial) {
    if (dial.isOver()) {
      // Given up meanwhile.
      if (future.isSuccess()) {
        ChannelIo.close(future.getNow());
      }
    } else if (!future.isSuccess() || !future.getNow().isActive()) {
      boolean own = future.cause() != null && OwnLimit.isReached(future.cause());
      dial.failed(
          own ? AttemptFailure.noDescriptor() : new AttemptFailure(FailureKind.REFUSED, true));
    } else {
      dial.opened(connected(future.getNow()));
    }
  }

  /** One more connection, whose handshake is done. */
  H2ClientConnection connected(Channel channel) {
    H2ClientConnection connection = H2ClientConnection.create(this);
    add(connection);
    channel.pipeline().addLast(connection);
    return connection;
  }
}
