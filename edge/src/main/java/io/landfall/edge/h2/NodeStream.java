package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.TcpRequest;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request that another node forwarded, or asks this node itself. It may have to wait until it
 * is known whether the node's requests are served.
 */
final class NodeStream extends H2ServerStream {
  private final H2FromNode node;
  private final int streamId;
  private @Nullable Held held;
  private @Nullable NodeQuestion question;

  /** A request that came before it was known whether its peer's requests are served. */
  private static final class Held {
    private final Http2Headers headers;
    private final boolean headOnly;
    private final BodyQueue body = new BodyQueue();
    private int heldBytes;
    private boolean ended;

    Held(Http2Headers headers, boolean headOnly) {
      this.headers = headers;
      this.headOnly = headOnly;
    }
  }

  NodeStream(H2FromNode node, int streamId) {
    super(node, streamId);
    this.node = node;
    this.streamId = streamId;
  }

  @Override
  RequestHead accept(Http2Headers headers, boolean ended) throws BadMessage {
    return TcpRequest.ofNode(H2Heads.acceptRequest(headers, ended, node.maxFields()));
  }

  @Override
  Optional<NodeName> peer() {
    return Optional.of(node.peer());
  }

  @Override
  FieldLines accepting(AsciiString protocol, FieldLines fields) {
    fields.add(FieldNames.LANDFALL_UPGRADED, protocol);
    return fields;
  }

  /** Keeps the request until it is known whether it is served; false when there is no room. */
  boolean hold(Http2Headers headers, boolean ended) {
    if (!node.held().enter()) {
      return false;
    }
    held = new Held(headers, ended);
    return true;
  }

  /** The request that was kept is served, with all that came of it since. */
  void serveHeld() {
    Held kept = held;
    if (kept == null) {
      return;
    }
    held = null;
    node.held().leave(kept.heldBytes);
    begin(kept.headers, kept.headOnly);
    for (ByteBuf piece = kept.body.poll(); piece != null; piece = kept.body.poll()) {
      node.consume(streamId, onData(piece, false));
      piece.release();
    }
    if (kept.ended) {
      onEnd();
    }
    flushUpstream();
  }

  /** The request is not served, and nothing of it was: it may be tried elsewhere. */
  void refuse() {
    dropHeld();
    node.runtime().counters().returnedToNodes.increment();
    node.reset(streamId, Http2Error.REFUSED_STREAM.code());
  }

  private void dropHeld() {
    Held kept = held;
    if (kept != null) {
      held = null;
      node.waitsNoMore(this);
      node.held().leave(kept.heldBytes);
      for (ByteBuf piece = kept.body.poll(); piece != null; piece = kept.body.poll()) {
        node.consume(streamId, piece.readableBytes());
        piece.release();
      }
    }
  }

  private void hold(Held kept, ByteBuf data, boolean ended) {
    int before = kept.body.heldBytes();
    kept.body.add(node.context().alloc(), data);
    kept.ended |= ended;
    int grown = kept.body.heldBytes() - before;
    if (node.held().grow(grown)) {
      kept.heldBytes += grown;
    } else {
      // Gives back to the windows what was kept, this piece too.
      refuse();
    }
  }

  @Override
  void begin(Http2Headers headers, boolean ended) {
    if (NodeQuestion.isOne(headers)) {
      ask(ended);
    } else {
      super.begin(headers, ended);
    }
  }

  /** It is for this node itself: no route and no service is looked for. */
  private void ask(boolean ended) {
    inputEnded(ended);
    question = NodeQuestion.begin(this, node, streamId);
    if (ended) {
      onEnd();
    }
  }

  @Override
  int onData(ByteBuf data, boolean ended) {
    Held kept = held;
    if (kept != null) {
      hold(kept, data, ended);
      return 0;
    }
    NodeQuestion asked = question;
    if (asked == null) {
      return super.onData(data, ended);
    }
    int bytes = data.readableBytes();
    asked.data(data);
    if (ended) {
      onEnd();
    }
    return bytes;
  }

  @Override
  void brokenBeforeItBegan() {
    if (held != null) {
      refuse();
    }
  }

  @Override
  void onEnd() {
    Held kept = held;
    NodeQuestion asked = question;
    if (kept != null) {
      kept.ended = true;
    } else if (asked != null) {
      inputEnded(true);
      asked.end();
    } else {
      super.onEnd();
    }
  }

  @Override
  void onClosed() {
    dropHeld();
    NodeQuestion asked = question;
    question = null;
    if (asked != null) {
      asked.closed();
    }
    super.onClosed();
  }
}
