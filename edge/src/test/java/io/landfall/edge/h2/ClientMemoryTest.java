package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What clients over HTTP/2 make an event loop hold, all together. */
@ExtendWith(UnreadChannel.Closed.class)
class ClientMemoryTest {
  private static final int READ_BYTES = 64 * 1024;
  private static final int PIECE_BYTES = 16_000;
  private static final long MEMORY_BYTES = 16 * PIECE_BYTES;
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final long HEAD_NANOS =
      TimeUnit.MILLISECONDS.toNanos(EdgeTimeouts.defaults().clients().requestHeadMillis());
  private static final byte[] GET = RawFrames.get("unknown.test", "/");

  private final EmbeddedEdge edge = EmbeddedEdge.withInputMemory(MEMORY_BYTES);
  private final EdgeLoop loop = edge.loop();

  private UnreadChannel client(RawFrames frames) {
    UnreadChannel channel = edge.client(loop);
    channel.take(Integer.MAX_VALUE);
    deliver(channel, new RawFrames().preface().settings(RawFrames.INITIAL_WINDOW_SIZE, 0));
    deliver(channel, new RawFrames().frame(RawFrames.SETTINGS, 1, 0, new byte[0]));
    deliver(channel, frames);
    return channel;
  }

  private static void deliver(UnreadChannel channel, RawFrames frames) {
    channel.deliver(frames.bytes(), 0, READ_BYTES);
  }

  /** A head of which the end does not come. */
  private static RawFrames unfinished() {
    return new RawFrames().frame(RawFrames.HEADERS, 0, 1, new byte[PIECE_BYTES]);
  }

  /** A frame of a body of which the end does not come. */
  private static RawFrames half() {
    byte[] whole = new RawFrames().frame(RawFrames.DATA, 0, 1, new byte[PIECE_BYTES]).bytes();
    byte[] block = H2Client.request("POST", "/");
    return new RawFrames().headers(1, false, block).raw(whole, whole.length - 1);
  }

  private static List<Frame> answers(UnreadChannel channel) {
    return RawFrames.parse(channel.taken());
  }

  private void theOldestGoFirst(RawFrames each) {
    List<UnreadChannel> clients = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      clients.add(client(each));
      edge.runTasks();
    }
    assertThat(loop.inputMemory().heldBytes()).isLessThanOrEqualTo(MEMORY_BYTES);
    assertThat(clients.getFirst().isOpen()).isFalse();
    assertThat(answers(clients.getFirst()).getLast().error())
        .isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    assertThat(clients.getLast().isOpen()).isTrue();
    clients.forEach(client -> client.unsafe().close(client.newPromise()));
    clients.forEach(UnreadChannel::runPendingTasks);
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  @Test
  void ofHeadsThatAreNotWholeTheOldestGoFirst() {
    theOldestGoFirst(unfinished());
  }

  @Test
  void ofFramesThatAreNotWholeTheOldestGoFirst() {
    theOldestGoFirst(half());
  }

  @Test
  void anUploadThatStandsStillGivesWayBehindHeadsThatAreNotWhole() {
    UnreadChannel upload = client(half());
    for (int i = 0; i < 40; i++) {
      client(unfinished());
      edge.runTasks();
    }
    assertThat(upload.isOpen()).isTrue();
  }

  @Test
  void anUploadThatMovesOutlivesThoseThatStandStill() {
    byte[] frame = new RawFrames().frame(RawFrames.DATA, 0, 1, new byte[PIECE_BYTES]).bytes();
    int at = 100;
    RawFrames start = new RawFrames().headers(1, false, H2Client.request("POST", "/"));
    UnreadChannel upload = client(start.raw(frame, at));
    for (int i = 0; i < 100; i++) {
      client(half());
      edge.runTasks();
      if (i % 8 == 0) {
        byte[] step = Arrays.copyOfRange(frame, at, at + H2FromClient.PROGRESS_BYTES);
        at += step.length;
        upload.deliver(step, 0, READ_BYTES);
      }
    }
    assertThat(upload.isOpen()).isTrue();
  }

  /** Heads of requests of which the answers do not leave. */
  private void holdsOfHeads(int count, int valueBytes, long heldBytes) {
    RawFrames frames = new RawFrames();
    for (int i = 0; i < count; i++) {
      byte[] block = H2Client.request("GET", "/", "x-a", "a".repeat(valueBytes));
      frames.headers(1 + 2 * i, true, block);
    }
    UnreadChannel client = client(frames);
    assertThat(loop.inputMemory().heldBytes()).isBetween(heldBytes, heldBytes + heldBytes / 10);
    client.unsafe().close(client.newPromise());
    client.runPendingTasks();
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  @Test
  void headsOfOneClientThatAreNotLargeCountWhenTheyAreLargeTogether() {
    holdsOfHeads(4, 3_000, 2 * 3_000);
  }

  @Test
  void headsOfUsualSizeDoNotCount() {
    holdsOfHeads(5, 500, 0);
  }

  /** They are kept for as long as their request may have to be sent again. */
  @Test
  void trailersCountWhileTheirRequestIsInProgress() {
    byte[] trailers = H2Client.fields("x-a", "a".repeat(3_000));
    RawFrames frames = new RawFrames().headers(1, false, H2Client.request("POST", "/"));
    UnreadChannel client = client(frames.headers(1, true, trailers));
    assertThat(loop.inputMemory().heldBytes()).isBetween(3_000L, 3_300L);
    client.unsafe().close(client.newPromise());
    client.runPendingTasks();
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  private void holdsNothingAndIsNotServedOnceItHasToGo(RawFrames unfinished) {
    UnreadChannel client = client(unfinished);
    client.forgetTaken();
    client.takeNothing();
    for (int i = 0; i < 40; i++) {
      client(unfinished);
      edge.runTasks();
    }
    // It does not read why.
    assertThat(client.isOpen()).isTrue();
    assertThat(client.heldBytes()).isLessThan(PIECE_BYTES);
    deliver(client, new RawFrames().frame(RawFrames.CONTINUATION, 4, 1, new byte[0]));
    deliver(client, new RawFrames().headers(3, true, GET));
    edge.runTasks();
    client.take(Integer.MAX_VALUE);
    assertThat(answers(client)).extracting(Frame::type).containsExactly(RawFrames.GOAWAY);
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void aHeadIsDroppedAtOnceAlsoIfItsClientDoesNotRead() {
    holdsNothingAndIsNotServedOnceItHasToGo(unfinished());
  }

  @Test
  void aFrameIsDroppedAtOnceAlsoIfItsClientDoesNotRead() {
    holdsNothingAndIsNotServedOnceItHasToGo(half());
  }

  @Test
  void wholeFramesHoldNothing() {
    UnreadChannel client = client(new RawFrames().headers(1, true, GET));
    assertThat(client.isOpen()).isTrue();
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  @Test
  void clientsMayHaveFewerRequestsAtOnceWhileMemoryIsTight() {
    long second = TimeUnit.SECONDS.toNanos(1);
    long now = loop.nowNanos();
    UnreadChannel busy = client(new RawFrames().headers(1, true, GET));
    UnreadChannel idle = client(new RawFrames());
    busy.forgetTaken();
    idle.forgetTaken();
    EmbeddedEdge.tick(loop, now + 2 * second);
    assertThat(answers(busy)).isEmpty();
    List<UnreadChannel> others = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      others.add(client(unfinished()));
    }
    EmbeddedEdge.tick(loop, now + 3 * second);
    busy.runPendingTasks();
    assertThat(streams(busy)).containsExactly(H2FromClient.FEW_STREAMS);
    assertThat(answers(idle)).isEmpty();
    // They may lie behind a response that the client is slow to read, as it may be.
    EmbeddedEdge.tick(loop, now + 3 * second + HEAD_NANOS + second);
    busy.runPendingTasks();
    assertThat(busy.isOpen()).isTrue();
    assertThat(streams(busy)).containsExactly(H2FromClient.FEW_STREAMS);
    deliver(busy, new RawFrames().frame(RawFrames.SETTINGS, 1, 0, new byte[0]));
    others.forEach(other -> other.unsafe().close(other.newPromise()));
    others.forEach(UnreadChannel::runPendingTasks);
    EmbeddedEdge.tick(loop, now + 6 * second + HEAD_NANOS);
    busy.runPendingTasks();
    assertThat(streams(busy)).containsExactly(H2FromClient.FEW_STREAMS, 100);
  }

  private static List<Integer> streams(UnreadChannel channel) {
    return answers(channel).stream()
        .filter(f -> f.type() == RawFrames.SETTINGS && f.flags() == 0)
        .filter(f -> RawFrames.number(f.payload(), 0, 2) == MAX_CONCURRENT_STREAMS)
        .map(f -> RawFrames.number(f.payload(), 2, 4))
        .toList();
  }
}
