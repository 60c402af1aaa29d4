package io.landfall.edge.h2;

import io.landfall.edge.EdgePorts;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A question of another node to this node itself, and not to a service: {@link EdgePorts#asked}.
 * Its mark is its {@code :scheme}. Every request of a client has {@code http} or {@code https}, as
 * the listener has it and whatever the client wrote, and a node that forwards one sends that on; so
 * no client can make such a question, or have one made. It is looked at before a request is read as
 * one to forward or to serve.
 */
final class NodeQuestion {
  /** What the scheme is. */
  static final AsciiString SCHEME = AsciiString.cached(EdgePorts.QUESTION_SCHEME);

  private static final int OK = 200;
  private static final int NO_ANSWER = 503;

  private final NodeStream stream;
  private final H2FromNode connection;
  private final int streamId;
  private @Nullable ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean closed;

  private NodeQuestion(NodeStream stream, H2FromNode connection, int streamId) {
    this.stream = stream;
    this.connection = connection;
    this.streamId = streamId;
  }

  static boolean isOne(Http2Headers headers) {
    CharSequence scheme = headers.scheme();
    return scheme != null && AsciiString.contentEquals(SCHEME, scheme);
  }

  /** One whose body follows; null, and the stream refused, if the node asks too much. */
  static @Nullable NodeQuestion begin(NodeStream stream, H2FromNode connection, int streamId) {
    if (!connection.questions().enter(connection.peer())) {
      connection.reset(streamId, Http2Error.REFUSED_STREAM.code());
      return null;
    }
    return new NodeQuestion(stream, connection, streamId);
  }

  /** A piece of it, which is read at once. */
  void data(ByteBuf piece) {
    ByteArrayOutputStream current = body;
    if (current == null) {
      return;
    }
    if (current.size() + piece.readableBytes() > EdgePorts.MAX_QUESTION_BYTES) {
      body = null;
      connection.reset(streamId, Http2Error.ENHANCE_YOUR_CALM.code());
      return;
    }
    byte[] bytes = new byte[piece.readableBytes()];
    piece.getBytes(piece.readerIndex(), bytes);
    current.write(bytes, 0, bytes.length);
  }

  /** It is whole. */
  void end() {
    ByteArrayOutputStream current = body;
    if (current == null) {
      return;
    }
    body = null;
    var _ =
        connection
            .runtime()
            .ports()
            .asked(connection.peer(), current.toByteArray())
            .whenComplete((answer, failure) -> later(answer));
  }

  private void later(byte @Nullable [] answer) {
    try {
      connection.loop().eventLoop().execute(() -> answer(answer));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and the connection with it.
      closed = true;
    }
  }

  private void answer(byte @Nullable [] answer) {
    if (closed) {
      return;
    }
    byte[] bytes = answer == null ? new byte[0] : answer;
    FieldLines fields = new FieldLines(1);
    fields.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Integer.toString(bytes.length)));
    stream.respond(answer == null ? NO_ANSWER : OK, fields, Framing.length(bytes.length));
    if (bytes.length > 0) {
      stream.body(Unpooled.wrappedBuffer(bytes));
    }
    stream.end();
  }

  /** The stream is closed, however that came. */
  void closed() {
    closed = true;
    body = null;
    connection.questions().leave(connection.peer());
  }
}
