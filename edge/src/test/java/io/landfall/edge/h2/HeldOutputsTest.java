package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams that wait since other streams of their connection have too much DATA waiting. */
@ExtendWith(UnreadChannel.Closed.class)
class HeldOutputsTest {
  private final UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).waitingNode();
  private final AtomicInteger asked = new AtomicInteger();
  private H2FromNode connection;
  private H2Output small;

  /** Stream 1 has as much waiting as a connection may have, so stream 3 is held. */
  @BeforeEach
  void oneStreamFillsTheConnection() {
    channel.take(Integer.MAX_VALUE);
    byte[] bytes =
        new RawFrames()
            .preface()
            .settings(RawFrames.INITIAL_WINDOW_SIZE, 0)
            .headers(1, true, RawFrames.get("shop.test", "/"))
            .headers(3, true, RawFrames.get("shop.test", "/"))
            .bytes();
    channel.deliver(bytes, 0, bytes.length);
    connection = channel.pipeline().get(H2FromNode.class);
    connection.writeHead(1, H2Heads.response(200, new FieldLines(0)), false);
    connection.writeHead(3, H2Heads.response(200, new FieldLines(0)), false);
    H2Output large = new H2Output(connection, 1, () -> {});
    large.write(Unpooled.wrappedBuffer(new byte[H2Profile.NODE.marks().connectionHighBytes()]));
    small = new H2Output(connection, 3, asked::incrementAndGet);
    assertThat(small.isWritable()).isFalse();
    assertThat(asked).hasValue(0);
  }

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aStreamThatTheOtherNodeResetsMakesRoomForThem() {
    byte[] reset = new RawFrames().reset(1).bytes();
    channel.deliver(reset, 0, reset.length);
    assertThat(asked).hasValue(1);
    assertThat(small.isWritable()).isTrue();
  }

  @Test
  void aStreamThatIsGivenUpHereMakesRoomForThem() {
    connection.reset(1, 8);
    channel.runPendingTasks();
    assertThat(asked).hasValue(1);
    assertThat(small.isWritable()).isTrue();
  }
}
