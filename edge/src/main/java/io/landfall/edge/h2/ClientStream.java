package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.exchange.LocalResponses;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ChannelAddresses;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request of a client. */
final class ClientStream extends H2ServerStream {
  private final H2FromClient client;
  private int headBytes;

  ClientStream(H2FromClient client, int streamId) {
    super(client, streamId);
    this.client = client;
  }

  @Override
  RequestHead accept(Http2Headers headers, boolean ended) throws BadMessage {
    RequestHead request = client.accept(headers, ended);
    client.runtime().counters().http2Requests.increment();
    return request;
  }

  @Override
  int headKept(int bytes) {
    headBytes = bytes;
    return client.headKept(bytes);
  }

  @Override
  void onClosed() {
    client.headGone(headBytes);
    headBytes = 0;
    super.onClosed();
  }

  @Override
  Optional<NodeName> peer() {
    return Optional.empty();
  }

  @Override
  public @Nullable ClientAddresses client() {
    return ChannelAddresses.of(client.context().channel());
  }

  @Override
  FieldLines acceptTrailers(Http2Headers trailers) throws BadMessage {
    return H2Heads.acceptTrailersOfClient(trailers, client.runtime().settings().limits());
  }

  @Override
  FieldLines accepting(AsciiString protocol, FieldLines fields) {
    return ExtendedConnect.withoutAnswer(fields);
  }

  @Override
  void malformed() {
    client.glitch(Glitches.Kind.MALFORMED);
  }

  @Override
  void refused(HttpViolation rule) {
    client.glitch(Glitches.Kind.MALFORMED);
    client.runtime().counters().refused(rule);
    LocalResponses all = client.runtime().localResponses();
    LocalResponses.Answer answer = all.refused(rule, client.exchanges().date());
    if (!takesBody(answer.body().readableBytes())) {
      answer.body().release();
      answer = all.refusedInAHead(rule, client.exchanges().date());
    }
    client.exchanges().refused(remote(), rule, answer);
    answer.sendTo(this);
  }
}
