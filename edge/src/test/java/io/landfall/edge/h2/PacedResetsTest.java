package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.EmbeddedEdge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Resets that have to wait, of a connection whose other end does not read. */
@ExtendWith(UnreadChannel.Closed.class)
class PacedResetsTest {
  private static final int REFUSED = 100;

  @Test
  void aStreamIsOwedOneResetHoweverOftenItIsGivenUp() {
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    UnreadChannel channel = edge.waitingNode();
    byte[] preface = new RawFrames().preface().settings(0, 0).bytes();
    channel.deliver(preface, 0, preface.length);
    RawFrames frames = new RawFrames();
    int requests = HeldRequests.MAX_REQUESTS + REFUSED;
    for (int i = 0; i < requests; i++) {
      frames.headers(1 + 2 * i, true, RawFrames.get("shop.test", "/"));
    }
    channel.deliver(frames.bytes(), 0, 64 * 1024);
    H2FromNode connection = channel.pipeline().get(H2FromNode.class);
    int owed = REFUSED - PacedResets.MAX_WAITING;
    assertThat(connection.owedResets()).isEqualTo(owed);
    assertThat(edge.runtime().counters().heldResets.sum()).isEqualTo(owed);

    connection.reset(2 * requests - 1, 8);

    assertThat(connection.owedResets()).isEqualTo(owed);
    assertThat(edge.runtime().counters().heldResets.sum()).isEqualTo(owed);
    channel.finishAndReleaseAll();
  }
}
