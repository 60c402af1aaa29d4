package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The connections on which other nodes forward requests to one event loop of this node. */
public final class H2ServerConnections {
  private final EdgeLoop loop;
  private final Exchanges exchanges;
  private final HeldRequests held = new HeldRequests();
  private final H2Failures failures = new H2Failures();
  private final NodeQuestions questions;
  // As many as other nodes and their connections.
  private final Set<H2FromNode> connections = new LinkedHashSet<>();

  /** None yet, on a loop whose requests are these. */
  public H2ServerConnections(EdgeLoop loop, Exchanges exchanges) {
    this.loop = loop;
    this.exchanges = exchanges;
    this.questions = new NodeQuestions(loop);
  }

  EdgeLoop loop() {
    return loop;
  }

  Exchanges exchanges() {
    return exchanges;
  }

  /** Connections that end with an error. */
  H2Failures failures() {
    return failures;
  }

  /** The requests of peers of whom it is not known yet whether they are served. */
  HeldRequests held() {
    return held;
  }

  /** What other nodes ask this node itself. */
  NodeQuestions questions() {
    return questions;
  }

  /** Takes over a connection whose requests wait, until {@link #open} or {@link #refuse}. */
  public void accept(Channel channel, NodeName peer) {
    if (loop.isDraining()) {
      ChannelIo.close(channel);
      return;
    }
    H2FromNode connection = H2FromNode.create(this, peer);
    connections.add(connection);
    ChannelIo.ignore(channel.closeFuture().addListener(f -> connections.remove(connection)));
    channel.pipeline().addLast(connection);
  }

  /** Serves the requests of such a connection, if it is still there. */
  public static void open(Channel channel) {
    on(channel, H2FromNode::open);
  }

  /** Serves no further request of such a connection, if it is still there. */
  public static void refuse(Channel channel) {
    on(channel, H2FromNode::refuse);
  }

  private static void on(Channel channel, Consumer<H2FromNode> action) {
    H2FromNode found = channel.pipeline().get(H2FromNode.class);
    if (found != null) {
      action.accept(found);
    }
  }

  /** Serves no further request of any. */
  public void refuseAll() {
    List.copyOf(connections).forEach(H2FromNode::refuse);
  }

  /** Ends those that have waited too long. */
  public void tick(long nowNanos) {
    questions.tick(nowNanos);
    for (H2FromNode connection : List.copyOf(connections)) {
      connection.tick(nowNanos);
    }
  }
}
