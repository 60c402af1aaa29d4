package io.landfall.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SocketLoopsTest {
  @Test
  void aLoopThatIsEndedByItsOwnTaskClosesWhatIsOpenOnIt() {
    EventLoopGroup loops = Sockets.loops(1, "test-closing");
    Channel open =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(Sockets.serverChannels(loops))
            .childHandler(new ChannelInboundHandlerAdapter())
            .bind(new InetSocketAddress("127.64.0.1", 0))
            .syncUninterruptibly()
            .channel();
    // The second task is the one that makes the loop end in the round in which it learns of it.
    loops.execute(
        () -> {
          var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
          loops.execute(() -> {});
        });
    assertThat(loops.terminationFuture().awaitUninterruptibly(1, TimeUnit.MINUTES)).isTrue();
    assertThat(open.isOpen()).isFalse();
  }
}
