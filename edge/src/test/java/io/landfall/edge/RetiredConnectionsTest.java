package io.landfall.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Connections on which requests finish after the session with their node has ended. */
class RetiredConnectionsTest {
  private static final int TOO_MANY = 3;

  private final EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
  private final EventLoopState loop = edge.loop();

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
    for (int i = 0; i < ForwardPool.MAX_RETIRED + TOO_MANY; i++) {
      UnreadChannel channel = edge.toNode(loop);
      channel.pipeline().get(H2ClientConnection.class).connection().local().createStream(1, false);
      channel.pipeline().addFirst(new LastWords(closing, channel));
      if (i < TOO_MANY) {
        oldest.add(channel);
      }
    }
    loop.nodes().peerLeft(TestSite.impostor(7, new InetSocketAddress(0)).identity());
    assertThat(closing).isEqualTo(oldest);
  }
}
