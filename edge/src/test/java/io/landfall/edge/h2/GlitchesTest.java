package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which DATA frames of a client count as such that bring little. */
class GlitchesTest {
  private static final int FULL_BYTES = 16 * 1024;

  private long nowNanos;
  private final Glitches glitches = new Glitches(() -> nowNanos);

  private @Nullable Http2Exception data(int flags, int length, PeerStreams.Use use) {
    return glitches.begins(Http2FrameTypes.DATA, flags, length, use);
  }

  private void all(int count, int flags, int length, PeerStreams.Use use) {
    for (int i = 0; i < count; i++) {
      assertThat(data(flags, length, use)).isNull();
    }
  }

  @Test
  void fullFramesAndTheEndsOfBodiesAreFree() {
    int many = 2 * Glitches.MAX_SMALL_DATA;
    all(many, 0, Glitches.SMALL_DATA_BYTES, PeerStreams.Use.KNOWN);
    all(many, Http2Flags.END_STREAM, 1, PeerStreams.Use.KNOWN);
    assertThat(glitches.counted()).isZero();
  }

  @Test
  void smallFramesComeBackWithTime() {
    int small = Glitches.SMALL_DATA_BYTES - 1;
    all(Glitches.MAX_SMALL_DATA, 0, small, PeerStreams.Use.KNOWN);
    assertThat(data(0, small, PeerStreams.Use.KNOWN)).hasMessage("too many small DATA frames");
    nowNanos += Glitches.SMALL_DATA_NANOS;
    assertThat(data(0, small, PeerStreams.Use.KNOWN)).isNull();
    assertThat(data(0, small, PeerStreams.Use.KNOWN)).isNotNull();
  }

  @Test
  void onAStreamThatIsOverAlsoFullFramesCount() {
    all(Glitches.MAX_SMALL_DATA, 0, FULL_BYTES, PeerStreams.Use.LATE);
    assertThat(data(0, FULL_BYTES, PeerStreams.Use.LATE)).isNotNull();
  }
}
