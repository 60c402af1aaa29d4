package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection on which another node forwards requests to this one. That a request came this way is
 * what marks it as forwarded; no field could say so. Whether the peer may have requests served is
 * the node's to decide: until then they wait.
 */
final class H2FromNode extends H2ServerConnection {
  private final H2ServerConnections all;
  private final NodeName peer;
  private final List<NodeStream> waiting = new ArrayList<>(0);
  private Admission admission = Admission.WAITING;

  /** Whether requests of the peer are served. */
  private enum Admission {
    WAITING,
    OPEN,
    REFUSED
  }

  private H2FromNode(H2ServerConnections all, NodeName peer, H2ConnectionBuilder.Parts parts) {
    super(all.loop(), all.exchanges(), FrameBudget.NONE, parts);
    this.all = all;
    this.peer = peer;
  }

  static H2FromNode create(H2ServerConnections all, NodeName peer) {
    return H2ConnectionBuilder.build(
        H2Profile.NODE,
        true,
        all.exchanges().runtime().settings().limits(),
        parts -> new H2FromNode(all, peer, parts));
  }

  /** Serves requests from now on, the waiting first. */
  void open() {
    if (admission == Admission.WAITING) {
      admission = Admission.OPEN;
      List<NodeStream> beginning = List.copyOf(waiting);
      waiting.clear();
      beginning.forEach(NodeStream::serveHeld);
    }
  }

  /**
   * Serves no further request, and ends when those under way are done: a request that crosses the
   * first GOAWAY is refused, and may be tried elsewhere.
   */
  void refuse() {
    if (admission == Admission.REFUSED) {
      return;
    }
    admission = Admission.REFUSED;
    List<NodeStream> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(NodeStream::refuse);
    leave();
  }

  /** A waiting request is over before it began. */
  void waitsNoMore(NodeStream stream) {
    waiting.remove(stream);
  }

  @Override
  void failed(Throwable cause, boolean calm) {
    all.failures().of(this, cause, calm);
  }

  @Override
  H2ServerStream newStream(int streamId) {
    return new NodeStream(this, streamId);
  }

  @Override
  void arrived(H2ServerStream stream, Http2Headers headers, boolean ended) {
    NodeStream ofNode = (NodeStream) stream;
    switch (admission) {
      case OPEN -> ofNode.begin(headers, ended);
      case WAITING -> {
        if (ofNode.hold(headers, ended)) {
          waiting.add(ofNode);
        } else {
          ofNode.refuse();
        }
      }
      case REFUSED -> ofNode.refuse();
    }
  }

  HeldRequests held() {
    return all.held();
  }

  NodeQuestions questions() {
    return all.questions();
  }

  NodeName peer() {
    return peer;
  }
}
