package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections on which requests finish after the session with their node has ended. */
@ExtendWith(UnreadChannel.Closed.class)
class RetiredConnectionsTest {
  private static final int TOO_MANY = 3;

  private final EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
  private final EdgeLoop loop = edge.loop();

  /** Closes nothing before its last words have left, as TLS does, and they never leave. */
  private static final class LastWords extends ChannelOutboundHandlerAdapter {
    private final Set<UnreadChannel> closing;
    private final UnreadChannel channel;

    LastWords(Set<UnreadChannel> closing, UnreadChannel channel) {
      this.closing = closing;
      this.channel = channel;
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
      closing.add(channel);
    }
  }

  @Test
  void ofANodeWhoseSessionsEndAgainAndAgainTheOldestAreClosedAlsoWhenThatTakesTime()
      throws Http2Exception {
    Set<UnreadChannel> closing = new HashSet<>();
    Set<UnreadChannel> oldest = new HashSet<>();
    for (int i = 0; i < H2ClientPool.MAX_RETIRED + TOO_MANY; i++) {
      UnreadChannel channel = edge.toNode(loop);
      channel.pipeline().get(H2ClientConnection.class).connection().local().createStream(1, false);
      channel.pipeline().addFirst(new LastWords(closing, channel));
      if (i < TOO_MANY) {
        oldest.add(channel);
      }
    }
    edge.sessionWithNodeEnded(loop);
    assertThat(closing).isEqualTo(oldest);
  }

  @Test
  void aNodeThatIsGoneTakesItsRetiredConnectionsWithIt() throws Http2Exception {
    UnreadChannel retired = edge.toNode(loop);
    retired.pipeline().get(H2ClientConnection.class).connection().local().createStream(1, false);
    edge.sessionWithNodeEnded(loop);
    UnreadChannel current = edge.toNode(loop);
    assertThat(retired.isOpen()).as("its request may finish").isTrue();

    edge.nodeLost(loop);
    assertThat(retired.isOpen()).isFalse();
    assertThat(current.isOpen()).isFalse();
  }
}
